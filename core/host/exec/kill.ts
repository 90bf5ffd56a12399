// Ending all of a job by its hold. Used by the host, by the leash after the host has died, and by
// the sweep after both have.
import { execFile } from 'node:child_process';
import { killCgroup, processesIn } from './cgroup.ts';
import type { Hold } from './hold.ts';
import { allStats, isAlive, isDead, marksByPid, type ProcessStat, statOf, treeOf } from './proc.ts';

/** After a kill the kernel needs a moment; with every core busy it has taken 160 ms. */
const FIRST_LOOK_MS = 2;
const LAST_LOOK_MS = 50;

/**
 * What is still alive of a job, pids. Costs a look at every process except with a cgroup. `fresh`:
 * the job ran a moment ago, so the number of its group cannot have passed to somebody else yet.
 */
export function membersOf(hold: Hold, fresh: boolean): number[] {
  switch (hold.fence) {
    case 'cgroup':
      return hold.cgroup === null ? [] : processesIn(hold.cgroup);
    case 'pid-namespace':
      return namespaceMembers(hold).map((stat) => stat.pid);
    case 'process-group':
      return groupMembers(hold, fresh);
    case 'process-tree':
      return hold.pid !== null && exists(hold.pid) ? [hold.pid] : [];
  }
}

/**
 * The leader of a namespace holds all of it: what loses its parent inside comes to the namespace's
 * first process, and that one dies with the leader. Without the leader there is nothing left.
 */
function namespaceMembers(hold: Hold): ProcessStat[] {
  if (hold.pid === null) return marked(hold);
  if (!isAlive(hold.pid, hold.startTicks)) return marked(hold);
  return treeOf(hold.pid).filter((stat) => !isDead(stat));
}

/** Group, session, tree and mark: a process has to leave all four to get away. */
function groupMembers(hold: Hold, fresh: boolean): number[] {
  const found = new Set(marked(hold).map((stat) => stat.pid));
  const { pid } = hold;
  if (pid === null) return [...found];
  if (!isLinux()) return exists(-pid) ? [pid] : [];
  const leader = statOf(pid);
  const same = leader !== null && leader.startTicks === hold.startTicks;
  // The kernel gives no number away while a group has it. So with another process of that number
  // the group is not ours; with none it is, unless it has been given away and left again since.
  if (!same && !(fresh && leader === null)) return [...found];
  const since = hold.startTicks ?? Infinity;
  for (const stat of allStats()) {
    const ours = stat.group === pid || stat.session === pid;
    if (ours && stat.startTicks >= since && !isDead(stat)) found.add(stat.pid);
  }
  if (same) for (const stat of treeOf(pid)) if (!isDead(stat)) found.add(stat.pid);
  return [...found];
}

function marked(hold: Hold): ProcessStat[] {
  if (!isLinux()) return [];
  const marks = marksByPid();
  return allStats().filter((stat) => marks.get(stat.pid) === hold.mark && !isDead(stat));
}

/** SIGKILL to everything of a job that can be found now. Never throws, never waits. */
export function strike(hold: Hold, fresh: boolean): void {
  if (hold.fence === 'cgroup' && hold.cgroup !== null) {
    if (killCgroup(hold.cgroup)) return;
    for (const pid of processesIn(hold.cgroup)) send(pid, 'SIGKILL');
    return;
  }
  if (hold.fence === 'process-tree') {
    if (hold.pid !== null) killTree(hold.pid);
    return;
  }
  const { pid } = hold;
  // First the group in one call: between finding members one by one, they could fork.
  if (pid !== null && leads(hold)) send(-pid, 'SIGKILL');
  for (const member of membersOf(hold, fresh)) send(member, 'SIGKILL');
}

/** SIGTERM to the job's process group, so that it can finish in order. */
export function ask(hold: Hold): void {
  if (hold.pid === null || !leads(hold)) return;
  if (hold.fence === 'process-tree') return;
  send(-hold.pid, 'SIGTERM');
}

/** Strikes until nothing is left. Resolves with how many could not be killed in that time. */
export async function strikeUntilEmpty(
  hold: Hold,
  withinMs: number,
  fresh: boolean,
): Promise<number> {
  const end = performance.now() + withinMs;
  let pause = FIRST_LOOK_MS;
  for (;;) {
    strike(hold, fresh);
    await new Promise((resolve) => setTimeout(resolve, pause));
    const left = membersOf(hold, fresh).length;
    if (left === 0 || performance.now() > end) return left;
    pause = Math.min(LAST_LOOK_MS, pause * 2);
  }
}

/** Whether the pid still is the job's leader: after it has died the number may be another's. */
function leads(hold: Hold): boolean {
  if (hold.pid === null) return false;
  return isLinux() ? isAlive(hold.pid, hold.startTicks) : exists(hold.pid);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has gone by itself, which is what was wanted.
  }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Windows, never run by us: children that were given another parent are missed. */
function killTree(pid: number): void {
  execFile('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true }, () => {
    // It fails when the process has gone already.
  });
}

function isLinux(): boolean {
  return process.platform === 'linux';
}
