// What a job uses now: CPU time so far and resident memory.
import { execFile } from 'node:child_process';
import { cpuSecondsOf, processesIn } from './cgroup.ts';
import type { Hold } from './hold.ts';
import { type ProcessStat, statOf, TICKS_PER_SECOND, treeOf } from './proc.ts';

export interface Usage {
  /** Null: could not be read. */
  cpuSeconds: number | null;
  rssBytes: number | null;
  processes: number;
}

/** More processes than this are not looked at one by one every second. */
const PROCESSES_MAX = 512;

/** Reads Linux's books of one job; null when there is nothing to read. Takes microseconds. */
export function usageOf(hold: Hold): Usage | null {
  if (process.platform !== 'linux' || hold.pid === null) return null;
  const stats =
    hold.cgroup === null
      ? treeOf(hold.pid, PROCESSES_MAX)
      : processesIn(hold.cgroup)
          .slice(0, PROCESSES_MAX)
          .map(statOf)
          .filter((stat) => stat !== null);
  const cpuSeconds = hold.cgroup === null ? cpuSecondsIn(stats) : cpuSecondsOf(hold.cgroup);
  if (stats.length === 0) return { cpuSeconds, rssBytes: null, processes: 0 };
  const rssBytes = stats.reduce((sum, stat) => sum + stat.rssBytes, 0);
  return { cpuSeconds, rssBytes, processes: stats.length };
}

/** Own time of the living and what they saw of the dead they had waited for. */
function cpuSecondsIn(stats: readonly ProcessStat[]): number | null {
  if (stats.length === 0) return null;
  const ticks = stats.reduce((sum, stat) => sum + stat.ownTicks + stat.waitedTicks, 0);
  return ticks / TICKS_PER_SECOND;
}

/**
 * The same by `ps`, for systems without /proc: one call for all jobs. Meant for macOS, where it has
 * not been run; the parser is tested with the `ps` of Linux.
 */
export function usageByPs(holds: readonly Hold[]): Promise<Map<string, Usage>> {
  return new Promise((resolve) => {
    execFile(
      'ps',
      ['-axo', 'pgid=,rss=,time='],
      { timeout: 2000, maxBuffer: 4 * 1024 * 1024 },
      (error, stdout) => resolve(error ? new Map() : usageFromPs(stdout, holds)),
    );
  });
}

export function usageFromPs(text: string, holds: readonly Hold[]): Map<string, Usage> {
  const found = new Map<string, Usage>();
  const markOf = new Map(holds.map((hold) => [hold.pid, hold.mark]));
  for (const line of text.split('\n')) {
    const [group, kibibytes, time] = line.trim().split(/\s+/);
    const mark = markOf.get(Number(group));
    const seconds = secondsOf(time ?? '');
    if (mark === undefined || seconds === null) continue;
    const { cpuSeconds, rssBytes, processes } = found.get(mark) ?? NOTHING;
    found.set(mark, {
      cpuSeconds: (cpuSeconds ?? 0) + seconds,
      rssBytes: (rssBytes ?? 0) + Number(kibibytes) * 1024,
      processes: processes + 1,
    });
  }
  return found;
}

const NOTHING: Usage = { cpuSeconds: 0, rssBytes: 0, processes: 0 };

/** `[[days-]hours:]minutes:seconds[.hundredths]` */
function secondsOf(time: string): number | null {
  const found = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(time);
  if (!found) return null;
  const [days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}
