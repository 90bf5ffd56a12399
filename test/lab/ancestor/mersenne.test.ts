// Goal: Python's random numbers, draw for draw, so that the reference system's runs repeat here.
// Method: the streams of three RNG seeds, one of them above 32 bits.
// Check: values printed by CPython 3.11 for random(), randrange(), sample(), choice() and, past the
// first refill of the generator's state, the 1,000th random() after these.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, createMersenne, sample } from '../../../core/lab/ancestor/mersenne.ts';
import { BadInput } from '../../../core/lab/experiment.ts';

const TEN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const PRINTED = [
  {
    seed: 0,
    units: [0.8444218515250481, 0.7579544029403025, 0.420571580830845],
    below: [0, 1, 3, 940],
    sampled: [4, 7, 5, 9],
    chosen: 'b',
    later: 0.6588617536380149,
  },
  {
    seed: 42,
    units: [0.6394267984578837, 0.025010755222666936, 0.27502931836911926],
    below: [0, 0, 5, 104],
    sampled: [8, 1, 6, 0],
    chosen: 'a',
    later: 0.8241910819315714,
  },
  {
    seed: 2 ** 40 + 7,
    units: [0.6137037779936511, 0.8149162973309487, 0.9450115087592873],
    below: [0, 1, 4, 129],
    sampled: [8, 6, 5, 3],
    chosen: 'd',
    later: 0.2599584579107562,
  },
];

for (const printed of PRINTED) {
  test(`the stream of seed ${printed.seed}`, () => {
    const dice = createMersenne(printed.seed);
    const drawn = {
      seed: printed.seed,
      units: [dice.unit(), dice.unit(), dice.unit()],
      below: [1, 2, 7, 1000].map((n) => dice.below(n)),
      sampled: sample(dice, TEN, 4),
      chosen: choose(dice, ['a', 'b', 'c', 'd', 'e']),
      later: Array.from({ length: 1000 }, () => dice.unit()).at(-1),
    };
    assert.deepEqual(drawn, printed);
  });
}

test('a seed that Python would read otherwise is refused', () => {
  for (const seed of [-1, 0.5, 2 ** 53, NaN]) {
    assert.throws(() => createMersenne(seed), BadInput, String(seed));
  }
});
