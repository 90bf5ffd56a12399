// The prosecutors on trial: a bug is planted for each invariant. Its invariant must find it, and
// with that one switched off nothing else may: else one of the two is not needed, or not what it
// says.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { MORE_MUTANTS } from './mutants-bargaining.ts';
import { MUTANTS } from './mutants.ts';
import { INVARIANTS, type Invariant } from './oracle/accuse.ts';
import { createPool, type Pool, stretchesOf } from './pool.ts';

/** Every bug is found within so many seeds; without its invariant so many find nothing. */
const FOUND_WITHIN = 4_000;
const BLIND_FOR = 1_000;

/** The first invariant that a planted bug breaks, and in how many seeds that was. */
async function find(pool: Pool, mutant: string): Promise<{ seeds: number; by: string | null }> {
  let seeds = 0;
  for (const stretch of stretchesOf(1, FOUND_WITHIN, { mutant, off: null })) {
    const [report] = await pool.run([stretch]);
    seeds += report?.worlds ?? 0;
    if (report?.found) return { seeds, by: report.found.invariant };
  }
  return { seeds, by: null };
}

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
      const { seeds, by } = await find(pool, id);
      assert.equal(by, id);
      t.diagnostic(`found after ${seeds} seeds`);
      const blind = await pool.run(stretchesOf(1, BLIND_FOR, { mutant: id, off: id }));
      assert.deepEqual(
        blind.flatMap((r) => (r.found === null ? [] : [r.found])),
        [],
      );
    });
  }

  for (const [id, mutant] of Object.entries(MORE_MUTANTS)) {
    const finders: readonly (string | null)[] = [mutant.by].flat();
    test(`${finders.join(' or ')} finds ${id}: ${mutant.bug}`, async (t) => {
      const { seeds, by } = await find(pool, id);
      assert.ok(finders.includes(by), `${by}`);
      t.diagnostic(`found after ${seeds} seeds`);
    });
  }
});
