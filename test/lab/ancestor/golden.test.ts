// Goal: compat mode is the reference system, to the last digit.
// Method: play its experiments 1 to 3 with its own random numbers, for both versions.
// Check: every message, price, pairing, balance and reputation against its recorded runs; two
// planted faults show that the comparison would see a difference.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMersenne } from '../../../core/lab/ancestor/mersenne.ts';
import { COMMITS } from '../../../core/lab/ancestor/reference-rules.ts';
import {
  negotiationsOf,
  playConvergence,
  playHandshake,
  playRushHour,
  playScarcity,
  playTournament,
  playTrust,
} from '../../../core/lab/ancestor/runs.ts';
import {
  HANDSHAKE_PURSES,
  type HandshakePurses,
  NAMES,
  TRUST,
} from '../../../core/lab/ancestor/set-ups.ts';
import { greedy } from '../../../core/lab/ancestor/strategies/greedy.ts';
import { referenceWorld, type World } from '../../../core/lab/ancestor/worlds.ts';
import { golden, noGolden, pairOf, rounded, runOf, worthsOf } from './support.ts';

const matrixOf = (world: World, purses: HandshakePurses = HANDSHAKE_PURSES) =>
  Object.fromEntries(
    NAMES.flatMap((buyer) =>
      NAMES.map((seller) => {
        const played = playHandshake(world, buyer, seller, 1, purses);
        return [`${buyer}->${seller}`, pairOf(played)];
      }),
    ),
  );

for (const commit of COMMITS) {
  describe(`the reference system at ${commit}`, { skip: noGolden }, () => {
    const recorded = noGolden ? null : golden(commit);
    const world = referenceWorld(commit);

    test('all 16 pairs, with every message', () => {
      assert.deepEqual(matrixOf(world), recorded?.matrix);
    });

    test('the pairs again with a seller that has 20 credits', () => {
      const purses = { ...HANDSHAKE_PURSES, sellerBudget: 20 };
      assert.deepEqual(matrixOf(world, purses), recorded?.matrix_seller_budget_20);
    });

    test('prices of two learners, unrounded', () => {
      const deals = negotiationsOf(playConvergence(world, 42)).filter(({ agreed }) => agreed);
      assert.deepEqual(
        deals.map(({ price }) => price),
        recorded?.convergence_prices,
      );
    });

    test('scarcity and rush hour', () => {
      assert.deepEqual(runOf(playScarcity(world, 42)), recorded?.scarcity_seed42);
      assert.deepEqual(runOf(playRushHour(world, 42)), recorded?.rush_hour_seed42);
    });

    test('the tournament, RNG seeds 0 to 19', () => {
      const worths = Array.from({ length: 20 }, (_, seed) => worthsOf(playTournament(world, seed)));
      assert.deepEqual(worths, recorded?.tournament_net_worth_by_seed);
    });

    for (const [key, scenario] of [
      ['trust_always_seed42', TRUST.always],
      ['trust_5pct_seed123', TRUST.subtle],
    ] as const) {
      test(`${key}: pairings, thefts and reputations`, () => {
        const run = playTrust(world, scenario, scenario.seed);
        const played = {
          ...runOf(run),
          avg_reputation: run.avgReputation.map((view) => rounded(view, 6)),
          cheater_deals: run.cheaterDeals,
          defaults: run.incidents,
        };
        assert.deepEqual(played, recorded?.[key]);
      });
    }
  });
}

describe('planted faults', { skip: noGolden }, () => {
  const world = referenceWorld('872b0e1');

  test('a greed of 0.71 shows in the matrix', () => {
    const make = { ...world.make, greedy: () => greedy(0.71) };
    assert.notDeepEqual(matrixOf({ ...world, make }), golden('872b0e1').matrix);
  });

  test('another seed shows in the pairings', () => {
    const shifted = { ...world, dice: (seed: number) => createMersenne(seed + 1) };
    assert.notDeepEqual(runOf(playScarcity(shifted, 42)), golden('872b0e1').scarcity_seed42);
  });

  test('the other version differs', () => {
    const other = runOf(playScarcity(referenceWorld('dba0dca'), 42));
    assert.notDeepEqual(other, golden('872b0e1').scarcity_seed42);
  });
});
