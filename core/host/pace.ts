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

/** Turns the loop of `parts` whenever there is something to do. */
export function createPace(parts: PaceParts): Pace {
  return new Turns(parts);
}

class Turns implements Pace {
  private readonly parts: PaceParts;
  private stirred: NodeJS.Immediate | null = null;
  private timer: NodeJS.Timeout | null = null;
  private full = false;
  private stopped = false;

  constructor(parts: PaceParts) {
    this.parts = parts;
  }

  private run(): void {
    this.stirred = null;
    if (!this.stopped && !this.full) this.guard(() => this.turn());
  }

  private turn(): void {
    const { loop } = this.parts;
    const more = loop.turn();
    if (more || loop.waiting() > 0) this.stir();
    this.arm();
  }

  private guard(what: () => void): void {
    try {
      what();
    } catch (e) {
      this.stopped = true;
      this.parts.fatal(e);
    }
  }

  stir(): void {
    if (!this.stopped && !this.full) this.stirred ??= setImmediate(() => this.run());
  }

  /** One timer for whatever is due next. */
  private arm(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const due = [this.parts.loop.nextDueAt(), this.parts.nextWakeAt()].filter((t) => t !== null);
    if (due.length === 0 || this.stopped || this.full) return;
    const wait = Math.min(...due) - this.parts.clock.now();
    // A manual clock stands still: what is due is then due after it has been moved.
    if (this.parts.clock.mode === 'manual' && wait > 0) return;
    this.timer = setTimeout(() => this.tick(), Math.max(0, Math.min(wait, WAIT_MAX_MS)));
  }

  private tick(): void {
    this.timer = null;
    this.guard(() => {
      this.parts.wake();
      this.run();
    });
  }

  private lookForSpace(): void {
    if (this.stopped) return;
    if (this.parts.hasSpace()) {
      this.full = false;
      this.parts.storage(false);
      this.stir();
    } else setTimeout(() => this.lookForSpace(), SPACE_CHECK_MS);
  }

  halt(): void {
    if (this.full) return;
    this.full = true;
    this.parts.storage(true);
    setTimeout(() => this.lookForSpace(), SPACE_CHECK_MS);
  }

  halted(): boolean {
    return this.full;
  }

  stop(): void {
    for (let i = 0; i < 100 && !this.full && !this.stopped && this.parts.loop.waiting() > 0; i++)
      this.parts.loop.turn();
    this.stopped = true;
    if (this.stirred !== null) clearImmediate(this.stirred);
    if (this.timer !== null) clearTimeout(this.timer);
  }
}
