// Goal: the comparison of futures and spot is fair, repeatable and says no more than it shows.
// Method: the experiment on several seeds; its parts against known values and random input. Check:
// its own checks, the efficiency of the spot market, and rules of buying ahead on known demand.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { futures } from '../../core/lab/experiments/futures.ts';
import { createPlanner, SHAPES } from '../../core/lab/futures/demand.ts';
import { clearSpot } from '../../core/lab/futures/spot.ts';
import { runFutures } from '../../core/lab/futures/world.ts';
import { readSettings } from '../../core/lab/settings.ts';

const settings = (...pairs: string[]) => readSettings(futures.settings, pairs);
interface Row {
  shape: string;
  rule: string;
  defaults: number;
  penaltyCollected: number;
  conclusion: string;
  costDifference: { mean: number; ci95: number };
}

suite('the futures experiment', () => {
  test('all checks hold on several seeds and settings; the same seed is the same document', () => {
    for (const pairs of [['seeds=4'], ['seeds=3', 'overselling=1'], ['seeds=3', 'overselling=5']]) {
      const found = futures.run(2, settings(...pairs), null);
      assert.deepEqual(
        found.checks.filter(({ ok }) => !ok),
        [],
      );
      assert.deepEqual(futures.run(2, settings(...pairs), null), found);
    }
  });

  test('a conclusion has the direction of its interval', () => {
    const rows = futures.run(1, settings('seeds=6'), null).results['rows'] as Row[];
    assert.equal(rows.length, SHAPES.length * 2);
    for (const { conclusion, costDifference } of rows) {
      const { mean, ci95 } = costDifference;
      assert.equal(/dearer/u.test(conclusion), mean > ci95, conclusion);
      assert.equal(/cheaper/u.test(conclusion), mean < -ci95, conclusion);
    }
  });

  test('who oversells in a market that is short defaults, and pays for it', () => {
    const terms = { shape: 'bursty', planner: 'hedge', periods: 60, overselling: 5 } as const;
    const worlds = Array.from({ length: 10 }, (_, seed) => runFutures(seed, terms));
    const defaults = worlds.reduce((sum, w) => sum + w.defaults, 0);
    assert.ok(defaults > 0);
    for (const w of worlds) {
      assert.ok(Math.abs(w.penaltyCollected - w.penaltyOwed) < 1e-6);
      assert.equal(w.penaltyCollected > 0, w.defaults > 0);
      assert.equal(w.endings, w.offered);
    }
  });
});

suite('buying ahead', () => {
  test('the reference rule buys after a fall only, and never while demand does not fall', () => {
    const rising = fc.array(fc.nat(5), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(rising, (steps) => {
        const planner = createPlanner('reference');
        let need = 0;
        for (const step of steps) assert.equal(planner.plan((need += step)), 0);
      }),
    );
    const planner = createPlanner('reference');
    for (let n = 0; n < 20; n++) planner.plan(10);
    assert.equal(planner.plan(2), 3, 'average .7 x 10 + .3 x 2 = 7.6, half of it in whole units');
  });

  test('the hedge buys half of a constant need, and more than half where it grows', () => {
    const constant = createPlanner('hedge');
    for (let n = 0; n < 50; n++) assert.equal(constant.plan(8), 4);
    const growing = createPlanner('hedge');
    let last = 0;
    for (let n = 0; n <= 200; n++) last = growing.plan(n);
    assert.equal(last, 102, 'five periods ahead of 200 it expects 205');
  });
});

suite('the spot market', () => {
  const order = (who: string) => (price: number) => ({ who, price });

  test('a known auction', () => {
    const bids = [9, 7, 3].map(order('b'));
    const asks = [2, 4, 8].map(order('s'));
    const trades = [{ sellerId: 's', buyerId: 'b', units: 2 }];
    assert.deepEqual(clearSpot(bids, asks), { price: 5, trades });
    assert.deepEqual(clearSpot([order('b')(1)], [order('s')(2)]), { price: null, trades: [] });
  });

  test('it realises all gains from trade at one price that suits everybody who trades', () => {
    const prices = fc.array(fc.nat(50), { maxLength: 12 });
    fc.assert(
      fc.property(prices, prices, (bids, asks) => {
        const { price, trades } = clearSpot(bids.map(order('b')), asks.map(order('s')));
        const units = trades.reduce((sum, t) => sum + t.units, 0);
        const high = bids.toSorted((a, b) => b - a);
        const low = asks.toSorted((a, b) => a - b);
        const most = high.filter((bid, i) => bid >= (low[i] ?? Infinity)).length;
        assert.equal(units, most);
        if (price === null) return;
        assert.ok(price <= (high[units - 1] ?? 0) && price >= (low[units - 1] ?? 0));
      }),
    );
  });
});
