// Goal: the plots show the numbers of the documents beside them.
// Method: experiments with a chart, run with few repetitions; their charts beside their results.
// Check: the same values in both, the lines that belong there, and no chart in the document.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { BarPanel, Chart, CurvePanel } from '../../core/lab/plot/chart.ts';
import { drawChart } from '../../core/lab/plot/draw.ts';
import { experimentOf } from '../../core/lab/registry.ts';
import { runByName, runExperiment } from '../../core/lab/run.ts';
import { readSettings } from '../../core/lab/settings.ts';

function charted(name: string, pairs: readonly string[] = [], input: unknown = null) {
  const experiment = experimentOf(name) ?? assert.fail(name);
  const { run, chart } = runExperiment(
    experiment,
    1,
    readSettings(experiment.settings, pairs),
    input,
  );
  assert.ok(chart, `${name} has a chart`);
  assert.match(drawChart(chart), /^<svg [^]*<\/svg>\n$/);
  return { run, chart };
}

const curvesIn = ({ panels }: Chart, index = 0): CurvePanel => {
  const panel = panels[index];
  return panel?.kind === 'curves' ? panel : assert.fail('no curves');
};
const barsIn = ({ panels }: Chart): BarPanel['bars'] =>
  panels[0]?.kind === 'bars' ? panels[0].bars : assert.fail('no bars');

suite('the chart of', () => {
  for (const mode of ['haggle', 'compat']) {
    test(`convergence, ${mode}: a point for each deal, at its price`, () => {
      const { run, chart } = charted('convergence', [`mode=${mode}`]);
      const rows = run.results.rows as { round: number; price: number | null }[];
      const deals = rows.flatMap(({ round, price }) => (price === null ? [] : [[round, price]]));
      const { curves } = curvesIn(chart);
      assert.deepEqual(curves[0]?.points, deals);
      assert.equal(curves.length, mode === 'haggle' ? 2 : 1);
      if (mode === 'compat') assert.equal(deals.length, 71);
    });

    test(`trust-fall, ${mode}: reputation between lines at 0.3 and 0.5, and deals`, () => {
      const { run, chart } = charted('trust-fall', [`mode=${mode}`, 'runs=1']);
      const reputation = curvesIn(chart);
      assert.deepEqual(reputation.levels.map(({ at }) => at).sort(), [0.3, 0.5]);
      const series = run.results.series as Record<string, Record<string, number[]>>;
      const own = reputation.curves.filter(({ grey }) => !grey);
      const deals = curvesIn(chart, 1).curves.filter(({ grey }) => !grey);
      for (const [i, scenario] of ['always', 'subtle'].entries()) {
        const { reputation: views = [], deals: counts = [] } = series[scenario] ?? {};
        assert.equal(views.length, scenario === 'always' ? 60 : 100);
        const points = views.map((view, at) => [at + 1, view]);
        assert.deepEqual(own[i]?.points, points);
        const last = counts.slice(-10).reduce((sum, count) => sum + count, 0);
        assert.deepEqual(deals[i]?.points.at(-1), [counts.length, last]);
      }
    });
  }

  test('tournament: net worth with its interval, and what each began with', () => {
    const { run, chart } = charted('tournament', ['mode=compat', 'runs=20']);
    const rows = run.results.rows as {
      agent: string;
      netWorth: number;
      change: number;
      ci95: number;
    }[];
    const bars = rows.map(({ agent: label, netWorth: value, change, ci95 }) => {
      return { label, value, ci95, mark: value - change };
    });
    assert.deepEqual(barsIn(chart), bars);
    assert.deepEqual(
      bars.map(({ mark }) => Math.round(mark)),
      [175, 155, 105, 85, 160],
    );
  });

  test('strategies: utility of each with its interval, best first', () => {
    const { run, chart } = charted('strategies', ['cases=10']);
    const rows = run.results.rows as { strategy: string; utility: number; ci95: number }[];
    const bars = rows.map(({ strategy: label, utility: value, ci95 }) => ({ label, value, ci95 }));
    assert.deepEqual(barsIn(chart), bars);
  });

  test('alternating-offers: both sides in shares of the first mover, and the closed form', () => {
    const players = ['player1=time-dependent', 'player2=time-dependent'];
    const { run, chart } = charted('alternating-offers', players);
    const { curves, levels } = curvesIn(chart);
    const demands = run.results.demands as number[];
    assert.ok(demands.length > 4);
    for (const [side, curve] of curves.entries()) {
      for (const [round, share] of curve.points) {
        const demand = demands[round - 1] ?? NaN;
        assert.equal(round % 2, side === 0 ? 1 : 0);
        assert.equal(share, side === 0 ? demand : 1 - demand);
      }
    }
    assert.deepEqual(levels, [{ at: run.results.closedForm, label: 'closed form' }]);
  });

  test('monotonic-concession: prices that meet at the Nash point; utilities of an input', () => {
    const priced = curvesIn(charted('monotonic-concession').chart);
    assert.deepEqual(priced.levels, [{ at: 70, label: 'Nash point' }]);
    assert.deepEqual(
      priced.curves.map(({ points }) => points[0]),
      [
        [1, 40],
        [1, 100],
      ],
    );
    const deals = [
      [9, 1],
      [5, 5],
      [1, 8],
    ];
    const own = curvesIn(charted('monotonic-concession', [], { deals }).chart);
    assert.equal(own.levels[0]?.at, 5);
    const [first] = own.curves.map(({ points }) => points);
    assert.deepEqual(first?.[0], [1, 9]);
  });
});

test('a chart is no part of the document', () => {
  const document = runByName('convergence', 1, {}, null);
  assert.deepEqual(Object.keys(document), ['experiment', 'seed', 'params', 'results', 'checks']);
});
