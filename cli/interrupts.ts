// Signals, and the death of whoever started us, as one thing that a command can react to.
import os from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type Interrupt = (typeof SIGNALS)[number];
const PARENT_MS = 250;

/** The exit code of a process that this signal ended, as a shell would say it. */
export function signalCode(signal: string): number {
  const numbers: Readonly<Record<string, number>> = os.constants.signals;
  return 128 + (numbers[signal] ?? 0);
}

/** One Ctrl-C may arrive twice: from the terminal, and passed on by a launcher. */
const ONE_PRESS_MS = 1000;

/**
 * Calls back at the first signal; a later one ends the process at once. Returns what gives the
 * signals back their usual meaning.
 */
export function onInterrupt(listener: (signal: Interrupt) => void): () => void {
  let heardAt: number | null = null;
  const hear = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (heardAt === null) {
      heardAt = now;
      listener(signal as Interrupt);
    } else if (now - heardAt > ONE_PRESS_MS) process.exit(signalCode(signal));
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return () => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
}

/** Started by a launcher, a command ends with it, even when that is killed without a word. */
export function followParent(): void {
  if (!process.env.HAGGLE_FOLLOW_PARENT) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_MS);
  timer.unref();
}
