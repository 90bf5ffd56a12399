// Goal: the reference system's known defects are there in compat mode and gone in ours.
// Method: the same experiments in both worlds, each with its own rules.
// Check: the counts that were measured of the reference system on one side, none of it on the
// other. Numbers of defects as in seed-system.md, section 11; 7 and 9 are about later experiments,
// and the single price of all kinds of 11 is kept here: prices by kind are the market's.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Agent, createAgent, type Strategy } from '../../../core/lab/ancestor/agent.ts';
import { createPost, MESSAGE_TYPES } from '../../../core/lab/ancestor/message.ts';
import { blamed, lowestBudget } from '../../../core/lab/ancestor/modes.ts';
import { roleAwareFair } from '../../../core/lab/ancestor/role-aware/characters.ts';
import { TRUST_PLAN } from '../../../core/lab/ancestor/role-aware/trust.ts';
import {
  negotiationsOf,
  playConvergence,
  playHandshake,
  playScarcity,
  playTournament,
  playTrust,
  type Run,
} from '../../../core/lab/ancestor/runs.ts';
import { CHEATER, HANDSHAKE_PURSES, NAMES, TRUST } from '../../../core/lab/ancestor/set-ups.ts';
import { fair } from '../../../core/lab/ancestor/strategies/fair.ts';
import { units } from '../../../core/lab/ancestor/units.ts';
import { haggleWorld, referenceWorld, type World } from '../../../core/lab/ancestor/worlds.ts';

const reference = referenceWorld('872b0e1');
const later = referenceWorld('dba0dca');
const ours = haggleWorld();
const RUNS = Array.from({ length: 20 }, (_, seed) => seed);

const closed = (world: World, sellerBudget: number): string[] =>
  NAMES.flatMap((buyer) =>
    NAMES.flatMap((seller) => {
      const purses = { ...HANDSHAKE_PURSES, sellerBudget };
      const { record } = playHandshake(world, buyer, seller, 1, purses);
      return record?.agreed ? [`${buyer}->${seller} ${record.price}`] : [];
    }),
  );

test('1: a seller is no buyer, and its purse does not matter', () => {
  assert.equal(closed(reference, 5).length, 4);
  assert.equal(closed(reference, 20).length, 8);
  assert.equal(closed(ours, 5).length, 16);
  assert.deepEqual(closed(ours, 5), closed(ours, 1_000_000));
});

test('2: nobody is blamed for the empty purse of another', () => {
  const fallen = (world: World) =>
    RUNS.flatMap((seed) => negotiationsOf(playTournament(world, seed))).filter(
      ({ agreed, price }) => !agreed && price > 0,
    ).length;
  const blames = (world: World) => ({
    convergence: blamed(playConvergence(world, 42).agents),
    scarcity: blamed(playScarcity(world, 42).agents),
    tournament: fallen(world),
  });
  assert.deepEqual(blames(reference), { convergence: 29, scarcity: 22, tournament: 148 });
  assert.deepEqual(blames(ours), { convergence: 0, scarcity: 0, tournament: 0 });
});

describe('3: between agreement and execution', () => {
  const gpu = (gpuHours: number) => units({ gpuHours });
  const cast = (strategy: () => Strategy): [Agent, Agent, Agent] => {
    const buyer = { resources: units({}), budget: 20 };
    return [
      createAgent({ id: 'first', ...buyer, strategy: strategy() }),
      createAgent({ id: 'second', ...buyer, strategy: strategy() }),
      createAgent({ id: 'seller', resources: gpu(15), budget: 5, strategy: strategy() }),
    ];
  };
  /** Two buyers of 10 agree with one seller of 15, and only then both deals are carried out. */
  const race = (world: World, strategy: () => Strategy) => {
    const [first, second, seller] = cast(strategy);
    const rules = world.rules();
    const moment = { round: 1, turnsMax: 6, post: createPost() };
    const records = [first, second].map((buyer) => {
      const record = rules.negotiate(buyer, seller, gpu(10), moment);
      return { buyer, record, promised: record?.agreed };
    });
    for (const { buyer, record } of records) {
      if (record?.agreed) rules.settle(record, buyer, seller, moment);
    }
    return {
      promised: records.map(({ promised }) => promised),
      kept: records.map(({ record }) => record?.agreed),
      reason: records[1]?.record?.reason,
      blamed: blamed([first, second, seller]),
      left: seller.resources.gpuHours,
    };
  };

  test('the reference system sells the same hours twice', () => {
    assert.deepEqual(
      race(reference, () => fair()),
      {
        promised: [true, true],
        kept: [true, false],
        reason: 'not_carried_out',
        blamed: 1,
        left: 5,
      },
    );
  });

  test('ours has set them aside', () => {
    assert.deepEqual(
      race(ours, () => roleAwareFair()),
      {
        promised: [true, false],
        kept: [true, false],
        reason: 'insufficient_resources',
        blamed: 0,
        left: 5,
      },
    );
  });
});

test('4: no cheater drives anyone below zero', () => {
  const hundred = Array.from({ length: 100 }, (_, seed) => seed);
  const below = hundred.filter((seed) =>
    playTrust(reference, TRUST.always, seed).agents.some(
      ({ id, budget }) => id !== CHEATER && budget < 0,
    ),
  );
  const lowest = Math.min(
    ...hundred.map((seed) => lowestBudget(playTrust(reference, TRUST.always, seed))),
  );
  assert.deepEqual(
    { below: below.length, lowest: lowest.toFixed(1) },
    { below: 41, lowest: '-31.9' },
  );
  for (const seed of RUNS) {
    assert.ok(lowestBudget(playTrust(ours, TRUST.always, seed)) >= 0, `seed ${seed}`);
  }
});

test('5: isolation holds in both directions', () => {
  const run = playTrust(reference, TRUST.always, 42);
  const zero = run.avgReputation.findIndex((view) => view <= 0) + 1;
  const stolen = run.incidents.filter(({ round }) => round > zero);
  const gain = { after: stolen.length, all: run.incidents.length, gain: run.cheatGain };
  assert.deepEqual(gain, { after: 20, all: 35, gain: 175 });
  for (const seed of RUNS) {
    const mine = playTrust(ours, TRUST.always, seed);
    const { isolatedAt } = mine;
    assert.ok(isolatedAt !== null && isolatedAt <= 15, `seed ${seed}: ${isolatedAt}`);
    const after = negotiationsOf(mine).filter(
      ({ round, agreed, buyer, seller }) =>
        agreed && round > isolatedAt && [buyer, seller].includes(CHEATER),
    );
    assert.deepEqual(after, []);
    assert.ok(mine.cheatGain <= 0);
    assert.deepEqual(mine.wronged, []);
  }
});

test('5, planted: without a test the cheater goes on', () => {
  const blind = haggleWorld({ ...TRUST_PLAN, test: { ...TRUST_PLAN.test, falseAlarm: 1e-300 } });
  const run = playTrust(blind, TRUST.always, 42);
  assert.equal(run.isolatedAt, null);
  assert.ok(run.incidents.length > 10);
});

test('6: the greatest level is not the greatest gain', () => {
  const start = { fair_provider: 175, greedy_seeker: 85 };
  const mean = (id: keyof typeof start) =>
    RUNS.reduce((sum, seed) => {
      const found = playTournament(reference, seed).agents.find((one) => one.id === id);
      return sum + (found ? found.budget + found.resources.gpuHours + found.resources.cpuHours : 0);
    }, 0) /
      RUNS.length -
    start[id];
  assert.equal(mean('fair_provider').toFixed(1), '-2.7');
  assert.equal(mean('greedy_seeker').toFixed(1), '30.3');
});

test('8: with both sides learning the price rises in theirs and stands in ours', () => {
  const prices = (world: World) =>
    negotiationsOf(playConvergence(world, 42)).flatMap(({ agreed, price }) =>
      agreed ? [price] : [],
    );
  const growth = (of: number[]) =>
    of.slice(-20).map((price, i, all) => (i > 0 ? price / (all[i - 1] ?? price) - 1 : 0));
  const theirs = growth(prices(later)).slice(1);
  assert.ok(
    theirs.every((share) => Math.abs(share - 0.01) < 1e-3),
    String(theirs),
  );
  assert.ok(growth(prices(ours)).every((share) => Math.abs(share) < 1e-3));
});

test('10: all ten types of message are sent', () => {
  const runs = [playTrust(ours, TRUST.always, 42), playScarcity(ours, 42)];
  const typesIn = (run: Run) =>
    negotiationsOf(run).flatMap(({ messages }) => messages.map(({ type }) => type));
  assert.deepEqual([...new Set(runs.flatMap(typesIn))].sort(), [...MESSAGE_TYPES].sort());
  const theirs = new Set(typesIn(playScarcity(reference, 42)));
  assert.deepEqual([...theirs].sort(), ['accept', 'counter', 'reject', 'request']);
});
