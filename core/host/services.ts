// The host's side of what routes may use.
import fs from 'node:fs';
import path from 'node:path';
import { POLICY_NAMES } from '../agent/policies.ts';
import { trialSum } from '../engine/bank/ledger.ts';
import { toDecimal } from '../engine/base/credits.ts';
import { iso } from '../engine/base/time.ts';
import { CATALOGUE } from '../../programs/catalogue.ts';
import type { Clock } from './clock.ts';
import { delegateProblem, strategyDocuments } from './delegate-check.ts';
import type { Demo } from './demo.ts';
import { ROUTES } from './gateway/gateway.ts';
import { openApiDocument } from './gateway/openapi.ts';
import type { Services } from './gateway/services.ts';
import type { Journal } from './journal/journal.ts';
import type { Keys } from './keys.ts';
import type { MarketCore } from './market-core.ts';
import type { Metrics } from './metrics.ts';
import type { HostOptions } from './options.ts';
import type { LabRuns } from './lab/runs.ts';
import type { Models } from './models/models.ts';
import type { OutputHistory } from './output-history.ts';
import type { Tools } from './tools.ts';

export interface ServiceParts {
  options: HostOptions;
  journal: Journal;
  core: MarketCore;
  clock: Clock;
  keys: Keys;
  demo: Demo;
  tools: Tools;
  metrics: Metrics;
  output: OutputHistory;
  models: Models;
  lab: LabRuns;
}

/** Services, and a way to give them what is made only after them. */
export type OwnServices = Services & {
  attach(counts: { streams(): number; screens(): number }): void;
};

export function createServices(parts: ServiceParts): OwnServices {
  const { options, journal, core, clock, demo, tools, metrics, output, models, lab } = parts;
  const { loop } = core;
  let counts = { streams: (): number => 0, screens: (): number => 0 };
  const document = openApiDocument(ROUTES, options.version);

  async function backup(): Promise<{ file: string; pages: number }> {
    const folder = path.join(options.dataDir, 'backups');
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const name = `${iso(Date.now()).replace(/[:.]/gu, '-')}.db`;
    const pages = await journal.backup(path.join(folder, name));
    fs.chmodSync(path.join(folder, name), 0o600);
    return { file: path.join('backups', name), pages };
  }

  /** One document about the demo so far, as `haggle demo --json` prints it. */
  async function demoReport(): Promise<Record<string, unknown>> {
    const capacity = tools.offered.map(({ kind, count, model }) => ({ kind, count, model }));
    const trialBalance = toDecimal(trialSum(loop.market().ledger));
    const survivors = await tools.executor.survivors();
    return { capacity, ...demo.figures(), trialBalance, survivors };
  }

  return {
    queries: journal.queries,
    info: {
      version: options.version,
      dataDir: options.dataDir,
      url: '',
      clock: clock.mode,
      readOnly: false,
    },
    attach: (c) => void (counts = c),
    head: () => loop.head(),
    agentToken: parts.keys.agentToken,
    runProblem(run) {
      const found = tools.resolve(run);
      return found.ok ? null : found.problem;
    },
    jobLog(leaseId) {
      return { log: output.text(leaseId), running: output.isLive(leaseId) };
    },
    demo: (action) => (action === 'start' ? demo.start() : demo.stop()),
    demoState: () => demo.state(),
    demoReport,
    advance: clock.advance,
    now: clock.now,
    backup,
    metrics: () =>
      metrics.text(loop.market(), {
        streams: counts.streams(),
        screens: counts.screens(),
        jobs: tools.executor.running().length,
        skewMs: clock.skewMs(),
      }),
    openApi: () => document,
    storageFull: core.storageFull,
    programs: () => CATALOGUE,
    delegateProblem: (policy, params) => delegateProblem(policy, params, models),
    models: () => models.list(),
    experiments: labList,
    runLab: (job) => lab.run(job),
    strategies: strategyDocuments,
    policies: () => POLICY_NAMES,
  };
}

/** Loaded when it is asked for: a start should not wait for the lab. */
async function labList(): Promise<object[]> {
  const { EXPERIMENTS } = await import('../lab/registry.ts');
  return EXPERIMENTS.map(({ name, summary, settings, input }) => {
    return { name, summary, settings, input };
  });
}
