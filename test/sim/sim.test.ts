// Worlds by the hundred thousand, each from one seed: agents, a lossy network, crashes, full disks
// and moving clocks around the product's own loop, with every invariant checked after every event.
// Half of them are the same every time, so that a change can be blamed; see fresh.test.ts.
import assert from 'node:assert/strict';
import test from 'node:test';
import { campaign, REPLAY, WORLDS } from './campaign.ts';
import { runWorld } from './world.ts';

test('no invariant breaks in any world that is known', async (t) => {
  await campaign(t, 1, Math.ceil(WORLDS / 2));
});

test('the same seed lives the same life', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const [first, second] = [runWorld(seed), runWorld(seed)];
    assert.equal(first.trace, second.trace, `node ${REPLAY} --seed ${seed}`);
    assert.deepEqual(first.texts, second.texts);
  }
});
