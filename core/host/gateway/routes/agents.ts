import { LIMITS } from '../../../engine/base/limits.ts';
import { agentOf } from '../../../engine/market/state.ts';
import * as body from '../../../engine/protocol/bodies.ts';
import { problem } from '../../../engine/protocol/problems.ts';
import { agentDocument, projectDocument } from '../../../engine/view/documents.ts';
import { page } from '../paging.ts';
import { type Context, no, ok, type Outcome, type Route } from '../route.ts';

type Register = body.Of<typeof body.registerAgent>;
type Budget = body.Of<typeof body.setBudget>;

const notFound = no(problem('not-found', 'there is no such agent'));

function one({ market, actor, params }: Context): Outcome {
  const agent = market.agents.get(params.id ?? '');
  if (actor.kind === 'agent' && actor.id !== params.id) {
    return no(problem('forbidden', 'an agent can read only itself'));
  }
  return agent === undefined ? notFound : ok({ agent: agentDocument(market, agent) });
}

function list({ market, actor, query }: Context): Outcome {
  const all = actor.kind === 'agent' ? [agentOf(market, actor.id)] : [...market.agents.values()];
  const { items, next } = page(all, query);
  return ok({ agents: items.map((a) => agentDocument(market, a)), next });
}

export const agentRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/agents',
    who: 'operator',
    creates: true,
    summary: 'Registers an agent; the reply is the only place that shows its token unasked',
    body: body.registerAgent,
    replies: 'agent, token, receipt',
    handle: (c) => ({
      command: { type: 'register-agent', kind: 'agent', body: c.body as Register },
      show: (m, { agentId = '' }) => ({
        agent: agentDocument(m, agentOf(m, agentId)),
        token: c.services.agentToken(agentId),
      }),
    }),
  },
  {
    method: 'GET',
    path: '/v1/agents',
    who: 'token',
    summary: 'Lists agents; an agent sees only itself',
    query: { cursor: 'id to go on after', limit: `1 to ${LIMITS.pageMax}` },
    replies: 'agents, next',
    handle: list,
  },
  {
    method: 'GET',
    path: '/v1/agents/{id}',
    who: 'token',
    summary: 'One agent with balance, budget, reputation',
    replies: 'agent',
    handle: one,
  },
  {
    method: 'GET',
    path: '/v1/agents/{id}/token',
    who: 'operator',
    summary: 'The token of an agent, for an operator who lost it',
    replies: 'token',
    handle: ({ market, params, services }) =>
      market.agents.has(params.id ?? '')
        ? ok({ token: services.agentToken(params.id ?? '') })
        : notFound,
  },
  {
    method: 'PUT',
    path: '/v1/agents/{id}/budget',
    who: 'operator',
    summary: 'Sets an agent’s budget: issued now and at the start of each window',
    body: body.setBudget,
    replies: 'agent, receipt',
    handle: ({ params, body: b }) => ({
      command: { type: 'set-agent-budget', agentId: params.id ?? '', body: b as Budget },
      show: (m, { agentId = '' }) => ({ agent: agentDocument(m, agentOf(m, agentId)) }),
    }),
  },
  {
    method: 'PUT',
    path: '/v1/agents/{id}/delegate',
    who: 'token',
    summary: 'Lets a strategy inside the host act for the agent',
    body: body.setDelegate,
    replies: 'agent, receipt',
    handle: ({ params, body: b, services }) => {
      const { policy, params: settings = {} } = b as body.Of<typeof body.setDelegate>;
      const bad = services.delegateProblem(policy, settings);
      if (bad !== null) return no(bad);
      return {
        command: {
          type: 'set-delegate',
          agentId: params.id ?? '',
          body: b as body.Of<typeof body.setDelegate>,
        },
        show: (m, { agentId = '' }) => ({ agent: agentDocument(m, agentOf(m, agentId)) }),
      };
    },
  },
  {
    method: 'GET',
    path: '/v1/strategies',
    who: 'token',
    summary: 'What can act for an agent: policies, and strategies for its bargainings',
    replies: 'policies, strategies, models',
    handle: ({ services }) =>
      ok({
        policies: services.policies(),
        strategies: services.strategies(),
        models: services.models(),
      }),
  },
  {
    method: 'DELETE',
    path: '/v1/agents/{id}/delegate',
    who: 'token',
    summary: 'Takes the strategy away again',
    replies: 'agent, receipt',
    handle: ({ params }) => ({
      command: { type: 'set-delegate', agentId: params.id ?? '', body: null },
      show: (m, { agentId = '' }) => ({ agent: agentDocument(m, agentOf(m, agentId)) }),
    }),
  },
  {
    method: 'PUT',
    path: '/v1/projects/{name}/budget',
    who: 'operator',
    summary: 'Sets a project’s budget, spent by its agents that have none of their own',
    body: body.setBudget,
    replies: 'project, receipt',
    handle: ({ params, body: b }) => {
      const name = params.name ?? '';
      if (!PROJECT.test(name)) {
        const detail = 'a project is named by 1 to 120 letters, digits, spaces or ._:@/()+-';
        return no(problem('invalid-field', detail, { field: 'name' }));
      }
      return {
        command: { type: 'set-project-budget', project: name, body: b as Budget },
        show: (m) => ({ project: projectDocument(m, name) }),
      };
    },
  },
  {
    method: 'GET',
    path: '/v1/projects',
    who: 'operator',
    summary: 'Lists projects that have a budget',
    query: { cursor: 'name to go on after', limit: `1 to ${LIMITS.pageMax}` },
    replies: 'projects, next',
    handle: ({ market, query }) => {
      const { items, next } = page(
        [...market.projects].map((id) => ({ id })),
        query,
      );
      return ok({ projects: items.map((p) => projectDocument(market, p.id)), next });
    },
  },
];
const PROJECT = /^[\p{L}\p{N}][\p{L}\p{N} ._:@/()+-]{0,119}$/u;
