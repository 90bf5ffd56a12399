// Adaptive: learns from its own deals what the good costs, goes there, and stays a while. Both
// sides learn from the same price, and two sides of one belief b meet at b exactly: no ratchet.
import { marketOf, pressure, settle, within } from './aspiration.ts';
import type { Ended, Move, Strategy, StrategyKind, View } from './strategy.ts';

/** It reaches its belief here, and leaves it for the reservation only there. */
const REACHED = 0.35;
const LEFT = 0.65;

const rate = {
  name: 'rate',
  summary: 'How much one deal moves its belief: 0 never learns, 1 believes the last deal.',
  initial: 0.2,
  min: 0,
  max: 1,
};
const belief = {
  name: 'belief',
  summary: 'Its first belief, as a part of the market price that it is told.',
  initial: 1,
  min: 0.1,
  max: 10,
};

function target(view: View, believed: number): number {
  const now = pressure(view);
  const goal = within(view, believed);
  if (now < REACHED) return view.ideal + (goal - view.ideal) * (now / REACHED);
  return now <= LEFT ? goal : goal + (view.reservation - goal) * ((now - LEFT) / (1 - LEFT));
}

/**
 * Exponential smoothing of price / market, so that what it learns fits goods of every size. It is a
 * class: closures for each of ten thousand agents would be most of what they weigh.
 */
class Adaptive implements Strategy {
  private readonly step: number;
  private factor: number;

  constructor(params: Readonly<Record<string, number>>) {
    this.step = params[rate.name] ?? rate.initial;
    this.factor = params[belief.name] ?? belief.initial;
  }

  decide(view: View): Move {
    return settle(view, target(view, this.factor * marketOf(view)));
  }

  ended({ view, price }: Ended): void {
    const market = marketOf(view);
    if (price !== null && market > 0) this.factor += this.step * (price / market - this.factor);
  }
}

export const ADAPTIVE: StrategyKind = {
  name: 'adaptive',
  summary: 'Learns the market price from its own deals.',
  parameters: [rate, belief],
  create: (params) => new Adaptive(params),
};
