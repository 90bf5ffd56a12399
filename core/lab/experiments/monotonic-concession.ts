// Monotonic concession on deals of one's own, or on a price between a buyer and a seller.
import { createRng } from '../../engine/base/rng.ts';
import { fixedStep, playConcession, type Standing } from '../../engine/theory/concession.ts';
import {
  type Deal,
  nashPrice,
  nashProduct,
  nashSolution,
  negotiationSet,
} from '../../engine/theory/nash.ts';
import { risks, zeuthen } from '../../engine/theory/zeuthen.ts';
import { BadInput, check, type Check, type Experiment, type Setting } from '../experiment.ts';
import { fieldsOf, listOf, numberOf } from '../input.ts';
import type { Chart, Curve, Point } from '../plot/chart.ts';
import { numberIn, optionIn, withFields } from '../settings.ts';

const RULES = ['zeuthen', 'fixed'] as const;
const DEALS_MAX = 10_000;
const UTILITY_MAX = 1e12;
const BOOK = 'Rosenschein and Zlotkin, Rules of Encounter, 1994';

const SETTINGS: readonly Setting[] = [
  { name: 'rule', summary: 'how both sides concede', initial: 'zeuthen', options: RULES },
  {
    name: 'step',
    summary: 'rule fixed: own utility given up a round; 0 is one deal at a time',
    initial: 0,
    min: 0,
    max: UTILITY_MAX,
  },
  { name: 'value', summary: 'worth to the buyer', initial: 100, min: 0, max: 1e9 },
  { name: 'cost', summary: 'cost of the seller', initial: 40, min: 0, max: 1e9 },
  { name: 'tick', summary: 'prices differ by this', initial: 1, min: 1e-6, max: 1e9 },
];

interface Case {
  deals: Deal[];
  /** Set for a price: the buyer's utility is value - price. */
  price: { value: number; cost: number; tick: number } | null;
}

function readDeals(value: unknown): Deal[] {
  const range = { min: -UTILITY_MAX, max: UTILITY_MAX };
  return listOf(value, 'deals', DEALS_MAX).map((deal, i) => {
    const sides = listOf(deal, `deals[${i}]`, 2);
    return [
      numberOf(sides[0], `deals[${i}][0]`, range),
      numberOf(sides[1], `deals[${i}][1]`, range),
    ];
  });
}

/** Every price from the seller's cost to the buyer's value, tick by tick. */
function priceCase(value: number, cost: number, tick: number): Case {
  const steps = Math.floor((value - cost) / tick + 1e-9);
  if (steps >= DEALS_MAX) throw new BadInput('tick', `gives more than ${DEALS_MAX} prices`);
  const deals = Array.from({ length: Math.max(0, steps + 1) }, (_, i): Deal => {
    const sellers = Math.min(i * tick, value - cost);
    return [value - cost - sellers, sellers];
  });
  return { deals, price: { value, cost, tick } };
}

function caseOf(settings: Parameters<Experiment['run']>[1], input: unknown): Case {
  if (input !== null) return { deals: readDeals(fieldsOf(input).deals), price: null };
  const [value, cost] = [numberIn(settings, 'value'), numberIn(settings, 'cost')];
  return priceCase(value, cost, numberIn(settings, 'tick'));
}

/**
 * Results: `outcome` deal or conflict, `deal` [u1, u2] or null, `why`, `price` where there is one,
 * `rounds`, `negotiationSet` (how many deals are rational and undominated), `nashProduct` of the
 * deal, `nashProductMax`, `trace` (each round's two proposals and risks).
 */
export const monotonicConcession: Experiment = {
  name: 'monotonic-concession',
  summary: 'Both sides start at their ideal and only ever concede, until their demands overlap.',
  settings: SETTINGS,
  input: '{"deals": [[u1, u2], ...], "rule": "zeuthen" | "fixed", "step": utility}; conflict is 0',
  run(seed, given, input) {
    const settings = input === null ? given : withFields(SETTINGS, given, fieldsOf(input));
    const { deals, price } = caseOf(settings, input);
    const rule = optionIn(settings, 'rule', RULES);
    const front = negotiationSet(deals);
    const decider = rule === 'zeuthen' ? zeuthen : fixedStep(numberIn(settings, 'step'));
    const played = playConcession(front, [decider, decider], createRng(seed));
    const { deal, rounds, why } = played;
    const best = nashSolution(deals);
    const trace = played.trace.map(({ round, at }) => {
      const [risk1, risk2] = risks({ front, at } satisfies Pick<Standing, 'front' | 'at'>);
      return { round, proposal1: front[at[0]], proposal2: front[at[1]], risk1, risk2 };
    });
    const found = {
      outcome: deal === null ? 'conflict' : 'deal',
      deal,
      why,
      ...(price === null ? {} : { price: deal === null ? null : price.cost + deal[1] }),
      rounds,
      negotiationSet: front.length,
      nashProduct: deal === null ? null : nashProduct(deal),
      nashProductMax: best?.product ?? null,
    };
    const checks = [
      ...checksOf(deal, played.trace, front),
      ...(rule === 'zeuthen' ? optimum(deal, best?.product ?? 0) : []),
      ...(price === null || rule !== 'zeuthen' || deal === null ? [] : middle(deal, price)),
    ];
    return { results: { ...found, trace }, checks, chart: chartOf(trace, price, best?.deals) };
  },
};

interface Proposals {
  round: number;
  proposal1: Deal | undefined;
  proposal2: Deal | undefined;
}

/** In prices where there is one, else in the first side's utility; the Nash point in grey. */
function chartOf(
  trace: readonly Proposals[],
  price: Case['price'],
  best: readonly Deal[] = [],
): Chart {
  const shown = ([u1, u2]: Deal): number => (price === null ? u1 : price.cost + u2);
  const curve = (label: string, side: 'proposal1' | 'proposal2'): Curve => ({
    label,
    points: trace.flatMap((row): Point[] => {
      const deal = row[side];
      return deal === undefined ? [] : [[row.round, shown(deal)]];
    }),
    shape: 'line',
  });
  const nash = price === null ? best.map(shown) : [nashPrice(price) ?? NaN];
  return {
    title: 'Who concedes, and where do they meet?',
    panels: [
      {
        kind: 'curves',
        title: 'Proposals of both sides',
        x: { label: 'round' },
        y: { label: price === null ? 'utility of the first side' : 'price (credits)' },
        curves: [
          curve(price === null ? 'first side' : 'buyer', 'proposal1'),
          curve(price === null ? 'second side' : 'seller', 'proposal2'),
        ],
        levels: nash.slice(0, 1).map((at) => ({ at, label: 'Nash point' })),
      },
    ],
  };
}

/** What the protocol promises, whoever plays. */
function checksOf(
  deal: Deal | null,
  trace: readonly { at: readonly [number, number] }[],
  front: readonly Deal[],
): Check[] {
  const monotone = trace.every(({ at }, i) => {
    const before = trace[i - 1]?.at ?? at;
    const [d1, d2] = [front[at[0]], front[at[1]]];
    const [b1, b2] = [front[before[0]], front[before[1]]];
    if (d1 === undefined || d2 === undefined || b1 === undefined || b2 === undefined) return false;
    return d1[1] >= b1[1] && d2[0] >= b2[0];
  });
  const rational = deal === null || (deal[0] >= 0 && deal[1] >= 0);
  const empty = front.length === 0;
  return [
    check('nobody ever retracts', monotone, true, BOOK),
    check('no more rounds than deals', trace.length <= front.length, true, BOOK),
    check('nobody is worse off than in a conflict', rational, true, BOOK),
    ...(empty ? [check('no rational deal, no agreement', deal === null, true, BOOK)] : []),
  ];
}

function optimum(deal: Deal | null, most: number): Check[] {
  const product = deal === null ? 0 : nashProduct(deal);
  const source = 'Harsanyi 1956: Zeuthen ends at the greatest Nash product';
  return [check('Nash product of the deal', product, most, source, Math.abs(most) * 1e-9)];
}

function middle(deal: Deal, price: { value: number; cost: number; tick: number }): Check[] {
  const expected = nashPrice(price) ?? NaN;
  const source = 'Nash 1950: (V + C)/2, to half a tick';
  const tolerance = price.tick / 2 + price.value * 1e-9;
  return [check('price', price.cost + deal[1], expected, source, tolerance)];
}
