// Goal: budgets are windows: issued at the start, lapsing at the end, never to be overspent.
// Method: agents and projects on a manual clock moved across window boundaries.
// Check: balances, the bank's transfers, and that all open promises together fit the budget.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type AgentDoc,
  award,
  balance,
  call,
  type CfpDoc,
  HOUR_MS,
  type LeaseDoc,
  type Party,
  party,
  propose,
  see,
  seller,
  startHost,
  type TestHost,
  type TransferDoc,
  trialBalance,
} from './support.ts';

let host: TestHost;
before(async () => void (host = await startHost()));

async function budget(p: Party, amount: number, carryOver?: boolean): Promise<void> {
  const body = { amount, windowMs: HOUR_MS, ...(carryOver === undefined ? {} : { carryOver }) };
  await host.operator.put(`/v1/agents/${p.id}/budget`, body);
}

/** Buys a lease of ten minutes for this price and has it reported done. */
async function spend(p: Party, price: number): Promise<void> {
  const s = await seller(host);
  const cfp = await call(p, { maxPrice: price });
  const l = await award(p, await propose(s, cfp.id, price));
  await s.api.post(`/v1/leases/${l.id}/done`, { epoch: l.epoch });
}

test('a window issues its amount at its start; what is unspent lapses at its end', async () => {
  const p = await party(host, { budget: 0 });
  await budget(p, 10);
  await spend(p, 4);
  assert.equal((await balance(host, p.id)).available, 6);
  await host.advance(HOUR_MS - 1);
  assert.equal((await balance(host, p.id)).available, 6);
  await host.advance(1);
  assert.equal((await balance(host, p.id)).available, 10);
  await host.advance(3 * HOUR_MS);
  assert.equal((await balance(host, p.id)).available, 10, 'windows nobody saw are not added up');
  const { transfers } = await host.operator.get<{ transfers: TransferDoc[] }>(
    `/v1/ledger/transfers?agentId=${p.id}`,
  );
  const bank = transfers.filter((t) => t.debit === 'bank' || t.credit === 'bank');
  const moved = bank.map((t) => [t.code, t.amount]);
  assert.deepEqual(moved.slice(0, 3), [
    ['issue', 10],
    ['lapse', 6],
    ['issue', 10],
  ]);
});

test('carryOver keeps what is unspent, and issues what windows nobody saw would have', async () => {
  const p = await party(host, { budget: 0 });
  await budget(p, 10, true);
  await spend(p, 4);
  await host.advance(2 * HOUR_MS + 5);
  assert.equal((await balance(host, p.id)).available, 26);
});

test('credits held across a boundary cannot be hoarded: released late, they lapse', async () => {
  const p = await party(host, { budget: 0 });
  await budget(p, 10);
  const cfp = await call(p, { maxPrice: 8, replyByMs: HOUR_MS });
  await host.advance(HOUR_MS - 1); // the call ends at the very end of the window
  await host.advance(1);
  const reading = await see(p.api, cfp.id);
  assert.equal(reading.state, 'unawarded');
  assert.deepEqual(await balance(host, p.id), { posted: 10, held: 0, available: 10 });
});

test('earned credits do not lapse', async () => {
  const p = await party(host);
  const s = await seller(host);
  const l = await award(p, await propose(s, (await call(p)).id, 9));
  await s.api.post(`/v1/leases/${l.id}/done`, { epoch: l.epoch });
  await host.advance(2 * HOUR_MS);
  assert.equal((await balance(host, s.id)).available, 9);
});

test('all open calls together never promise more than the budget', async () => {
  const p = await party(host, { budget: 30 });
  const s = await seller(host, { count: 4 });
  const calls = [];
  for (let i = 0; i < 4; i++) calls.push(await call(p, { maxPrice: 20 }));
  assert.deepEqual(await balance(host, p.id), { posted: 30, held: 30, available: 0 });
  const bids = [];
  for (const c of calls) bids.push(await propose(s, c.id, 15));
  let spent = 0;
  for (const b of bids) {
    const reply = await p.api.send('POST', `/v1/cfps/${b.cfpId}/award`, {
      body: { proposalId: b.id },
    });
    if (reply.status === 200) spent += 15;
    else assert.equal((reply.json as { code: string }).code, 'insufficient-credits');
  }
  assert.ok(spent <= 30 && spent > 0, `spent ${spent} of 30`);
  await trialBalance(host);
});

test('an agent that spent its budget is priced out until the next window', async () => {
  const p = await party(host, { budget: 0 });
  await budget(p, 10);
  await spend(p, 10);
  const s = await seller(host);
  const broke = await call(p, { maxPrice: 5 });
  const q = await propose(s, broke.id, 5);
  await p.api.refused('insufficient-credits', 'POST', `/v1/cfps/${broke.id}/award`, {
    proposalId: q.id,
  });
  await host.advance(HOUR_MS);
  await spend(p, 10);
});

test('a project’s budget is spent by its agents that have none of their own', async () => {
  const body = { amount: 20, windowMs: HOUR_MS };
  await host.operator.put('/v1/projects/reports/budget', body);
  const a = await party(host, { budget: 0, project: 'reports' });
  const b = await party(host, { budget: 0, project: 'reports' });
  const c = await party(host, { budget: 0, project: 'elsewhere' });
  await spend(a, 12);
  await spend(b, 5);
  const s = await seller(host);
  const outside = await call(c, { maxPrice: 1 });
  const p = await propose(s, outside.id, 1);
  const path = `/v1/cfps/${outside.id}/award`;
  await c.api.refused('insufficient-credits', 'POST', path, { proposalId: p.id });
  const accounts = await trialBalance(host);
  assert.equal(accounts.get('project:reports')?.posted, 3);
  await host.advance(HOUR_MS);
  assert.equal((await trialBalance(host)).get('project:reports')?.posted, 20);
});

test('a new budget replaces the old one, and issues nothing twice', async () => {
  const p = await party(host, { budget: 0 });
  await budget(p, 10);
  await budget(p, 7);
  assert.equal((await balance(host, p.id)).available, 7);
  await host.advance(HOUR_MS);
  assert.equal((await balance(host, p.id)).available, 7);
});

test('bids in offers are held on top of what is promised elsewhere', async () => {
  const p = await party(host, { budget: 10 });
  const offers = [];
  for (let i = 0; i < 2; i++) {
    const s = await seller(host);
    const body = {
      offer: { resourceId: s.resourceId, durationMs: 60_000 },
      minPrice: 1,
      award: 'manual',
    };
    offers.push((await s.api.post<{ cfp: CfpDoc }>('/v1/cfps', body, 201)).cfp);
  }
  const [first, second] = offers;
  await p.api.post(`/v1/cfps/${first?.id}/proposals`, { price: 8 }, 201);
  const path = `/v1/cfps/${second?.id}/proposals`;
  await p.api.refused('insufficient-credits', 'POST', path, { price: 3 });
  await p.api.post(path, { price: 2 }, 201);
  assert.deepEqual(await balance(host, p.id), { posted: 10, held: 10, available: 0 });
});

test('an aggressive caller pays the surcharge of the policy, which decays', async () => {
  const surcharge = { rate: 0.5, freeCalls: 2, halfLifeMs: 60_000 };
  await host.operator.put('/v1/policy', { surcharge });
  const p = await party(host, { budget: 100 });
  const fee = async (): Promise<number> => {
    const had = (await balance(host, p.id)).posted;
    const { id } = await call(p, { maxPrice: 1 });
    await p.api.post(`/v1/cfps/${id}/cancel`);
    return had - (await balance(host, p.id)).posted;
  };
  assert.deepEqual([await fee(), await fee(), await fee(), await fee()], [0, 0, 0.5, 1]);
  await host.advance(60_000 * 10);
  assert.equal(await fee(), 0);
  await host.operator.put('/v1/policy', { surcharge: null });
  await trialBalance(host);
});

test('the priority reserve is for system agents alone', async () => {
  await host.operator.put('/v1/policy', { priorityReserve: 0.5 });
  const s = await seller(host, { count: 2 });
  const plain = await party(host);
  const system = await party(host, { system: true });
  const path = (c: CfpDoc): string => `/v1/cfps/${c.id}/proposals`;
  await propose(s, (await call(plain)).id, 5);
  const more = await call(plain);
  const body = { price: 5, resourceId: s.resourceId };
  await s.api.refused('slot-taken', 'POST', path(more), body);
  await propose(s, (await call(system)).id, 5);
  await host.operator.put('/v1/policy', { priorityReserve: 0 });
});

test('the budget document says what is left and when the window ends', async () => {
  const p = await party(host, { budget: 0 });
  await budget(p, 10);
  const earlier = Date.parse(
    (await host.operator.post<{ clock: { now: string } }>('/v1/clock', { advanceMs: 1 })).clock.now,
  );
  await spend(p, 4);
  const { agent } = await p.api.get<{ agent: AgentDoc }>(`/v1/agents/${p.id}`);
  assert.equal(agent.budget?.remaining, 6);
  const ends = Date.parse(agent.budget?.windowEndsAt ?? '');
  assert.equal(ends - earlier, HOUR_MS - 1);
  const leases = await p.api.get<{ leases: LeaseDoc[] }>('/v1/leases');
  assert.equal(leases.leases.length, 1);
});
