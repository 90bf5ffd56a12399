// Two learners of a price: the reference system's experiment 1, beliefs of 0.5 and 1.5 credits.
//
// results: rows [{round, agreed, price credits of 5 units or null}]; summary {deals, mean, first20,
// last20 (population standard deviations of prices), final, driftPerDeal (share, over the last 20
// deals), settledBy (first round from which on every price is within 1 % of the last one), blamed};
// messages [{type, sent, handled}]; ancestorRows and ancestorSummary in mode haggle.
import {
  allHandled,
  blamed,
  messageRows,
  MODE_SETTINGS,
  modeOf,
  type MessageRow,
} from '../ancestor/modes.ts';
import { CONVERGENCE_OF, source } from '../ancestor/published.ts';
import type { Commit } from '../ancestor/reference-rules.ts';
import { negotiationsOf, playConvergence, type Run } from '../ancestor/runs.ts';
import { CONVERGENCE } from '../ancestor/set-ups.ts';
import { haggleWorld, referenceWorld } from '../ancestor/worlds.ts';
import { check, type Check, type Experiment } from '../experiment.ts';
import type { Chart, Curve, Point } from '../plot/chart.ts';

interface Row {
  round: number;
  agreed: boolean;
  price: number | null;
}

interface Summary {
  deals: number;
  mean: number | null;
  first20: number | null;
  last20: number | null;
  final: number | null;
  driftPerDeal: number | null;
  settledBy: number | null;
  blamed: number;
}

const WINDOW = 20;

export const convergence: Experiment = {
  name: 'convergence',
  summary: 'Whether two agents that learn the price from their deals come to agree on one.',
  settings: MODE_SETTINGS,
  input: null,
  run: (seed, settings) => {
    const { mode, commit } = modeOf(settings);
    const ancestor = tableOf(playConvergence(referenceWorld(commit), CONVERGENCE.seed));
    if (mode === 'compat') {
      return {
        results: ancestor,
        checks: compatChecks(ancestor.summary, commit),
        chart: chartOf(ancestor.rows, null),
      };
    }
    const ours = tableOf(playConvergence(haggleWorld(), seed));
    return {
      results: { ...ours, ancestorRows: ancestor.rows, ancestorSummary: ancestor.summary },
      checks: [...haggleChecks(ours.summary), allHandled(ours.messages)],
      chart: chartOf(ours.rows, ancestor.rows),
    };
  },
};

function tableOf(run: Run): { rows: Row[]; summary: Summary; messages: MessageRow[] } {
  const found = new Map(negotiationsOf(run).map((record) => [record.round, record]));
  const rows = run.rounds.map((_, i): Row => {
    const record = found.get(i + 1);
    const agreed = record?.agreed ?? false;
    return { round: i + 1, agreed, price: agreed ? (record?.price ?? null) : null };
  });
  const prices = rows.flatMap(({ price }) => (price === null ? [] : [price]));
  const final = prices.at(-1) ?? null;
  const away = rows.findLast(({ price }) => price !== null && final !== null && off(price, final));
  const next = rows.find(({ round, agreed }) => agreed && round > (away?.round ?? 0));
  const summary: Summary = {
    deals: prices.length,
    mean: mean(prices),
    first20: deviation(prices.slice(0, WINDOW)),
    last20: deviation(prices.slice(-WINDOW)),
    final,
    driftPerDeal: drift(prices.slice(-WINDOW)),
    settledBy: next?.round ?? null,
    blamed: blamed(run.agents),
  };
  return { rows, summary, messages: messageRows([run]) };
}

/** @param compared rows of the reference system, in grey */
function chartOf(rows: readonly Row[], compared: readonly Row[] | null): Chart {
  const curve = (label: string, of: readonly Row[], grey: boolean): Curve => ({
    label,
    points: of.flatMap(({ round, price }): Point[] => (price === null ? [] : [[round, price]])),
    shape: 'line',
    grey,
  });
  const grey = compared === null ? [] : [curve('reference system', compared, true)];
  return {
    title: 'Do two learners come to agree on a price?',
    panels: [
      {
        kind: 'curves',
        title: 'Price of each deal',
        x: { label: 'round', from: 1, to: rows.length },
        y: { label: 'price of 5 GPU hours (credits)', from: 0 },
        curves: [curve('deals', rows, false), ...grey],
        levels: [],
      },
    ],
  };
}

const off = (price: number, final: number): boolean => Math.abs(price - final) > 0.01 * final;

function mean(values: readonly number[]): number | null {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

/** Of the population: the values are all there are. */
function deviation(values: readonly number[]): number | null {
  const middle = mean(values);
  if (middle === null) return null;
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)) ?? 0);
}

/** Mean relative change from one price to the next. */
function drift(prices: readonly number[]): number | null {
  const [first, last] = [prices[0], prices.at(-1)];
  if (first === undefined || last === undefined || prices.length < 2) return null;
  return Math.pow(last / first, 1 / (prices.length - 1)) - 1;
}

function compatChecks(summary: Summary, commit: Commit): Check[] {
  const published = CONVERGENCE_OF[commit];
  const from = source(8, commit);
  const checks = [
    check('deals of 100', summary.deals, published.deals, from),
    check('mean price', summary.mean ?? 0, published.mean, from, 0.005),
    check('volatility, first 20', summary.first20 ?? 0, published.first, from, 0.00005),
    check('volatility, last 20', summary.last20 ?? 0, published.last, from, 0.00005),
  ];
  if (published.final === null) {
    const rises = (summary.driftPerDeal ?? 0) > 0.005;
    return [...checks, check('price drifts upward (defect 8)', rises, true, source(11, commit))];
  }
  return [
    ...checks,
    check('final price', summary.final ?? 0, published.final, from, 0.00005),
    check('rounds in which the honest seller is blamed', summary.blamed, 29, source(11, commit)),
  ];
}

function haggleChecks({
  first20,
  last20,
  driftPerDeal,
  settledBy,
  blamed: blame,
}: Summary): Check[] {
  const line = (id: string) => `acceptance line ${id}`;
  return [
    check('volatility of the last 20 prices is near zero', last20 ?? 1, 0, line('S2-18'), 0.01),
    check('and below that of the first 20', (last20 ?? 1) < (first20 ?? 0), true, line('S2-18')),
    check('settled within 30 rounds', (settledBy ?? 100) <= 30, true, line('S2-18')),
    check('drift per deal', driftPerDeal ?? 1, 0, line('S2-19'), 0.001),
    check('honest agents blamed', blame, 0, 'seed-system.md, section 13'),
  ];
}
