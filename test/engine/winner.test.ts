// Winner determination under sealed bids, against Vickrey 1961 and Che 1993.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Credits } from '../../core/engine/base/credits.ts';
import { MINUTE } from '../../core/engine/base/time.ts';
import {
  type Bid,
  coarse,
  determine,
  type Outcome,
  type Rule,
} from '../../core/engine/market/winner.ts';
import { PRICINGS } from '../../core/engine/protocol/bodies.ts';

const rule = (pricing: Rule['pricing'], more: Partial<Rule> = {}): Rule => ({
  direction: 'need',
  pricing,
  limitPrice: 100 as Credits,
  delayCost: 0 as Credits,
  ...more,
});
const bid = (id: string, price: number, more: Partial<Bid> = {}): Bid => ({
  id,
  price: price as Credits,
  startDelayMs: 0,
  ...more,
});
const offer = (pricing: Rule['pricing'], limit: number): Rule =>
  rule(pricing, { direction: 'offer', limitPrice: limit as Credits });
const worth = (quality: number): Partial<Bid> => ({ quality: quality as Credits });
/** Winner and payment as `a 40`; losses as `b price 20`. */
const told = ({ winner, losses }: Outcome): string[] => [
  winner === null ? 'nobody' : `${winner.bid.id} ${winner.payment}`,
  ...losses.map((l) => [l.proposalId, l.reason].join(' ')),
];

suite('who wins, what is paid', () => {
  const three = [bid('a', 40), bid('b', 60), bid('c', 50)];
  const cases: [string, Rule, Bid[], string[]][] = [
    ['nobody bids', rule('first-price'), [], ['nobody']],
    ['need, first price', rule('first-price'), three, ['a 40', 'b price', 'c price']],
    ['need, second price', rule('second-price'), three, ['a 50', 'b price', 'c price']],
    ['need, second price, alone', rule('second-price'), [bid('a', 40)], ['a 100']],
    [
      'need, second price, the other is too dear',
      rule('second-price'),
      [bid('a', 40), bid('b', 101)],
      ['a 100', 'b above-max-price'],
    ],
    ['need, all too dear', rule('second-price'), [bid('a', 101)], ['nobody', 'a above-max-price']],
    ['need, exactly the limit', rule('first-price'), [bid('a', 100)], ['a 100']],
    [
      'need, starts too late',
      rule('first-price', { maxStartDelayMs: 10 }),
      [bid('a', 40, { startDelayMs: 11 }), bid('b', 60, { startDelayMs: 10 })],
      ['b 60', 'a starts-too-late'],
    ],
    ['offer, first price', offer('first-price', 10), three, ['b 60', 'a price', 'c price']],
    ['offer, second price', offer('second-price', 10), three, ['b 50', 'a price', 'c price']],
    ['offer, second price, alone', offer('second-price', 10), [bid('a', 40)], ['a 10']],
    [
      'offer, second below the reserve',
      offer('second-price', 45),
      [bid('a', 40), bid('b', 60)],
      ['b 45', 'a below-min-price'],
    ],
    ['offer, all below', offer('first-price', 45), [bid('a', 40)], ['nobody', 'a below-min-price']],
    // scores 50, 60, 55: b supplies 100 and is paid 100 - 55
    [
      'second score',
      rule('second-score'),
      [bid('a', 40, worth(90)), bid('b', 40, worth(100)), bid('c', 30, worth(85))],
      ['b 45', 'a price', 'c price'],
    ],
    ['second score, alone', rule('second-score'), [bid('a', 40, worth(90))], ['a 90']],
    [
      'second score, never beyond the limit',
      rule('second-score'),
      [bid('a', 40, worth(300))],
      ['a 100'],
    ],
    [
      'second score, worth less than its price',
      rule('second-score'),
      [bid('a', 40, worth(39))],
      ['nobody', 'a price'],
    ],
    [
      'second score, quality unsaid is worth the limit',
      rule('second-score'),
      three,
      ['a 50', 'b price', 'c price'],
    ],
  ]; // prettier keeps tables in lines
  for (const [name, r, bids, expected] of cases) {
    test(name, () => assert.deepEqual(told(determine(r, bids, 0)), expected));
  }

  test('a late start costs in the ranking and is made even in the payment', () => {
    const delayCost = { delayCost: 60 as Credits };
    const bids = [bid('now', 50), bid('later', 40, { startDelayMs: MINUTE / 4 })];
    // `later` counts as 55: `now` wins, and under second price is paid up to that.
    assert.deepEqual(told(determine(rule('first-price', delayCost), bids, 0)), [
      'now 50',
      'later price',
    ]);
    assert.deepEqual(told(determine(rule('second-price', delayCost), bids, 0)), [
      'now 55',
      'later price',
    ]);
    const later = [bid('now', 60), bid('later', 40, { startDelayMs: MINUTE / 4 })];
    // Against 60 the 55 wins, and gets 60 less its own 15.
    assert.deepEqual(told(determine(rule('second-price', delayCost), later, 0)), [
      'later 45',
      'now price',
    ]);
  });

  test('prices and delays at the end of their ranges do not stop the market', () => {
    const most = 1_000_000_000_000_000 as Credits;
    const r = rule('second-score', { limitPrice: most, delayCost: most });
    const bids = [bid('a', most, { startDelayMs: 86_400_000, quality: most }), bid('b', 1)];
    assert.equal(determine(r, bids, 0).winner?.bid.id, 'b');
  });
});

suite('ties', () => {
  const tied = [bid('a', 40), bid('b', 40), bid('c', 40)];
  test('the draw decides, and the loser is told that it was a draw', () => {
    const winners = [0, 1, 2, 3].map((draw) => determine(rule('first-price'), tied, draw));
    assert.deepEqual(
      winners.map((o) => o.winner?.bid.id),
      ['a', 'b', 'c', 'a'],
    );
    assert.deepEqual(winners[0]?.losses, [
      { proposalId: 'b', reason: 'tie', short: {} },
      { proposalId: 'c', reason: 'tie', short: {} },
    ]);
  });

  test('arrival never does', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(tied, { minLength: 3 }), fc.nat(), (bids, draw) => {
        const expected = determine(rule('first-price'), tied, draw).winner?.bid.id;
        assert.equal(determine(rule('first-price'), bids, draw).winner?.bid.id, expected);
      }),
    );
  });
});

const amounts = fc.integer({ min: 0, max: 150 });
const anyRule: fc.Arbitrary<Rule> = fc
  .record({
    direction: fc.constantFrom('need', 'offer'),
    pricing: fc.constantFrom(...PRICINGS),
    limitPrice: amounts,
    delayCost: fc.integer({ min: 0, max: 20 }),
  })
  .map(
    (r) =>
      (r.direction === 'offer' && r.pricing === 'second-score'
        ? { ...r, pricing: 'first-price' }
        : r) as Rule,
  );
const anyBids = (r: Rule): fc.Arbitrary<Bid[]> => {
  const delay = r.direction === 'offer' ? fc.constant(0) : fc.integer({ min: 0, max: 3 * MINUTE });
  const fields = fc.record({ price: amounts, startDelayMs: delay, quality: amounts });
  return fc
    .array(fields, { maxLength: 6 })
    .map((all) => all.map((b, i) => ({ id: `p${i}`, ...b }) as Bid));
};
const game = anyRule.chain((r) => fc.tuple(fc.constant(r), anyBids(r), fc.nat()));

suite('for all games', () => {
  test('a winner is never worse off than its own bid, and the limit holds', () => {
    fc.assert(
      fc.property(game, ([r, bids, draw]) => {
        const { winner } = determine(r, bids, draw);
        if (winner === null) return;
        const { bid: own, payment } = winner;
        const [ask, limit] = [own.price, r.limitPrice];
        const fair =
          r.direction === 'need'
            ? payment >= ask && payment <= limit
            : payment <= ask && payment >= limit;
        assert.ok(fair, `${payment} for ${ask} within ${limit}`);
      }),
      { numRuns: 3000 },
    );
  });

  test('everybody but the winner is told why, once', () => {
    fc.assert(
      fc.property(game, ([r, bids, draw]) => {
        const { winner, losses } = determine(r, bids, draw);
        const heard = losses.map((l) => l.proposalId).sort();
        const expected = bids.map((b) => b.id).filter((id) => id !== winner?.bid.id);
        assert.deepEqual(heard, expected.sort());
      }),
      { numRuns: 2000 },
    );
  });

  test('nobody wins only where nobody is fit', () => {
    fc.assert(
      fc.property(game, ([r, bids, draw]) => {
        const fit = bids.filter((b) => {
          if (r.direction === 'offer') return b.price >= r.limitPrice;
          const late = Math.floor((r.delayCost * b.startDelayMs) / MINUTE);
          const score = (b.quality ?? r.limitPrice) - b.price - late;
          return b.price <= r.limitPrice && (r.pricing !== 'second-score' || score >= 0);
        });
        assert.equal(determine(r, bids, draw).winner === null, fit.length === 0);
      }),
      { numRuns: 2000 },
    );
  });

  test('the order of arrival changes nothing at all', () => {
    fc.assert(
      fc.property(game, ([r, bids, draw]) => {
        const one = determine(r, bids, draw);
        const other = determine(r, bids.toReversed(), draw);
        assert.deepEqual(one.winner, other.winner);
        const sorted = (o: Outcome) => o.losses.map((l) => JSON.stringify(l)).sort();
        assert.deepEqual(sorted(one), sorted(other));
      }),
      { numRuns: 2000 },
    );
  });
});

suite('truth is the best bid under second price and second score', () => {
  /** What a bidder with this cost (or value) gains by saying `said`, averaged over the draws. */
  function gain(r: Rule, others: readonly Bid[], own: Bid, truth: number, said: number): number {
    let sum = 0;
    for (let draw = 0; draw < 12; draw++) {
      const { winner } = determine(r, [...others, { ...own, price: said as Credits }], draw);
      if (winner?.bid.id !== own.id) continue;
      sum += r.direction === 'need' ? winner.payment - truth : truth - winner.payment;
    }
    return sum;
  }

  for (const pricing of ['second-price', 'second-score'] as const) {
    for (const direction of ['need', 'offer'] as const) {
      if (direction === 'offer' && pricing === 'second-score') continue;
      test(`${direction}, ${pricing}: no deviation on a grid gains anything`, () => {
        const r0 = rule(pricing, { direction });
        const others = fc.record({
          r: fc.record({ limitPrice: fc.integer({ min: 20, max: 120 }), delayCost: fc.nat(20) }),
          prices: fc.array(fc.integer({ min: 0, max: 140 }), { maxLength: 3 }),
          qualities: fc.array(fc.integer({ min: 0, max: 140 }), { minLength: 4, maxLength: 4 }),
          truth: fc.integer({ min: 0, max: 140 }),
          startDelayMs: direction === 'offer' ? fc.constant(0) : fc.nat(2 * MINUTE),
        });
        fc.assert(
          fc.property(others, ({ r: some, prices, qualities, truth, startDelayMs }) => {
            const r = { ...r0, ...some } as Rule;
            const rivals = prices.map((p, i) => bid(`p${i}`, p, worth(qualities[i] ?? 0)));
            const own = bid('p9', truth, { ...worth(qualities[3] ?? 0), startDelayMs });
            const honest = gain(r, rivals, own, truth, truth);
            for (let said = 0; said <= 150; said += 5) {
              const other = gain(r, rivals, own, truth, said);
              assert.ok(
                other <= honest,
                `saying ${said} instead of ${truth} gains ${other - honest}`,
              );
            }
          }),
          { numRuns: 250 },
        );
      });
    }
  }

  test('under first price it is not: that is why there are others', () => {
    const rivals = [bid('b', 60)];
    const own = bid('a', 40);
    assert.ok(
      gain(rule('first-price'), rivals, own, 40, 55) >
        gain(rule('first-price'), rivals, own, 40, 40),
    );
  });
});

suite('what a loser learns', () => {
  test('steps of 1, 2, 5 and never below a hundredth of a credit', () => {
    const steps = [1, 9_999, 10_000, 10_001, 20_000, 20_001, 50_001, 100_001, 3_000_000];
    assert.deepEqual(
      steps.map((short) => coarse(short as Credits)),
      [10_000, 10_000, 10_000, 20_000, 20_000, 50_000, 100_000, 200_000, 5_000_000],
    );
  });

  test('is enough to have won', () => {
    const r = rule('first-price', { limitPrice: 9_000_000 as Credits });
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9_000_000 }),
        fc.integer({ min: 1, max: 8_999_999 }),
        (mine, theirs) => {
          fc.pre(mine > theirs);
          const [loss] = determine(r, [bid('me', mine), bid('they', theirs)], 0).losses;
          const short = loss?.short.price ?? 0;
          const better = Math.max(0, mine - short);
          const again = determine(r, [bid('me', better), bid('they', theirs)], 0);
          assert.ok(again.winner?.bid.id === 'me' || again.losses.some((l) => l.reason === 'tie'));
        },
      ),
    );
  });

  test('leaves at least half of the shortfall unknown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (n) => {
        const said = coarse(n as Credits);
        let least = n;
        for (let low = 0, high = n; low < high;) {
          const mid = (low + high) >> 1;
          if (mid > 0 && coarse(mid as Credits) === said) high = least = mid;
          else low = mid + 1;
        }
        assert.ok(said >= n && said - least >= Math.min(said / 2, 9_999), `${least}..${said}`);
      }),
    );
  });
});
