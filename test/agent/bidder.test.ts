// Goal: a buyer's delegate bids what its policy says, never more than the slot is worth to the task
// or its owner allows, and from nothing but what its agent is told. Method: each policy by table;
// the bidder with random needs, valuations and offers. Check: prices, refusals with a reason, and
// the same answers to the same news.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { BIDDING, biddingPolicy } from '../../core/agent/bidding.ts';
import { createBidder } from '../../core/agent/bidder.ts';
import type { Delegate, Say } from '../../core/agent/delegate.ts';
import { utility, worth } from '../../core/agent/valuation.ts';
import { type Credits, fromDecimal } from '../../core/engine/base/credits.ts';
import { iso } from '../../core/engine/base/time.ts';
import type { Pricing } from '../../core/engine/protocol/bodies.ts';
import { ME, NOW, c, needOpened, negotiator, offerOpened, saidTo, self, tell } from './kit.ts';

const POLICIES = ['truthful', 'shaded', 'frugal'];
const PRICINGS: Pricing[] = ['first-price', 'second-price'];

suite('policies', () => {
  const at = (name: string, more: { pricing?: Pricing; attempts?: number; rivals?: number }) =>
    biddingPolicy(name)({ pricing: 'first-price', worth: c(90), attempts: 0, rivals: 2, ...more });

  test('truthful bids its worth; shaded less where it would pay its own bid', () => {
    assert.equal(at('truthful', {}), c(90));
    assert.deepEqual(
      [1, 2, 8].map((rivals) => at('shaded', { rivals })),
      [c(45), c(60), c(80)],
    );
    assert.equal(at('shaded', { pricing: 'second-price' }), c(90));
  });

  test('frugal starts at 40 % and comes up by 20 % with each failure, to its worth', () => {
    const found = [0, 1, 2, 3, 4, 50].map((attempts) => at('frugal', { attempts }));
    assert.deepEqual(found, [36, 54, 72, 90, 90, 90].map(c));
  });

  test('none bids below nothing or above its worth, and more worth is never a lower bid', () => {
    const amount = fc.integer({ min: 0, max: 1e15 });
    const occasion = fc.record({
      pricing: fc.constantFrom(...PRICINGS),
      attempts: fc.nat(100),
      rivals: fc.integer({ min: 1, max: 10 }),
    });
    const law = fc.property(
      fc.constantFrom(...POLICIES),
      occasion,
      amount,
      amount,
      (name, o, a, b) => {
        const bid = (value: number): number =>
          biddingPolicy(name)({ ...o, worth: value as Credits });
        for (const value of [a, b]) {
          assert.ok(Number.isSafeInteger(bid(value)) && bid(value) >= 0 && bid(value) <= value);
        }
        assert.ok(a <= b ? bid(a) <= bid(b) : bid(b) <= bid(a));
      },
    );
    fc.assert(law);
  });

  test('there are these and no others; an unknown name is truthful', () => {
    assert.deepEqual(Object.keys(BIDDING), POLICIES);
    assert.equal(biddingPolicy('toString'), biddingPolicy('truthful'));
  });
});

/** A bidder whose agent has called for one slot and said what it is worth. */
function withNeed(policy = 'truthful', limitPrice = 100, priority = 20): Delegate {
  const bidder = createBidder(policy, negotiator());
  bidder.hear(needOpened('cfp_need', { limitPrice }), self());
  bidder.entrust('cfp_need', { priority }, self());
  return bidder;
}

const priceIn = (says: readonly Say[]): unknown => saidTo(says, 'proposals')[0]?.price;

suite('the bidder', () => {
  test('bids for its need, and names it, with what the slot is worth', () => {
    const says = withNeed().hear(offerOpened('cfp_offer'), self());
    assert.deepEqual(says, [
      { to: 'proposals', cfpId: 'cfp_offer', body: { price: 20, cfpId: 'cfp_need' } },
    ]);
  });

  test('one more slot of a kind adds half of what the one before added, while that is held', () => {
    const bidder = withNeed();
    const claim = { resourceId: 'res_1', slots: [0], from: iso(NOW), to: iso(NOW + 60_000) };
    const won = { cfpId: 'cfp_offer', needId: 'cfp_need', leaseId: 'lse_1', managerId: ME };
    bidder.hear(tell('awarded', { ...won, contractorId: 'agt_seller', claim, price: 3 }), self());
    const another = (cfpId: string): unknown => {
      bidder.hear(needOpened(cfpId), self());
      bidder.entrust(cfpId, { priority: 20 }, self());
      return priceIn(bidder.hear(offerOpened(`${cfpId}_offer`), self()));
    };
    assert.equal(another('cfp_second'), 10);
    bidder.hear(tell('lease-ended', { leaseId: 'lse_1', how: 'done' }), self());
    assert.equal(another('cfp_third'), 20);
  });

  test('stops at the owner’s limit, and where cost exceeds utility', () => {
    assert.equal(priceIn(withNeed('truthful', 7).hear(offerOpened('a'), self())), 7);
    const late = createBidder('truthful', negotiator());
    late.hear(needOpened('cfp_need'), self());
    late.entrust('cfp_need', { priority: 90, deadline: NOW + 1000 }, self());
    const says = late.hear(offerOpened('cfp_offer'), self());
    assert.deepEqual(saidTo(says, 'proposals'), []);
    assert.equal(saidTo(says, 'refusals')[0]?.reason, 'price-too-low');
  });

  test('any need, any offer: at most what it is worth, at most the limit, or no bid', () => {
    const needs = fc.array(
      fc.record({
        limit: fc.integer({ min: 1, max: 500 }),
        priority: fc.integer({ min: 0, max: 100 }),
        slack: fc.option(fc.integer({ min: -60_000, max: 3_600_000 })),
        count: fc.integer({ min: 1, max: 3 }),
        attempts: fc.nat(4),
      }),
      { minLength: 1, maxLength: 4 },
    );
    const lot = fc.record({
      count: fc.integer({ min: 1, max: 3 }),
      pricing: fc.constantFrom(...PRICINGS),
    });
    const law = fc.property(fc.constantFrom(...POLICIES), needs, lot, (policy, wants, offer) => {
      const bidder = createBidder(policy, negotiator());
      const valued = wants.map(({ limit, priority, slack, count, attempts }, i) => {
        const id = `cfp_${i}`;
        bidder.hear(needOpened(id, { limitPrice: limit, count }), self());
        const deadline = slack === null ? {} : { deadline: NOW + 60_000 + slack };
        bidder.entrust(id, { priority, ...deadline }, self());
        for (let n = 0; n < attempts; n++) bidder.hear(tell('awarded', { cfpId: 'x' }), self());
        return {
          id,
          limit: c(limit),
          count,
          points: worth({ priority, ...deadline }, NOW, 60_000),
        };
      });
      const says = bidder.hear(offerOpened('cfp_offer', offer), self());
      const fit = valued.filter((v) => v.count <= offer.count);
      assert.equal(says.length, fit.length > 0 ? 1 : 0, 'asked once, answered once');
      const [bid] = saidTo(says, 'proposals');
      if (bid === undefined) return;
      const need = fit.find((v) => v.id === bid.cfpId);
      const price = fromDecimal(Number(bid.price));
      assert.ok(need !== undefined && price !== null && price > 0);
      assert.ok(price <= need.limit && utility(need.points, price) >= 1 - 1e-9);
      assert.equal(need.points, Math.max(...fit.map((v) => v.points)), 'not its best need');
    });
    fc.assert(law);
  });

  test('learns from its own losses only, and asks more for it', () => {
    const bidder = withNeed('frugal');
    const first = priceIn(bidder.hear(offerOpened('a'), self()));
    bidder.hear(tell('awarded', { cfpId: 'a', needId: 'somebody', lost: [] }), self());
    assert.deepEqual([first, priceIn(bidder.hear(offerOpened('b'), self()))], [8, 12]);
  });

  test('is silent for needs that are met, ended, not valued, or its own offer', () => {
    const award = { cfpId: 'o', needId: 'cfp_need', leaseId: 'lse_1', managerId: ME };
    for (const news of [tell('awarded', award), tell('call-ended', { cfpId: 'cfp_need' })]) {
      const bidder = withNeed();
      bidder.hear(news, self());
      assert.deepEqual(bidder.hear(offerOpened('a'), self()), []);
    }
    const bare = createBidder('truthful', negotiator());
    bare.hear(needOpened('cfp_need'), self());
    assert.deepEqual(bare.hear(offerOpened('a'), self()), []);
    assert.deepEqual(withNeed().hear(offerOpened('a', { managerId: ME }), self()), []);
  });

  test('takes back a bid that could not be backed, so that nobody waits for it', () => {
    const bidder = withNeed();
    const [say] = bidder.hear(offerOpened('cfp_offer'), self());
    assert.ok(say !== undefined);
    const says = bidder.answered({ say, ok: false, body: {} }, self());
    assert.equal(saidTo(says, 'refusals')[0]?.reason, 'insufficient-credits');
    assert.deepEqual(bidder.answered({ say, ok: true, body: {} }, self()), []);
  });
});
