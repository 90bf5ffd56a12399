// Goal: the small parts that both worlds stand on.
// Method: arithmetic of units, a pool under random allocations, messages and their replies, an
// agent's memory of its deals.
// Check: laws of arithmetic, no overdraw ever, swapped ends, reputations inside 0..1.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createAgent, netWorth, remember, reputationOf } from '../../../core/lab/ancestor/agent.ts';
import { createPost, MESSAGE_TYPES } from '../../../core/lab/ancestor/message.ts';
import { roleAwareGreedy } from '../../../core/lab/ancestor/role-aware/characters.ts';
import {
  add,
  affords,
  createPool,
  scale,
  subtract,
  totalUnits,
  units,
} from '../../../core/lab/ancestor/units.ts';

const bundles = fc
  .tuple(fc.nat(100), fc.nat(100), fc.nat(100))
  .map(([gpuHours, cpuHours, memoryGbHours]) => ({ gpuHours, cpuHours, memoryGbHours }));

describe('units', () => {
  test('add, subtract, scale and total agree with each other', () => {
    fc.assert(
      fc.property(bundles, bundles, (a, b) => {
        assert.deepEqual(subtract(add(a, b), b), a);
        assert.deepEqual(add(a, a), scale(a, 2));
        assert.equal(totalUnits(add(a, b)), totalUnits(a) + totalUnits(b));
        assert.equal(affords(add(a, b), b), true);
      }),
    );
  });

  test('a stock affords a bundle only in every kind', () => {
    const stock = units({ gpuHours: 5, cpuHours: 5, memoryGbHours: 5 });
    const kinds = ['gpuHours', 'cpuHours', 'memoryGbHours'] as const;
    assert.equal(affords(stock, stock), true);
    for (const kind of kinds) assert.equal(affords(stock, units({ [kind]: 6 })), false, kind);
  });
});

test('a pool never hands out more than it has, and takes everything back', () => {
  const steps = fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), bundle: bundles }));
  fc.assert(
    fc.property(bundles, steps, (total, wanted) => {
      const pool = createPool(() => total);
      const held = new Map<string, typeof total>();
      for (const { name, bundle } of wanted) {
        const free = [...held.values()].reduce(subtract, total);
        const expected = !held.has(name) && affords(free, bundle);
        assert.equal(pool.allocate(name, bundle), expected);
        if (expected) held.set(name, bundle);
        assert.equal(affords(pool.available(), units({})), true);
      }
      for (const [name, bundle] of held) assert.deepEqual(pool.release(name), bundle);
      assert.equal(pool.release('a'), null);
      assert.deepEqual(pool.available(), total);
    }),
  );
});

test('a reply swaps the ends and names what it answers', () => {
  assert.equal(new Set(MESSAGE_TYPES).size, 10);
  const post = createPost();
  const asked = post.send('a', 'b', { type: 'request', payload: { maxPrice: 1 } });
  const said = post.reply(asked, { type: 'offer', payload: { price: 2 } });
  assert.deepEqual(said, {
    type: 'offer',
    payload: { price: 2 },
    sender: 'b',
    receiver: 'a',
    id: '00000001',
    timestamp: 1,
    replyTo: asked.id,
  });
  assert.equal(asked.replyTo, null);
});

test('reputation starts at 0.5, moves by 0.1 and 0.3, and stays in 0..1', () => {
  const plan = {
    id: 'a',
    resources: units({ gpuHours: 3 }),
    budget: 4,
    strategy: roleAwareGreedy(),
  };
  const agent = createAgent(plan);
  const deal = { partner: 'b', resource: units({}), price: 1, round: 1 };
  const views = [true, false, true, true, true, true, true, true, true, false].map((fulfilled) => {
    remember(agent, { ...deal, fulfilled });
    return Number(reputationOf(agent, 'b').toFixed(9));
  });
  assert.deepEqual(views, [0.6, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 0.7]);
  for (let i = 0; i < 5; i++) remember(agent, { ...deal, fulfilled: false });
  assert.equal(reputationOf(agent, 'b'), 0);
  assert.equal(reputationOf(agent, 'c'), 0.5);
  assert.equal(netWorth(agent), 7);
});
