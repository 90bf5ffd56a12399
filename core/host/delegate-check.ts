// Whether a delegate can be made of what somebody asks for, before it is recorded.
import { STRATEGIES } from '../agent/bargaining/kinds.ts';
import type { Delegate } from '../agent/delegate.ts';
import { BadParams, createDelegate, POLICY_NAMES } from '../agent/policies.ts';
import { problem, type Problem } from '../engine/protocol/problems.ts';

/** What is wrong with a policy and its parameters, with the failing field; null for nothing. */
export function delegateProblem(policy: string, params: unknown): Problem | null {
  if (!POLICY_NAMES.includes(policy)) {
    const hint = `known policies: ${POLICY_NAMES.join(', ')}`;
    return problem('invalid-field', `there is no policy ${policy}`, { field: 'policy', hint });
  }
  try {
    if (createDelegate(policy, params, 0) !== null) return null;
    const hint = 'a worker names a profile of the starter swarm';
    const field = 'params.profile';
    return problem('invalid-field', 'there is no such profile', { field, hint });
  } catch (e) {
    if (!(e instanceof BadParams)) throw e;
    const hint = 'GET /v1/strategies lists what can be set';
    return problem('invalid-field', e.message, { field: e.field, hint });
  }
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
