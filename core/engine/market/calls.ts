// Calls for proposals, in both directions: opening, refusing, cancelling, and how they end.
import { accountOf, available, BANK, ESCROW, type Transfer } from '../bank/ledger.ts';
import { min, sub, ZERO } from '../base/credits.ts';
import { idOf } from '../base/ids.ts';
import { LIMITS } from '../base/limits.ts';
import { type Instant, SECOND } from '../base/time.ts';
import { legal, next, type Performative } from '../protocol/automaton.ts';
import type { Task } from '../protocol/bodies.ts';
import { problem, type Problem } from '../protocol/problems.ts';
import { findSlots, lacking, mismatch, priceFloor, reservedSlots } from './capacity.ts';
import { accepted, actingAgent, type Command, type Decision, refused } from './commands.ts';
import { endCall } from './endings.ts';
import type { CallTerms, Claim, Event, Lot } from './events.ts';
import { fundingAccount, hold, HOLD_SLACK, projectOf, surchargeFor } from './funding.ts';
import { cancelAwarded } from './leases.ts';
import {
  type Agent,
  bargainingRule,
  bargainMs,
  type Conversation,
  isOpen,
  type Market,
  type Resource,
  resourceOf,
} from './state.ts';

type Open = Extract<Command, { type: 'open-cfp' }>;
/** A call before it is known whom it reaches and what it holds. */
type Draft = Omit<CallTerms, 'invited' | 'claim' | 'load'>;

/** After replyBy an automatic award still has this long, should the host be busy. */
const AUTO_SLACK = 5 * SECOND;

export function openCall(m: Market, cmd: Open): Decision {
  const agent = actingAgent(m, cmd.actor);
  if (agent === null) return refused(problem('forbidden', 'only an agent can call for proposals'));
  const bad = directionProblem(cmd.body) ?? runProblem(cmd.body, agent) ?? boundProblem(m, agent);
  if (bad !== null) return refused(bad);
  const terms = callTerms(m, cmd, agent);
  const lot = terms.offer === null ? null : checkLot(m, agent, terms, cmd.at);
  if (lot !== null && 'code' in lot) return refused(lot);
  const project = projectOf(agent, terms.task.project);
  const account = fundingAccount(m, agent, project);
  const about = { agentId: agent.id, project, resourceId: null, cfpId: terms.cfpId, leaseId: null };
  const { fee, load } = surchargeFor(m, agent, cmd.at);
  const spendable = available(accountOf(m.ledger, account));
  if (fee > spendable) {
    const hint = 'call less often: the surcharge decays';
    return refused(problem('insufficient-credits', 'the surcharge cannot be paid', { hint }));
  }
  const transfers: Transfer[] = [];
  if (fee > 0) {
    const ends = { debit: account, credit: BANK, amount: fee, code: 'surcharge' as const };
    transfers.push({ kind: 'posted', ...ends, ...about });
  }
  if (terms.direction === 'need') {
    // A ceiling: all open calls together never exceed what there is to spend.
    const amount = min(terms.limitPrice, sub(spendable, fee));
    const expiresAt = terms.decideBy + HOLD_SLACK;
    transfers.push(
      ...hold({ debit: account, credit: ESCROW, amount, code: 'call-hold', expiresAt }, about),
    );
  }
  const invited = invite(m, terms);
  const event = openedEvent(terms, lot, invited, load, transfers);
  return accepted([event], { cfpId: terms.cfpId }, 201);
}

/** Field by field: a spread costs more than the rest of the call. */
function openedEvent(
  terms: Draft,
  claim: Claim | null,
  invited: string[],
  load: number,
  transfers: Transfer[],
): Event {
  return {
    seq: 0,
    at: 0,
    type: 'cfp-opened',
    cfpId: terms.cfpId,
    managerId: terms.managerId,
    direction: terms.direction,
    task: terms.task,
    need: terms.need,
    offer: terms.offer,
    limitPrice: terms.limitPrice,
    replyBy: terms.replyBy,
    decideBy: terms.decideBy,
    mechanism: terms.mechanism,
    award: terms.award,
    claim,
    invited,
    load,
    transfers,
  };
}

function directionProblem(body: Open['body']): Problem | null {
  const wrong = (field: string, detail: string): Problem =>
    problem('invalid-field', detail, { field });
  const { need, offer } = body;
  if ((need === undefined) === (offer === undefined)) {
    return wrong(need === undefined ? 'need' : 'offer', 'a call carries either need or offer');
  }
  if (need !== undefined) {
    if (body.maxPrice === undefined) {
      return problem('missing-field', 'a need states the most it would pay', { field: 'maxPrice' });
    }
    if (body.minPrice !== undefined) return wrong('minPrice', 'minPrice belongs to an offer');
    return null;
  }
  if (body.mechanism?.bargaining === true) {
    return wrong('mechanism.bargaining', 'only a need can be bargained over');
  }
  if (body.maxPrice !== undefined) return wrong('maxPrice', 'maxPrice belongs to a need');
  if (body.mechanism?.pricing === 'second-score') {
    return wrong('mechanism.pricing', 'an offer is sold by first-price or second-price');
  }
  return null;
}

/** Running commands of one's own on this machine is a right that the operator grants. */
function runProblem(body: Open['body'], agent: Agent): Problem | null {
  const run = body.task?.run;
  if (run === undefined) return null;
  if ((run.argv === undefined) === (run.program === undefined)) {
    const detail = 'a run names either argv or program';
    return problem('invalid-field', detail, { field: 'task.run' });
  }
  if (run.argv === undefined || agent.exec) return null;
  return problem('forbidden', 'this agent may not run commands of its own', {
    field: 'task.run.argv',
    hint: 'use a program of the catalogue, or ask the operator for exec',
  });
}

function boundProblem(m: Market, agent: Agent): Problem | null {
  const hint = 'end or await open calls first';
  if (agent.openCalls >= LIMITS.openCallsPerAgentMax) {
    return problem('limit-reached', `${LIMITS.openCallsPerAgentMax} calls are open already`, {
      hint,
    });
  }
  if (m.openCalls >= LIMITS.openCallsMax || m.runningLeases >= LIMITS.runningLeasesMax) {
    return problem('limit-reached', 'the market has no room for another call', { hint });
  }
  return null;
}

function callTerms(m: Market, { body, at }: Open, agent: Agent): Draft {
  const award = body.award ?? m.policy.defaults.award;
  const replyBy = at + (body.replyByMs ?? m.policy.defaults.replyByMs);
  const offer = body.offer === undefined ? null : lotOf(m, body.offer);
  const pricing = body.mechanism?.pricing ?? defaultPricing(m, offer);
  const bargains = body.mechanism?.bargaining === true;
  // Proposals stand until then by default, so that what is bargained over stays held.
  const talk = bargains ? bargainMs(bargainingRule(m)) : 0;
  return {
    cfpId: idOf('cfp', m.seq + 1),
    managerId: agent.id,
    direction: offer === null ? 'need' : 'offer',
    task: body.task ?? untitled(offer),
    need: body.need ?? null,
    offer,
    limitPrice: body.maxPrice ?? body.minPrice ?? floorOf(m, offer),
    replyBy,
    decideBy: replyBy + (award === 'auto' ? AUTO_SLACK : LIMITS.decideMs) + talk,
    mechanism: {
      type: 'contract-net',
      pricing,
      delayCost: body.mechanism?.delayCost ?? ZERO,
      ...(bargains ? { bargaining: true } : {}),
    },
    award,
  };
}

/** What the offer is of; an unknown resource is refused by checkLot. */
function lotOf(
  m: Market,
  { resourceId, count = 1, durationMs }: NonNullable<Open['body']['offer']>,
): Lot {
  const resource = m.resources.get(resourceId);
  const { kind, model } = resource ?? { kind: 'cpu' as const, model: null };
  return { resourceId, kind, model, count, durationMs };
}

function defaultPricing(m: Market, offer: Lot | null): CallTerms['mechanism']['pricing'] {
  const { pricing } = m.policy.defaults;
  return offer !== null && pricing === 'second-score' ? 'second-price' : pricing;
}

const untitled = (offer: Lot | null): Task => ({
  title: offer === null ? 'task' : 'slot for sale',
});

function floorOf(m: Market, offer: Lot | null): typeof ZERO {
  const resource = offer === null ? undefined : m.resources.get(offer.resourceId);
  if (offer === null || resource === undefined) return ZERO;
  return priceFloor(resource.reservePrice, offer.count, offer.durationMs);
}

/** An offer holds its slots from the start: the claim, or what is wrong with it. */
function checkLot(m: Market, agent: Agent, terms: Draft, at: Instant): Claim | Problem {
  const lot = terms.offer as Lot;
  const resource = m.resources.get(lot.resourceId);
  if (resource === undefined) {
    return problem('not-found', 'there is no such resource', { field: 'offer.resourceId' });
  }
  if (resource.ownerId !== agent.id) {
    return problem('forbidden', 'only its owner can offer it', { field: 'offer.resourceId' });
  }
  if (resource.paused) return problem('resource-paused', 'the resource is not for sale now');
  const floor = priceFloor(resource.reservePrice, lot.count, lot.durationMs);
  if (terms.limitPrice < floor) {
    return problem('below-reserve-price', 'minPrice is below the reserve price', {
      field: 'minPrice',
    });
  }
  const to = terms.decideBy + lot.durationMs;
  const usable = resource.slots.length - reservedSlots(resource, m.policy.priorityReserve);
  const slots = findSlots(resource, lot.count, at, to, usable);
  if (slots === null) return problem('slot-taken', `no ${lot.count} slots are free for that time`);
  return { resourceId: resource.id, slots, from: at, to };
}

/** Who must answer before an automatic award may come early; empty when too many to wait for. */
function invite(m: Market, terms: Draft): string[] {
  const invited = new Set<string>();
  if (terms.need !== null) {
    for (const id of m.resourcesByKind.get(terms.need.kind) ?? []) {
      const r = resourceOf(m, id);
      if (invited.has(r.ownerId) || r.ownerId === terms.managerId) continue;
      if (r.paused || lacking(r, terms.need) !== null) continue;
      invited.add(r.ownerId);
      if (invited.size > LIMITS.invitedMax) return [];
    }
    return [...invited];
  }
  const lot = terms.offer as Lot;
  const resource = resourceOf(m, lot.resourceId);
  for (const id of m.needsByKind.get(resource.kind) ?? []) {
    const need = m.conversations.get(id);
    if (need === undefined || need.managerId === terms.managerId) continue;
    if (!couldServe(resource, lot, need)) continue;
    invited.add(need.managerId);
    if (invited.size > LIMITS.invitedMax) return [];
  }
  return [...invited];
}

/** As lotProblem, for whoever only wants to know whether there is one. */
function couldServe(resource: Resource, lot: Lot, need: Conversation): boolean {
  const wanted = need.need;
  if (wanted === null || lacking(resource, wanted) !== null) return false;
  return wanted.count <= lot.count && wanted.durationMs <= lot.durationMs;
}

/** Null when this lot can serve that need. */
export function lotProblem(resource: Resource, lot: Lot, need: Conversation): Problem | null {
  if (need.need === null) return problem('resource-mismatch', 'that call is not a need');
  const bad = mismatch(resource, need.need);
  if (bad !== null) return bad;
  if (need.need.count > lot.count || need.need.durationMs > lot.durationMs) {
    return problem('resource-mismatch', 'the lot is smaller or shorter than the need', {
      field: 'cfpId',
    });
  }
  return null;
}

/** Refuses a performative that the dialogue does not allow, with what would be legal. */
export function dialogueProblem(c: Conversation, agentId: string, p: Performative): Problem | null {
  const state = c.dialogues.get(agentId)?.state ?? 'called';
  if (next(state, p) !== null) return null;
  const hint = `legal here: ${legal(state).join(', ') || 'nothing, the dialogue has ended'}`;
  return problem('not-understood', `${p} is not understood after ${state}`, { hint });
}

export function refuseCall(m: Market, cmd: Extract<Command, { type: 'refuse' }>): Decision {
  const c = m.conversations.get(cmd.cfpId);
  const agent = actingAgent(m, cmd.actor);
  if (c === undefined) return refused(problem('not-found', 'there is no such call'));
  if (agent === null || agent.id === c.managerId) {
    return refused(problem('forbidden', 'only a contractor can refuse a call'));
  }
  const bad = dialogueProblem(c, agent.id, 'refuse');
  if (bad !== null) return refused(bad);
  if (!isOpen(c) || cmd.at >= c.replyBy) {
    return refused(problem('call-closed', 'the call no longer takes answers'));
  }
  if (!c.dialogues.has(agent.id) && c.dialogues.size >= LIMITS.dialoguesPerCallMax) {
    return refused(problem('limit-reached', 'the call has as many answers as a call can take'));
  }
  const { reason, detail } = cmd.body;
  const about = { cfpId: c.id };
  const event = { seq: 0, at: 0, type: 'refused' as const, cfpId: c.id, agentId: agent.id };
  return accepted([{ ...event, reason, detail: detail ?? '' }], about, 201);
}

export function cancelCall(m: Market, cmd: Extract<Command, { type: 'cancel' }>): Decision {
  const c = m.conversations.get(cmd.cfpId);
  if (c === undefined) return refused(problem('not-found', 'there is no such call'));
  const mine = cmd.actor.kind === 'agent' && cmd.actor.id === c.managerId;
  if (!mine && cmd.actor.kind !== 'operator') {
    return refused(problem('forbidden', 'only its manager can cancel a call'));
  }
  if (isOpen(c)) return accepted([endCall(m, c, 'cancelled', null)], { cfpId: c.id });
  if (c.state === 'awarded') return cancelAwarded(m, c, cmd.at);
  return refused(problem('call-closed', `the call is ${c.state}`));
}
