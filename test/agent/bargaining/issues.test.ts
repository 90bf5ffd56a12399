// Goal: bundles of several issues are bargained over as one number, without a retraction and with
// the trade-offs that help both. Method: random weights and talks; a brute-force search over all
// small bundles. Check: the effective price is the formula's, a composed bundle keeps it and
// moves toward the other side only, and no bundle at all lies beyond the Pareto front.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  type Bounds,
  compose,
  effectivePrice,
  idealOffer,
  type Issue,
  ISSUES,
  type Offer,
  paretoFront,
  type Point,
  type Weights,
} from '../../../core/agent/bargaining/issues.ts';

const BOUNDS: Bounds = {
  price: { min: 0, max: 10_000_000 },
  startDelayMs: { min: 0, max: 600_000 },
  reclaimWindowMs: { min: 0, max: 600_000 },
  penalty: { min: 0, max: 2_000_000 },
};
const weight = fc.integer({ min: 0, max: 300_000 });
const weights: fc.Arbitrary<Weights> = fc.record({
  delayPerMinute: weight,
  noticePerMinute: weight,
  penaltyChance: fc.double({ min: 0, max: 1, noNaN: true }),
});
const within = (issue: Issue): fc.Arbitrary<number> => fc.integer(BOUNDS[issue]);
const offer: fc.Arbitrary<Offer> = fc.record({
  price: within('price'),
  startDelayMs: within('startDelayMs'),
  reclaimWindowMs: within('reclaimWindowMs'),
  penalty: within('penalty'),
});
const role = fc.constantFrom('manager' as const, 'contractor' as const);
/** What the manager wants: less price and delay, more notice and penalty. */
const MORE: Record<Issue, number> = { price: -1, startDelayMs: -1, reclaimWindowMs: 1, penalty: 1 };

/** Which issues are worse in `after` than in `before` for the other side of `who`. */
const worseForOther = (who: 'manager' | 'contractor', before: Offer, after: Offer): Issue[] =>
  ISSUES.filter((issue) => {
    const forManager = (after[issue] - before[issue]) * MORE[issue];
    return (who === 'manager' ? -forManager : forManager) < 0;
  });

suite('effective price', () => {
  test('is price + delay - notice - penalty, each by its weight, rounded against the side', () => {
    const bundle = { price: 1000, startDelayMs: 90_000, reclaimWindowMs: 60_000, penalty: 101 };
    const w = { delayPerMinute: 20, noticePerMinute: 7, penaltyChance: 0.5 };
    // 1000 + 1.5 x 20 - 1 x 7 - 0.5 x 101 = 972.5
    const found = [effectivePrice(bundle, w, 'manager'), effectivePrice(bundle, w, 'contractor')];
    assert.deepEqual(found, [973, 972]);
  });
});

suite('compose', () => {
  test('keeps the effective price, its bounds, and never retracts', () => {
    const law = fc.property(
      role,
      weights,
      offer,
      offer,
      fc.nat(1000),
      (who, w, mine, theirs, t) => {
        const from = effectivePrice(mine, w, who);
        const to = effectivePrice(theirs, w, who);
        const target = Math.round(from + ((to - from) * t) / 1000);
        const made = compose({ target, weights: w, role: who, bounds: BOUNDS, mine, theirs });
        assert.deepEqual(worseForOther(who, mine, made), []);
        for (const issue of ISSUES) {
          assert.ok(Number.isInteger(made[issue]));
          assert.ok(made[issue] >= BOUNDS[issue].min && made[issue] <= BOUNDS[issue].max);
        }
        // A target on my side of both offers cannot be met by concessions; then nothing is given.
        const sign = who === 'contractor' ? 1 : -1;
        const worth = effectivePrice(made, w, who);
        if (sign * (target - from) <= 0)
          assert.ok(sign * (worth - target) >= -1, 'not under target');
        else assert.deepEqual(made, mine);
      },
    );
    fc.assert(law, { numRuns: 1000 });
  });

  test('hits the target to a few units when there is room for it', () => {
    const law = fc.property(role, weights, fc.integer({ min: 1, max: 999 }), (who, w, t) => {
      const mine = idealOffer(who, BOUNDS);
      const theirs = idealOffer(who === 'manager' ? 'contractor' : 'manager', BOUNDS);
      const [from, to] = [effectivePrice(mine, w, who), effectivePrice(theirs, w, who)];
      const target = Math.round(from + ((to - from) * t) / 1000);
      const made = compose({ target, weights: w, role: who, bounds: BOUNDS, mine, theirs });
      const off = Math.abs(effectivePrice(made, w, who) - target);
      // A millisecond or a unit of penalty is the grain where the price has no room left.
      assert.ok(off <= 10, `off by ${off}`);
    });
    fc.assert(law, { numRuns: 500 });
  });

  test('gives first what it does not mind: the other side gets its notice, not a lower price', () => {
    const w = { delayPerMinute: 100_000, noticePerMinute: 0, penaltyChance: 0.5 };
    const mine = { price: 8e6, startDelayMs: 0, reclaimWindowMs: 0, penalty: 0 };
    const theirs = { ...mine, price: 4e6, reclaimWindowMs: 600_000 };
    const target = effectivePrice(mine, w, 'contractor') - 1_000_000;
    const composition = { target, weights: w, role: 'contractor', bounds: BOUNDS } as const;
    const made = compose({ ...composition, mine, theirs });
    assert.deepEqual(made, { ...mine, price: 7e6, reclaimWindowMs: 600_000 });
  });

  test('opens with its own wishes and the price that makes them worth the target', () => {
    const w = { delayPerMinute: 60_000, noticePerMinute: 60_000, penaltyChance: 0.5 };
    const opening = {
      weights: w,
      role: 'manager',
      bounds: BOUNDS,
      mine: null,
      theirs: null,
    } as const;
    const made = compose({ ...opening, target: 1_000_000 });
    // Ten minutes of notice are worth 600,000 and the penalty 1,000,000: so much more may it cost.
    assert.deepEqual(made, { ...idealOffer('manager', BOUNDS), price: 2_600_000 });
  });
});

const SMALL: Bounds = {
  price: { min: 0, max: 8 },
  startDelayMs: { min: 0, max: 120_000 },
  reclaimWindowMs: { min: 0, max: 120_000 },
  penalty: { min: 0, max: 4 },
};

/** Every bundle at the quarters of each range. */
function* bundles(): Generator<Offer> {
  const part = (issue: Issue, i: number): number => (SMALL[issue].max * i) / 4;
  for (let n = 0; n < 5 ** 4; n++) {
    const at = (k: number): number => Math.floor(n / 5 ** k) % 5;
    const [price, startDelayMs] = [part('price', at(0)), part('startDelayMs', at(1))];
    const [reclaimWindowMs, penalty] = [part('reclaimWindowMs', at(2)), part('penalty', at(3))];
    yield { price, startDelayMs, reclaimWindowMs, penalty };
  }
}

const gains = (o: Offer, m: Weights, c: Weights): { manager: number; contractor: number } => {
  const value = (w: Weights): number =>
    o.price +
    (o.startDelayMs / 60_000) * w.delayPerMinute -
    (o.reclaimWindowMs / 60_000) * w.noticePerMinute -
    o.penalty * w.penaltyChance;
  return { manager: 10 - value(m), contractor: value(c) - 2 };
};

/** The front's contractor gain at this manager's gain, along the lines between its corners. */
function frontAt(front: readonly Point[], manager: number): number {
  for (let i = 1; i < front.length; i++) {
    const [a, b] = [front[i - 1] as Point, front[i] as Point];
    if (manager > a.manager + 1e-9 || manager < b.manager - 1e-9) continue;
    const along = a.manager === b.manager ? 1 : (a.manager - manager) / (a.manager - b.manager);
    return a.contractor + along * (b.contractor - a.contractor);
  }
  return manager > (front[0]?.manager ?? 0) ? -Infinity : (front.at(-1)?.contractor ?? 0);
}

suite('the Pareto front', () => {
  test('lies beyond every bundle, and its corners are bundles', () => {
    const small = fc.integer({ min: 0, max: 5 });
    const light: fc.Arbitrary<Weights> = fc.record({
      delayPerMinute: small,
      noticePerMinute: small,
      penaltyChance: fc.constantFrom(0, 0.25, 0.5, 1),
    });
    const law = fc.property(light, light, (m, c) => {
      const front = paretoFront(
        SMALL,
        { weights: m, reservation: 10 },
        { weights: c, reservation: 2 },
      );
      for (const { offer: corner, manager, contractor } of front) {
        const real = gains(corner, m, c);
        assert.ok(Math.abs(real.manager - manager) < 1e-9);
        assert.ok(Math.abs(real.contractor - contractor) < 1e-9);
      }
      for (const bundle of bundles()) {
        const { manager, contractor } = gains(bundle, m, c);
        if (manager > (front[0]?.manager ?? 0) + 1e-9) assert.fail('better than the best corner');
        assert.ok(contractor <= frontAt(front, manager) + 1e-6, 'a bundle beyond the front');
      }
    });
    fc.assert(law, { numRuns: 60 });
  });
});
