// All strategies that can be chosen by name, and the one way to make one.
import type { Rng } from '../../engine/base/rng.ts';
import { ADAPTIVE } from './adaptive.ts';
import { BROKER } from './broker.ts';
import { FAIR } from './fair.ts';
import { GREEDY } from './greedy.ts';
import { PATIENT } from './patient.ts';
import { PREDICTIVE } from './predictive.ts';
import { Q_LEARNING } from './q-learning.ts';
import { RUBINSTEIN } from './rubinstein.ts';
import type { Strategy, StrategyKind } from './strategy.ts';
import { TIME_DEPENDENT } from './time-dependent.ts';
import { TIT_FOR_TAT } from './tit-for-tat.ts';
import { ZEUTHEN } from './zeuthen.ts';

export const STRATEGIES: readonly StrategyKind[] = [
  GREEDY,
  FAIR,
  PATIENT,
  ADAPTIVE,
  TIME_DEPENDENT,
  TIT_FOR_TAT,
  ZEUTHEN,
  RUBINSTEIN,
  Q_LEARNING,
  PREDICTIVE,
  BROKER,
];

const byName = new Map(STRATEGIES.map((kind) => [kind.name, kind]));

export function strategyKind(name: string): StrategyKind | undefined {
  return byName.get(name);
}

/** A strategy or parameter that does not exist or is out of its bounds. */
export class BadStrategy extends Error {
  /** `strategy`, or `params.NAME`. */
  readonly field: string;
  readonly detail: string;
  constructor(field: string, detail: string) {
    super(`${field}: ${detail}`);
    this.field = field;
    this.detail = detail;
  }
}

/**
 * A new strategy, with its own memory where it learns.
 * @param params missing ones take their initial value
 * @throws BadStrategy for an unknown name or parameter, or a value out of bounds
 */
export function createStrategy(
  name: string,
  params: Readonly<Record<string, number>>,
  rng: Rng,
): Strategy {
  const kind = byName.get(name);
  if (kind === undefined) {
    throw new BadStrategy('strategy', `${name} is none of ${[...byName.keys()].join(', ')}`);
  }
  for (const field of Object.keys(params)) {
    if (kind.parameters.some((p) => p.name === field)) continue;
    throw new BadStrategy(`params.${field}`, `is no parameter of ${name}`);
  }
  const values: Record<string, number> = {};
  for (const { name: key, initial, min, max } of kind.parameters) {
    const value = Object.hasOwn(params, key) ? params[key] : initial;
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      throw new BadStrategy(`params.${key}`, `must be a number from ${min} to ${max}`);
    }
    values[key] = value;
  }
  return kind.create(values, rng);
}
