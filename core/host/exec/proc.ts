// Reading Linux's /proc. Everything here answers null or nothing where there is no such process or
// no /proc: processes come and go while one looks.
import fs from 'node:fs';
import os from 'node:os';

/** Ticks per second of the times in /proc: USER_HZ, 100 on every Linux that Node runs on. */
export const TICKS_PER_SECOND = 100;
/** The environment variable that says which job a process belongs to; unique to that job. */
export const MARK_NAME = 'HAGGLE_JOB';

export interface ProcessStat {
  pid: number;
  /** One letter; Z is a zombie: dead, not yet waited for. */
  state: string;
  parent: number;
  group: number;
  session: number;
  /** User and system time of the process itself, in ticks. */
  ownTicks: number;
  /** The same of the children that it has waited for. */
  waitedTicks: number;
  /** Since boot. With the pid this names a process for ever; the pid alone does not. */
  startTicks: number;
  rssBytes: number;
}

let cachedPageBytes = 0;

export function statOf(pid: number): ProcessStat | null {
  const text = readOrNull(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name stands in brackets and may hold anything, brackets too.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (index: number): number => Number(fields[index - 3] ?? NaN);
  const startTicks = at(22);
  if (!Number.isFinite(startTicks)) return null;
  return {
    pid,
    state: fields[0] ?? '?',
    parent: at(4),
    group: at(5),
    session: at(6),
    ownTicks: at(14) + at(15),
    waitedTicks: at(16) + at(17),
    startTicks,
    rssBytes: at(24) * pageBytes(),
  };
}

/** Whether that very process is alive: same pid, same start, not a zombie. */
export function isAlive(pid: number, startTicks: number | null): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.startTicks === startTicks && !isDead(stat);
}

export function isDead(stat: ProcessStat): boolean {
  return stat.state === 'Z' || stat.state === 'X';
}

/** A root and everything below it by parentage, as far as `limit` processes. */
export function treeOf(root: number, limit = 4096): ProcessStat[] {
  const found: ProcessStat[] = [];
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined && found.length < limit; pid = queue.pop()) {
    const stat = statOf(pid);
    if (stat === null) continue;
    found.push(stat);
    queue.push(...childrenOf(pid));
  }
  return found;
}

function childrenOf(pid: number): number[] {
  const found: number[] = [];
  for (const thread of namesIn(`/proc/${pid}/task`)) {
    const text = readOrNull(`/proc/${pid}/task/${thread}/children`);
    for (const child of text?.split(' ') ?? []) if (child !== '') found.push(Number(child));
  }
  return found;
}

/** Every process of this machine that we may look at. */
export function allStats(): ProcessStat[] {
  return allPids()
    .map(statOf)
    .filter((stat) => stat !== null);
}

/** Marks of all live processes that carry one, by pid. Reads environments: not for every second. */
export function marksByPid(): Map<number, string> {
  const found = new Map<number, string>();
  for (const pid of allPids()) {
    const mark = markOf(pid);
    if (mark !== null) found.set(pid, mark);
  }
  return found;
}

function markOf(pid: number): string | null {
  const text = readOrNull(`/proc/${pid}/environ`);
  if (text === null || !text.includes(MARK_NAME)) return null;
  const line = text.split('\0').find((one) => one.startsWith(`${MARK_NAME}=`));
  return line?.slice(MARK_NAME.length + 1) ?? null;
}

/** Changes at every boot, so that a recorded process of an earlier one is known to be gone. */
export function bootId(): string {
  const id = readOrNull('/proc/sys/kernel/random/boot_id');
  // Elsewhere the time of boot to ten seconds: good enough to tell two boots apart.
  return id?.trim() ?? `boot-${Math.round((Date.now() / 1000 - os.uptime()) / 10)}`;
}

function allPids(): number[] {
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function pageBytes(): number {
  cachedPageBytes ||= pageBytesOfKernel();
  return cachedPageBytes;
}

/** AT_PAGESZ of the auxiliary vector: 4096 on x86, up to 65536 on ARM. */
function pageBytesOfKernel(): number {
  const AT_PAGESZ = 6n;
  try {
    const data = fs.readFileSync('/proc/self/auxv');
    for (let at = 0; at + 16 <= data.length; at += 16) {
      if (data.readBigUInt64LE(at) === AT_PAGESZ) return Number(data.readBigUInt64LE(at + 8));
    }
  } catch {
    // Nothing that reads sizes works without /proc anyway.
  }
  return 4096;
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

function readOrNull(file: string): string | null {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}
