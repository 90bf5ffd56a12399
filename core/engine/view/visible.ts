// Who learns of which event, and how much of it. The operator sees the journal; an agent sees what
// a remote agent would be sent: calls, and its own side of every conversation. What it is told
// follows from the event and from who took part, so a stream resumed later says the same bytes.
// Delegates inside the host get exactly this and nothing else.
import { type Credits, toDecimal } from '../base/credits.ts';
import { iso } from '../base/time.ts';
import type { Event, Loss } from '../market/events.ts';

/** A CloudEvents 1.0 event. `id` is the journal's sequence number as text. */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  time: string;
  subject?: string;
  datacontenttype: 'application/json';
  data: unknown;
}

export function cloudEvent(marketId: string, e: Event, data: unknown): CloudEvent {
  const subject = subjectOf(e);
  return {
    specversion: '1.0',
    id: String(e.seq),
    source: `/haggle/${marketId}`,
    type: `haggle.${e.type}`,
    time: iso(e.at),
    ...(subject === undefined ? {} : { subject }),
    datacontenttype: 'application/json',
    data,
  };
}

function subjectOf(e: Event): string | undefined {
  if ('leaseId' in e) return e.leaseId;
  if ('cfpId' in e) return e.cfpId;
  if ('resourceId' in e) return e.resourceId;
  if ('agentId' in e) return e.agentId;
  return undefined;
}

const MONEY = new Set(
  [
    'price',
    'amount',
    'reservePrice',
    'floor',
    'limitPrice',
    'charge',
    'penalty',
    'quality',
    'issue',
  ].concat([...['delayCost', 'rate', 'gpu', 'cpu', 'memory', 'worthWaiting', 'roundFee']]),
);
/** Values that belong to agents, not to us: their numbers are left alone. */
const FOREIGN = new Set(['output', 'usage', 'params', 'task']);
const INSTANTS = new Set(
  ['replyBy', 'decideBy', 'validUntil', 'endAt', 'reclaimAt', 'from', 'to'].concat('endsAt', 'at'),
);

/** As it leaves the engine: credits as decimals, instants as ISO text. */
function outward(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(outward);
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, v] of Object.entries(value)) {
    if (FOREIGN.has(key)) out[key] = v;
    else if (typeof v !== 'number') out[key] = outward(v);
    else out[key] = MONEY.has(key) ? toDecimal(v as Credits) : INSTANTS.has(key) ? iso(v) : v;
  }
  return out;
}

/** The full event, for the operator. */
export function forOperator(e: Event): Record<string, unknown> {
  const { seq: _seq, at: _at, type: _type, ...body } = e;
  return outward(body) as Record<string, unknown>;
}

/** What must be known about other things to tell who an event concerns; memory or archive. */
export interface Lookup {
  call(cfpId: string): { managerId: string; took(agentId: string): boolean } | null;
  contractor(proposalId: string): string | null;
  lease(leaseId: string): { managerId: string; contractorId: string } | null;
  resourceOwner(resourceId: string): string | null;
}

type Told = Record<string, unknown> | null;
type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** What one agent is told of an event, or null when it does not concern it. */
export function forAgent(know: Lookup, e: Event, agentId: string): Told {
  switch (e.type) {
    case 'cfp-opened':
      return callNews(e, agentId);
    case 'proposed':
    case 'refused':
    case 'late-proposal':
    case 'proposal-lapsed':
      return answerNews(know, e, agentId);
    case 'bidding-closed':
      return took(know, e.cfpId, agentId) ? { cfpId: e.cfpId } : null;
    case 'bargaining-opened':
    case 'offered':
    case 'round-closed':
      return bargainingNews(know, e, agentId);
    case 'awarded':
      return awardNews(know, e, agentId);
    case 'call-ended':
      return endNews(know, e, agentId);
    case 'lease-started':
    case 'lease-enforced':
    case 'lease-renewed':
    case 'lease-reclaiming':
    case 'lease-ended':
      return leaseNews(know, e, agentId);
    case 'resource-added':
      return e.ownerId === agentId ? forOperator(e) : null;
    case 'resource-changed':
      return know.resourceOwner(e.resourceId) === agentId ? forOperator(e) : null;
    case 'agent-registered':
    case 'delegate-set':
      return e.agentId === agentId ? forOperator(e) : null;
    case 'budget-set':
      return 'agentId' in e.scope && e.scope.agentId === agentId ? withoutMoney(e) : null;
    case 'window-rolled':
      return e.accountId === `agent:${agentId}` ? withoutMoney(e) : null;
    default:
      return null;
  }
}

function withoutMoney(e: Event): Record<string, unknown> {
  const { transfers: _transfers, ...rest } = forOperator(e);
  return rest;
}

function took(know: Lookup, cfpId: string, agentId: string): boolean {
  const call = know.call(cfpId);
  return call !== null && (call.managerId === agentId || call.took(agentId));
}

/** A call is broadcast; its reservation price and what exactly is run are the manager's own. */
function callNews(e: Of<'cfp-opened'>, agentId: string): Told {
  const { cfpId, managerId, direction, task, need, offer, mechanism, award, replyBy } = e;
  const own = managerId === agentId ? { limitPrice: e.limitPrice } : {};
  const { run: _run, ...open } = task;
  const lot = offer === null ? {} : { offer };
  const asked = need === null ? {} : { need };
  const terms = { mechanism, award, replyBy, ...own };
  const told = { cfpId, managerId, direction, ...asked, ...lot, ...terms };
  return { task: open, ...(outward(told) as Record<string, unknown>) };
}

type Answer = Of<'proposed'> | Of<'refused'> | Of<'late-proposal'> | Of<'proposal-lapsed'>;

/** An answer is between its contractor and the manager: bids are sealed. */
function answerNews(know: Lookup, e: Answer, agentId: string): Told {
  const by =
    e.type === 'proposed'
      ? e.contractorId
      : e.type === 'proposal-lapsed'
        ? know.contractor(e.proposalId)
        : e.agentId;
  if (agentId !== by && know.call(e.cfpId)?.managerId !== agentId) return null;
  return withoutMoney(e);
}

type Bargain = Of<'bargaining-opened'> | Of<'offered'> | Of<'round-closed'>;

/** Between its two parties; who was released for it learns only that, and sealed offers wait. */
function bargainingNews(know: Lookup, e: Bargain, agentId: string): Told {
  const party = agentId === e.managerId || agentId === e.contractorId;
  if (e.type === 'bargaining-opened') {
    const lost = ownLosses(know, e.losses, agentId);
    if (!party) return lost.length === 0 ? null : { cfpId: e.cfpId, lost };
    const { losses: _losses, floor: _floor, ...rest } = withoutMoney(e);
    return rest;
  }
  if (!party) return null;
  const own =
    e.type === 'offered' && agentId === (e.role === 'manager' ? e.managerId : e.contractorId);
  return e.type === 'offered' && e.sealed && !own ? null : withoutMoney(e);
}

function ownLosses(know: Lookup, losses: readonly Loss[], agentId: string): unknown[] {
  const mine = losses.filter((l) => know.contractor(l.proposalId) === agentId);
  return mine.map((l) => outward(l));
}

/** The parties get the lease; a loser its own reason; whoever took part that it is over. */
function awardNews(know: Lookup, e: Of<'awarded'>, agentId: string): Told {
  const lost = ownLosses(know, e.losses, agentId);
  const party = agentId === e.managerId || agentId === e.contractorId;
  if (party) {
    const { losses: _losses, draw: _draw, ...rest } = withoutMoney(e);
    return lost.length > 0 ? { ...rest, lost } : rest;
  }
  const concerned =
    took(know, e.cfpId, agentId) || (e.needId !== null && took(know, e.needId, agentId));
  if (!concerned && lost.length === 0) return null;
  return { cfpId: e.cfpId, needId: e.needId, lost };
}

function endNews(know: Lookup, e: Of<'call-ended'>, agentId: string): Told {
  const lost = ownLosses(know, e.losses, agentId);
  if (!took(know, e.cfpId, agentId) && lost.length === 0) return null;
  const b = e.bargained;
  const party = b !== undefined && (agentId === b.managerId || agentId === b.contractorId);
  const bargained = party ? { bargained: outward(b) } : {};
  return { cfpId: e.cfpId, state: e.state, why: e.why, lost, ...bargained };
}

function leaseNews(know: Lookup, e: Event & { leaseId: string }, agentId: string): Told {
  const lease = know.lease(e.leaseId);
  const party = lease?.managerId === agentId || lease?.contractorId === agentId;
  return party ? withoutMoney(e) : null;
}
