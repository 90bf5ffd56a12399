// Whether processes of jobs are still there, found out without the host: after it has ended there
// is nobody left to ask.
import fs from 'node:fs';
import os from 'node:os';

/** A process that a lease reported, and when that lease had ended, in epoch ms. */
export interface Reported {
  pid: number;
  endedAt: number;
}

/** Jobs are killed before their lease ends; clocks are read at different moments. */
const SLACK_MS = 2000;
const TICK_MS = 10;

/**
 * Processes that should be gone: the reported ones, and on Linux whatever runs with a lease of the
 * host on `dataDir` in its environment, reported or not.
 */
export function survivors(reported: readonly Reported[], dataDir: string | null): number[] {
  const found = new Set(reported.filter(isStillThere).map(({ pid }) => pid));
  if (process.platform === 'linux' && dataDir !== null) {
    for (const pid of marked(dataDir)) found.add(pid);
  }
  return [...found];
}

function isStillThere({ pid, endedAt }: Reported): boolean {
  if (process.platform !== 'linux') return isAlive(pid);
  const startedAt = startOf(pid);
  // Numbers are used again: what began after the lease's end is somebody else.
  return startedAt !== null && startedAt < endedAt + SLACK_MS;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Epoch ms; null for a process that is gone, or dead and only not yet waited for. */
function startOf(pid: number): number | null {
  const text = read(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state] = fields;
  const ticks = Number(fields[19] ?? NaN);
  if (state === undefined || state === 'Z' || state === 'X' || Number.isNaN(ticks)) return null;
  return Date.now() - os.uptime() * 1000 + ticks * TICK_MS;
}

function marked(dataDir: string): number[] {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
  return pids.map(Number).filter((pid) => {
    const environment = read(`/proc/${pid}/environ`);
    const ours = environment?.includes('HAGGLE_LEASE_ID=') && environment.includes(`=${dataDir}/`);
    return ours === true && startOf(pid) !== null;
  });
}

function read(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null; // gone, or another account's
  }
}
