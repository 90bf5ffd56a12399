// Who learns of which event, and how much of it. The operator sees the journal; an agent sees what
// a remote agent would be sent: calls, and its own side of every conversation. Delegates inside the
// host get exactly this and nothing else.
import { toDecimal, type Credits } from '../base/credits.ts';
import { iso } from '../base/time.ts';
import type { Event } from '../market/events.ts';
import type { Market } from '../market/state.ts';
import { cfpDocument, leaseDocument, proposalDocument } from './documents.ts';

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

/** The full event for the operator, with credits as decimals. */
export function forOperator(e: Event): unknown {
  const { seq: _seq, at: _at, type: _type, ...body } = e;
  return decimals(body);
}

const MONEY = new Set(['price', 'amount', 'reservePrice', 'limitPrice', 'charge', 'penalty']);
const MONEY_TOO = new Set(['quality', 'issue', 'delayCost', 'rate', 'gpu', 'cpu', 'memory']);

/** Credits leave the engine as decimals, everywhere. Contents of agents' own are left alone. */
function decimals(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decimals);
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, v] of Object.entries(value)) {
    const money = typeof v === 'number' && (MONEY.has(key) || MONEY_TOO.has(key));
    const foreign = key === 'output' || key === 'usage' || key === 'params' || key === 'task';
    out[key] = money ? toDecimal(v as Credits) : foreign ? v : decimals(v);
  }
  return out;
}

/**
 * What one agent is told of an event, or null when it does not concern it. Call it right after the
 * event has been applied: the documents show the state at that point.
 */
export function forAgent(m: Market, e: Event, agentId: string): unknown {
  switch (e.type) {
    case 'cfp-opened':
    case 'call-ended':
    case 'bidding-closed':
      return callNews(m, e, agentId);
    case 'proposed': {
      const manager = m.conversations.get(e.cfpId)?.managerId;
      const p = m.proposals.get(e.proposalId);
      if (p === undefined || (agentId !== e.contractorId && agentId !== manager)) return null;
      return { cfpId: e.cfpId, proposal: proposalDocument(p) };
    }
    case 'refused':
    case 'late-proposal': {
      const manager = m.conversations.get(e.cfpId)?.managerId;
      if (agentId !== e.agentId && agentId !== manager) return null;
      const reason = e.type === 'refused' ? { reason: e.reason, detail: e.detail } : {};
      return { cfpId: e.cfpId, contractorId: e.agentId, ...reason };
    }
    case 'proposal-lapsed': {
      const p = m.proposals.get(e.proposalId);
      if (p === undefined || p.contractorId !== agentId) return null;
      return { cfpId: e.cfpId, proposal: proposalDocument(p) };
    }
    case 'awarded':
      return awardNews(m, e, agentId);
    case 'budget-set':
      return 'agentId' in e.scope && e.scope.agentId === agentId ? forOperator(e) : null;
    case 'window-rolled':
      return e.accountId === `agent:${agentId}` ? forOperator(e) : null;
    case 'agent-registered':
    case 'delegate-set':
      return e.agentId === agentId ? forOperator(e) : null;
    case 'resource-added':
      return e.ownerId === agentId ? forOperator(e) : null;
    case 'resource-changed':
      return m.resources.get(e.resourceId)?.ownerId === agentId ? forOperator(e) : null;
    case 'lease-started':
    case 'lease-enforced':
    case 'lease-renewed':
    case 'lease-reclaiming':
    case 'lease-ended': {
      const lease = m.leases.get(e.leaseId);
      if (lease === undefined) return null;
      const party = agentId === lease.managerId || agentId === lease.contractorId;
      return party ? { lease: leaseDocument(m, lease) } : null;
    }
    default:
      return null;
  }
}

/** A call is broadcast; how it ended is for those who took part. */
function callNews(m: Market, e: Event & { cfpId: string }, agentId: string): unknown {
  const c = m.conversations.get(e.cfpId);
  if (c === undefined) return null;
  const told = e.type === 'cfp-opened' || c.managerId === agentId || c.dialogues.has(agentId);
  return told ? { cfp: cfpDocument(m, c, { agentId }) } : null;
}

/** Winner and manager get the lease; a loser gets its reason; others nothing. */
function awardNews(m: Market, e: Extract<Event, { type: 'awarded' }>, agentId: string): unknown {
  const calls = [e.cfpId, e.needId].flatMap((id) =>
    id === null ? [] : (m.conversations.get(id) ?? []),
  );
  const mine = calls.filter((c) => c.managerId === agentId || c.dialogues.has(agentId));
  if (mine.length === 0) return lostElsewhere(m, e, agentId);
  const lease = m.leases.get(e.leaseId);
  const party = lease && (agentId === lease.managerId || agentId === lease.contractorId);
  const own = mine.find((c) => c.managerId === agentId) ?? mine[0];
  return {
    ...(own === undefined ? {} : { cfp: cfpDocument(m, own, { agentId }) }),
    ...(party ? { lease: leaseDocument(m, lease) } : {}),
  };
}

/** A bid in a third conversation that this award made void (the need is met). */
function lostElsewhere(
  m: Market,
  e: Extract<Event, { type: 'awarded' }>,
  agentId: string,
): unknown {
  const lost = e.losses.flatMap((l) => m.proposals.get(l.proposalId) ?? []);
  const mine = lost.filter((p) => p.contractorId === agentId);
  return mine.length === 0 ? null : { proposals: mine.map(proposalDocument) };
}
