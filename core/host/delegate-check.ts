// Whether a delegate can be made of what somebody asks for, before it is recorded.
import { STRATEGIES } from '../agent/bargaining/kinds.ts';
import type { Delegate } from '../agent/delegate.ts';
import { BadParams, createDelegate, POLICY_NAMES } from '../agent/policies.ts';
import { MODELS_FILE, type Models } from './models/models.ts';
import { problem, type Problem } from '../engine/protocol/problems.ts';

/** What is wrong with a policy and its parameters, with the failing field; null for nothing. */
export function delegateProblem(
  policy: string,
  params: unknown,
  models: Pick<Models, 'has' | 'list'>,
): Problem | null {
  if (!POLICY_NAMES.includes(policy)) {
    const hint = `known policies: ${POLICY_NAMES.join(', ')}`;
    return problem('invalid-field', `there is no policy ${policy}`, { field: 'policy', hint });
  }
  try {
    if (createDelegate(policy, params, 0) !== null) return modelProblem(params, models);
    const hint = 'a worker names a profile of the starter swarm';
    const field = 'params.profile';
    return problem('invalid-field', 'there is no such profile', { field, hint });
  } catch (e) {
    if (!(e instanceof BadParams)) throw e;
    const hint = 'GET /v1/strategies lists what can be set';
    return problem('invalid-field', e.message, { field: e.field, hint });
  }
}

function modelProblem(params: unknown, models: Pick<Models, 'has' | 'list'>): Problem | null {
  const { model } = params as { model?: string };
  if (model === undefined || models.has(model)) return null;
  const names = models.list().map(({ name }) => name);
  const hint =
    names.length === 0
      ? `no model is set up: see ${MODELS_FILE} in docs/models.md`
      : `known models: ${names.join(', ')}`;
  const field = 'params.model';
  return problem('invalid-field', `no model ${model} is set up here`, { field, hint });
}

/** The delegate of a record; null where this version cannot make it any more. */
export function delegateOf(policy: string, params: unknown, seed: number): Delegate | null {
  try {
    return createDelegate(policy, params, seed);
  } catch (e) {
    if (e instanceof BadParams) return null;
    throw e;
  }
}

/** For whoever chooses: names, one sentence each, and what can be set within which bounds. */
export const strategyDocuments = (): object[] =>
  STRATEGIES.map(({ name, summary, parameters }) => ({ name, summary, parameters }));
