// The award: credit hold + slot claim + lease + record, one event, all or nothing.
import { release, type Transfer } from '../bank/ledger.ts';
import { must } from '../base/assert.ts';
import { type Credits, credits, SUPPLY_MAX, ZERO } from '../base/credits.ts';
import { idOf } from '../base/ids.ts';
import type { Instant } from '../base/time.ts';
import { problem, type Problem } from '../protocol/problems.ts';
import { acceptable, closing, conflict, openBargaining, withDeal } from './bargaining.ts';
import { slotsFree } from './capacity.ts';
import { accepted, type Command, type Decision, refused } from './commands.ts';
import { endCall } from './endings.ts';
import type { Bargained, Claim, Event, Loss, Offer, WhyUnawarded } from './events.ts';
import { fundingAccount, hold, HOLD_SLACK, projectOf, short } from './funding.ts';
import {
  agentOf,
  type Conversation,
  conversationOf,
  isOpen,
  liveProposals,
  type Market,
  type Proposal,
  proposalOf,
  resourceOf,
} from './state.ts';
import { type Bid, determine, type Rule } from './winner.ts';

type AwardEvent = Extract<Event, { type: 'awarded' }>;

export function award(m: Market, cmd: Extract<Command, { type: 'award' }>): Decision {
  const c = m.conversations.get(cmd.cfpId);
  if (c === undefined) return refused(problem('not-found', 'there is no such call'));
  if (cmd.actor.kind !== 'agent' || cmd.actor.id !== c.managerId) {
    return refused(problem('forbidden', 'only its manager can award a call'));
  }
  if (c.state === 'awarded' || c.state === 'failed') {
    return refused(problem('already-awarded', 'the call has been awarded'));
  }
  if (c.state === 'bargaining') {
    const hint = 'accept or improve the standing offer, or quit';
    return refused(problem('call-closed', 'the call is being bargained over', { hint }));
  }
  if (!isOpen(c)) return refused(problem('call-closed', `the call is ${c.state}`));
  if (cmd.at >= c.decideBy) return refused(problem('call-closed', 'the time to decide is over'));
  const p = m.proposals.get(cmd.body.proposalId);
  if (p === undefined || p.cfpId !== c.id) {
    const field = 'proposalId';
    return refused(problem('not-found', 'no such proposal in this call', { field }));
  }
  if (p.state !== 'live' || p.validUntil < cmd.at) {
    return refused(problem('proposal-expired', 'the proposal is no longer valid'));
  }
  const event = awardTo(m, c, p, chosenPrice(m, c, p, cmd), cmd);
  if ('code' in event) return refused(event);
  return accepted([event], { cfpId: c.id, proposalId: p.id, leaseId: event.leaseId });
}

/** The rule's payment when the manager chose the rule's winner, else the proposal's own price. */
function chosenPrice(m: Market, c: Conversation, p: Proposal, cmd: Command): Credits {
  const outcome = determine(ruleOf(c), eligible(m, c, cmd.at).map(bidOf), cmd.entropy);
  return outcome.winner?.bid.id === p.id ? outcome.winner.payment : p.price;
}

const bidOf = (p: Proposal): Bid => ({
  id: p.id,
  price: p.price,
  startDelayMs: p.startDelayMs,
  quality: p.terms.quality,
});

function ruleOf(c: Conversation): Rule {
  const { direction, limitPrice, mechanism, need } = c;
  const { pricing, delayCost } = mechanism;
  return { direction, pricing, limitPrice, delayCost, maxStartDelayMs: need?.maxStartDelayMs };
}

const eligible = (m: Market, c: Conversation, at: Instant): Proposal[] =>
  liveProposals(m, c).filter((p) => p.validUntil >= at);

/**
 * The automatic decision: the rule's winner, or, where that award cannot be made, the next one.
 * Always ends the call, with a named reason when nobody could win.
 */
export function decideCall(m: Market, c: Conversation, at: Instant, draw: number): Event {
  const losses: Loss[] = [];
  let bids: Proposal[] = [];
  for (const p of liveProposals(m, c)) {
    if (p.validUntil >= at) bids.push(p);
    else losses.push({ proposalId: p.id, reason: 'expired', short: {} });
  }
  /** Why the award that came nearest could not be made. */
  let failed: WhyUnawarded | null = null;
  while (bids.length > 0) {
    const outcome = determine(ruleOf(c), bids.map(bidOf), draw);
    const winner = outcome.winner;
    if (winner === null) {
      const opening =
        failed === null
          ? negotiate(m, c, bids, { at, entropy: draw }, [...losses, ...outcome.losses])
          : null;
      if (opening !== null) return opening;
      failed ??= outcome.losses.some(overMax) ? 'all-above-max-price' : null;
      losses.push(...outcome.losses);
      break;
    }
    const p = bids.find((b) => b.id === winner.bid.id) as Proposal;
    const event = awardTo(m, c, p, winner.payment, { at, entropy: draw }, [
      ...losses,
      ...outcome.losses,
    ]);
    if (!('code' in event)) return event;
    const insolvent = event.code === 'insufficient-credits';
    const expired = event.code === 'proposal-expired';
    const reason = insolvent ? 'insufficient-credits' : expired ? 'expired' : 'slot-taken';
    losses.push({ proposalId: p.id, reason, short: {} });
    failed = insolvent ? 'insufficient-credits' : 'all-infeasible';
    bids = bids.filter((b) => b.id !== p.id);
    // In a need it is the manager who cannot pay: a dearer proposal would not help.
    if (insolvent && c.direction === 'need') break;
  }
  return endCall(m, c, 'unawarded', failed ?? unanswered(c), losses);
}

/** Every price is above the limit: the best that is negotiable is bargained over, if any is. */
function negotiate(
  m: Market,
  c: Conversation,
  bids: readonly Proposal[],
  { at, entropy }: { at: Instant; entropy: number },
  losses: readonly Loss[],
): Event | null {
  const dear = new Set(losses.filter(overMax).map((l) => l.proposalId));
  const open = bids.filter((p) => p.negotiable === true && dear.has(p.id));
  const rule = { ...ruleOf(c), pricing: 'first-price' as const, limitPrice: credits(SUPPLY_MAX) };
  const best = determine(rule, open.map(bidOf), entropy).winner?.bid.id;
  const p = open.find(({ id }) => id === best);
  return p === undefined ? null : openBargaining(m, c, p, at, losses);
}

/** A round's time is over, or both have spoken in it. */
export function closeRound(m: Market, c: Conversation, at: Instant, draw: number): Event {
  const b = must(c.bargaining, 'bargaining');
  const closed = closing(b, at, draw);
  if (closed.kind === 'conflict') return conflict(m, c, b, closed.why, closed.round);
  const { proposalId, managerId, contractorId } = b;
  const parties = { cfpId: c.id, proposalId, managerId, contractorId };
  if (closed.kind === 'next') {
    return { seq: 0, at: 0, type: 'round-closed', ...parties, closed: closed.round };
  }
  const ended = { round: closed.round, deal: closed.deal, conflict: null, by: null, message: '' };
  const event = dealOver(m, c, { ...parties, ...ended }, closed.deal, { at, entropy: draw });
  return 'code' in event ? conflict(m, c, b, 'infeasible', closed.round) : event;
}

/** A party accepts what the other has on the table. */
export function acceptOffer(m: Market, cmd: Extract<Command, { type: 'accept-offer' }>): Decision {
  const found = acceptable(m, cmd);
  if ('code' in found) return refused(found);
  const event = dealOver(m, found.c, found.bargained, found.deal, cmd);
  if ('code' in event) return refused(event);
  const { cfpId, proposalId, leaseId } = event;
  return accepted([event], { cfpId, proposalId, leaseId });
}

/** An agreement is an award like any other, at the terms of the deal. */
function dealOver(
  m: Market,
  c: Conversation,
  bargained: Bargained,
  deal: Offer,
  stamp: { at: Instant; entropy: number },
): AwardEvent | Problem {
  const p = withDeal(proposalOf(m, bargained.proposalId), deal);
  if (p.validUntil < stamp.at) {
    return problem('proposal-expired', 'the proposal is no longer valid');
  }
  const event = awardTo(m, c, p, deal.price, stamp);
  return 'code' in event ? event : { ...event, bargained };
}

const overMax = (l: Loss): boolean =>
  l.reason === 'above-max-price' || l.reason === 'below-min-price';

/** Why a call ends that has nothing to award: nobody answered, or nobody could serve it. */
function unanswered(c: Conversation): WhyUnawarded {
  const answered =
    c.proposals.length > 0 || [...c.dialogues.values()].some((d) => d.refusal !== null);
  return answered ? 'all-infeasible' : 'no-proposals';
}

/** A manual call's time is up: somebody could have been chosen, or nobody was left. */
export function giveUp(m: Market, c: Conversation): Event {
  const why = liveProposals(m, c).length > 0 ? 'not-decided' : unanswered(c);
  return endCall(m, c, 'unawarded', why);
}

/** The two sides of a lease-to-be and what pays for it. */
interface Sides {
  /** The conversation that is served: the need named in a bid, else the call itself. */
  served: Conversation;
  need: Conversation | null;
  buyerId: string;
  sellerId: string;
  project: string;
  account: string;
}

function sidesOf(m: Market, c: Conversation, p: Proposal): Sides {
  const need = p.needId === null ? null : conversationOf(m, p.needId);
  const isNeed = c.direction === 'need';
  const buyerId = isNeed ? c.managerId : p.contractorId;
  const sellerId = isNeed ? p.contractorId : c.managerId;
  const buyer = agentOf(m, buyerId);
  const project = isNeed ? c.project : (need?.project ?? projectOf(buyer, undefined));
  const account = fundingAccount(m, buyer, project);
  return { served: need ?? c, need, buyerId, sellerId, project, account };
}

/** The award event for one proposal, or why it cannot be made now. */
function awardTo(
  m: Market,
  c: Conversation,
  p: Proposal,
  price: Credits,
  stamp: { at: Instant; entropy: number },
  losses: readonly Loss[] = [],
): AwardEvent | Problem {
  const limit = c.direction === 'need' ? price - c.limitPrice : c.limitPrice - price;
  if (limit > 0) return problem('above-max-price', 'the price is beyond the manager’s limit');
  const sides = sidesOf(m, c, p);
  const claim = leaseClaim(m, c, p, sides.served, stamp.at);
  if ('code' in claim) return claim;
  const gone = rivals(m, c, sides.need, p, losses);
  const freed: string[] = [];
  if (c.hold !== null) freed.push(c.hold);
  if (sides.need?.hold) freed.push(sides.need.hold);
  freed.push(...p.holds);
  for (const { proposalId } of gone) freed.push(...proposalOf(m, proposalId).holds);
  const lacking = short(m, sides.account, price, freed) ?? unbacked(m, p, sides.sellerId);
  if (lacking !== null) return lacking;
  const leaseId = idOf('lse', m.seq + 1);
  const transfers: Transfer[] = [];
  for (const id of freed) release(m.ledger, id, 'void', transfers);
  transfers.push(...leaseHolds(m, p, sides, claim, price, leaseId));
  return {
    seq: 0,
    at: 0,
    type: 'awarded',
    cfpId: c.id,
    proposalId: p.id,
    draw: stamp.entropy,
    leaseId,
    needId: sides.need?.id ?? null,
    managerId: sides.buyerId,
    contractorId: sides.sellerId,
    claim,
    epoch: resourceOf(m, claim.resourceId).epoch + 1,
    price,
    project: sides.project,
    durationMs: claim.to - claim.from,
    losses: gone,
    transfers,
  };
}

/** The price, and the contractor's penalty for giving back, held for the life of the lease. */
function leaseHolds(
  m: Market,
  p: Proposal,
  sides: Sides,
  claim: Claim,
  price: Credits,
  leaseId: string,
): Transfer[] {
  const { account, project, buyerId, sellerId, served } = sides;
  const about = { project, resourceId: claim.resourceId, cfpId: served.id, leaseId };
  const expiresAt = claim.to + HOLD_SLACK;
  const seller = agentOf(m, sellerId).account;
  const pay = { debit: account, credit: seller, amount: price, expiresAt };
  const amount = sides.need === null ? (p.terms.penalty ?? ZERO) : ZERO;
  const fine = { debit: seller, credit: account, amount, expiresAt };
  return [
    ...hold({ ...pay, code: 'lease' }, { agentId: buyerId, ...about }),
    ...hold({ ...fine, code: 'penalty-hold' }, { agentId: sellerId, ...about }),
  ];
}

/** A contractor whose penalty lapsed with its budget window can no longer stand by its promise. */
function unbacked(m: Market, p: Proposal, sellerId: string): Problem | null {
  const penalty = p.terms.penalty ?? ZERO;
  if (penalty === 0) return null;
  const lacking = short(m, agentOf(m, sellerId).account, penalty, p.holds);
  return lacking === null ? null : problem('proposal-expired', 'its penalty is no longer backed');
}

/** Exactly the slots and the time of the lease, if nobody else has them. */
function leaseClaim(
  m: Market,
  c: Conversation,
  p: Proposal,
  served: Conversation,
  at: Instant,
): Claim | Problem {
  const base = must(c.offer === null ? p.claim : c.claim, 'claim of a live proposal');
  const resource = resourceOf(m, base.resourceId);
  if (resource.paused) return problem('resource-paused', 'the resource is not for sale now');
  const want = served.need ?? must(served.offer, 'need or offer');
  const from = at + p.startDelayMs;
  const slots = base.slots.slice(0, want.count);
  const claim = { resourceId: resource.id, slots, from, to: from + want.durationMs };
  const holder = c.offer === null ? p.id : c.id;
  if (slotsFree(resource, claim, holder)) return claim;
  return problem('slot-taken', 'the slots were taken before the award');
}

/** Everybody who loses by this award, each with a reason. */
function rivals(
  m: Market,
  c: Conversation,
  need: Conversation | null,
  winner: Proposal,
  known: readonly Loss[],
): Loss[] {
  const losses = [...known];
  const told = new Set(known.map((l) => l.proposalId)).add(winner.id);
  const lose = (ids: readonly string[], reason: Loss['reason']): void => {
    for (const proposalId of ids) {
      if (told.has(proposalId) || m.proposals.get(proposalId)?.state !== 'live') continue;
      told.add(proposalId);
      losses.push({ proposalId, reason, short: {} });
    }
  };
  lose(c.proposals, 'not-chosen');
  lose(c.bids, 'need-met');
  if (need === null) return losses;
  lose(need.proposals, 'need-met');
  lose(need.bids, 'need-met');
  return losses;
}
