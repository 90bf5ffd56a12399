// Order, time and bounds.
//
// L9  seq without gaps; `at` never goes back. (Not strictly increasing: more than a thousand events
//     a second must not push logical time ahead of the clock; within one instant seq is the order.)
// A10 nothing ends before its time: a lease without a report, a proposal, a manager's time to
//     decide, a notice, a budget window; nothing is accepted after a lease's end or a call's last
//     moment; a lease is as long as was agreed. And logical time passes no faster than true time,
//     but for the slew and what one sleep can hide, wherever somebody moves the wall clock.
// P2  the bounds of limits.ts that the market keeps, counted from the texts.
import { LIMITS } from '../../../core/engine/base/limits.ts';
import type { Event } from '../../../core/engine/market/events.ts';
import type { Batch } from '../../../core/host/loop.ts';
import type { Accuse } from './accuse.ts';
import type { Facts, Of } from './facts.ts';

export class TimeWatch {
  private readonly facts: Facts;
  private readonly accuse: Accuse;
  private readonly windows = new Map<string, { startedAt: number; windowMs: number }>();
  private seq = 0;
  private at = 0;
  private start = { logical: 0, trueMs: 0, sleeps: 0 };
  private slept = 0;

  constructor(facts: Facts, accuse: Accuse) {
    this.facts = facts;
    this.accuse = accuse;
  }

  started(logical: number, trueMs: number): void {
    this.start = { logical, trueMs, sleeps: this.slept };
  }

  ticked(logical: number, trueMs: number, sleeps: number): void {
    this.slept = sleeps;
    const passed = logical - this.start.logical;
    const elapsed = trueMs - this.start.trueMs;
    const hidden = LIMITS.clockJumpMs * (sleeps - this.start.sleeps);
    if (passed > elapsed * 1.03 + hidden + 2) {
      this.accuse('A10', `${passed} ms of logical time in ${elapsed} ms`);
    }
  }

  /** Before the facts take the event in. */
  apply(e: Event): void {
    const { facts } = this;
    if (e.seq !== this.seq + 1) this.accuse('L9', `event ${e.seq} after ${this.seq}`);
    if (!Number.isSafeInteger(e.at)) this.accuse('L9', `event ${e.seq} is at ${e.at}`);
    if (e.at < this.at) {
      this.accuse('L9', `event ${e.seq}: time goes back by ${this.at - e.at} ms`);
    }
    this.seq = e.seq;
    this.at = e.at;
    if (e.type === 'lease-ended') this.leaseEnded(e);
    else if (e.type === 'awarded') this.awarded(e);
    else if (e.type === 'proposal-lapsed') {
      this.early(e, 'lapsed', facts.proposals.get(e.proposalId)?.made.validUntil ?? 0);
    } else if (e.type === 'call-ended' && e.why === 'not-decided') {
      this.early(e, 'not decided', facts.calls.get(e.cfpId)?.opened.decideBy ?? 0);
    } else if (e.type === 'lease-renewed') {
      this.tardy(e, 'renewal', facts.leases.get(e.leaseId)?.endAt ?? 0);
    } else if (e.type === 'refused') {
      this.tardy(e, 'answer', facts.calls.get(e.cfpId)?.opened.replyBy ?? 0);
    } else this.windowTurns(e);
  }

  private early(e: Event, what: string, due: number): void {
    if (e.at < due) this.accuse('A10', `event ${e.seq}: ${what} ${due - e.at} ms early`);
  }

  private tardy(e: Event, what: string, end: number): void {
    if (e.at >= end) this.accuse('A10', `event ${e.seq}: ${what} ${e.at - end} ms after the end`);
  }

  private leaseEnded(e: Of<'lease-ended'>): void {
    const lease = this.facts.leases.get(e.leaseId);
    if (lease === undefined || !lease.running) return; // A4's
    if (e.how === 'no-report') this.early(e, 'lease expired', lease.endAt);
    else if (e.how === 'given-back') this.early(e, 'lease reclaimed', lease.reclaimAt ?? 0);
    else this.tardy(e, e.how, lease.endAt);
  }

  private awarded(e: Of<'awarded'>): void {
    const { calls, proposals } = this.facts;
    const call = calls.get(e.cfpId)?.opened;
    const need = e.needId === null ? call?.need : calls.get(e.needId)?.opened.need;
    const agreed = need?.durationMs ?? call?.offer?.durationMs;
    const promised = e.bargained?.deal ?? proposals.get(e.proposalId)?.made;
    const delay = promised?.startDelayMs ?? 0;
    const { from, to } = e.claim;
    if (to - from === agreed && e.durationMs === agreed && from === e.at + delay) return;
    const made = `${to - from} ms from ${from - e.at}`;
    this.accuse('A10', `event ${e.seq}: a lease of ${made}, not ${agreed} from ${delay}`);
  }

  private windowTurns(e: Event): void {
    if (e.type === 'budget-set') {
      const id = 'project' in e.scope ? `project:${e.scope.project}` : `agent:${e.scope.agentId}`;
      this.windows.set(id, { startedAt: e.at, windowMs: e.rule.windowMs });
    } else if (e.type === 'window-rolled') {
      const w = this.windows.get(e.accountId);
      if (w === undefined) return;
      w.startedAt += e.passed * w.windowMs;
      this.early(e, 'window rolled', w.startedAt);
      if (e.at < w.startedAt + w.windowMs) return;
      this.accuse('A10', `event ${e.seq}: a window that has passed was not counted`);
    }
  }
}

export class BoundWatch {
  private readonly facts: Facts;
  private readonly accuse: Accuse;

  constructor(facts: Facts, accuse: Accuse) {
    this.facts = facts;
    this.accuse = accuse;
  }

  /** After the facts have taken the event in. */
  apply(e: Event): void {
    const { calls, leases } = this.facts;
    if (e.type === 'cfp-opened') {
      this.atMost(e, 'open calls', this.openCalls(), LIMITS.openCallsMax);
      const own = this.openCalls(e.managerId);
      this.atMost(e, 'open calls of one agent', own, LIMITS.openCallsPerAgentMax);
      this.atMost(e, 'invited', e.invited.length, LIMITS.invitedMax);
    } else if (e.type === 'proposed') {
      const inCall = calls.get(e.cfpId)?.proposals.length ?? 0;
      this.atMost(e, 'proposals in one call', inCall, LIMITS.proposalsPerCallMax);
      const live = this.liveProposals(e.contractorId);
      this.atMost(e, 'live proposals', live, LIMITS.liveProposalsPerAgentMax);
    } else if (e.type === 'late-proposal') {
      const late = calls.get(e.cfpId)?.late ?? 0;
      this.atMost(e, 'late proposals on record', late, LIMITS.lateLoggedPerCallMax);
    } else if (e.type === 'lease-renewed') {
      const renewals = leases.get(e.leaseId)?.renewals ?? 0;
      this.atMost(e, 'renewals', renewals, LIMITS.renewalsMax);
    }
  }

  stored({ entries }: Batch, commands: number, endedKept: number): void {
    const last = entries.at(-1)?.event;
    if (last === undefined) return;
    this.atMost(last, 'commands in one commit', commands, LIMITS.batchMax);
    this.atMost(last, 'ended calls in memory', endedKept, LIMITS.endedKept);
  }

  private atMost(e: Event, what: string, n: number, most: number): void {
    if (n > most) this.accuse('P2', `event ${e.seq}: ${n} ${what}, at most ${most}`);
  }

  private openCalls(of?: string): number {
    let n = 0;
    for (const id of this.facts.open) {
      const c = this.facts.calls.get(id);
      if (c !== undefined && (of === undefined || c.opened.managerId === of)) n++;
    }
    return n;
  }

  private liveProposals(of: string): number {
    let n = 0;
    for (const id of this.facts.open) {
      if (this.facts.proposals.get(id)?.made.contractorId === of) n++;
    }
    return n;
  }
}
