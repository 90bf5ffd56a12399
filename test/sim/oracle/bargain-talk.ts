// The words of a bargaining.
//
// N1  it opens over one live proposal that is open to it, in a call that is, where the operator's
//     rule allows it and the two limits overlap; in an automatic call only where nothing was within
//     the limit; everybody else in the call is released by it.
// N2  one offer per side and round, in the open round, by whose turn it is, as it was sent.
// N3  in monotonic concession nobody takes back what was conceded, on any issue.
// N9  a round ends as its rule says (Rosenschein and Zlotkin 1994, written down again here): offers
//     that meet are a deal, two that stay where they were are stuck, and silence repeats.
// N10 it ends once, with its call: in a deal, in a conflict with a name, or overtaken.
// N11 nobody speaks after a round's time, no round closes before it but when all have spoken, and
//     none is open longer while the host is up.
import type { Event } from '../../../core/engine/market/events.ts';
import type { Accuse } from './accuse.ts';
import {
  across,
  type Haggle,
  type Haggles,
  latest,
  noWorse,
  ROLES,
  sameTerms,
  show,
} from './bargain-facts.ts';
import type { Of, Proposal } from './facts.ts';

type Bargained = NonNullable<Of<'call-ended'>['bargained']>;
const NAMED = ['both-stuck', 'rounds-over', 'timed-out', 'quit', 'infeasible'];

export class BargainTalk {
  private readonly haggles: Haggles;
  private readonly accuse: Accuse;
  private readonly sentOnes = new Set<string>();

  constructor(haggles: Haggles, accuse: Accuse) {
    this.haggles = haggles;
    this.accuse = accuse;
  }

  /** A client sends an offer: only these can be authentic. */
  sent(agentId: string, cfpId: string, price: number): void {
    this.sentOnes.add(`${agentId} ${cfpId} ${price}`);
  }

  /** The host has nothing to do now. */
  idle(now: number): void {
    for (const [cfpId, h] of this.haggles.running) {
      if (h.dueAt > now) continue;
      this.accuse('N11', `round ${h.round} of ${cfpId} is open ${now - h.dueAt} ms too long`);
    }
  }

  /** Before the facts take the event in. */
  look(e: Event): void {
    if (e.type === 'bargaining-opened') this.opened(e);
    else if (e.type === 'offered') this.offered(e);
    else if (e.type === 'round-closed') this.roundClosed(e);
    else if (e.type === 'call-ended' || e.type === 'awarded') this.ended(e);
    else if (e.type === 'bidding-closed' || e.type === 'proposal-lapsed') {
      const h = this.haggles.running.get(e.cfpId);
      if (h !== undefined) this.accuse('N10', `event ${e.seq}: ${e.type} in a bargaining`);
    }
  }

  private opened(e: Of<'bargaining-opened'>): void {
    const { facts, rule } = this.haggles;
    const call = facts.calls.get(e.cfpId);
    const p = facts.proposals.get(e.proposalId);
    const limit = call?.opened.limitPrice ?? 0;
    const { penalty = 0, reclaimWindowMs = 0 } = p?.made.terms ?? {};
    const made = { ...p?.made, penalty, reclaimWindowMs } as typeof e.opening;
    const live = (call?.proposals ?? []).filter((id) => facts.proposals.get(id)?.live);
    const gone = new Set(e.losses.map((l) => l.proposalId)).add(e.proposalId);
    const allowed =
      call?.open === true &&
      call.opened.direction === 'need' &&
      call.opened.mechanism.bargaining === true &&
      p?.live === true &&
      p.made.negotiable === true &&
      p.made.cfpId === e.cfpId &&
      e.managerId === call.opened.managerId &&
      e.contractorId === p.made.contractorId &&
      !this.haggles.running.has(e.cfpId);
    if (!allowed) this.accuse('N1', `event ${e.seq}: ${e.proposalId} is not open to bargaining`);
    if (!sameTerms(e.opening, made)) this.accuse('N1', `event ${e.seq}: opens with another offer`);
    const floor = this.haggles.floorOf(e);
    if (e.floor !== floor || floor > limit) {
      this.accuse('N1', `event ${e.seq}: from ${e.floor}, not ${floor}, to ${limit}`);
    }
    const [protocol, chosenBy] = choice(rule, call?.opened.need?.durationMs ?? 0, limit - floor);
    if (e.protocol !== protocol || e.chosenBy !== chosenBy) {
      this.accuse('N1', `event ${e.seq}: ${e.protocol} by ${e.chosenBy}, not ${protocol}`);
    }
    const left = live.filter((id) => !gone.has(id));
    if (left.length > 0) this.accuse('N1', `event ${e.seq} leaves ${left.join()} waiting`);
    if (
      call?.opened.award === 'auto' &&
      live.some((id) => fits(e, facts.proposals.get(id), call.opened))
    ) {
      this.accuse('N1', `event ${e.seq}: there is a proposal within the limit`);
    }
    const latestEnd = Math.min(
      call?.opened.decideBy ?? 0,
      p?.made.validUntil ?? 0,
      e.at + e.roundsMax * e.roundMs,
    );
    if (e.endsAt <= e.at || e.endsAt > latestEnd) {
      this.accuse('N11', `event ${e.seq}: a bargaining until ${e.endsAt - e.at} ms from now`);
    }
  }

  private offered(e: Of<'offered'>): void {
    const h = this.haggles.running.get(e.cfpId);
    if (h === undefined) return this.accuse('N2', `event ${e.seq}: an offer in no bargaining`);
    const by = e.role === 'manager' ? h.opened.managerId : h.opened.contractorId;
    const fair =
      e.proposalId === h.opened.proposalId &&
      e.managerId === h.opened.managerId &&
      e.contractorId === h.opened.contractorId &&
      this.sentOnes.has(`${by} ${e.cfpId} ${e.offer.price}`);
    if (!fair) this.accuse('N2', `event ${e.seq}: ${by} did not send this offer`);
    const inTurn = h.turn === null ? h.said[e.role] === null : h.turn === e.role;
    const inRound = e.round === h.round && e.round <= h.opened.roundsMax;
    if (!inTurn || !inRound) {
      const where = `round ${h.round} of ${h.opened.roundsMax}`;
      this.accuse('N2', `event ${e.seq}: the ${e.role} offers for ${e.round} in ${where}`);
    }
    this.tardy(e, h);
    const before = h.table[e.role];
    if (h.inTurns || before === null || noWorse(across(e.role), e.offer, before)) return;
    this.accuse(
      'N3',
      `event ${e.seq}: the ${e.role} offers ${show(e.offer)} after ${show(before)}`,
    );
  }

  private tardy(e: Event, h: Haggle): void {
    if (e.at < h.dueAt) return;
    this.accuse('N11', `event ${e.seq}: said ${e.at - h.dueAt} ms after the round`);
  }

  private early(e: Event, h: Haggle): void {
    if (e.at >= h.dueAt) return;
    this.accuse('N11', `event ${e.seq}: round ${h.round} closes ${h.dueAt - e.at} ms early`);
  }

  private roundClosed(e: Of<'round-closed'>): void {
    const h = this.haggles.running.get(e.cfpId);
    if (h === undefined) return this.accuse('N10', `event ${e.seq}: a round of no bargaining`);
    this.early(e, h);
    this.closes(e, h, e.closed, 'next');
  }

  private ended(e: Of<'call-ended'> | Of<'awarded'>): void {
    const { running } = this.haggles;
    const h = running.get(e.cfpId);
    const { bargained } = e;
    if (h === undefined) {
      if (bargained !== undefined) this.accuse('N10', `event ${e.seq} ends no bargaining`);
      return;
    }
    const overtaken = e.type === 'call-ended' && e.state === 'cancelled';
    if (overtaken !== (bargained === undefined) || !isNamed(e, h, bargained)) {
      this.accuse('N10', `event ${e.seq}: the end of ${e.cfpId} is not named as it is`);
    }
    if (bargained === undefined) return;
    if (bargained.by === null) {
      this.early(e, h);
      return this.closes(e, h, bargained.round, bargained.conflict ?? 'deal');
    }
    this.tardy(e, h);
    if (bargained.conflict === null && h.turn !== null && h.turn !== bargained.by) {
      this.accuse('N2', `event ${e.seq}: the ${bargained.by} accepts out of turn`);
    }
  }

  /** What a round's end leads to, by what was said in it. */
  private closes(e: Event, h: Haggle, round: Bargained['round'], to: string): void {
    const due = outcome(h, e.at);
    const holds = to === due || (to === 'infeasible' && due === 'deal');
    if (!holds) this.accuse('N9', `event ${e.seq}: ${to} where the rule says ${due}`);
    if (h.inTurns) return;
    const told = ROLES.every((r) => sameTerms(round?.said[r]?.offer ?? null, h.said[r]));
    if (round?.round !== h.round || !told) {
      this.accuse('N9', `event ${e.seq}: round ${h.round} is told otherwise`);
    }
  }
}

/** The protocol that the operator's rule chooses. */
function choice(
  rule: Haggles['rule'],
  durationMs: number,
  surplus: number,
): [protocol: string, by: string] {
  if (rule === undefined) return ['none', ''];
  if (rule.protocol !== 'auto') return [rule.protocol, 'operator'];
  if (durationMs < rule.fastBelowMs) return ['monotonic-concession', 'short-lease'];
  const worth = surplus >= rule.worthWaiting;
  return worth
    ? ['alternating-offers', 'worth-the-wait']
    : ['monotonic-concession', 'small-surplus'];
}

/** Whether an ordinary award to this proposal was possible, as far as prices go. */
function fits(e: Event, p: Proposal | undefined, call: Of<'cfp-opened'>): boolean {
  if (p === undefined || p.made.validUntil < e.at || p.made.price > call.limitPrice) return false;
  const { price, startDelayMs, terms } = p.made;
  if (startDelayMs > (call.need?.maxStartDelayMs ?? Infinity)) return false;
  if (call.mechanism.pricing !== 'second-score') return true;
  const late = Math.floor((call.mechanism.delayCost * startDelayMs) / 60_000);
  return (terms.quality ?? call.limitPrice) - price - late >= 0;
}

function isNamed(
  e: Of<'call-ended'> | Of<'awarded'>,
  { opened }: Haggle,
  b: Bargained | undefined,
): boolean {
  if (b === undefined) return true;
  const parties =
    b.proposalId === opened.proposalId &&
    b.managerId === opened.managerId &&
    b.contractorId === opened.contractorId;
  if (e.type === 'awarded') {
    return parties && b.deal !== null && b.conflict === null && e.proposalId === b.proposalId;
  }
  const lost = e.losses.some((l) => l.proposalId === b.proposalId && l.reason === 'no-agreement');
  const named = b.conflict !== null && NAMED.includes(b.conflict);
  const left = (b.conflict === 'quit') === (b.by !== null);
  return parties && lost && named && left && b.deal === null && e.why === 'no-agreement';
}

function outcome(h: Haggle, at: number): string {
  const { roundsMax, endsAt } = h.opened;
  if (h.inTurns) return h.round > roundsMax ? 'rounds-over' : 'timed-out';
  const [manager, contractor] = [latest(h, 'manager'), latest(h, 'contractor')];
  if (manager === null || contractor === null) return 'timed-out';
  // Each side gets from the other what it asks for itself.
  if (noWorse('manager', contractor, manager)) return 'deal';
  const stuck = ROLES.every((r) => sameTerms(latest(h, r), h.table[r]));
  if (stuck) return 'both-stuck';
  return h.round >= roundsMax || at >= endsAt ? 'rounds-over' : 'next';
}
