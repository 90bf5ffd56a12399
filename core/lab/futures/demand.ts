// How much compute is needed over time, and what can be known of it beforehand.
import type { Rng } from '../../engine/base/rng.ts';

export const SHAPES = ['cyclic', 'bursty', 'trending', 'constant'] as const;
export type Shape = (typeof SHAPES)[number];

/** Periods of one cycle. */
export const CYCLE = 20;
const BURST = { chance: 0.15, quiet: 3, busy: 23 };

/** Units needed in period `t`, from 0; the shapes of the reference system's experiment 7. */
export function demandAt(shape: Shape, t: number, rng: Rng): number {
  switch (shape) {
    case 'cyclic':
      return Math.round(5 + 8 * (0.5 + 0.5 * Math.sin((2 * Math.PI * t) / CYCLE)));
    case 'bursty':
      return rng.chance(BURST.chance) ? BURST.busy : BURST.quiet;
    case 'trending':
      return Math.round(3 + 0.05 * t);
    case 'constant':
      return 8;
  }
}

/** The mean of a shape over periods 0..n-1; for the cycle, n is a whole number of cycles. */
export function meanDemand(shape: Shape, n: number): number {
  switch (shape) {
    case 'cyclic':
      return 9;
    case 'bursty':
      return BURST.chance * BURST.busy + (1 - BURST.chance) * BURST.quiet;
    case 'trending':
      return 3 + (0.05 * (n - 1)) / 2;
    case 'constant':
      return 8;
  }
}

/** How a buyer decides how many units to secure ahead. */
export interface Planner {
  /** Told what was needed now; says how many units to buy for `LEAD` periods ahead. */
  plan(needed: number): number;
}

/** Periods between signing and delivery, as in the reference system. */
export const LEAD = 5;

export const PLANNERS = ['reference', 'hedge'] as const;
export type PlannerName = (typeof PLANNERS)[number];

/**
 * `reference`: an exponential moving average (alpha .3); half of it is bought when it is more than
 * 1.3 times the present need. `hedge`: half of what a trend says will be needed, every period
 * (Holt's double exponential smoothing, 1957; alpha .3, beta .1).
 */
export function createPlanner(name: PlannerName): Planner {
  let level: number | null = null;
  let trend = 0;
  return {
    plan(needed) {
      const before: number = level ?? needed;
      if (name === 'reference') {
        level = before + 0.3 * (needed - before);
        return level > 1.3 * needed ? Math.floor(level / 2) : 0;
      }
      const expected = before + trend;
      const now: number = level === null ? needed : expected + 0.3 * (needed - expected);
      trend += 0.1 * (now - before - trend);
      level = now;
      return Math.max(0, Math.floor((now + LEAD * trend) / 2));
    },
  };
}
