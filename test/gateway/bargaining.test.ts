// Goal: two parties bargain over HTTP as the protocols say: monotonic concession in rounds,
// alternating offers in turns; a deal is an award, a conflict releases everything.
// Method: a manager whose limit is below the contractor's opening, on a clock the test moves.
// Check: documents, holds and transfers after every step; what each side may see; every refusal.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { BargainingDoc } from '../../core/engine/view/bargaining.ts';
import { problemOf, type Client } from './client.ts';
import {
  balance,
  call,
  type CfpDoc,
  lease,
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

const RULE = { roundsMax: 6, roundMs: 1000 };
const rule = (more: object): Promise<unknown> =>
  host.operator.put('/v1/policy', { bargaining: { ...RULE, roundFee: 0, ...more } });

type Seller = Party & { resourceId: string };
interface Met {
  manager: Party;
  contractor: Seller;
  cfpId: string;
}

/** A call of at most 50 met by an opening of 80 by a contractor whose reserve price makes it 20. */
async function meet(more: Record<string, unknown> = {}): Promise<Met> {
  const manager = await party(host);
  const contractor = await seller(host, { reservePrice: 120, budget: 100 });
  const mechanism = { bargaining: true };
  const cfp = await call(manager, { award: 'auto', mechanism, ...more });
  await propose(contractor, cfp.id, 80, { negotiable: true });
  // Where everybody invited has answered it is decided already.
  if ((await see(manager.api, cfp.id)).state === 'open') await host.advance(2001);
  return { manager, contractor, cfpId: cfp.id };
}

type Bargained = CfpDoc & { bargaining: BargainingDoc | null };
const seen = (reader: Client, id: string): Promise<Bargained> =>
  see(reader, id) as Promise<Bargained>;
const say = (
  by: Party,
  cfpId: string,
  what: string,
  body: object = {},
): ReturnType<Client['send']> => by.api.send('POST', `/v1/cfps/${cfpId}/${what}`, { body });
async function offer(by: Party, cfpId: string, price: number, more: object = {}): Promise<void> {
  const reply = await say(by, cfpId, 'offers', { price, ...more });
  assert.equal(reply.status, 200, reply.text);
}
async function refusedAs(
  code: string,
  by: Party,
  cfpId: string,
  what: string,
  body: object,
): Promise<void> {
  const seq = await host.seq();
  assert.equal(problemOf(await say(by, cfpId, what, body)).code, code);
  assert.equal(await host.seq(), seq, `${code} left a trace`);
}

test('monotonic concession: sealed rounds, holds that follow, a deal where the offers meet', async () => {
  await rule({ protocol: 'monotonic-concession' });
  const { manager, contractor, cfpId } = await meet();
  const open = await seen(manager.api, cfpId);
  assert.equal(open.state, 'bargaining');
  assert.deepEqual(
    [open.bargaining?.protocol, open.bargaining?.chosenBy, open.bargaining?.round],
    ['monotonic-concession', 'operator', 1],
  );
  assert.equal((await balance(host, manager.id)).held, 0, 'nothing offered, nothing held');

  await offer(manager, cfpId, 25, { round: 1, message: 'opening low' });
  assert.equal((await balance(host, manager.id)).held, 25);
  const sealed = await seen(contractor.api, cfpId);
  assert.deepEqual(sealed.bargaining?.rounds, [], 'an open round is sealed');
  await refusedAs('not-understood', manager, cfpId, 'offers', { price: 26 });
  await offer(contractor, cfpId, 60);
  const second = await seen(contractor.api, cfpId);
  assert.equal(second.bargaining?.round, 2, 'both have spoken: nobody waits for the clock');
  assert.equal(second.bargaining?.rounds[0]?.manager?.price, 25);
  assert.equal(second.bargaining?.rounds[0]?.messages.manager, 'opening low');

  await refusedAs('retraction', manager, cfpId, 'offers', { price: 24.999999 });
  await refusedAs('retraction', contractor, cfpId, 'offers', { price: 60.000001 });
  await refusedAs('above-max-price', manager, cfpId, 'offers', { price: 50.000001 });
  await refusedAs('below-reserve-price', contractor, cfpId, 'offers', { price: 19.999999 });
  await refusedAs('stale-round', contractor, cfpId, 'offers', { price: 50, round: 1 });

  await offer(manager, cfpId, 45);
  await host.advance(1001);
  const third = await seen(manager.api, cfpId);
  assert.deepEqual(third.bargaining?.rounds[1]?.silent, ['contractor'], 'silence repeats');
  await offer(manager, cfpId, 46);
  await offer(contractor, cfpId, 44);
  const done = await seen(manager.api, cfpId);
  assert.equal(done.state, 'awarded');
  assert.ok([44, 46].includes(done.award?.price ?? 0), 'one of the two offers, by a fair draw');
  assert.equal(done.bargaining?.state, 'agreed');
  assert.equal(done.bargaining?.deal?.price, done.award?.price);
  assert.equal((await balance(host, manager.id)).held, done.award?.price, 'the lease, no more');
  const { id, epoch } = await lease(contractor.api, done.award?.leaseId ?? '');
  await contractor.api.post(`/v1/leases/${id}/done`, { epoch });
  assert.equal((await balance(host, contractor.id)).posted, 100 + (done.award?.price ?? 0));
});

test('monotonic concession: two that stop conceding end in conflict, with all released', async () => {
  await rule({ protocol: 'monotonic-concession' });
  const { manager, contractor, cfpId } = await meet();
  await offer(manager, cfpId, 25);
  await offer(contractor, cfpId, 70, { terms: { penalty: 3 } });
  assert.equal((await balance(host, contractor.id)).held, 3, 'the penalty it promises is held');
  await offer(manager, cfpId, 25);
  await offer(contractor, cfpId, 70);
  const ended = await seen(manager.api, cfpId);
  assert.deepEqual(
    [ended.state, ended.why, ended.bargaining?.state, ended.bargaining?.why],
    ['unawarded', 'no-agreement', 'conflict', 'both-stuck'],
  );
  assert.equal((await balance(host, manager.id)).held, 0);
  assert.equal((await balance(host, contractor.id)).held, 0);
  assert.equal((await seen(contractor.api, cfpId)).lost?.reason, 'no-agreement');
  await refusedAs('call-closed', manager, cfpId, 'offers', { price: 30 });
});

test('rounds are bounded: neither silence nor creeping goes on for ever', async () => {
  await rule({ protocol: 'monotonic-concession' });
  const silent = await meet();
  await host.advance(1001);
  assert.equal((await seen(silent.manager.api, silent.cfpId)).bargaining?.why, 'timed-out');
  const slow = await meet();
  for (let round = 1; round <= RULE.roundsMax; round++) {
    await offer(slow.manager, slow.cfpId, 20 + round);
    await offer(slow.contractor, slow.cfpId, 80 - round);
  }
  const ended = await seen(slow.manager.api, slow.cfpId);
  assert.deepEqual(
    [ended.why, ended.bargaining?.why, ended.bargaining?.rounds.length],
    ['no-agreement', 'rounds-over', RULE.roundsMax],
  );
});

test('alternating offers: turns, acceptance at the other side’s terms, retraction allowed', async () => {
  await rule({ protocol: 'auto' });
  const { manager, contractor, cfpId } = await meet();
  const open = await seen(host.operator, cfpId);
  assert.deepEqual(
    [open.bargaining?.protocol, open.bargaining?.chosenBy, open.bargaining?.turn],
    ['alternating-offers', 'worth-the-wait', 'manager'],
  );
  assert.deepEqual(open.bargaining?.limits, { manager: 50, contractor: 20 });
  assert.equal((await seen(contractor.api, cfpId)).bargaining?.limits, null, 'sealed');
  await refusedAs('not-your-turn', contractor, cfpId, 'offers', { price: 70 });
  await refusedAs('not-your-turn', contractor, cfpId, 'accept', {});
  await offer(manager, cfpId, 30, { terms: { penalty: 5, reclaimWindowMs: 60_000 } });
  await refusedAs('not-your-turn', manager, cfpId, 'offers', { price: 31 });
  await offer(contractor, cfpId, 45, { terms: { penalty: 2, reclaimWindowMs: 60_000 } });
  await offer(manager, cfpId, 29);
  await offer(contractor, cfpId, 40, { message: 'my last word' });
  const reply = await say(manager, cfpId, 'accept', { message: 'done' });
  assert.equal(reply.status, 200, reply.text);
  const ended = await seen(manager.api, cfpId);
  assert.deepEqual([ended.state, ended.award?.price], ['awarded', 40]);
  const l = (await lease(manager.api, ended.award?.leaseId ?? '')) as unknown as {
    terms: { penalty: number; reclaimWindowMs: number };
  };
  assert.deepEqual(l.terms, { penalty: 2, reclaimWindowMs: 60_000 });
  assert.equal((await balance(host, manager.id)).held, 40);
  assert.equal((await balance(host, contractor.id)).held, 2, 'its penalty is held for the lease');
  const { trace } = await manager.api.get<{ trace: { text: string }[] }>(`/v1/cfps/${cfpId}/trace`);
  const told = trace.map((line) => line.text).join('\n');
  assert.match(told, /alternating offers, in turns/);
  assert.match(told, /offers 40 credits, 1 min notice, 2 credits penalty. “my last word”/);
  assert.match(told, /accepts: 40 credits.* “done”/);
});

test('alternating offers: who does not answer, or walks away, ends it', async () => {
  await rule({ protocol: 'alternating-offers' });
  const late = await meet();
  await host.advance(1001);
  assert.equal((await seen(late.manager.api, late.cfpId)).bargaining?.why, 'timed-out');
  const left = await meet();
  await offer(left.manager, left.cfpId, 30);
  const reply = await say(left.manager, left.cfpId, 'quit', { message: 'too dear' });
  assert.equal(reply.status, 200, 'also out of turn');
  assert.equal((await seen(left.contractor.api, left.cfpId)).bargaining?.why, 'quit');
  assert.equal((await balance(host, left.manager.id)).held, 0);
  const long = await meet();
  for (let round = 2; round <= RULE.roundsMax; round += 2) {
    await offer(long.manager, long.cfpId, 30);
    if (round < RULE.roundsMax) await offer(long.contractor, long.cfpId, 60);
  }
  await refusedAs('not-understood', long.contractor, long.cfpId, 'offers', { price: 55 });
  assert.equal((await say(long.contractor, long.cfpId, 'accept')).status, 200);
});

test('nobody bargains unless both sides and the operator allow it', async () => {
  await rule({ protocol: 'auto' });
  const firm = await meet({ mechanism: {} });
  assert.equal((await seen(firm.manager.api, firm.cfpId)).why, 'all-above-max-price');
  await rule({ protocol: 'off' });
  const off = await meet();
  assert.equal((await seen(off.manager.api, off.cfpId)).why, 'all-above-max-price');
  await rule({ protocol: 'auto' });
  const apart = await meet({ maxPrice: 19 });
  assert.equal((await seen(apart.manager.api, apart.cfpId)).why, 'all-above-max-price');
});

test('a manual manager opens it with the contractor of its choice', async () => {
  await rule({ protocol: 'auto' });
  const { manager, contractor, cfpId } = await meet({ award: 'manual' });
  const [p] = (await seen(manager.api, cfpId)).proposals;
  assert.equal((await say(manager, cfpId, 'bargain', { proposalId: p?.id })).status, 200);
  await offer(manager, cfpId, 33);
  assert.equal((await say(contractor, cfpId, 'accept')).status, 200);
  assert.equal((await seen(manager.api, cfpId)).award?.price, 33);
});

test('a rival who is released hears nothing of what is bargained', async () => {
  await rule({ protocol: 'alternating-offers' });
  const manager = await party(host);
  const best = await seller(host, { reservePrice: 120 });
  const other = await seller(host, { reservePrice: 120 });
  const cfp = await call(manager, { award: 'auto', mechanism: { bargaining: true } });
  await propose(best, cfp.id, 80, { negotiable: true });
  await propose(other, cfp.id, 90, { negotiable: true });
  await host.advance(2001);
  const told = (await see(other.api, cfp.id)) as Bargained;
  assert.deepEqual([told.bargaining, told.lost?.reason], [null, 'above-max-price']);
  await refusedAs('forbidden', other, cfp.id, 'offers', { price: 1 });
  await offer(manager, cfp.id, 30);
  const { trace } = await other.api.get<{ trace: { text: string }[] }>(`/v1/cfps/${cfp.id}/trace`);
  assert.doesNotMatch(trace.map((line) => line.text).join('\n'), /bargain|30 credits/);
});

test('the fee of a round is paid by whoever offers, and the books add to zero', async () => {
  await rule({ protocol: 'alternating-offers', roundFee: 0.25 });
  const { manager, contractor, cfpId } = await meet();
  await offer(manager, cfpId, 30);
  await offer(contractor, cfpId, 60);
  assert.equal((await balance(host, manager.id)).posted, 999.75);
  assert.equal((await balance(host, contractor.id)).posted, 99.75);
  await say(manager, cfpId, 'quit');
  const sum = [...(await trialBalance(host)).values()].reduce((a, b) => a + b.posted, 0);
  assert.ok(Math.abs(sum) < 1e-6);
});

test('a kept call can be cancelled while it bargains; the archive tells it as it was', async () => {
  await rule({ protocol: 'alternating-offers' });
  const { manager, cfpId } = await meet();
  await offer(manager, cfpId, 30);
  await manager.api.post(`/v1/cfps/${cfpId}/cancel`, {});
  const ended = await seen(host.operator, cfpId);
  assert.deepEqual([ended.state, ended.bargaining?.why], ['cancelled', 'overtaken']);
  assert.equal((await balance(host, manager.id)).held, 0);
});
