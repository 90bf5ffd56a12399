// Goal: whatever can be had once is had by exactly one of 256 that ask at the same time.
// Method: 256 requests over HTTP on 256 connections, several rounds of several shapes: one
// proposal, 256 proposals, one slot, one need in 256 offers, one budget, one ending of a lease.
// Check: one success each round, everybody else a documented 409, and a ledger that adds up.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { problemOf, type Reply } from './client.ts';
import {
  award,
  balance,
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
  trialBalance,
} from './support.ts';

const N = 256;
const ROUNDS = 3;
type Seller = Party & { resourceId: string };

let host: TestHost;
let managers: Party[];
let sellers: Seller[];
before(async () => {
  host = await startHost();
  managers = await Promise.all(Array.from({ length: N }, () => party(host)));
  sellers = await Promise.all(Array.from({ length: N }, () => seller(host)));
});

const each = <T>(make: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: N }, (_, i) => make(i)));
const at = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;

/** Asserts one success, and that all others were refused with one of these codes. */
function oneOf(replies: readonly Reply[], status: number, codes: readonly string[]): Reply {
  const won = replies.filter((r) => r.status === status);
  assert.equal(won.length, 1, `${won.length} of ${replies.length} succeeded`);
  for (const r of replies) {
    if (r.status === status) continue;
    const p = problemOf(r);
    assert.deepEqual([p.status, codes.includes(p.code)], [409, true], r.text);
  }
  return won[0] as Reply;
}

/** Ends the round's lease, so that the next one begins with free slots. */
async function finish(won: Reply): Promise<void> {
  const { lease } = won.json as { lease: LeaseDoc };
  const s = sellers.find((one) => one.id === lease.contractorId) as Seller;
  await s.api.post(`/v1/leases/${lease.id}/done`, { epoch: lease.epoch });
}

test('one proposal, awarded 256 times at once', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const [m, s] = [at(managers, round), at(sellers, round)];
    const p = await propose(s, (await call(m)).id, 5);
    const body = { proposalId: p.id };
    const replies = await each(() => m.api.send('POST', `/v1/cfps/${p.cfpId}/award`, { body }));
    await finish(oneOf(replies, 200, ['already-awarded']));
  }
});

test('256 proposals of 256 contractors in one call, each awarded at once', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const m = at(managers, round);
    const cfp = await call(m);
    const proposals = await each((i) => propose(at(sellers, i), cfp.id, 5));
    const path = `/v1/cfps/${cfp.id}/award`;
    const replies = await each((i) =>
      m.api.send('POST', path, { body: { proposalId: at(proposals, i).id } }),
    );
    const won = oneOf(replies, 200, ['already-awarded']);
    const released = await see(at(sellers, 0).api, cfp.id);
    assert.ok(released.award !== null || released.lost?.reason === 'not-chosen');
    await finish(won);
  }
});

test('256 calls, one contractor, one slot: one promise, then one award', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const s = at(sellers, round);
    const calls = await each((i) => call(at(managers, i)));
    const body = { price: 5, resourceId: s.resourceId };
    const replies = await each((i) =>
      s.api.send('POST', `/v1/cfps/${at(calls, i).id}/proposals`, { body }),
    );
    const won = oneOf(replies, 201, ['slot-taken']);
    const { proposal } = won.json as { proposal: { id: string; cfpId: string } };
    const awards = await each((i) =>
      at(managers, i).api.send('POST', `/v1/cfps/${at(calls, i).id}/award`, {
        body: { proposalId: proposal.id },
      }),
    );
    const ok = awards.filter((r) => r.status === 200);
    assert.equal(ok.length, 1);
    for (const r of awards) if (r.status !== 200) assert.equal(problemOf(r).status, 404);
    await finish(ok[0] as Reply);
    await each((i) => at(managers, i).api.send('POST', `/v1/cfps/${at(calls, i).id}/cancel`));
  }
});

test('one need, bid for in 256 offers that are all awarded at once: it is met once', async () => {
  const m = await party(host);
  const need = await call(m, { replyByMs: 3_600_000, maxPrice: 20 });
  const bids = await each(async (i) => {
    const s = at(sellers, i);
    const offer = { resourceId: s.resourceId, durationMs: 600_000 };
    const body = { offer, minPrice: 1, award: 'manual' };
    const { cfp } = await s.api.post<{ cfp: CfpDoc }>('/v1/cfps', body, 201);
    const path = `/v1/cfps/${cfp.id}/proposals`;
    const bid = { price: (200 + i) / 100, cfpId: need.id };
    const { proposal } = await m.api.post<{ proposal: { id: string } }>(path, bid, 201);
    return { s, cfpId: cfp.id, proposalId: proposal.id };
  });
  assert.equal((await balance(host, m.id)).held, 20, 'all bids stand on one ceiling');
  const replies = await Promise.all(
    bids.map(({ s, cfpId, proposalId }) =>
      s.api.send('POST', `/v1/cfps/${cfpId}/award`, { body: { proposalId } }),
    ),
  );
  const won = oneOf(replies, 200, ['proposal-expired', 'need-already-met']);
  const { lease } = won.json as { lease: LeaseDoc };
  assert.equal((await see(m.api, need.id)).award?.leaseId, lease.id);
  assert.equal((await balance(host, m.id)).held, lease.price);
  await finish(won);
  for (const { s, cfpId } of bids) await s.api.send('POST', `/v1/cfps/${cfpId}/cancel`);
});

test('one budget that pays for one: 256 awards of one manager', async () => {
  const m = await party(host, { budget: 7 });
  const proposals = await each(async (i) => {
    const cfp = await call(m, { maxPrice: 7 });
    return propose(at(sellers, i), cfp.id, 7);
  });
  const replies = await Promise.all(
    proposals.map((p) =>
      m.api.send('POST', `/v1/cfps/${p.cfpId}/award`, { body: { proposalId: p.id } }),
    ),
  );
  const won = oneOf(replies, 200, ['insufficient-credits']);
  assert.deepEqual(await balance(host, m.id), { posted: 7, held: 7, available: 0 });
  await finish(won);
  assert.deepEqual(await balance(host, m.id), { posted: 0, held: 0, available: 0 });
  await Promise.all(proposals.map((p) => m.api.send('POST', `/v1/cfps/${p.cfpId}/cancel`)));
});

test('one lease, ended 256 times at once in four ways: it ends once', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const m = at(managers, round);
    const s = at(sellers, round + 7);
    const l = await award(m, await propose(s, (await call(m)).id, 5));
    const { epoch } = l;
    const ways: [string, unknown, Party][] = [
      [`/v1/leases/${l.id}/done`, { epoch }, s],
      [`/v1/leases/${l.id}/fail`, { epoch, reason: 'x' }, s],
      [`/v1/leases/${l.id}/give-back`, {}, s],
      [`/v1/cfps/${l.cfpId}/cancel`, {}, m],
    ];
    const replies = await each((i) => {
      const [path, body, p] = at(ways, i + round);
      return p.api.send('POST', path, { body });
    });
    oneOf(replies, 200, ['lease-ended', 'call-closed']);
  }
});

test('after all races no credit is lost, held or owed, and every slot is free', async () => {
  const accounts = await trialBalance(host);
  for (const [id, { held }] of accounts) assert.equal(held, 0, `${id} holds ${held}`);
  const { resources } = await host.operator.get<{ resources: { free: number; count: number }[] }>(
    '/v1/resources?limit=500',
  );
  assert.equal(resources.length, N);
  for (const r of resources) assert.equal(r.free, r.count);
});
