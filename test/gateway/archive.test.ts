// Goal: what has left memory reads as it did: the same documents, traces and streams, for every
// reader. Method: conversations of every kind and ending are read by everybody who took part, then
// pushed out of memory by more ended calls than the host keeps, and read again; then after a
// restart. Check: equal bytes; commands on what has left memory are refused as before.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openEvents } from './event-stream.ts';
import {
  award,
  call,
  type CfpDoc,
  type LeaseDoc,
  type Party,
  party,
  propose,
  see,
  seller,
  startHost,
  type TestHost,
} from './support.ts';

/** The host promises to keep this many ended calls (LIMITS.md). */
const KEPT = 2000;
type Seller = Party & { resourceId: string };

let host: TestHost;
let parties: Party[];
let calls: string[];
let leases: string[];
let told: string[][];
/** What each party's stream said while all of it was in memory, up to an event that all hear. */
let streamed: string[][];
let lastSeen: number;

before(async () => {
  host = await startHost();
  const manager = await party(host, { project: 'night work', budget: 10_000 });
  const rival = await party(host);
  const [a, b] = [
    await seller(host, { budget: 50, count: 8 }),
    await seller(host, { budget: 50, count: 8 }),
  ];
  parties = [manager, rival, a, b];
  calls = [];
  leases = [];
  await endings(manager, a, b);
  await throughOffers(manager, rival, a, b);
  await unserved(manager, a, b);
  told = await readAll();
  await call(manager);
  lastSeen = await host.seq();
  streamed = await Promise.all(parties.map((p) => streamOf(p, 0)));
  await forgetThem(manager);
});

function remember(cfpId: string, l?: LeaseDoc): void {
  calls.push(cfpId);
  if (l !== undefined) leases.push(l.id);
}

/** A lease of each ending, with a loser, a refusal and a late proposal. */
async function endings(manager: Party, a: Seller, b: Seller): Promise<void> {
  const ends: ((l: LeaseDoc) => Promise<unknown>)[] = [
    (l) => a.api.post(`/v1/leases/${l.id}/done`, { epoch: l.epoch, output: { x: [1] }, usage: 2 }),
    (l) => a.api.post(`/v1/leases/${l.id}/done`, { epoch: l.epoch, charge: 0.5 }),
    (l) => a.api.post(`/v1/leases/${l.id}/fail`, { epoch: l.epoch, reason: 'broke' }),
    async (l) => {
      await a.api.post(`/v1/leases/${l.id}/renew`, { epoch: l.epoch });
      await host.advance(60_000);
      await a.api.post(`/v1/leases/${l.id}/give-back`);
      await host.advance(1000);
    },
    (l) => manager.api.post(`/v1/cfps/${l.cfpId}/cancel`),
    () => host.advance(600_000),
  ];
  for (const end of ends) {
    const cfp = await call(manager, { task: { title: 'no project of its own' } });
    const terms = { penalty: 2, reclaimWindowMs: 1000, quality: 9 };
    const p = await propose(a, cfp.id, 7, { terms });
    await propose(b, cfp.id, 8, { startDelayMs: 5000 });
    const l = await award(manager, p);
    remember(cfp.id, l);
    await end(l);
  }
}

interface Offered {
  id: string;
  bid(p: Party, price: number, cfpId?: string): Promise<string>;
  award(proposalId: string): Promise<LeaseDoc>;
}

async function offer(s: Seller): Promise<Offered> {
  const lot = { resourceId: s.resourceId, durationMs: 900_000 };
  const body = { task: { title: 'for sale' }, offer: lot, minPrice: 1, award: 'manual' };
  const { cfp } = await s.api.post<{ cfp: CfpDoc }>('/v1/cfps', body, 201);
  const path = `/v1/cfps/${cfp.id}`;
  return {
    id: cfp.id,
    async bid(p, price, cfpId) {
      const at = `${path}/proposals`;
      const own = { price, ...(cfpId === undefined ? {} : { cfpId }) };
      return (await p.api.post<{ proposal: { id: string } }>(at, own, 201)).proposal.id;
    },
    award: async (proposalId) =>
      (await s.api.post<{ lease: LeaseDoc }>(`${path}/award`, { proposalId })).lease,
  };
}

/** Needs met through offers, with bids of theirs in other offers, and an offer without a need. */
async function throughOffers(manager: Party, rival: Party, a: Seller, b: Seller): Promise<void> {
  for (const how of ['done', 'fail']) {
    const need = await call(manager, { replyByMs: 60_000 });
    await propose(b, need.id, 6);
    const [first, second] = [await offer(a), await offer(b)];
    await first.bid(rival, 4);
    const other = await call(rival, { replyByMs: 60_000 });
    await second.bid(rival, 2.5, other.id);
    const mine = await first.bid(manager, 5, need.id);
    await second.bid(manager, 3, need.id);
    const l = await first.award(mine);
    const body = how === 'done' ? { epoch: l.epoch } : { epoch: l.epoch, reason: 'x' };
    await a.api.post(`/v1/leases/${l.id}/${how}`, body);
    // The second offer's bids lose in turn by its own end and by that of the need they were for.
    const ends = [
      () => b.api.post(`/v1/cfps/${second.id}/cancel`),
      () => rival.api.post(`/v1/cfps/${other.id}/cancel`),
    ];
    for (const end of how === 'done' ? ends : ends.toReversed()) await end();
    remember(need.id, l);
    for (const id of [first.id, second.id, other.id]) remember(id);
  }
  const plain = await offer(a);
  await plain.bid(rival, 3);
  const l = await plain.award(await plain.bid(manager, 4));
  await manager.api.post(`/v1/leases/${l.id}/done`, { epoch: l.epoch });
  remember(plain.id, l);
}

/** Calls that end without a lease: refused, too dear, lapsed, late, not decided, cancelled. */
async function unserved(manager: Party, a: Seller, b: Seller): Promise<void> {
  const refusing = await call(manager, { award: 'auto' });
  const refusal = { reason: 'busy', detail: 'so much to do' };
  await a.api.post(`/v1/cfps/${refusing.id}/refusals`, refusal, 201);
  const dear = await call(manager, { award: 'auto', maxPrice: 1 });
  await propose(a, dear.id, 1.25);
  await propose(b, dear.id, 1.5);
  const lapsing = await call(manager);
  await propose(a, lapsing.id, 1, { validForMs: 100 });
  const undecided = await call(manager);
  await propose(b, undecided.id, 1);
  const cancelled = await call(manager);
  await propose(b, cancelled.id, 1);
  await manager.api.post(`/v1/cfps/${cancelled.id}/cancel`);
  await host.advance(2001);
  const late = { price: 1, resourceId: a.resourceId };
  await a.api.refused('late-proposal', 'POST', `/v1/cfps/${undecided.id}/proposals`, late);
  await host.advance(600_000);
  for (const c of [refusing, dear, lapsing, undecided, cancelled]) remember(c.id);
}

/** What everybody can read of it; bytes, by reader. */
/** The first `most` events that the stream tells this party. */
async function streamOf(p: Party, most: number): Promise<string[]> {
  const reader = await openEvents(host.url, p.token, { from: 1 });
  const last = most === 0 ? await host.seq() : Number(lastSeen);
  await reader.reached(last, 10_000);
  reader.close();
  const lines = reader.events.map((e) => JSON.stringify(e));
  return most === 0 ? lines : lines.slice(0, most);
}

async function readAll(): Promise<string[][]> {
  const readers = [host.operator, ...parties.map((p) => p.api)];
  return Promise.all(
    readers.map(async (api) => {
      const texts: string[] = [];
      for (const path of [
        ...calls.map((id) => `/v1/cfps/${id}`),
        ...calls.map((id) => `/v1/cfps/${id}/trace`),
        ...leases.map((id) => `/v1/leases/${id}`),
      ]) {
        const reply = await api.send('GET', path);
        texts.push(`${path} ${reply.status} ${reply.text}`);
      }
      return texts;
    }),
  );
}

/** One difference at a time: whole lists of documents are more than anybody reads. */
async function sameAsTold(): Promise<void> {
  for (const [i, texts] of (await readAll()).entries()) {
    for (const [j, text] of texts.entries()) assert.equal(text, told[i]?.[j], `reader ${i}`);
  }
}

async function forgetThem(manager: Party): Promise<void> {
  const body = { need: '1 memory for 1 minute', maxPrice: 0 };
  for (let done = 0; done < KEPT; done += 100) {
    const opened = await Promise.all(
      Array.from({ length: 100 }, () => manager.api.post<{ cfp: CfpDoc }>('/v1/cfps', body, 201)),
    );
    await Promise.all(opened.map(({ cfp }) => manager.api.post(`/v1/cfps/${cfp.id}/cancel`)));
  }
}

test('they have left memory', async () => {
  const { cfps } = await host.operator.get<{ cfps: CfpDoc[] }>('/v1/cfps?limit=1');
  assert.ok(!calls.includes(cfps[0]?.id ?? ''));
  const { leases: kept } = await host.operator.get<{ leases: LeaseDoc[] }>('/v1/leases');
  assert.deepEqual(kept, []);
});

test('every document and trace reads as before, for every reader', async () => {
  await sameAsTold();
});

test('commands on what has ended are refused as on what has just ended', async () => {
  const [manager, , a, b] = parties as [Party, Party, Seller, Seller];
  const recent = await call(manager);
  const p = await propose(a, recent.id, 1);
  const l = await award(manager, p);
  await a.api.post(`/v1/leases/${l.id}/done`, { epoch: l.epoch });
  const [old, oldLease] = [calls[0] ?? '', leases[0] ?? ''];
  const seen = await see(manager.api, old);
  const proposalId = seen.award?.proposalId ?? '';
  const on = async (cfpId: string, leaseId: string, prp: string): Promise<[number, string][]> => {
    const requests: [Party, string, unknown][] = [
      [b, `/v1/cfps/${cfpId}/proposals`, { price: 1, resourceId: b.resourceId }],
      [manager, `/v1/cfps/${cfpId}/award`, { proposalId: prp }],
      [manager, `/v1/cfps/${cfpId}/cancel`, {}],
      [a, `/v1/leases/${leaseId}/done`, { epoch: l.epoch }],
      [a, `/v1/leases/${leaseId}/renew`, { epoch: l.epoch }],
      [a, `/v1/leases/${leaseId}/fail`, { epoch: l.epoch, reason: 'x' }],
      [a, `/v1/leases/${leaseId}/give-back`, {}],
    ];
    const codes: [number, string][] = [];
    for (const [by, path, body] of requests) {
      const reply = await by.api.send('POST', path, { body });
      codes.push([reply.status, path.split('/').at(-1) ?? '']);
    }
    return codes;
  };
  assert.deepEqual(await on(old, oldLease, proposalId), await on(recent.id, l.id, p.id));
});

test('an agent’s stream read now says what it said when it happened', async () => {
  for (const [i, p] of parties.entries()) {
    const now = await streamOf(p, streamed[i]?.length ?? 0);
    for (const [j, line] of now.entries()) assert.equal(line, streamed[i]?.[j], p.name);
  }
});

test('and the same after a restart', async () => {
  host = await host.restart();
  for (const [i, p] of parties.entries()) {
    parties[i] = { ...p, api: host.client(p.token) };
  }
  await sameAsTold();
});
