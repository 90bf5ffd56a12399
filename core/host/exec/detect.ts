// Finds out at start by what this machine can end a job. Each step is tried for real, because being
// allowed to look says nothing about being allowed to do.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { controllersOf, delegateMemory, ownCgroup, removeCgroup } from './cgroup.ts';
import type { Fence } from './hold.ts';
import type { Capabilities, TimeMechanism } from './types.ts';
import type { Tools } from './wrap.ts';

export interface Mechanism {
  fence: Fence;
  memory: Capabilities['memory'];
  detail: string;
  tools: Tools;
  /** Whether the shell says in words that a signal ended a command (see wrap.ts). */
  shellTells: boolean;
  /** Parent of the jobs' control groups, with the `cgroup` fence. */
  cgroupBase: string | null;
}

const PROBE_TIMEOUT_MS = 3000;
const SHELLS = ['/bin/sh', '/bin/dash', '/usr/bin/dash', '/bin/ash'];

/**
 * The strongest mechanism that works here, or exactly `wanted`. Resolves to null only if `wanted`
 * does not work. `dataDir` names the control group: one host per data folder.
 */
export async function detect(dataDir: string, wanted?: TimeMechanism): Promise<Mechanism | null> {
  if (process.platform === 'win32') return wanted === undefined ? windows() : null;
  const { shell, tells } = await findShell();
  const tools: Tools = { shell, nice: findTool('nice'), unshare: null };
  const common = { tools, shellTells: tells, cgroupBase: null };
  if (process.platform === 'linux' && (wanted ?? 'cgroup') === 'cgroup') {
    const base = await usableCgroup(dataDir, shell);
    if (base !== null) return byCgroup(base, common);
  }
  if (process.platform === 'linux' && (wanted ?? 'pid-namespace') === 'pid-namespace') {
    const unshare = await usableUnshare(shell);
    if (unshare !== null) return byNamespace({ ...common, tools: { ...tools, unshare } });
  }
  return (wanted ?? 'process-group') === 'process-group' ? byGroup(common) : null;
}

type Common = Pick<Mechanism, 'tools' | 'shellTells' | 'cgroupBase'>;

/** The memory controller could not be tried on any machine of ours: none had it in version 2. */
function byCgroup(base: string, common: Common): Mechanism {
  const limited = controllersOf(base).includes('memory') && delegateMemory(base);
  return {
    ...common,
    fence: 'cgroup',
    cgroupBase: base,
    memory: limited ? 'cgroup' : 'watch',
    detail:
      'own control group (version 2) per job, ended by cgroup.kill: nothing escapes; memory ' +
      (limited ? 'is limited by the kernel' : 'is watched once a second'),
  };
}

function byNamespace(common: Common): Mechanism {
  return {
    ...common,
    fence: 'pid-namespace',
    memory: 'watch',
    detail: 'own process namespace per job: nothing escapes; memory is watched once a second',
  };
}

/** macOS comes here too, where none of this has been run yet. */
function byGroup(common: Common): Mechanism {
  const linux = process.platform === 'linux';
  return {
    ...common,
    fence: 'process-group',
    memory: 'watch',
    detail: linux
      ? 'weak: own process group per job, stragglers are found by a mark in their environment; ' +
        'a program that hides it can outlive its lease; memory is watched once a second'
      : 'weak: own process group per job; a program that leaves it can outlive its lease; ' +
        'memory is watched once a second',
  };
}

/** Not run on any machine of ours. */
function windows(): Mechanism {
  return {
    fence: 'process-tree',
    memory: 'none',
    detail: 'weak: taskkill ends the tree of processes as far as it can be seen; memory is free',
    tools: { shell: '', nice: null, unshare: null },
    shellTells: false,
    cgroupBase: null,
  };
}

/** A group of our own that a process can be put into, below the one we run in. */
async function usableCgroup(dataDir: string, shell: string): Promise<string | null> {
  const own = ownCgroup();
  if (own === null) return null;
  const name = createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 12);
  const base = path.join(own, `haggle-${name}`);
  const trial = path.join(base, 'trial');
  try {
    fs.mkdirSync(trial, { recursive: true });
    fs.accessSync(path.join(trial, 'cgroup.kill'), fs.constants.W_OK);
    const script = 'echo 0 >"$1/cgroup.procs" && exec cat /proc/self/cgroup';
    const said = await output(shell, ['-c', script, 'trial', trial]);
    if (said.includes(`/haggle-${name}/trial\n`)) return base;
  } catch {
    // Not allowed, or not there.
  } finally {
    removeCgroup(trial);
  }
  removeCgroup(base);
  return null;
}

/** With its own view of /proc where that is allowed; as an ordinary user by a user namespace. */
async function usableUnshare(shell: string): Promise<string[] | null> {
  const tool = findTool('unshare');
  if (tool === null) return null;
  const pid = ['--fork', '--pid', '--kill-child'];
  const user = ['--user', '--map-current-user'];
  const variants = [
    [...pid, '--mount-proc'],
    [...user, ...pid, '--mount-proc'],
    pid,
    [...user, ...pid],
  ];
  for (const variant of variants) {
    const line = [tool, ...variant];
    const said = await output(line[0] ?? '', [...line.slice(1), shell, '-c', 'echo "pid $$"']);
    if (said === 'pid 1\n') return line;
  }
  return null;
}

/** The first shell that tells a death by signal from an exit code; else the usual one. */
async function findShell(): Promise<{ shell: string; tells: boolean }> {
  const present = SHELLS.filter((shell) => fs.existsSync(shell));
  for (const shell of present) {
    const script = `exec 2>&1; ( exec ${shell} -c 'kill -TERM $$' ); exit 0`;
    if ((await output(shell, ['-c', script])) !== '') return { shell, tells: true };
  }
  return { shell: present[0] ?? '/bin/sh', tells: false };
}

function findTool(name: string): string | null {
  const folders = ['/usr/bin', '/bin', '/usr/local/bin', '/sbin', '/usr/sbin'];
  return (
    folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file)) ?? null
  );
}

/** What a command prints; '' when it fails or takes too long. */
function output(file: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { timeout: PROBE_TIMEOUT_MS, env: { PATH: '/usr/bin:/bin' } };
    execFile(file, args, { ...options, killSignal: 'SIGKILL' }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
}
