// How events change a bargaining.
import { must } from '../base/assert.ts';
import { transferId } from '../base/ids.ts';
import type { Instant } from '../base/time.ts';
import { otherRole } from '../protocol/bargaining.ts';
import { closeProposal } from './evolve-calls.ts';
import type { Bargained, Event, Round } from './events.ts';
import {
  type Bargaining,
  type Conversation,
  conversationOf,
  type Market,
  proposalOf,
} from './state.ts';
import { armCall } from './timers.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

export function bargainingOpened(m: Market, e: Of<'bargaining-opened'>): void {
  const c = conversationOf(m, e.cfpId);
  for (const loss of e.losses) closeProposal(m, loss.proposalId, 'rejected', loss);
  const inTurns = e.protocol === 'alternating-offers';
  const opening = { offer: e.opening, message: '' };
  c.hold = null;
  c.state = 'bargaining';
  c.bargaining = {
    protocol: e.protocol,
    chosenBy: e.chosenBy,
    proposalId: e.proposalId,
    managerId: e.managerId,
    contractorId: e.contractorId,
    state: 'running',
    conflict: null,
    // In turns the proposal is the first offer; in rounds it is what the contractor opens with.
    round: inTurns ? 2 : 1,
    roundsMax: e.roundsMax,
    roundMs: e.roundMs,
    openedAt: e.at,
    roundEndsAt: Math.min(e.at + e.roundMs, e.endsAt),
    endsAt: e.endsAt,
    turn: inTurns ? 'manager' : null,
    standing: { manager: null, contractor: e.opening },
    said: { manager: null, contractor: null },
    rounds: inTurns ? [{ round: 1, at: e.at, said: { manager: null, contractor: opening } }] : [],
    deal: null,
    floor: e.floor,
    discount: e.discount,
  };
  armCall(m, c.id);
}

const running = (c: Conversation): Bargaining => must(c.bargaining, 'bargaining', c.id);

export function offered(m: Market, e: Of<'offered'>): void {
  const c = conversationOf(m, e.cfpId);
  const b = running(c);
  moveHold(m, c, e);
  const said = { offer: e.offer, message: e.message };
  b.said[e.role] = said;
  if (b.protocol === 'monotonic-concession') {
    // Both have spoken: nobody has to wait for the clock.
    if (b.said.manager !== null && b.said.contractor !== null) b.roundEndsAt = e.at;
  } else {
    const alone = { manager: null, contractor: null, [e.role]: said };
    closeRound(b, { round: b.round, at: e.at, said: alone });
    b.turn = otherRole(e.role);
  }
  armCall(m, c.id);
}

/** The sender's hold stands for its newest offer. */
function moveHold(m: Market, c: Conversation, e: Of<'offered'>): void {
  const n = e.transfers.findIndex((t) => t.kind === 'pending');
  const id = n < 0 ? null : transferId(e.seq, n);
  if (e.role === 'manager') c.hold = id;
  else proposalOf(m, e.proposalId).holds = id === null ? [] : [id];
}

export function roundClosed(m: Market, e: Of<'round-closed'>): void {
  const b = running(conversationOf(m, e.cfpId));
  closeRound(b, e.closed);
  armCall(m, e.cfpId);
}

/** What was said stands, seen by both; the next round opens. */
function closeRound(b: Bargaining, round: Round): void {
  b.rounds.push(round);
  for (const role of ['manager', 'contractor'] as const) {
    const said = round.said[role];
    if (said !== null) b.standing[role] = said.offer;
  }
  b.said = { manager: null, contractor: null };
  b.round++;
  b.roundEndsAt = Math.min(round.at + b.roundMs, b.endsAt);
}

/** With a deal or in conflict; the call ends in the same event. */
export function bargainingEnded(m: Market, how: Bargained, at: Instant): void {
  const b = running(conversationOf(m, how.cfpId));
  if (how.round !== null) closeRound(b, how.round);
  b.round = Math.max(1, b.rounds.length);
  b.turn = null;
  b.roundEndsAt = at;
  b.state = how.deal === null ? 'conflict' : 'agreed';
  b.conflict = how.conflict;
  b.deal = how.deal;
  if (how.deal === null) return;
  const { price, startDelayMs, reclaimWindowMs, penalty } = how.deal;
  const p = proposalOf(m, how.proposalId);
  Object.assign(p, { price, startDelayMs, terms: { ...p.terms, reclaimWindowMs, penalty } });
}

/** The call ended in another way while it was being bargained over. */
export function overtake(c: Conversation): void {
  const b = c.bargaining;
  if (b?.state !== 'running') return;
  b.state = 'conflict';
  b.conflict = 'overtaken';
  b.turn = null;
}
