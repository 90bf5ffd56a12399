// What each parameter does, and how far prices lie from theory: the reference system's experiment
// 10, a buyer with 100 credits against a fair seller.
//
// results: rows [{parameter greed, tolerance or patience, value, deals of 100 rounds, meanPrice
// credits of 5 units or null}]; deviations [{strategy of the buyer, meanPrice, rubinstein,
// deviation as share}]; urgencies [{buyer, seller, buyerShare 0..1}], the theory alone;
// ancestorRows and ancestorDeviations in mode haggle.
import { firstShare } from '../../engine/theory/rubinstein.ts';
import type { Strategy } from '../ancestor/agent.ts';
import { blamed, lowestBudget, MODE_SETTINGS, modeOf } from '../ancestor/modes.ts';
import { source } from '../ancestor/published.ts';
import type { Commit } from '../ancestor/reference-rules.ts';
import { negotiationsOf, playSweep, type Run } from '../ancestor/runs.ts';
import { NAMES, SWEEP } from '../ancestor/set-ups.ts';
import { totalUnits } from '../ancestor/units.ts';
import { haggleWorld, referenceWorld, type World } from '../ancestor/worlds.ts';
import { check, type Check, type Experiment } from '../experiment.ts';

type Table = ReturnType<typeof tableOf>;

const steps = (from: number, to: number, by: number): number[] =>
  Array.from({ length: Math.round((to - from) / by) + 1 }, (_, i) =>
    Number((from + i * by).toFixed(2)),
  );

const PARAMETERS = [
  { parameter: 'greed', values: steps(0.5, 0.95, 0.05) },
  { parameter: 'tolerance', values: steps(0.05, 0.3, 0.05) },
  { parameter: 'patience', values: [...steps(0.3, 0.9, 0.1), 0.95] },
] as const;
type Parameter = (typeof PARAMETERS)[number]['parameter'];

export const sweeps: Experiment = {
  name: 'sweeps',
  summary: 'What greed, tolerance and patience do to deals and prices, beside the theory.',
  settings: MODE_SETTINGS,
  input: null,
  run: (seed, settings) => {
    const { mode, commit } = modeOf(settings);
    const { urgencies } = theory();
    const { runs: _, ...ancestor } = tableOf(referenceWorld(commit), 0);
    if (mode === 'compat') {
      return { results: { ...ancestor, urgencies }, checks: compatChecks(ancestor, commit) };
    }
    const { runs, ...ours } = tableOf(haggleWorld(), seed);
    return {
      results: {
        ...ours,
        urgencies,
        ancestorRows: ancestor.rows,
        ancestorDeviations: ancestor.deviations,
      },
      checks: haggleChecks(ours, runs),
    };
  },
};

function tableOf(world: World, seed: number) {
  const runs: Run[] = [];
  const play = (buyer: Strategy) => {
    const run = playSweep(world, buyer, world.make.fair(), seed);
    runs.push(run);
    const deals = negotiationsOf(run).filter(({ agreed }) => agreed);
    const paid = deals.reduce((sum, { price }) => sum + price, 0);
    return { deals: deals.length, meanPrice: deals.length > 0 ? paid / deals.length : null };
  };
  const make: Readonly<Record<Parameter, (value: number) => Strategy>> = {
    greed: (value) => world.make.greedy(value),
    tolerance: (value) => world.make.fair(value),
    patience: (value) => world.make.patient(value),
  };
  const rows = PARAMETERS.flatMap(({ parameter, values }) =>
    values.map((value) => ({ parameter, value, ...play(make[parameter](value)) })),
  );
  const { price } = theory();
  const deviations = NAMES.map((strategy) => {
    const { meanPrice } = play(world.make[strategy]());
    const deviation = meanPrice === null ? null : meanPrice / price - 1;
    return { strategy, meanPrice, rubinstein: price, deviation };
  });
  return { rows, deviations, runs };
}

/** What a round leaves of a deal's worth: the reference system's own rule. */
const patienceOf = (urgency: number): number => 1 - 0.1 * urgency;

/** Alternating offers over the fair price, the buyer first. */
function theory() {
  const shareOf = (buyer: number, seller: number): number => {
    const delta = [patienceOf(buyer), patienceOf(seller)] as const;
    const solved = firstShare({ delta, cost: [0, 0] });
    return solved.unique ? solved.share : NaN;
  };
  const levels = [0.1, 0.3, 0.5, 0.7, 0.9];
  const urgencies = levels.flatMap((buyer) =>
    levels.map((seller) => ({ buyer, seller, buyerShare: shareOf(buyer, seller) })),
  );
  const share = shareOf(SWEEP.buyerUrgency, SWEEP.sellerUrgency);
  return { price: totalUnits(SWEEP.need) * (1 - share), urgencies };
}

function compatChecks({ rows, deviations }: Omit<Table, 'runs'>, commit: Commit): Check[] {
  const from = source(8, commit);
  const of = (parameter: Parameter) => rows.filter((row) => row.parameter === parameter);
  const low = of('greed').filter(({ value }) => value < 0.7);
  const high = of('greed').filter(({ value }) => value >= 0.7);
  const shares = theory().urgencies.map(({ buyerShare }) => buyerShare);
  const count = (found: typeof rows) => found.map(({ deals }) => deals);
  return [
    check('greed up to 0.65: deals', Math.max(...count(low)), 0, from),
    check('greed from 0.70: fewest deals', Math.min(...count(high)), 21, from),
    check('greed from 0.70: most deals', Math.max(...count(high)), 23, from),
    check(
      'any tolerance: 20 deals at 5',
      of('tolerance').every(({ deals, meanPrice }) => deals === 20 && meanPrice === 5),
      true,
      from,
    ),
    check('patience 0.3: deals', of('patience')[0]?.deals ?? 0, 22, from),
    check('patience 0.95: deals', of('patience').at(-1)?.deals ?? 0, 12, from),
    check('price in theory', theory().price, 3.871, from, 0.0005),
    check('least share of a buyer in theory', Math.min(...shares), 0.101, from, 0.0005),
    check('greatest share of a buyer in theory', Math.max(...shares), 0.908, from, 0.0005),
    ...deviations.map(({ strategy, deviation }) => {
      const published = strategy === 'greedy' ? 0.098 : 0.292;
      return check(`${strategy}: above theory by`, deviation ?? 0, published, from, 0.0005);
    }),
  ];
}

function haggleChecks({ rows }: Omit<Table, 'runs'>, runs: readonly Run[]): Check[] {
  const from = 'seed-system.md, section 13';
  const blames = runs.reduce((sum, { agents }) => sum + blamed(agents), 0);
  const silent = rows.filter(({ deals }) => deals === 0).length;
  return [
    check('values at which a buyer with money finds no deal', silent, 0, from),
    check('honest agents blamed', blames, 0, from),
    check(
      'no negative balance',
      runs.every((run) => lowestBudget(run) >= 0),
      true,
      from,
    ),
  ];
}
