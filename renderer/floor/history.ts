// The ribbon's data: ended calls in the order of their ends, and how many fall into each stretch.
import type { CallView } from '../../core/engine/view/model.ts';
import type { Model } from '../mirror/model.ts';
import { leftAt } from './plan.ts';

export interface Ended {
  id: string;
  at: number;
  /** Awarded calls go up, all others down. */
  won: boolean;
}
export interface Bucket {
  won: number;
  lost: number;
}

export const RIBBON_MS = 10 * 60_000;

/** Ended within the ribbon's span, oldest first. Offers are a means, not a need: left out. */
export function endedCalls(model: Model, now: number): Ended[] {
  const ended: Ended[] = [];
  for (const call of model.calls.values()) {
    const at = endOf(model, call);
    if (at !== null && at > now - RIBBON_MS) {
      ended.push({ id: call.id, at, won: call.state === 'awarded' });
    }
  }
  return ended.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}
function endOf(model: Model, call: CallView): number | null {
  return call.direction === 'offer' ? null : leftAt(model, call);
}

/** The span the ribbon shows: whole minutes, at least one, so that it does not creep. */
export function spanOf(ended: readonly Ended[], now: number): number {
  const oldest = ended[0]?.at ?? now;
  const steps = [60_000, 120_000, 300_000, RIBBON_MS];
  return steps.find((ms) => now - oldest <= ms) ?? RIBBON_MS;
}

export function bucketsOf(ended: readonly Ended[], now: number, span: number, n: number): Bucket[] {
  const buckets = Array.from({ length: n }, () => ({ won: 0, lost: 0 }));
  for (const { at, won } of ended) {
    const bucket = buckets[Math.min(n - 1, Math.floor(((at - now + span) / span) * n))];
    if (!bucket) continue;
    if (won) bucket.won += 1;
    else bucket.lost += 1;
  }
  return buckets;
}

/** Index of the call whose end is nearest to a moment; -1 when there is none. */
export function nearest(ended: readonly Ended[], at: number): number {
  let best = -1;
  let least = Infinity;
  ended.forEach((one, i) => {
    const distance = Math.abs(one.at - at);
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}
