// Goal: the monotonic concession protocol keeps its rules whoever plays.
// Method: players of every kind, among them random ones and ones that break the rules.
// Check: proposals only ever concede, a retraction is refused, it ends within as many rounds as
// there are deals, and every ending has its name.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../../core/engine/base/rng.ts';
import {
  type Decider,
  fixedStep,
  playConcession,
  refusal,
} from '../../core/engine/theory/concession.ts';
import { type Deal, negotiationSet } from '../../core/engine/theory/nash.ts';

const line = (size: number): Deal[] =>
  Array.from({ length: size }, (_, i): Deal => [size - 1 - i, i]);
const stick: Decider = ({ at }, side) => at[side];

suite('the protocol', () => {
  test('opens at both ideals and ends in a conflict when neither concedes', () => {
    const { deal, why, rounds, trace } = playConcession(line(9), [stick, stick], createRng(1));
    assert.deepEqual([deal, why, rounds], [null, 'both-stuck', 1]);
    assert.deepEqual(trace, [{ round: 1, at: [0, 8], refused: [null, null] }]);
  });

  test('no deal at all is a conflict before the first round', () => {
    const ended = playConcession([], [stick, stick], createRng(1));
    assert.deepEqual(ended, { deal: null, why: 'no-deals', rounds: 0, trace: [] });
  });

  test('one deal, or one best for both, is agreed at once', () => {
    const ended = playConcession(
      negotiationSet([
        [3, 3],
        [1, 2],
      ]),
      [stick, stick],
      createRng(1),
    );
    assert.deepEqual([ended.deal, ended.rounds], [[3, 3], 1]);
  });

  test('a retraction and what is no deal are refused, and the proposal stands', () => {
    const standing = { front: line(9), at: [3, 6], coin: 0 } as const;
    const asked = [2, 3, 4, 9, 0.5].map((place) => refusal(standing, 0, place));
    const nothing = 'no-such-deal';
    assert.deepEqual(asked, ['retraction', null, null, nothing, nothing]);
    assert.deepEqual([refusal(standing, 1, 7), refusal(standing, 1, 5)], ['retraction', null]);
    let turn = 0;
    const back: Decider = ({ at }) => (turn++ === 0 ? 4 : at[0] - 1);
    const { trace } = playConcession(line(9), [back, fixedStep(1)], createRng(1));
    assert.deepEqual(
      trace.map(({ at: [first], refused: [why] }) => [first, why]),
      [
        [0, null],
        [4, null],
        [4, 'retraction'],
        [4, 'retraction'],
        [4, 'retraction'],
      ],
    );
  });

  test('whoever plays, it is monotone, bounded, and a deal is one of the set', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer(), (size, seed) => {
        const rng = createRng(seed);
        const wild: Decider = ({ at }) => rng.below(size + 4) - 2 + (at[0] > size ? 1 : 0);
        const front = line(size);
        const { deal, rounds, trace, why } = playConcession(front, [wild, wild], rng);
        assert.ok(rounds <= size && trace.length === rounds);
        for (const [i, { at }] of trace.entries()) {
          const before = trace[i - 1]?.at ?? at;
          assert.ok(at[0] >= before[0] && at[1] <= before[1]);
        }
        assert.equal(deal === null, why !== 'agreed');
        if (deal !== null) assert.ok(front.includes(deal));
      }),
    );
  });

  test('when both demands cross, a coin takes one of the two proposals', () => {
    const leap = fixedStep(6);
    const deals = new Set(
      Array.from({ length: 20 }, (_, seed) =>
        String(playConcession(line(9), [leap, leap], createRng(seed)).deal),
      ),
    );
    assert.deepEqual([...deals].sort(), ['2,6', '6,2']);
  });
});

suite('fixed steps', () => {
  test('give up at most a step, at least one deal, and meet half-way', () => {
    const { deal, rounds } = playConcession(line(61), [fixedStep(3), fixedStep(3)], createRng(1));
    assert.deepEqual([deal, rounds], [[30, 30], 11]);
    const one = playConcession(line(61), [fixedStep(0), fixedStep(0)], createRng(1));
    assert.deepEqual([one.deal, one.rounds], [[30, 30], 31]);
  });

  test('who takes the larger steps gets less', () => {
    const { deal } = playConcession(line(61), [fixedStep(2), fixedStep(4)], createRng(1));
    assert.deepEqual(deal, [40, 20]);
  });
});
