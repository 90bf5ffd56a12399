// Many worlds on all cores, and a report that a person can act on.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createPool, stretchesOf } from './pool.ts';

/** Worlds of one CI run, over all campaigns; HAGGLE_SIM_WORLDS asks for more, for a night. */
export const WORLDS = Number(process.env.HAGGLE_SIM_WORLDS ?? 100_000);
export const REPLAY = 'test/sim/replay.ts';

/** Lives through `count` worlds from this seed on; fails with a line that replays each finding. */
export async function campaign(t: TestContext, from: number, count: number): Promise<void> {
  const pool = createPool();
  const startedAt = performance.now();
  const reports = await pool.run(stretchesOf(from, count));
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
}
