// Goal: an auction of one's own is decided by the market's rule, and the theory holds over many.
// Method: hand-made bids under each pricing; seeded auctions; wrong inputs.
// Check: winner, payment and every loser's reason; means within 4 standard errors; fields named.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BadInput } from '../../core/lab/experiment.ts';
import { auction } from '../../core/lab/experiments/auction.ts';
import { readSettings } from '../../core/lab/settings.ts';

const run = (input: unknown, seed = 1, ...pairs: string[]) =>
  auction.run(seed, readSettings(auction.settings, pairs), input);
const ok = ({ checks }: ReturnType<typeof run>): boolean =>
  checks.length > 0 && checks.every((each) => each.ok);

const three = [
  { id: 'a', price: 12.5, quality: 20 },
  { id: 'b', price: 9, quality: 15 },
  { id: 'c', price: 31, quality: 60 },
];
const bid = (pricing: string, maxPrice = 30, proposals: unknown = three) => ({
  proposals,
  maxPrice,
  pricing,
});

suite('an auction', () => {
  const cases: [string, object, winner: string | null, payment: number | null, why: string[]][] = [
    ['first price', bid('first-price'), 'b', 9, ['c above-max-price', 'a price']],
    ['second price', bid('second-price'), 'b', 12.5, ['c above-max-price', 'a price']],
    ['second score', bid('second-score', 40), 'c', 40, ['a price', 'b price']],
    ['second score, near', bid('second-score', 30), 'a', 14, ['c above-max-price', 'b price']],
    ['alone', bid('second-price', 10), 'b', 10, ['a above-max-price', 'c above-max-price']],
    ['nobody', bid('second-price', 5, []), null, null, []],
    ['all too dear', bid('first-price', 1, [three[0]]), null, null, ['a above-max-price']],
  ];
  for (const [name, input, winner, payment, why] of cases) {
    test(name, () => {
      const found = run(input);
      const losers = found.results.why as { id: string; reason: string }[];
      assert.deepEqual(
        [found.results.winner, found.results.payment, losers.map((l) => `${l.id} ${l.reason}`)],
        [winner, payment, why],
      );
      assert.ok(ok(found), JSON.stringify(found.checks));
    });
  }

  test('a tie is broken by the seed, and the loser is told', () => {
    const tie = bid('second-price', 30, [
      { id: 'x', price: 5 },
      { id: 'y', price: 5 },
    ]);
    const ends = Array.from({ length: 12 }, (_, seed) => run(tie, seed).results);
    assert.deepEqual(new Set(ends.map(({ winner }) => winner)), new Set(['x', 'y']));
    for (const { payment, why } of ends) {
      assert.equal(payment, 5);
      assert.equal((why as { reason: string }[])[0]?.reason, 'tie');
    }
  });

  test('many auctions: mean payments as the theory says, and no lie pays', () => {
    for (const seed of [1, 2, 3]) {
      const found = run(null, seed, 'auctions=2000', `bidders=${seed + 1}`);
      assert.ok(ok(found), JSON.stringify(found.checks));
      assert.equal(found.checks.length, 4);
    }
  });

  const wrong: [input: unknown, field: string][] = [
    [{}, 'pricing'],
    [{ pricing: 'first-price', proposals: [] }, 'maxPrice'],
    [{ ...bid('third-price') }, 'pricing'],
    [{ ...bid('first-price', 30, 'many') }, 'proposals'],
    [{ ...bid('first-price', 30, [{ price: 1 }]) }, 'proposals[0].id'],
    [{ ...bid('first-price', 30, [three[0], three[0]]) }, 'proposals[1].id'],
    [{ ...bid('first-price', 30, [{ id: 'x', price: 0.0000001 }]) }, 'proposals[0].price'],
    [{ ...bid('first-price', 30, [{ id: 'x', price: 1, quality: '9' }]) }, 'proposals[0].quality'],
  ];
  for (const [input, field] of wrong) {
    test(`refuses what is wrong with ${field}`, () => {
      assert.throws(
        () => run(input),
        (error) => error instanceof BadInput && error.field === field,
      );
    });
  }
});
