// Runs one experiment in a thread of its own, so that the market never waits for the lab.
import { parentPort, workerData } from 'node:worker_threads';
import { BadInput } from '../../lab/experiment.ts';
import { runByName } from '../../lab/run.ts';
import type { LabAnswer, LabJob } from './job.ts';

function answer({ experiment, seed, settings, input }: LabJob): LabAnswer {
  try {
    return { ok: true, run: runByName(experiment, seed, settings, input) };
  } catch (e) {
    const kind = e instanceof BadInput ? 'input' : 'defect';
    const field = e instanceof BadInput ? e.field : '';
    return { ok: false, kind, field, detail: e instanceof Error ? e.message : String(e) };
  }
}

parentPort?.postMessage(answer(workerData as LabJob));
