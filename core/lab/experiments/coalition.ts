// Coalitions: what pooling changes in price and gain, how revenue is split, and how long a free
// rider stays.
import { FREE_RIDER_RULE } from '../../agent/coalition/free-rider.ts';
import { STRATEGIES } from '../../agent/bargaining/kinds.ts';
import { createRng } from '../../engine/base/rng.ts';
import { type CommonsOutcome, runCommons } from '../coalition/commons.ts';
import { runWorld, type WorldOutcome } from '../coalition/world.ts';
import { check, type Check, type Experiment, type Setting } from '../experiment.ts';
import { estimate } from '../sample.ts';
import { numberIn, optionIn } from '../settings.ts';

const NAMES = STRATEGIES.map(({ name }) => name);
const SETTINGS: readonly Setting[] = [
  { name: 'worlds', summary: 'seeded markets', initial: 200, min: 10, max: 500, whole: true },
  { name: 'members', summary: 'of a coalition', initial: 4, min: 3, max: 6, whole: true },
  { name: 'setupCost', summary: 'credits a call costs its seller', initial: 40, min: 0, max: 500 },
  { name: 'strategy', summary: 'of every side', initial: 'time-dependent', options: NAMES },
  { name: 'periods', summary: 'of the shared pool', initial: 40, min: 10, max: 400, whole: true },
  { name: 'noise', summary: 'part by which readings are off', initial: 0.3, min: 0, max: 1 },
];

/**
 * Results: `rows` (`arrangement`: solo, buyers together; sellers alone and together before a need
 * that is too large for one; sellers competing and as a cartel before a small one; the share of
 * needs that was `served`; `unitPrice` in credits with `ci95`, null where there was no deal),
 * `unitPriceDifference` (buyers together less alone, worlds where both dealt), `cartelMarkup`
 * (cartel less competing), `memberGain` (credits a member and world, with the worst member and the
 * part of members that lose), `split` (by units against Shapley), `freeRider` (periods to warning
 * and expulsion, with the part of coalitions that expelled it) and `stability` (part of coalitions
 * that end with every honest member).
 */
export const coalition: Experiment = {
  name: 'coalition',
  summary: 'Buying or selling together: price, gain, fair split, and free riders.',
  settings: SETTINGS,
  input: null,
  run(seed, settings) {
    const rng = createRng(seed);
    const count = numberIn(settings, 'worlds');
    const members = numberIn(settings, 'members');
    const setupCost = numberIn(settings, 'setupCost');
    const strategy = optionIn(settings, 'strategy', NAMES);
    const worlds = Array.from({ length: count }, () =>
      runWorld(rng.u32(), { members, setupCost, strategy }),
    );
    const periods = numberIn(settings, 'periods');
    const noise = numberIn(settings, 'noise');
    const pools = Array.from({ length: count }, () =>
      runCommons(rng.u32(), { members, periods, noise }),
    );
    const exact = runCommons(seed, { members, periods, noise: 0 });
    return {
      results: {
        rows: rowsOf(worlds, members),
        unitPriceDifference: estimate(worlds.flatMap(differenceOf)),
        cartelMarkup: estimate(worlds.flatMap(markupOf)),
        ...gainsOf(worlds),
        ...poolsOf(pools),
      },
      checks: [...checksOf(worlds), ...poolChecks(pools, exact, { members, periods })],
    };
  },
};

function rowsOf(worlds: readonly WorldOutcome[], members: number) {
  const price = (of: (w: WorldOutcome) => number | null) => {
    const found = estimate(worlds.map(of).filter((each) => each !== null));
    return { unitPrice: found?.mean ?? null, ci95: found?.ci95 ?? null };
  };
  const part = (of: (w: WorldOutcome) => number) => mean(worlds.map(of));
  return [
    {
      arrangement: 'solo',
      served: part((w) => w.solo.served / members),
      ...price((w) => w.solo.unitPrice),
    },
    {
      arrangement: 'buyers together',
      served: part((w) => w.pooled.served / members),
      ...price((w) => w.pooled.unitPrice),
    },
    {
      arrangement: 'sellers alone',
      served: part((w) => (w.sale.solo > 0 ? 1 : 0)),
      ...price(() => null),
    },
    {
      arrangement: 'sellers competing',
      served: part((w) => (w.cartel.competing === null ? 0 : 1)),
      ...price((w) => w.cartel.competing),
    },
    {
      arrangement: 'sellers as a cartel',
      served: part((w) => (w.cartel.together === null ? 0 : 1)),
      ...price((w) => w.cartel.together),
    },
    {
      arrangement: 'sellers together',
      served: part((w) => (w.sale.pooled > 0 ? 1 : 0)),
      ...price((w) => (w.sale.pooled > 0 ? w.sale.revenue / w.sale.pooled : null)),
    },
  ];
}

function differenceOf({ solo, pooled }: WorldOutcome): number[] {
  if (solo.unitPrice === null || pooled.unitPrice === null) return [];
  return [pooled.unitPrice - solo.unitPrice];
}

function markupOf({ cartel: { competing, together } }: WorldOutcome): number[] {
  return competing === null || together === null ? [] : [together - competing];
}

function gainsOf(worlds: readonly WorldOutcome[]) {
  const all = worlds.flatMap(({ gains }) => gains);
  const found = estimate(worlds.map(({ gains }) => mean(gains)));
  const apart = worlds.map(({ gains, shapleyGains }) =>
    mean(gains.map((gain, i) => Math.abs(gain - (shapleyGains[i] as number)))),
  );
  const losing = (gains: readonly number[]) =>
    gains.filter((gain) => gain < 0).length / gains.length;
  return {
    memberGain: {
      mean: found?.mean ?? null,
      ci95: found?.ci95 ?? null,
      worst: Math.min(...all),
      losing: losing(all),
    },
    split: {
      byUnits: { losing: losing(all) },
      shapley: { losing: losing(worlds.flatMap(({ shapleyGains }) => shapleyGains)) },
      meanDifference: mean(apart),
    },
  };
}

function poolsOf(pools: readonly CommonsOutcome[]) {
  const after = (of: (p: CommonsOutcome) => number | null) => {
    const found = estimate(pools.map(of).filter((each) => each !== null));
    return { periods: found?.mean ?? null, ci95: found?.ci95 ?? null };
  };
  return {
    freeRider: {
      warned: after((p) => p.warnedAfter),
      expelled: after((p) => p.expelledAfter),
      found: mean(pools.map((p) => (p.expelledAfter === null ? 0 : 1))),
    },
    stability: mean(pools.map((p) => (p.isStable ? 1 : 0))),
  };
}

function checksOf(worlds: readonly WorldOutcome[]): Check[] {
  const total = (of: (w: WorldOutcome) => number) => worlds.reduce((sum, w) => sum + of(w), 0);
  const split = Math.max(
    ...worlds.map(({ gains, shapleyGains }) => Math.abs(mean(gains) - mean(shapleyGains))),
  );
  const LEDGER = 'double entry: all postings sum to 0';
  return [
    check(
      'sum of all accounts',
      total((w) => Math.abs(w.trial)),
      0,
      LEDGER,
    ),
    check(
      'sales booked as purchases of members',
      total((w) => w.sale.bookedAsPurchase),
      0,
      "the reference system's defect 9, which must be gone",
    ),
    check(
      'members that pay more than their own limit',
      total((w) => w.overLimit),
      0,
      'individual rationality; Rosenschein and Zlotkin, Rules of Encounter, 1994',
    ),
    check(
      'needs served by a seller that is too small',
      total((w) => w.sale.solo),
      0,
      'the set-up: no stock covers the need',
    ),
    check(
      'Shapley and units split the same total',
      split,
      0,
      'efficiency; Shapley, A Value for n-Person Games, 1953',
      1e-6,
    ),
  ];
}

function poolChecks(
  pools: readonly CommonsOutcome[],
  exact: CommonsOutcome,
  { members, periods }: { members: number; periods: number },
): Check[] {
  const { windowPeriods, alpha } = FREE_RIDER_RULE;
  const pairs = Math.floor(periods / windowPeriods) - 1;
  const tests = pools.length * (members - 1) * pairs;
  const promised = Math.ceil(tests * alpha ** 2);
  const honest = pools.reduce((sum, p) => sum + p.honestExpelled, 0);
  return [
    check(
      'period in which a free rider is expelled, exact readings',
      exact.expelledAfter ?? -1,
      10,
      'the reference system, experiment 8: found at round 10.0 +- 0',
    ),
    check(
      'honest members are expelled no more often than chance allows',
      honest <= promised,
      true,
      `two sign tests at ${alpha}: at most ${promised} expected (Dixon and Mood, 1946)`,
    ),
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
