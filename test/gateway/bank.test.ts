// Goal: credits are neither made nor lost, and every acknowledged change is there exactly once,
// also when the host is killed again and again. Method: Jepsen's bank over HTTP: client processes
// move credits through deals, retry with the same key until answered, a reader sums all balances
// all the time, and the host is killed -9 and started again at random moments.
// Check: every read sums to zero with nobody in debt; every acknowledged reply is given again byte
// for byte; each call, award and payment occurs once in the journal and agrees with its reply.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ack, BankParty } from './bank-client.ts';
import { openEvents, type SseEvent } from './event-stream.ts';
import {
  pages,
  party,
  startHost,
  type TestHost,
  type TransferDoc,
  trialBalance,
} from './support.ts';

const CLIENT = path.join(import.meta.dirname, 'bank-client.ts');
const [CLIENTS, WORKERS, SECONDS, KILLS] = [3, 4, 6, 5];
const SUPPLY = 100;

const clients = new Set<ChildProcess>();
after(() => {
  for (const child of clients) child.kill('SIGKILL');
});

async function openAccount(host: TestHost, i: number): Promise<BankParty> {
  const p = await party(host, { budget: 0, name: `account ${i}` });
  const body = { amount: SUPPLY, windowMs: 24 * 3_600_000, carryOver: true };
  await host.operator.put(`/v1/agents/${p.id}/budget`, body);
  const cpu = { kind: 'cpu', count: 256 };
  const { resource } = await p.api.post<{ resource: { id: string } }>('/v1/resources', cpu, 201);
  return { id: p.id, token: p.token, resourceId: resource.id };
}

/** Runs one client to its end; resolves with what was acknowledged to it. */
function runClient(url: string, name: string, parties: BankParty[]): Promise<Ack[]> {
  const argv = [CLIENT, url, `${SECONDS}`, `${WORKERS}`, name, JSON.stringify(parties)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  clients.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (err += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      clients.delete(child);
      if (code !== 0) return reject(new Error(`client ${name} ended with ${code}: ${err}`));
      const lines = out.trim().split('\n');
      resolve(lines.map((line) => JSON.parse(line) as Ack));
    });
  });
}

/** Reads the bank again and again while `on()`; returns how many reads succeeded. */
async function audit(host: () => TestHost, on: () => boolean): Promise<number> {
  let reads = 0;
  while (on()) {
    try {
      await trialBalance(host());
      reads++;
    } catch (e) {
      if (e instanceof assert.AssertionError) throw e;
    }
    await sleep(15);
  }
  return reads;
}

async function allEvents(host: TestHost): Promise<SseEvent[]> {
  const reader = await openEvents(host.url, host.operator.token, { from: 1 });
  await reader.reached(await host.seq(), 20_000);
  reader.close();
  return reader.events;
}

test('the bank over HTTP, with several clients and a host that is killed', async (t) => {
  let host = await startHost({ clock: 'real' });
  const parties: BankParty[] = [];
  for (let i = 0; i < 6; i++) parties.push(await openAccount(host, i));
  const port = Number(new URL(host.url).port);
  let running = true;
  const names = Array.from({ length: CLIENTS }, (_, i) => `c${i}`);
  const work = Promise.all(names.map((name) => runClient(host.url, name, parties)));
  const audited = audit(
    () => host,
    () => running,
  );
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep((SECONDS * 1000) / (KILLS + 2) - 350 + Math.random() * 300);
    host = await host.restart({ port });
  }
  const acks = (await work).flat();
  running = false;
  const reads = await audited;
  host = await host.restart({ port });
  await everyReplyAgain(host, acks);
  await everyChangeOnce(host, acks);
  const retried = acks.filter((a) => a.tries > 1).length;
  const done = acks.filter((a) => a.status < 300 && a.path.endsWith('/done')).length;
  t.diagnostic(
    `${acks.length} acks, ${done} deals, ${retried} retried, ${reads} reads, ${KILLS} kills`,
  );
  assert.ok(acks.length > 200 && done > 30 && reads > 20 && retried > 0);
});

/** A key answers as it did, whatever happened since, and changes nothing. */
async function everyReplyAgain(host: TestHost, acks: readonly Ack[]): Promise<void> {
  const seq = await host.seq();
  for (let i = 0; i < acks.length; i += 64) {
    await Promise.all(
      acks.slice(i, i + 64).map(async ({ key, token, path: route, body, status, text }) => {
        const again = await host.client(token).send('POST', route, { key, body });
        assert.deepEqual([again.status, again.text], [status, text], key);
      }),
    );
  }
  assert.equal(await host.seq(), seq);
}

interface Told {
  cfpId: string;
  leaseId: string;
  task: { title: string };
  price: number;
  charge: number;
}

/** The journal and the ledger tell of each acknowledged change once, with the acknowledged numbers. */
async function everyChangeOnce(host: TestHost, acks: readonly Ack[]): Promise<void> {
  const events = await allEvents(host);
  const bySeq = new Map(events.map((e) => [Number(e.id), e]));
  assert.deepEqual(
    [...bySeq.keys()],
    [...bySeq.keys()].sort((a, b) => a - b),
  );
  const opened = events.filter((e) => e.event === 'haggle.cfp-opened');
  const titles = opened.map((e) => (e.data.data as Told).task.title);
  assert.equal(new Set(titles).size, titles.length, 'no call was made twice by a retry');
  const seqs = new Set<number>();
  for (const { status, text, key } of acks) {
    if (status >= 300) continue;
    const { seq } = (JSON.parse(text) as { receipt: { seq: number } }).receipt;
    assert.ok(bySeq.has(seq), `${key} was acknowledged at ${seq}`);
    assert.ok(!seqs.has(seq), `${key}: two replies for event ${seq}`);
    seqs.add(seq);
  }
  const transfers = await pages<TransferDoc>(
    host.operator,
    '/v1/ledger/transfers',
    'transfers',
    500,
  );
  const paid = transfers.filter((x) => x.code === 'lease' && x.state === 'posted');
  const byLease = new Map(paid.map((x) => [x.leaseId, x]));
  assert.equal(byLease.size, paid.length, 'no lease is paid twice');
  for (const { path: route, status, text } of acks) {
    if (!route.endsWith('/done') || status >= 300) continue;
    const { lease } = JSON.parse(text) as { lease: { id: string; price: number } };
    assert.equal(byLease.get(lease.id)?.amount, lease.price);
  }
  const accounts = await trialBalance(host);
  const agents = [...accounts].filter(([id]) => id.startsWith('agent:'));
  const sum = agents.reduce((s, [, b]) => s + Math.round(b.posted * 1e6), 0);
  assert.equal(sum, 6 * SUPPLY * 1e6, 'what was issued is what there is');
}
