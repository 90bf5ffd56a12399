// Goal: whoever bargains with whom, mandates are kept and every bargaining ends. Method: all pairs
// of strategies over random limits under both protocols, judged by laws on what was said; strangers
// that break each law; and the cases for which theory knows the price. Check: no law is broken
// behind the guard, each planted fault is found by its law without it, prices are the formulas'.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { createStrategy, STRATEGIES } from '../../core/agent/bargaining/kinds.ts';
import { keepMandate } from '../../core/agent/bargaining/mandate.ts';
import type { Move, Strategy, View } from '../../core/agent/bargaining/strategy.ts';
import { createRng } from '../../core/engine/base/rng.ts';
import {
  BARGAINING_PROTOCOLS,
  type BargainingProtocol,
} from '../../core/engine/protocol/bargaining.ts';
import { alternatingPrice } from '../../core/engine/theory/rubinstein.ts';
import { nashPrice } from '../../core/engine/theory/nash.ts';
import { drawCase, sessionOf } from '../../core/lab/bargain/cases.ts';
import { type Law, lawsBroken, zoneOf } from '../../core/lab/bargain/laws.ts';
import {
  bargain,
  type Means,
  type Outcome,
  type Session,
  type Side,
  utilityOf,
} from '../../core/lab/bargain/session.ts';
import { qLearning } from '../../core/lab/experiments/q-learning.ts';
import { strategies } from '../../core/lab/experiments/strategies.ts';
import { initialSettings } from '../../core/lab/settings.ts';

const NAMES = STRATEGIES.map(({ name }) => name);
const make = (name: string, seed = 1): Strategy => createStrategy(name, {}, createRng(seed));

const name = fc.constantFrom(...NAMES);
const protocol = fc.constantFrom(...BARGAINING_PROTOCOLS);
const price = fc.integer({ min: -1000, max: 100_000 });
const discount = fc.double({ min: 0.5, max: 1, noNaN: true });
const side = fc.record({
  reservation: price,
  ideal: price,
  market: fc.option(price),
  discount: fc.record({ mine: discount, theirs: discount }),
  roundCost: fc.integer({ min: 0, max: 500 }),
});
const limits = fc.record({
  protocol,
  roundsMax: fc.integer({ min: 2, max: 30 }),
  first: fc.constantFrom('manager' as const, 'contractor' as const),
  manager: side,
  contractor: side,
});

type Limits = Omit<Session, 'manager' | 'contractor'> &
  Record<'manager' | 'contractor', Omit<Side, 'strategy'>>;

const seat = (given: Limits, manager: Strategy, contractor: Strategy): Session => ({
  ...given,
  manager: { ...given.manager, strategy: manager },
  contractor: { ...given.contractor, strategy: contractor },
});

/** Limits 100 and 40, everything else plain. */
function plain(how: BargainingProtocol, manager: Strategy, contractor: Strategy): Session {
  const common = { market: 70, discount: { mine: 1, theirs: 1 }, roundCost: 0 };
  return {
    protocol: how,
    roundsMax: 64,
    manager: { strategy: manager, reservation: 100, ideal: 40, ...common },
    contractor: { strategy: contractor, reservation: 40, ideal: 100, ...common },
  };
}

suite('every strategy, against every other one', () => {
  test('keeps its mandate, whatever the limits, and comes to an end', () => {
    const law = fc.property(limits, name, name, fc.nat(), (given, a, b, seed) => {
      const session = seat(given, make(a, seed), make(b, seed + 1));
      const outcome = bargain(session, { rng: createRng(seed) });
      assert.deepEqual(lawsBroken(session, outcome), [], `${a} and ${b}`);
      if (zoneOf(session) < 0) assert.equal(outcome.price, null);
    });
    fc.assert(law, { numRuns: 3000 });
  });

  test('finds a deal wherever there is one, unless it wants a commission', () => {
    const missed: string[] = [];
    for (const how of BARGAINING_PROTOCOLS) {
      for (const a of NAMES.filter((one) => one !== 'broker')) {
        for (const b of NAMES.filter((one) => one !== 'broker')) {
          const rng = createRng(7);
          const [manager, contractor] = [make(a), make(b)];
          for (let i = 0; i < 20; i++) {
            const session = sessionOf(drawCase(rng), how, manager, contractor);
            const { price: agreed } = bargain(session, { rng });
            if ((agreed === null) === zoneOf(session) >= 0) missed.push(`${how} ${a} ${b}`);
          }
        }
      }
    }
    assert.deepEqual(missed, []);
  });

  test('says the same again from the same seed', () => {
    const law = fc.property(limits, name, name, fc.nat(), (given, a, b, seed) => {
      const play = (): Outcome =>
        bargain(seat(given, make(a, seed), make(b, seed)), { rng: createRng(seed) });
      assert.deepEqual(play(), play());
    });
    fc.assert(law, { numRuns: 300 });
  });
});

/** Always this move. */
const always = (decide: (view: View) => Move): Strategy => ({ decide });
const offer = (at: number): Move => ({ type: 'offer', price: at });

/** A buyer of each fault, and the law that finds it. */
const FAULTS: readonly [Law, BargainingProtocol, Strategy][] = [
  ['beyond-mandate', 'alternating-offers', always((v) => offer(v.reservation + v.round))],
  ['beyond-mandate', 'monotonic-concession', always((v) => offer(v.reservation + 1))],
  ['no-integer', 'alternating-offers', always(() => offer(41.5))],
  ['no-integer', 'alternating-offers', always(() => offer(NaN))],
  ['retraction', 'monotonic-concession', always((v) => offer(60 - v.round))],
  ['outside-zone', 'alternating-offers', always((v) => offer(v.reservation + 1))],
];
const unguarded: Means['guard'] = (_view, move) => move;
/** Asks for 101, more than the buyer may pay, takes anything, and so tempts into every fault. */
const tempter = always((v) => (v.theirs.length === 3 ? { type: 'accept' } : offer(120 - v.round)));

suite('planted faults', () => {
  for (const [law, how, faulty] of FAULTS) {
    const play = (guard: Means['guard']): Law[] => {
      const session = plain(how, faulty, tempter);
      return lawsBroken(session, bargain(session, { rng: createRng(1), ...(guard && { guard }) }));
    };
    test(`${law}, ${how}: found by its law, and mended by the guard`, () => {
      assert.ok(play(unguarded).includes(law));
      assert.deepEqual(play(keepMandate), []);
    });
  }

  test('a buyer that accepts what it may not pay is held back', () => {
    const yes = always((v) => (v.theirs.length > 0 ? { type: 'accept' } : offer(50)));
    const dear = always((v) => offer(v.ideal + 10));
    const session = plain('alternating-offers', yes, dear);
    const rng = createRng(1);
    const loose = bargain(session, { rng, guard: unguarded });
    assert.deepEqual(lawsBroken(session, loose), ['outside-zone']);
    assert.equal(bargain(session, { rng }).conflict, 'rounds-over');
  });

  test('two that never end are ended: by the rounds, or as both stuck', () => {
    const stubborn = always((v) => offer(v.ideal));
    const end = (how: BargainingProtocol): (string | number | null)[] => {
      const { conflict, rounds } = bargain(plain(how, stubborn, stubborn), { rng: createRng(1) });
      return [conflict, rounds];
    };
    assert.deepEqual(end('alternating-offers'), ['rounds-over', 64]);
    assert.deepEqual(end('monotonic-concession'), ['both-stuck', 2]);
  });

  test('an outcome that is too long, or neither or both of deal and conflict, is found', () => {
    const session = plain('alternating-offers', make('fair'), make('fair'));
    const offers = { manager: [], contractor: [] };
    const judge = (o: Omit<Outcome, 'offers'>): Law[] => lawsBroken(session, { ...o, offers });
    assert.deepEqual(judge({ price: 70, conflict: null, rounds: 65 }), ['no-bound']);
    assert.deepEqual(judge({ price: null, conflict: null, rounds: 1 }), ['no-ending']);
    assert.deepEqual(judge({ price: 70, conflict: 'quit', rounds: 1 }), ['no-ending']);
  });

  test('a bound on rounds that is none is refused', () => {
    for (const roundsMax of [1, 2.5, Infinity, 10_001]) {
      const session = { ...plain('alternating-offers', make('fair'), make('fair')), roundsMax };
      assert.throws(() => bargain(session, { rng: createRng(1) }), /roundsMax/u);
    }
  });
});

suite('theory', () => {
  test('Zeuthen against Zeuthen lands at (V + C) / 2 within a tick', () => {
    const limit = fc.record({ cost: fc.nat(80), surplus: fc.integer({ min: 4, max: 80 }) });
    const law = fc.property(limit, protocol, fc.nat(), ({ cost, surplus }, how, seed) => {
      const session = plain(how, make('zeuthen'), make('zeuthen'));
      const value = cost + surplus;
      Object.assign(session.manager, { reservation: value, ideal: cost });
      Object.assign(session.contractor, { reservation: cost, ideal: value });
      session.roundsMax = 200;
      const { price: agreed } = bargain(session, { rng: createRng(seed) });
      const middle = nashPrice({ value, cost }) ?? NaN;
      assert.ok(agreed !== null && Math.abs(agreed - middle) <= 1, `${agreed} of ${middle}`);
    });
    fc.assert(law, { numRuns: 300 });
  });

  const UNIT = 1_000_000;
  const rational = (buyer: number, seller: number, first: 'manager' | 'contractor'): Session => ({
    ...plain('alternating-offers', make('rubinstein'), make('rubinstein')),
    first,
    manager: {
      ...plain('alternating-offers', make('rubinstein'), make('fair')).manager,
      ...{ reservation: 5 * UNIT, ideal: 0, discount: { mine: buyer, theirs: seller } },
    },
    contractor: {
      ...plain('alternating-offers', make('fair'), make('rubinstein')).contractor,
      ...{ reservation: 0, ideal: 5 * UNIT, discount: { mine: seller, theirs: buyer } },
    },
  });

  test('two rational players agree at once on 3.871, the closed form for .93 and .98', () => {
    const { price: agreed, rounds } = bargain(rational(0.93, 0.98, 'manager'), {
      rng: createRng(1),
    });
    assert.equal(rounds, 1);
    assert.equal(Math.round((agreed ?? 0) / 1000) / 1000, 3.871);
  });

  test('and on the closed form for every other pair of discounts, whoever is first', () => {
    const d = fc.double({ min: 0.3, max: 0.99, noNaN: true });
    const first = fc.constantFrom('manager' as const, 'contractor' as const);
    const law = fc.property(d, d, first, (deltaBuyer, deltaSeller, who) => {
      const outcome = bargain(rational(deltaBuyer, deltaSeller, who), { rng: createRng(1) });
      const known = { value: 5 * UNIT, cost: 0, deltaBuyer, deltaSeller };
      const formula = alternatingPrice({ ...known, first: who === 'manager' ? 'buyer' : 'seller' });
      assert.equal(outcome.rounds, 1);
      assert.ok(Math.abs((outcome.price ?? NaN) - (formula ?? NaN)) <= 2);
    });
    fc.assert(law, { numRuns: 200 });
  });

  test('utility is gain x discount^(rounds - 1) less the cost of rounds', () => {
    const { manager } = plain('alternating-offers', make('fair'), make('fair'));
    const waiting = { ...manager, discount: { mine: 0.5, theirs: 1 }, roundCost: 2 };
    const outcome = {
      price: 60,
      conflict: null,
      rounds: 3,
      offers: { manager: [], contractor: [] },
    };
    assert.equal(utilityOf(waiting, 'manager', outcome), 40 * 0.25 - 4);
    assert.equal(utilityOf(waiting, 'manager', { ...outcome, price: null }), -4);
  });
});

suite('experiments', () => {
  for (const experiment of [strategies, qLearning]) {
    test(`${experiment.name}: its checks hold, and the same seed gives the same document`, () => {
      const settings = { ...initialSettings(experiment.settings) };
      const found = experiment.run(1, settings, null);
      assert.deepEqual(
        found.checks.filter(({ ok }) => !ok),
        [],
      );
      assert.deepEqual(experiment.run(1, settings, null), found);
      JSON.stringify(found, (_key, value: unknown) => {
        assert.ok(typeof value !== 'number' || Number.isFinite(value), 'a number in the document');
        return value;
      });
    });
  }
});
