// Goal: what a coalition buys or sells moves exactly once and in the right direction, and the
// experiment shows what it says. Method: deals through the real ledger, random ones too; the
// experiment on several seeds. Check: balances and turnovers; all checks of the experiment, which
// fail for a sale that is booked as a purchase.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { shareCost, shareRevenue } from '../../core/agent/coalition/pooling.ts';
import { splitByWeight } from '../../core/agent/coalition/split.ts';
import { Broken } from '../../core/engine/base/assert.ts';
import { trialSum } from '../../core/engine/bank/ledger.ts';
import { Books, purchaseParts, saleParts } from '../../core/lab/coalition/books.ts';
import { runCommons } from '../../core/lab/coalition/commons.ts';
import { runWorld } from '../../core/lab/coalition/world.ts';
import { coalition } from '../../core/lab/experiments/coalition.ts';
import { readSettings } from '../../core/lab/settings.ts';

const STOCKS = [
  { member: 'ann', units: 3, floor: 1 },
  { member: 'bob', units: 1, floor: 1 },
];

function opened(money: Record<string, number>): Books {
  const books = new Books();
  for (const [name, issued] of Object.entries(money)) books.open(name, issued);
  return books;
}

suite('settling', () => {
  const sold = (parts: typeof saleParts) => {
    const books = opened({ ann: 100, bob: 100, client: 100 });
    books.pay(parts(shareRevenue(STOCKS, 4, 41), 'client'), 0);
    return ['ann', 'bob', 'client'].map((name) => [books.worth(name), books.turnover(name)]);
  };

  test('a sale is revenue of the members and nobody has bought anything but the client', () => {
    assert.deepEqual(sold(saleParts), [
      [131, { spent: 0, earned: 31 }],
      [110, { spent: 0, earned: 10 }],
      [59, { spent: 41, earned: 0 }],
    ]);
  });

  test('booked as the reference system did, the members pay for what they sold', () => {
    const members = sold(purchaseParts).slice(0, 2);
    assert.deepEqual(
      members.map(([worth]) => worth),
      [69, 90],
    );
  });

  test('a purchase is held from all or from none, and called off as a whole', () => {
    const wishes = [
      { member: 'ann', units: 3, limit: 100 },
      { member: 'bob', units: 1, limit: 100 },
    ];
    const books = opened({ ann: 100, bob: 9, seller: 0 });
    const parts = purchaseParts(shareCost(wishes, 40), 'seller');
    assert.equal(books.hold(parts, 0), null, 'bob is short of 10');
    assert.deepEqual([books.free('ann'), books.free('bob')], [100, 9]);
    const cheaper = books.hold(purchaseParts(shareCost(wishes, 36), 'seller'), 0);
    assert.ok(cheaper !== null);
    assert.deepEqual([books.free('ann'), books.free('bob'), books.worth('seller')], [73, 0, 0]);
    books.end(cheaper, 'off');
    assert.deepEqual([books.free('ann'), books.free('bob')], [100, 9]);
    assert.throws(() => books.end(cheaper, 'done'), Broken);
  });

  test('random deals lose nothing and overdraw nobody', () => {
    const deals = fc.array(
      fc.record({
        price: fc.nat(400),
        weights: fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }),
        isSale: fc.boolean(),
        how: fc.constantFrom('done', 'off', 'open'),
      }),
    );
    fc.assert(
      fc.property(deals, (all) => {
        const members = ['a', 'b', 'c'];
        const books = opened({ a: 300, b: 300, c: 300, other: 300 });
        for (const { price, weights, isSale, how } of all) {
          const amounts = splitByWeight(price, weights);
          const shares = members.map((member, i) => ({ member, amount: amounts[i] as number }));
          const deal = books.hold((isSale ? saleParts : purchaseParts)(shares, 'other'), 0);
          if (deal !== null && how !== 'open') books.end(deal, how === 'done' ? 'done' : 'off');
          assert.equal(trialSum(books.ledger), 0);
          const worth = [...members, 'other'].map((name) => books.worth(name));
          assert.equal(
            worth.reduce((a, b) => a + b, 0),
            1200,
          );
          for (const name of [...members, 'other']) assert.ok(books.free(name) >= 0);
        }
      }),
    );
  });
});

suite('the experiment', () => {
  const settings = (...pairs: string[]) => readSettings(coalition.settings, pairs);

  test('all checks hold on several seeds, and a seed gives the same document again', () => {
    for (const seed of [1, 2, 3]) {
      const found = coalition.run(seed, settings('worlds=60'), null);
      assert.deepEqual(
        found.checks.filter(({ ok }) => !ok),
        [],
      );
      if (seed > 1) continue;
      assert.deepEqual(coalition.run(seed, settings('worlds=60'), null), found);
      assert.notDeepEqual(coalition.run(9, settings('worlds=60'), null).results, found.results);
    }
  });

  test('pooling saves the set-up costs of the calls it spares, and without them hardly anything', () => {
    const difference = (setupCost: number) => {
      const found = coalition.run(1, settings(`setupCost=${setupCost}`), null);
      return found.results['unitPriceDifference'] as { mean: number; ci95: number };
    };
    const [dear, free] = [difference(40), difference(0)];
    assert.ok(dear.mean + dear.ci95 < -5, JSON.stringify(dear));
    assert.ok(Math.abs(free.mean) < Math.abs(dear.mean) / 2, JSON.stringify(free));
  });

  test('a need that no seller can serve alone is served together', () => {
    const terms = { members: 4, setupCost: 40, strategy: 'time-dependent' };
    const { sale } = runWorld(5, terms);
    assert.deepEqual([sale.solo, sale.bookedAsPurchase], [0, 0]);
    assert.ok(sale.pooled > 0 && sale.revenue > 0);
  });

  test('readings that are wildly off delay the verdict but cost no honest member its place', () => {
    const pools = Array.from({ length: 200 }, (_, seed) =>
      runCommons(seed, { members: 4, periods: 60, noise: 1 }),
    );
    assert.equal(pools.filter((p) => p.honestExpelled > 0).length, 0);
    const after = pools.flatMap(({ expelledAfter }) => expelledAfter ?? []);
    assert.ok(after.length > 100 && Math.min(...after) >= 10, 'never before two full windows');
    assert.ok(Math.max(...after) > 10);
  });
});
