// Goal: the reference system's experiments run from the lab, in both modes.
// Method: every experiment with its own settings, ours and both versions of the reference system.
// Check: all checks hold, the same seed repeats the document, the tables have their columns, and a
// check can fail.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { COMMITS } from '../../core/lab/ancestor/reference-rules.ts';
import type { Experiment, Settings } from '../../core/lab/experiment.ts';
import { convergence } from '../../core/lab/experiments/convergence.ts';
import { environments } from '../../core/lab/experiments/environments.ts';
import { handshake } from '../../core/lab/experiments/handshake.ts';
import { rushHour } from '../../core/lab/experiments/rush-hour.ts';
import { scarcity } from '../../core/lab/experiments/scarcity.ts';
import { sweeps } from '../../core/lab/experiments/sweeps.ts';
import { tournament } from '../../core/lab/experiments/tournament.ts';
import { trustFall } from '../../core/lab/experiments/trust-fall.ts';
import { initialSettings } from '../../core/lab/settings.ts';

const COLUMNS: readonly [Experiment, readonly string[]][] = [
  [handshake, ['buyer', 'seller', 'successRate', 'meanPrice', 'why']],
  [convergence, ['round', 'agreed', 'price']],
  [scarcity, ['agent', 'deals', 'spent', 'units', 'pricePerUnit']],
  [rushHour, ['phase', 'negotiations', 'deals', 'dealRate', 'pricePerUnit']],
  [tournament, ['agent', 'netWorth', 'change', 'ci95']],
  [sweeps, ['parameter', 'value', 'deals', 'meanPrice']],
  [trustFall, ['scenario', 'phase', 'rounds', 'reputation', 'deals']],
];

const run = (experiment: Experiment, changed: Settings = {}, seed = 1) =>
  experiment.run(seed, { ...initialSettings(experiment.settings), ...changed }, null);

const failed = (experiment: Experiment, changed?: Settings, seed?: number) =>
  run(experiment, changed, seed).checks.filter(({ ok }) => !ok);

for (const [experiment, columns] of COLUMNS) {
  describe(experiment.name, () => {
    test('prints the numbers of the reference system', () => {
      for (const commit of COMMITS) {
        const { checks } = run(experiment, { mode: 'compat', commit });
        assert.ok(checks.length >= 5);
        assert.deepEqual(
          checks.filter(({ ok }) => !ok),
          [],
          commit,
        );
      }
    });

    test('meets its targets with our rules, and repeats', () => {
      const quick: Settings = experiment === trustFall ? { runs: 20 } : {};
      const first = run(experiment, quick);
      assert.deepEqual(
        first.checks.filter(({ ok }) => !ok),
        [],
      );
      assert.deepEqual(run(experiment, quick), first);
      for (const rows of [first.results.rows, first.results.ancestorRows]) {
        assert.ok(Array.isArray(rows) && rows.length > 0);
        assert.deepEqual(Object.keys(rows[0] as object), columns);
      }
    });
  });
}

test('the published tables of other settings are met too', () => {
  assert.deepEqual(failed(handshake, { mode: 'compat', sellerBudget: 20 }), []);
  assert.deepEqual(failed(tournament, { mode: 'compat', runs: 1000 }), []);
});

test('a broker serves sides that never meet, and every market has its winners', () => {
  const { results, checks } = run(environments, { runs: 5 });
  assert.deepEqual(
    checks.filter(({ ok }) => !ok),
    [],
  );
  const { rows, winners } = results as {
    rows: { environment: string; role: string; strategy: string; score: number }[];
    winners: { environment: string; role: string; strategy: string | null }[];
  };
  assert.equal(rows.length, 4 * 8 + 1);
  for (const { environment, role, strategy } of winners) {
    const among = rows.filter((row) => row.environment === environment && row.role === role);
    const best = Math.max(...among.map(({ score }) => score));
    const found = among.find((row) => row.strategy === strategy);
    assert.equal(found?.score, best, `${environment} ${role}`);
  }
  assert.deepEqual(failed(environments, { mode: 'compat', runs: 5 }), []);
});

test('a pair that stays apart says why', () => {
  const { rows } = run(handshake, { buyerBudget: 8, runs: 1 }).results;
  const apart = (rows as { successRate: number; why: string | null }[]).filter(
    ({ successRate }) => successRate < 1,
  );
  assert.ok(apart.length > 3);
  for (const { why } of apart) assert.match(why ?? '', /^no overlap: the buyer pays at most \d/);
});

test('a check fails when the numbers are others', () => {
  // Honest agents that fail in a tenth of their sales look like cheaters, and are refused.
  const names = failed(trustFall, { mishap: 0.1, runs: 5 }).map(({ name }) => name);
  assert.ok(names.includes('honest agents ever refused, below 1 %'), names.join());
});
