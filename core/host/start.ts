// Starting a host from a process of its own: the ways it can end, and the exit code of each.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Host, startHost } from './host.ts';
import { JournalError } from './journal/sqlite.ts';
import { BadModels } from './models/models.ts';
import type { HostOptions } from './options.ts';

/** Exit codes: 0 stopped, 1 defect, 2 usage, 3 in use, 4 ledger damaged, 5 disk failed. */
export interface Failure {
  code: number;
  message: string;
}

/** A host that was just killed may take a moment to let go of its files. */
const IN_USE_PATIENCE_MS = 1500;
const IN_USE_RETRY_MS = 100;

/** Starts a host, or says with which code and message the process should end. */
export async function tryStart(options: HostOptions): Promise<Host | Failure> {
  const until = performance.now() + IN_USE_PATIENCE_MS;
  for (;;) {
    try {
      return await startHost(options);
    } catch (e) {
      const busy = e instanceof JournalError && e.code === 'in-use';
      if (busy && performance.now() < until) await sleep(IN_USE_RETRY_MS);
      else return failureOf(e);
    }
  }
}

export const isFailure = (x: Host | Failure): x is Failure => 'message' in x;

function failureOf(e: unknown): Failure {
  if (e instanceof JournalError) return { code: e.exitCode, message: e.message };
  if (e instanceof BadModels) return { code: 2, message: e.message };
  const code = (e as { code?: unknown }).code;
  if (code === 'EADDRINUSE') return { code: 2, message: 'the port is in use; choose another' };
  if (code === 'EACCES' || code === 'EROFS') {
    return { code: 2, message: `the data directory cannot be written: ${String(e)}` };
  }
  return { code: 1, message: e instanceof Error ? (e.stack ?? e.message) : String(e) };
}
