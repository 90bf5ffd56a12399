// CPU and memory of this machine. Plain Node first: it is cheap and does not start processes.
import fs from 'node:fs';
import os from 'node:os';
import type { Reading } from '../../contract.ts';
import { ABSENT, FAULT, readingOf } from './types.ts';

export interface MemoryNow {
  /** What this process could use at most: a container may be smaller than its machine. */
  totalBytes: Reading<number>;
  /** What new programs can get without swapping. */
  freeBytes: Reading<number>;
}

/** Logical cores that this process may run on, at least 1. */
export function coreCount(): number {
  return Math.max(1, os.availableParallelism());
}

/**
 * The processor's name for people. Asks the slow library only where Node does not know (ARM under
 * Linux), and waits for it no longer than `timeoutMs`; 'CPU' when nobody knows.
 */
export async function cpuName(timeoutMs = 3000): Promise<string> {
  const known = tidied(os.cpus()[0]?.model ?? '');
  if (known !== '') return known;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(''), timeoutMs);
  });
  const asked = import('systeminformation')
    .then(({ cpu }) => cpu())
    .then(({ manufacturer, brand }) => tidied(`${manufacturer} ${brand}`))
    .catch(() => '');
  const name = await Promise.race([asked, late]);
  clearTimeout(timer);
  return name === '' ? 'CPU' : name;
}

function tidied(name: string): string {
  const short = name
    .replace(/\((R|TM)\)|\bCPU\b|\s@\s.*$/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return short.toLowerCase() === 'unknown' ? '' : short;
}

/**
 * Memory now. On macOS `free` leaves out what the system would give back at once, so it is low
 * there. Takes microseconds.
 */
export function memoryNow(): MemoryNow {
  const machine = os.totalmem();
  const limit = process.constrainedMemory();
  const limited = limit > 0 && limit < machine;
  const free =
    process.platform === 'linux' ? availableInMeminfo(meminfo()) : readingOf(os.freemem());
  return {
    totalBytes: machine > 0 ? { ok: true, v: limited ? limit : machine } : ABSENT,
    freeBytes: limited && free.ok ? lowest(free, process.availableMemory()) : free,
  };
}

function lowest(free: { ok: true; v: number }, limit: number): Reading<number> {
  return { ok: true, v: Math.min(free.v, limit) };
}

function meminfo(): string | null {
  try {
    return fs.readFileSync('/proc/meminfo', 'latin1');
  } catch {
    return null;
  }
}

/** MemAvailable of Linux, bytes. */
export function availableInMeminfo(text: string | null): Reading<number> {
  if (text === null) return ABSENT;
  const found = /^MemAvailable:\s+(\d+) kB$/m.exec(text);
  return found ? { ok: true, v: Number(found[1]) * 1024 } : FAULT;
}

/** Busy and whole time of all cores since boot, in any one unit. */
export interface CpuTimes {
  busy: number;
  total: number;
}

/** On Linux one line of /proc/stat: os.cpus() reads a file per core for its clock rate. */
export function cpuTimes(): CpuTimes | null {
  if (process.platform === 'linux') {
    try {
      return timesInStat(fs.readFileSync('/proc/stat', 'latin1'));
    } catch {
      return null;
    }
  }
  const cpus = os.cpus();
  if (cpus.length === 0) return null;
  const sum = { busy: 0, total: 0 };
  for (const { times } of cpus) {
    const total = times.user + times.nice + times.sys + times.idle + times.irq;
    sum.total += total;
    sum.busy += total - times.idle;
  }
  return sum;
}

/** Fields of the first line: user nice system idle iowait irq softirq steal (guest is in user). */
export function timesInStat(text: string): CpuTimes | null {
  const found = /^cpu\s+([\d ]+)$/m.exec(text);
  const fields = (found?.[1] ?? '').trim().split(' ').map(Number).slice(0, 8);
  if (fields.length < 4) return null;
  const total = fields.reduce((sum, one) => sum + one, 0);
  const idle = (fields[3] ?? 0) + (fields[4] ?? 0);
  return { busy: total - idle, total };
}

/**
 * Share of all cores that was busy since the last call, 0..1. The first call, and one that comes
 * before the counters have moved, has no answer.
 */
export function busyMeter(read: () => CpuTimes | null = cpuTimes): () => Reading<number> {
  let last = read();
  return () => {
    const now = read();
    const before = last;
    last = now;
    if (now === null || before === null) return ABSENT;
    const total = now.total - before.total;
    const busy = now.busy - before.busy;
    // Counters of a core that was switched off may go back.
    if (total <= 0 || busy < 0) return ABSENT;
    return { ok: true, v: Math.min(1, busy / total) };
  };
}
