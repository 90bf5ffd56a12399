// Server-sent events: the journal as CloudEvents, from any sequence number on, then live. The
// operator's stream is complete; an agent's holds what concerns it, with the same numbers.
import type http from 'node:http';
import { LIMITS } from '../../engine/base/limits.ts';
import type { Actor } from '../../engine/market/commands.ts';
import type { Event } from '../../engine/market/events.ts';
import type { Market } from '../../engine/market/state.ts';
import { problem, type Problem } from '../../engine/protocol/problems.ts';
import { cloudEvent, forAgent, forOperator, type Lookup } from '../../engine/view/visible.ts';
import type { Queries } from '../journal/queries.ts';
import type { Entry } from '../loop.ts';

export interface Streams {
  /** Takes over the response; returns a problem instead when it cannot. */
  open(
    res: http.ServerResponse,
    actor: Actor | null,
    at: { from: string | null; lastEventId: string | null },
  ): Problem | null;
  /** Newly durable events. */
  publish(entries: readonly Entry[]): void;
  count(): number;
  close(): void;
}

interface Stream {
  res: http.ServerResponse;
  actor: Actor;
  /** Next sequence number to send. */
  next: number;
  live: boolean;
}

const PAGE = 500;
const HEARTBEAT_MS = 15_000;

export function createStreams(parts: {
  market(): Market;
  queries: Queries;
  lookup: Lookup;
}): Streams {
  const streams = new Set<Stream>();
  const heartbeat = setInterval(() => {
    for (const s of streams) if (s.live) s.res.write(': still here\n\n');
  }, HEARTBEAT_MS);
  heartbeat.unref();

  function write(s: Stream, e: Event): void {
    s.next = e.seq + 1;
    const data = s.actor.kind === 'agent' ? forAgent(parts.lookup, e, s.actor.id) : forOperator(e);
    if (data === null) return;
    const event = cloudEvent(parts.market().marketId, e, data);
    s.res.write(`id: ${e.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  /** Sends history page by page, at the reader's pace, until it has caught up. */
  function catchUp(s: Stream): void {
    if (!streams.has(s)) return;
    const events = parts.queries.eventsFrom(s.next, PAGE);
    for (const e of events) write(s, e);
    if (events.length < PAGE) {
      s.live = true;
    } else if (s.res.writableLength > LIMITS.streamBufferBytesMax / 4) {
      s.res.once('drain', () => catchUp(s));
    } else setImmediate(() => catchUp(s));
  }

  return {
    open(res, actor, at) {
      if (actor === null) return problem('unauthorized', 'this route needs a token');
      if (actor.kind === 'agent' && !parts.market().agents.has(actor.id)) {
        return problem('unauthorized', 'the agent of this token is not known here');
      }
      if (streams.size >= LIMITS.streamsMax) return problem('overloaded', 'too many streams');
      const next = startOf(at, parts.market().seq + 1);
      if (typeof next !== 'number') return next;
      res.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        connection: 'keep-alive',
        'x-accel-buffering': 'no',
      });
      res.write('retry: 1000\n\n');
      const s: Stream = { res, actor, next, live: false };
      streams.add(s);
      res.on('close', () => streams.delete(s));
      catchUp(s);
      return null;
    },
    publish(entries) {
      for (const s of streams) {
        if (!s.live) continue;
        for (const { event } of entries) if (event.seq >= s.next) write(s, event);
        // It can come back with Last-Event-ID; we do not grow for it.
        if (s.res.writableLength > LIMITS.streamBufferBytesMax) s.res.destroy();
      }
    },
    count: () => streams.size,
    close() {
      clearInterval(heartbeat);
      for (const s of streams) s.res.end();
      streams.clear();
    },
  };
}

/** Last-Event-ID goes on after it; `from` starts with it; neither starts with what comes next. */
function startOf(
  at: { from: string | null; lastEventId: string | null },
  fallback: number,
): number | Problem {
  const [text, plus, field] =
    at.lastEventId !== null ? [at.lastEventId, 1, 'Last-Event-ID'] : [at.from, 0, 'from'];
  if (text === null) return fallback;
  if (!/^\d{1,15}$/u.test(text)) {
    return problem('invalid-field', `${field} must be a sequence number`, { field });
  }
  return Math.max(1, Number(text) + plus);
}
