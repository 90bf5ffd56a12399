// Experiments that are asked for over the API: one at a time, each in a thread, within a bound.
import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { LIMITS } from '../../engine/base/limits.ts';
import { problem, type Problem } from '../../engine/protocol/problems.ts';
import type { Run } from '../../lab/run.ts';
import type { LabAnswer, LabJob } from './job.ts';

export interface LabRuns {
  /** Runs an experiment, or says why not: a field that does not fit, busy, or too long. */
  run(job: LabJob): Promise<{ ok: true; run: Run } | { ok: false; problem: Problem }>;
  close(): void;
}

/** Built, it lies beside the bundle; in development it is the source. */
function workerFile(): string {
  const built = path.join(import.meta.dirname, 'lab-worker.js');
  return fs.existsSync(built) ? built : path.join(import.meta.dirname, 'worker.ts');
}

export function createLabRuns(): LabRuns {
  let current: Worker | null = null;

  function start(job: LabJob): Promise<LabAnswer | Problem> {
    const worker = new Worker(workerFile(), { workerData: job });
    current = worker;
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        void worker.terminate();
        const detail = `the experiment took longer than ${LIMITS.labRunMs} ms and was ended`;
        const hint = 'ask for less, or run it with haggle lab run';
        resolve(problem('limit-reached', detail, { hint }));
      }, LIMITS.labRunMs);
      const end = (found: LabAnswer | Problem): void => {
        clearTimeout(late);
        if (current === worker) current = null;
        resolve(found);
      };
      worker.once('message', (found: LabAnswer) => end(found));
      worker.once('error', (e: Error) => end(problem('internal-error', e.message)));
      worker.once('exit', () => end(problem('shutting-down', 'the run was ended')));
    });
  }

  return {
    async run(job) {
      if (current !== null) {
        const hint = 'wait for it to end';
        return { ok: false, problem: problem('overloaded', 'an experiment is running', { hint }) };
      }
      const found = await start(job);
      if ('code' in found) return { ok: false, problem: found };
      if (found.ok) return found;
      const { kind, field, detail } = found;
      if (kind === 'defect') return { ok: false, problem: problem('internal-error', detail) };
      return { ok: false, problem: problem('invalid-field', detail, { field }) };
    },
    close: () => void current?.terminate(),
  };
}
