// What the jobs of this host have written, stream by stream and in order, for whoever follows a
// lease. A reader says how far it has got and is given the rest, so it gets every character once,
// whether it came before the first one or long after the last.
import { LIMITS } from '../engine/base/limits.ts';
import type { Executor, OutputEvent } from './exec/types.ts';

/** A piece of output. Positions count characters of both streams together, from the first on. */
export interface OutputPart {
  at: number;
  stream: 'stdout' | 'stderr';
  text: string;
}

export interface OutputHistory {
  /** Starts jobs, and keeps what they write from their first character on. */
  readonly executor: Pick<Executor, 'capabilities' | 'start' | 'stop' | 'renew'>;
  /** What is kept from `position` on; it may begin later, when older output was dropped. */
  since(leaseId: string, position: number): OutputPart[];
  /** All that is kept, both streams together; null for a job that is not known (any more). */
  text(leaseId: string): string | null;
  /** Whether the job may still write. */
  isLive(leaseId: string): boolean;
  /** Calls back after more output, and once after the job's end. Returns the unsubscribe. */
  listen(leaseId: string, listener: () => void): () => void;
}

interface Kept {
  parts: OutputPart[];
  /** Characters kept, and written in all. */
  size: number;
  end: number;
  live: boolean;
}

/** Small writes are joined up to this size: a part costs more than a character. */
const PART_MAX = 16 * 1024;

export function keepOutput(executor: Executor): OutputHistory {
  const all = new Map<string, Kept>();
  const ended: string[] = [];
  let endedSize = 0;
  const listeners = new Map<string, Set<() => void>>();

  const tell = (leaseId: string): void => {
    for (const listener of listeners.get(leaseId) ?? []) listener();
  };

  function hear(leaseId: string, kept: Kept, event: OutputEvent): void {
    if (event.kind === 'output') append(kept, event.stream, event.text);
    else {
      kept.live = false;
      ended.push(leaseId);
      endedSize += kept.size;
      dropOldest();
    }
    tell(leaseId);
  }

  function dropOldest(): void {
    // A job that printed nothing takes room too.
    while (ended.length > LIMITS.endedJobsKept || endedSize > LIMITS.endedOutputBytesMax) {
      const oldest = ended.shift() ?? '';
      endedSize -= all.get(oldest)?.size ?? 0;
      all.delete(oldest);
    }
  }

  return {
    executor: {
      capabilities: () => executor.capabilities(),
      stop: (...how) => executor.stop(...how),
      renew: (...how) => executor.renew(...how),
      start(spec, onReport) {
        const started = executor.start(spec, onReport);
        if (!started.ok) return started;
        const kept: Kept = { parts: [], size: 0, end: 0, live: true };
        all.set(spec.leaseId, kept);
        // In the turn that started it: nothing has been read from it yet.
        executor.follow(spec.leaseId, (event) => hear(spec.leaseId, kept, event));
        return started;
      },
    },
    since: (leaseId, position) => partsFrom(all.get(leaseId)?.parts ?? [], position),
    text: (leaseId) =>
      all
        .get(leaseId)
        ?.parts.map((part) => part.text)
        .join('') ?? null,
    isLive: (leaseId) => all.get(leaseId)?.live ?? false,
    listen(leaseId, listener) {
      const known = listeners.get(leaseId) ?? new Set();
      listeners.set(leaseId, known.add(listener));
      return () => {
        known.delete(listener);
        if (known.size === 0) listeners.delete(leaseId);
      };
    },
  };
}

function append(kept: Kept, stream: OutputPart['stream'], text: string): void {
  const last = kept.parts.at(-1);
  if (last?.stream === stream && last.text.length + text.length <= PART_MAX) last.text += text;
  else kept.parts.push({ at: kept.end, stream, text });
  kept.size += text.length;
  kept.end += text.length;
  while (kept.size > LIMITS.jobLogBytesMax)
    kept.size -= kept.parts.shift()?.text.length ?? kept.size;
}

/** From the back: readers are mostly up to date. */
function partsFrom(parts: readonly OutputPart[], position: number): OutputPart[] {
  const found: OutputPart[] = [];
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i];
    if (part === undefined || part.at + part.text.length <= position) break;
    const skip = Math.max(0, position - part.at);
    found.push({ ...part, at: part.at + skip, text: part.text.slice(skip) });
  }
  return found.toReversed();
}
