// Goal: every pricing rule decides and pays as API.md says, in both directions, by hand and by
// itself. Method: three contractors over HTTP on a clock that only the test moves.
// Check: who won, what the ledger moved, and what the losers were told, to the micro-credit.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  award,
  balance,
  call,
  type CfpDoc,
  lease,
  NEED,
  type Party,
  party,
  propose,
  see,
  seller,
  startHost,
  type TestHost,
  trialBalance,
} from './support.ts';

let host: TestHost;
before(async () => void (host = await startHost()));

type Seller = Party & { resourceId: string };
const three = (): Promise<[Seller, Seller, Seller]> =>
  Promise.all([seller(host), seller(host), seller(host)]);

/** Opens an automatic call under a rule, proposes in turn, lets replyBy pass, returns the call. */
async function decide(
  manager: Party,
  pricing: string,
  bids: [Seller, number, Record<string, unknown>?][],
  more: Record<string, unknown> = {},
): Promise<CfpDoc> {
  const rule = { mechanism: { type: 'contract-net', pricing }, award: 'auto', ...more };
  const cfp = await call(manager, rule);
  for (const [s, price, terms] of bids) {
    await propose(s, cfp.id, price, terms === undefined ? {} : { terms });
  }
  await host.advance(2001);
  return see(manager.api, cfp.id);
}

/** Ends the lease as its contractor does and returns what the contractor earned by it. */
async function settle(s: Seller, cfp: CfpDoc): Promise<number> {
  const earlier = await balance(host, s.id);
  const { id, epoch } = await lease(s.api, cfp.award?.leaseId ?? '');
  await s.api.post(`/v1/leases/${id}/done`, { epoch });
  const after = await balance(host, s.id);
  return Math.round((after.posted - earlier.posted) * 1e6) / 1e6;
}

test('first price: the lowest bid wins and is paid what it asked', async () => {
  const manager = await party(host);
  const [a, b, c] = await three();
  const cfp = await decide(manager, 'first-price', [
    [a, 12],
    [b, 10.000001],
    [c, 11],
  ]);
  assert.deepEqual(
    [cfp.state, cfp.award?.contractorId, cfp.award?.price],
    ['awarded', b.id, 10.000001],
  );
  assert.equal(await settle(b, cfp), 10.000001);
  const lost = (await see(c.api, cfp.id)).lost;
  assert.equal(lost?.reason, 'price');
  assert.ok((lost?.short.price ?? 0) >= 0.999999, 'what would have won: at least that much less');
});

test('second price: the lowest bid wins and is paid the second lowest', async () => {
  const manager = await party(host);
  const [a, b, c] = await three();
  const cfp = await decide(manager, 'second-price', [
    [a, 12],
    [b, 9],
    [c, 11.25],
  ]);
  assert.deepEqual([cfp.award?.contractorId, cfp.award?.price], [b.id, 11.25]);
  assert.equal(await settle(b, cfp), 11.25);
});

test('second price alone: paid the manager’s maximum', async () => {
  const manager = await party(host);
  const [a, b] = await three();
  await b.api.get('/v1/resources');
  const cfp = await decide(manager, 'second-price', [[a, 9]], { maxPrice: 40 });
  assert.deepEqual([cfp.award?.contractorId, cfp.award?.price], [a.id, 40]);
  assert.equal(await settle(a, cfp), 40);
});

test('second score: quality less the second-best score is paid', async () => {
  const manager = await party(host);
  const [a, b, c] = await three();
  // scores: a 30 - 12 = 18, b 40 - 15 = 25, c 20 - 5 = 15; b is paid 40 - 18 = 22.
  const cfp = await decide(
    manager,
    'second-score',
    [
      [a, 12, { quality: 30 }],
      [b, 15, { quality: 40 }],
      [c, 5, { quality: 20 }],
    ],
    { maxPrice: 50 },
  );
  assert.deepEqual([cfp.award?.contractorId, cfp.award?.price], [b.id, 22]);
  assert.equal(await settle(b, cfp), 22);
});

test('ties go by the draw, never by arrival: over many calls both win', async () => {
  const manager = await party(host);
  const [a, b] = await three();
  const wins = new Map([
    [a.id, 0],
    [b.id, 0],
  ]);
  for (let i = 0; i < 24; i++) {
    const order: [Seller, Seller] = i % 2 === 0 ? [a, b] : [b, a];
    const cfp = await decide(manager, 'first-price', [
      [order[0], 5],
      [order[1], 5],
    ]);
    const winner = cfp.award?.contractorId ?? '';
    wins.set(winner, (wins.get(winner) ?? 0) + 1);
    const loser = winner === a.id ? b : a;
    assert.deepEqual((await see(loser.api, cfp.id)).lost, { reason: 'tie', short: {} });
    await settle(winner === a.id ? a : b, cfp);
  }
  // 24 fair draws leave one side empty once in 8 million runs.
  assert.ok(
    [...wins.values()].every((n) => n > 0),
    JSON.stringify([...wins]),
  );
});

test('an automatic call with every invited contractor heard does not wait for replyBy', async () => {
  const manager = await party(host);
  const model = 'only one has this';
  const s = await seller(host, { model });
  const cfp = await call(manager, { need: { ...NEED, model }, award: 'auto' });
  await propose(s, cfp.id, 4);
  const seen = await see(manager.api, cfp.id);
  assert.deepEqual([seen.state, seen.award?.price], ['awarded', 4]);
});

test('a manual call waits for its manager, who may choose any proposal', async () => {
  const manager = await party(host);
  const [a, b, c] = await three();
  const cfp = await call(manager, { mechanism: { pricing: 'second-price' } });
  await propose(a, cfp.id, 8);
  const chosen = await propose(b, cfp.id, 9);
  await propose(c, cfp.id, 10);
  await host.advance(2001);
  assert.equal((await see(manager.api, cfp.id)).state, 'deciding');
  const l = await award(manager, chosen);
  assert.deepEqual([l.price, l.contractorId, l.managerId], [9, b.id, manager.id]);
  assert.equal((await see(a.api, cfp.id)).lost?.reason, 'not-chosen');
  // The rule's own winner is paid by the rule: second price.
  const next = await call(manager, { mechanism: { pricing: 'second-price' } });
  const best = await propose(a, next.id, 8);
  await propose(c, next.id, 10);
  assert.equal((await award(manager, best)).price, 10);
});

test('calls that cannot be awarded end unawarded and say why', async () => {
  const manager = await party(host, { budget: 100 });
  const [a, b] = await three();
  const silent = await decide(manager, 'first-price', []);
  assert.deepEqual([silent.state, silent.why], ['unawarded', 'no-proposals']);
  const refusing = await call(manager, { award: 'auto' });
  await a.api.post(`/v1/cfps/${refusing.id}/refusals`, { reason: 'busy' }, 201);
  await host.advance(2001);
  assert.equal((await see(manager.api, refusing.id)).why, 'all-infeasible');
  const dear = await decide(manager, 'first-price', [
    [a, 51],
    [b, 60],
  ]);
  assert.equal(dear.why, 'all-above-max-price');
  assert.deepEqual((await see(a.api, dear.id)).lost, {
    reason: 'above-max-price',
    short: { price: 1 },
  });
  const poor = await party(host, { budget: 5 });
  const unpaid = await decide(poor, 'first-price', [[a, 20]]);
  assert.equal(unpaid.why, 'insufficient-credits');
  for (const p of [manager, poor, a, b]) assert.equal((await balance(host, p.id)).held, 0);
});

test('losers are released at once: their slots serve the next call', async () => {
  const manager = await party(host);
  const [a, b] = await three();
  const first = await call(manager);
  const p = await propose(a, first.id, 5);
  const q = await propose(b, first.id, 6);
  const second = await call(manager);
  const again = { price: 5, resourceId: b.resourceId };
  await b.api.refused('slot-taken', 'POST', `/v1/cfps/${second.id}/proposals`, again);
  await award(manager, p);
  assert.equal((await see(b.api, first.id)).lost?.reason, 'not-chosen');
  await propose(b, second.id, 6);
  assert.notEqual(q.id, p.id);
});

test('a cancelled call releases every hold, and says so to its contractors', async () => {
  const manager = await party(host, { budget: 100 });
  const s = await seller(host, { budget: 10 });
  const cfp = await call(manager);
  await propose(s, cfp.id, 5, { terms: { penalty: 3 } });
  assert.equal((await balance(host, manager.id)).held, 50);
  assert.equal((await balance(host, s.id)).held, 3);
  await manager.api.post(`/v1/cfps/${cfp.id}/cancel`);
  assert.equal((await balance(host, manager.id)).held, 0);
  assert.equal((await balance(host, s.id)).held, 0);
  assert.equal((await see(s.api, cfp.id)).lost?.reason, 'cancelled');
  const late = { price: 1, resourceId: s.resourceId };
  const path = `/v1/cfps/${cfp.id}/proposals`;
  const reply = await s.api.send('POST', path, { body: late });
  assert.equal(reply.status, 409);
});

// ---- the other direction: offers ----

async function offer(s: Seller, more: Record<string, unknown> = {}): Promise<CfpDoc> {
  const body = {
    offer: { resourceId: s.resourceId, count: 1, durationMs: 600_000 },
    minPrice: 2,
    replyByMs: 2000,
    mechanism: { type: 'contract-net', pricing: 'first-price' },
    award: 'auto',
    ...more,
  };
  return (await s.api.post<{ cfp: CfpDoc }>('/v1/cfps', body, 201)).cfp;
}

async function bid(p: Party, offerId: string, price: number, cfpId?: string): Promise<string> {
  const body = { price, ...(cfpId === undefined ? {} : { cfpId }) };
  const path = `/v1/cfps/${offerId}/proposals`;
  return (await p.api.post<{ proposal: { id: string } }>(path, body, 201)).proposal.id;
}

test('an offer under first price: the highest bid wins and pays it', async () => {
  const s = await seller(host);
  const bidders = await Promise.all([party(host), party(host), party(host)]);
  const o = await offer(s);
  for (const [i, p] of bidders.entries()) await bid(p, o.id, [7, 9.5, 8][i] ?? 0);
  await host.advance(2001);
  const seen = await see(s.api, o.id);
  assert.deepEqual([seen.state, seen.award?.price], ['awarded', 9.5]);
  assert.equal(seen.award?.contractorId, bidders[1]?.id);
  const l = await lease(s.api, seen.award?.leaseId ?? '');
  assert.deepEqual([l.managerId, l.contractorId], [bidders[1]?.id, s.id]);
  assert.equal(await settle(s, seen), 9.5);
});

test('an offer under second price: the winner pays the second highest, alone the minimum', async () => {
  const s = await seller(host);
  const [p, q] = [await party(host), await party(host)];
  const mechanism = { pricing: 'second-price' };
  const o = await offer(s, { mechanism });
  await bid(p, o.id, 9);
  await bid(q, o.id, 6.25);
  await host.advance(2001);
  const two = await see(s.api, o.id);
  assert.deepEqual([two.award?.contractorId, two.award?.price], [p.id, 6.25]);
  assert.equal(await settle(s, two), 6.25);
  const alone = await offer(s, { mechanism });
  await bid(q, alone.id, 6.25);
  await host.advance(2001);
  assert.equal((await see(s.api, alone.id)).award?.price, 2);
});

test('an offer with bids below its minimum, or with none, ends unawarded', async () => {
  const s = await seller(host);
  const p = await party(host);
  const o = await offer(s);
  await bid(p, o.id, 1.5);
  await host.advance(2001);
  const low = await see(s.api, o.id);
  assert.equal(low.state, 'unawarded');
  assert.deepEqual((await see(p.api, o.id)).lost, {
    reason: 'below-min-price',
    short: { price: 0.5 },
  });
  const none = await offer(s);
  await host.advance(2001);
  assert.equal((await see(s.api, none.id)).why, 'no-proposals');
  assert.equal((await balance(host, p.id)).held, 0);
});

test('a bid that names the need it serves meets that need; its other proposals are let go', async () => {
  const s = await seller(host);
  const t = await seller(host);
  const p = await party(host, { budget: 100 });
  const need = await call(p, { maxPrice: 20, replyByMs: 60_000 });
  const direct = await propose(t, need.id, 19);
  const o = await offer(s);
  await bid(p, o.id, 12, need.id);
  assert.equal((await balance(host, p.id)).held, 20, 'one ceiling backs the need and its bid');
  await host.advance(2001);
  const met = await see(p.api, need.id);
  assert.deepEqual([met.state, met.award?.price], ['awarded', 12]);
  const l = await lease(p.api, met.award?.leaseId ?? '');
  assert.deepEqual([l.cfpId, l.offerId, l.managerId, l.contractorId], [need.id, o.id, p.id, s.id]);
  assert.equal((await see(t.api, need.id)).lost?.reason, 'need-met');
  const late = { proposalId: direct.id };
  await p.api.refused('already-awarded', 'POST', `/v1/cfps/${need.id}/award`, late);
  assert.equal(await settle(s, await see(s.api, o.id)), 12);
  assert.deepEqual(await balance(host, p.id), { posted: 88, held: 0, available: 88 });
});

test('a bid for somebody else’s need, above its maximum, or for a met need is refused', async () => {
  const s = await seller(host);
  const [p, q] = [await party(host), await party(host)];
  const need = await call(p, { maxPrice: 10 });
  const o = await offer(s, { award: 'manual' });
  const path = `/v1/cfps/${o.id}/proposals`;
  await q.api.refused('forbidden', 'POST', path, { price: 3, cfpId: need.id });
  await p.api.refused('above-max-price', 'POST', path, { price: 11, cfpId: need.id });
  await p.api.post(`/v1/cfps/${need.id}/cancel`);
  await p.api.refused('need-already-met', 'POST', path, { price: 3, cfpId: need.id });
});

test('start delays: too late is infeasible, and a delay cost ranks but is never paid', async () => {
  const manager = await party(host);
  const [a, b, c] = await three();
  const cfp = await call(manager, {
    need: { ...NEED, maxStartDelayMs: 300_000 },
    mechanism: { pricing: 'first-price', delayCost: 1 },
    award: 'auto',
  });
  await propose(a, cfp.id, 10, { startDelayMs: 240_000 }); // 10 + 4 minutes x 1
  await propose(b, cfp.id, 13);
  await propose(c, cfp.id, 1, { startDelayMs: 300_001 });
  await host.advance(2001);
  const seen = await see(manager.api, cfp.id);
  assert.deepEqual([seen.award?.contractorId, seen.award?.price], [b.id, 13]);
  assert.deepEqual((await see(c.api, cfp.id)).lost, {
    reason: 'starts-too-late',
    short: { startDelayMs: 1 },
  });
});

test('after all of it the ledger still adds up to zero', async () => {
  await trialBalance(host);
});
