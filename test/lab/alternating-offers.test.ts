// Goal: the experiment plays the game that the input describes and compares it with the formula.
// Method: inputs and settings of every kind; the published price; wrong inputs.
// Check: shares, price and rounds as in the literature, every check green, every wrong field named.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BadInput } from '../../core/lab/experiment.ts';
import { alternatingOffers } from '../../core/lab/experiments/alternating-offers.ts';
import { readSettings } from '../../core/lab/settings.ts';

const run = (input: unknown, ...pairs: string[]) =>
  alternatingOffers.run(1, readSettings(alternatingOffers.settings, pairs), input);
const green = ({ checks }: ReturnType<typeof run>): boolean =>
  checks.length > 0 && checks.every(({ ok }) => ok);
const near = (actual: unknown, expected: number, within = 1e-9): void =>
  assert.ok(Math.abs(Number(actual) - expected) <= within, `${String(actual)}, not ${expected}`);

suite('alternating offers', () => {
  test('buyer .93 first, seller .98, S = 5: price 3.871', () => {
    const input = { delta1: 0.93, delta2: 0.98, surplus: 5, horizon: 0, value: 5, cost: 0 };
    const found = run({ ...input, first: 'buyer' });
    assert.ok(green(found));
    const { outcome, share1, price, rounds, closedForm } = found.results;
    assert.deepEqual([outcome, rounds], ['deal', 1]);
    near(share1, 0.2257, 5e-5);
    near(price, 3.871, 5e-4);
    near(closedForm, Number(share1));
  });

  test('a value and a cost move the price, and the seller may begin', () => {
    const { results } = run({ delta1: 0.8, delta2: 0.9, value: 14, cost: 4, first: 'seller' });
    near(results.share1, 0.357142857143);
    near(results.price, 4 + 10 * 0.357142857143, 1e-8);
  });

  test('a horizon, costs per round, and a good that decays', () => {
    const last = run({ delta1: 0.9, delta2: 0.8, surplus: 1, horizon: 4 });
    near(last.results.share1, 0.344);
    const dear = run(null, 'delta1=1', 'delta2=1', 'surplus=10', 'cost1=3', 'cost2=1');
    near(dear.results.share1, 0.1);
    const decaying = run(null, 'delta1=1', 'delta2=1', 'valueDecay=0.1');
    near(decaying.results.share1, 1 / 1.9);
    const both = run(null, 'horizon=7', 'cost1=0.1');
    assert.equal(both.results.closedForm, null);
    for (const found of [last, dear, decaying, both]) assert.ok(green(found));
  });

  test('nearly endless patience is as exact as it says', () => {
    const found = run(null, 'delta1=0.9999999', 'delta2=0.9999998');
    assert.ok(green(found));
    near(found.results.closedForm, 2 / 3, 1e-6);
  });

  test('without hurry and without surplus there is nothing to tell but why', () => {
    const { results } = run({ delta1: 1, delta2: 1, surplus: 5 });
    const told = [results.outcome, results.why, results.share1, results.closedForm];
    assert.deepEqual(told, ['not-unique', 'nobody-hurries', null, null]);
    const none = run({ delta1: 0.9, delta2: 0.9, value: 3, cost: 4 }).results;
    assert.deepEqual([none.outcome, none.why, none.rounds], ['conflict', 'no-surplus', 0]);
  });

  test('other players end elsewhere, and the distance says how far', () => {
    const clock = run(null, 'player1=time-dependent', 'player2=time-dependent');
    assert.ok(Number(clock.results.rounds) > 1);
    assert.ok(Math.abs(Number(clock.results.distance)) > 0.05);
    const stuck = run(null, 'delta1=0.99', 'delta2=0.95', 'player2=split');
    assert.deepEqual([stuck.results.outcome, stuck.results.price], ['conflict', null]);
  });

  const wrong: [input: unknown, field: string][] = [
    [[], 'input'],
    [{ delta1: 0.9 }, 'delta2'],
    [{ delta1: 1.5, delta2: 0.9 }, 'delta1'],
    [{ delta1: 0.9, delta2: 0.9, horizon: 1.5 }, 'horizon'],
    [{ delta1: 0.9, delta2: 0.9, surplus: 'much' }, 'surplus'],
    [{ delta1: 0.9, delta2: 0.9, value: 9, cost: 4, surplus: 6 }, 'surplus'],
    [{ delta1: 0.9, delta2: 0.9, first: 'me' }, 'first'],
  ];
  for (const [input, field] of wrong) {
    test(`refuses ${JSON.stringify(input)}`, () => {
      assert.throws(
        () => run(input),
        (error) => error instanceof BadInput && error.field === field,
      );
    });
  }
});
