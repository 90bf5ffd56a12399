// The host: the one stateful process. It opens the ledger, puts this machine's capacity on the
// market, and makes the loop, the gateway, delegates, jobs and screens into one thing that runs.
import fs from 'node:fs';
import { randomBytes } from 'node:crypto';
import { uptime } from 'node:os';
import type { DemoState } from '../contract.ts';
import type { Lookup } from '../engine/view/visible.ts';
import { DEFAULT_POLICY, type Market } from '../engine/market/state.ts';
import { type Ask, createAsk } from './ask.ts';
import { type Clock, manualClock, realClock } from './clock.ts';
import { createDelegates, type DelegateParts } from './delegates.ts';
import { createDemo } from './demo.ts';
import { createFollows } from './gateway/follow.ts';
import { createGateway } from './gateway/gateway.ts';
import { listen } from './gateway/http.ts';
import { staticFiles } from './gateway/static-files.ts';
import { createStreams } from './gateway/streams.ts';
import { acceptScreens } from './gateway/websocket.ts';
import { keepHouse } from './housekeeping.ts';
import { createJobs } from './jobs.ts';
import { type Journal, openJournal } from './journal/journal.ts';
import { openKeys } from './keys.ts';
import { createLabRuns } from './lab/runs.ts';
import { createLookup } from './lookup.ts';
import { ensureMachine, offerCapacity } from './machine.ts';
import { createMarketCore, type MarketCore } from './market-core.ts';
import { createMetrics } from './metrics.ts';
import { keepOutput } from './output-history.ts';
import { type Models, openModels } from './models/models.ts';
import type { HostOptions } from './options.ts';
import { announce } from './presence.ts';
import { createScreens, type ScreenLink, type ToScreen } from './screens.ts';
import { createServices } from './services.ts';
import { openTools, type Tools } from './tools.ts';

export interface Host {
  readonly url: string;
  readonly dataDir: string;
  readonly operatorToken: string;
  readonly operatorTokenFile: string;
  seq(): number;
  /** Connects a screen that the shell vouches for. */
  connect(send: (m: ToScreen) => void): ScreenLink;
  startDemo(): Promise<void>;
  /** True when no call is open and no lease runs. */
  idle(): boolean;
  /** Finishes the commit in hand, ends jobs, closes the ledger. */
  close(): Promise<void>;
}

/** Opens a data directory and starts. Throws JournalError when it is in use or damaged. */
export async function startHost(options: HostOptions): Promise<Host> {
  fs.mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const journal = openJournal(options.dataDir);
  try {
    const host = await assemble(options, journal);
    const leave = announce(options.dataDir, host.url);
    const close = (): Promise<void> => (leave(), host.close());
    return { ...host, close };
  } catch (e) {
    journal.close();
    throw e;
  }
}

function openClock(mode: 'real' | 'manual', journal: Journal): Clock {
  const notBefore = journal.start.market.at;
  if (mode === 'manual') return manualClock(Math.max(Date.now(), notBefore));
  const sources = {
    wall: () => Date.now(),
    monotonic: () => performance.now(),
    uptime: () => uptime() * 1000,
  };
  return realClock(sources, notBefore);
}

function delegateParts(
  { loop, entropy, stir }: MarketCore,
  journal: Journal,
  now: () => number,
  lookup: Lookup,
  models: Models,
): DelegateParts {
  return {
    market: () => loop.market(),
    lookup,
    now,
    entropy,
    history: (cfpId) => journal.queries.eventsOf(cfpId),
    models,
    submit: (s) => loop.submit(s),
    stir,
  };
}

/** What thinks beside the market: language models, and the lab's own threads. */
function openMinds(options: HostOptions, clock: Clock) {
  const models = openModels(options.dataDir, clock.now);
  const lab = createLabRuns();
  const close = (): void => {
    models.close();
    lab.close();
  };
  return { models, lab, close };
}

async function assemble(options: HostOptions, journal: Journal): Promise<Host> {
  const clock = openClock(options.clock, journal);
  const keys = openKeys(options.dataDir);
  const minds = openMinds(options, clock);
  const metrics = createMetrics(() => performance.now());
  const core = createMarketCore({ journal, clock, metrics, fatal: options.fatal });
  const { loop, stir } = core;
  const market = (): Market => loop.market();
  const ask = createAsk(loop, stir);
  await found(ask, core);
  const tools = await openTools(options, market, clock.now);
  const lookup = createLookup(market, journal.queries);
  const delegates = createDelegates(delegateParts(core, journal, clock.now, lookup, minds.models));
  const output = keepOutput(tools.executor);
  const devices = new Map<string, string>();
  const hands = { executor: output.executor, resolve: tools.resolve, devices };
  const jobs = createJobs({ market, now: clock.now, ask, ...hands });
  const changed = (state: DemoState): void => screens.tell({ kind: 'demo', demo: state });
  const demo = createDemo({ market, now: clock.now, ask, changed });
  const streams = createStreams({ market, queries: journal.queries, lookup });
  const follows = createFollows({ market, queries: journal.queries, output });
  const own = { options, journal, core, clock, keys, demo, tools, metrics, output, ...minds };
  const services = createServices(own);
  const gateway = createGateway(loop, services, stir);
  const screens = createScreens({ market, head: () => loop.head(), gateway, services });
  const watched = (): number => streams.count() + follows.count();
  services.attach({ streams: watched, screens: () => screens.count() });
  core.onCommitted((batch) => {
    const events = batch.entries.map((entry) => entry.event);
    for (const listener of [jobs, demo, follows]) listener.committed(events);
    for (const listener of [delegates, screens]) listener.committed(batch);
    streams.publish(batch.entries);
  });
  core.onStorage((full) => screens.tell({ kind: 'storage', full }));
  core.start(delegates);
  const files = options.uiRoot === null ? null : staticFiles(options.uiRoot);
  const count = metrics.countReply;
  const http = await listen(options.port, { gateway, keys, streams, follows, files, count });
  services.info.url = http.url;
  const endScreens = acceptScreens(http.server, http.url, keys, screens);
  delegates.resume(journal.notes.all());
  jobs.resume();
  await sellMachine(ask, core, tools, devices);
  const house = keepHouse({ journal, core, clock, screens, demo, tools, metrics });
  stir();
  return {
    url: http.url,
    dataDir: options.dataDir,
    operatorToken: keys.operatorToken,
    operatorTokenFile: keys.operatorTokenFile,
    seq: () => loop.market().seq,
    connect: (send) => screens.connect(send),
    startDemo: async () => void (await demo.start()),
    idle: () => market().openCalls === 0 && market().runningLeases === 0,
    async close() {
      house.stop();
      endScreens();
      for (const part of [streams, delegates, minds]) part.close();
      await tools.executor.close();
      follows.close();
      jobs.close();
      core.stop();
      await http.close();
      if (!core.storageFull()) journal.snapshot(loop.market(), loop.head());
      journal.close();
      tools.close();
    },
  };
}

/** The first start of a data directory founds its market. */
async function found(ask: Ask, core: MarketCore): Promise<void> {
  core.stir();
  if (core.loop.market().seq > 0) return;
  const marketId = randomBytes(8).toString('hex');
  await ask({ kind: 'host' }, { type: 'found-market', marketId, policy: DEFAULT_POLICY });
}

/** CPU and memory at once; GPUs when they are known, which may take seconds. */
async function sellMachine(
  ask: Ask,
  { loop }: MarketCore,
  tools: Tools,
  devices: Map<string, string>,
): Promise<void> {
  const market = (): Market => loop.market();
  const owner = await ensureMachine(market, ask);
  await offerCapacity(market, ask, owner, ['cpu', 'memory'], tools.offered);
  tools.watchGpus((gpus) => {
    void offerCapacity(market, ask, owner, ['gpu'], gpus).then((keys) => {
      for (const [id, key] of keys) devices.set(id, key);
    });
  });
}
