// Goal: leases end exactly once, for the agreed price, and only who holds the epoch may report.
// Method: outside parties on a manual clock; the ledger is read before and after.
// Check: states, refusals, and who paid whom, to the micro-credit.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  award,
  balance,
  call,
  lease,
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

let host: TestHost;
before(async () => void (host = await startHost()));

type Seller = Party & { resourceId: string };
interface Deal {
  manager: Party;
  s: Seller;
  l: LeaseDoc;
}

/** A running lease of ten minutes for 12 credits. */
async function deal(terms: Record<string, unknown> = {}, price = 12): Promise<Deal> {
  const manager = await party(host, { budget: 100 });
  const s = await seller(host, { budget: 10, count: 2 });
  const cfp = await call(manager);
  const p = await propose(s, cfp.id, price, { terms });
  return { manager, s, l: await award(manager, p) };
}

const posted = async (p: Party): Promise<number> => (await balance(host, p.id)).posted;
const path = (l: LeaseDoc, verb: string): string => `/v1/leases/${l.id}/${verb}`;

test('done posts the price, or less when less is charged, and releases the rest', async () => {
  const { manager, s, l } = await deal();
  assert.deepEqual(await balance(host, manager.id), { posted: 100, held: 12, available: 88 });
  await s.api.refused('invalid-field', 'POST', path(l, 'done'), {
    epoch: l.epoch,
    charge: 12.000001,
  });
  const { lease: ended } = await s.api.post<{ lease: LeaseDoc }>(path(l, 'done'), {
    epoch: l.epoch,
    charge: 7.5,
  });
  assert.deepEqual(
    [ended.state, ended.ending?.how, ended.ending?.charge],
    ['settled', 'done', 7.5],
  );
  assert.deepEqual(await balance(host, manager.id), { posted: 92.5, held: 0, available: 92.5 });
  assert.equal(await posted(s), 17.5);
});

test('a lease ends once: whatever comes after is refused and moves nothing', async () => {
  const { manager, s, l } = await deal();
  const { epoch } = l;
  await s.api.post(path(l, 'done'), { epoch });
  const seq = await host.seq();
  await s.api.refused('lease-ended', 'POST', path(l, 'done'), { epoch });
  await s.api.refused('lease-ended', 'POST', path(l, 'fail'), { epoch, reason: 'late' });
  await s.api.refused('lease-ended', 'POST', path(l, 'renew'), { epoch });
  await s.api.refused('lease-ended', 'POST', path(l, 'give-back'));
  await manager.api.refused('call-closed', 'POST', `/v1/cfps/${l.cfpId}/cancel`);
  assert.equal(await host.seq(), seq);
  assert.deepEqual([await posted(manager), await posted(s)], [88, 22]);
});

test('a stale epoch, and a report by anybody else, change nothing', async () => {
  const { manager, s, l } = await deal();
  const rival = await seller(host);
  const seq = await host.seq();
  for (const epoch of [l.epoch - 1, l.epoch + 1, 2 ** 40].filter((n) => n > 0)) {
    await s.api.refused('stale-epoch', 'POST', path(l, 'done'), { epoch });
    await s.api.refused('stale-epoch', 'POST', path(l, 'renew'), { epoch });
    await s.api.refused('stale-epoch', 'POST', path(l, 'fail'), { epoch, reason: 'x' });
  }
  for (const other of [manager, rival]) {
    await other.api.refused('forbidden', 'POST', path(l, 'done'), { epoch: l.epoch });
    await other.api.refused('forbidden', 'POST', path(l, 'fail'), { epoch: l.epoch, reason: 'x' });
    await other.api.refused('forbidden', 'POST', path(l, 'give-back'));
  }
  assert.equal(await host.seq(), seq);
  assert.deepEqual(await lease(manager.api, l.id), l);
});

test('epochs grow with every award on a resource, so an earlier holder is fenced', async () => {
  const { s, l } = await deal();
  await s.api.post(path(l, 'fail'), { epoch: l.epoch, reason: 'lost power' });
  const manager = await party(host);
  const cfp = await call(manager);
  const next = await award(manager, await propose(s, cfp.id, 5));
  assert.ok(next.epoch > l.epoch);
  await s.api.refused('stale-epoch', 'POST', path(next, 'done'), { epoch: l.epoch });
});

test('fail charges nothing and the call has failed', async () => {
  const { manager, s, l } = await deal();
  const body = { epoch: l.epoch, reason: 'out of memory', usage: { seconds: 3 } };
  const { lease: ended } = await s.api.post<{ lease: LeaseDoc }>(path(l, 'fail'), body);
  assert.deepEqual([ended.state, ended.ending?.how, ended.usage], ['voided', 'failed', body.usage]);
  assert.equal((await see(manager.api, l.cfpId)).state, 'failed');
  assert.deepEqual([await posted(manager), await posted(s)], [100, 10]);
});

test('without a report until its end a lease expires unpaid', async () => {
  const { manager, s, l } = await deal();
  await host.advance(Date.parse(l.endAt) - Date.parse(l.startAt));
  const ended = await lease(manager.api, l.id);
  assert.deepEqual([ended.state, ended.ending?.how], ['expired', 'no-report']);
  await s.api.refused('lease-ended', 'POST', path(l, 'done'), { epoch: l.epoch });
  assert.deepEqual([await posted(manager), await posted(s)], [100, 10]);
});

test('renew adds one full term at the agreed price, while the slots are free', async () => {
  const { s, l } = await deal();
  await host.advance(300_000);
  const { lease: longer } = await s.api.post<{ lease: LeaseDoc }>(path(l, 'renew'), {
    epoch: l.epoch,
  });
  assert.equal(Date.parse(longer.endAt) - Date.parse(l.endAt), 300_000, 'a full term from now');
  assert.deepEqual([longer.price, longer.epoch, longer.state], [12, l.epoch, 'active']);
  await host.advance(500_000);
  await s.api.post(path(l, 'done'), { epoch: l.epoch });
  assert.equal(await posted(s), 22);
});

test('renew is refused where the slots are promised to somebody else', async () => {
  const manager = await party(host);
  const s = await seller(host, { count: 1 });
  const first = await award(manager, await propose(s, (await call(manager)).id, 3));
  const wait = Date.parse(first.endAt) - Date.parse(first.startAt);
  await propose(s, (await call(manager, { replyByMs: 900_000 })).id, 3, { startDelayMs: wait + 1 });
  await host.advance(1000);
  await s.api.refused('slot-taken', 'POST', path(first, 'renew'), { epoch: first.epoch });
});

test('give-back without a window ends at once; the time used is paid, the penalty too', async () => {
  const { manager, s, l } = await deal({ penalty: 4 });
  assert.deepEqual(await balance(host, s.id), { posted: 10, held: 4, available: 6 });
  await host.advance(150_000); // a quarter of ten minutes
  const { lease: ended } = await s.api.post<{ lease: LeaseDoc }>(path(l, 'give-back'));
  assert.deepEqual(
    [ended.state, ended.ending?.how, ended.ending?.charge],
    ['settled', 'given-back', 3],
  );
  assert.deepEqual([await posted(manager), await posted(s)], [100 - 3 + 4, 10 + 3 - 4]);
  assert.equal((await balance(host, s.id)).held, 0);
});

test('give-back with a window: the work may still be finished in it, then no penalty', async () => {
  const { manager, s, l } = await deal({ penalty: 4, reclaimWindowMs: 60_000 });
  const { lease: going } = await s.api.post<{ lease: LeaseDoc }>(path(l, 'give-back'));
  assert.equal(going.state, 'reclaiming');
  const seq = await host.seq();
  await s.api.post(path(l, 'give-back'));
  assert.equal(await host.seq(), seq, 'asked twice is asked once');
  await s.api.refused('not-understood', 'POST', path(l, 'renew'), { epoch: l.epoch });
  await host.advance(59_999);
  assert.equal((await lease(manager.api, l.id)).state, 'reclaiming');
  await s.api.post(path(l, 'done'), { epoch: l.epoch });
  assert.deepEqual([await posted(manager), await posted(s)], [88, 22]);
});

test('give-back with a window takes effect at its end, by the operator as well', async () => {
  const { manager, s, l } = await deal({ penalty: 4, reclaimWindowMs: 60_000 });
  await host.operator.post(path(l, 'give-back'));
  await host.advance(60_000); // a tenth of the term
  const ended = await lease(manager.api, l.id);
  assert.deepEqual(
    [ended.state, ended.ending?.how, ended.ending?.charge],
    ['settled', 'given-back', 1.2],
  );
  assert.deepEqual([await posted(manager), await posted(s)], [102.8, 7.2]);
});

test('a manager that cancels a running lease pays for the time used', async () => {
  const { manager, s, l } = await deal();
  await host.advance(60_000);
  await manager.api.post(`/v1/cfps/${l.cfpId}/cancel`);
  assert.deepEqual([await posted(manager), await posted(s)], [98.8, 11.2]);
  assert.equal((await lease(s.api, l.id)).ending?.how, 'cancelled');
});

test('a lease with a start delay waits as scheduled, then runs its full time', async () => {
  const manager = await party(host);
  const s = await seller(host);
  const p = await propose(s, (await call(manager)).id, 6, { startDelayMs: 30_000 });
  const l = await award(manager, p);
  assert.equal(l.state, 'scheduled');
  await host.advance(30_000);
  const running = await lease(manager.api, l.id);
  assert.deepEqual(
    [running.state, Date.parse(running.endAt) - Date.parse(running.startAt)],
    ['active', 600_000],
  );
});

test('leases are listed for their parties only', async () => {
  const { manager, s, l } = await deal();
  const own = async (p: Party): Promise<string[]> =>
    (await p.api.get<{ leases: LeaseDoc[] }>('/v1/leases')).leases.map((x) => x.id);
  assert.deepEqual([await own(manager), await own(s)], [[l.id], [l.id]]);
  assert.deepEqual(await own(await party(host)), []);
  await trialBalance(host);
});
