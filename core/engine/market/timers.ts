// What is due when. An index over the state: entries are pushed as the state changes, stale ones
// are dropped when they surface, and the whole is rebuilt after a restore.
import { createHeap, type Heap } from '../base/heap.ts';
import type { Instant } from '../base/time.ts';
import type { Market, Proposal } from './state.ts';

/** In the order in which they fire at the same instant. */
export const TIMER_KINDS = [
  'window', // a budget window ends
  'decide', // a call reaches replyBy, or all have answered
  'round', // a round of a bargaining closes
  'give-up', // a manual manager has not decided
  'lapse', // a proposal's own validity ends
  'start', // a lease begins
  'end', // a lease ends without a report
  'reclaim', // a give-back takes effect; not at the lease's very end
] as const;
export type TimerKind = (typeof TIMER_KINDS)[number];

export interface Timer {
  dueAt: Instant;
  kind: TimerKind;
  id: string;
}

export interface Timers {
  heap: Heap<Timer>;
  /** With more entries than this the stale ones are cleared out. */
  sizeMax: number;
}

const SIZE_MIN = 1_024;

const RANK = Object.fromEntries(TIMER_KINDS.map((kind, i) => [kind, i])) as Record<
  TimerKind,
  number
>;

function before(a: Timer, b: Timer): boolean {
  if (a.dueAt !== b.dueAt) return a.dueAt < b.dueAt;
  if (a.kind !== b.kind) return RANK[a.kind] < RANK[b.kind];
  return a.id < b.id;
}

export function createTimers(): Timers {
  return { heap: createHeap(before), sizeMax: SIZE_MIN };
}

export function arm(m: Market, kind: TimerKind, dueAt: Instant, id: string): void {
  m.timers.heap.push({ dueAt, kind, id });
  // Else a lease of a week that is done in a second would lie here for the week.
  if (m.timers.heap.size() > m.timers.sizeMax) rearm(m);
}

/** The next timer that still means something, or null; drops stale ones. */
export function nextTimer(m: Market): Timer | null {
  for (;;) {
    const top = m.timers.heap.peek();
    if (top === undefined) return null;
    if (dueAtOf(m, top) === top.dueAt) return top;
    m.timers.heap.pop();
  }
}

/** When this timer is due by the state alone; null when it no longer is. */
function dueAtOf(m: Market, { kind, id }: Timer): Instant | null {
  switch (kind) {
    case 'window': {
      const budget = m.ledger.accounts.get(id)?.budget;
      return budget ? budget.startedAt + budget.windowMs : null;
    }
    case 'decide': {
      const c = m.conversations.get(id);
      return c?.state === 'open' ? decideAt(c) : null;
    }
    case 'round': {
      const c = m.conversations.get(id);
      return c?.state === 'bargaining' ? (c.bargaining?.roundEndsAt ?? null) : null;
    }
    case 'give-up': {
      const c = m.conversations.get(id);
      return c?.state === 'deciding' ? c.decideBy : null;
    }
    case 'lapse': {
      const p = m.proposals.get(id);
      return p?.state === 'live' ? p.validUntil : null;
    }
    default:
      return leaseDue(m, kind, id);
  }
}

function leaseDue(m: Market, kind: 'start' | 'reclaim' | 'end', id: string): Instant | null {
  const lease = m.leases.get(id);
  if (lease === undefined || lease.ended !== null) return null;
  if (kind === 'start') return lease.state === 'scheduled' ? lease.startAt : null;
  if (kind === 'reclaim') return lease.state === 'reclaiming' ? lease.reclaimAt : null;
  return lease.endAt;
}

/** An automatic call whose invited contractors have all answered is due at once. */
export function decideAt(c: {
  award: string;
  unanswered: number;
  replyBy: Instant;
  answeredAt: Instant | null;
}): Instant {
  return c.award === 'auto' && c.answeredAt !== null
    ? Math.min(c.answeredAt, c.replyBy)
    : c.replyBy;
}

/** Rebuilds the index from the state. */
export function rearm(m: Market): void {
  m.timers = { ...createTimers(), sizeMax: Infinity };
  for (const account of m.ledger.accounts.values()) {
    if (account.budget === null) continue;
    arm(m, 'window', account.budget.startedAt + account.budget.windowMs, account.id);
  }
  for (const c of m.conversations.values()) armCall(m, c.id);
  for (const p of m.proposals.values()) armProposal(m, p);
  for (const l of m.leases.values()) armLease(m, l.id);
  m.timers.sizeMax = Math.max(SIZE_MIN, 2 * m.timers.heap.size());
}

export function armCall(m: Market, id: string): void {
  const c = m.conversations.get(id);
  if (c?.state === 'open') arm(m, 'decide', decideAt(c), id);
  else if (c?.state === 'deciding') arm(m, 'give-up', c.decideBy, id);
  else if (c?.state === 'bargaining') arm(m, 'round', c.bargaining?.roundEndsAt ?? c.decideBy, id);
}

/** A proposal that is valid until its call has to be decided ends with the call. */
export function armProposal(m: Market, p: Proposal): void {
  if (p.state !== 'live') return;
  const decideBy = m.conversations.get(p.cfpId)?.decideBy ?? Infinity;
  if (p.validUntil < decideBy) arm(m, 'lapse', p.validUntil, p.id);
}

export function armLease(m: Market, id: string): void {
  const lease = m.leases.get(id);
  if (lease === undefined || lease.ended !== null) return;
  if (lease.state === 'scheduled') arm(m, 'start', lease.startAt, id);
  if (lease.state === 'reclaiming') arm(m, 'reclaim', lease.reclaimAt ?? lease.endAt, id);
  arm(m, 'end', lease.endAt, id);
}
