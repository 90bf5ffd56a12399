// Goal: what an agent would pay is computed by the formulas of the source, to the digit. Method:
// the numbers of the acceptance list, and the laws behind them over random values. Check: exact
// values where the formula gives them; a bid that is worth making, and not a micro-credit more.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  GAIN_RATIO,
  marginalGain,
  slackOf,
  urgency,
  URGENCY_MAX,
  utility,
  willingness,
  worth,
} from '../../core/agent/valuation.ts';
import type { Credits } from '../../core/engine/base/credits.ts';
import { c, NOW } from './kit.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

suite('urgency', () => {
  test('is 1 without a deadline, 10 at the last moment, 5.5 ten minutes before, 0 after', () => {
    const found = [null, 0, 10 * MINUTE, -1].map(urgency);
    assert.deepEqual(found, [1, URGENCY_MAX, 5.5, 0]);
  });

  test('only ever falls with more time, and never below that of a task without a deadline', () => {
    const slack = fc.integer({ min: 0, max: 366 * DAY });
    const law = fc.property(slack, slack, (a, b) => {
      const [less, more] = a < b ? [a, b] : [b, a];
      assert.ok(urgency(less) >= urgency(more) && urgency(more) >= 1);
    });
    fc.assert(law);
  });

  test('counts to the last possible start, not to the deadline', () => {
    assert.equal(slackOf({ deadline: NOW + 10 * MINUTE }, NOW, 4 * MINUTE), 6 * MINUTE);
    assert.equal(slackOf({}, NOW, MINUTE), null);
  });
});

suite('worth', () => {
  test('of a slot is over five times as much for a deadline in ten minutes as for a day', () => {
    const soon = worth({ priority: 8, deadline: NOW + 10 * MINUTE }, NOW, MINUTE);
    const later = worth({ priority: 8, deadline: NOW + DAY }, NOW, MINUTE);
    assert.equal(soon, 8 * (1 + 9 / 1.9));
    assert.ok(soon / later > 5, `${soon} and ${later}`);
  });

  test('is priority x urgency x marginal gain', () => {
    const valuation = { priority: 6, deadline: NOW + 11 * MINUTE, marginalGain: 1.5 };
    assert.equal(worth(valuation, NOW, MINUTE), 6 * 5.5 * 1.5);
    assert.equal(worth({}, NOW, MINUTE), 5, 'five points, in no hurry, for who says nothing');
    assert.equal(worth({ priority: 90, deadline: NOW }, NOW, 1), 0, 'too late is worth nothing');
  });

  test('falls with each further unit of the same resource', () => {
    const units = [0, 1, 2, 3].map((held) => worth({ priority: 8 }, NOW, MINUTE, held));
    assert.deepEqual(units, [8, 4, 2, 1]);
    assert.equal(marginalGain(3, 3), 3 * GAIN_RATIO ** 2);
  });
});

suite('the rule of when to stop', () => {
  test('utility is priority x urgency / cost', () => {
    assert.equal(utility(worth({ priority: 8 }, NOW, MINUTE), c(2)), 4);
    assert.equal(utility(8 * 5.5, c(11)), 4);
    assert.equal(utility(3, c(0)), Infinity);
  });

  test('the most that may be bid still pays, and a micro-credit more does not', () => {
    const points = fc.double({ min: 0, max: 1e6, noNaN: true });
    const law = fc.property(points, fc.integer({ min: 0, max: 1e12 }), (value, limit) => {
      const most = willingness(value, limit as Credits);
      assert.ok(Number.isSafeInteger(most) && most >= 0 && most <= limit);
      if (most > 0) assert.ok(utility(value, most) >= 1 - 1e-12);
      if (most < limit) assert.ok(utility(value, (most + 1) as Credits) < 1 + 1e-12);
    });
    fc.assert(law);
  });
});
