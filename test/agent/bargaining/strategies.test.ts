// Goal: each strategy does what its name says, from its own side and its own view only. Method:
// single views and short talks; two adaptive agents of opposite beliefs over many deals; a view
// that notes what is read and refuses to be changed. Check: the prices that the formulas give,
// ordering by character, convergence without drift, typed errors for names and parameters.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { pressure } from '../../../core/agent/bargaining/aspiration.ts';
import {
  BadStrategy,
  createStrategy,
  STRATEGIES,
  strategyKind,
} from '../../../core/agent/bargaining/kinds.ts';
import { Holt } from '../../../core/agent/bargaining/predictive.ts';
import type { Move, Strategy, View } from '../../../core/agent/bargaining/strategy.ts';
import { createRng } from '../../../core/engine/base/rng.ts';
import { BARGAINING_PROTOCOLS } from '../../../core/engine/protocol/bargaining.ts';
import { bargain, type Side } from '../../../core/lab/bargain/session.ts';
import { viewOf } from './kit.ts';

const make = (name: string, params: Record<string, number> = {}): Strategy =>
  createStrategy(name, params, createRng(1));
const offers = (name: string, more: Partial<View>, params = {}): Move =>
  make(name, params).decide(viewOf(more));
const priced = (move: Move): number | string => (move.type === 'offer' ? move.price : move.type);

/** A seller whose range mirrors the buyer's of viewOf. */
const SELLER = { role: 'contractor', reservation: 40, ideal: 100 } as const;

suite('characters', () => {
  test('the first words: greedy, patient, fair, and all others at their ideal', () => {
    const first = (more: Partial<View>): Record<string, number | string> =>
      Object.fromEntries(STRATEGIES.map(({ name }) => [name, priced(offers(name, more))]));
    const open = { adaptive: 40, 'time-dependent': 40, 'tit-for-tat': 40, zeuthen: 40 };
    const wide = { reservation: 200, ideal: 10, market: 100 };
    const { greedy, fair, patient } = first(wide);
    assert.deepEqual([greedy, patient, fair], [70, 68, 100]);
    assert.deepEqual({ ...first({}), ...open }, first({}));
    const seller = first({ ...SELLER, reservation: 10, ideal: 200, market: 100 });
    assert.deepEqual([seller.greedy, seller.patient, seller.fair], [130, 124, 100]);
  });

  test('fair takes what is near the market price and splits what is not', () => {
    const wide = { reservation: 200, ideal: 10, market: 100, mine: [100] };
    assert.equal(priced(offers('fair', { ...wide, theirs: [114] })), 'accept');
    assert.equal(priced(offers('fair', { ...wide, theirs: [120] })), 110);
    assert.equal(priced(offers('fair', { ...wide, theirs: [190] })), 115);
  });

  test('greedy holds where patient has begun to give way, and both end at their limit', () => {
    const at = (name: string, round: number): number | string =>
      priced(offers(name, { reservation: 200, ideal: 10, market: 100, round }));
    assert.deepEqual([at('greedy', 15), at('greedy', 19)], [70, 200]);
    assert.ok(Number(at('patient', 15)) > 68);
    assert.equal(at('patient', 19), 200);
  });

  test('time-dependent is k + (1 - k)(t/T)^(1/e) of its range', () => {
    const share = (round: number, e: number, k: number): number =>
      40 + 60 * (k + (1 - k) * ((round - 1) / 19) ** (1 / e));
    const anyRound = fc.integer({ min: 1, max: 18 });
    const law = fc.property(anyRound, fc.double({ min: 0.1, max: 9, noNaN: true }), (round, e) => {
      const k = 0.1;
      const found = priced(offers('time-dependent', { round }, { e, k }));
      assert.ok(Math.abs(Number(found) - share(round, e, k)) <= 1);
    });
    fc.assert(law);
  });

  test('tit-for-tat changes its price by the factor by which theirs changed', () => {
    const talk = { mine: [50], theirs: [100, 80], round: 5 };
    assert.equal(priced(offers('tit-for-tat', talk)), 62); // 50 x 100 / 80, rounded down
    assert.equal(priced(offers('tit-for-tat', { ...talk, theirs: [100, 100] })), 51); // 2 % of 60
    const seller = { ...SELLER, mine: [90], theirs: [40, 50], round: 5 };
    assert.equal(priced(offers('tit-for-tat', seller)), 72);
  });

  test('predictive settles early when prices rise, and waits when they fall', () => {
    const after = (prices: number[]): number => {
      const strategy = make('predictive');
      for (const price of prices) strategy.ended?.({ view: viewOf(), price });
      return Number(priced(strategy.decide(viewOf({ round: 8 }))));
    };
    const [rising, flat, falling] = [
      [50, 60, 70, 80],
      [70, 70, 70, 70],
      [90, 80, 70, 60],
    ].map(after);
    assert.ok((rising ?? 0) > (flat ?? 0) && (flat ?? 0) > (falling ?? 0));
    const holt = new Holt(0.5, 0.5);
    for (const value of [10, 12, 14]) holt.add(value);
    assert.equal(holt.next(), 12.75 + 1.125); // by hand: levels 10, 11, 12.75; trends 0, .5, 1.125
  });

  test('the broker takes no deal without its commission', () => {
    const late = { round: 20, theirs: [44] };
    assert.equal(
      priced(offers('broker', { ...late, role: 'contractor', reservation: 40 })),
      'accept',
    );
    const cheap = { ...late, ...SELLER, theirs: [43] };
    assert.equal(priced(offers('broker', cheap)), 44);
    assert.equal(priced(offers('broker', { round: 20, theirs: [64] })), 63); // 70 / 1.1
  });

  test('whoever loses by waiting concedes faster', () => {
    const now = { round: 6 };
    const patient = pressure(viewOf(now));
    assert.ok(Math.abs(patient - 5 / 19) < 1e-12);
    assert.ok(pressure(viewOf({ ...now, discount: { mine: 0.9, theirs: 1 } })) > patient);
    assert.ok(pressure(viewOf({ ...now, roundCost: 3 })) > patient);
    for (const name of ['patient', 'adaptive', 'time-dependent', 'predictive', 'broker']) {
      const slow = Number(priced(offers(name, now)));
      const fast = priced(offers(name, { ...now, discount: { mine: 0.8, theirs: 1 } }));
      assert.ok(Number(fast) > slow, name);
    }
  });
});

suite('adaptive', () => {
  const FAIR = 5_000_000;
  function deals(protocol: (typeof BARGAINING_PROTOCOLS)[number], beliefs: number[]): number[] {
    const [low, high] = [FAIR / 4, FAIR * 2.5];
    const both = beliefs.map((belief): Omit<Side, 'reservation' | 'ideal'> => ({
      strategy: make('adaptive', { belief }),
      market: FAIR,
      discount: { mine: 1, theirs: 1 },
      roundCost: 0,
    }));
    const [buyer, seller] = both as [(typeof both)[0], (typeof both)[0]];
    const rng = createRng(42);
    return Array.from({ length: 100 }, () => {
      const manager = { ...buyer, reservation: high, ideal: low };
      const contractor = { ...seller, reservation: low, ideal: high };
      const { price } = bargain({ protocol, roundsMax: 20, manager, contractor }, { rng });
      return (price ?? NaN) / FAIR;
    });
  }
  const spread = (prices: number[]): number => {
    const mean = prices.reduce((a, b) => a + b, 0) / prices.length;
    return Math.sqrt(prices.reduce((sum, p) => sum + (p - mean) ** 2, 0) / prices.length);
  };

  for (const protocol of BARGAINING_PROTOCOLS) {
    test(`${protocol}: beliefs .5 and 1.5 become one price in 30 deals, and stay there`, () => {
      const prices = deals(protocol, [0.5, 1.5]);
      assert.ok(prices.every((price) => price > 0.4 && price < 1.6));
      assert.ok(spread(prices.slice(0, 20)) > 0.01, 'there was something to learn');
      assert.ok(spread(prices.slice(30)) < 0.002, `${spread(prices.slice(30))}`);
      assert.ok(spread(prices.slice(80)) < 0.0001, `${spread(prices.slice(80))}`);
      assert.ok(Math.abs((prices[99] ?? 0) - (prices[79] ?? 1)) < 0.0001, 'no drift');
    });

    test(`${protocol}: equal beliefs meet at the belief, and no ratchet turns`, () => {
      for (const price of deals(protocol, [1, 1])) assert.ok(Math.abs(price - 1) < 1e-5);
    });
  }
});

suite('all of them', () => {
  test('read nothing but the view, change nothing in it, and repeat themselves', () => {
    const known = Object.keys(viewOf()).sort();
    for (const { name } of STRATEGIES) {
      const read = new Set<string>();
      const frozen = { mine: Object.freeze([45, 50]), theirs: Object.freeze([95, 90]) };
      const view = Object.freeze(viewOf({ ...frozen, round: 5 }));
      const watched = new Proxy(view, {
        get(target, key) {
          read.add(String(key));
          return Reflect.get(target, key) as unknown;
        },
        ownKeys: () => assert.fail(`${name} walks over its view`),
      });
      const move = make(name).decide(watched);
      assert.deepEqual(make(name).decide(view), move, name);
      assert.deepEqual(
        [...read].filter((key) => !known.includes(key)),
        [],
        name,
      );
    }
  });

  test('are made by name, with initial values for what is not given', () => {
    assert.equal(new Set(STRATEGIES.map(({ name }) => name)).size, STRATEGIES.length);
    for (const { name, parameters } of STRATEGIES) {
      assert.equal(strategyKind(name)?.name, name);
      for (const { initial, min, max } of parameters) assert.ok(min <= initial && initial <= max);
      const given = Object.fromEntries(parameters.map((p) => [p.name, p.initial]));
      assert.deepEqual(make(name).decide(viewOf()), make(name, given).decide(viewOf()));
    }
    assert.equal(strategyKind('toString'), undefined);
  });

  test('an unknown name or parameter, or a value out of bounds, names its field', () => {
    const field = (name: string, params: Record<string, number>): string => {
      try {
        make(name, params);
      } catch (e) {
        return e instanceof BadStrategy ? e.field : String(e);
      }
      return 'none';
    };
    const found = [
      field('polite', {}),
      field('fair', { patience: 0.5 }),
      field('fair', { tolerance: 1.5 }),
      field('time-dependent', { e: NaN }),
      field('patient', { patience: -1 }),
      field('fair', { tolerance: 0 }),
    ];
    const params = ['params.patience', 'params.tolerance', 'params.e', 'params.patience'];
    assert.deepEqual(found, ['strategy', ...params, 'none']);
  });

  test('every parameter at each of its bounds still ends in a lawful talk', () => {
    for (const { name, parameters } of STRATEGIES) {
      for (const p of parameters) {
        for (const value of [p.min, p.max]) {
          const strategy = make(name, { [p.name]: value });
          for (const round of [1, 5, 19, 20]) {
            const view = viewOf({
              round,
              mine: round > 1 ? [45] : [],
              theirs: round > 1 ? [90] : [],
            });
            const move = strategy.decide(view);
            if (move.type === 'offer') assert.ok(move.price >= 40 && move.price <= 100, p.name);
          }
        }
      }
    }
  });
});
