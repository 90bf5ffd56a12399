// Goal: what the screen draws and says of a bargaining follows from its document alone.
// Method: documents of known bargainings go through the pure parts of the view; values are compared
// with those of the field's formulas, worked out by hand. Check: whole values, and planted faults.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CONFLICTS } from '../../core/engine/protocol/bargaining.ts';
import type { BargainingDoc, OfferDoc, RoundDoc } from '../../core/engine/view/bargaining.ts';
import {
  axisOf,
  courseOf,
  lastRound,
  openIssues,
  shareOf,
  sharesOf,
  zoneOf,
} from '../../renderer/negotiation/bargaining/course.ts';
import { moveWords, roundSentence } from '../../renderer/negotiation/bargaining/deeds.ts';
import { frontOf, nashOf } from '../../renderer/negotiation/bargaining/front.ts';
import { spread } from '../../renderer/negotiation/bargaining/labels.ts';
import { distanceOf, predictionOf } from '../../renderer/negotiation/bargaining/theory.ts';
import { notWorse, readRun, scaleOf } from '../../renderer/negotiation/strategies/run.ts';
import { amountsOf } from '../../renderer/words/amounts.ts';
import * as say from '../../renderer/words/bargaining.ts';
import { experimentOf } from '../../core/lab/registry.ts';
import { tournament } from './renderer/fake-bargaining.ts';

const T0 = Date.UTC(2026, 2, 1, 12, 0, 0);
const sides = { manager: 'atlas', contractor: 'north' };
const at = (price: number, more: Partial<OfferDoc> = {}): OfferDoc => ({
  price,
  startDelayMs: 0,
  reclaimWindowMs: 5_000,
  penalty: 0.5,
  ...more,
});
const round = (n: number, bid: OfferDoc | null, ask: OfferDoc | null): RoundDoc => ({
  round: n,
  at: new Date(T0 + n * 1000).toISOString(),
  manager: bid,
  contractor: ask,
  messages: { manager: '', contractor: '' },
  silent: [...(bid ? [] : (['manager'] as const)), ...(ask ? [] : (['contractor'] as const))],
});
const doc = (more: Partial<BargainingDoc> = {}): BargainingDoc => ({
  protocol: 'monotonic-concession',
  chosenBy: 'short-lease',
  proposalId: 'prp_000000001',
  managerId: 'agt_000000001',
  contractorId: 'agt_000000002',
  state: 'running',
  why: null,
  round: 4,
  roundsMax: 20,
  openedAt: new Date(T0).toISOString(),
  roundEndsAt: new Date(T0 + 8_000).toISOString(),
  turn: null,
  rounds: [
    round(1, at(40), at(100)),
    round(2, at(50), null),
    round(3, at(50), at(90, { startDelayMs: 5_000 })),
  ],
  deal: null,
  limits: { manager: 100, contractor: 40 },
  discount: { manager: 0.93, contractor: 0.98 },
  ...more,
});

test('each round tells who moved how far, and a silent side keeps its offer', () => {
  const steps = courseOf(doc());
  const amounts = amountsOf(doc());
  const deeds = steps.map(({ manager, contractor }) => [manager.deed, contractor.deed]);
  assert.deepEqual(deeds, [
    ['opens', 'opens'],
    ['concedes', 'silent'],
    ['repeats', 'concedes'],
  ]);
  assert.deepEqual(
    steps.map(({ apart }) => apart),
    [60, 50, 40],
  );
  assert.equal(
    roundSentence(steps[1] as (typeof steps)[0], sides, amounts),
    'Round 2: atlas bids 50.00, conceding 10.00; north said nothing; 100.00 stands; 50.00 apart.',
  );
  const moves = steps.map((step) => moveWords(step.contractor, 'contractor', amounts));
  assert.deepEqual(moves, ['opens', 'silent', '\u221210.00']);
});

test('in turns the side that did not speak waits; it is not called silent', () => {
  const rounds = [round(1, null, at(97)), round(2, at(60), null), round(3, null, null)];
  const steps = courseOf(doc({ protocol: 'alternating-offers', rounds }));
  assert.deepEqual(
    steps.map(({ manager, contractor }) => [manager.deed, contractor.deed]),
    [
      ['waits', 'opens'],
      ['opens', 'waits'],
      ['silent', 'silent'],
    ],
  );
  assert.equal(steps[0]?.apart, null, 'one offer is not apart from anything');
});

test('an offer that changes only other terms is neither a repeat nor a concession', () => {
  const rounds = [round(1, at(40), at(90)), round(2, at(40, { penalty: 0.25 }), at(95))];
  const [, second] = courseOf(doc({ rounds }));
  assert.deepEqual([second?.manager.deed, second?.contractor.deed], ['adjusts', 'retreats']);
  assert.deepEqual(openIssues(doc({ rounds })), ['penalty']);
});

test('predictions: Nash midway, Rubinstein by the measured vector', () => {
  assert.deepEqual(predictionOf(doc()), { name: 'Nash point', price: 70 });
  // Seller first, d_b = .93, d_s = .98, S = 5, C = 0: 5 (1 - .93)/(1 - .98 * .93).
  const turns = { protocol: 'alternating-offers', limits: { manager: 5, contractor: 0 } } as const;
  const price = predictionOf(doc(turns))?.price ?? 0;
  assert.ok(Math.abs(price - 0.35 / 0.0886) < 1e-12, String(price));
  const patient = { ...turns, discount: { manager: 1, contractor: 1 } };
  assert.equal(predictionOf(doc(patient)), null, 'without discounts any split is an equilibrium');
});

test('without limits, or without a zone, nothing is predicted and a sentence says why', () => {
  const unknown = doc({ limits: null, deal: at(66) });
  assert.equal(zoneOf(unknown), null);
  assert.equal(predictionOf(unknown), null);
  assert.equal(distanceOf(unknown), null);
  assert.match(say.theorySentence(unknown), /known to the operator only/u);
  const none = doc({ limits: { manager: 40, contractor: 40 } });
  assert.equal(predictionOf(none), null);
  assert.match(say.theorySentence(none), /leave no zone/u);
  assert.match(say.theorySentence(doc()), /both limits to be known .* steps of 0\.000001 credits/u);
});

test('distance from theory, in credits and in percent of the zone', () => {
  const found = distanceOf(doc({ state: 'agreed', deal: at(68.2) }));
  assert.ok(found);
  assert.equal(
    say.distanceSentence(found, 'Nash point', amountsOf(doc())),
    '1.80 credits below the Nash point: 3 % of the zone.',
  );
  assert.equal(
    say.distanceSentence({ apart: 0, part: 0 }, 'Nash point', amountsOf(doc())),
    'Exactly at the Nash point.',
  );
});

test('shares of both sides add to one at every price of the zone', () => {
  const zone = fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }));
  fc.assert(
    fc.property(zone, fc.double({ min: 0, max: 1, noNaN: true }), ([low, width], part) => {
      const limits = { manager: low + width, contractor: low };
      const price = low + width * part;
      const [a, b] = [shareOf(price, 'manager', limits), shareOf(price, 'contractor', limits)];
      assert.ok(Math.abs(a + b - 1) < 1e-9);
      assert.ok(Math.abs(b - part) < 1e-6);
    }),
  );
  const shares = sharesOf(courseOf(doc()), 'manager', { manager: 100, contractor: 40 });
  assert.deepEqual(
    shares.map(({ own, other }) => [own, other]),
    [
      [1, 0],
      [5 / 6, 0],
      [5 / 6, 1 / 6],
    ],
  );
});

test('the axis of rounds leaves room while it runs, and none beyond the bound', () => {
  assert.equal(lastRound(doc()), 8);
  assert.equal(lastRound(doc({ roundsMax: 4 })), 4);
  assert.equal(lastRound(doc({ state: 'conflict', why: 'quit' })), 3);
});

test('an axis holds all of its values between round ends', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, (all) => {
      const { low, high, ticks } = axisOf(all);
      assert.ok(low <= Math.min(...all) && high >= Math.max(...all) && high > low);
      assert.ok(ticks.length >= 2 && ticks.length <= 9, String(ticks.length));
    }),
  );
});

test('labels keep their distance and their order, inside the chart', () => {
  const places = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 8 });
  fc.assert(
    fc.property(places, (unsorted) => {
      const sorted = unsorted.toSorted((a, b) => a - b);
      const placed = spread(sorted, 15, 0, 300);
      assert.ok(placed.every((y) => y >= 0 && y <= 300));
      assert.ok(placed.every((y, i) => i === 0 || y - (placed[i - 1] ?? 0) >= 15));
    }),
  );
  assert.deepEqual(spread([10, 100], 15, 0, 300), [10, 100], 'who has room stays');
});

test('every conflict has a sentence of its own, with names where the document tells them', () => {
  const said = CONFLICTS.map((why) =>
    say.conflictSentence(doc({ state: 'conflict', why, round: 3, deal: null }), sides),
  );
  assert.equal(new Set(said).size, CONFLICTS.length);
  assert.ok(said.every((one) => one.startsWith('No deal: ') && one.endsWith('.')));
  const late = doc({ state: 'conflict', why: 'timed-out', rounds: [round(1, at(40), null)] });
  assert.match(say.conflictSentence(late, sides), /: north did not answer/u);
});

test('a running one says whose turn it is and how long the round lasts', () => {
  const now = T0 + 2_000;
  const turn = doc({ protocol: 'alternating-offers', turn: 'contractor' });
  assert.equal(
    say.bargainingSentence(turn, sides, now),
    'Round 4 of at most 20; north’s turn, 6 s left.',
  );
  const over = doc({ protocol: 'alternating-offers', turn: 'manager', round: 21 });
  assert.match(say.bargainingSentence(over, sides, now), /only yes or no is left; atlas’s turn/u);
});

test('the Pareto front and the Nash point of utilities that are known', () => {
  const worth = (manager: number, contractor: number) => ({ manager, contractor });
  const outcomes = [worth(0.2, 0.2), worth(1, 0), worth(0.5, 0.6), worth(0, 0.9), worth(0.5, 0.3)];
  const front = [worth(0, 0.9), worth(0.5, 0.6), worth(1, 0)];
  assert.deepEqual(frontOf(outcomes), front);
  assert.deepEqual(nashOf(outcomes), worth(0.5, 0.6));
  assert.equal(nashOf([]), null);
});

test('a tournament is read whole; an answer that does not fit names its field', () => {
  const run = readRun(tournament(3).body);
  assert.equal(run.rows.length, 8);
  assert.deepEqual(
    run.checks.map(({ ok }) => ok),
    [true],
  );
  assert.throws(() => readRun(tournament(501).body), /run\.results\.rows\[2\]\.utility is not a/u);
  assert.throws(() => readRun({}), /run is not an object/u);
  const rows = run.rows.map((row, i) => ({ ...row, utility: i - 1, ci95: i === 6 ? 0.6 : 0.5 }));
  assert.deepEqual(scaleOf(rows), { low: -1.5, high: 6.5 });
  assert.deepEqual([...notWorse(rows)], [rows[6]?.strategy, rows[7]?.strategy]);
});

test('the lab’s own tournament is read as it is', () => {
  const lab = experimentOf('strategies');
  assert.ok(lab);
  const settings = Object.fromEntries(lab.settings.map(({ name, initial }) => [name, initial]));
  const run = { experiment: lab.name, seed: 1, params: settings, ...lab.run(1, settings, null) };
  const { rows, checks } = readRun(JSON.parse(JSON.stringify({ run })));
  assert.ok(rows.length >= 4 && checks.length > 0);
  assert.ok(notWorse(rows).has(rows.toSorted((a, b) => b.utility - a.utility)[0]?.strategy ?? ''));
});
