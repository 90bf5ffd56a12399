// Clients that keep a host busy and keep at it while it dies and comes back: each request has a key
// and is sent until it is answered. What was answered is remembered, to be held against what the
// host says afterwards.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rng } from '../../core/engine/base/rng.ts';
import { createClient, type Receipt, type Reply } from '../gateway/client.ts';
import { openEvents } from '../gateway/event-stream.ts';
import { pages, party, type TestHost, type TransferDoc, trialBalance } from '../gateway/support.ts';

/** A request that was answered. */
export interface Ack {
  key: string;
  token: string;
  path: string;
  body: unknown;
  status: number;
  text: string;
  tries: number;
}

export interface Load {
  readonly acks: Ack[];
  /** Lets every client finish what it is at. */
  stop(): Promise<void>;
}

interface Party {
  id: string;
  token: string;
  resourceId: string;
}
interface Told {
  cfp?: { id: string };
  proposal?: { id: string };
  lease?: { id: string; epoch: number; price: number };
  receipt: Receipt;
}

const WAIT_MAX_MS = 20_000;

/** A test that failed leaves its clients asking: not for ever. */
const file = { over: false };
after(() => void (file.over = true));

export async function parties(host: TestHost, count: number): Promise<Party[]> {
  const all: Party[] = [];
  for (let i = 0; i < count; i++) {
    const p = await party(host, { budget: 1000, name: `party ${i}` });
    const { resource } = await p.api.post<{ resource: { id: string } }>(
      '/v1/resources',
      { kind: 'gpu', count: 64 },
      201,
    );
    all.push({ id: p.id, token: p.token, resourceId: resource.id });
  }
  return all;
}

/** Sends with one key until there is an answer that says what happened. */
export async function ask(
  url: string,
  acks: Ack[],
  request: { token: string; path: string; body: unknown; key: string },
): Promise<Reply> {
  const { token, path, body, key } = request;
  const until = performance.now() + WAIT_MAX_MS;
  const client = createClient(url, token);
  for (let tries = 1; !file.over; tries++) {
    try {
      const reply = await client.send('POST', path, { key, body });
      // Busy, or no space: nothing happened, and the key was not used.
      if (reply.status < 500) {
        acks.push({ ...request, status: reply.status, text: reply.text, tries });
        return reply;
      }
    } catch (e) {
      if (performance.now() > until) throw e;
    }
    await sleep(15);
  }
  throw new Error('the test is over');
}

/** `workers` clients that make deals with each other until stopped. */
export function dealers(url: string, all: readonly Party[], workers: number, rng: Rng): Load {
  const acks: Ack[] = [];
  const state = { on: true };
  let n = 0;

  async function deal(name: string): Promise<void> {
    const send = (token: string, path: string, body: unknown): Promise<Reply> =>
      ask(url, acks, { token, path, body, key: `${name}-${++n}` });
    const buyer = all[rng.below(all.length)] as Party;
    const seller = all[rng.below(all.length)] as Party;
    if (buyer === seller) return;
    const need = { kind: 'gpu', count: 1, durationMs: 60_000 };
    const price = (1 + rng.below(900_000)) / 1e6;
    const task = { title: `${name} ${n}` };
    const terms = { need, maxPrice: 1, replyByMs: 3_600_000, award: 'manual' };
    const cfp = told(await send(buyer.token, '/v1/cfps', { task, ...terms }))?.cfp;
    if (cfp === undefined) return;
    const offer = { price, resourceId: seller.resourceId };
    const proposal = told(
      await send(seller.token, `/v1/cfps/${cfp.id}/proposals`, offer),
    )?.proposal;
    if (proposal === undefined)
      return void (await send(buyer.token, `/v1/cfps/${cfp.id}/cancel`, {}));
    const choice = { proposalId: proposal.id };
    const lease = told(await send(buyer.token, `/v1/cfps/${cfp.id}/award`, choice))?.lease;
    if (lease === undefined) return;
    const { id, epoch } = lease;
    if (rng.chance(0.1))
      await send(seller.token, `/v1/leases/${id}/fail`, { epoch, reason: 'luck' });
    else await send(seller.token, `/v1/leases/${id}/done`, { epoch });
  }

  const worker = async (name: string): Promise<void> => {
    while (state.on) await deal(name);
  };
  let failed: unknown = null;
  const work = Promise.all(Array.from({ length: workers }, (_, i) => worker(`w${i}`))).catch(
    (e: unknown) => (failed = e),
  );
  return {
    acks,
    async stop() {
      state.on = false;
      await work;
      if (failed !== null) throw failed;
    },
  };
}

const told = (reply: Reply): Told | null => (reply.status < 300 ? (reply.json as Told) : null);

/** Everything that was acknowledged is there, once, and says what it said. */
export async function allThere(host: TestHost, acks: readonly Ack[]): Promise<void> {
  await trialBalance(host);
  await sameReplies(host, acks);
  const reader = await openEvents(host.url, host.operator.token, { from: 1 });
  await reader.reached(await host.seq(), WAIT_MAX_MS);
  reader.close();
  const seqs = reader.events.map((e) => Number(e.id));
  assert.deepEqual(
    seqs,
    [...seqs.keys()].map((i) => i + 1),
    'the journal has no gaps',
  );
  const titles = reader.events
    .filter((e) => e.event === 'haggle.cfp-opened')
    .map((e) => (e.data.data as { task: { title: string } }).task.title);
  const own = titles.filter((title) => /^w\d+ \d+$/u.test(title));
  assert.equal(new Set(own).size, own.length, 'a retry made a call twice');
  const done = acks.filter((a) => a.status < 300);
  const receipts = done.map((a) => (JSON.parse(a.text) as Told).receipt);
  const named = receipts.map((r) => r.seq);
  assert.equal(new Set(named).size, named.length, 'two replies for one event');
  for (const receipt of receipts.filter((_, i) => i % 7 === 0 || i > receipts.length - 20)) {
    const { valid } = await host.operator.post<{ valid: boolean }>('/v1/receipts/verify', receipt);
    assert.ok(valid, `the receipt ${receipt.seq} is not on the chain any more`);
  }
  await paidOnce(host, done);
}

async function sameReplies(host: TestHost, acks: readonly Ack[]): Promise<void> {
  const before = await host.seq();
  for (let i = 0; i < acks.length; i += 64) {
    await Promise.all(
      acks.slice(i, i + 64).map(async ({ key, token, path, body, status, text }) => {
        const again = await host.client(token).send('POST', path, { key, body });
        assert.deepEqual([again.status, again.text], [status, text], key);
      }),
    );
  }
  assert.equal(await host.seq(), before, 'asking again changed something');
}

async function paidOnce(host: TestHost, done: readonly Ack[]): Promise<void> {
  const query = '/v1/ledger/transfers';
  const transfers = await pages<TransferDoc>(host.operator, query, 'transfers', 500);
  const paid = transfers.filter((x) => x.code === 'lease' && x.state === 'posted');
  const byLease = new Map(paid.map((x) => [x.leaseId, x.amount]));
  assert.equal(byLease.size, paid.length, 'a lease was paid twice');
  for (const { path, text } of done) {
    if (!path.endsWith('/done')) continue;
    const { lease } = JSON.parse(text) as Told;
    assert.equal(byLease.get(lease?.id ?? ''), lease?.price);
  }
}
