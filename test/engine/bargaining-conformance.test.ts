// Goal: whatever is said in whichever state of a bargaining, by whomever, has a defined answer, and
// a bargaining that comes back from its text goes on as it would have.
// Method: a table on paper against the market; a fixed course of a bargaining, restored after each
// of its steps.
// Check: each cell's answer; a refusal changes nothing; same events and same text afterwards.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { canonical, restoreFrom } from '../../core/engine/market/canon.ts';
import type { CommandBody } from '../../core/engine/market/commands.ts';
import type { Bargaining, Market } from '../../core/engine/market/state.ts';
import { createTimers, nextTimer } from '../../core/engine/market/timers.ts';
import { Haggle } from './bargaining-kit.ts';
import { c } from './kit.ts';

const MC = { protocol: 'monotonic-concession' } as const;
const AO = { protocol: 'alternating-offers' } as const;

/** A manual call in which bob has proposed; cyd could. */
function called(rule: object): Haggle {
  const h = new Haggle(rule);
  h.t.resource('cyd');
  return h.call({ award: 'manual', replyByMs: 60_000 }).opens();
}
function begun(rule: object): Haggle {
  const h = called(rule);
  h.t.ok('ann', { type: 'bargain', cfpId: h.cfpId, body: { proposalId: h.proposalId } });
  return h;
}
function ended(how: 'accept-offer' | 'quit' | 'cancel'): Haggle {
  const h = begun(AO).offer('ann', { price: 5 });
  if (how === 'cancel') h.t.ok('ann', { type: 'cancel', cfpId: h.cfpId });
  else h.t.ok('bob', h.say(how));
  return h;
}

const STATES: Record<string, () => Haggle> = {
  'not begun': () => called(MC),
  'round 1': () => begun(MC),
  'round 1, manager has spoken': () => begun(MC).offer('ann', { price: 5 }),
  'round 1, contractor has spoken': () => begun(MC).offer('bob', { price: 9 }),
  'round 2': () => begun(MC).round(5, 9),
  'manager’s turn': () => begun(AO),
  'contractor’s turn': () => begun(AO).offer('ann', { price: 5 }),
  'last word': () => begun({ ...AO, roundsMax: 2 }).offer('ann', { price: 5 }),
  agreed: () => ended('accept-offer'),
  quit: () => ended('quit'),
  cancelled: () => ended('cancel'),
};

const WORDS: Record<string, (h: Haggle, who: string) => CommandBody> = {
  offer: (h, who) => h.offers({ price: who === 'ann' ? 6 : 8 }),
  accept: (h) => h.say('accept-offer'),
  quit: (h) => h.say('quit'),
  bargain: ({ cfpId, proposalId }) => ({ type: 'bargain', cfpId, body: { proposalId } }),
  award: ({ cfpId, proposalId }) => ({ type: 'award', cfpId, body: { proposalId } }),
  propose: ({ cfpId, t }) => {
    const resourceId = [...t.m.resources.values()].find((r) => r.ownerId === t.id('cyd'))?.id ?? '';
    return { type: 'propose', cfpId, body: { price: c(9), resourceId } };
  },
  refuse: ({ cfpId }) => ({ type: 'refuse', cfpId, body: { reason: 'busy' } }),
  cancel: ({ cfpId }) => ({ type: 'cancel', cfpId }),
};

const SHORT: Record<string, string> = {
  ok: 'ok',
  not: 'not-understood',
  turn: 'not-your-turn',
  dear: 'above-max-price',
  shut: 'call-closed',
  alien: 'forbidden',
  done: 'already-awarded',
};

// Columns in the order of WORDS: offer accept quit bargain award propose refuse cancel.
const PAPER: Record<string, Record<'ann' | 'bob' | 'cyd', string>> = {
  'not begun': {
    ann: 'not   not   not   ok    dear  alien alien ok',
    bob: 'not   not   not   alien alien not   not   alien',
    cyd: 'not   not   not   alien alien ok    ok    alien',
  },
  'round 1': {
    ann: 'ok    dear  ok    shut  shut  alien alien ok',
    bob: 'ok    not   ok    alien alien not   not   alien',
    cyd: 'alien alien alien alien alien shut  ok    alien',
  },
  'round 1, manager has spoken': {
    ann: 'not   dear  ok    shut  shut  alien alien ok',
    bob: 'ok    not   ok    alien alien not   not   alien',
    cyd: 'alien alien alien alien alien shut  ok    alien',
  },
  'round 1, contractor has spoken': {
    ann: 'ok    dear  ok    shut  shut  alien alien ok',
    bob: 'not   not   ok    alien alien not   not   alien',
    cyd: 'alien alien alien alien alien shut  ok    alien',
  },
  'round 2': {
    ann: 'ok    ok    ok    shut  shut  alien alien ok',
    bob: 'ok    ok    ok    alien alien not   not   alien',
    cyd: 'alien alien alien alien alien shut  ok    alien',
  },
  'manager’s turn': {
    ann: 'ok    dear  ok    shut  shut  alien alien ok',
    bob: 'turn  turn  ok    alien alien not   not   alien',
    cyd: 'alien alien alien alien alien shut  ok    alien',
  },
  'contractor’s turn': {
    ann: 'turn  turn  ok    shut  shut  alien alien ok',
    bob: 'ok    ok    ok    alien alien not   not   alien',
    cyd: 'alien alien alien alien alien shut  ok    alien',
  },
  'last word': {
    ann: 'turn  turn  ok    shut  shut  alien alien ok',
    bob: 'not   ok    ok    alien alien not   not   alien',
    cyd: 'alien alien alien alien alien shut  ok    alien',
  },
  agreed: {
    ann: 'shut  shut  shut  shut  done  alien alien ok',
    bob: 'shut  shut  shut  alien alien not   not   alien',
    cyd: 'alien alien alien alien alien not   not   alien',
  },
  quit: {
    ann: 'shut  shut  shut  shut  shut  alien alien shut',
    bob: 'shut  shut  shut  alien alien not   not   alien',
    cyd: 'alien alien alien alien alien not   not   alien',
  },
  cancelled: {
    ann: 'shut  shut  shut  shut  shut  alien alien shut',
    bob: 'shut  shut  shut  alien alien not   not   alien',
    cyd: 'alien alien alien alien alien not   not   alien',
  },
};

suite('every word in every state', () => {
  test('all states are on paper', () => {
    assert.deepEqual(Object.keys(PAPER), Object.keys(STATES));
  });

  for (const [state, make] of Object.entries(STATES)) {
    for (const [who, row] of Object.entries(PAPER[state] ?? {})) {
      test(`${state}: what ${who} says`, () => {
        const expected = row.split(/\s+/u).map((word) => SHORT[word]);
        const found = Object.values(WORDS).map((say) => {
          const h = make();
          const body = say(h, who);
          const before = canonical(h.t.m);
          const result = h.t.ask(who, body);
          if (result.ok) return 'ok';
          assert.equal(canonical(h.t.m), before, 'a refusal changes nothing');
          return result.problem.code;
        });
        assert.deepEqual(found, expected);
      });
    }
  }

  test('a word for another round is refused in every state, and for this one taken', () => {
    for (const [rule, open] of [
      [MC, 1],
      [AO, 2],
    ] as const) {
      for (const round of [open - 1, open + 1].filter((r) => r > 0)) {
        const h = begun(rule);
        assert.equal(h.refuses('ann', { price: 5, round }).code, 'stale-round');
        assert.equal(h.t.no('ann', h.say('quit', round)).code, 'stale-round');
      }
      begun(rule).offer('ann', { price: 5, round: open });
    }
  });

  test('nothing is said in a call that is not there', () => {
    const h = new Haggle();
    h.cfpId = 'cfp_zzzzzzzzz';
    const words = [h.offers({ price: 1 }), h.say('accept-offer'), h.say('quit')];
    assert.deepEqual(new Set(words.map((w) => h.t.no('ann', w).code)), new Set(['not-found']));
  });
});

/** A course with everything in it: words, silence, a policy that changes, a window that ends. */
type Stage = (h: Haggle) => void;
const COURSES: Record<string, { rule: object; stages: Stage[] }> = {
  'monotonic concession to a deal': {
    rule: { ...MC, roundsMax: 9, roundFee: c(0.1) },
    stages: [
      (h) => h.offer('ann', { price: 3, penalty: 2 }),
      (h) => h.offer('bob', { price: 15, penalty: 2 }),
      (h) => h.offer('bob', { price: 12 }),
      (h) => void h.t.wait(100),
      (h) => h.rule({ roundMs: 20, roundFee: 0 }),
      (h) => h.offer('ann', { price: 8 }),
      (h) => void h.t.wait(99),
      (h) => h.offer('bob', { price: 7 }),
      (h) => void h.t.wait(5000),
    ],
  },
  'monotonic concession to silence': {
    rule: MC,
    stages: [
      (h) => h.offer('ann', { price: 3 }),
      (h) => void h.t.wait(50),
      (h) => void h.t.wait(500),
    ],
  },
  'alternating offers to a deal': {
    rule: { ...AO, roundsMax: 9 },
    stages: [
      (h) => h.offer('ann', { price: 3 }),
      (h) => void h.t.wait(60),
      (h) => h.offer('bob', { price: 12 }),
      (h) => h.t.budget('ann', 50, 1000),
      (h) => h.offer('ann', { price: 6 }),
      (h) => void h.t.ok('bob', h.say('accept-offer')),
      (h) => void h.t.wait(5000),
    ],
  },
  'alternating offers, overtaken': {
    rule: AO,
    stages: [
      (h) => h.offer('ann', { price: 3 }),
      (h) => void h.t.ok('operator', { type: 'cancel', cfpId: h.cfpId }),
    ],
  },
};

/** Lives the course; before step `at` the market is replaced by what `again` makes of it. */
function live(
  { rule, stages }: { rule: object; stages: Stage[] },
  at: number,
  again: (m: Market) => Market,
): { events: string; texts: string[] } {
  const h = Haggle.begun(rule);
  const texts: string[] = [];
  stages.forEach((stage, i) => {
    if (i === at) h.t.m = again(h.t.m);
    stage(h);
    texts.push(canonical(h.t.m) + JSON.stringify(nextTimer(h.t.m)));
  });
  return { events: JSON.stringify(h.t.events), texts };
}
const restored = (m: Market): Market => restoreFrom(canonical(m));

suite('what comes back from its text goes on as it would have', () => {
  for (const [name, course] of Object.entries(COURSES)) {
    test(name, () => {
      const plain = live(course, -1, restored);
      course.stages.forEach((_, at) =>
        assert.deepEqual(live(course, at, restored), plain, `restored before step ${at}`),
      );
    });
  }

  const course = COURSES['monotonic concession to a deal'] as { rule: object; stages: Stage[] };
  const faults: Record<string, (m: Market, b: Bargaining) => void> = {
    'its timer': (m) => (m.timers = createTimers()),
    'a sealed word': (_, b) => (b.said = { manager: null, contractor: null }),
    'what lies on the table': (_, b) => (b.standing = { manager: null, contractor: null }),
    'the time of the round': (_, b) => (b.roundEndsAt += 1),
  };
  for (const [what, lose] of Object.entries(faults)) {
    test(`and one that has lost ${what} does not`, () => {
      const damaged = (m: Market): Market => {
        const copy = restored(m);
        const call = [...copy.conversations.values()].find((one) => one.bargaining);
        lose(copy, call?.bargaining ?? assert.fail());
        return copy;
      };
      // By then both have spoken in round 1, and bob in round 2. A word that is refused where it
      // was taken is a difference as good as any.
      const plain = live(course, 3, restored);
      assert.throws(() => assert.deepEqual(live(course, 3, damaged), plain));
    });
  }
});
