// A host of the command line's own: started when none is running, and stopped when it is no longer
// needed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fault } from './fault.ts';

export interface HostProcess {
  readonly url: string;
  readonly pid: number;
  /** Finishes the commit in hand and ends. */
  stop(): Promise<void>;
  /** Leaves it to itself: it ends when nobody has anything to do on it any more. */
  release(): void;
}

/** What becomes of it when we die: it ends at once, or as soon as it is idle. */
export type WhenOrphaned = 'end' | 'idle';

const READY_MS = 30_000;
const STOP_MS = 10_000;
const IN_USE = 3;
const LOG_TAIL = 2000;

/** The host's program, beside the built command line or in the tree. */
export function serveFile(): string {
  const built = path.resolve(import.meta.dirname, '../host/serve.js');
  return fs.existsSync(built) ? built : path.resolve(import.meta.dirname, '../core/host/serve.ts');
}

/**
 * Starts a host on a data directory; null when another process holds it. Throws a Fault when it
 * does not come up.
 */
export async function startHost(
  dataDir: string,
  whenOrphaned: WhenOrphaned,
): Promise<HostProcess | null> {
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // A file, not a pipe: the host may outlive us, and writing into a closed pipe would end it.
  const log = path.join(dataDir, 'host.log');
  const child = launch(dataDir, whenOrphaned, log);
  const line = await Promise.race([readyLine(child), sleep(READY_MS, null, { ref: false })]);
  const ready = line === null ? null : readReady(line);
  if (ready === null) {
    if (child.exitCode === IN_USE) return null;
    child.kill('SIGKILL');
    const told = tailOf(log) || `it ended with code ${child.exitCode ?? 'none'}`;
    throw fault('host-not-started', told, { field: '--data-dir' });
  }
  return {
    url: ready.url,
    pid: child.pid ?? 0,
    stop: () => stop(child),
    release() {
      child.stdout?.destroy();
      child.unref();
    },
  };
}

function launch(dataDir: string, whenOrphaned: WhenOrphaned, log: string): ChildProcess {
  const stderr = fs.openSync(log, 'w', 0o600);
  try {
    const node = process.env.HAGGLE_NODE || process.execPath;
    return spawn(node, [serveFile(), '--data-dir', dataDir], {
      env: { ...process.env, HAGGLE_FOLLOW_PARENT: whenOrphaned },
      // A group of its own: Ctrl-C is for us, and we still need the host to end in order.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', stderr],
    });
  } finally {
    fs.closeSync(stderr);
  }
}

/** The one line of a host that is ready; null when it ended without. */
function readyLine(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    child.once('error', () => resolve(null));
    child.once('close', () => resolve(null));
  });
}

function readReady(line: string): { url: string } | null {
  try {
    const { ready, url } = JSON.parse(line) as { ready?: unknown; url?: unknown };
    return ready === true && typeof url === 'string' ? { url } : null;
  } catch {
    return null;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(late);
}

/** What the host said last, without our own prefix. */
function tailOf(file: string): string {
  try {
    const text = fs.readFileSync(file, 'utf8').trim().slice(-LOG_TAIL);
    return text.replace(/^haggle: /gmu, '');
  } catch {
    return '';
  }
}
