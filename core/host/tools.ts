// The hands and senses of this host: what runs jobs, and what looks at the machine.
import fs from 'node:fs';
import path from 'node:path';
import type { Run } from '../engine/protocol/bodies.ts';
import type { Market } from '../engine/market/state.ts';
import { CATALOGUE } from '../../programs/catalogue.ts';
import { openExecutor } from './exec/executor.ts';
import { type Resolved, resolveRun } from './exec/resolve-run.ts';
import type { Executor } from './exec/types.ts';
import { machineAgent, type Offered } from './machine.ts';
import { type Capacity, planCapacity } from './probe/capacity.ts';
import { coreCount, cpuName, memoryNow } from './probe/machine.ts';
import { type NvidiaReader, openNvidia } from './probe/nvidia.ts';
import { createTelemetry, type Sensed } from './probe/telemetry.ts';
import { type HostOptions, outDir } from './options.ts';

export interface Tools {
  readonly executor: Executor;
  /** CPU and memory of this machine that are for sale; nothing without probing. */
  readonly offered: readonly Offered[];
  /** Calls back with all healthy GPUs once they are known, and whenever that list changes. */
  watchGpus(listener: (gpus: readonly Offered[]) => void): void;
  resolve(run: Run): Resolved;
  sensed(): Sensed;
  close(): void;
}

const GPU_LOOK_MS = 2000;

/** Built programs lie in the output, in development in the tree. */
function programsDir(here: string): string {
  const built = path.join(outDir(here), 'programs');
  return fs.existsSync(built) ? built : path.resolve(here, '../../programs');
}

/** Opens the executor and, where wanted, the probes. Call it when the ledger is ours: it sweeps. */
export async function openTools(
  options: HostOptions,
  market: () => Market,
  now: () => number,
): Promise<Tools> {
  const [executor, name] = await Promise.all([
    openExecutor({ dataDir: options.dataDir, now }),
    cpuName(),
  ]);
  await executor.sweep();
  const node = process.env.HAGGLE_NODE || process.execPath;
  const place = { node, programsDir: programsDir(import.meta.dirname) };
  const nvidia = options.probe ? openNvidia() : null;
  const gpus = (): ReturnType<NvidiaReader['devices']> => nvidia?.devices() ?? [];
  const jobsCpuSeconds = (): number => executor.cpuSecondsTotal();
  const sensed = createTelemetry({ cpuName: name, gpus, jobsCpuSeconds });
  const plan = (): Capacity => {
    const found = { cpuName: name, cores: coreCount(), freeBytes: memoryNow().freeBytes };
    return planCapacity({ ...found, gpus: gpus() }, {}, memorySlotsOffered(market()));
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    executor,
    offered: options.probe ? withoutGpus(plan()) : [],
    watchGpus(listener) {
      if (nvidia === null) return;
      let last = '';
      const look = (): void => {
        const list = gpusOf(plan());
        const keys = list.map((g) => g.key).join();
        if (keys === last) return;
        last = keys;
        listener(list);
      };
      void nvidia.ready().then(() => {
        look();
        timer = setInterval(look, GPU_LOOK_MS);
        timer.unref();
      });
    },
    resolve: (run) => resolveRun(run, CATALOGUE, place),
    sensed,
    close() {
      clearInterval(timer);
      nvidia?.close();
    },
  };
}

/** What was offered last time: free memory differs at every start, the offer should not. */
function memorySlotsOffered(m: Market): number | undefined {
  const owner = machineAgent(m)?.id;
  const mine = [...m.resources.values()].filter((r) => r.ownerId === owner && r.kind === 'memory');
  return mine.findLast((r) => !r.paused)?.slots.length;
}

function withoutGpus({ cpu, memory }: Capacity): Offered[] {
  const offers: Offered[] = [];
  const none = { key: null, vramBytes: null, paused: false };
  if (cpu.slots > 0) {
    offers.push({ ...none, kind: 'cpu', model: cpu.name, count: cpu.slots, memoryBytes: null });
  }
  if (memory.slots > 0) {
    const { slots: count, bytesEach: memoryBytes } = memory;
    offers.push({ ...none, kind: 'memory', model: null, count, memoryBytes });
  }
  return offers;
}

/** Until the idle policy can tell when a GPU is free, its owner switches it on by hand. */
function gpusOf({ gpus }: Capacity): Offered[] {
  return gpus.map(({ key, name, memoryBytes: vramBytes }) => {
    const one = { key, kind: 'gpu' as const, model: name, count: 1 };
    return { ...one, vramBytes, memoryBytes: null, paused: true };
  });
}
