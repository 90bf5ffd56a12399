// From state to screen: the record of each thing, and which things an event touches. A patch is the
// records of all things touched since the last one, so merging patches is a union of ids.
import {
  type Account,
  accountOf,
  agentAccount,
  circulation,
  projectAccount,
  trialSum,
} from '../bank/ledger.ts';
import { bargainingDocument } from './bargaining.ts';
import { windowEndsAt } from '../bank/budget.ts';
import { add, ZERO } from '../base/credits.ts';
import { LIMITS } from '../base/limits.ts';
import type { Event } from '../market/events.ts';
import type {
  Agent,
  Conversation,
  Forgotten,
  Lease,
  Market,
  Resource,
  Taken,
} from '../market/state.ts';
import type {
  AgentView,
  BudgetView,
  CallView,
  DialogueView,
  Head,
  LeaseView,
  Patch,
  ProjectView,
  Records,
  ResourceView,
  SlotView,
  Snapshot,
  Totals,
} from './model.ts';

function budgetView({ budget }: Account): BudgetView | null {
  if (budget === null) return null;
  const { amount, windowMs, carryOver, remaining } = budget;
  return { amount, windowMs, carryOver, remaining, windowEndsAt: windowEndsAt(budget) };
}

/** A name among the parameters of a delegate; null for anything else: their shape is not ours. */
function named(params: unknown, field: 'strategy' | 'model'): string | null {
  if (typeof params !== 'object' || params === null) return null;
  const value: unknown = (params as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' && value.length <= LIMITS.nameLengthMax ? value : null;
}

export function agentView(m: Market, a: Agent): AgentView {
  const account = accountOf(m.ledger, agentAccount(a.id));
  const { id, name, kind, project, system, openCalls, liveProposals, runningLeases } = a;
  return {
    id,
    name,
    kind,
    project,
    system,
    delegate: a.delegate?.policy ?? null,
    strategy: named(a.delegate?.params, 'strategy'),
    model: named(a.delegate?.params, 'model'),
    posted: account.posted,
    held: account.held,
    budget: budgetView(account),
    openCalls,
    liveProposals,
    runningLeases,
    kept: a.kept,
    broken: a.broken,
  };
}

export function projectView(m: Market, name: string): ProjectView {
  const account = accountOf(m.ledger, projectAccount(name));
  return { name, posted: account.posted, held: account.held, budget: budgetView(account) };
}

/**
 * Who has a slot: the running lease, else the first that it is promised to, from now on or later.
 * It follows from what events have changed and not from the time of asking, for patches have to
 * show what a fresh snapshot shows.
 */
function slotView(m: Market, taken: readonly Taken[]): SlotView {
  let first: Taken | null = null;
  for (const t of taken) {
    const lease = m.leases.get(t.by);
    if (lease !== undefined && lease.state !== 'scheduled') {
      return { state: 'leased', by: t.by, until: t.to };
    }
    if (first === null || t.from < first.from) first = t;
  }
  return first === null
    ? { state: 'free', by: null, until: null }
    : { state: 'held', by: first.by, until: first.to };
}

export function resourceView(m: Market, r: Resource): ResourceView {
  const { id, ownerId, kind, model, vramBytes, memoryBytes, reservePrice, simulated } = r;
  return {
    id,
    ownerId,
    kind,
    model,
    vramBytes,
    memoryBytes,
    reservePrice,
    simulated,
    paused: r.paused,
    epoch: r.epoch,
    slots: r.slots.map((taken) => slotView(m, taken)),
  };
}

function dialogueViews(m: Market, c: Conversation): DialogueView[] {
  return [...c.dialogues].map(([agentId, d]) => {
    const p = d.proposalId === null ? undefined : m.proposals.get(d.proposalId);
    const loss = p?.loss
      ? {
          reason: p.loss.reason,
          price: p.loss.short.price ?? null,
          startDelayMs: p.loss.short.startDelayMs ?? null,
        }
      : null;
    const proposal =
      p === undefined
        ? null
        : {
            id: p.id,
            price: p.price,
            startDelayMs: p.startDelayMs,
            at: p.at,
            validUntil: p.validUntil,
            state: p.state,
            needId: p.needId,
            loss,
          };
    return { agentId, state: d.state, proposal, refusal: d.refusal };
  });
}

export function callView(m: Market, c: Conversation): CallView {
  const { id, direction, managerId, task, project, need, offer, limitPrice, openedAt } = c;
  return {
    id,
    direction,
    managerId,
    title: task.title,
    project,
    need,
    offer,
    limitPrice,
    openedAt,
    replyBy: c.replyBy,
    endedAt: c.endedAt,
    state: c.state,
    why: c.why,
    pricing: c.mechanism.pricing,
    award: c.award,
    dialogues: dialogueViews(m, c),
    late: c.late,
    proposalId: c.proposalId,
    leaseId: c.leaseId,
    bargaining: bargainingDocument(c, 'operator'),
  };
}

export function leaseView(m: Market, l: Lease): LeaseView {
  const served = m.conversations.get(l.needId ?? l.cfpId);
  const { id, cfpId, needId, managerId, contractorId, claim, epoch, price, project } = l;
  return {
    id,
    cfpId,
    needId,
    title: served?.task.title ?? 'slot',
    managerId,
    contractorId,
    resourceId: claim.resourceId,
    slots: claim.slots,
    epoch,
    price,
    project,
    awardedAt: l.awardedAt,
    startAt: l.startAt,
    endAt: l.endAt,
    reclaimAt: l.reclaimAt,
    state: l.state,
    reclaimWindowMs: l.terms.reclaimWindowMs ?? 0,
    penalty: l.terms.penalty ?? ZERO,
    enforcement: l.enforcement,
    ended: l.ended,
  };
}

export function totals(m: Market): Totals {
  let held = ZERO;
  for (const account of m.ledger.accounts.values()) held = add(held, account.held);
  return {
    openCalls: m.openCalls,
    runningLeases: m.runningLeases,
    agents: m.agents.size,
    circulation: circulation(m.ledger),
    held,
    trialSum: trialSum(m.ledger),
  };
}

export function snapshot(m: Market, head: Head): Snapshot {
  return {
    ...head,
    marketId: m.marketId,
    policy: m.policy,
    totals: totals(m),
    agents: [...m.agents.values()].map((a) => agentView(m, a)),
    projects: [...m.projects].map((name) => projectView(m, name)),
    resources: [...m.resources.values()].map((r) => resourceView(m, r)),
    calls: [...m.conversations.values()].map((c) => callView(m, c)),
    leases: [...m.leases.values()].map((l) => leaseView(m, l)),
  };
}

/** Ids of things to send again. */
export interface Touched {
  agents: Set<string>;
  projects: Set<string>;
  resources: Set<string>;
  calls: Set<string>;
  leases: Set<string>;
  policy: boolean;
}

export function nothingTouched(): Touched {
  return {
    agents: new Set<string>(),
    projects: new Set<string>(),
    resources: new Set<string>(),
    calls: new Set<string>(),
    leases: new Set<string>(),
    policy: false,
  };
}

/** Adds what an event has touched; call it after the event has been applied. */
export function touch(m: Market, t: Touched, e: Event): void {
  if ('transfers' in e) touchMoney(t, e);
  if (e.type === 'policy-set' || e.type === 'market-founded') t.policy = true;
  if ('agentId' in e) t.agents.add(e.agentId);
  if ('managerId' in e) t.agents.add(e.managerId);
  if ('contractorId' in e) t.agents.add(e.contractorId);
  if ('resourceId' in e) t.resources.add(e.resourceId);
  if ('cfpId' in e) touchCall(m, t, e.cfpId);
  if ('needId' in e && e.needId !== null) touchCall(m, t, e.needId);
  if ('proposalId' in e) touchProposal(m, t, e.proposalId);
  if ('losses' in e) for (const loss of e.losses) touchProposal(m, t, loss.proposalId);
  if ('claim' in e && e.claim !== null) t.resources.add(e.claim.resourceId);
  if ('leaseId' in e) touchLease(m, t, e.leaseId);
}

/**
 * Adds what has left memory: the patch will name it as gone. What ended and left within one batch
 * could not be looked up by `touch` any more, so everybody in it counts as touched.
 */
export function touchForgotten(t: Touched, forgotten: readonly Forgotten[]): void {
  for (const { conversation: c, proposals, lease } of forgotten) {
    t.calls.add(c.id);
    t.agents.add(c.managerId);
    t.projects.add(c.project);
    if (c.offer !== null) t.resources.add(c.offer.resourceId);
    for (const p of proposals) {
      t.agents.add(p.contractorId);
      if (p.claim !== null) t.resources.add(p.claim.resourceId);
    }
    if (lease === null) continue;
    t.leases.add(lease.id);
    for (const id of [lease.managerId, lease.contractorId]) t.agents.add(id);
    t.projects.add(lease.project);
    t.resources.add(lease.claim.resourceId);
  }
}

function touchMoney(t: Touched, e: Extract<Event, { transfers: unknown }>): void {
  for (const move of e.transfers) {
    if (move.kind !== 'posted' && move.kind !== 'pending') continue;
    for (const id of [move.debit, move.credit]) touchAccount(t, id);
  }
  if (e.type === 'window-rolled') touchAccount(t, e.accountId);
  if (e.type !== 'budget-set') return;
  if ('project' in e.scope) t.projects.add(e.scope.project);
  else t.agents.add(e.scope.agentId);
}

function touchAccount(t: Touched, id: string): void {
  if (id.startsWith('agent:')) t.agents.add(id.slice('agent:'.length));
  else if (id.startsWith('project:')) t.projects.add(id.slice('project:'.length));
}

/** A call drags along its manager and whose money it held: both change with it. */
function touchCall(m: Market, t: Touched, cfpId: string): void {
  t.calls.add(cfpId);
  const c = m.conversations.get(cfpId);
  if (c === undefined) return;
  t.agents.add(c.managerId);
  t.projects.add(c.project);
  if (c.offer !== null) t.resources.add(c.offer.resourceId);
}

function touchProposal(m: Market, t: Touched, proposalId: string): void {
  const p = m.proposals.get(proposalId);
  if (p === undefined) return;
  touchCall(m, t, p.cfpId);
  touchPayer(m, t, p.contractorId);
  if (p.needId !== null) touchCall(m, t, p.needId);
  if (p.claim !== null) t.resources.add(p.claim.resourceId);
}

/** An agent, and the project whose money a bid of its own may have held. */
function touchPayer(m: Market, t: Touched, agentId: string): void {
  t.agents.add(agentId);
  const project = m.agents.get(agentId)?.project ?? null;
  if (project !== null) t.projects.add(project);
}

function touchLease(m: Market, t: Touched, leaseId: string): void {
  t.leases.add(leaseId);
  const l = m.leases.get(leaseId);
  if (l === undefined) return;
  for (const id of [l.managerId, l.contractorId]) t.agents.add(id);
  t.projects.add(l.project);
  t.resources.add(l.claim.resourceId);
  touchCall(m, t, l.cfpId);
  if (l.needId !== null) touchCall(m, t, l.needId);
}

/** The patch from `from` to now. Ids that are no longer in memory are `gone`. */
export function patch(m: Market, t: Touched, from: number, head: Head): Patch {
  const gone: string[] = [];
  const records = <T, V>(
    ids: Set<string>,
    all: Map<string, T>,
    view: (m: Market, x: T) => V,
  ): V[] => {
    const out: V[] = [];
    for (const id of ids) {
      const thing = all.get(id);
      if (thing === undefined) gone.push(id);
      else out.push(view(m, thing));
    }
    return out;
  };
  const changed: Partial<Records> = {};
  const set = <K extends keyof Records>(key: K, value: Records[K]): void => {
    if (value.length > 0) changed[key] = value;
  };
  set('agents', records(t.agents, m.agents, agentView));
  set(
    'projects',
    [...t.projects].filter((name) => m.projects.has(name)).map((name) => projectView(m, name)),
  );
  set('resources', records(t.resources, m.resources, resourceView));
  set('calls', records(t.calls, m.conversations, callView));
  set('leases', records(t.leases, m.leases, leaseView));
  return {
    ...head,
    from,
    totals: totals(m),
    ...changed,
    ...(t.policy ? { policy: m.policy } : {}),
    ...(gone.length > 0 ? { gone } : {}),
  };
}
