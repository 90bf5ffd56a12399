// Goal: the formulas of alternating offers are the ones of the literature.
// Method: published and measured values; the closed forms against backwards induction, which is
// other code; the limits they must tend to.
// Check: 1e-9 on closed forms, the proven bound on finite horizons, a refusal where there is none.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  alternatingPrice,
  continuousLimit,
  finiteShare,
  finiteSymmetricShare,
  firstShare,
  horizonError,
  inducedLimit,
  inducedShares,
  type Pair,
  withOutsideOption,
} from '../../core/engine/theory/rubinstein.ts';

const free: Pair = [0, 0];
const near = (actual: number, expected: number, within = 1e-9): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual}, not ${expected}`);
const shareOf = (delta: Pair, cost: Pair = free): number => {
  const solved = firstShare({ delta, cost });
  return solved.unique ? solved.share : NaN;
};
const unit = fc.double({ min: 0, max: 0.995, noNaN: true });

suite('endless rounds', () => {
  const vectors: [d1: number, d2: number, x1: number][] = [
    [0.9, 0.9, 0.526315789474],
    [0.9, 0.8, 0.714285714286],
    [0.8, 0.9, 0.357142857143],
    [0.5, 0.5, 2 / 3],
    [0.99, 0.95, 0.840336134454],
    [0, 0.5, 0.5],
    [0.5, 0, 1],
  ];
  for (const [d1, d2, x1] of vectors) {
    test(`d ${d1}, ${d2}: ${x1}`, () => near(shareOf([d1, d2]), x1));
  }

  test('the fixed point of its derivation: 1 - x = d2·y and 1 - y = d1·x', () => {
    fc.assert(
      fc.property(unit, unit, (d1, d2) => {
        const [x, y] = [shareOf([d1, d2]), shareOf([d2, d1])];
        near(1 - x, d2 * y);
        near(1 - y, d1 * x);
      }),
    );
  });

  test('costs instead of discounts: the cheaper side takes it all, but for one cost', () => {
    near(shareOf([1, 1], [0.1, 0.3]), 1);
    near(shareOf([1, 1], [0.3, 0.1]), 0.1);
    near(shareOf([1, 1], [1.5, 1.5]), 1); // nobody can afford a second round
  });

  test('where it is not unique, it is refused with the range of equilibria', () => {
    const none = { unique: false, from: 0, to: 1, why: 'nobody-hurries' };
    assert.deepEqual(firstShare({ delta: [1, 1], cost: free }), none);
    const equal = { unique: false, from: 0.2, to: 1, why: 'equal-costs' };
    assert.deepEqual(firstShare({ delta: [1, 1], cost: [0.2, 0.2] }), equal);
    const { low, high } = inducedLimit({ delta: [1, 1], cost: [0.2, 0.2] });
    near(low, 0.2);
    near(high, 1);
  });

  test('with discounts and costs together it is what induction tends to', () => {
    const cost = fc.double({ min: 0, max: 1.2, noNaN: true });
    fc.assert(
      fc.property(unit, unit, cost, cost, (d1, d2, c1, c2) => {
        const game = { delta: [d1, d2] as const, cost: [c1, c2] as const };
        const { low, high } = inducedLimit(game);
        near(high, low, 1e-10);
        near(shareOf(game.delta, game.cost), high);
      }),
    );
  });

  test('ever faster offers tend to the asymmetric Nash division', () => {
    const [r1, r2] = [0.3, 0.1];
    const x = shareOf([Math.exp(-r1 * 1e-6), Math.exp(-r2 * 1e-6)]);
    near(x, continuousLimit(r1, r2) ?? NaN, 1e-6);
    assert.equal(continuousLimit(0, 0), null);
  });

  test('an outside option counts only when it is worth more than the share', () => {
    near(withOutsideOption(0.6, 0.3) ?? NaN, 0.6);
    near(withOutsideOption(0.6, 0.5) ?? NaN, 0.5);
    assert.equal(withOutsideOption(0.6, 1.1), null);
  });

  test('a discount factor above 1 is a defect of the caller', () => {
    assert.throws(() => firstShare({ delta: [1.1, 0.5], cost: free }), /discount factor/);
    assert.throws(() => inducedShares({ delta: [0.5, 0.5], cost: free }, 0), /rounds/);
  });
});

suite('a last round', () => {
  const vectors: [rounds: number, at9and8: number, at9and9: number][] = [
    [1, 1, 1],
    [2, 0.2, 0.1],
    [3, 0.92, 0.91],
    [4, 0.344, 0.181],
    [10, 0.576077312, 0.342800821],
    [50, 0.714091989863, 0.523603276207],
    [200, 0.714285714286, 0.526315789102],
  ];
  for (const [rounds, asymmetric, symmetric] of vectors) {
    test(`T = ${rounds}`, () => {
      const first = (delta: Pair): number => inducedShares({ delta, cost: free }, rounds)[0] ?? NaN;
      near(first([0.9, 0.8]), asymmetric);
      near(first([0.9, 0.9]), symmetric);
      near(finiteSymmetricShare(0.9, rounds), symmetric);
    });
  }

  test('closed form and induction agree, and are as near the endless one as is proven', () => {
    const rounds = fc.integer({ min: 1, max: 300 });
    const any = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(any, any, rounds, (d1, d2, T) => {
        const delta: Pair = [d1, d2];
        const induced = inducedShares({ delta, cost: free }, T)[0] ?? NaN;
        near(finiteShare(delta, T), induced);
        if (d1 * d2 < 0.999) {
          near(induced, shareOf(delta), horizonError(delta, T) + 1e-9);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

suite('prices', () => {
  const base = { value: 5, cost: 0, deltaBuyer: 0.93, deltaSeller: 0.98 };

  test('buyer .93 first, seller .98, S = 5: 3.871, 77.4 % to the seller', () => {
    const price = alternatingPrice({ ...base, first: 'buyer' }) ?? NaN;
    near(price, 3.871, 5e-4);
    near(price / 5, 0.774, 5e-4);
    near(1 - shareOf([0.93, 0.98]), price / 5);
  });

  test('both formulas, with a cost', () => {
    const [V, C, b, s] = [12, 4, 0.9, 0.8];
    const game = { value: V, cost: C, deltaBuyer: b, deltaSeller: s };
    const seller = C + ((V - C) * (1 - b)) / (1 - s * b);
    near(alternatingPrice({ ...game, first: 'seller' }) ?? NaN, seller);
    near(alternatingPrice({ ...game, first: 'buyer' }) ?? NaN, C + s * (seller - C));
  });

  test('no surplus, no price', () => {
    assert.equal(alternatingPrice({ ...base, cost: 5, first: 'buyer' }), null);
  });
});
