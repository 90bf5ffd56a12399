// Goal: the Nash solution over a finite set, and of a price.
// Method: brute force over random sets; formulas of the literature; small sets by hand.
// Check: nothing in the front is beaten, everything outside is; ties are all told.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  type Deal,
  nashPrice,
  nashProduct,
  nashSolution,
  negotiationSet,
  paretoFront,
} from '../../core/engine/theory/nash.ts';

const utility = fc.integer({ min: -5, max: 20 });
const deals = fc.array(fc.tuple(utility, utility), { maxLength: 30 });
const beats = (a: Deal, b: Deal): boolean =>
  a[0] >= b[0] && a[1] >= b[1] && (a[0] > b[0] || a[1] > b[1]);

suite('the negotiation set', () => {
  test('is what nobody beats and nobody loses by, each deal once, in order', () => {
    fc.assert(
      fc.property(deals, (all) => {
        const expected = all.filter(
          (deal) => deal[0] >= 0 && deal[1] >= 0 && !all.some((other) => beats(other, deal)),
        );
        const once = new Map(expected.map((deal) => [deal.join(), deal]));
        const sorted = [...once.values()].sort((a, b) => b[0] - a[0]);
        assert.deepEqual(negotiationSet(all), sorted);
      }),
    );
  });

  test('of nothing, or of nothing rational, is empty', () => {
    assert.deepEqual([negotiationSet([]), negotiationSet([[-1, 9]])], [[], []]);
    assert.deepEqual(paretoFront([[-1, 9]]), [[-1, 9]]);
  });
});

suite('the Nash solution', () => {
  test('is the greatest product over all rational deals', () => {
    fc.assert(
      fc.property(deals, (all) => {
        const products = all.filter(([a, b]) => a >= 0 && b >= 0).map(nashProduct);
        const best = nashSolution(all);
        assert.equal(best?.product ?? null, products.length === 0 ? null : Math.max(...products));
      }),
    );
  });

  test('tells every deal of a tie', () => {
    const tie = nashSolution([
      [6, 1],
      [4, 3],
      [3, 4],
      [1, 6],
    ]);
    const expected = [
      [4, 3],
      [3, 4],
    ];
    assert.deepEqual(tie, { product: 12, deals: expected });
  });
});

suite('the price', () => {
  test('halves, weights, and moves with what is to be had elsewhere', () => {
    const sides = { value: 100, cost: 40 };
    assert.equal(nashPrice(sides), 70);
    assert.equal(nashPrice({ ...sides, sellerWeight: 0.25 }), 40 + 60 * 0.25);
    const outside = { buyerOutside: 20, sellerOutside: 10 };
    assert.equal(nashPrice({ ...sides, ...outside }), (100 - 20 + (40 + 10)) / 2);
    assert.equal(nashPrice({ ...sides, buyerOutside: 50, sellerOutside: 11 }), null);
  });
});
