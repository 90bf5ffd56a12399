// The prosecutors on trial: a bug is planted for each invariant. Its invariant must find it, and
// with that one switched off nothing else may: else one of the two is not needed, or not what it
// says.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { MUTANTS } from './mutants.ts';
import { INVARIANTS, type Invariant } from './oracle/accuse.ts';
import { createPool, type Pool, stretchesOf } from './pool.ts';

/** Every bug is found within so many seeds; without its invariant so many find nothing. */
const FOUND_WITHIN = 4_000;
const BLIND_FOR = 1_000;

suite('every invariant finds its planted bug, and nothing else does', () => {
  let pool: Pool;
  before(() => {
    pool = createPool();
  });
  after(() => pool.close());

  test('each invariant has one', () => {
    assert.deepEqual(Object.keys(MUTANTS).sort(), Object.keys(INVARIANTS).sort());
  });

  for (const id of Object.keys(INVARIANTS) as Invariant[]) {
    test(`${id}: ${MUTANTS[id].bug}`, async (t) => {
      let seeds = 0;
      let invariant: string | null = null;
      for (const stretch of stretchesOf(1, FOUND_WITHIN, { mutant: id, off: null })) {
        const [report] = await pool.run([stretch]);
        seeds += report?.worlds ?? 0;
        invariant = report?.found?.invariant ?? null;
        if (invariant !== null) break;
      }
      assert.equal(invariant, id);
      t.diagnostic(`found after ${seeds} seeds`);
      const blind = await pool.run(stretchesOf(1, BLIND_FOR, { mutant: id, off: id }));
      assert.deepEqual(
        blind.flatMap((r) => (r.found === null ? [] : [r.found])),
        [],
      );
    });
  }
});
