// The network between agents and the host: it drops, repeats, delays, reorders and partitions,
// until the faults stop.
import type { Rng } from '../../core/engine/base/rng.ts';
import type { Knobs } from './knobs.ts';
import type { Queue } from './queue.ts';

export interface Network {
  /** Delivers 0, 1 or 2 times, later. `peer` is the number of the agent at the other end. */
  carry(peer: number, deliver: () => void): void;
  heal(): void;
}

export function createNetwork(queue: Queue, knobs: Knobs, rng: Rng): Network {
  let healed = false;
  const cutUntil: number[] = [];

  /** Links are cut one by one and come back one by one, in another order. */
  function isCut(peer: number): boolean {
    const until = cutUntil[peer] ?? 0;
    if (until > queue.now()) return true;
    if (knobs.partition > 0 && rng.chance(knobs.partition * 0.1)) {
      cutUntil[peer] = queue.now() + rng.below(10 * knobs.pauseMs);
    }
    return false;
  }

  return {
    carry(peer, deliver) {
      if (healed) return queue.plan(0, deliver);
      if (isCut(peer) || rng.chance(knobs.drop)) return;
      queue.plan(rng.below(knobs.delayMs + 1), deliver);
      if (rng.chance(knobs.duplicate)) queue.plan(rng.below(2 * knobs.delayMs + 1), deliver);
    },
    heal() {
      healed = true;
    },
  };
}
