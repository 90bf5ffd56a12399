// Predictive: forecasts the next price from its own deals by Holt's linear smoothing (1957), and
// settles early when waiting would make it dearer.
import {
  along,
  atLeast,
  marketOf,
  pressure,
  settle,
  signOf,
  standing,
  within,
} from './aspiration.ts';
import type { Ended, Strategy, StrategyKind, View } from './strategy.ts';

const alpha = {
  name: 'alpha',
  summary: 'How much the last deal counts for the level of the price.',
  initial: 0.3,
  min: 0.01,
  max: 1,
};
const beta = {
  name: 'beta',
  summary: 'How much the last change counts for its trend.',
  initial: 0.2,
  min: 0,
  max: 1,
};
const eagerness = {
  name: 'eagerness',
  summary: 'How strongly a forecast of 10 % more or less speeds it up or slows it down.',
  initial: 1,
  min: 0,
  max: 5,
};

/** Level and trend of a series; `next` is the forecast of its next value, null without a past. */
export class Holt {
  private level: number | null = null;
  private trend = 0;
  private readonly alpha: number;
  private readonly beta: number;

  constructor(alphaValue: number, betaValue: number) {
    this.alpha = alphaValue;
    this.beta = betaValue;
  }

  add(value: number): void {
    if (this.level === null) {
      this.level = value;
      return;
    }
    const before = this.level;
    this.level = this.alpha * value + (1 - this.alpha) * (before + this.trend);
    this.trend = this.beta * (this.level - before) + (1 - this.beta) * this.trend;
  }

  next(): number | null {
    return this.level === null ? null : this.level + this.trend;
  }

  /** The expected change as a part of the level; 0 without a past. */
  rise(): number {
    return this.level === null || this.level <= 0 ? 0 : this.trend / this.level;
  }
}

/** Faratin's exponent: 1 without a trend, 2^eagerness where prices get 10 % worse a deal. */
function exponentOf(view: View, rise: number, eager: number): number {
  const worse = Math.max(-1, Math.min(1, -signOf(view.role) * rise * 10));
  return 2 ** (worse * eager);
}

function create(params: Readonly<Record<string, number>>): Strategy {
  const holt = new Holt(params[alpha.name] ?? alpha.initial, params[beta.name] ?? beta.initial);
  const eager = params[eagerness.name] ?? eagerness.initial;
  return {
    decide(view) {
      const e = exponentOf(view, holt.rise(), eager);
      const price = along(view, pressure(view) ** (1 / e));
      const next = holt.next();
      const asked = standing(view.theirs);
      if (next === null || asked === undefined) return settle(view, price);
      // Better than what the next deal will cost: no reason to go on.
      const goal = within(view, next * marketOf(view));
      return settle(view, atLeast(view.role, asked, goal) ? asked : price);
    },
    ended({ view, price }: Ended): void {
      const market = marketOf(view);
      if (price !== null && market > 0) holt.add(price / market);
    },
  };
}

export const PREDICTIVE: StrategyKind = {
  name: 'predictive',
  summary: 'Forecasts the next price and settles early when it gets worse.',
  parameters: [alpha, beta, eagerness],
  create,
};
