// The market inside the host: journal, loop and pace bound together, and nothing else.
import { randomFillSync } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Journal } from './journal/journal.ts';
import { sha256 } from './journal/recover.ts';
import { JournalError } from './journal/sqlite.ts';
import { type Batch, createLoop, type Loop } from './loop.ts';
import type { Metrics } from './metrics.ts';
import { createPace, type Pace } from './pace.ts';

export interface MarketCore {
  readonly loop: Loop;
  /** 32 fresh random bits. */
  entropy(): number;
  /** Something is waiting in the inbox. */
  stir(): void;
  onCommitted(listener: (batch: Batch) => void): void;
  onStorage(listener: (full: boolean) => void): void;
  storageFull(): boolean;
  /** Delegates' timers join the loop's. */
  start(timers: { wake(): void; nextWakeAt(): number | null }): void;
  stop(): void;
  /** Ends the host: damage was found, or the disk failed, outside a turn. */
  fatal(e: unknown): void;
}

/** Exit codes of a host that cannot go on. */
const DEFECT = 1;
const DISK_FAILED = 5;
/** What the files beside the database fail with. */
const DISK_CODES = new Set(['EIO', 'EROFS', 'EDQUOT', 'ENOSPC']);

export function createMarketCore(parts: {
  journal: Journal;
  clock: Clock;
  metrics: Metrics;
  fatal(code: number, message: string): void;
}): MarketCore {
  const { journal, clock, metrics } = parts;
  const committed: ((batch: Batch) => void)[] = [];
  const storage: ((full: boolean) => void)[] = [];
  let timers = { wake: (): void => {}, nextWakeAt: (): number | null => null };
  const pool = entropyPool();
  let pace: Pace | null = null;

  const loop = createLoop(journal.start, {
    now: clock.now,
    entropy: pool,
    hash: sha256,
    recall: journal.recall,
    commit(batch, m) {
      const from = performance.now();
      journal.commit(batch, m);
      metrics.countCommit(batch.entries.length, performance.now() - from);
    },
    restore() {
      pace?.halt();
      return journal.restore();
    },
    committed(batch) {
      for (const listener of committed) listener(batch);
    },
  });
  const fatal = (e: unknown): void => {
    const { code, message } = endingOf(e);
    parts.fatal(code, message);
  };
  const turns = createPace({
    loop,
    clock,
    wake: () => timers.wake(),
    nextWakeAt: () => timers.nextWakeAt(),
    hasSpace: journal.hasSpace,
    storage(full) {
      for (const listener of storage) listener(full);
    },
    fatal,
  });
  pace = turns;
  return {
    loop,
    entropy: pool,
    stir: () => turns.stir(),
    onCommitted: (listener) => void committed.push(listener),
    onStorage: (listener) => void storage.push(listener),
    storageFull: () => turns.halted(),
    start(t) {
      timers = t;
      turns.stir();
    },
    stop: () => turns.stop(),
    fatal,
  };
}

/** With which code and message a host ends that met this. */
function endingOf(e: unknown): { code: number; message: string } {
  if (e instanceof JournalError) return { code: e.exitCode, message: e.message };
  const message = e instanceof Error ? (e.stack ?? e.message) : String(e);
  const code = String((e as { code?: unknown } | null)?.code ?? '');
  const disk = code.startsWith('SQLITE_') || DISK_CODES.has(code);
  return { code: disk ? DISK_FAILED : DEFECT, message };
}

/** Random words from the system, fetched a page at a time. */
function entropyPool(): () => number {
  const words = new Uint32Array(1024);
  let at = words.length;
  return () => {
    if (at === words.length) {
      randomFillSync(words);
      at = 0;
    }
    return words[at++] ?? 0;
  };
}
