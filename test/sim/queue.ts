// Virtual time: things happen in the order of their time; equal times in the order of planning.
import { createHeap } from '../../core/engine/base/heap.ts';

interface Planned {
  t: number;
  n: number;
  run: () => void;
}

export interface Queue {
  /** True elapsed milliseconds of this world. */
  now(): number;
  plan(delayMs: number, run: () => void): void;
  /** Runs the next thing; false when there is none before `until`. */
  next(until: number): boolean;
  /** Moves time on where nothing is planned. */
  skipTo(t: number): void;
}

export function createQueue(): Queue {
  const heap = createHeap<Planned>((a, b) => (a.t === b.t ? a.n < b.n : a.t < b.t));
  let now = 0;
  let planned = 0;
  return {
    now: () => now,
    plan(delayMs, run) {
      heap.push({ t: now + Math.max(0, delayMs), n: planned++, run });
    },
    next(until) {
      const top = heap.peek();
      if (top === undefined || top.t > until) return false;
      heap.pop();
      now = Math.max(now, top.t);
      top.run();
      return true;
    },
    skipTo(t) {
      now = Math.max(now, t);
    },
  };
}
