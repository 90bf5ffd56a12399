// The command line as a stranger uses it: a process with arguments, an exit code and two streams.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

export const root = path.resolve(import.meta.dirname, '../..');
const HAGGLE = path.join(root, 'cli/haggle.ts');
const LIMIT_MS = 60_000;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  tookMs: number;
}

export interface Started {
  child: ChildProcess;
  pid: number;
  ended: Promise<Ended>;
  /** Resolves when what was written to that stream so far matches. */
  says(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<void>;
}

/** A folder that is removed when the test ends. */
export function tempDir(t: Pick<TestContext, 'after'>): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-cli-'));
  t.after(() => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

/** Nothing of the tests' own surroundings reaches the command but where programs are. */
function environment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, TMPDIR } = process.env;
  const nowhere = path.join(os.tmpdir(), 'haggle-cli-default');
  return { PATH, TMPDIR, HAGGLE_NODE: process.execPath, HAGGLE_DATA_DIR: nowhere, ...extra };
}

export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  return launch(process.execPath, [HAGGLE, ...args], env);
}

/** Any program; it is killed when it does not end by itself. */
export function launch(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Started {
  const startedAt = performance.now();
  const child = spawn(command, args, {
    cwd: root,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
  }
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const ended = once(child, 'close').then(([code, signal]) => {
    clearTimeout(limit);
    const tookMs = performance.now() - startedAt;
    return { code, signal, ...text, tookMs } as Ended;
  });
  return {
    child,
    pid: child.pid ?? 0,
    ended,
    says: (stream, pattern) =>
      waitFor(() => pattern.test(text[stream]), `${args.join(' ')} to say ${pattern}`),
  };
}

/** Runs a command to its end. */
export const haggle = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  start(args, env).ended;

/** Runs a command that must succeed and print one JSON document. */
export async function document<T>(args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await haggle([...args, '--json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as T;
}

export interface Served {
  dataDir: string;
  url: string;
  token: string;
  pid: number;
  /** `args` on this host. */
  on(...args: string[]): string[];
  stop(): Promise<Ended>;
}

/** `haggle serve` on a data directory of its own; stopped when the test ends. */
export async function serve(
  t: Pick<TestContext, 'after'>,
  { dataDir = tempDir(t), args = [] as string[] } = {},
): Promise<Served> {
  const started = start(['serve', '--data-dir', dataDir, ...args]);
  const stop = (): Promise<Ended> => {
    started.child.kill('SIGTERM');
    return started.ended;
  };
  t.after(stop);
  await started.says('stdout', /\n/);
  const token = fs.readFileSync(path.join(dataDir, 'operator.token'), 'utf8').trim();
  const note = fs.readFileSync(path.join(dataDir, 'host.json'), 'utf8');
  const { url } = JSON.parse(note) as { url: string };
  const on = (...words: string[]): string[] => {
    const end = words.indexOf('--');
    const own = end < 0 ? words.length : end;
    return [...words.slice(0, own), '--data-dir', dataDir, ...words.slice(own)];
  };
  return { dataDir, url, token, pid: started.pid, on, stop };
}

/** Whether a process is alive: a dead one that nobody has waited for is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) [ZX]/s.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // Without /proc the signal alone must do.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}

export async function waitFor(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  limitMs = 20_000,
): Promise<void> {
  const until = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > until) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
