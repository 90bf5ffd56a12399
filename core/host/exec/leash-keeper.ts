// The host's end of the leash: starts it, tells it about the jobs, and starts it again when it
// dies.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Hold } from './hold.ts';

export interface Leash {
  /** Tells about a job, or about a change of one. */
  hold(hold: Hold): void;
  /** The job is over, nothing of it is left. */
  release(mark: string): void;
  /** Null while there is none: it is being started again, or cannot be. */
  pid(): number | null;
  /** Lets it go without killing anything. */
  close(): Promise<void>;
}

export interface LeashOptions {
  /** A plain Node: in Electron, process.execPath is not one. */
  node: string;
  /** Defaults to the built leash, in development to its source. */
  file?: string;
  /** Parent of the jobs' control groups: nobody else is there to remove it when the host dies. */
  cgroupBase: string | null;
}

const READY_MS = 5000;
const CLOSE_MS = 1000;
/** Pauses between attempts: the first one is short because the jobs are unguarded meanwhile. */
const AGAIN_MS = [0, 0, 100, 1000, 10_000];
/** A leash that lived this long died of something new. */
const SOUND_MS = 10_000;
/** It holds a list of a few hundred entries and nothing else. */
const SMALL = ['--max-old-space-size=16', '--max-semi-space-size=1', '--no-warnings'];

type Child = ChildProcessByStdio<Writable, Readable, null>;
type Message = { hold: Hold } | { release: string } | { bye: true };

/** Starts the leash; resolves when it is ready, or when it is clear that there will be none. */
export async function startLeash(options: LeashOptions): Promise<Leash> {
  const { node, file = leashFile(), cgroupBase } = options;
  const keeper = new Keeper(node, [...SMALL, file, ...(cgroupBase === null ? [] : [cgroupBase])]);
  await keeper.launch();
  return keeper;
}

class Keeper implements Leash {
  readonly #node: string;
  readonly #args: readonly string[];
  readonly #held = new Map<string, Hold>();
  #child: Child | null = null;
  #failures = 0;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(node: string, args: readonly string[]) {
    this.#node = node;
    this.#args = args;
  }

  hold(hold: Hold): void {
    this.#held.set(hold.mark, hold);
    this.#tell({ hold });
  }

  release(mark: string): void {
    if (this.#held.delete(mark)) this.#tell({ release: mark });
  }

  pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const last = this.#child;
    if (last === null) return;
    last.ref();
    const exited = new Promise((resolve) => last.once('exit', resolve));
    this.#tell({ bye: true });
    last.stdin.end();
    let late: NodeJS.Timeout | undefined;
    await Promise.race([exited, new Promise((resolve) => (late = setTimeout(resolve, CLOSE_MS)))]);
    clearTimeout(late);
    this.#child = null;
  }

  /** Resolves when it is ready, has failed, or takes too long. */
  launch(): Promise<void> {
    const startedAt = performance.now();
    // Its own session: a Ctrl-C in the terminal is for the host, and the leash outlives the host.
    const child: Child = spawn(this.#node, this.#args, {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
      env: { PATH: process.env.PATH ?? '', SystemRoot: process.env.SystemRoot ?? '' },
    });
    this.#child = child;
    child.stdin.on('error', () => {}); // told by 'exit' as well
    child.unref();
    for (const hold of this.#held.values()) this.#tell({ hold });
    return new Promise((resolve) => {
      const late = setTimeout(resolve, READY_MS);
      const settle = () => {
        clearTimeout(late);
        resolve();
      };
      const gone = () => {
        settle();
        if (this.#child === child) this.#again(performance.now() - startedAt);
      };
      child.stdout.once('data', settle);
      child.once('error', gone);
      child.once('exit', gone);
    });
  }

  #again(livedMs: number): void {
    this.#child = null;
    if (this.#closed) return;
    this.#failures = livedMs > SOUND_MS ? 0 : this.#failures + 1;
    const pause = AGAIN_MS[this.#failures] ?? AGAIN_MS.at(-1);
    this.#timer = setTimeout(() => void this.launch(), pause);
    this.#timer.unref();
  }

  #tell(message: Message): void {
    // Pipes are written at once as long as the reader keeps up: no tick passes in between.
    this.#child?.stdin.write(`${JSON.stringify(message)}\n`);
  }
}

/** The built leash where the host was built; its source where the host runs from source. */
function leashFile(): string {
  const built = path.join(process.env.HAGGLE_OUT ?? '', 'host/leash.js');
  if ((process.env.HAGGLE_OUT ?? '') !== '' && fs.existsSync(built)) return built;
  return fileURLToPath(new URL('./leash.ts', import.meta.url));
}
