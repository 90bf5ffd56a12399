// Buying compute ahead against buying it on the spot, under four shapes of demand.
import { createRng } from '../../engine/base/rng.ts';
import { check, type Check, type Experiment, type Setting } from '../experiment.ts';
import {
  CYCLE,
  meanDemand,
  PLANNERS,
  type PlannerName,
  type Shape,
  SHAPES,
} from '../futures/demand.ts';
import { type FuturesOutcome, runFutures } from '../futures/world.ts';
import { estimate, type Estimate } from '../sample.ts';
import { numberIn } from '../settings.ts';

const SETTINGS: readonly Setting[] = [
  { name: 'seeds', summary: 'worlds of each shape', initial: 12, min: 3, max: 20, whole: true },
  { name: 'cycles', summary: 'of 20 periods each', initial: 4, min: 1, max: 8, whole: true },
  {
    name: 'overselling',
    summary: 'sellers promise up to this many times their capacity',
    initial: 2,
    min: 0,
    max: 5,
  },
];

/** The same seeds, with futures by one rule and without. */
interface Arm {
  shape: Shape;
  rule: PlannerName;
  spot: FuturesOutcome[];
  futures: FuturesOutcome[];
}

/**
 * Results: `rows`, one for each `shape` and `rule` of buying ahead: `spotPrice` (mean of the world
 * without futures) and `futuresPrice` in credits a unit with their `ci95`, `unitCost` and
 * `dealRate` of both worlds, the paired differences `costDifference` and `dealRateDifference`
 * (with futures less without, `ci95` over seeds), `signed`, `defaults` and `penaltyCollected`
 * (credits) a seed, and `conclusion`, which says no more than the intervals do.
 */
export const futures: Experiment = {
  name: 'futures',
  summary: 'Compute bought ahead against the spot: price, deals, defaults and penalties.',
  settings: SETTINGS,
  input: null,
  run(seed, settings) {
    const rng = createRng(seed);
    const seeds = Array.from({ length: numberIn(settings, 'seeds') }, () => rng.u32());
    const periods = numberIn(settings, 'cycles') * CYCLE;
    const overselling = numberIn(settings, 'overselling');
    const arms = SHAPES.flatMap((shape) => {
      const world = (planner: PlannerName | null) =>
        seeds.map((each) => runFutures(each, { shape, planner, periods, overselling }));
      const spot = world(null);
      return PLANNERS.map((rule): Arm => ({ shape, rule, spot, futures: world(rule) }));
    });
    return { results: { rows: arms.map(rowOf) }, checks: checksOf(arms, periods, overselling) };
  },
};

function rowOf({ shape, rule, spot, futures: ahead }: Arm) {
  const cost = pairs(spot, ahead, (o) => o.unitCost);
  const rate = pairs(spot, ahead, rateOf);
  const signed = mean(ahead.map((o) => o.signed));
  const [spotPrice, futuresPrice] = [
    estimate(known(spot.map((o) => o.spotPrice))),
    estimate(known(ahead.map((o) => o.futuresPrice))),
  ];
  return {
    shape,
    rule,
    spotPrice: spotPrice?.mean ?? null,
    spotPriceCi95: spotPrice?.ci95 ?? null,
    futuresPrice: futuresPrice?.mean ?? null,
    futuresPriceCi95: futuresPrice?.ci95 ?? null,
    unitCost: { spot: mean(known(spot.map((o) => o.unitCost))), futures: meanCost(ahead) },
    costDifference: cost,
    dealRate: { spot: mean(known(spot.map(rateOf))), futures: mean(known(ahead.map(rateOf))) },
    dealRateDifference: rate,
    signed,
    defaults: mean(ahead.map((o) => o.defaults)),
    penaltyCollected: mean(ahead.map((o) => o.penaltyCollected)),
    conclusion: signed === 0 ? 'the rule never bought ahead' : concluded(cost, rate),
  };
}

const rateOf = (o: FuturesOutcome): number | null => (o.needed === 0 ? null : o.served / o.needed);
const meanCost = (all: readonly FuturesOutcome[]) => mean(known(all.map((o) => o.unitCost)));

/** What the intervals show, with its direction; silence where they include nothing. */
function concluded(cost: Estimate | null, rate: Estimate | null): string {
  const said = (e: Estimate | null, up: string, down: string, none: string): string =>
    e === null || Math.abs(e.mean) <= e.ci95 ? none : e.mean > 0 ? up : down;
  const price = said(
    cost,
    'dearer than the spot',
    'cheaper than the spot',
    'no price difference shown',
  );
  const deals = said(
    rate,
    'more needs served',
    'fewer needs served',
    'no difference in needs served',
  );
  return `${price}; ${deals}`;
}

/** The difference by seed, with less without futures. */
function pairs(
  spot: readonly FuturesOutcome[],
  ahead: readonly FuturesOutcome[],
  of: (o: FuturesOutcome) => number | null,
): Estimate | null {
  const differences = spot.flatMap((o, i) => {
    const [before, after] = [of(o), of(ahead[i] as FuturesOutcome)];
    return before === null || after === null ? [] : [after - before];
  });
  return estimate(differences);
}

function checksOf(arms: readonly Arm[], periods: number, overselling: number): Check[] {
  const all = arms.flatMap((arm) => [...arm.spot, ...arm.futures]);
  const total = (some: readonly FuturesOutcome[], of: (o: FuturesOutcome) => number) =>
    some.reduce((sum, o) => sum + of(o), 0);
  const quiet = arms.filter(({ rule, shape }) => rule === 'reference' && isSteady(shape));
  const LEDGER = 'double entry: all postings sum to 0';
  const checks = [
    check(
      'sum of all accounts',
      total(all, (o) => Math.abs(o.trial)),
      0,
      LEDGER,
    ),
    check(
      'every future ends exactly once',
      total(all, (o) => o.endings),
      total(all, (o) => o.offered),
      'delivered, defaulted, closed or lapsed; the state machine of a contract',
    ),
    check(
      'penalties that the ledger moved',
      total(all, (o) => o.penaltyCollected),
      total(all, (o) => o.penaltyOwed),
      'the terms of the promises that were broken',
      1e-6,
    ),
    check(
      'futures bought by the reference rule when demand never falls',
      total(
        quiet.flatMap((arm) => arm.futures),
        (o) => o.signed,
      ),
      0,
      'a moving average of what does not fall is never above it (Brown, 1956)',
    ),
    ...SHAPES.map((shape) => meanCheck(shape, arms, periods)),
  ];
  if (overselling > 1) return checks;
  const source = 'a seller that promises no more than it owns can always deliver';
  return [
    ...checks,
    check(
      'defaults without overselling',
      total(all, (o) => o.defaults),
      0,
      source,
    ),
  ];
}

const isSteady = (shape: Shape): boolean => shape === 'constant' || shape === 'trending';

/** Beyond 4 standard errors: a check fails though all is well 1 time in 16,000. */
const ERRORS = 4;

function meanCheck(shape: Shape, arms: readonly Arm[], periods: number): Check {
  const spot = arms.find((arm) => arm.shape === shape)?.spot ?? [];
  const found = estimate(spot.map((o) => o.needed / periods));
  // Whole units: each period is off by half a unit at most, and on average by far less.
  const tolerance = 0.1 + ERRORS * (found?.se ?? 0);
  const source = "the reference system, experiment 7: the shape's own mean";
  const expected = meanDemand(shape, periods);
  return check(`mean demand, ${shape}`, found?.mean ?? -1, expected, source, tolerance);
}

const known = (values: readonly (number | null)[]): number[] => values.filter((v) => v !== null);

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, v) => sum + v, 0) / values.length;
}
