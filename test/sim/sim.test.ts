// Worlds by the hundred thousand, each from one seed: agents, a lossy network, crashes, full disks
// and moving clocks around the product's own loop, with every invariant checked after every event.
import assert from 'node:assert/strict';
import test from 'node:test';
import { createPool, stretchesOf } from './pool.ts';
import { runWorld } from './world.ts';

/** Every run starts at another place; the same place can be asked for. */
const WORLDS = Number(process.env.HAGGLE_SIM_WORLDS ?? 100_000);
const FROM = Number(process.env.HAGGLE_SIM_FROM ?? Math.floor(Date.now() / 1000) * 1000);

const REPLAY = 'test/sim/replay.ts';

test('no invariant breaks in any world', async (t) => {
  const pool = createPool();
  const startedAt = performance.now();
  // The same seeds every time, so that a change can be blamed, and as many new ones.
  const half = Math.ceil(WORLDS / 2);
  const reports = await pool.run([...stretchesOf(1, half), ...stretchesOf(FROM, WORLDS - half)]);
  await pool.close();
  const seconds = (performance.now() - startedAt) / 1000;
  const worlds = reports.reduce((sum, r) => sum + r.worlds, 0);
  const events = reports.reduce((sum, r) => sum + r.events, 0);
  const rate = `${Math.round(worlds / seconds)} worlds/s, ${Math.round(events / seconds)} events/s`;
  t.diagnostic(`${worlds} worlds, ${events} events in ${seconds.toFixed(1)} s: ${rate}`);
  const failures = reports.flatMap(({ found }) =>
    found === null ? [] : [`${found.message}\n  node ${REPLAY} --seed ${found.seed}`],
  );
  assert.deepEqual(failures, []);
});

test('the same seed lives the same life', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const [first, second] = [runWorld(seed), runWorld(seed)];
    assert.equal(first.trace, second.trace, `node ${REPLAY} --seed ${seed}`);
    assert.deepEqual(first.texts, second.texts);
  }
});
