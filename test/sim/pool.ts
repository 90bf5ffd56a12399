// Worlds on all cores.
import os from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Report, Stretch } from './worker.ts';

export interface Pool {
  /** Runs stretches as threads come free; the reports are in the order of the stretches. */
  run(stretches: readonly Stretch[]): Promise<Report[]>;
  close(): Promise<void>;
}

export function createPool(threads = os.availableParallelism()): Pool {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./worker.ts', import.meta.url)),
  );

  async function serve(worker: Worker, queue: [number, Stretch][], out: Report[]): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, stretch] = next;
      out[index] = await ask(worker, stretch);
    }
  }

  return {
    async run(stretches) {
      const queue = [...stretches.entries()];
      const out: Report[] = [];
      await Promise.all(workers.map((worker) => serve(worker, queue, out)));
      return out;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function ask(worker: Worker, stretch: Stretch): Promise<Report> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (report: Report) => {
      worker.off('error', reject);
      resolve(report);
    });
    worker.postMessage(stretch);
  });
}

/** Seeds `from` .. `from + count - 1` in stretches of a size that keeps all cores busy to the end. */
export function stretchesOf(
  from: number,
  count: number,
  rest: Pick<Stretch, 'mutant' | 'off'> = { mutant: null, off: null },
): Stretch[] {
  const size = 500;
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => ({
    from: from + i * size,
    count: Math.min(size, count - i * size),
    ...rest,
  }));
}
