// Goal: the starter swarm behaves as independent agents would: each with a budget, needs, private
// wishes. Method: workers of every profile hear a small market and are woken as they ask; profiles
// are read as data. Check: their calls fit budget, bounds and machine, give nothing private away,
// follow from the seed alone, and end when they are pointless.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Delegate, Say } from '../../core/agent/delegate.ts';
import { createDelegate, POLICY_NAMES } from '../../core/agent/policies.ts';
import { PROFILES } from '../../core/agent/swarm/profiles.ts';
import { CALL_MS, createWorker } from '../../core/agent/swarm/worker.ts';
import { postCfp } from '../../core/engine/protocol/bodies.ts';
import { read } from '../../core/engine/protocol/shape.ts';
import { CATALOGUE } from '../../programs/catalogue.ts';
import { c, ME, needOpened, NOW, offerOpened, saidTo, self, tell } from './kit.ts';

const worker = (name: string, seed = 7): Delegate => {
  const profile = PROFILES.find((p) => p.name === name);
  assert.ok(profile !== undefined, name);
  return createWorker(profile, seed);
};

/** Wakes a worker when it wants to be for a while; its calls come to nothing after their time. */
function live(delegate: Delegate, forMs: number, available = c(1000)): Say[] {
  const all: Say[] = [];
  const ends: { cfpId: string; at: number }[] = [];
  let n = 0;
  for (let at = NOW; at <= NOW + forMs;) {
    const me = self({ now: at, available });
    while ((ends[0]?.at ?? Infinity) <= at) {
      const data = { cfpId: ends.shift()?.cfpId, state: 'unawarded' };
      delegate.hear(tell('call-ended', data, at), me);
    }
    for (const say of delegate.wake(me)) {
      all.push(say);
      if (say.to !== 'cfps') continue;
      ends.push({ cfpId: `cfp_${++n}`, at: at + CALL_MS });
      delegate.hear(needOpened(`cfp_${n}`, {}, at), me);
    }
    at = Math.max(at + 1, Math.min(delegate.wakeAt() ?? Infinity, ends[0]?.at ?? Infinity));
  }
  return all;
}

suite('profiles', () => {
  test('are fourteen, each its own name, with work that ships with Haggle', () => {
    assert.equal(PROFILES.length, 14);
    assert.equal(new Set(PROFILES.map((p) => p.name)).size, 14);
    const programs = new Set(CATALOGUE.map((p) => p.name));
    for (const p of PROFILES) {
      assert.ok(programs.has(p.program), p.program);
      assert.ok(p.priority > 0 && p.priority <= 100 && p.budget > 0 && p.count >= 1);
      assert.ok(p.deadlineMs === null || p.deadlineMs > p.leaseMs, `${p.name} has no time`);
    }
  });

  test('the executive report is worth most and the daily digest little', () => {
    const of = (name: string): number => PROFILES.find((p) => p.name === name)?.priority ?? NaN;
    assert.equal(of('Executive report'), Math.max(...PROFILES.map((p) => p.priority)));
    assert.ok(of('Executive report') >= 5 * of('Daily digest'));
  });
});

suite('a worker of any profile', () => {
  for (const { name, priority, count } of PROFILES) {
    test(`${name}: calls that the market understands, can be paid, and say nothing private`, () => {
      const says = live(worker(name), 120_000, c(30));
      const calls = saidTo(says, 'cfps');
      assert.ok(calls.length > 3, `${calls.length} calls`);
      for (const body of calls) {
        assert.ok(read(postCfp, body).ok, JSON.stringify(body));
        const maxPrice = Number(body.maxPrice);
        assert.ok(maxPrice > 0 && maxPrice <= Math.min(30, priority * 10));
        assert.equal((body.need as { count: number }).count, count);
        assert.doesNotMatch(JSON.stringify(body), /valuation|priority|deadline|urgency|budget/u);
      }
    });
  }

  test('does the same for the same seed, and something else for another', () => {
    const run = (seed: number): string =>
      JSON.stringify(live(worker('Research Ada', seed), 60_000));
    assert.equal(run(1), run(1));
    assert.notEqual(run(1), run(2));
  });

  test('has at most three calls open', () => {
    const delegate = worker('Incident triage');
    const open: string[] = [];
    for (let at = NOW; at < NOW + 30_000; at += 200) {
      const me = self({ now: at });
      for (const say of delegate.wake(me)) {
        if (say.to === 'cancel') open.splice(open.indexOf(say.cfpId), 1);
        if (say.to !== 'cfps') continue;
        open.push(`cfp_${at}_${open.length}`);
        delegate.hear(needOpened(open.at(-1) ?? '', {}, at), me);
      }
      assert.ok(open.length <= 3, `${open.length} open`);
    }
    assert.equal(open.length, 3);
  });

  test('is priced out while it has nothing, and comes back when it has', () => {
    const delegate = worker('Daily digest');
    assert.deepEqual(live(delegate, 20_000, c(0)), []);
    assert.ok((delegate.wakeAt() ?? Infinity) <= NOW + 30_000, 'it looks again');
    const says = delegate.wake(self({ now: NOW + 40_000, available: c(5) }));
    assert.equal(saidTo(says, 'cfps')[0]?.maxPrice, 5);
  });

  test('bids for its own work by its priority, without having told anybody', () => {
    const delegate = worker('Executive report');
    const me = self();
    const [call] = saidTo(delegate.wake(me), 'cfps');
    delegate.hear(needOpened('cfp_1', { limitPrice: Number(call?.maxPrice) }), me);
    const [bid] = saidTo(delegate.hear(offerOpened('cfp_2'), me), 'proposals');
    assert.ok(Number(bid?.price) > 40 && Number(bid?.price) <= 400, String(bid?.price));
  });

  test('cancels what cannot be done in time any more', () => {
    const delegate = worker('Executive report');
    delegate.wake(self());
    delegate.hear(needOpened('cfp_1'), self());
    const says = delegate.wake(self({ now: NOW + 55_000 }));
    assert.ok(says.some((say) => say.to === 'cancel' && say.cfpId === 'cfp_1'));
  });

  test('tries again when its call came to nothing, or its work failed; not when it is done', () => {
    const endings = [
      [tell('call-ended', { cfpId: 'cfp_1', state: 'unawarded' })],
      [awarded(), tell('lease-ended', { leaseId: 'lse_1', how: 'no-report' })],
      [awarded(), tell('lease-ended', { leaseId: 'lse_1', how: 'done' })],
    ];
    const again = endings.map((news) => {
      const delegate = worker('Executive report');
      const [call] = saidTo(delegate.wake(self()), 'cfps');
      delegate.hear(needOpened('cfp_1'), self());
      for (const one of news) delegate.hear(one, self());
      const says = delegate.wake(self({ now: NOW + 1000 }));
      const title = (body: Record<string, unknown> | undefined): unknown =>
        (body?.task as { title: string } | undefined)?.title;
      return saidTo(says, 'cfps').some((body) => title(body) === title(call));
    });
    assert.deepEqual(again, [true, true, false]);
  });
});

const awarded = (): ReturnType<typeof tell> =>
  tell('awarded', { cfpId: 'cfp_1', needId: null, leaseId: 'lse_1', managerId: ME });

suite('delegates by name', () => {
  test('exist for every name that is told, and for no other', () => {
    for (const name of POLICY_NAMES) {
      const params = name === 'worker' ? { profile: 'Research Ada', slots: 4 } : {};
      assert.ok(createDelegate(name, params, 1) !== null, name);
    }
    const strange: [string, unknown][] = [
      ['', {}],
      ['toString', {}],
      ['__proto__', {}],
      ['worker', {}],
      ['worker', { profile: 'Nobody' }],
      ['worker', null],
    ];
    for (const [name, given] of strange) assert.equal(createDelegate(name, given, 1), null, name);
  });

  test('a worker asks for no more than the machine has, and leaves its call open a while', () => {
    const made = createDelegate('worker', { profile: 'Batch trainer', slots: 1 }, 1);
    assert.ok(made !== null);
    const [body] = saidTo(made.wake(self()), 'cfps');
    assert.ok(body !== undefined);
    assert.equal((body.need as { count: number }).count, 1);
    assert.equal(body.replyByMs, CALL_MS);
  });
});
