// Goal: no strategy, however wild, gets a move past its mandate. Method: random views and random
// moves, including prices that are no numbers. Check: what passes is an integer within the mandate,
// never a retraction, and an allowed move passes as it is.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { keepMandate } from '../../../core/agent/bargaining/mandate.ts';
import type { Move } from '../../../core/agent/bargaining/strategy.ts';
import { viewOf } from './kit.ts';

const price = fc.integer({ min: -1_000_000, max: 1_000_000 });
const wild = fc.oneof(price, fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 1e300));
const role = fc.constantFrom('manager' as const, 'contractor' as const);
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ type: fc.constant('offer' as const), price: wild }),
  fc.constant<Move>({ type: 'accept' }),
  fc.constant<Move>({ type: 'quit' }),
);
/** Offers that a side may really have made: within the mandate, ever closer to it. */
const pastOf = (who: 'manager' | 'contractor', reservation: number, steps: number[]): number[] => {
  const sign = who === 'contractor' ? 1 : -1;
  return steps.toSorted((a, b) => b - a).map((step) => reservation + sign * step);
};

suite('the guard', () => {
  test('lets only moves through that keep the mandate', () => {
    const steps = fc.array(fc.nat(1000), { maxLength: 4 });
    const theirs = fc.array(price, { maxLength: 4 });
    const law = fc.property(role, price, price, steps, theirs, anyMove, (who, ...rest) => {
      const [reservation, ideal, given, heard, wanted] = rest;
      const mine = pastOf(who, reservation, given);
      const view = viewOf({
        ...{ role: who, reservation, ideal, mine, theirs: heard },
        protocol: 'monotonic-concession',
      });
      const move = keepMandate(view, wanted);
      const sign = who === 'contractor' ? 1 : -1;
      if (move.type === 'offer') {
        assert.ok(Number.isSafeInteger(move.price));
        assert.ok(sign * (move.price - reservation) >= 0, 'within the reservation');
        const last = mine.at(-1);
        if (last !== undefined) assert.ok(sign * (last - move.price) >= 0, 'no retraction');
      }
      if (move.type === 'accept') {
        assert.ok(sign * ((heard.at(-1) ?? NaN) - reservation) >= 0, 'within the reservation');
      }
      assert.deepEqual(keepMandate(view, move), move, 'what is allowed stays');
    });
    fc.assert(law, { numRuns: 2000 });
  });

  test('rounds in the own favour, repeats instead of retracting, and opens at the ideal', () => {
    const buyer = viewOf({ role: 'manager', mine: [50], theirs: [120] });
    const seller = viewOf({ role: 'contractor', reservation: 40, ideal: 100, mine: [90] });
    const offers: Move[] = [
      keepMandate(buyer, { type: 'offer', price: 60.9 }),
      keepMandate(seller, { type: 'offer', price: 60.1 }),
      keepMandate({ ...buyer, protocol: 'monotonic-concession' }, { type: 'offer', price: 45 }),
      keepMandate(buyer, { type: 'offer', price: 45 }),
      keepMandate(buyer, { type: 'offer', price: NaN }),
      keepMandate(buyer, { type: 'accept' }),
      keepMandate(viewOf({ role: 'manager' }), { type: 'accept' }),
    ];
    const prices = offers.map((move) => (move.type === 'offer' ? move.price : move.type));
    assert.deepEqual(prices, [60, 61, 50, 45, 50, 50, 40]);
  });
});
