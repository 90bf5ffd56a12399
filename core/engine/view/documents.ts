// Documents: what the API says about a thing, to one viewer. Decimal credits, ISO instants. Sealed
// bids and reservation prices are left out here, in one place, for everybody they do not belong to.
import { accountOf, agentAccount, available, projectAccount } from '../bank/ledger.ts';
import { windowEndsAt } from '../bank/budget.ts';
import { bargainingDocument } from './bargaining.ts';
import type { Account } from '../bank/ledger.ts';
import { type Credits, toDecimal } from '../base/credits.ts';
import { iso, type Instant } from '../base/time.ts';
import type { Loss } from '../market/events.ts';
import {
  type Agent,
  type Conversation,
  type Lease,
  type Market,
  type Proposal,
  type Resource,
} from '../market/state.ts';

/** What a call's document is drawn from: the market, or the archive. */
export type Slice = Pick<Market, 'proposals' | 'leases'>;

/** Who looks: the operator (and the host) or one agent. */
export type Viewer = 'operator' | { agentId: string };
type Doc = Record<string, unknown>;

const isAgent = (viewer: Viewer, id: string): boolean =>
  viewer !== 'operator' && viewer.agentId === id;
const isoOrNull = (at: Instant | null): string | null => (at === null ? null : iso(at));

export function balanceDocument(account: Account): Doc {
  return {
    posted: toDecimal(account.posted),
    held: toDecimal(account.held),
    available: toDecimal(available(account)),
  };
}

export function budgetDocument(account: Account): Doc | null {
  if (account.budget === null) return null;
  const { amount, windowMs, carryOver, remaining } = account.budget;
  return {
    amount: toDecimal(amount),
    windowMs,
    carryOver,
    remaining: toDecimal(remaining),
    windowEndsAt: iso(windowEndsAt(account.budget)),
  };
}

/** The mean of a Beta(kept + 1, broken + 1): Josang & Ismail 2002, without forgetting. */
export function reputationOf(agent: Agent): number {
  return (agent.kept + 1) / (agent.kept + agent.broken + 2);
}

export function agentDocument(m: Market, agent: Agent): Doc {
  const account = accountOf(m.ledger, agentAccount(agent.id));
  const { id, name, project, system, exec, capabilities, kind, delegate, kept, broken } = agent;
  return {
    id,
    name,
    project,
    system,
    exec,
    capabilities,
    kind,
    delegate: delegate?.policy ?? null,
    delegateParams: delegate?.params ?? null,
    balance: balanceDocument(account),
    budget: budgetDocument(account),
    reputation: { kept, broken, score: reputationOf(agent) },
    autonomy: 'full',
    registeredAt: iso(agent.registeredAt),
  };
}

export function projectDocument(m: Market, name: string): Doc {
  const account = accountOf(m.ledger, projectAccount(name));
  return { name, balance: balanceDocument(account), budget: budgetDocument(account) };
}

/** What a slot was sold for is between its parties: under first price it is the winner's bid. */
export function resourceDocument(m: Market, r: Resource, viewer: Viewer): Doc {
  const slots = r.slots.map((taken, index) => {
    const now = taken.find((t) => t.from <= m.at && m.at < t.to);
    const lease = now === undefined ? undefined : m.leases.get(now.by);
    const state = now === undefined ? 'free' : lease === undefined ? 'held' : 'leased';
    return { index, state, leaseId: lease?.id ?? null, until: isoOrNull(now?.to ?? null) };
  });
  const holders = slots.flatMap((s) => m.leases.get(s.leaseId ?? '') ?? []);
  const inside = viewer === 'operator' || isAgent(viewer, r.ownerId);
  const known = holders.find((l) => inside || isAgent(viewer, l.managerId));
  const free = slots.filter((s) => s.state === 'free').length;
  const { id, ownerId, kind, model, vramBytes, memoryBytes, simulated, epoch } = r;
  return {
    id,
    ownerId,
    kind,
    model,
    count: slots.length,
    free,
    vramBytes,
    memoryBytes,
    simulated,
    state: r.paused ? 'paused' : free > 0 ? 'for-sale' : 'taken',
    holder: holders[0]?.managerId ?? null,
    price: known === undefined ? null : toDecimal(known.price),
    reservePrice: toDecimal(r.reservePrice),
    reservePriceUnit: 'credits per slot and hour',
    epoch,
    slots,
  };
}

function lossDocument(loss: Loss): Doc {
  const { price, startDelayMs } = loss.short;
  return {
    reason: loss.reason,
    short: {
      ...(price === undefined ? {} : { price: toDecimal(price) }),
      ...(startDelayMs === undefined ? {} : { startDelayMs }),
    },
  };
}

export function proposalDocument(p: Proposal): Doc {
  const { id, cfpId, contractorId, startDelayMs, state } = p;
  const { reclaimWindowMs, penalty, quality } = p.terms;
  return {
    id,
    cfpId,
    contractorId,
    resourceId: p.claim?.resourceId ?? null,
    price: toDecimal(p.price),
    startDelayMs,
    needId: p.needId,
    negotiable: p.negotiable === true,
    terms: {
      ...(reclaimWindowMs === undefined ? {} : { reclaimWindowMs }),
      ...(penalty === undefined ? {} : { penalty: toDecimal(penalty) }),
      ...(quality === undefined ? {} : { quality: toDecimal(quality) }),
    },
    at: iso(p.at),
    validUntil: iso(p.validUntil),
    state,
    lost: p.loss === null ? null : lossDocument(p.loss),
  };
}

/** A call as this viewer may see it. */
export function cfpDocument(m: Slice, c: Conversation, viewer: Viewer): Doc {
  const inside = viewer === 'operator' || isAgent(viewer, c.managerId);
  const limit = c.direction === 'need' ? 'maxPrice' : 'minPrice';
  const mine = (p: Proposal): boolean => inside || isAgent(viewer, p.contractorId);
  const seen = c.proposals.flatMap((id) => m.proposals.get(id) ?? []).filter(mine);
  const own = viewer === 'operator' ? undefined : c.dialogues.get(viewer.agentId);
  const ownProposal = seen.find((p) => isAgent(viewer, p.contractorId));
  const { pricing, type, delayCost } = c.mechanism;
  return {
    id: c.id,
    managerId: c.managerId,
    direction: c.direction,
    state: c.state,
    why: c.why,
    task: taskDocument(m, c, viewer),
    project: c.project,
    ...(c.need === null ? {} : { need: c.need }),
    ...(c.offer === null ? {} : { offer: c.offer }),
    ...(inside ? { [limit]: toDecimal(c.limitPrice) } : {}),
    mechanism: {
      ...{ type, pricing, delayCost: toDecimal(delayCost) },
      bargaining: c.mechanism.bargaining === true,
    },
    awardMode: c.award,
    openedAt: iso(c.openedAt),
    replyBy: iso(c.replyBy),
    endedAt: isoOrNull(c.endedAt),
    proposals: seen.map(proposalDocument),
    refusals: refusals(c, viewer, inside),
    bargaining: bargainingDocument(c, viewer),
    dialogue: own?.state ?? null,
    ...(ownProposal?.loss ? { lost: lossDocument(ownProposal.loss) } : {}),
    award: awardDocument(m, c, viewer),
  };
}

/** What to run is between the manager and whoever has to run it. */
function taskDocument(m: Slice, c: Conversation, viewer: Viewer): Doc {
  const { run, ...rest } = c.task;
  const lease = c.leaseId === null ? undefined : m.leases.get(c.leaseId);
  const parties = [c.managerId, lease?.contractorId, lease?.managerId];
  const knows = viewer === 'operator' || parties.includes(viewer.agentId);
  return run !== undefined && knows ? { ...rest, run } : rest;
}

function refusals(c: Conversation, viewer: Viewer, inside: boolean): Doc[] {
  return [...c.dialogues].flatMap(([contractorId, d]) => {
    if (d.refusal === null || !(inside || isAgent(viewer, contractorId))) return [];
    const { reason, detail, at } = d.refusal;
    return [{ contractorId, reason, detail, at: iso(at) }];
  });
}

/** Seen by the parties and the operator; a loser learns why it lost, not what the winner bid. */
function awardDocument(m: Slice, c: Conversation, viewer: Viewer): Doc | null {
  if (c.leaseId === null || c.proposalId === null) return null;
  const lease = m.leases.get(c.leaseId);
  if (lease === undefined) return null;
  const party = [c.managerId, lease.managerId, lease.contractorId];
  if (viewer !== 'operator' && !party.includes(viewer.agentId)) return null;
  const winner = m.proposals.get(c.proposalId)?.contractorId ?? lease.contractorId;
  return {
    proposalId: c.proposalId,
    leaseId: c.leaseId,
    price: toDecimal(lease.price),
    contractorId: winner,
    at: iso(lease.awardedAt),
  };
}

export function leaseDocument(lease: Lease): Doc {
  const { id, cfpId, needId, managerId, contractorId, claim, epoch, project, terms } = lease;
  const ended = lease.ended;
  return {
    id,
    cfpId: needId ?? cfpId,
    offerId: needId === null ? null : cfpId,
    managerId,
    contractorId,
    resourceId: claim.resourceId,
    slots: claim.slots,
    epoch,
    project,
    price: toDecimal(lease.price),
    awardedAt: iso(lease.awardedAt),
    startAt: iso(lease.startAt),
    endAt: iso(lease.endAt),
    state: lease.state,
    reclaimAt: isoOrNull(lease.reclaimAt),
    renewals: lease.renewals,
    terms: {
      reclaimWindowMs: terms.reclaimWindowMs ?? 0,
      penalty: toDecimal(terms.penalty ?? (0 as Credits)),
    },
    enforcement: lease.enforcement,
    usage: lease.usage,
    output: lease.output,
    ending:
      ended === null ? null : { ...ended, at: iso(ended.at), charge: toDecimal(ended.charge) },
  };
}

/** True when this viewer is a party of the lease. */
export function mayReadLease(lease: Lease, viewer: Viewer): boolean {
  return (
    viewer === 'operator' ||
    viewer.agentId === lease.managerId ||
    viewer.agentId === lease.contractorId
  );
}
