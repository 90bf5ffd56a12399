// Proposals: a contractor's promise in answer to a need, or a buyer's bid in an offer. A proposal
// holds what it promises (slots, penalty, price) until it is rejected, lapses or wins.
import { accountOf, type Attribution, available, ESCROW, type Transfer } from '../bank/ledger.ts';
import { ZERO } from '../base/credits.ts';
import { idOf } from '../base/ids.ts';
import { LIMITS } from '../base/limits.ts';
import type { Instant } from '../base/time.ts';
import { problem, type Problem } from '../protocol/problems.ts';
import { dialogueProblem, lotProblem } from './calls.ts';
import { findSlots, freeAt, mismatch, priceFloor, reservedSlots } from './capacity.ts';
import { accepted, actingAgent, type Command, type Decision, refused } from './commands.ts';
import type { Claim, Lot } from './events.ts';
import { bidHoldAmount, fundingAccount, hold, HOLD_SLACK, projectOf } from './funding.ts';
import {
  type Agent,
  agentOf,
  type Conversation,
  isOpen,
  type Market,
  type Resource,
  resourceOf,
} from './state.ts';

type Propose = Extract<Command, { type: 'propose' }>;
/** What a valid proposal holds, or what is wrong with it. */
type Backing = { claim: Claim | null; needId: string | null; transfers: Transfer[] };

export function propose(m: Market, cmd: Propose): Decision {
  const c = m.conversations.get(cmd.cfpId);
  const agent = actingAgent(m, cmd.actor);
  if (c === undefined) return refused(problem('not-found', 'there is no such call'));
  if (agent === null || agent.id === c.managerId) {
    return refused(problem('forbidden', 'only another agent can answer a call'));
  }
  if (cmd.at >= c.replyBy) return late(c, agent, cmd);
  const bad = dialogueProblem(c, agent.id, 'propose') ?? closed(c) ?? bounds(c, agent);
  if (bad !== null) return refused(bad);
  const validUntil = cmd.body.validForMs === undefined ? c.decideBy : cmd.at + cmd.body.validForMs;
  const backing =
    c.offer === null
      ? backPromise(m, c, agent, cmd, validUntil)
      : backBid(m, c, agent, cmd, validUntil);
  if ('code' in backing) return refused(backing);
  const proposalId = idOf('prp', m.seq + 1);
  const { price, startDelayMs = 0, terms = {} } = cmd.body;
  const { claim, needId, transfers } = backing;
  const event = {
    seq: 0,
    at: 0,
    type: 'proposed' as const,
    proposalId,
    cfpId: c.id,
    contractorId: agent.id,
    price,
    startDelayMs,
    validUntil,
    terms,
    claim,
    needId,
    transfers,
    ...(cmd.body.negotiable === true ? { negotiable: true as const } : {}),
  };
  return accepted([event], { proposalId, cfpId: c.id }, 201);
}

/** Late proposals are refused and logged, up to a bound per call. */
function late(c: Conversation, agent: Agent, cmd: Propose): Decision {
  const detail = `proposals were due ${cmd.at - c.replyBy} ms ago`;
  const known = c.late < LIMITS.lateLoggedPerCallMax;
  const event = { seq: 0, at: 0, type: 'late-proposal' as const, cfpId: c.id, agentId: agent.id };
  return refused(
    problem('late-proposal', detail, { hint: 'answer before replyBy' }),
    known ? [{ ...event, price: cmd.body.price }] : [],
  );
}

function closed(c: Conversation): Problem | null {
  return isOpen(c) && c.state === 'open' ? null : problem('call-closed', `the call is ${c.state}`);
}

function bounds(c: Conversation, agent: Agent): Problem | null {
  if (c.proposals.length >= LIMITS.proposalsPerCallMax) {
    return problem('limit-reached', 'the call has as many proposals as a call can take');
  }
  if (agent.liveProposals >= LIMITS.liveProposalsPerAgentMax) {
    return problem('limit-reached', 'too many live proposals', { hint: 'await their verdicts' });
  }
  return null;
}

// ---- a contractor's promise, in a need ----

function backPromise(
  m: Market,
  c: Conversation,
  agent: Agent,
  { body, at }: Propose,
  validUntil: Instant,
): Backing | Problem {
  if (body.resourceId === undefined) {
    return problem('missing-field', 'a proposal names its resource', { field: 'resourceId' });
  }
  if (body.cfpId !== undefined) {
    return problem('invalid-field', 'cfpId belongs to a bid in an offer', { field: 'cfpId' });
  }
  const resource = m.resources.get(body.resourceId);
  const bad = resourceProblem(resource, c, agent, body.price);
  if (bad !== null) return bad;
  const claim = claimFor(
    m,
    c,
    resource as Resource,
    at + (body.startDelayMs ?? 0),
    validUntil - at,
  );
  if ('code' in claim) return claim;
  const penalty = body.terms?.penalty ?? ZERO;
  if (penalty === 0) return { claim, needId: null, transfers: [] };
  const { account } = agent;
  if (penalty > available(accountOf(m.ledger, account))) {
    const detail = 'the penalty must be held, and there is less to spend';
    return problem('insufficient-credits', detail, { field: 'terms.penalty' });
  }
  const about = attribution(agent, c.project, c.id, claim.resourceId);
  const expiresAt = validUntil + HOLD_SLACK;
  const ends = { debit: account, credit: ESCROW, amount: penalty, expiresAt };
  return { claim, needId: null, transfers: hold({ ...ends, code: 'penalty-hold' }, about) };
}

function resourceProblem(
  resource: Resource | undefined,
  c: Conversation,
  agent: Agent,
  price: number,
): Problem | null {
  const field = 'resourceId';
  if (resource === undefined) return problem('not-found', 'there is no such resource', { field });
  if (resource.ownerId !== agent.id) {
    return problem('forbidden', 'a proposal needs a resource of its own agent', { field });
  }
  if (resource.paused)
    return problem('resource-paused', 'the resource is not for sale now', { field });
  const need = c.need;
  if (need === null) return problem('not-understood', 'that call is not a need');
  const bad = mismatch(resource, need);
  if (bad !== null) return bad;
  if (price < priceFloor(resource.reservePrice, need.count, need.durationMs)) {
    const detail = 'the price is below the reserve price of the resource for that time';
    return problem('below-reserve-price', detail, { field: 'price' });
  }
  return null;
}

/** The slots a promise holds: from its start until the latest moment the lease could end. */
function claimFor(
  m: Market,
  c: Conversation,
  resource: Resource,
  from: Instant,
  slack: number,
): Claim | Problem {
  const need = c.need;
  if (need === null) return problem('not-understood', 'that call is not a need');
  const reserve = agentOf(m, c.managerId).system ? 0 : m.policy.priorityReserve;
  const usable = resource.slots.length - reservedSlots(resource, reserve);
  const span = slack + need.durationMs;
  const slots = findSlots(resource, need.count, from, from + span, usable);
  if (slots !== null) return { resourceId: resource.id, slots, from, to: from + span };
  const later = freeAt(resource, need.count, span, from, usable);
  const detail = `no ${need.count} slots are free for that time`;
  const field = 'resourceId';
  if (usable < need.count) {
    return problem('slot-taken', detail, { field, hint: 'the slots are kept for system agents' });
  }
  const hint = later === null ? 'try another resource' : `free in ${later - from} ms`;
  return problem('slot-taken', detail, { field, hint });
}

// ---- a buyer's bid, in an offer ----

function backBid(
  m: Market,
  c: Conversation,
  agent: Agent,
  { body, at }: Propose,
  validUntil: Instant,
): Backing | Problem {
  const lot = c.offer as Lot;
  const wrong = bidFields(lot, body);
  if (wrong !== null) return wrong;
  const need = body.cfpId === undefined ? null : m.conversations.get(body.cfpId);
  if (need === undefined) return problem('not-found', 'no such need', { field: 'cfpId' });
  const bad = need === null ? null : needProblem(m, need, agent, lot, body.price);
  if (bad !== null) return bad;
  const project = need?.project ?? projectOf(agent, undefined);
  const account = fundingAccount(m, agent, project);
  const amount = bidHoldAmount(m, account, need, body.price);
  if (amount > available(accountOf(m.ledger, account))) {
    return problem('insufficient-credits', 'the bid is more than can be spent now', {
      field: 'price',
      hint: 'all open bids together must fit the budget',
    });
  }
  const about = attribution(agent, project, c.id, lot.resourceId);
  const expiresAt = Math.max(validUntil, at) + HOLD_SLACK;
  const ends = { debit: account, credit: ESCROW, amount, code: 'bid-hold' as const, expiresAt };
  return { claim: null, needId: need?.id ?? null, transfers: hold(ends, about) };
}

function bidFields(lot: Lot, body: Propose['body']): Problem | null {
  const only = (field: string, detail: string): Problem =>
    problem('invalid-field', detail, { field });
  if (body.resourceId !== undefined && body.resourceId !== lot.resourceId) {
    return only('resourceId', 'the offer is for another resource');
  }
  if (body.startDelayMs !== undefined && body.startDelayMs > 0) {
    return only('startDelayMs', 'an offered slot starts at the award');
  }
  if (body.negotiable === true) {
    return only('negotiable', 'a bid in an offer is firm: only a need can be bargained over');
  }
  if (body.terms !== undefined && Object.keys(body.terms).length > 0) {
    return only('terms', 'the terms of an offer are its owner’s');
  }
  return null;
}

function needProblem(
  m: Market,
  need: Conversation,
  agent: Agent,
  lot: Lot,
  price: number,
): Problem | null {
  const field = 'cfpId';
  if (need.managerId !== agent.id) return problem('forbidden', 'that need is not yours', { field });
  if (!isOpen(need)) return problem('need-already-met', `that need is ${need.state}`, { field });
  const bad = lotProblem(resourceOf(m, lot.resourceId), lot, need);
  if (bad !== null) return bad;
  if (price > need.limitPrice) {
    return problem('above-max-price', 'the bid is above the need’s maxPrice', { field: 'price' });
  }
  return null;
}

function attribution(
  agent: Agent,
  project: string,
  cfpId: string,
  resourceId: string,
): Attribution {
  return { agentId: agent.id, project, resourceId, cfpId, leaseId: null };
}
