// Offers: the caller sells, many tasks meet one scarce slot, and the highest value wins.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { c, Table } from './kit.ts';

/** sam sells one slot; ann, bob and cyd want it. */
function auction(): { t: Table; slot: string } {
  const t = new Table().people('sam ann bob cyd');
  return { t, slot: t.resource('sam') };
}
const need = { kind: 'cpu', count: 1, durationMs: 1000 } as const;

suite('selling a slot', () => {
  test('the highest value wins, not the first in line', () => {
    const { t, slot } = auction();
    const [first, second] = [t.need('ann', { maxPrice: c(5) }), t.need('bob', { maxPrice: c(9) })];
    const offer = t.offer('sam', slot, { mechanism: { pricing: 'second-price' } });
    const low = t.propose('ann', offer, 5, { cfpId: first });
    t.propose('bob', offer, 9, { cfpId: second });
    // All whose needs it could serve have answered: decided at once.
    assert.deepEqual(
      [t.state(offer), t.state(second), t.state(first)],
      ['awarded', 'awarded', 'open'],
    );
    const lease = t.leaseFor(second);
    assert.deepEqual(
      [lease.managerId, lease.contractorId, lease.price, lease.needId],
      [t.id('bob'), t.id('sam'), c(5), second],
    );
    assert.equal(t.lost(low), 'price');
    assert.deepEqual([t.held('bob'), t.held('ann')], [5, 5], 'ann still holds for her open need');
    t.done('bob', lease.id);
    assert.deepEqual([t.free('bob'), t.free('sam')], [95, 105]);
    assert.equal(t.m.resources.get(slot)?.slots.flat().length, 0);
  });

  test('an offer holds its slots until it is decided', () => {
    const { t, slot } = auction();
    const offer = t.offer('sam', slot);
    const again = {
      type: 'open-cfp',
      body: { offer: { resourceId: slot, durationMs: 1000 } },
    } as const;
    assert.equal(t.no('sam', again).code, 'slot-taken');
    t.wait(500);
    assert.equal(t.state(offer), 'unawarded: no-proposals');
    t.offer('sam', slot);
  });

  test('the reserve price is the least, asked or not', () => {
    const t = new Table().people('sam ann');
    const slot = t.resource('sam', 1, { reservePrice: c(3600) });
    const body = { offer: { resourceId: slot, durationMs: 1000 }, minPrice: c(0.5) };
    assert.equal(t.no('sam', { type: 'open-cfp', body }).code, 'below-reserve-price');
    const offer = t.offer('sam', slot);
    assert.equal(t.call(offer).limitPrice, c(1));
    const p = t.propose('ann', offer, 0.9);
    t.wait(500);
    assert.equal(t.state(offer), 'unawarded: all-above-max-price');
    assert.equal(t.lost(p), 'below-min-price');
  });

  test('who cannot pay any more is passed over for the next one', () => {
    const { t, slot } = auction();
    t.budget('ann', 10, 1000);
    const offer = t.offer('sam', slot, { replyByMs: 1500 });
    const high = t.propose('ann', offer, 8);
    t.wait(1000); // what backed it has lapsed, and all of the new window goes elsewhere
    t.need('ann', { maxPrice: c(100) });
    t.propose('bob', offer, 3);
    t.wait(500);
    assert.equal(t.leaseFor(offer).managerId, t.id('bob'));
    assert.equal(t.lost(high), 'insufficient-credits');
  });

  test('only its owner offers a resource, and not while it is paused', () => {
    const { t, slot } = auction();
    const body = { offer: { resourceId: slot, durationMs: 1000 } };
    assert.equal(t.no('ann', { type: 'open-cfp', body }).code, 'forbidden');
    t.ok('sam', { type: 'change-resource', resourceId: slot, body: { paused: true } });
    assert.equal(t.no('sam', { type: 'open-cfp', body }).code, 'resource-paused');
  });

  test('a bid names no other resource, no delay and no terms', () => {
    const { t, slot } = auction();
    const offer = t.offer('sam', slot);
    const field = (more: object): string | undefined =>
      t.no('ann', { type: 'propose', cfpId: offer, body: { price: c(1), ...more } } as never).field;
    assert.equal(field({ resourceId: 'res_zzzzzzzzz' }), 'resourceId');
    assert.equal(field({ startDelayMs: 1 }), 'startDelayMs');
    assert.equal(field({ terms: { penalty: c(1) } }), 'terms');
    assert.equal(field({ cfpId: 'cfp_zzzzzzzzz' }), 'cfpId');
  });
});

suite('the need behind a bid', () => {
  test('must be the bidder’s own, open, served by the lot, and not below the bid', () => {
    const { t, slot } = auction();
    const offer = t.offer('sam', slot, { replyByMs: 5000 });
    const code = (who: string, cfpId: string, price = 1): string =>
      t.no(who, { type: 'propose', cfpId: offer, body: { price: c(price), cfpId } }).code;
    const mine = t.need('ann', { maxPrice: c(5) });
    assert.equal(code('bob', mine), 'forbidden');
    assert.equal(code('ann', mine, 6), 'above-max-price');
    assert.equal(
      code('ann', t.need('ann', { need: { ...need, durationMs: 2000 } })),
      'resource-mismatch',
    );
    assert.equal(code('ann', t.need('ann', { need: { ...need, count: 2 } })), 'resource-mismatch');
    assert.equal(
      code('ann', t.need('ann', { need: { ...need, kind: 'gpu' } })),
      'resource-mismatch',
    );
    assert.equal(code('ann', t.offer('ann', t.resource('ann'))), 'resource-mismatch');
    t.ok('ann', { type: 'cancel', cfpId: mine });
    assert.equal(code('ann', mine), 'need-already-met');
  });

  test('when it is met elsewhere, the bid is lost and its hold let go', () => {
    const { t, slot } = auction();
    const bobs = t.resource('bob');
    const offer = t.offer('sam', slot, { replyByMs: 5000 });
    const wanted = t.need('ann', { maxPrice: c(9), award: 'manual' });
    const bid = t.propose('ann', offer, 9, { cfpId: wanted });
    const p = t.propose('bob', wanted, 4, { resourceId: bobs });
    t.award('ann', wanted, p);
    assert.deepEqual([t.lost(bid), t.held('ann')], ['need-met', 4]);
    t.wait(5000);
    assert.equal(t.state(offer), 'unawarded: all-infeasible');
  });

  test('when it is met by one offer, its bids in the others are lost', () => {
    const { t, slot } = auction();
    const other = t.resource('bob');
    const [early, late] = [t.offer('sam', slot), t.offer('bob', other, { replyByMs: 5000 })];
    const wanted = t.need('ann', { maxPrice: c(9), replyByMs: 9000 });
    const rival = t.propose('cyd', wanted, 3, { resourceId: t.resource('cyd') });
    const second = t.propose('ann', late, 9, { cfpId: wanted, validForMs: 4000 });
    t.propose('ann', early, 7, { cfpId: wanted });
    t.wait(500);
    assert.deepEqual(
      [t.state(early), t.state(wanted), t.lost(second)],
      ['awarded', 'awarded', 'need-met'],
    );
    assert.equal(t.lost(rival), 'need-met', 'so are the proposals that it had');
    assert.equal(t.held('ann'), 7);
    t.wait(4500);
    assert.equal(t.state(late), 'unawarded: all-infeasible');
    assert.equal(t.events.filter((e) => e.type === 'awarded').length, 1);
  });

  test('when it is cancelled, so is the bid', () => {
    const { t, slot } = auction();
    const wanted = t.need('ann', { maxPrice: c(9) });
    const offer = t.offer('sam', slot, { replyByMs: 5000, award: 'manual' });
    const bid = t.propose('ann', offer, 7, { cfpId: wanted });
    t.ok('ann', { type: 'cancel', cfpId: wanted });
    assert.deepEqual([t.lost(bid), t.held('ann')], ['cancelled', 0]);
    const award = { type: 'award', cfpId: offer, body: { proposalId: bid } } as const;
    assert.equal(t.no('sam', award).code, 'proposal-expired');
  });

  test('of a bigger lot it takes what it needs, for as long as it needs', () => {
    const t = new Table().people('sam ann');
    const slots = t.resource('sam', 4);
    const wanted = t.need('ann', { need: { ...need, durationMs: 700 } });
    const offer = { resourceId: slots, count: 3, durationMs: 5000 };
    const cfpId = t.offer('sam', slots, { offer });
    t.propose('ann', cfpId, 2, { cfpId: wanted });
    const { claim } = t.leaseFor(wanted);
    assert.deepEqual([claim.slots, claim.to - claim.from], [[0], 700]);
    assert.deepEqual(
      t.m.resources.get(slots)?.slots.map((s) => s.length),
      [1, 0, 0, 0],
    );
  });
});
