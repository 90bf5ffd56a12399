// What the operator sets: agents, budgets, resources, policy. The central bank's moves are here.
import { accountOf, newAccount, projectAccount } from '../bank/ledger.ts';
import { type BudgetRule, issuable, moveTransfers, rollMove, setMove } from '../bank/budget.ts';
import { must } from '../base/assert.ts';
import { type Credits, ZERO } from '../base/credits.ts';
import { idOf } from '../base/ids.ts';
import { LIMITS } from '../base/limits.ts';
import type { Instant } from '../base/time.ts';
import { problem } from '../protocol/problems.ts';
import { accepted, actingAgent, type Command, type Decision, refused } from './commands.ts';
import type { Event, Policy, Scope } from './events.ts';
import { bargainingRule, type Market, type Resource } from './state.ts';

const operatorOnly = problem('forbidden', 'only the operator can do that');
const trusted = (cmd: Command): boolean => cmd.actor.kind !== 'agent';

export function foundMarket(m: Market, cmd: Extract<Command, { type: 'found-market' }>): Decision {
  if (cmd.actor.kind !== 'host' || m.seq > 0) {
    return refused(problem('not-understood', 'the market exists already'));
  }
  const { marketId, policy } = cmd;
  return accepted([{ seq: 0, at: 0, type: 'market-founded', marketId, policy }], {}, 201);
}

export function registerAgent(
  m: Market,
  cmd: Extract<Command, { type: 'register-agent' }>,
): Decision {
  if (!trusted(cmd)) return refused(operatorOnly);
  const { name, project = null, system = false, exec = false, capabilities = [] } = cmd.body;
  if (m.agentNames.has(name)) {
    return refused(problem('name-taken', `an agent named ${name} exists`, { field: 'name' }));
  }
  if (m.agents.size >= LIMITS.agentsMax) {
    return refused(problem('limit-reached', `the market has ${LIMITS.agentsMax} agents already`));
  }
  const agentId = idOf('agt', m.seq + 1);
  const event: Event = {
    seq: 0,
    at: 0,
    type: 'agent-registered',
    agentId,
    name,
    project,
    kind: cmd.kind,
    system,
    exec,
    capabilities,
  };
  return accepted([event], { agentId }, 201);
}

export function setDelegate(m: Market, cmd: Extract<Command, { type: 'set-delegate' }>): Decision {
  const { agentId } = cmd;
  if (!m.agents.has(agentId)) return refused(problem('not-found', 'there is no such agent'));
  if (cmd.actor.kind === 'agent' && cmd.actor.id !== agentId) return refused(operatorOnly);
  const delegate =
    cmd.body === null ? null : { policy: cmd.body.policy, params: cmd.body.params ?? {} };
  return accepted([{ seq: 0, at: 0, type: 'delegate-set', agentId, delegate }], { agentId });
}

type BudgetBody = Extract<Command, { type: 'set-agent-budget' }>['body'];

export function setAgentBudget(
  m: Market,
  cmd: Extract<Command, { type: 'set-agent-budget' }>,
): Decision {
  if (!trusted(cmd)) return refused(operatorOnly);
  const agent = m.agents.get(cmd.agentId);
  if (agent === undefined) return refused(problem('not-found', 'there is no such agent'));
  const who = { agentId: agent.id, project: agent.project };
  const event = budgetEvent(m, { agentId: agent.id }, agent.account, who, cmd.body);
  return event === null ? refused(tooMuch) : accepted([event], { agentId: agent.id });
}

export function setProjectBudget(
  m: Market,
  cmd: Extract<Command, { type: 'set-project-budget' }>,
): Decision {
  if (!trusted(cmd)) return refused(operatorOnly);
  const { project } = cmd;
  if (!m.projects.has(project) && m.projects.size >= LIMITS.projectsMax) {
    return refused(problem('limit-reached', 'the market has no room for another project'));
  }
  const who = { agentId: null, project };
  const event = budgetEvent(m, { project }, projectAccount(project), who, cmd.body);
  return event === null ? refused(tooMuch) : accepted([event], { project });
}

const tooMuch = problem('limit-reached', 'the supply would pass what can be counted exactly', {
  field: 'amount',
});

function budgetEvent(
  m: Market,
  scope: Scope,
  accountId: string,
  who: { agentId: string | null; project: string | null },
  body: BudgetBody,
): Event | null {
  const { amount, windowMs, carryOver = false } = body;
  const rule: BudgetRule = { amount, windowMs, carryOver };
  const account = m.ledger.accounts.get(accountId) ?? newAccount(accountId, 'project');
  const move = setMove(account, rule);
  if (!issuable(m.ledger, move.issue)) return null;
  return {
    seq: 0,
    at: 0,
    type: 'budget-set',
    scope,
    rule,
    transfers: moveTransfers(accountId, who, move),
  };
}

/** The bank's move when a window of this account ends. */
export function rollWindow(m: Market, accountId: string, at: Instant): Event {
  const account = accountOf(m.ledger, accountId);
  const move = rollMove(must(account.budget, 'budget'), at);
  const issue = issuable(m.ledger, move.issue) ? move.issue : ZERO;
  const who =
    account.kind === 'project'
      ? { agentId: null, project: accountId.slice('project:'.length) }
      : agentWho(m, accountId.slice('agent:'.length));
  const transfers = moveTransfers(accountId, who, { ...move, issue });
  return { seq: 0, at: 0, type: 'window-rolled', accountId, passed: move.passed, issue, transfers };
}

const agentWho = (m: Market, agentId: string): { agentId: string; project: string | null } => ({
  agentId,
  project: m.agents.get(agentId)?.project ?? null,
});

export function addResource(m: Market, cmd: Extract<Command, { type: 'add-resource' }>): Decision {
  const agent = actingAgent(m, cmd.actor);
  if (cmd.actor.kind === 'agent' && agent?.id !== cmd.ownerId) return refused(operatorOnly);
  if (!m.agents.has(cmd.ownerId)) return refused(problem('not-found', 'there is no such agent'));
  if (m.resources.size >= LIMITS.resourcesMax) {
    return refused(problem('limit-reached', 'the market has no room for another resource'));
  }
  const { kind, model = null, count, vramBytes = null, memoryBytes = null } = cmd.body;
  const { reservePrice = ZERO, simulated = false } = cmd.body;
  const resourceId = idOf('res', m.seq + 1);
  const event: Event = {
    seq: 0,
    at: 0,
    type: 'resource-added',
    resourceId,
    ownerId: cmd.ownerId,
    kind,
    model,
    count,
    vramBytes,
    memoryBytes,
    reservePrice,
    simulated,
  };
  return accepted([event], { resourceId }, 201);
}

export function changeResource(
  m: Market,
  cmd: Extract<Command, { type: 'change-resource' }>,
): Decision {
  const resource = m.resources.get(cmd.resourceId);
  if (resource === undefined) return refused(problem('not-found', 'there is no such resource'));
  if (cmd.actor.kind === 'agent' && cmd.actor.id !== resource.ownerId) return refused(operatorOnly);
  const { reservePrice = resource.reservePrice, paused = resource.paused } = cmd.body;
  const { id: resourceId } = resource;
  return accepted([{ seq: 0, at: 0, type: 'resource-changed', resourceId, reservePrice, paused }], {
    resourceId,
  });
}

/** A policy change also sets the reserve price of this machine's own resources. */
export function setPolicy(m: Market, cmd: Extract<Command, { type: 'set-policy' }>): Decision {
  if (!trusted(cmd)) return refused(operatorOnly);
  const { reservePrices, priorityReserve, defaults, surcharge } = cmd.body;
  const old = m.policy;
  const policy: Policy = {
    reservePrices: { ...old.reservePrices, ...reservePrices },
    priorityReserve: priorityReserve ?? old.priorityReserve,
    defaults: { ...old.defaults, ...defaults },
    surcharge: surcharge === undefined ? old.surcharge : surcharge,
    bargaining: { ...bargainingRule(m), ...cmd.body.bargaining },
  };
  const events: Event[] = [{ seq: 0, at: 0, type: 'policy-set', policy }];
  if (reservePrices !== undefined) {
    for (const r of ownResources(m)) {
      const reservePrice: Credits = policy.reservePrices[r.kind];
      if (reservePrice === r.reservePrice) continue;
      const { id: resourceId, paused } = r;
      events.push({ seq: 0, at: 0, type: 'resource-changed', resourceId, reservePrice, paused });
    }
  }
  return accepted(events, {});
}

function ownResources(m: Market): Resource[] {
  return [...m.resources.values()].filter((r) => m.agents.get(r.ownerId)?.kind === 'machine');
}
