// What can act for the agents of the made-up market, and how the host answers to a choice.
import type { FakeMarket } from './fake-market.ts';

export interface Chosen {
  policy: string;
  params: { strategy?: string; settings?: Record<string, number>; model?: string };
}

export const STRATEGIES = {
  policies: ['truthful', 'shaded', 'frugal', 'seller', 'worker'],
  strategies: [
    {
      name: 'time-dependent',
      summary: 'Concedes by the clock, from Boulware to conceder.',
      parameters: [
        { name: 'e', summary: 'Below 1 it holds out.', initial: 1, min: 0.02, max: 50 },
        { name: 'k', summary: 'What the first offer gives away.', initial: 0, min: 0, max: 1 },
      ],
    },
    { name: 'zeuthen', summary: 'Whoever risks less concedes.', parameters: [] },
  ],
  models: [{ name: 'house', model: 'example-8b', origin: 'http://127.0.0.1:8000' }],
};

/** What was chosen for each agent, as the host would remember it. */
const chosen = new WeakMap<FakeMarket, Map<string, Chosen>>();

/** @param body what is chosen; undefined for a question, and for taking the delegate away */
export function delegate(market: FakeMarket, method: string, id: string, body?: Chosen) {
  const agent = market.records.agents.get(id);
  if (!agent) return { status: 404, body: { code: 'not-found', detail: 'there is no such agent' } };
  const known = chosen.get(market) ?? new Map<string, Chosen>();
  chosen.set(market, known);
  // A planted refusal: the screen cannot know what the host checks beside the bounds.
  if (body?.params.settings?.e === 13) {
    const problem = { code: 'invalid-field', field: 'params.settings.e' };
    return { status: 400, body: { ...problem, detail: 'e: 13 is refused here' } };
  }
  if (method === 'DELETE') known.delete(id);
  if (body) known.set(id, body);
  if (method !== 'GET') {
    const { policy = null, params = {} } = body ?? {};
    const { strategy = null, model = null } = params;
    market.change('agents', { ...agent, delegate: policy, strategy, model });
  }
  const { delegate: now, strategy } = market.records.agents.get(id) ?? agent;
  const delegateParams = known.get(id)?.params ?? (strategy === null ? {} : { strategy });
  return { status: 200, body: { agent: { id, delegate: now, delegateParams } } };
}
