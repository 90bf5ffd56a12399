// Goal: a broker matches supply and demand that do not meet, earns its commission, and never risks
// more than it may. Method: a small world in which sellers and buyers know only the broker, played
// with real bargainings; random prices on its books. Check: nothing is traded without it, every
// buyer that can pay is served, both caps hold after every deal, and the profit is commission.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { type Broker, createBroker } from '../../../core/agent/bargaining/broker.ts';
import { createStrategy } from '../../../core/agent/bargaining/kinds.ts';
import { createRng, type Rng } from '../../../core/engine/base/rng.ts';
import { bargain, type Side } from '../../../core/lab/bargain/session.ts';

const TERMS = { commission: 0.1, unitsMax: 4, creditMax: 500, bidsMax: 50 };
const HOPED = { low: 20, high: 200 };

const sideOf = (name: string, role: 'manager' | 'contractor', reservation: number): Side => ({
  strategy: createStrategy(name, {}, createRng(1)),
  reservation,
  ideal: role === 'manager' ? HOPED.low : HOPED.high,
  market: null,
  discount: { mine: 1, theirs: 1 },
  roundCost: 0,
});

/** A price between two sides, or null. */
function deal(manager: Side, contractor: Side, rng: Rng): number | null {
  const rounds = { protocol: 'alternating-offers', roundsMax: 20 } as const;
  return bargain({ ...rounds, manager, contractor }, { rng }).price;
}

/** The broker buys from a seller that wants at least `cost`, as its books allow. */
function buyFrom(broker: Broker, cost: number, rng: Rng): number | null {
  const limit = broker.buyLimit();
  if (limit === null) return null;
  const manager = sideOf('time-dependent', 'manager', limit);
  const price = deal(manager, sideOf('time-dependent', 'contractor', cost), rng);
  if (price !== null) broker.bought(price);
  return price;
}

/** It sells to a buyer that pays at most `value`. */
function sellTo(broker: Broker, value: number, rng: Rng): number | null {
  const limit = broker.sellLimit();
  if (limit === null) return null;
  const contractor = sideOf('time-dependent', 'contractor', limit);
  const price = deal(sideOf('time-dependent', 'manager', value), contractor, rng);
  if (price !== null) broker.sold(price);
  return price;
}

suite('a broker', () => {
  test('serves buyers who never meet a seller, for at least its commission', () => {
    const rng = createRng(5);
    const broker = createBroker(TERMS);
    const bought: number[] = [];
    const served: number[] = [];
    for (let round = 0; round < 200; round++) {
      const value = 100 + rng.below(60);
      const cost = 40 + rng.below(30);
      // The buyer asks first: the broker has nothing yet, but remembers what he would pay.
      broker.heard(value);
      const paid = buyFrom(broker, cost, rng);
      if (paid !== null) bought.push(paid);
      const got = sellTo(broker, value, rng);
      if (got !== null) served.push(got);
      assert.ok(broker.units <= TERMS.unitsMax && broker.atRisk <= TERMS.creditMax);
      assert.equal(broker.units, bought.length - served.length);
    }
    const sum = (prices: number[]): number => prices.reduce((a, b) => a + b, 0);
    assert.ok(served.length >= 195, `${served.length} of 200 served`);
    assert.equal(broker.profit + sum(bought), sum(served) + broker.atRisk);
    assert.ok(broker.profit >= 0.1 * (sum(bought) - broker.atRisk));
  });

  test('buys nothing that nobody asked for, and nothing beyond its caps', () => {
    const broker = createBroker({ ...TERMS, unitsMax: 2, creditMax: 150 });
    assert.equal(broker.buyLimit(), null);
    for (const bid of [110, 110, 110]) broker.heard(bid);
    assert.equal(broker.buyLimit(), 100); // 110 / 1.1
    broker.bought(100);
    assert.equal(broker.buyLimit(), 50); // the rest of its credit
    assert.throws(() => broker.bought(51), RangeError);
    broker.bought(50);
    assert.deepEqual([broker.buyLimit(), broker.sellLimit()], [null, 110]);
    assert.throws(() => broker.sold(109), RangeError);
    assert.equal(broker.sold(110), 100);
    assert.deepEqual([broker.units, broker.atRisk, broker.profit], [1, 50, 10]);
  });

  test('whatever comes: caps hold, no sale under cost plus commission, memory is bounded', () => {
    const act = fc.record({
      what: fc.constantFrom('hear' as const, 'buy' as const, 'sell' as const),
      price: fc.integer({ min: 1, max: 300 }),
    });
    const terms = fc.record({
      commission: fc.double({ min: 0, max: 1, noNaN: true }),
      unitsMax: fc.nat(5),
      creditMax: fc.nat(1000),
      bidsMax: fc.integer({ min: 1, max: 8 }),
    });
    const law = fc.property(terms, fc.array(act, { maxLength: 60 }), (t, acts) => {
      const broker = createBroker(t);
      for (const { what, price } of acts) {
        if (what === 'hear') broker.heard(price);
        const [most, least] = [broker.buyLimit(), broker.sellLimit()];
        if (what === 'buy' && most !== null) broker.bought(Math.min(price, most));
        if (what === 'sell' && least !== null) {
          const before = broker.profit;
          const cost = broker.sold(Math.max(price, least));
          assert.ok(broker.profit - before >= cost * t.commission - 1e-9);
        }
        assert.ok(broker.units <= t.unitsMax && broker.atRisk <= t.creditMax);
        assert.ok(most === null || most * (1 + t.commission) <= 300 + 1e-6);
      }
    });
    fc.assert(law, { numRuns: 500 });
  });
});
