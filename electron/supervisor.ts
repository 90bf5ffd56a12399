import type { MessagePortMain, UtilityProcess } from 'electron';
import type { HostStatus, HostToShell, ShellToHost } from '../core/contract.ts';
import { createBackoff } from './backoff.ts';

/** The journal is crash-safe: a host that does not end in this time is killed. */
const SHUTDOWN_MS = 3_000;

export interface Supervisor {
  start(): void;
  /** Tries again after `failed`; does nothing in any other state. */
  restart(): void;
  /** Hands one end of a channel to the host; false when no host is up to take it. */
  connect(port: MessagePortMain): boolean;
  status(): HostStatus;
  /** Asks the host to finish, waits, kills it if it must; resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Keeps one host process alive. Its death is visible only as `exit`: no message precedes a crash.
 * `onStatus` is called at every change, after the new status is readable.
 */
export function superviseHost(
  fork: () => UtilityProcess,
  onStatus: (status: HostStatus) => void,
): Supervisor {
  const backoff = createBackoff();
  let child: UtilityProcess | null = null;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let fatal = '';
  let status: HostStatus = { kind: 'host-status', state: 'starting' };

  const show = (next: Omit<HostStatus, 'kind'>) => {
    status = { kind: 'host-status', ...next };
    onStatus(status);
  };
  const post = (message: ShellToHost, ports: MessagePortMain[] = []) =>
    child?.postMessage(message, ports);
  const hear = (message: HostToShell) => {
    if (message.kind === 'ready') show({ state: 'up', attempt: backoff.quickDeaths() });
    else if (message.kind === 'fatal') fatal = message.message;
  };
  const bury = (code: number, livedMs: number) => {
    child = null;
    if (stopping) return;
    const verdict = backoff.died(livedMs);
    const message = fatal || explainExit(code);
    console.error(`haggle: the host ended: ${message}`);
    const attempt = backoff.quickDeaths();
    show({ state: verdict.restart ? 'down' : 'failed', code, attempt, message });
    if (verdict.restart) timer = setTimeout(start, verdict.delayMs);
  };
  function start(): void {
    if (child || stopping) return;
    fatal = '';
    show({ state: 'starting', attempt: backoff.quickDeaths() });
    const startedAt = performance.now();
    child = fork();
    child.on('message', hear);
    child.once('exit', (code) => bury(code, performance.now() - startedAt));
  }
  return {
    start,
    restart() {
      if (status.state !== 'failed') return;
      backoff.reset();
      start();
    },
    connect(port) {
      if (status.state !== 'up') return false;
      post({ kind: 'connect' }, [port]);
      return true;
    },
    status: () => status,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      if (child) await finish(child, () => post({ kind: 'shutdown' }));
    },
  };
}

async function finish(child: UtilityProcess, ask: () => void): Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  ask();
  const late = setTimeout(() => {
    // kill() only sends SIGTERM, which a host that hangs would not hear.
    if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
  }, SHUTDOWN_MS);
  await gone;
  clearTimeout(late);
}

function explainExit(code: number): string {
  if (code === 11) return 'The engine crashed in native code (signal 11).';
  if (code === 0) return 'The engine was stopped from outside.';
  return `The engine ended with code ${code}.`;
}
