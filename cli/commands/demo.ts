// `haggle demo`: the starter swarm on this machine's real capacity, and one document about it.
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { logAwards } from '../award-log.ts';
import { callsUnderWay } from '../calls.ts';
import type { Client } from '../client.ts';
import { type Command, type Context, hosted } from '../command.ts';
import type { DemoReport, LeaseDoc, ResourceDoc } from '../documents.ts';
import { fault } from '../fault.ts';
import { type Interrupt, onInterrupt, signalCode } from '../interrupts.ts';
import { stockText } from '../need.ts';
import { allAgents } from '../people.ts';
import { type Session, temporaryDataDir } from '../session.ts';
import { type Reported, survivors } from '../survivors.ts';
import { type Column, table } from '../table.ts';
import { creditsText, spanText } from '../units.ts';

/** Tasks of the swarm take a second or two; a lease that is cut off would leave work undone. */
const DRAIN_MS = 15_000;
const LOOK_MS = 100;

async function demo(context: Context): Promise<number> {
  const { given } = context;
  const lasting = given.text('data-dir') ?? given.text('url');
  if (lasting !== undefined) {
    const session = await context.open({ whenOrphaned: 'end' });
    return show(context, session, given.text('data-dir') ?? null);
  }
  const place = temporaryDataDir(os.tmpdir());
  try {
    const session = await context.open({ whenOrphaned: 'end', dataDir: place.dir });
    return await show(context, session, place.dir);
  } finally {
    place.remove();
  }
}

async function show(context: Context, session: Session, dataDir: string | null): Promise<number> {
  const { given, out } = context;
  const { client, own } = session;
  const watched = await watch(client, (given.number('seconds') ?? 30) * 1000, out.tell);
  const { report } = await client.get<{ report: DemoReport }>('/v1/demo');
  const { sum } = await client.get<{ sum: number }>('/v1/ledger/trial-balance');
  await session.close();
  // What the host says while it lives, and what is left once it has ended: neither may be hidden.
  const left = survivors(watched.reported, own === null ? null : dataDir).length;
  const { capacity, cfps, awards, refusals, jobs, byAgent } = report;
  const figures = { capacity, cfps, awards, refusals, jobs, byAgent };
  const document = {
    ...figures,
    trialBalance: report.trialBalance || sum,
    survivors: Math.max(report.survivors, left),
  };
  out.answer(document, () => reportText(document));
  return watched.signal === null ? 0 : signalCode(watched.signal);
}

interface Watched {
  reported: readonly Reported[];
  signal: Interrupt | null;
}

/** Starts the swarm, looks on for so long or until a signal, and lets it finish. */
async function watch(client: Client, ms: number, say: (line: string) => void): Promise<Watched> {
  const { demo: before } = await client.get<{ demo: { running: boolean } }>('/v1/demo');
  if (before.running) {
    const detail = `the starter swarm is running on ${client.url} already`;
    throw fault('already-running', detail, { hint: 'haggle demo, without --data-dir' });
  }
  const { seq } = await client.get<{ seq: number }>('/v1/health');
  const resources = await client.all<ResourceDoc>('/v1/resources', 'resources');
  say(`the market opens: ${stockText(resources)}`);
  const [waiting, listening] = [new AbortController(), new AbortController()];
  let signal: Interrupt | null = null;
  const release = onInterrupt((heard) => {
    signal = heard;
    waiting.abort();
  });
  const agents = await allAgents(client);
  const log = logAwards(client, { from: seq + 1, agents, stop: listening.signal }, say);
  try {
    await client.send('POST', '/v1/demo', { action: 'start' });
    await sleep(ms, undefined, { signal: waiting.signal }).catch(() => undefined);
    say('the market closes: running tasks are finished, no new one begins');
    await drain(client);
    await client.send('POST', '/v1/demo', { action: 'stop' });
  } finally {
    release();
    listening.abort();
    await log.done;
  }
  return { reported: log.reported, signal };
}

/** No new calls, but what runs is finished: `stop` alone would cut it off. */
async function drain(client: Client): Promise<void> {
  const swarm = (await allAgents(client)).filter(({ delegate }) => delegate === 'worker');
  for (const { id } of swarm) await client.send('DELETE', `/v1/agents/${id}/delegate`);
  const mine = new Set(swarm.map(({ id }) => id));
  for (const { id, managerId } of await callsUnderWay(client)) {
    // It may end by itself in the meantime.
    if (mine.has(managerId)) await client.send('POST', `/v1/cfps/${id}/cancel`).catch(() => null);
  }
  const until = performance.now() + DRAIN_MS;
  while (performance.now() < until) {
    const active = await client.all<LeaseDoc>('/v1/leases?state=active', 'leases');
    if (!active.some(({ managerId }) => mine.has(managerId))) return;
    await sleep(LOOK_MS);
  }
}

type Member = DemoReport['byAgent'][number];
const MEMBERS: readonly Column<Member>[] = [
  { head: 'agent', of: ({ name }) => name },
  { head: 'priority', right: true, of: ({ priority }) => String(priority) },
  { head: 'awards', right: true, of: ({ awards }) => String(awards) },
  {
    head: 'mean wait',
    right: true,
    of: ({ meanWaitMs }) => (meanWaitMs === null ? '-' : spanText(meanWaitMs)),
  },
  { head: 'credits', right: true, of: ({ spent }) => creditsText(spent) },
];

function reportText(report: DemoReport): string {
  const { cfps, awards, refusals, jobs, byAgent, trialBalance } = report;
  const { started, succeeded, failed, cpuSeconds } = jobs;
  const ended = `${succeeded} succeeded, ${failed} failed`;
  const work = `${started} processes: ${ended}, ${cpuSeconds} CPU s`;
  return `${table(byAgent, MEMBERS, 'No agent took part.')}
${cfps} calls, ${awards} awards, ${refusals} refusals
${work}
trial balance ${creditsText(trialBalance)}, surviving processes ${report.survivors}
`;
}

export const DEMO: Command = hosted({
  title: 'demo',
  what: 'lets the starter swarm bargain for this machine and reports',
  notes: `A dozen agents run real programs in the leases they win. It runs on a host and a ledger of
its own, gone afterwards; with --data-dir on that ledger, on the host that runs there if one does.`,
  example: 'haggle demo --seconds 10',
  options: {
    seconds: {
      type: 'number',
      value: 'N',
      what: 'how long new tasks come in',
      min: 0.1,
      max: 86_400,
      default: '30',
    },
  },
  run: demo,
});
