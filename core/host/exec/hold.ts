// What must be known about a job to end all of it, in a form that survives the host: it goes down
// the leash's pipe and into the crash file.
import type { TimeMechanism } from './types.ts';

/** `process-tree` is Windows, where nothing better than its parentage is known of a job. */
export type Fence = TimeMechanism | 'process-tree';

export interface Hold {
  leaseId: string;
  /** Unique to the job; every process of it carries it in its environment unless it hides. */
  mark: string;
  fence: Fence;
  /** Leader of the job's session and process group. Null: not started yet. */
  pid: number | null;
  /** Start of `pid` since boot, in ticks; null where the system does not tell. */
  startTicks: number | null;
  /** Folder of the control group, with the `cgroup` fence. */
  cgroup: string | null;
  /** When everything must be dead, epoch ms of the wall clock. */
  hardAt: number;
}

const FENCES: readonly unknown[] = ['cgroup', 'pid-namespace', 'process-group', 'process-tree'];

/** A hold read back from a file or a pipe, or null when it is not one. */
export function parseHold(value: unknown): Hold | null {
  if (typeof value !== 'object' || value === null) return null;
  const { leaseId, mark, fence, pid, startTicks, cgroup, hardAt } = value as Partial<Hold>;
  if (typeof leaseId !== 'string' || typeof mark !== 'string' || mark === '') return null;
  if (fence === undefined || !FENCES.includes(fence)) return null;
  if (!isWhole(pid, 2) || !isWhole(startTicks, 0) || typeof hardAt !== 'number') return null;
  if (cgroup !== null && (typeof cgroup !== 'string' || !cgroup.includes(mark))) return null;
  return { leaseId, mark, fence, pid, startTicks, cgroup, hardAt };
}

/** Null, or a whole number not below `least`: a pid of 1 or less would mean everybody. */
function isWhole(value: unknown, least: number): value is number | null {
  return value === null || (Number.isSafeInteger(value) && (value as number) >= least);
}
