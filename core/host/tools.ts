// The hands and senses of this host: what runs jobs, and what looks at the machine.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Run } from '../engine/protocol/bodies.ts';
import { CATALOGUE } from '../../programs/catalogue.ts';
import { openExecutor } from './exec/executor.ts';
import { type Resolved, resolveRun } from './exec/resolve-run.ts';
import type { Executor } from './exec/types.ts';
import type { HostOptions } from './host.ts';
import type { Offered, Sensed } from './machine.ts';
import { outDir } from './start.ts';

export interface Tools {
  readonly offered: readonly Offered[];
  readonly executor: Executor;
  resolve(run: Run): Resolved;
  sensed(): Sensed;
  close(): void;
}

/** Built programs lie in the output, in development in the tree. */
function programsDir(here: string): string {
  const built = path.join(outDir(here), 'programs');
  return fs.existsSync(built) ? built : path.resolve(here, '../../programs');
}

export async function openTools(options: HostOptions, now: () => number): Promise<Tools> {
  const executor = await openExecutor({ dataDir: options.dataDir, now });
  await executor.sweep();
  const node = process.env.HAGGLE_NODE || process.execPath;
  const place = { node, programsDir: programsDir(import.meta.dirname) };
  const offered: Offered[] = options.probe
    ? [
        {
          kind: 'cpu',
          model: os.cpus()[0]?.model ?? null,
          count: os.cpus().length,
          vramBytes: null,
          memoryBytes: null,
        },
        { kind: 'memory', model: null, count: 8, vramBytes: null, memoryBytes: 2 ** 30 },
      ]
    : [];
  return {
    offered,
    executor,
    resolve: (run) => resolveRun(run, CATALOGUE, place),
    sensed: () => ({}) as Sensed,
    close() {},
  };
}
