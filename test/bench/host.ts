// The built host as its users meet it: how fast it is there, and what it carries over HTTP with the
// client on the same machine.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { HttpRow } from './http-client.ts';

export interface ReadyRow {
  /** From the start of the process to its ready line, milliseconds, on an empty folder. */
  freshMs: { min: number; p50: number; max: number };
  /** The same on data of an earlier run. */
  againMs: { min: number; p50: number; max: number };
  starts: number;
}

const ROOT = path.resolve(import.meta.dirname, '../..');
const SERVE = path.join(ROOT, 'out/host/serve.js');
const CLIENT = path.join(import.meta.dirname, 'http-client.ts');
const run = promisify(execFile);

interface Served {
  child: ChildProcess;
  url: string;
  token: string;
  readyMs: number;
}

async function serve(dataDir: string, probe: boolean): Promise<Served> {
  const from = performance.now();
  const argv = [SERVE, '--data-dir', dataDir, '--json', ...(probe ? [] : ['--no-probe'])];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const readyMs = performance.now() - from;
  const ready = JSON.parse(String(line)) as { url: string; operatorTokenFile: string };
  const token = fs.readFileSync(ready.operatorTokenFile, 'utf8').trim();
  return { child, url: ready.url, token, readyMs };
}

async function end({ child }: Served): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

/** In a folder of its own, gone afterwards. */
export async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-bench-'));
  try {
    return await work(dir);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Host ready, with the machine probed and its capacity on the market. */
export async function measureReady(starts = 9): Promise<ReadyRow> {
  const fresh: number[] = [];
  const again: number[] = [];
  for (let i = 0; i < starts; i++) {
    await inFolder(async (dir) => {
      for (const times of [fresh, again]) {
        const host = await serve(dir, true);
        times.push(host.readyMs);
        await end(host);
      }
    });
  }
  return { freshMs: spread(fresh), againMs: spread(again), starts };
}

/** Durable calls, one row a number in flight. The client is a process of its own. */
export async function measureHttp(seconds = 6, inFlight = [1, 16, 256]): Promise<HttpRow[]> {
  const rows: HttpRow[] = [];
  for (const n of inFlight) {
    await inFolder(async (dir) => {
      const host = await serve(dir, false);
      const load = (s: number): Promise<{ stdout: string }> =>
        run(process.execPath, [CLIENT, host.url, host.token, String(n), String(s)]);
      await load(3); // compiled code, warm caches
      const { stdout } = await load(seconds);
      rows.push(JSON.parse(stdout) as HttpRow);
      await end(host);
    });
  }
  return rows;
}

/** Minimum, median and maximum, in tenths. */
export function spread(values: readonly number[]): { min: number; p50: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (i: number): number => Math.round((sorted[i] ?? 0) * 10) / 10;
  return { min: at(0), p50: at(Math.floor(sorted.length / 2)), max: at(sorted.length - 1) };
}
