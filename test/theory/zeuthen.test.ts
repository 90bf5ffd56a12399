// Goal: two Zeuthen players end at the greatest Nash product, whatever the set of deals.
// Method: thousands of random Pareto sets and the grid of integer prices, each played out.
// Check: product, monotony, bound on rounds, and the invariant of a step; two planted faults (own
// zero offered, tie without a coin) are found by the same property.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createRng, type Rng } from '../../core/engine/base/rng.ts';
import {
  type Conceded,
  type Decider,
  playConcession,
} from '../../core/engine/theory/concession.ts';
import {
  type Deal,
  nashProduct,
  nashSolution,
  negotiationSet,
} from '../../core/engine/theory/nash.ts';
import {
  conceder,
  risk,
  risks,
  sufficientConcession,
  zeuthen,
} from '../../core/engine/theory/zeuthen.ts';

const SETS = 4_000;

/** 3 to 40 deals on a falling line of random steps. */
function randomSet(rng: Rng): Deal[] {
  const size = 3 + rng.below(38);
  const draw = (): number[] => Array.from({ length: size }, () => rng.unit()).sort((a, b) => a - b);
  const [ups, downs] = [draw(), draw().toReversed()];
  return negotiationSet(ups.map((up, i): Deal => [up, downs[i] ?? 0]));
}

const prices = (value: number, cost: number): Deal[] =>
  Array.from({ length: value - cost + 1 }, (_, i): Deal => [value - cost - i, i]);

/** All grids of the measured table: V = 5, 12, .., 117 and C = 0, 5, .. below V - 2. */
function* grids(): Generator<{ value: number; cost: number }> {
  for (let value = 5; value <= 117; value += 7) {
    for (let cost = 0; cost < value - 2; cost += 5) yield { value, cost };
  }
}

const product = ({ deal }: Conceded): number => (deal === null ? 0 : nashProduct(deal));

/** How many of the sets do not end at the greatest product, in as many rounds as deals. */
function misses(decider: Decider, sets: Iterable<readonly Deal[]>, coins = 1): number {
  let missed = 0;
  for (const set of sets) {
    for (let coin = 1; coin <= coins; coin++) {
      const front = negotiationSet(set);
      const ended = playConcession(front, [decider, decider], createRng(coin));
      const most = nashSolution(set)?.product ?? 0;
      if (product(ended) !== most || ended.rounds > front.length) missed++;
    }
  }
  return missed;
}

function* randomSets(count: number): Generator<Deal[]> {
  const rng = createRng(20260301);
  for (let i = 0; i < count; i++) yield randomSet(rng);
}
const allPrices = (): Deal[][] => [...grids()].map(({ value, cost }) => prices(value, cost));

suite('Zeuthen', () => {
  test(`ends at the greatest Nash product on ${SETS} random sets`, () => {
    assert.equal(misses(zeuthen, randomSets(SETS)), 0);
  });

  test('and on every integer price grid, with three coins each', () => {
    const sets = allPrices();
    assert.equal(sets.length * 3, 621);
    assert.equal(misses(zeuthen, sets, 3), 0);
  });

  const known: [value: number, cost: number, price: number[], steps: number][] = [
    [100, 40, [70], 31],
    [90, 20, [55], 36],
    [100, 41, [70, 71], 30],
  ];
  for (const [value, cost, expected, steps] of known) {
    test(`V = ${value}, C = ${cost}: price ${expected.join(' or ')} in ${steps} steps`, () => {
      for (let seed = 1; seed <= 20; seed++) {
        const front = negotiationSet(prices(value, cost));
        const ended = playConcession(front, [zeuthen, zeuthen], createRng(seed));
        assert.ok(expected.includes(cost + (ended.deal?.[1] ?? NaN)), String(ended.deal));
        assert.equal(ended.rounds - 1, steps);
      }
    });
  }

  test('risk is the share that is lost, and 1 for who has nothing', () => {
    assert.deepEqual([risk(10, 4), risk(0, 0), risk(10, 10)], [0.6, 1, 0]);
  });

  test('the smaller risk has the smaller product, and every step raises it', () => {
    const rng = createRng(5);
    for (let i = 0; i < 300; i++) {
      const front = randomSet(rng);
      const { trace } = playConcession(front, [zeuthen, zeuthen], rng);
      for (const [n, { at }] of trace.entries()) {
        const [own1, own2] = at.map((place) => nashProduct(front[place] as Deal));
        const [risk1, risk2] = risks({ front, at });
        if (at[0] < at[1]) assert.equal(risk1 < risk2, (own1 ?? 0) < (own2 ?? 0));
        const after = trace[n + 1]?.at;
        if (after === undefined || after[0] >= after[1]) continue;
        const side = after[0] === at[0] ? 1 : 0;
        const moved = nashProduct(front[after[side]] as Deal);
        assert.ok(moved > ((side === 0 ? own1 : own2) ?? 0));
      }
    }
  });
});

test('utilities of very different size are compared without losing digits', () => {
  const set: Deal[] = [
    [1e12, 1e-9],
    [1e-3, 2],
    [1e-6, 3e4],
  ];
  assert.equal(misses(zeuthen, [set], 8), 0);
});

suite('planted faults that the property finds', () => {
  test('a player who may offer what is worth nothing to itself gives everything away', () => {
    const naive: Decider = (standing, side) =>
      conceder(standing) === side
        ? sufficientConcession(standing, side, () => true)
        : standing.at[side];
    assert.ok(misses(naive, allPrices(), 3) > 0);
    const front = negotiationSet(prices(100, 41));
    const given = [1, 2, 3, 4].map(
      (seed) => playConcession(front, [naive, naive], createRng(seed)).deal?.join() ?? '',
    );
    assert.ok(given.includes('59,0') || given.includes('0,59'), given.join(' '));
  });

  test('players who stick at a tie end in conflict', () => {
    const stubborn: Decider = (standing, side) => {
      const [first, second] = risks(standing);
      return first === second ? standing.at[side] : zeuthen(standing, side);
    };
    assert.ok(misses(stubborn, allPrices()) > 0);
    const front = negotiationSet(prices(100, 41));
    const ended = playConcession(front, [stubborn, stubborn], createRng(1));
    assert.deepEqual([ended.deal, ended.why], [null, 'both-stuck']);
  });
});
