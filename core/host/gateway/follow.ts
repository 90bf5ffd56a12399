// Server-sent events of one lease: the output of its process, from the first character kept, then
// live, and the lease itself once it has ended. The id of an event is the position in the output:
// a reader that lost its connection goes on with Last-Event-ID and misses nothing.
import type http from 'node:http';
import { LIMITS } from '../../engine/base/limits.ts';
import type { Actor } from '../../engine/market/commands.ts';
import type { Event } from '../../engine/market/events.ts';
import type { Lease, Market } from '../../engine/market/state.ts';
import { problem, type Problem } from '../../engine/protocol/problems.ts';
import { leaseDocument, mayReadLease } from '../../engine/view/documents.ts';
import type { Queries } from '../journal/queries.ts';
import type { OutputHistory } from '../output-history.ts';

export interface Follows {
  /** Takes over the response; returns a problem instead when it cannot. */
  open(
    res: http.ServerResponse,
    actor: Actor | null,
    at: { leaseId: string; lastEventId: string | null },
  ): Problem | null;
  /** Newly durable events: a lease may have ended. */
  committed(events: readonly Event[]): void;
  count(): number;
  close(): void;
}

export interface FollowParts {
  market(): Market;
  queries: Pick<Queries, 'lease'>;
  output: Pick<OutputHistory, 'since' | 'isLive' | 'listen'>;
}

interface Follower {
  res: http.ServerResponse;
  leaseId: string;
  /** Characters sent. */
  position: number;
}

const HEARTBEAT_MS = 15_000;
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  connection: 'keep-alive',
  'x-accel-buffering': 'no',
};

export function createFollows(parts: FollowParts): Follows {
  return new LeaseFollows(parts);
}

class LeaseFollows implements Follows {
  readonly #parts: FollowParts;
  readonly #followers = new Set<Follower>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(parts: FollowParts) {
    this.#parts = parts;
    this.#heartbeat = setInterval(() => {
      for (const { res } of this.#followers) res.write(': still here\n\n');
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  open: Follows['open'] = (res, actor, { leaseId, lastEventId }) => {
    const bad = this.#refusal(actor, leaseId);
    if (bad !== null) return bad;
    if (lastEventId !== null && !/^\d{1,15}$/u.test(lastEventId)) {
      const field = 'Last-Event-ID';
      return problem('invalid-field', `${field} must be a position in the output`, { field });
    }
    res.writeHead(200, HEADERS);
    res.write('retry: 1000\n\n');
    const f: Follower = { res, leaseId, position: Number(lastEventId ?? 0) };
    this.#followers.add(f);
    const unlisten = this.#parts.output.listen(leaseId, () => this.#pump(f));
    res.on('close', () => {
      unlisten();
      this.#followers.delete(f);
    });
    this.#pump(f);
    return null;
  };

  committed(events: readonly Event[]): void {
    for (const e of events) {
      if (e.type !== 'lease-ended') continue;
      for (const f of this.#followers) if (f.leaseId === e.leaseId) this.#pump(f);
    }
  }

  count(): number {
    return this.#followers.size;
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const { res } of this.#followers) res.end();
    this.#followers.clear();
  }

  /** Sends what is new; ends the stream when the lease is over and its process has gone. */
  #pump(f: Follower): void {
    if (!this.#followers.has(f)) return;
    const { output } = this.#parts;
    for (const { at, stream, text } of output.since(f.leaseId, f.position)) {
      const characters = at - f.position;
      f.position = at;
      if (characters > 0) write(f, 'dropped', { characters });
      f.position = at + text.length;
      write(f, 'output', { stream, text });
    }
    if (f.res.writableLength > LIMITS.streamBufferBytesMax) {
      // It can come back with Last-Event-ID; we do not grow for it.
      this.#followers.delete(f);
      f.res.destroy();
      return;
    }
    const lease = this.#find(f.leaseId);
    if (lease === null || lease.ended === null || output.isLive(f.leaseId)) return;
    write(f, 'end', { lease: leaseDocument(lease) });
    this.#followers.delete(f);
    f.res.end();
  }

  #find(leaseId: string): Lease | null {
    return this.#parts.market().leases.get(leaseId) ?? this.#parts.queries.lease(leaseId);
  }

  #refusal(actor: Actor | null, leaseId: string): Problem | null {
    if (actor === null) return problem('unauthorized', 'this route needs a token');
    const lease = this.#find(leaseId);
    if (lease === null) return problem('not-found', 'there is no such lease');
    const viewer = actor.kind === 'agent' ? { agentId: actor.id } : ('operator' as const);
    if (!mayReadLease(lease, viewer)) {
      return problem('forbidden', 'only its parties can follow a lease');
    }
    return this.#followers.size < LIMITS.streamsMax
      ? null
      : problem('overloaded', 'too many streams');
  }
}

function write(f: Follower, event: string, data: unknown): void {
  f.res.write(`id: ${f.position}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
