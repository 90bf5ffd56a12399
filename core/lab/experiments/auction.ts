// Sealed bids: one auction of one's own, or many seeded ones against the theory. The rule is the
// market's own.
import { type Credits, fromDecimal, MICRO, toDecimal } from '../../engine/base/credits.ts';
import { LIMITS } from '../../engine/base/limits.ts';
import { createRng, type Rng } from '../../engine/base/rng.ts';
import { type Bid, determine, type Outcome, type Rule } from '../../engine/market/winner.ts';
import { PRICINGS } from '../../engine/protocol/bodies.ts';
import {
  BadInput,
  check,
  type Check,
  type Experiment,
  type Findings,
  type Setting,
  type Settings,
} from '../experiment.ts';
import { choiceOf, fieldsOf, listOf, numberOf, textOf } from '../input.ts';
import { estimate, type Estimate } from '../sample.ts';
import { numberIn } from '../settings.ts';

const VICKREY = 'Vickrey, Journal of Finance 16, 1961';
const CHE = 'Che, RAND Journal 24, 1993';

const SETTINGS: readonly Setting[] = [
  { name: 'bidders', summary: 'in each auction', initial: 5, min: 2, max: 50, whole: true },
  {
    name: 'auctions',
    summary: 'how many, seeded, with values uniform on 0..1',
    initial: 4_000,
    min: 100,
    max: 100_000,
    whole: true,
  },
];

/**
 * Results with an input: `winner` (id or null), `payment` in credits or null, `why` (for each loser
 * its id, the reason and what it fell short by), `because` (the rule).
 * Results without: a row for each pricing of a sale, with its mean revenue and ci95, the theory's,
 * and the greatest gain from bidding anything but the truth under each truthful rule.
 */
export const auction: Experiment = {
  name: 'auction',
  summary: 'Sealed bids: who wins, what is paid, and why the truth is the best bid.',
  settings: SETTINGS,
  input:
    '{"proposals": [{"id", "price", "quality"}], "maxPrice", "pricing": "first-price" |' +
    ' "second-price" | "second-score"}; the lowest price wins',
  run(seed, settings, input) {
    return input === null ? seeded(seed, settings) : single(seed, input);
  },
};

function single(seed: number, input: unknown): Findings {
  const { rule, bids } = readCase(input);
  const outcome = determine(rule, bids, createRng(seed).u32());
  const { winner, losses, because } = outcome;
  const why = losses.map(({ proposalId, reason, short }) => ({
    id: proposalId,
    reason,
    shortBy: short.price === undefined ? null : toDecimal(short.price),
  }));
  const results = {
    winner: winner?.bid.id ?? null,
    payment: winner === null ? null : toDecimal(winner.payment),
    why,
    because,
  };
  return { results, checks: recomputed(rule, bids, outcome) };
}

function readCase(input: unknown): { rule: Rule; bids: Bid[] } {
  const fields = fieldsOf(input);
  const rule: Rule = {
    direction: 'need',
    pricing: choiceOf(fields.pricing, 'pricing', PRICINGS),
    limitPrice: creditsOf(fields.maxPrice, 'maxPrice'),
    delayCost: 0 as Credits,
  };
  const seen = new Set<string>();
  const bids = listOf(fields.proposals, 'proposals', LIMITS.proposalsPerCallMax).map((entry, i) => {
    const field = `proposals[${i}]`;
    const { id, price, quality } = fieldsOf(entry, field);
    const name = textOf(id, `${field}.id`, LIMITS.nameLengthMax);
    if (seen.has(name)) throw new BadInput(`${field}.id`, `${name} is there twice`);
    seen.add(name);
    const bid = { id: name, price: creditsOf(price, `${field}.price`), startDelayMs: 0 };
    if (quality === undefined || quality === null) return bid;
    return { ...bid, quality: creditsOf(quality, `${field}.quality`) };
  });
  return { rule, bids };
}

function creditsOf(value: unknown, field: string): Credits {
  const amount = fromDecimal(numberOf(value, field, { min: 0, max: LIMITS.amountMax }));
  if (amount === null) throw new BadInput(field, 'must have at most 6 decimals');
  return amount;
}

/** The rule once more, from its definition and without the market's code. */
function recomputed(rule: Rule, bids: readonly Bid[], { winner, losses }: Outcome): Check[] {
  const { limitPrice, pricing } = rule;
  const score = ({ price, quality }: Bid): number =>
    pricing === 'second-score' ? (quality ?? limitPrice) - price : limitPrice - price;
  const fit = bids.filter((bid) => bid.price <= limitPrice && score(bid) >= 0);
  const scores = fit.map(score).sort((a, b) => b - a);
  const source = pricing === 'second-score' ? CHE : VICKREY;
  const told = losses.length + (winner === null ? 0 : 1);
  const all = check('everybody is told', told, bids.length, 'every bid wins or has a reason');
  const sold = check('somebody wins', winner !== null, fit.length > 0, source);
  if (winner === null) return [sold, all];
  const [best = 0, second = 0] = scores;
  // In scores, so that one line says it for all: the winner is paid up to the second-best score.
  const worth = winner.bid.price + score(winner.bid);
  const expected =
    pricing === 'first-price' ? winner.bid.price : Math.min(limitPrice, worth - second);
  return [
    sold,
    check('the best score wins', score(winner.bid) / MICRO, best / MICRO, source),
    check('payment', toDecimal(winner.payment), expected / MICRO, source),
    all,
    ...(pricing === 'first-price' ? [] : [truthful(rule, bids, source)]),
  ];
}

/** Bidders that are tried, and prices that each of them tries. */
const TRIED = 16;
const GRID = 24;

/** The greatest gain of a bidder, with its price as its cost, by any other price of a grid. */
function greatestGain(rule: Rule, bids: readonly Bid[]): number {
  let most = 0;
  for (const bid of bids.slice(0, TRIED)) {
    const gainOf = (price: number): number => {
      const others = bids.map((each) =>
        each === bid ? { ...bid, price: price as Credits } : each,
      );
      const { winner } = determine(rule, others, 0);
      if (winner?.bid.id !== bid.id) return 0;
      const sold = rule.direction === 'offer';
      return sold ? bid.price - winner.payment : winner.payment - bid.price;
    };
    const honest = gainOf(bid.price);
    const span = Math.max(rule.limitPrice, ...bids.map(({ price }) => price), 1);
    for (let i = 0; i <= GRID; i++) {
      most = Math.max(most, gainOf(Math.round((span * 1.1 * i) / GRID)) - honest);
    }
  }
  return most / MICRO;
}

const truthful = (rule: Rule, bids: readonly Bid[], source: string): Check =>
  check('gain by any other bid than the truth', greatestGain(rule, bids), 0, source);

/** A value or a cost, uniform on 0..1 credit. */
const drawn = (rng: Rng): Credits => rng.below(MICRO + 1) as Credits;

const bidsOf = (prices: readonly Credits[]): Bid[] =>
  prices.map((price, i) => ({ id: `b${i}`, price, startDelayMs: 0 }));

const ruleOf = (direction: Rule['direction'], pricing: Rule['pricing']): Rule => ({
  direction,
  pricing,
  limitPrice: (direction === 'need' ? MICRO : 0) as Credits,
  delayCost: 0 as Credits,
});

/** A mean that is right lies further off than 4 standard errors once in 16,000 times. */
const ERRORS = 4;
/** Auctions in which every lie is tried. */
const PROBED = 40;

function seeded(seed: number, settings: Settings): Findings {
  const rng = createRng(seed);
  const n = numberIn(settings, 'bidders');
  const auctions = numberIn(settings, 'auctions');
  const payments = { second: [] as number[], first: [] as number[], bought: [] as number[] };
  let gain = 0;
  for (let i = 0; i < auctions; i++) {
    const values = Array.from({ length: n }, () => drawn(rng));
    const honest = bidsOf(values);
    // In equilibrium a first-price bidder keeps a part of its value: (n - 1)/n is bid.
    const shaded = bidsOf(values.map((value) => Math.round((value * (n - 1)) / n) as Credits));
    const paid = (rule: Rule, bids: Bid[]): number =>
      (determine(rule, bids, rng.u32()).winner?.payment ?? 0) / MICRO;
    payments.second.push(paid(ruleOf('offer', 'second-price'), honest));
    payments.first.push(paid(ruleOf('offer', 'first-price'), shaded));
    payments.bought.push(paid(ruleOf('need', 'second-price'), honest));
    if (i >= PROBED) continue;
    for (const direction of ['offer', 'need'] as const) {
      gain = Math.max(gain, greatestGain(ruleOf(direction, 'second-price'), honest));
    }
  }
  const rows = [
    row('sale, second price, truth', payments.second, (n - 1) / (n + 1)),
    row('sale, first price, (n-1)/n of the value', payments.first, (n - 1) / (n + 1)),
    row('need, second price, truth', payments.bought, 2 / (n + 1)),
  ];
  const sources = [`${VICKREY}: (n-1)/(n+1)`, 'revenue equivalence, Myerson 1981', '2/(n+1)'];
  const checks = rows.map(({ auction: name, mean, theory, se }, i) =>
    check(`mean payment: ${name}`, mean, theory, sources[i] ?? '', ERRORS * se),
  );
  const source = `${VICKREY}: the truth is weakly dominant`;
  const results = { bidders: n, auctions, payments: rows, greatestGainByLying: gain };
  return { results, checks: [...checks, check('gain by lying', gain, 0, source)] };
}

function row(auctionName: string, values: readonly number[], theory: number) {
  const { mean, ci95, se } = estimate(values) as Estimate;
  return { auction: auctionName, mean, ci95, se, theory };
}
