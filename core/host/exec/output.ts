// The last bytes of a job's output, with a bound: a job may print for hours.
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Keeps the last `limit` bytes that were pushed. */
export class Tail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    const kept = chunk.length > this.#limit ? chunk.subarray(chunk.length - this.#limit) : chunk;
    this.#chunks.push(kept);
    this.#bytes += kept.length;
    while (this.#bytes > this.#limit) this.#dropFront(this.#bytes - this.#limit);
    // Many tiny writes would cost more in bookkeeping than in bytes.
    if (this.#chunks.length > 1024) this.#chunks = [Buffer.concat(this.#chunks)];
  }

  /** As text; a character that was cut at the front is left out. */
  toString(): string {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    let from = 0;
    if (this.#bytes === this.#limit) {
      while (from < 4 && isContinuation(all[from])) from += 1;
    }
    return all.toString('utf8', from);
  }

  #dropFront(excess: number): void {
    const first = this.#chunks[0];
    if (first === undefined) return;
    if (first.length <= excess) {
      this.#chunks.shift();
      this.#bytes -= first.length;
      return;
    }
    // A copy: a slice would keep the whole chunk alive.
    this.#chunks[0] = Buffer.from(first.subarray(excess));
    this.#bytes -= excess;
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Per stream: more than this in one window waits in the pipe, and so does its writer. */
const WINDOW_BYTES = 1024 * 1024;
const WINDOW_MS = 100;

type OnChunk = (stream: 'stdout' | 'stderr', chunk: Buffer, text: string) => void;

/**
 * Reads both streams of a job, at most 10 MB/s each: one that prints without end must not take the
 * host's time. `text` never holds half a character. Returns what lifts the limit, for the end.
 */
export function capture(child: ChildProcess, onChunk: OnChunk): () => void {
  const lifts = (['stdout', 'stderr'] as const).map((name) => {
    const stream = child[name];
    return stream === null ? () => {} : throttled(stream, (...heard) => onChunk(name, ...heard));
  });
  return () => {
    for (const lift of lifts) lift();
  };
}

function throttled(stream: Readable, onChunk: (chunk: Buffer, text: string) => void): () => void {
  const decoder = new StringDecoder('utf8');
  let windowEnd = 0;
  let budget = 0;
  let timer: NodeJS.Timeout | undefined;
  let free = false;
  stream.on('data', (chunk: Buffer) => {
    onChunk(chunk, decoder.write(chunk));
    const now = performance.now();
    if (now >= windowEnd) {
      windowEnd = now + WINDOW_MS;
      budget = WINDOW_BYTES;
    }
    budget -= chunk.length;
    if (budget > 0 || free) return;
    stream.pause();
    timer = setTimeout(() => stream.resume(), windowEnd - now);
  });
  stream.on('error', () => {}); // the process is gone; its end is told elsewhere
  return () => {
    free = true;
    clearTimeout(timer);
    stream.resume();
  };
}
