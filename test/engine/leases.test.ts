// Leases: one ending each, fenced by an epoch, paid for what was agreed.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LIMITS } from '../../core/engine/base/limits.ts';
import { accountOf } from '../../core/engine/bank/ledger.ts';
import { c, Table } from './kit.ts';

/** A lease of ann's on bob's slot: a second for 8 credits. */
function lease(proposal: Parameters<Table['propose']>[3] = {}): {
  t: Table;
  slot: string;
  cfpId: string;
  leaseId: string;
} {
  const t = new Table().people('ann bob cyd');
  const slot = t.resource('bob');
  const cfpId = t.need('ann');
  t.propose('bob', cfpId, 8, { resourceId: slot, ...proposal });
  return { t, slot, cfpId, leaseId: t.leaseFor(cfpId).id };
}
const ended = (t: Table, leaseId: string): unknown[] => {
  const { ended: e } = t.lease(leaseId);
  return [e?.ending, e?.how, (e?.charge ?? 0) / 1_000_000];
};
const epoch = 1;
/** Who has what at the end: nobody holds, ann has paid, bob has earned. */
const books = (t: Table): number[] => [t.held('ann') + t.held('bob'), t.free('ann'), t.free('bob')];

suite('endings', () => {
  test('done: the price is paid, or less', () => {
    const one = lease();
    one.t.done('bob', one.leaseId, { output: { sum: 7 }, usage: { cpuSeconds: 3 } });
    assert.deepEqual(ended(one.t, one.leaseId), ['settled', 'done', 8]);
    assert.deepEqual(books(one.t), [0, 92, 108]);
    assert.equal(one.t.state(one.cfpId), 'awarded');
    assert.deepEqual(one.t.lease(one.leaseId).output, { sum: 7 });
    const two = lease();
    two.t.done('bob', two.leaseId, { charge: c(3) });
    assert.deepEqual(books(two.t), [0, 97, 103]);
    const three = lease();
    three.t.done('bob', three.leaseId, { charge: c(0) });
    assert.deepEqual(books(three.t), [0, 100, 100]);
  });

  test('more than was agreed cannot be charged', () => {
    const { t, leaseId } = lease();
    const { code, field } = t.no('bob', {
      type: 'done',
      leaseId,
      body: { epoch, charge: c(8.000001) },
    });
    assert.deepEqual([code, field], ['invalid-field', 'charge']);
  });

  test('failed: nothing is paid, the call has failed, and it counts', () => {
    const { t, leaseId, cfpId } = lease({ terms: { penalty: c(2) } });
    t.ok('bob', { type: 'fail', leaseId, body: { epoch, reason: 'out of memory' } });
    assert.deepEqual(ended(t, leaseId), ['voided', 'failed', 0]);
    assert.deepEqual(books(t), [0, 100, 100]);
    assert.equal(t.state(cfpId), 'failed');
    assert.deepEqual(
      [...t.m.agents.values()].map((a) => [a.kept, a.broken]),
      [
        [0, 0],
        [0, 1],
        [0, 0],
      ],
    );
  });

  test('no report by the end: expired, and the contractor is not paid', () => {
    const { t, leaseId, cfpId, slot } = lease();
    t.wait(999);
    assert.equal(t.lease(leaseId).state, 'active');
    t.wait(1);
    assert.deepEqual(ended(t, leaseId), ['expired', 'no-report', 0]);
    assert.equal(t.state(cfpId), 'failed');
    assert.deepEqual(books(t), [0, 100, 100]);
    assert.deepEqual(t.m.resources.get(slot)?.slots, [[]]);
  });

  test('each lease has one: nothing is accepted afterwards', () => {
    const { t, leaseId, cfpId } = lease();
    t.done('bob', leaseId);
    const after = (['done', 'renew'] as const).map(
      (type) => t.no('bob', { type, leaseId, body: { epoch } }).code,
    );
    const fail = { type: 'fail', leaseId, body: { epoch, reason: 'x' } } as const;
    const codes = [
      ...after,
      t.no('bob', fail).code,
      t.no('bob', { type: 'give-back', leaseId }).code,
    ];
    assert.deepEqual(codes, ['lease-ended', 'lease-ended', 'lease-ended', 'lease-ended']);
    assert.equal(t.no('ann', { type: 'cancel', cfpId }).code, 'call-closed');
    t.wait(10_000);
    assert.equal(t.events.filter((e) => e.type === 'lease-ended').length, 1);
  });

  test('a report at the end or later is not paid, whether or not the timer has fired', () => {
    for (const type of ['done', 'renew', 'fail'] as const) {
      const { t, leaseId } = lease();
      t.at += 1000;
      const body = { epoch, reason: 'late' };
      const result = t.ask('bob', { type, leaseId, body });
      assert.equal(result.ok ? '' : result.problem.code, 'lease-ended');
      assert.deepEqual(ended(t, leaseId), ['expired', 'no-report', 0]);
    }
  });
});

suite('fencing', () => {
  test('a stale epoch changes nothing, and says to stop', () => {
    const { t, leaseId } = lease();
    for (const wrong of [2, 99]) {
      const { code, field, hint } = t.no('bob', { type: 'done', leaseId, body: { epoch: wrong } });
      assert.deepEqual([code, field], ['stale-epoch', 'epoch']);
      assert.match(hint ?? '', /stop the work/);
    }
  });

  test('epochs grow with every award on a resource', () => {
    const { t, leaseId, slot } = lease();
    const epochs = [t.lease(leaseId).epoch];
    for (let i = 0; i < 3; i++) {
      t.wait(1000);
      const cfpId = t.need('ann');
      t.propose('bob', cfpId, 1, { resourceId: slot });
      epochs.push(t.leaseFor(cfpId).epoch);
    }
    assert.deepEqual(epochs, [1, 2, 3, 4]);
  });

  test('only its contractor speaks for a lease', () => {
    const { t, leaseId } = lease();
    for (const who of ['ann', 'cyd', 'operator', 'agt_zzzzzzzzz']) {
      assert.equal(t.no(who, { type: 'done', leaseId, body: { epoch } }).code, 'forbidden');
      assert.equal(t.no(who, { type: 'renew', leaseId, body: { epoch } }).code, 'forbidden');
    }
    assert.equal(t.no('cyd', { type: 'give-back', leaseId }).code, 'forbidden');
    const none = { type: 'done', leaseId: 'lse_zzzzzzzzz', body: { epoch } } as const;
    assert.equal(t.no('bob', none).code, 'not-found');
  });

  test('the buyer of an offered slot may say that it is done, for the full price, and no more', () => {
    const t = new Table().people('sam ann');
    const slot = t.resource('sam');
    const offer = t.offer('sam', slot);
    t.propose('ann', offer, 5);
    t.wait(500);
    const leaseId = t.leaseFor(offer).id;
    const less = { type: 'done', leaseId, body: { epoch, charge: c(0) } } as const;
    assert.equal(t.no('ann', less).code, 'forbidden');
    assert.equal(t.no('ann', { type: 'renew', leaseId, body: { epoch } }).code, 'forbidden');
    const fail = { type: 'fail', leaseId, body: { epoch, reason: 'x' } } as const;
    assert.equal(t.no('ann', fail).code, 'forbidden');
    t.done('ann', leaseId);
    assert.deepEqual([t.free('ann'), t.free('sam')], [95, 105]);
  });
});

suite('start and renewal', () => {
  test('a promised delay is a scheduled lease; its time starts then', () => {
    const { t, leaseId } = lease({ startDelayMs: 300 });
    assert.deepEqual([t.lease(leaseId).state, t.lease(leaseId).startAt - t.at], ['scheduled', 300]);
    t.wait(300);
    assert.equal(t.lease(leaseId).state, 'active');
    t.wait(999);
    assert.equal(t.lease(leaseId).ended, null);
    t.wait(1);
    assert.deepEqual(ended(t, leaseId), ['expired', 'no-report', 0]);
  });

  test('a renewal is one more full term from now, at the same price', () => {
    const { t, leaseId } = lease();
    t.wait(600);
    t.ok('bob', { type: 'renew', leaseId, body: { epoch } });
    assert.equal(t.lease(leaseId).endAt - t.at, 1000);
    t.wait(999);
    t.done('bob', leaseId);
    assert.deepEqual(books(t), [0, 92, 108]);
  });

  test('holds outlive what they are for, renewals included', () => {
    const { t, leaseId } = lease({ terms: { penalty: c(1) } });
    for (let i = 0; i < 30; i++) {
      t.wait(900);
      t.ok('bob', { type: 'renew', leaseId, body: { epoch } });
      for (const hold of t.m.ledger.pendings.values()) {
        assert.ok(hold.expiresAt > t.lease(leaseId).endAt);
      }
    }
  });

  test('no renewal into somebody else’s promise, nor of a lease that has not begun', () => {
    const { t, leaseId, slot } = lease();
    const next = t.need('cyd', { award: 'manual' });
    t.propose('bob', next, 1, { resourceId: slot, startDelayMs: 1000 });
    t.wait(10);
    assert.equal(t.no('bob', { type: 'renew', leaseId, body: { epoch } }).code, 'slot-taken');
    const other = lease({ startDelayMs: 300 });
    const renew = { type: 'renew', leaseId: other.leaseId, body: { epoch } } as const;
    assert.equal(other.t.no('bob', renew).code, 'not-understood');
  });

  test('renewals are bounded in number and in time', () => {
    const { t, leaseId } = lease();
    for (let i = 0; i < LIMITS.renewalsMax; i++) {
      t.wait(1);
      t.ok('bob', { type: 'renew', leaseId, body: { epoch } });
    }
    t.wait(1);
    assert.equal(t.no('bob', { type: 'renew', leaseId, body: { epoch } }).code, 'limit-reached');
  });
});

suite('giving back', () => {
  const terms = { reclaimWindowMs: 200, penalty: c(2) };

  test('after the agreed notice, for the agreed penalty; the time used is paid', () => {
    const { t, leaseId, cfpId } = lease({ terms });
    t.wait(300);
    t.ok('bob', { type: 'give-back', leaseId });
    assert.deepEqual(
      [t.lease(leaseId).state, t.lease(leaseId).reclaimAt],
      ['reclaiming', t.at + 200],
    );
    assert.equal(t.no('bob', { type: 'renew', leaseId, body: { epoch } }).code, 'not-understood');
    t.wait(200);
    assert.deepEqual(ended(t, leaseId), ['settled', 'given-back', 4]);
    assert.deepEqual(books(t), [0, 98, 102]); // 4 for half of the time, 2 back as penalty
    assert.equal(t.state(cfpId), 'awarded');
    const bob = t.m.agents.get(t.id('bob'));
    assert.deepEqual([bob?.kept, bob?.broken], [0, 0], 'a priced term is no broken promise');
  });

  test('without a notice agreed, and before the start, at once', () => {
    const one = lease({ terms: { penalty: c(2) } });
    one.t.wait(500);
    one.t.ok('operator', { type: 'give-back', leaseId: one.leaseId });
    assert.deepEqual(ended(one.t, one.leaseId), ['settled', 'given-back', 4]);
    const two = lease({ terms, startDelayMs: 300 });
    two.t.ok('bob', { type: 'give-back', leaseId: two.leaseId });
    assert.deepEqual(ended(two.t, two.leaseId), ['settled', 'given-back', 0]);
    assert.deepEqual(books(two.t), [0, 102, 98]);
  });

  test('asking twice is asking once, and done is still possible meanwhile', () => {
    const { t, leaseId } = lease({ terms });
    t.ok('bob', { type: 'give-back', leaseId });
    const before = t.events.length;
    t.wait(10);
    t.ok('bob', { type: 'give-back', leaseId });
    assert.equal(t.events.length, before);
    t.done('bob', leaseId);
    assert.deepEqual(books(t), [0, 92, 108]);
  });

  test('a notice that ends with the lease, or later, changes nothing', () => {
    for (const wait of [800, 900]) {
      const { t, leaseId } = lease({ terms });
      t.wait(wait);
      t.ok('bob', { type: 'give-back', leaseId });
      t.wait(1000 - wait);
      assert.deepEqual(ended(t, leaseId), ['expired', 'no-report', 0]);
      assert.deepEqual(books(t), [0, 100, 100]);
    }
  });

  test('the penalty is held from the proposal on', () => {
    const t = new Table().people('ann bob', 5);
    const slot = t.resource('bob');
    const cfpId = t.need('ann', { maxPrice: c(5) });
    const dear = { price: c(1), resourceId: slot, terms: { penalty: c(6) } };
    const { code, field } = t.no('bob', { type: 'propose', cfpId, body: dear });
    assert.deepEqual([code, field], ['insufficient-credits', 'terms.penalty']);
    t.propose('bob', cfpId, 1, { resourceId: slot, terms: { penalty: c(5) } });
    assert.equal(t.held('bob'), 5);
    assert.equal(accountOf(t.m.ledger, `agent:${t.id('ann')}`).incoming, c(5));
  });
});

suite('memory', () => {
  test('old conversations leave it, together with their lease', () => {
    const kept = LIMITS.endedKept;
    const bounds: { endedKept: number } = LIMITS;
    bounds.endedKept = 1;
    try {
      const t = new Table().people('sam ann');
      const slot = t.resource('sam');
      const need = t.need('ann');
      const offer = t.offer('sam', slot);
      t.propose('ann', offer, 2, { cfpId: need });
      const leaseId = t.leaseFor(need).id;
      t.done('ann', leaseId);
      assert.deepEqual([t.m.conversations.size, t.m.leases.size, t.m.proposals.size], [0, 0, 0]);
      assert.equal(t.no('ann', { type: 'cancel', cfpId: need }).code, 'not-found');
      assert.equal(t.no('ann', { type: 'done', leaseId, body: { epoch } }).code, 'not-found');
    } finally {
      bounds.endedKept = kept;
    }
  });

  test('timers of what is long over are cleared out', () => {
    const t = new Table().people('ann bob', 1_000_000);
    const slot = t.resource('bob');
    const need = { kind: 'cpu', count: 1, durationMs: 604_800_000 } as const;
    for (let i = 0; i < 3000; i++) {
      const cfpId = t.need('ann', { need, maxPrice: c(1) });
      t.propose('bob', cfpId, 1, { resourceId: slot });
      t.done('bob', t.leaseFor(cfpId).id);
    }
    assert.ok(t.m.timers.heap.size() < 2000, `${t.m.timers.heap.size()} timers`);
  });
});
