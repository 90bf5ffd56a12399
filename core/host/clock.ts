// Logical time. It follows the monotonic clock from where the wall clock stood at the start, so a
// wall clock that is set forward or back neither ends leases nor revives them. Real time that
// passed while the machine slept does count: then the up-time counter has moved too.
import { LIMITS } from '../engine/base/limits.ts';
import type { Instant, Ms } from '../engine/base/time.ts';

/** What the clock reads; replaced in tests. Milliseconds. */
export interface ClockSources {
  /** The wall clock, epoch. */
  wall(): number;
  /** Never goes back; may stand still while the machine sleeps. */
  monotonic(): number;
  /** Time since boot including sleep; coarse is fine. */
  uptime(): number;
}

export interface Clock {
  readonly mode: 'real' | 'manual';
  /** Never below what it gave before. */
  now(): Instant;
  /** Wall clock minus logical time: how far somebody has moved the wall clock. */
  skewMs(): Ms;
  /** Manual clocks only; false on a real one. */
  advance(ms: Ms): boolean;
}

/** At most this share of elapsed time is used to come back to a wall clock that was set. */
const SLEW = 0.02;

/** A clock for real time, not below `notBefore` (the journal's last instant). */
export function realClock(sources: ClockSources, notBefore: Instant): Clock {
  let anchorMono = sources.monotonic();
  let anchorUptime = sources.uptime();
  // A wall clock far behind the journal cannot be believed either: go on from the journal.
  let anchor = Math.max(sources.wall(), notBefore);
  let last = anchor;

  function now(): Instant {
    const mono = sources.monotonic() - anchorMono;
    const wall = sources.wall();
    let logical = anchor + mono;
    const jump = wall - logical;
    if (jump > LIMITS.clockJumpMs && sleptFor(mono) >= jump - LIMITS.clockJumpMs) {
      logical = wall;
    } else {
      // Come closer, slowly: a span measured meanwhile is wrong by at most a fiftieth.
      logical += Math.max(-SLEW * mono, Math.min(SLEW * mono, jump));
    }
    if (mono >= 1000 || logical === wall) {
      anchorMono += mono;
      anchorUptime = sources.uptime();
      anchor = logical;
    }
    last = Math.max(last, Math.floor(logical));
    return last;
  }

  /** Time since the anchor that the monotonic clock did not see. */
  function sleptFor(mono: number): number {
    return sources.uptime() - anchorUptime - mono;
  }

  return {
    mode: 'real',
    now,
    skewMs: () => Math.round(sources.wall() - now()),
    advance: () => false,
  };
}

/** A clock that moves only when told to, for drills and outside tests. */
export function manualClock(start: Instant): Clock {
  let at = start;
  return {
    mode: 'manual',
    now: () => at,
    skewMs: () => 0,
    advance(ms) {
      at += ms;
      return true;
    },
  };
}
