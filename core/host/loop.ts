// The one loop: drain the inbox, stamp, decide and apply each command, one commit, then release
// what was waiting for it. It knows no clock, disk or socket, only ports, so the simulator drives
// this very code under faults.
import { type Hash, link, type Receipt } from '../engine/base/chain.ts';
import { LIMITS } from '../engine/base/limits.ts';
import type { Instant } from '../engine/base/time.ts';
import type { About, Actor, Command, CommandBody, Result } from '../engine/market/commands.ts';
import type { Event } from '../engine/market/events.ts';
import type { Forgotten, Market } from '../engine/market/state.ts';
import { step } from '../engine/market/step.ts';
import { nextTimer } from '../engine/market/timers.ts';
import { type Problem, problem, problemDocument, PROBLEMS } from '../engine/protocol/problems.ts';

/** An answer, byte for byte as it is stored and sent. */
export interface Reply {
  status: number;
  body: string;
}

/** The caller's key: the same key and input give the same reply, whatever happened in between. */
export interface IdempotencyKey {
  /** Whose key it is: keys of different callers never meet. */
  scope: string;
  key: string;
  /** Hash of everything that the key stands for. */
  input: string;
}

export interface Submission {
  actor: Actor;
  body: CommandBody;
  key: IdempotencyKey | null;
  /** The document of what was changed, drawn from the state right after it. */
  show(m: Market, about: About): Record<string, unknown>;
  /** A private note to keep with the commit, such as a valuation for the caller's delegate. */
  note?(about: About): Note;
  /** An answer that is ready: the command is not applied, the key is only remembered with it. */
  ready?: Reply;
  /** Called once, after the commit (or when nothing was changed). */
  reply(r: Reply): void;
}

/** An event with the bytes that are stored and the chain's head after it. */
export interface Entry {
  event: Event;
  text: string;
  head: string;
}
export interface StoredReply extends IdempotencyKey, Reply {
  at: Instant;
}
/** What a delegate remembers for its agent. No part of the market, never in the journal. */
export interface Note {
  agent: string;
  id: string;
  body: unknown;
}
/** What one commit writes, all or nothing. */
export interface Batch {
  entries: Entry[];
  replies: StoredReply[];
  /** Ended conversations that leave memory with this commit. */
  forgotten: Forgotten[];
  notes: Note[];
}

/** The disk is full: nothing of the batch was written, and the journal can go on later. */
export class StorageFull extends Error {
  override name = 'StorageFull';
}

export interface Ports {
  /** Logical time, never below what it gave before. */
  now(): Instant;
  /** 32 fresh random bits. */
  entropy(): number;
  hash: Hash;
  /** The stored reply of a key, or null. */
  recall(key: IdempotencyKey): { input: string; reply: Reply } | null;
  /** Returns when the batch is durable. Throws StorageFull, or anything else to stop the host. */
  commit(batch: Batch, m: Market): void;
  /** The state as it is on disk, after a commit that did not happen. */
  restore(): { market: Market; head: string };
  /** After a commit: screens, streams, delegates and jobs may learn of it now. */
  committed(batch: Batch): void;
}

export interface Loop {
  market(): Market;
  head(): string;
  /** False when the inbox is full. */
  submit(s: Submission): boolean;
  /** The stored reply of a key that was used, or a conflict; null for a new key. */
  known(key: IdempotencyKey): Reply | null;
  /** Commands waiting. */
  waiting(): number;
  /** One commit's worth of work; true when there is more to do right away. */
  turn(): boolean;
  /** When the market next wants a turn by itself; null when nothing is due. */
  nextDueAt(): Instant | null;
}

interface Pending {
  submission: Submission;
  reply: Reply;
  /** True when the reply does not depend on this commit. */
  stands: boolean;
}

/** `turnMarket` is the market's own `step`, but for the simulator, which plants faults in it. */
export function createLoop(
  start: { market: Market; head: string },
  ports: Ports,
  turnMarket: typeof step = step,
): Loop {
  return new MarketLoop(start, ports, turnMarket);
}

class MarketLoop implements Loop {
  private readonly ports: Ports;
  private readonly turnMarket: typeof step;
  /** The market as of the last command, and the head of its chain. */
  private state: Market;
  private last: string;
  private inbox: Submission[] = [];

  constructor(start: { market: Market; head: string }, ports: Ports, turnMarket: typeof step) {
    this.state = start.market;
    this.last = start.head;
    this.ports = ports;
    this.turnMarket = turnMarket;
  }

  private apply(cmd: Command, batch: Batch): Result {
    const { events, result, forgotten } = this.turnMarket(this.state, cmd);
    for (const event of events) {
      const text = JSON.stringify(event);
      this.last = link(this.ports.hash, this.last, text);
      batch.entries.push({ event, text, head: this.last });
    }
    if (forgotten.length > 0) batch.forgotten.push(...forgotten);
    return result;
  }

  /** Fires what is due, up to a bound; true when more is due. */
  private fireDue(at: Instant, batch: Batch, most: number): boolean {
    const actor: Actor = { kind: 'host' };
    for (let fired = 0; ; fired++) {
      const timer = nextTimer(this.state);
      if (timer === null || timer.dueAt > at) return false;
      if (fired >= most) return true;
      this.apply({ type: 'tick', actor, at, entropy: this.ports.entropy() }, batch);
    }
  }

  private answer(s: Submission, at: Instant, batch: Batch): Reply {
    const stamp = { actor: s.actor, at, entropy: this.ports.entropy() };
    const result = this.apply({ ...s.body, ...stamp }, batch);
    if (!result.ok) return problemReply(result.problem);
    if (s.note !== undefined) batch.notes.push(s.note(result.about));
    const receipt: Receipt = { seq: this.state.seq, head: this.last };
    const body = JSON.stringify({ ...s.show(this.state, result.about), receipt });
    return { status: result.status, body };
  }

  /** The reply that goes with a key, a conflict, or null when the key is new. */
  private fitting(
    key: IdempotencyKey,
    found: { input: string; reply: Reply } | null,
  ): Reply | null {
    if (found === null) return null;
    if (found.input !== key.input) return problemReply(keyConflict);
    return { status: found.reply.status, body: found.reply.body };
  }

  known(key: IdempotencyKey): Reply | null {
    return this.fitting(key, this.ports.recall(key));
  }

  /** A key that was used earlier in the same batch. */
  private fresh(key: IdempotencyKey, used: ReadonlyMap<string, StoredReply>): Reply | null {
    const found = used.get(`${key.scope} ${key.key}`);
    return found === undefined ? null : this.fitting(key, { input: found.input, reply: found });
  }

  turn(): boolean {
    const at = this.ports.now();
    const batch: Batch = { entries: [], replies: [], forgotten: [], notes: [] };
    const pending: Pending[] = [];
    const used = new Map<string, StoredReply>();
    let more = this.fireDue(at, batch, LIMITS.timersPerBatchMax);
    // No command may see a state in which something is overdue: then it waits for the next turn.
    const taken = more ? [] : this.inbox.slice(0, LIMITS.batchMax);
    this.inbox = this.inbox.length > taken.length ? this.inbox.slice(taken.length) : [];
    for (const s of taken) {
      const old = s.key === null ? null : this.known(s.key);
      const twin = s.key === null ? null : this.fresh(s.key, used);
      const reply = old ?? twin ?? s.ready ?? this.answer(s, at, batch);
      if (s.key !== null && !old && !twin) {
        const stored = { ...s.key, ...reply, at };
        used.set(`${s.key.scope} ${s.key.key}`, stored);
        batch.replies.push(stored);
      }
      pending.push({ submission: s, reply, stands: old !== null || s.ready !== undefined });
      // An answer that was waited for may decide its call at once.
      more = this.fireDue(at, batch, LIMITS.timersPerBatchMax) || more;
    }
    if (batch.entries.length > 0 || batch.replies.length > 0) {
      if (!this.persist(batch, pending)) return false;
    }
    for (const { submission, reply } of pending) submission.reply(reply);
    if (batch.entries.length > 0) this.ports.committed(batch);
    return more || this.inbox.length > 0;
  }

  /** Commits; on a full disk memory goes back to what is there, and all who wait are told. */
  private persist(batch: Batch, pending: readonly Pending[]): boolean {
    try {
      this.ports.commit(batch, this.state);
      return true;
    } catch (e) {
      if (!(e instanceof StorageFull)) throw e;
      const stored = this.ports.restore();
      this.state = stored.market;
      this.last = stored.head;
      const told = problemReply(storageFull);
      const waiting = this.inbox;
      this.inbox = [];
      for (const { submission, reply, stands } of pending) submission.reply(stands ? reply : told);
      for (const submission of waiting) submission.reply(told);
      return false;
    }
  }

  market(): Market {
    return this.state;
  }

  head(): string {
    return this.last;
  }

  submit(s: Submission): boolean {
    if (this.inbox.length >= LIMITS.inboxMax) return false;
    this.inbox.push(s);
    return true;
  }

  waiting(): number {
    return this.inbox.length;
  }

  nextDueAt(): Instant | null {
    return nextTimer(this.state)?.dueAt ?? null;
  }
}

export const storageFull = problem('storage-full', 'the disk is full; nothing was changed', {
  hint: 'free some space; the host goes on by itself',
});

export const keyConflict = problem(
  'idempotency-conflict',
  'this key was used with another request',
  {
    field: 'Idempotency-Key',
    hint: 'use a new key for a new request',
  },
);

/** A refusal as it goes out. */
export function problemReply(p: Problem): Reply {
  return { status: PROBLEMS[p.code].status, body: JSON.stringify(problemDocument(p)) };
}
