// Bargaining over one proposal of a call, when no price is within the manager's limit and both
// sides allow it. Monotonic concession in simultaneous rounds, or alternating offers in turns; the
// manager's hold follows its standing offer; a deal is an award like any other.
import { BANK, ESCROW, release, type Transfer } from '../bank/ledger.ts';
import { type Credits, sub, ZERO } from '../base/credits.ts';
import type { Instant } from '../base/time.ts';
import { type BargainingRole, type Conflict, otherRole } from '../protocol/bargaining.ts';
import { problem, type Problem } from '../protocol/problems.ts';
import { priceFloor } from './capacity.ts';
import { accepted, type Command, type Decision, refused } from './commands.ts';
import { endCall } from './endings.ts';
import type {
  Bargained,
  BargainingRule,
  BargainingTerms,
  Event,
  Loss,
  Offer,
  Round,
} from './events.ts';
import { fundingAccount, hold, HOLD_SLACK, short } from './funding.ts';
import {
  agentOf,
  type Bargaining,
  bargainingRule,
  bargainMs,
  type Conversation,
  type Market,
  type Proposal,
  proposalOf,
  resourceOf,
} from './state.ts';

/** All issues of a proposal, as an offer. */
function offerOf(p: Proposal): Offer {
  const { reclaimWindowMs = 0, penalty = ZERO } = p.terms;
  return { price: p.price, startDelayMs: p.startDelayMs, reclaimWindowMs, penalty };
}

/** The least its contractor may take for it: the reserve price of its resource for that time. */
function floorOf(m: Market, c: Conversation, p: Proposal): Credits {
  const resource = m.resources.get(p.claim?.resourceId ?? '');
  if (resource === undefined || c.need === null) return ZERO;
  const { reservePrice } = resource;
  return priceFloor(reservePrice, c.need.count, c.need.durationMs);
}

/** Which protocol, and by which rule of the operator; null where nobody may bargain. */
function chooseProtocol(
  rule: BargainingRule,
  durationMs: number,
  surplus: Credits,
): Pick<BargainingTerms, 'protocol' | 'chosenBy'> | null {
  if (rule.protocol === 'off') return null;
  if (rule.protocol !== 'auto') return { protocol: rule.protocol, chosenBy: 'operator' };
  if (durationMs < rule.fastBelowMs) {
    return { protocol: 'monotonic-concession', chosenBy: 'short-lease' };
  }
  return surplus >= rule.worthWaiting
    ? { protocol: 'alternating-offers', chosenBy: 'worth-the-wait' }
    : { protocol: 'monotonic-concession', chosenBy: 'small-surplus' };
}

/**
 * Opens a bargaining over `p`, or null where it may not be or can lead nowhere. Everybody else in
 * the call is released with `losses`; the manager's ceiling is released until it has offered.
 */
export function openBargaining(
  m: Market,
  c: Conversation,
  p: Proposal,
  at: Instant,
  losses: readonly Loss[],
): Event | null {
  if (c.mechanism.bargaining !== true || p.negotiable !== true || c.need === null) return null;
  const floor = floorOf(m, c, p);
  const surplus = sub(c.limitPrice, floor);
  if (surplus < 0 || p.claim === null || resourceOf(m, p.claim.resourceId).paused) return null;
  const rule = bargainingRule(m);
  const chosen = chooseProtocol(rule, c.need.durationMs, surplus);
  if (chosen === null) return null;
  const endsAt = Math.min(c.decideBy, p.validUntil, at + bargainMs(rule));
  if (endsAt <= at) return null;
  const { roundsMax, roundMs, discount, roundFee } = rule;
  const lost = losses.filter((l) => l.proposalId !== p.id);
  const told = new Set([p.id, ...lost.map((l) => l.proposalId)]);
  for (const proposalId of c.proposals) {
    if (told.has(proposalId) || proposalOf(m, proposalId).state !== 'live') continue;
    lost.push({ proposalId, reason: 'not-chosen', short: {} });
  }
  const transfers: Transfer[] = [];
  if (c.hold !== null) release(m.ledger, c.hold, 'void', transfers);
  for (const l of lost) {
    for (const id of proposalOf(m, l.proposalId).holds) release(m.ledger, id, 'void', transfers);
  }
  return {
    seq: 0,
    at: 0,
    type: 'bargaining-opened',
    ...between(c, p),
    ...chosen,
    roundsMax,
    roundMs,
    endsAt,
    discount,
    opening: offerOf(p),
    floor,
    roundFee,
    losses: lost,
    transfers,
  };
}

const between = (
  c: Conversation,
  p: Pick<Proposal, 'id' | 'contractorId'>,
): Pick<Bargained, 'cfpId' | 'proposalId' | 'managerId' | 'contractorId'> => ({
  cfpId: c.id,
  proposalId: p.id,
  managerId: c.managerId,
  contractorId: p.contractorId,
});

/** A manual manager bargains with the contractor of its choice. */
export function bargain(m: Market, cmd: Extract<Command, { type: 'bargain' }>): Decision {
  const c = m.conversations.get(cmd.cfpId);
  if (c === undefined) return refused(problem('not-found', 'there is no such call'));
  if (cmd.actor.kind !== 'agent' || cmd.actor.id !== c.managerId) {
    return refused(problem('forbidden', 'only its manager can open a bargaining'));
  }
  if (c.award !== 'manual' || (c.state !== 'open' && c.state !== 'deciding')) {
    const hint = 'an automatic call bargains by itself at replyBy';
    return refused(problem('call-closed', 'the manager does not decide here now', { hint }));
  }
  const p = m.proposals.get(cmd.body.proposalId);
  if (p === undefined || p.cfpId !== c.id || p.state !== 'live' || p.validUntil < cmd.at) {
    const field = 'proposalId';
    return refused(problem('not-found', 'no such live proposal in this call', { field }));
  }
  const event = openBargaining(m, c, p, cmd.at, []);
  if (event !== null) return accepted([event], { cfpId: c.id, proposalId: p.id });
  return refused(
    problem('not-understood', 'this proposal cannot be bargained over', {
      hint: 'the call must allow bargaining, the proposal be negotiable, the limits overlap',
    }),
  );
}

/** A party of a running bargaining, or why this message has no place. */
interface Speaker {
  c: Conversation;
  b: Bargaining;
  p: Proposal;
  role: BargainingRole;
}
type Said = Extract<Command, { type: 'offer' | 'accept-offer' | 'quit' }>;

function speaker(m: Market, cmd: Said): Speaker | Problem {
  const c = m.conversations.get(cmd.cfpId);
  if (c === undefined) return problem('not-found', 'there is no such call');
  const b = c.bargaining;
  const who = cmd.actor.kind === 'agent' ? cmd.actor.id : '';
  if (b === undefined) {
    return problem('not-understood', 'this call is not being bargained over');
  }
  if (who !== b.managerId && who !== b.contractorId) {
    return problem('forbidden', 'only the two parties of a bargaining can speak in it');
  }
  if (c.state !== 'bargaining' || cmd.at >= b.roundEndsAt) {
    return problem('call-closed', 'the bargaining has ended');
  }
  const role = who === b.managerId ? 'manager' : 'contractor';
  if (b.turn !== null && b.turn !== role && cmd.type !== 'quit') {
    return problem('not-your-turn', `the ${b.turn} has to speak`);
  }
  if (cmd.body.round !== undefined && cmd.body.round !== b.round) {
    const hint = `round ${b.round} is open`;
    return problem('stale-round', `round ${cmd.body.round} is not open`, { field: 'round', hint });
  }
  return { c, b, p: proposalOf(m, b.proposalId), role };
}

/**
 * One side's offer in the open round: within its own limit, no retraction, backed by its credits
 * (micro-credits). Refused with what is legal instead; a refusal changes nothing.
 */
export function makeOffer(m: Market, cmd: Extract<Command, { type: 'offer' }>): Decision {
  const s = speaker(m, cmd);
  if ('code' in s) return refused(s);
  const { c, b, p, role } = s;
  const offer = completed(b, role, cmd.body);
  const bad = speechProblem(b, role) ?? retraction(b, role, offer) ?? beyond(m, s, offer);
  if (bad !== null) return refused(bad);
  const money = offerMoney(m, s, offer);
  if ('code' in money) return refused(money);
  const event: Event = {
    seq: 0,
    at: 0,
    type: 'offered',
    ...between(c, p),
    role,
    round: b.round,
    offer,
    message: cmd.body.message ?? '',
    sealed: b.protocol === 'monotonic-concession',
    transfers: money,
  };
  return accepted([event], { cfpId: c.id, proposalId: p.id });
}

/** What it does not name stays: as in the own standing offer, at first as the other side put it. */
function completed(
  b: Bargaining,
  role: BargainingRole,
  body: Extract<Command, { type: 'offer' }>['body'],
): Offer {
  const before = b.standing[role] ?? b.standing[otherRole(role)];
  return {
    price: body.price,
    startDelayMs: body.startDelayMs ?? before?.startDelayMs ?? 0,
    reclaimWindowMs: body.terms?.reclaimWindowMs ?? before?.reclaimWindowMs ?? 0,
    penalty: body.terms?.penalty ?? before?.penalty ?? ZERO,
  };
}

function speechProblem(b: Bargaining, role: BargainingRole): Problem | null {
  if (b.said[role] !== null) {
    return problem('not-understood', `the ${role} has spoken in round ${b.round}`, {
      hint: 'wait for the round to close',
    });
  }
  if (b.round <= b.roundsMax) return null;
  const detail = 'the last round is over: accept or quit';
  return problem('not-understood', detail, { hint: 'legal here: accept, quit' });
}

/** Credits and spans by which `to` is worse than `from` for a role, issue by issue. */
function worseFor(role: BargainingRole, from: Offer, to: Offer): string | null {
  // A manager wants it cheap, soon, with long notice and a high penalty.
  const sign = role === 'manager' ? 1 : -1;
  if (sign * (to.price - from.price) > 0) return 'price';
  if (sign * (to.startDelayMs - from.startDelayMs) > 0) return 'startDelayMs';
  if (sign * (from.reclaimWindowMs - to.reclaimWindowMs) > 0) return 'terms.reclaimWindowMs';
  return sign * (from.penalty - to.penalty) > 0 ? 'terms.penalty' : null;
}

/** Monotonic concession moves toward agreement only: no issue may get worse for the other side. */
function retraction(b: Bargaining, role: BargainingRole, offer: Offer): Problem | null {
  const before = b.standing[role];
  if (b.protocol !== 'monotonic-concession' || before === null) return null;
  const field = worseFor(otherRole(role), before, offer);
  if (field === null) return null;
  const hint = 'repeat the offer or improve it';
  return problem('retraction', 'the offer takes back what was conceded', { field, hint });
}

/** No lease of a resource is ever cheaper, whoever would agree to it. */
const belowReserve = problem(
  'below-reserve-price',
  'the offer is below the reserve price of the resource for that time',
);

function beyond(m: Market, { c, p, role }: Speaker, offer: Offer): Problem | null {
  const field = 'price';
  if (role === 'manager' && offer.price > c.limitPrice) {
    return problem('above-max-price', 'the offer is above the call’s maxPrice', { field });
  }
  if (role === 'contractor' && offer.price < floorOf(m, c, p)) return { ...belowReserve, field };
  const late = c.need?.maxStartDelayMs;
  if (late === undefined || offer.startDelayMs <= late) return null;
  const hint = `at most ${late} ms`;
  return problem('invalid-field', 'it starts too late for the need', {
    field: 'startDelayMs',
    hint,
  });
}

/** The sender's hold moves to its new offer; the fee of the round is paid. */
function offerMoney(m: Market, s: Speaker, offer: Offer): Transfer[] | Problem {
  const { c, b, p, role } = s;
  const isManager = role === 'manager';
  const agent = agentOf(m, isManager ? c.managerId : p.contractorId);
  const account = isManager ? fundingAccount(m, agent, c.project) : agent.account;
  const amount = isManager ? offer.price : offer.penalty;
  const old = isManager ? (c.hold === null ? [] : [c.hold]) : p.holds;
  const fee = bargainingRule(m).roundFee;
  const lacking = short(m, account, (amount + fee) as Credits, old);
  if (lacking !== null) return { ...lacking, field: isManager ? 'price' : 'terms.penalty' };
  const resourceId = p.claim?.resourceId ?? null;
  const about = { agentId: agent.id, project: c.project, resourceId, cfpId: c.id, leaseId: null };
  const transfers: Transfer[] = [];
  for (const id of old) release(m.ledger, id, 'void', transfers);
  const code = isManager ? ('call-hold' as const) : ('penalty-hold' as const);
  const expiresAt = b.endsAt + HOLD_SLACK;
  transfers.push(...hold({ debit: account, credit: ESCROW, amount, code, expiresAt }, about));
  if (fee > 0) {
    const ends = { debit: account, credit: BANK, amount: fee, code: 'round-fee' as const };
    transfers.push({ kind: 'posted', ...ends, ...about });
  }
  return transfers;
}

/** Walks away: an explicit conflict. */
export function quit(m: Market, cmd: Extract<Command, { type: 'quit' }>): Decision {
  const s = speaker(m, cmd);
  if ('code' in s) return refused(s);
  const { c, b, role } = s;
  const words = { by: role, message: cmd.body.message ?? '' };
  return accepted([conflict(m, c, b, 'quit', null, words)], { cfpId: c.id });
}

/** The event that ends a bargaining without a deal: everything is released. */
export function conflict(
  m: Market,
  c: Conversation,
  b: Bargaining,
  why: Conflict,
  round: Round | null,
  words: Pick<Bargained, 'by' | 'message'> = { by: null, message: '' },
): Event {
  const lost: Loss = { proposalId: b.proposalId, reason: 'no-agreement', short: {} };
  const ended = endCall(m, c, 'unawarded', 'no-agreement', [lost]);
  const p = { id: b.proposalId, contractorId: b.contractorId };
  const bargained: Bargained = { ...between(c, p), round, deal: null, conflict: why, ...words };
  return { ...ended, bargained } as Event;
}

/** How a round stands when it closes: with a deal, with a conflict, or with another round. */
export type Closing =
  | { kind: 'deal'; round: Round; deal: Offer }
  | { kind: 'conflict'; round: Round | null; why: Conflict }
  | { kind: 'next'; round: Round };

/**
 * Closes the open round at its time, or as soon as both have spoken. Rosenschein and Zlotkin 1994:
 * agreement when each offers the other what it asks for (a draw decides between the two offers),
 * conflict when neither has conceded.
 */
export function closing(b: Bargaining, at: Instant, draw: number): Closing {
  if (b.protocol === 'alternating-offers') {
    return {
      kind: 'conflict',
      round: null,
      why: b.round > b.roundsMax ? 'rounds-over' : 'timed-out',
    };
  }
  const round: Round = { round: b.round, at, said: { ...b.said } };
  const manager = b.said.manager?.offer ?? b.standing.manager;
  const contractor = b.said.contractor?.offer ?? b.standing.contractor;
  if (manager === null || contractor === null) return { kind: 'conflict', round, why: 'timed-out' };
  if (worseFor('manager', manager, contractor) === null) {
    const deal = draw % 2 === 0 ? manager : contractor;
    return { kind: 'deal', round, deal };
  }
  const stuck = same(manager, b.standing.manager) && same(contractor, b.standing.contractor);
  if (stuck) return { kind: 'conflict', round, why: 'both-stuck' };
  const over = b.round >= b.roundsMax || at >= b.endsAt;
  return over ? { kind: 'conflict', round, why: 'rounds-over' } : { kind: 'next', round };
}

const same = (a: Offer, b: Offer | null): boolean =>
  b !== null && worseFor('manager', a, b) === null && worseFor('contractor', a, b) === null;

/** The proposal as the deal has it, for the award. */
export function withDeal(p: Proposal, deal: Offer): Proposal {
  const { price, startDelayMs, reclaimWindowMs, penalty } = deal;
  return { ...p, price, startDelayMs, terms: { ...p.terms, reclaimWindowMs, penalty } };
}

/** The accepted offer: what the other side has on the table. */
export function acceptable(
  m: Market,
  cmd: Extract<Command, { type: 'accept-offer' }>,
): { c: Conversation; deal: Offer; bargained: Bargained } | Problem {
  const s = speaker(m, cmd);
  if ('code' in s) return s;
  const { c, b, p, role } = s;
  const deal = b.standing[otherRole(role)];
  if (deal === null) {
    const hint = 'make an offer, or wait for the round to close';
    return problem('not-understood', 'there is no offer to accept yet', { hint });
  }
  if (role === 'contractor' && deal.price < floorOf(m, c, p)) return belowReserve;
  const words = { by: role, message: cmd.body.message ?? '' };
  const ended = { round: null, deal, conflict: null, ...words };
  return { c, deal, bargained: { ...between(c, p), ...ended } };
}
