// When the loop turns: at once when something has arrived, by itself when something is due, not at
// all while the disk is full. What arrives during a commit forms the next one; there is no timer
// between a command and its commit.
import type { Clock } from './clock.ts';
import type { Loop } from './loop.ts';

export interface Pace {
  /** Something is waiting: turn soon. */
  stir(): void;
  /** The disk is full: stand still and look for space every second. */
  halt(): void;
  halted(): boolean;
  /** Turns until nothing is waiting, then stands still for good. */
  stop(): void;
}

export interface PaceParts {
  loop: Loop;
  clock: Clock;
  /** Delegates' own timers. */
  wake(): void;
  nextWakeAt(): number | null;
  hasSpace(): boolean;
  /** Tells when the disk became full or has space again. */
  storage(full: boolean): void;
  /** What a turn threw: the host must end. */
  fatal(e: unknown): void;
}

const SPACE_CHECK_MS = 1000;
/** setTimeout takes no more than 2^31 - 1. */
const WAIT_MAX_MS = 60_000;

export function createPace(parts: PaceParts): Pace {
  const { loop, clock } = parts;
  let stirred: NodeJS.Immediate | null = null;
  let timer: NodeJS.Timeout | null = null;
  let full = false;
  let stopped = false;

  function run(): void {
    stirred = null;
    if (stopped || full) return;
    try {
      const more = loop.turn();
      if (more || loop.waiting() > 0) stir();
      arm();
    } catch (e) {
      stopped = true;
      parts.fatal(e);
    }
  }

  function stir(): void {
    if (!stopped && !full) stirred ??= setImmediate(run);
  }

  /** One timer for whatever is due next. */
  function arm(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const due = [loop.nextDueAt(), parts.nextWakeAt()].filter((t) => t !== null);
    if (due.length === 0 || stopped || full) return;
    const wait = Math.min(...due) - clock.now();
    // A manual clock stands still: what is due is then due after it has been moved.
    if (clock.mode === 'manual' && wait > 0) return;
    timer = setTimeout(tick, Math.max(0, Math.min(wait, WAIT_MAX_MS)));
  }

  function tick(): void {
    timer = null;
    try {
      parts.wake();
      run();
    } catch (e) {
      stopped = true;
      parts.fatal(e);
    }
  }

  function lookForSpace(): void {
    if (stopped) return;
    if (parts.hasSpace()) {
      full = false;
      parts.storage(false);
      stir();
    } else setTimeout(lookForSpace, SPACE_CHECK_MS);
  }

  return {
    stir,
    halt() {
      if (full) return;
      full = true;
      parts.storage(true);
      setTimeout(lookForSpace, SPACE_CHECK_MS);
    },
    halted: () => full,
    stop() {
      for (let i = 0; i < 100 && !full && !stopped && loop.waiting() > 0; i++) loop.turn();
      stopped = true;
      if (stirred !== null) clearImmediate(stirred);
      if (timer !== null) clearTimeout(timer);
    },
  };
}
