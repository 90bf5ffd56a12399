// What the executor's tests share: executors of every kind that this machine can run, scripts that
// try to get away, and a look at processes that does not go through the code under test.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openExecutor } from '../../core/host/exec/executor.ts';
import type { Executor, JobReport, JobSpec, TimeMechanism } from '../../core/host/exec/types.ts';

const MECHANISMS: readonly TimeMechanism[] = ['cgroup', 'pid-namespace', 'process-group'];

export interface Kind {
  mechanism: TimeMechanism;
  /** False, or why this machine cannot run it. */
  skip: string | false;
  /** Nothing escapes it, whatever the program does. */
  strong: boolean;
}

/** Every mechanism, tried for real. */
export const KINDS: readonly Kind[] = await Promise.all(
  MECHANISMS.map(async (mechanism) => {
    const strong = mechanism !== 'process-group';
    if (process.platform === 'win32') {
      return { mechanism, strong, skip: 'Windows has neither of these mechanisms' };
    }
    const dataDir = newFolder();
    try {
      const executor = await openExecutor({ dataDir, mechanism });
      await executor.close();
      return { mechanism, strong, skip: false as const };
    } catch (error) {
      return { mechanism, strong, skip: error instanceof Error ? error.message : String(error) };
    } finally {
      fs.rmSync(dataDir, { recursive: true, force: true });
    }
  }),
);
/** One that works, for what does not depend on the mechanism. */
export const ANY: Kind = KINDS.find((kind) => kind.skip === false) ?? {
  mechanism: 'process-group',
  strong: false,
  skip: 'no mechanism works here',
};
export const LINUX: string | false =
  process.platform === 'linux' ? false : 'needs /proc to look at processes';

export function newFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-exec-'));
}

/** Opens an executor, runs `body`, closes it; nothing may be left in its data folder. */
export async function withExecutor(
  mechanism: TimeMechanism,
  body: (executor: Executor, dataDir: string) => Promise<void>,
): Promise<void> {
  const dataDir = newFolder();
  const executor = await openExecutor({ dataDir, mechanism });
  try {
    assert.equal(executor.capabilities().time, mechanism);
    await body(executor, dataDir);
  } finally {
    await executor.close();
  }
  assert.deepEqual(leftIn(dataDir), [], 'crash files and private folders are removed');
  fs.rmSync(dataDir, { recursive: true });
}

export function leftIn(dataDir: string): string[] {
  return ['jobs', 'work'].flatMap((name) => fs.readdirSync(path.join(dataDir, name)));
}

let leases = 0;

export function specOf(argv: readonly string[], more: Partial<JobSpec> = {}): JobSpec {
  leases += 1;
  return {
    leaseId: `lease_${leases}`,
    epoch: 1,
    title: 'a test',
    argv,
    env: {},
    slots: [0],
    deadlineAt: Date.now() + 20_000,
    nice: 0,
    ...more,
  };
}

export const sh = (script: string): string[] => ['sh', '-c', script];

/** Starts a job that must start; `report` resolves when it has ended. */
export function begin(
  executor: Executor,
  spec: JobSpec,
): { spec: JobSpec; pid: number; report: Promise<JobReport> } {
  const { promise, resolve } = Promise.withResolvers<JobReport>();
  const started = executor.start(spec, resolve);
  if (!started.ok) assert.fail(`${started.why.code}: ${started.why.detail}`);
  return { spec, pid: started.pid, report: promise };
}

export async function run(
  executor: Executor,
  argv: readonly string[],
  more: Partial<JobSpec> = {},
): Promise<JobReport> {
  return begin(executor, specOf(argv, more)).report;
}

/** A nap that can be told from every other one on this machine by its command line. */
export function newNap(): { command: string; count(): number; pids(): number[] } {
  const command = `sleep ${randomInt(100_000, 999_999)}.${randomInt(1_000_000)}`;
  const pids = () => pidsRunning(command);
  return { command, pids, count: () => pids().length };
}

/** Processes whose command line is exactly that; zombies have none. */
function pidsRunning(command: string): number[] {
  const line = `${command.split(' ').join('\0')}\0`;
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1') === line;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Tries until it is true; returns how long that took, ms. Fails after `withinMs`. */
export async function until(
  isTrue: () => boolean,
  withinMs: number,
  what: string,
): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    if (isTrue()) return performance.now() - startedAt;
    if (performance.now() - startedAt > withinMs) assert.fail(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * Five ways to stay: a child, one that ignores every polite signal, one in a session of its own,
 * one that forked twice and lost its parent, and the command itself. `hidden` adds one that has
 * thrown its environment away.
 */
export function escapees(nap: string, hidden: boolean): string {
  return [
    `${nap} &`,
    `( trap '' TERM HUP INT; exec ${nap} ) &`,
    `setsid ${nap} &`,
    `( setsid sh -c '${nap} & exit' & ) &`,
    hidden ? `( env -i PATH="$PATH" setsid sh -c '${nap} & exit' & ) &` : '',
    `exec ${nap}`,
  ].join('\n');
}
export const escapeesOf = (hidden: boolean): number => (hidden ? 6 : 5);

export interface DoomedHost {
  pid: number;
  leash: number;
  kill(signal: NodeJS.Signals): void;
  exited: Promise<void>;
}

/** A host in a process of its own that runs `script` as a job, to be killed. */
export async function startHost(
  dataDir: string,
  mechanism: TimeMechanism,
  job: { script: string; forMs: number },
): Promise<DoomedHost> {
  const file = path.join(import.meta.dirname, 'exec-host.ts');
  const args = [file, dataDir, mechanism, job.script, String(job.forMs)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    child.once('exit', (code) => reject(new Error(`the host exited with ${code}`)));
  });
  const { leash } = JSON.parse(line) as { leash: number };
  return { pid: child.pid ?? 0, leash, kill: (signal) => child.kill(signal), exited };
}
