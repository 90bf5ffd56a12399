// Goal: what the screen says and draws of bargainings stays readable at any size: small amounts,
// crowded charts, edges on the floor, and the forms that set the rules.
// Method: the pure parts, on made-up bargainings and by properties. Check: whole values; amounts
// that differ never read the same, texts never touch what is drawn, nothing typed is rounded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { agentOf, DEFAULT_BARGAINING } from '../../core/engine/market/state.ts';
import type { BargainingDoc, OfferDoc } from '../../core/engine/view/bargaining.ts';
import { agentView } from '../../core/engine/view/project.ts';
import { standingOf, strand } from '../../renderer/floor/double-line.ts';
import { filterOf, NO_FILTER } from '../../renderer/floor/filter.ts';
import { CONFLICT_MS, createPlanner } from '../../renderer/floor/plan.ts';
import { delegateText, readDelegate, settingsOf } from '../../renderer/inspector/delegate-input.ts';
import { createModel, foldSnapshot } from '../../renderer/mirror/model.ts';
import { roundTicks } from '../../renderer/negotiation/bargaining/course.ts';
import { type Box, freeSpot } from '../../renderer/negotiation/bargaining/free-spot.ts';
import {
  bargainingText,
  longestMs,
  readBargaining,
  USUAL,
} from '../../renderer/settings/bargaining-input.ts';
import { amountsOf } from '../../renderer/words/amounts.ts';
import { standingSentence } from '../../renderer/words/bargaining.ts';
import { actingSentence } from '../../renderer/words/delegates.ts';
import { parseNumber, parseSpan, typedSpan } from '../../renderer/words/input.ts';
import { exampleDoc, funnel } from '../app/renderer/fake-bargaining.ts';
import { STRATEGIES } from '../app/renderer/fake-delegates.ts';
import { Table } from '../engine/kit.ts';
import { agentId, call, proposed, snapshot, T0 } from './records.ts';

const parties = {
  managerId: agentId(1),
  contractorId: agentId(9),
  proposalId: 'prp_000000001',
};
const base = exampleDoc('deal', T0, parties);
const offer = (price: number): OfferDoc => ({
  price,
  startDelayMs: 0,
  reclaimWindowMs: 0,
  penalty: 0,
});
function docOf(prices: readonly [number, number][], more: Partial<BargainingDoc> = {}) {
  const rounds = prices.map(([bid, ask], i) => ({
    round: i + 1,
    at: new Date(T0 + i * 1000).toISOString(),
    manager: offer(bid),
    contractor: offer(ask),
    messages: { manager: '', contractor: '' },
    silent: [],
  }));
  return { ...base, rounds, deal: null, limits: null, ...more };
}

test('small amounts get the decimals that tell them apart, large ones two', () => {
  const tiny = funnel(19, base, { manager: 0.003333, contractor: 0.002223 });
  const { decimals, text, words } = amountsOf(tiny);
  assert.deepEqual([decimals, text(0.002253), words(0.002253)], [5, '0.00225', '0.00225 credits']);
  assert.equal(words(0.0000001), '<0.00001 credits');
  assert.equal(amountsOf(base).words(71.318), '71.32 credits');
  assert.equal(amountsOf(docOf([])).decimals, 2, 'nothing has been said');
  // Two sides that stick a hair apart are still two offers.
  assert.equal(amountsOf(docOf([[70.0012, 70.0013]])).text(70.0012), '70.0012');
  // A zone that is narrow beside its offers can be read as well.
  const narrow = docOf([[10, 90]], { limits: { manager: 50.003, contractor: 50 } });
  assert.equal(amountsOf(narrow).text(50.003), '50.003');
});

test('offers that differ by a thousandth of their range never read the same', () => {
  const micro = fc.integer({ min: 0, max: 2_000_000_000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(micro, micro), { minLength: 1, maxLength: 12 }), (pairs) => {
      const doc = docOf(pairs.map(([a, b]) => [a / 1e6, b / 1e6]));
      const { text, decimals } = amountsOf(doc);
      assert.ok(decimals >= 2 && decimals <= 6);
      const prices = [...new Set(pairs.flat())].sort((a, b) => a - b);
      const range = (prices.at(-1) ?? 0) - (prices[0] ?? 0);
      for (const [i, price] of prices.entries()) {
        const before = prices[i - 1];
        // Below a hundredth of a credit only what asks for it is told apart.
        if (before === undefined || price - before < Math.max(range / 1000, 1)) continue;
        assert.notEqual(text(price / 1e6), text(before / 1e6));
      }
    }),
  );
});

test('numbers of rounds stand apart, begin with 1 and are at most a dozen', () => {
  assert.deepEqual(roundTicks(3), [1, 2, 3]);
  assert.deepEqual(roundTicks(19), [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
  assert.deepEqual(roundTicks(100), [1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  for (let last = 2; last <= 100; last++) {
    const ticks = roundTicks(last);
    const steps = ticks.slice(1).map((one, i) => one - (ticks[i] ?? 0));
    assert.ok(ticks[0] === 1 && (ticks.at(-1) ?? 0) <= last && ticks.length <= 13, String(ticks));
    assert.ok(Math.min(...steps) * 16 >= last || steps.every((one) => one === 1), String(ticks));
  }
});

test('a text is put where nothing is drawn, and nowhere when there is no such place', () => {
  const room: Box = { left: 0, right: 300, top: 0, bottom: 100 };
  const size = { width: 90, height: 15 };
  assert.deepEqual(freeSpot(room, size, []), { left: 0, right: 90, top: 85, bottom: 100 });
  assert.equal(freeSpot(room, size, [room]), null);
  assert.equal(freeSpot(room, { width: 301, height: 15 }, []), null);
  const side = fc.tuple(fc.integer({ min: 0, max: 280 }), fc.integer({ min: 0, max: 90 }));
  const box = fc.tuple(side, fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 40 }));
  fc.assert(
    fc.property(fc.array(box, { maxLength: 6 }), (made) => {
      const taken = made.map(([[left, top], w, h]) => {
        return { left, top, right: left + w, bottom: top + h };
      });
      const spot = freeSpot(room, size, taken);
      if (!spot) return;
      assert.ok(spot.left >= 0 && spot.right <= 300 && spot.top >= 0 && spot.bottom <= 100);
      const apart = (one: Box) =>
        one.right <= spot.left ||
        one.left >= spot.right ||
        one.bottom <= spot.top ||
        one.top >= spot.bottom;
      assert.ok(taken.every(apart));
    }),
  );
});

test('the gap of a double line is what is left between the offers', () => {
  const doc = docOf([
    [40, 100],
    [50, 90],
    [64, 70],
  ]);
  assert.deepEqual(standingOf(doc), { bid: 64, ask: 70, gap: 0.1 });
  assert.deepEqual(standingOf({ ...doc, rounds: [] }), { bid: null, ask: null, gap: 1 });
  const sides = { manager: 'atlas', contractor: 'north' };
  assert.equal(
    standingSentence({ ...doc, round: 4 }, sides, standingOf(doc)),
    'atlas bids 64.00, north asks 70.00, 6.00 apart; round 4 of at most 20.',
  );
  assert.match(standingSentence(doc, sides, { bid: null, ask: 70 }), /^atlas has not spoken yet/u);
});

test('the strands keep their distance, also where the way is steep', () => {
  const run = { sourceX: 0, sourceY: 300, targetX: 400, targetY: 20, bend: [100, 180] } as const;
  const pointsOf = (path: string) =>
    [...path.matchAll(/(-?[\d.]+) (-?[\d.]+)/gu)].map(([, x, y]) => [Number(x), Number(y)]);
  const [below, above] = [pointsOf(strand(run, 4)), pointsOf(strand(run, -4))];
  assert.deepEqual(
    [below[0], below.at(-1)],
    [
      [0, 304],
      [400, 24],
    ],
  );
  const apart = below.map(([x = 0, y = 0], i) => {
    return Math.hypot(x - (above[i]?.[0] ?? 0), y - (above[i]?.[1] ?? 0));
  });
  assert.ok(
    apart.every((one) => Math.abs(one - 8) < 0.05),
    String(apart),
  );
});

test('on the floor a bargaining is an edge of its own, until it is awarded or read', () => {
  const running = { ...base, state: 'running', deal: null } as const;
  const conflict = { ...running, state: 'conflict', why: 'quit' } as const;
  const dialogues = [proposed(9, 5), proposed(8, 6)];
  const model = createModel();
  foldSnapshot(model, {
    ...snapshot(),
    calls: [
      call(1, { state: 'bargaining', bargaining: running, dialogues }),
      call(2, { state: 'unawarded', bargaining: conflict, endedAt: T0, dialogues }),
      call(3, { dialogues: [proposed(9, 5)] }),
    ],
  });
  const edges = (state: string, now: number) => {
    const plan = createPlanner().plan(model, { ...NO_FILTER, ...filterOf({ state }) }, now);
    return plan.edges
      .filter(({ kind }) => kind !== 'call')
      .map(({ kind, callId, to }) => `${kind} ${callId.at(-1)} ${to.at(-1)}`)
      .toSorted();
  };
  assert.deepEqual(edges('', T0 + 10), ['bargain 1 9', 'bargain 2 9', 'bid 3 9']);
  assert.deepEqual(edges('bargaining', T0 + CONFLICT_MS), ['bargain 1 9', 'bargain 2 9']);
  assert.deepEqual(edges('bargaining', T0 + CONFLICT_MS + 1), ['bargain 1 9']);
});

test('the rule of bargaining goes into the form and out of it unchanged', () => {
  assert.deepEqual(USUAL, DEFAULT_BARGAINING, 'what the form shows for an old journal');
  const rule = {
    ...USUAL,
    fastBelowMs: 90_500,
    roundMs: 250,
    discount: { manager: 0.9375, contractor: 1 },
  };
  const wrong: Record<string, string> = {};
  const read = (change: Partial<ReturnType<typeof bargainingText>> = {}) =>
    readBargaining({ ...bargainingText(rule), ...change }, (field, value, hint) => {
      if (value === null) wrong[field] = hint;
      return value as NonNullable<typeof value>;
    });
  const { worthWaiting, roundFee, ...same } = rule;
  const sent = { ...same, worthWaiting: worthWaiting / 1e6, roundFee: roundFee / 1e6 };
  assert.deepEqual(read(), sent);
  assert.deepEqual(wrong, {});
  read({ rounds: '101', roundTime: '10 ms', managerDiscount: '1.1', roundFee: '-1' });
  assert.deepEqual(wrong, {
    rounds: 'A whole number from 1 to 100',
    roundTime: 'A time from 0.02 s to 1 min, such as 2 s',
    managerDiscount: 'A part from 0 to 1, such as 0.95',
    roundFee: 'Credits, such as 1 or 0.25',
  });
  // What is not shown is neither read nor sent.
  assert.deepEqual(read({ protocol: 'off', rounds: 'many' }), { protocol: 'off' });
  assert.ok(!('fastBelowMs' in read({ protocol: 'alternating-offers', fastBelow: 'soon' })));
  assert.equal(longestMs(bargainingText(USUAL)), 20_000);
  assert.equal(longestMs({ ...bargainingText(USUAL), rounds: '100', roundTime: '1 min' }), 600_000);
  assert.equal(longestMs({ ...bargainingText(USUAL), rounds: 'x' }), null);
});

test('a span that was typed is read back to the millisecond', () => {
  assert.deepEqual([0, 250, 90_000, 120_000, 86_400_000].map(typedSpan), [
    '0 s',
    '0.25 s',
    '90 s',
    '2 min',
    '1 d',
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 604_800_000 }), (ms) => {
      assert.equal(parseSpan(typedSpan(ms)), ms);
    }),
  );
  assert.deepEqual(
    ['0,5', '-1', '51', '1e3', ''].map((one) => parseNumber(one, 0, 50)),
    [0.5, null, null, null, null],
  );
});

test('who acts: nothing that the form does not show is lost, and bounds are kept', () => {
  const { strategies, models, policies } = STRATEGIES;
  const kinds = { strategies, models, policies };
  const concerns = { penaltyChance: 0.5 };
  const delegateParams = { strategy: 'time-dependent', settings: { e: 0.2 }, concerns };
  const text = delegateText({ agent: { delegate: 'shaded', delegateParams } }, kinds);
  assert.deepEqual(text.settings, { e: '0.2', k: '0' });
  const settings = { e: 0.2, k: 0 };
  const params = { concerns, strategy: 'time-dependent', settings };
  assert.deepEqual(readDelegate(text, kinds), { body: { policy: 'shaded', params } });
  assert.deepEqual(readDelegate({ ...text, policy: '' }, kinds), { body: null });
  const bad = { ...text, settings: { e: '51', k: '' }, thinkMs: '-1' };
  assert.deepEqual(readDelegate(bad, kinds), {
    wrong: {
      'params.settings.e': 'A number from 0.02 to 50',
      'params.settings.k': 'A number from 0 to 1',
      'params.thinkMs': 'A number from 0 to 10000',
    },
  });
  assert.deepEqual(settingsOf(kinds, 'zeuthen'), {});
  // Whatever a journal holds as parameters, the form opens.
  for (const odd of [null, 7, 'x', [], { strategy: 4, settings: [], persona: {} }]) {
    const opened = delegateText({ agent: { delegate: 'frugal', delegateParams: odd } }, kinds);
    assert.equal(opened.policy, 'frugal');
    assert.ok('body' in readDelegate(opened, kinds));
  }
});

test('the record of an agent names its strategy and model, whatever its parameters are', () => {
  const table = new Table().people('ann', 0);
  const ann = table.id('ann');
  const shown = (params: unknown) => {
    const body = { policy: 'shaded', params };
    table.ok('operator', { type: 'set-delegate', agentId: ann, body });
    const { delegate, strategy, model } = agentView(table.m, agentOf(table.m, ann));
    return { delegate, strategy, model };
  };
  const delegate = 'shaded';
  assert.deepEqual(shown({ strategy: 'fair', model: 'house' }), {
    delegate,
    strategy: 'fair',
    model: 'house',
  });
  for (const odd of [{}, null, 'fair', ['fair'], { strategy: 4, model: { name: 'x' } }]) {
    assert.deepEqual(shown(odd), { delegate, strategy: null, model: null });
  }
  assert.deepEqual(
    [
      actingSentence({ delegate: null, strategy: null, model: null }),
      actingSentence({ delegate, strategy: 'fair', model: null }),
      actingSentence({ delegate: 'worker', strategy: null, model: null }),
    ],
    [
      'Nobody: it answers by API.',
      'The delegate “shaded” acts for it inside the host and bargains by “fair”.',
      'The delegate “worker” acts for it inside the host, as a profile of the starter swarm says.',
    ],
  );
});
