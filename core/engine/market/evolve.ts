// evolve(state, event): applies what was decided. In place, because one loop owns the state and
// copies would cost more than the market itself. Never decides, never fails on a valid journal.
import { startBudget, enterWindow } from '../bank/budget.ts';
import {
  accountOf,
  agentAccount,
  applyTransfers,
  newAccount,
  projectAccount,
  type Transfer,
} from '../bank/ledger.ts';
import { assert, assertNever, must } from '../base/assert.ts';
import { bargainingOpened, offered, roundClosed } from './evolve-bargaining.ts';
import { callEnded, cfpOpened, lapsed, late, proposed, refused } from './evolve-calls.ts';
import {
  awarded,
  leaseEnded,
  leaseReclaiming,
  leaseRenewed,
  leaseStarted,
} from './evolve-leases.ts';
import type { Event } from './events.ts';
import { agentOf, conversationOf, leaseOf, type Market, resourceOf } from './state.ts';
import { arm, armCall } from './timers.ts';

/** Applies one event. Throws Broken when the event does not follow the state. */
export function evolve(m: Market, e: Event): void {
  assert(e.seq === m.seq + 1, 'out of order: event', e.seq);
  assert(e.at >= m.at, 'time runs backwards in the journal');
  if ('transfers' in e) moveMoney(m, e);
  m.seq = e.seq;
  m.at = e.at;
  apply(m, e);
}

/** Accounts appear with the first event that names them, before money moves. */
function moveMoney(m: Market, e: Event & { transfers: Transfer[] }): void {
  if (e.type === 'budget-set' && 'project' in e.scope) {
    const id = projectAccount(e.scope.project);
    if (!m.ledger.accounts.has(id)) m.ledger.accounts.set(id, newAccount(id, 'project'));
  }
  applyTransfers(m.ledger, e.seq, e.transfers);
}

function apply(m: Market, e: Event): void {
  switch (e.type) {
    case 'market-founded':
      m.marketId = e.marketId;
      m.policy = e.policy;
      return;
    case 'policy-set':
      m.policy = e.policy;
      return;
    case 'agent-registered':
      return agentRegistered(m, e);
    case 'delegate-set':
      agentOf(m, e.agentId).delegate = e.delegate;
      return;
    case 'budget-set':
      return budgetSet(m, e);
    case 'window-rolled': {
      const budget = must(accountOf(m.ledger, e.accountId).budget, 'budget');
      enterWindow(budget, e);
      return arm(m, 'window', budget.startedAt + budget.windowMs, e.accountId);
    }
    case 'resource-added':
      return resourceAdded(m, e);
    case 'resource-changed': {
      const resource = resourceOf(m, e.resourceId);
      resource.reservePrice = e.reservePrice;
      resource.paused = e.paused;
      return;
    }
    case 'cfp-opened':
      return cfpOpened(m, e);
    case 'proposed':
      return proposed(m, e);
    case 'refused':
      return refused(m, e);
    case 'late-proposal':
      return late(m, e);
    case 'proposal-lapsed':
      return lapsed(m, e);
    case 'bidding-closed':
      conversationOf(m, e.cfpId).state = 'deciding';
      return armCall(m, e.cfpId);
    case 'bargaining-opened':
      return bargainingOpened(m, e);
    case 'offered':
      return offered(m, e);
    case 'round-closed':
      return roundClosed(m, e);
    case 'awarded':
      return awarded(m, e);
    case 'call-ended':
      return callEnded(m, e);
    case 'lease-started':
      return leaseStarted(m, e);
    case 'lease-enforced':
      leaseOf(m, e.leaseId).enforcement = e.enforcement;
      return;
    case 'lease-renewed':
      return leaseRenewed(m, e);
    case 'lease-reclaiming':
      return leaseReclaiming(m, e);
    case 'lease-ended':
      return leaseEnded(m, e);
    default:
      return assertNever(e, 'event');
  }
}

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

function agentRegistered(m: Market, e: Of<'agent-registered'>): void {
  const { agentId: id, name, project, kind, system, exec, capabilities, at } = e;
  const account = agentAccount(id);
  m.agents.set(id, {
    id,
    name,
    account,
    project,
    kind,
    system,
    exec,
    capabilities,
    delegate: null,
    registeredAt: at,
    openCalls: 0,
    liveProposals: 0,
    runningLeases: 0,
    kept: 0,
    broken: 0,
    load: 0,
    loadAt: at,
  });
  m.agentNames.set(name, id);
  m.ledger.accounts.set(account, newAccount(account, 'agent'));
}

function budgetSet(m: Market, e: Of<'budget-set'>): void {
  const inProject = 'project' in e.scope;
  const id = 'project' in e.scope ? projectAccount(e.scope.project) : agentAccount(e.scope.agentId);
  if (inProject) m.projects.add(id.slice('project:'.length));
  startBudget(accountOf(m.ledger, id), e.rule, e.at);
  arm(m, 'window', e.at + e.rule.windowMs, id);
}

function resourceAdded(m: Market, e: Of<'resource-added'>): void {
  const { resourceId: id, ownerId, kind, model, vramBytes, memoryBytes } = e;
  const slots = Array.from({ length: e.count }, () => []);
  m.resources.set(id, {
    id,
    ownerId,
    kind,
    model,
    vramBytes,
    memoryBytes,
    slots,
    reservePrice: e.reservePrice,
    simulated: e.simulated,
    paused: false,
    epoch: 0,
  });
  m.resourcesByKind.get(kind)?.add(id);
}
