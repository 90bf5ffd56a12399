// Tabular Q-learning (Watkins and Dayan, Machine Learning 8, 1992): Q(s,a) += alpha (r + gamma
// max Q(s') - Q(s,a)). The reward is the part of its range that a deal left it, at the end only.
import type { Rng } from '../../engine/base/rng.ts';
import {
  along,
  gainOf,
  pressure,
  rangeOf,
  settle,
  signOf,
  standing,
  valueLeft,
} from './aspiration.ts';
import type { Ended, Strategy, StrategyKind, View } from './strategy.ts';

const ACTIONS = ['hold', 'step', 'leap', 'midway', 'take'] as const;
type Action = (typeof ACTIONS)[number];
/** Parts of the range that a step and a leap concede. */
const STEP = 0.05;
const LEAP = 0.25;
const TIMES = 6;
/** Nothing offered yet, beyond the mandate, and thirds of the range. */
const OFFERS = 5;
const STATES = 2 * 2 * TIMES * OFFERS;
/** Exploration shrinks by this with each decision, down to the floor. */
const DECAY = 0.998;
const FLOOR = 0.01;
/** Hope for the best half: an action that was never tried looks worth a try. */
const HOPE = 0.5;

const alpha = { name: 'alpha', summary: 'Learning rate.', initial: 0.1, min: 0.001, max: 1 };
const gamma = {
  name: 'gamma',
  summary: 'What the next state counts against the reward, which has the cost of waiting in it.',
  initial: 1,
  min: 0,
  max: 1,
};
const epsilon = {
  name: 'epsilon',
  summary: 'Part of its moves that it tries at random, at first; shrinks to 0.01.',
  initial: 0.4,
  min: 0,
  max: 1,
};

/** A learner that tells how much it has seen. */
export interface Learner extends Strategy {
  /** Pairs of state and action that it has learned something about. */
  entries(): number;
}

function stateOf(view: View): number {
  const role = view.role === 'manager' ? 0 : 1;
  const protocol = view.protocol === 'monotonic-concession' ? 0 : 1;
  const time = Math.min(TIMES - 1, Math.floor(pressure(view) * TIMES));
  return ((role * 2 + protocol) * TIMES + time) * OFFERS + bucketOf(view);
}

function bucketOf(view: View): number {
  const asked = standing(view.theirs);
  if (asked === undefined) return 0;
  const gain = gainOf(view, asked) / Math.max(1, rangeOf(view));
  return gain < 0 ? 1 : 2 + Math.min(2, Math.floor(gain * 3));
}

function targetOf(view: View, action: Action): number {
  const { role, mine, theirs } = view;
  const last = standing(mine) ?? along(view, 0);
  const asked = standing(theirs);
  const concede = (part: number): number => last - signOf(role) * rangeOf(view) * part;
  switch (action) {
    case 'hold':
      return last;
    case 'step':
      return concede(STEP);
    case 'leap':
      return concede(LEAP);
    case 'midway':
      return asked === undefined ? concede(STEP) : (last + asked) / 2;
    case 'take':
      return asked !== undefined && gainOf(view, asked) >= 0 ? asked : concede(STEP);
    default:
      return action satisfies never;
  }
}

/** @param params alpha, gamma, epsilon; see the kind's parameters */
export function createLearner(params: Readonly<Record<string, number>>, rng: Rng): Learner {
  const rate = params[alpha.name] ?? alpha.initial;
  const future = params[gamma.name] ?? gamma.initial;
  let explore = params[epsilon.name] ?? epsilon.initial;
  const table = new Float64Array(STATES * ACTIONS.length).fill(HOPE);
  const seen = new Set<number>();
  let previous = -1;

  const bestOf = (state: number): number => {
    const from = state * ACTIONS.length;
    let best = from;
    for (let i = from + 1; i < from + ACTIONS.length; i++) {
      if ((table[i] as number) > (table[best] as number)) best = i;
    }
    return best;
  };
  const learn = (worth: number): void => {
    if (previous < 0) return;
    table[previous] = (table[previous] as number) + rate * (worth - (table[previous] as number));
    seen.add(previous);
  };

  return {
    decide(view) {
      if (view.mine.length === 0) previous = -1;
      const state = stateOf(view);
      const best = bestOf(state);
      learn(future * (table[best] as number));
      const random = explore > 0 && rng.chance(explore);
      explore = Math.min(explore, Math.max(FLOOR, explore * DECAY));
      previous = random ? state * ACTIONS.length + rng.below(ACTIONS.length) : best;
      return settle(view, targetOf(view, ACTIONS[previous % ACTIONS.length] as Action));
    },
    ended({ view, price }: Ended) {
      const gain = price === null ? 0 : gainOf(view, price) / Math.max(1, rangeOf(view));
      learn(gain * valueLeft(view));
      previous = -1;
    },
    entries: () => seen.size,
  };
}

export const Q_LEARNING: StrategyKind = {
  name: 'q-learning',
  summary: 'Learns by trial which concession pays, across bargainings.',
  parameters: [alpha, gamma, epsilon],
  create: createLearner,
};
