// Goal: any set of deals is bargained over, or the conflict is told.
// Method: sets by hand (dominated, irrational, empty, one deal) and random ones; wrong inputs.
// Check: the deal has the greatest Nash product; conflict without a rational deal; fields named.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { BadInput } from '../../core/lab/experiment.ts';
import { monotonicConcession } from '../../core/lab/experiments/monotonic-concession.ts';
import { readSettings } from '../../core/lab/settings.ts';

const run = (input: unknown, ...pairs: string[]) =>
  monotonicConcession.run(1, readSettings(monotonicConcession.settings, pairs), input);
const ok = ({ checks }: ReturnType<typeof run>): boolean => checks.every((each) => each.ok);

suite('monotonic concession', () => {
  test('a price: 70 for V = 100 and C = 40; nothing where they do not overlap', () => {
    const found = run(null);
    assert.ok(ok(found));
    assert.deepEqual([found.results.price, found.results.deal], [70, [30, 30]]);
    const none = run(null, 'cost=101');
    const { outcome, why, deal, rounds, price } = none.results;
    assert.deepEqual([outcome, why, deal, rounds, price], ['conflict', 'no-deals', null, 0, null]);
    assert.ok(ok(none) && none.checks.length > 0);
  });

  test('beaten and irrational deals are left out', () => {
    const deals = [
      [9, 1],
      [5, 5],
      [4, 4],
      [1, 8],
      [20, -1],
      [2, 2],
    ];
    const found = run({ deals });
    assert.deepEqual(found.results.deal, [5, 5]);
    assert.deepEqual([found.results.negotiationSet, found.results.nashProductMax], [3, 25]);
    assert.ok(ok(found));
  });

  test('no deals, one deal', () => {
    const none = run({ deals: [[-1, 5]] });
    assert.deepEqual([none.results.outcome, none.results.rounds], ['conflict', 0]);
    const one = run({ deals: [[2, 3]], rule: 'fixed', step: 1 });
    assert.deepEqual([one.results.deal, one.results.rounds], [[2, 3], 1]);
    assert.ok(ok(none) && ok(one));
  });

  test('any set at all, by either rule', () => {
    const utility = fc.integer({ min: -1_000, max: 5_000 }).map((milli) => milli / 1_000);
    const deals = fc.array(fc.tuple(utility, utility), { maxLength: 40 });
    fc.assert(
      fc.property(deals, fc.constantFrom('zeuthen', 'fixed'), (set, rule) => {
        const found = run({ deals: set, rule, step: 0.5 });
        assert.ok(ok(found), JSON.stringify(found.checks));
        assert.equal(found.results.outcome === 'deal', found.results.deal !== null);
      }),
    );
  });

  const wrong: [input: unknown, field: string][] = [
    [7, 'input'],
    [{}, 'deals'],
    [{ deals: [[1, 2], [3]] }, 'deals[1][1]'],
    [{ deals: [[1, 2, 3]] }, 'deals[0]'],
    [{ deals: [[1, null]] }, 'deals[0][1]'],
    [{ deals: [[1, 2]], rule: 'nice' }, 'rule'],
    [{ deals: [[1, 2]], rule: 'fixed', step: -1 }, 'step'],
    [{ deals: Array.from({ length: 10_001 }, () => [1, 2]) }, 'deals'],
  ];
  for (const [input, field] of wrong) {
    test(`refuses what is wrong with ${field}: ${JSON.stringify(input).slice(0, 40)}`, () => {
      assert.throws(
        () => run(input),
        (error) => error instanceof BadInput && error.field === field,
      );
    });
  }
});
