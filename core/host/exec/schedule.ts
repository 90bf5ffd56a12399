// When a job is asked to end and when it is made to, so that nothing of it outlives its lease.
import { LIMITS } from '../../engine/base/limits.ts';

/** Instants on the host's clock, epoch ms. */
export interface Schedule {
  politeAt: number;
  hardAt: number;
  deadlineAt: number;
}

/**
 * From the hard kill to an empty machine: 160 ms at most with every core busy (facts of the
 * project), so the kill comes this much before the end of the lease.
 */
const KILL_MARGIN_MS = 250;
/** Short leases give up at most these shares of their length to the two ends. */
const MARGIN_SHARE = 0.2;
const GRACE_SHARE = 0.3;

export function scheduleOf(now: number, deadlineAt: number): Schedule {
  const span = Math.max(0, deadlineAt - now);
  const hardAt = deadlineAt - Math.min(KILL_MARGIN_MS, span * MARGIN_SHARE);
  const politeAt = hardAt - Math.min(LIMITS.killGraceMs, span * GRACE_SHARE);
  return { politeAt, hardAt, deadlineAt };
}
