// Willingness to pay, computed: how much a slot is worth to a task, from its priority, the urgency
// of its deadline, and how much one more unit adds.
import { credits, type Credits, min, MICRO, ZERO } from '../engine/base/credits.ts';
import { MINUTE, type Instant, type Ms } from '../engine/base/time.ts';
import type { Valuation } from '../engine/protocol/bodies.ts';

/** Slack at which half of the urgency that a deadline can add has set in. */
export const HALF_URGENCY_MS: Ms = 10 * MINUTE;
/** Urgency of a task whose last possible start is now; 1 is no hurry at all. */
export const URGENCY_MAX = 10;
/** Credits that one point of priority x urgency x gain is worth to its owner. */
export const CREDITS_PER_POINT = 1;
/** Each further unit of the same resource adds half of what the one before added. */
export const GAIN_RATIO = 0.5;

/**
 * Urgency in [1, 10]: 1 without a deadline, 10 when the work must start now, hyperbolic in between:
 * `1 + 9 / (1 + slack / 10 min)`; 0 when the deadline cannot be met any more.
 * @param slack time until the last possible start
 */
export function urgency(slack: Ms | null): number {
  if (slack === null) return 1;
  if (slack < 0) return 0;
  return 1 + (URGENCY_MAX - 1) / (1 + slack / HALF_URGENCY_MS);
}

/** Time until the last possible start, or null without a deadline. */
export function slackOf(valuation: Valuation, now: Instant, durationMs: Ms): Ms | null {
  return valuation.deadline === undefined ? null : valuation.deadline - now - durationMs;
}

/** What the n-th unit adds, n from 1: `gain x ratio^(n-1)`. */
export function marginalGain(gain: number, n: number): number {
  let value = gain;
  for (let i = 1; i < n; i++) value *= GAIN_RATIO;
  return value;
}

const PRIORITY_DEFAULT = 5;

/**
 * `priority x urgency x marginal gain`, in points.
 * @param held units of the same resource that the task's owner already has
 */
export function worth(valuation: Valuation, now: Instant, durationMs: Ms, held = 0): number {
  const gain = marginalGain(valuation.marginalGain ?? 1, held + 1);
  return (
    (valuation.priority ?? PRIORITY_DEFAULT) * urgency(slackOf(valuation, now, durationMs)) * gain
  );
}

/** `utility = worth / cost` (source 0: (priority x urgency) / cost). Below 1 it is not worth it. */
export function utility(points: number, cost: Credits): number {
  const price = cost / MICRO / CREDITS_PER_POINT;
  return price === 0 ? Infinity : points / price;
}

/** The most that may be bid: bidding stops where cost exceeds utility, and at `limit`. */
export function willingness(points: number, limit: Credits): Credits {
  const value = credits(Math.floor(points * CREDITS_PER_POINT * MICRO));
  return value <= 0 ? ZERO : min(value, limit);
}
