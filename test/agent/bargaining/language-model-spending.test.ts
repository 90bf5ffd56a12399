// Goal: asking a language model never costs more than its owner allowed. Method: caps by table; a
// random run of holds and settlements, many open at once, as a property. Check: what counts never
// passes a cap in any hour or bargaining; a version that charges after the answer is caught.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  type Caps,
  createSpending,
  type Hold,
  type Spending,
  tokensAtMost,
} from '../../../core/agent/bargaining/language-model-spending.ts';
import { HOUR } from '../../../core/engine/base/time.ts';

const MORE = { calls: 1_000, tokens: Infinity, cost: Infinity };
const caps = (bargaining: object, hour: object = {}): Caps => ({
  perBargaining: { ...MORE, ...bargaining },
  perHour: { ...MORE, ...hour },
});
const ok = (held: Hold | string): Hold => {
  assert.ok(typeof held !== 'string', String(held));
  return held;
};

suite('what asking may cost', () => {
  test('each cap refuses the call that would pass it, by name', () => {
    const refusal = (limits: Caps, tokens = 100): unknown => {
      const spending = createSpending(limits, 2_000_000);
      ok(spending.hold('a', tokens, 0));
      return spending.hold('a', tokens, 1);
    };
    assert.deepEqual(
      [
        refusal(caps({ calls: 1 })),
        refusal(caps({ tokens: 199 })),
        refusal(caps({ cost: 399 })),
        refusal(caps({}, { calls: 1 })),
        refusal(caps({}, { tokens: 199 })),
        refusal(caps({}, { cost: 399 })),
      ],
      [
        'calls-per-bargaining',
        'tokens-per-bargaining',
        'cost-per-bargaining',
        'calls-per-hour',
        'tokens-per-hour',
        'cost-per-hour',
      ],
    );
    ok(createSpending(caps({ tokens: 200, cost: 400 }), 2_000_000).hold('a', 200, 0));
  });

  test('an hour slides; a settled call gives back what it did not use', () => {
    const spending = createSpending(caps({}, { tokens: 100 }), 0);
    const first = ok(spending.hold('a', 100, 0));
    assert.equal(spending.hold('b', 1, 5), 'tokens-per-hour');
    spending.settle(first, 40);
    ok(spending.hold('b', 60, 10));
    assert.equal(spending.hold('b', 1, HOUR - 1), 'tokens-per-hour');
    ok(spending.hold('b', 40, HOUR));
    assert.deepEqual(spending.lastHour(HOUR), { calls: 2, tokens: 100, cost: 0 });
  });

  test('what is not known stays at its estimate; an ended bargaining counts in its hour', () => {
    const spending = createSpending(caps({ calls: 1 }, { calls: 2 }), 0);
    spending.settle(ok(spending.hold('a', 70, 0)), null);
    assert.equal(spending.lastHour(0).tokens, 70);
    spending.ended('a');
    ok(spending.hold('a', 1, 1));
    spending.ended('a');
    assert.equal(spending.hold('a', 1, 2), 'calls-per-hour');
  });

  test('an estimate is at least one token a byte, and the answer', () => {
    const messages = [{ role: 'user', content: 'aé€😀' } as const];
    assert.ok(tokensAtMost(messages, 300) >= 1 + 2 + 3 + 4 + 300);
  });

  const CAP = { tokens: 1_000, cost: 500 };
  type Step = { wait: number; bargaining: string; estimate: number; used: number; delay: number };
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.record({
      wait: fc.integer({ min: 0, max: HOUR / 8 }),
      bargaining: fc.constantFrom('a', 'b', 'c'),
      estimate: fc.integer({ min: 1, max: 400 }),
      used: fc.integer({ min: 0, max: 100 }), // per cent of the estimate
      delay: fc.integer({ min: 0, max: 5 }), // steps until the answer
    }),
    { maxLength: 60 },
  );

  /** Most tokens and cost that really were used in any hour. */
  function campaign(make: () => Spending) {
    const law = fc.property(steps, (run) => {
      const spending = make();
      const real: { at: number; tokens: number }[] = [];
      const due: { after: number; settle: () => void }[] = [];
      let at = 0;
      for (const [n, step] of run.entries()) {
        at += step.wait;
        for (const one of due.filter(({ after }) => after === n)) one.settle();
        const held = spending.hold(step.bargaining, step.estimate, at);
        if (typeof held === 'string') continue;
        const tokens = Math.floor((step.estimate * step.used) / 100);
        real.push({ at, tokens });
        due.push({ after: n + 1 + step.delay, settle: () => spending.settle(held, tokens) });
        const hour = real.filter((call) => call.at > at - HOUR);
        const used = hour.reduce((total, call) => total + call.tokens, 0);
        assert.ok(used <= CAP.tokens && used / 2 <= CAP.cost, `${used} tokens in an hour`);
      }
    });
    return fc.check(law, { numRuns: 300, seed: 11 });
  }

  test('asks that run at once never pass a cap together', () => {
    const result = campaign(() => createSpending(caps({}, CAP), 500_000));
    assert.ok(!result.failed, JSON.stringify(result.counterexample));
  });

  test('a version that charges after the answer is caught by the same property', () => {
    const result = campaign(() => {
      const inner = createSpending(caps({}, CAP), 500_000);
      return {
        ...inner,
        hold(bargaining, tokens, at) {
          const held = inner.hold(bargaining, tokens, at);
          if (typeof held !== 'string') inner.settle(held, 0);
          return held;
        },
      };
    });
    assert.ok(result.failed);
  });
});
