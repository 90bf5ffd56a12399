// The machine's clocks, under faults: a wall clock that somebody moves, a monotonic clock that
// stands still while the machine sleeps, and the time since boot, which does not.
import { type Clock, type ClockSources, realClock } from '../../core/host/clock.ts';
import type { Rng } from '../../core/engine/base/rng.ts';
import type { Knobs } from './knobs.ts';
import type { Queue } from './queue.ts';

export type MakeClock = (sources: ClockSources, notBefore: number) => Clock;
export const makeClock: MakeClock = realClock;

/** 2026-01-01. */
const EPOCH = 1_767_225_600_000;

export interface Machine {
  sources: ClockSources;
  /** How often it has slept. */
  slept(): number;
}

export function createMachine(queue: Queue, knobs: Knobs, rng: Rng): Machine {
  let wallOffset = EPOCH;
  let asleepMs = 0;
  let slept = 0;
  const span = knobs.actions * knobs.pauseMs;
  for (let i = 0; i < knobs.clockJumps; i++) {
    const size = rng.pick([500, 5_000, 3_600_000, 86_400_000]) * (rng.chance(0.5) ? 1 : -1);
    queue.plan(rng.unit() * span, () => (wallOffset += size));
  }
  for (let i = 0; i < knobs.sleeps; i++) {
    const ms = 1 + rng.below(rng.chance(0.5) ? 1_000 : 20_000);
    queue.plan(rng.unit() * span, () => {
      // Everything on the machine stands still; the world does not.
      queue.skipTo(queue.now() + ms);
      asleepMs += ms;
      slept++;
    });
  }
  return {
    sources: {
      wall: () => Math.floor(wallOffset + queue.now()),
      monotonic: () => queue.now() - asleepMs,
      uptime: () => queue.now(),
    },
    slept: () => slept,
  };
}
