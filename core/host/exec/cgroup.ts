// Control groups of Linux, version 2, through their files: a job that starts inside one cannot get
// out, and one write ends everything in it.
import fs from 'node:fs';
import path from 'node:path';

/**
 * The folder of our own control group in the unified hierarchy, or null where there is none. The
 * mount may show only a part of the hierarchy (containers), and may stand beside version 1.
 */
export function ownCgroup(): string | null {
  const mounts = readOrNull('/proc/self/mountinfo');
  const groups = readOrNull('/proc/self/cgroup');
  if (mounts === null || groups === null) return null;
  const mount = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .find((fields) => fields[fields.indexOf('-') + 1] === 'cgroup2');
  const own = groups
    .split('\n')
    .find((line) => line.startsWith('0::'))
    ?.slice(3);
  const [root, at] = [mount?.[3], mount?.[4]];
  if (root === undefined || at === undefined || own === undefined) return null;
  const inside = root === '/' ? own : own === root ? '/' : own.slice(root.length);
  return root !== '/' && own !== root && !own.startsWith(`${root}/`) ? null : path.join(at, inside);
}

/** Controllers that children of this group may use. */
export function controllersOf(cgroup: string): string[] {
  return (readOrNull(path.join(cgroup, 'cgroup.controllers')) ?? '').trim().split(/\s+/);
}

/** Every process in the group and below it; zombies are not listed by the kernel. */
export function processesIn(cgroup: string): number[] {
  const found: number[] = [];
  for (const folder of [cgroup, ...childGroups(cgroup)]) {
    const text = readOrNull(path.join(folder, 'cgroup.procs')) ?? '';
    for (const pid of text.split('\n')) if (pid !== '') found.push(Number(pid));
  }
  return found;
}

/** Kills everything in the group and below it, at once. False: not possible. */
export function killCgroup(cgroup: string): boolean {
  return write(path.join(cgroup, 'cgroup.kill'), '1');
}

/** Removes an empty group and what a job made below it. False: it is in use, or not ours. */
export function removeCgroup(cgroup: string): boolean {
  try {
    for (const child of childGroups(cgroup).toReversed()) fs.rmdirSync(child);
    fs.rmdirSync(cgroup);
    return true;
  } catch (error) {
    return isMissing(error);
  }
}

/** Removes a group whose last process has just died: the kernel frees it a little later. */
export async function removeCgroupSoon(cgroup: string): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt++) {
    if (removeCgroup(cgroup)) return true;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return false;
}

/** CPU seconds of everything that ever ran in the group; null when it cannot be read. */
export function cpuSecondsOf(cgroup: string): number | null {
  const micro = numberAfter(readOrNull(path.join(cgroup, 'cpu.stat')), 'usage_usec');
  return micro === null ? null : micro / 1e6;
}

/** Highest memory use in bytes; null without the memory controller. */
export function peakMemoryOf(cgroup: string): number | null {
  const text = readOrNull(path.join(cgroup, 'memory.peak'));
  return text === null ? null : Number(text);
}

/** How often the kernel killed in the group because of its memory limit. */
export function memoryKillsOf(cgroup: string): number {
  return numberAfter(readOrNull(path.join(cgroup, 'memory.events')), 'oom_kill') ?? 0;
}

/** Limits memory, swap included. False: the controller is not there. */
export function limitMemory(cgroup: string, bytes: number): boolean {
  write(path.join(cgroup, 'memory.swap.max'), '0');
  // Without this the kernel picks one process and the rest goes on in a broken state.
  write(path.join(cgroup, 'memory.oom.group'), '1');
  return write(path.join(cgroup, 'memory.max'), String(Math.floor(bytes)));
}

/** Lets children of the group use the memory controller. */
export function delegateMemory(cgroup: string): boolean {
  return write(path.join(cgroup, 'cgroup.subtree_control'), '+memory');
}

/** Groups below this one, parents before children. */
export function childGroups(cgroup: string): string[] {
  try {
    const folders = fs.readdirSync(cgroup, { withFileTypes: true });
    return folders
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(cgroup, entry.name))
      .flatMap((child) => [child, ...childGroups(child)]);
  } catch {
    return [];
  }
}

function numberAfter(text: string | null, name: string): number | null {
  const found = text?.split('\n').find((line) => line.startsWith(`${name} `));
  const value = Number(found?.slice(name.length + 1) ?? NaN);
  return Number.isFinite(value) ? value : null;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function readOrNull(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function write(file: string, text: string): boolean {
  try {
    fs.writeFileSync(file, text);
    return true;
  } catch {
    return false;
  }
}
