// The state as a text: it comes back as it was, and what comes back has the same future.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonical, restoreFrom } from '../../core/engine/market/canon.ts';
import type { Command } from '../../core/engine/market/commands.ts';
import type { Event } from '../../core/engine/market/events.ts';
import { evolve } from '../../core/engine/market/evolve.ts';
import { createMarket, type Market } from '../../core/engine/market/state.ts';
import { createStep, step } from '../../core/engine/market/step.ts';
import { nextTimer } from '../../core/engine/market/timers.ts';
import { PRODUCT } from '../sim/host.ts';
import { runWorld } from '../sim/world.ts';

/** Everything that a simulated world asked of its market, and what was answered. */
function life(seed: number): { cmd: Command; events: Event[] }[] {
  const asked: { cmd: Command; events: Event[] }[] = [];
  const decide: typeof PRODUCT.decide = (m, cmd) => {
    asked.push({ cmd, events: [] });
    return PRODUCT.decide(m, cmd);
  };
  const outcome = runWorld(seed, (parts, knobs) => {
    Object.assign(knobs, { crash: 0, diskFull: 0, bounds: { decideMs: 500 } });
    return { ...parts, decide };
  });
  assert.equal(outcome.violation, null);
  return asked;
}

const seeds = fc.integer({ min: 1, max: 1_000_000 });

test('the text of what was restored is the text', () => {
  fc.assert(
    fc.property(seeds, fc.double({ min: 0, max: 1, noNaN: true }), (seed, where) => {
      const m = createMarket();
      const { texts } = runWorld(seed);
      const count = Math.floor(where * texts.length);
      for (const text of texts.slice(0, count)) evolve(m, JSON.parse(text) as Event);
      const text = canonical(m);
      assert.equal(canonical(restoreFrom(text)), text);
    }),
    { numRuns: 200 },
  );
});

test('a restored market answers every later command as the other one does', () => {
  fc.assert(
    fc.property(seeds, fc.double({ min: 0, max: 1, noNaN: true }), (seed, where) => {
      const asked = life(seed);
      const m = createMarket();
      let copy: Market | null = null;
      asked.forEach(({ cmd }, i) => {
        if (i === Math.floor(where * asked.length)) copy = restoreFrom(canonical(m));
        const said = step(m, cmd);
        if (copy === null) return;
        const again = createStep(PRODUCT.decide, PRODUCT.evolve)(copy, cmd);
        assert.deepEqual(again.events, said.events);
        assert.deepEqual(again.result, said.result);
        assert.deepEqual(nextTimer(copy), nextTimer(m));
      });
      if (copy !== null) assert.equal(canonical(copy), canonical(m));
    }),
    { numRuns: 150 },
  );
});

test('indexes are left out and rebuilt', () => {
  const m = createMarket();
  for (const text of runWorld(3).texts) evolve(m, JSON.parse(text) as Event);
  const copy = restoreFrom(canonical(m));
  assert.deepEqual(copy.agentNames, m.agentNames);
  assert.deepEqual(copy.resourcesByKind, m.resourcesByKind);
  assert.deepEqual(copy.needsByKind, m.needsByKind);
  assert.deepEqual([...copy.conversations.keys()], [...m.conversations.keys()]);
  assert.deepEqual(copy.forgotten, []);
});
