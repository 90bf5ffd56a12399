// The same experiments under two sets of strategies and rules: the reference system's and ours.
import { createRng } from '../../engine/base/rng.ts';
import { type Agent, REPUTATION, reputationOf } from './agent.ts';
import { createMersenne, type Dice } from './mersenne.ts';
import { cheatingRules, type Commit, type Incident, referenceRules } from './reference-rules.ts';
import {
  roleAwareAdaptive,
  roleAwareBroker,
  roleAwareFair,
  roleAwareGreedy,
  roleAwarePatient,
} from './role-aware/characters.ts';
import { roleAwareRules } from './role-aware/rules.ts';
import { roleAwareTrust, type Trust, TRUST_PLAN, type TrustPlan } from './role-aware/trust.ts';
import { type Makers, REFERENCE_MAKERS } from './set-ups.ts';
import type { Rules } from './simulator.ts';
import { cheater } from './strategies/cheater.ts';

export interface World {
  make: Makers;
  dice(seed: number): Dice;
  rules(): Rules;
  /** Rules with cheaters in them. */
  trust(agents: readonly Agent[], dice: Dice): Trust;
}

/** Reproduces a version of the reference system, draws of random numbers included. */
export function referenceWorld(commit: Commit): World {
  return {
    make: REFERENCE_MAKERS,
    dice: createMersenne,
    rules: () => referenceRules(commit),
    trust: (agents, dice) => {
      const incidents: Incident[] = [];
      const refuses = (judge: Agent, suspect: string) =>
        judge.strategy.cheatRate === undefined &&
        judge.id !== suspect &&
        reputationOf(judge, suspect) < REPUTATION.threshold;
      return {
        rules: cheatingRules(commit, dice, incidents),
        incidents,
        refusedBy: (suspect) =>
          agents.filter((judge) => refuses(judge, suspect)).map(({ id }) => id),
      };
    },
  };
}

const HAGGLE_MAKERS: Makers = {
  greedy: roleAwareGreedy,
  fair: roleAwareFair,
  patient: roleAwarePatient,
  adaptive: roleAwareAdaptive,
  broker: roleAwareBroker,
  cheater,
  // Our rules guard every honest agent already.
  guarded: (inner) => inner,
};

/** Ours: role-aware bargaining, escrow and evidence. */
export function haggleWorld(plan: TrustPlan = TRUST_PLAN): World {
  return {
    make: HAGGLE_MAKERS,
    dice: createRng,
    rules: () => roleAwareRules(),
    trust: (agents, dice) => roleAwareTrust(agents, dice, plan),
  };
}
