// Who does well among others: strategies that follow rules, strategies that learn, and scripts of
// what people are known to do. No language model takes part, and none is imitated.
import { atLeast, standing } from '../../agent/bargaining/aspiration.ts';
import { createStrategy, STRATEGIES } from '../../agent/bargaining/kinds.ts';
import type { Move, Strategy, View } from '../../agent/bargaining/strategy.ts';
import { MICRO } from '../../engine/base/credits.ts';
import { createRng, type Rng } from '../../engine/base/rng.ts';
import { bargain, type Side } from '../bargain/session.ts';
import { check, type Check, type Experiment, type Setting } from '../experiment.ts';
import { estimate } from '../sample.ts';
import { numberIn } from '../settings.ts';

const SETTINGS: readonly Setting[] = [
  { name: 'seeds', summary: 'companies', initial: 12, min: 3, max: 50, whole: true },
  { name: 'meetings', summary: 'of every pair', initial: 4, min: 1, max: 10, whole: true },
  { name: 'roundsMax', summary: 'of a bargaining', initial: 20, min: 4, max: 100, whole: true },
];

export const FAMILIES = ['rule-based', 'learning', 'scripted human-like'] as const;
export type Family = (typeof FAMILIES)[number];

interface Kind {
  name: string;
  family: Family;
  create(rng: Rng): Strategy;
}

/** Takes what is no worse than `price`, else offers that. */
function aim(view: View, price: number): Move {
  const asked = standing(view.theirs);
  const sure = atLeast(view.role, price, view.reservation) ? price : view.reservation;
  return asked !== undefined && atLeast(view.role, asked, sure)
    ? { type: 'accept' }
    : { type: 'offer', price: Math.round(sure) };
}

const part = (view: View, way: number): number =>
  view.ideal + (view.reservation - view.ideal) * Math.min(1, way);

/** The round, as a part of all. */
const elapsed = (view: View): number => view.round / view.roundsMax;

/**
 * Opens at its ideal and then insists on the middle of the two openings (Raiffa, The Art and
 * Science of Negotiation, 1982: that is where people tend to end).
 */
function splitTheDifference(view: View): Move {
  const [mine, theirs] = [view.mine[0], view.theirs[0]];
  if (mine === undefined || theirs === undefined) return aim(view, view.ideal);
  return aim(view, (mine + theirs) / 2);
}

/** Hardly moves until the end is near (Roth, Murnighan and Schoumaker, AER 78, 1988). */
function waitsForTheDeadline(view: View): Move {
  const late = Math.max(0, (elapsed(view) - 0.8) / 0.15);
  return aim(view, part(view, 0.1 * elapsed(view) + 0.9 * late));
}

/** Concedes evenly, but names only multiples of 5 credits (Pope, Pope and Sydnor, JEBO, 2015). */
function roundNumbers(view: View): Move {
  const step = 5 * MICRO;
  const wish = part(view, elapsed(view));
  const up = view.role === 'contractor';
  return aim(view, (up ? Math.ceil(wish / step) : Math.floor(wish / step)) * step);
}

/** Concedes evenly and may walk away, the likelier the less the other side has moved. */
function losesPatience(rng: Rng): Strategy {
  return {
    decide(view) {
      const { theirs } = view;
      const stuck = theirs.length >= 3 && theirs.at(-1) === theirs.at(-3);
      if (stuck && rng.chance(0.2)) return { type: 'quit' };
      return aim(view, part(view, elapsed(view)));
    },
  };
}

const scripted = (name: string, create: (rng: Rng) => Strategy): Kind => ({
  name,
  family: 'scripted human-like',
  create,
});

const SCRIPTS: readonly Kind[] = [
  scripted('splits the difference', () => ({ decide: splitTheDifference })),
  scripted('waits for the deadline', () => ({ decide: waitsForTheDeadline })),
  scripted('names round numbers', () => ({ decide: roundNumbers })),
  scripted('loses patience', losesPatience),
];

/** Everybody who takes part; a strategy that is told how it ended learns. */
export const COMPANY: readonly Kind[] = [
  ...STRATEGIES.map(({ name }): Kind => {
    const create = (rng: Rng) => createStrategy(name, {}, rng);
    const learns = create(createRng(0)).ended !== undefined;
    return { name, family: learns ? 'learning' : 'rule-based', create };
  }),
  ...SCRIPTS,
];

/** What one kind has got in one company. */
interface Tally {
  played: number;
  deals: number;
  /** Sum of its parts of the surplus; nothing for a conflict. */
  share: number;
  rounds: number;
}

interface Company {
  tallies: Map<string, Tally>;
  /** Of all deals: parts of both sides together, and prices beyond a mandate. */
  parts: number;
  deals: number;
  beyond: number;
}

/**
 * Everybody meets everybody in both roles, under alternating offers, over a surplus that is always
 * there. Learners keep what they learn within a company.
 *
 * Results: `rows` by `kind`, with its `family`: `dealRate`, `share` of the surplus (0 for a
 * conflict) with its `ci95` over companies, and mean `rounds`; `families`, the same by family.
 */
export const mixedCompany: Experiment = {
  name: 'mixed-company',
  summary: 'Rule-based, learning and scripted human-like bargainers, all against all.',
  settings: SETTINGS,
  input: null,
  run(seed, settings) {
    const rng = createRng(seed);
    const meetings = numberIn(settings, 'meetings');
    const roundsMax = numberIn(settings, 'roundsMax');
    const companies = Array.from({ length: numberIn(settings, 'seeds') }, () =>
      meet(createRng(rng.u32()), meetings, roundsMax),
    );
    const rows = COMPANY.map((kind) => ({
      kind: kind.name,
      family: kind.family,
      ...rowOf(companies, [kind]),
    })).sort((a, b) => b.share - a.share);
    const families = FAMILIES.map((family) => ({
      family,
      ...rowOf(
        companies,
        COMPANY.filter((kind) => kind.family === family),
      ),
    }));
    return { results: { rows, families }, checks: checksOf(companies, roundsMax) };
  },
};

function meet(rng: Rng, meetings: number, roundsMax: number): Company {
  const players = COMPANY.map((kind) => ({ name: kind.name, strategy: kind.create(rng) }));
  const rivals = COMPANY.map((kind) => kind.create(rng));
  const empty = () => ({ played: 0, deals: 0, share: 0, rounds: 0 });
  const company: Company = {
    tallies: new Map(players.map(({ name }) => [name, empty()])),
    parts: 0,
    deals: 0,
    beyond: 0,
  };
  for (let n = 0; n < meetings; n++) {
    for (const [i, buyer] of players.entries()) {
      for (const [j, seller] of players.entries()) {
        // One that meets its own kind meets another of it.
        const strategy = i === j ? (rivals[j] as Strategy) : seller.strategy;
        const sides = { buyer: buyer.strategy, seller: strategy };
        const outcome = play(rng, sides, roundsMax);
        note(company, buyer.name, outcome.rounds, outcome.buyer);
        note(company, seller.name, outcome.rounds, outcome.seller);
        if (outcome.buyer === null || outcome.seller === null) continue;
        company.deals++;
        company.parts += outcome.buyer + outcome.seller;
        if (outcome.buyer < 0 || outcome.seller < 0) company.beyond++;
      }
    }
  }
  return company;
}

function note({ tallies }: Company, name: string, rounds: number, share: number | null): void {
  const tally = tallies.get(name);
  if (tally === undefined) return;
  tally.played++;
  tally.rounds += rounds;
  if (share === null) return;
  tally.deals++;
  tally.share += share;
}

interface Played {
  rounds: number;
  /** Parts of the surplus; null for a conflict. */
  buyer: number | null;
  seller: number | null;
}

function play(rng: Rng, who: { buyer: Strategy; seller: Strategy }, roundsMax: number): Played {
  const cost = (20 + rng.below(41)) * MICRO;
  const value = cost + (20 + rng.below(61)) * MICRO;
  const first = rng.chance(0.5) ? 'manager' : 'contractor';
  const manager = sideOf(who.buyer, value, Math.floor(value / 3));
  const contractor = sideOf(who.seller, cost, cost * 3);
  const session = {
    protocol: 'alternating-offers',
    roundsMax,
    first,
    manager,
    contractor,
  } as const;
  const { price, rounds } = bargain(session, { rng });
  if (price === null) return { rounds, buyer: null, seller: null };
  const surplus = value - cost;
  return { rounds, buyer: (value - price) / surplus, seller: (price - cost) / surplus };
}

function sideOf(strategy: Strategy, reservation: number, ideal: number): Side {
  const discount = { mine: 1, theirs: 1 };
  // What the good usually costs: both know it roughly.
  return { strategy, reservation, ideal, market: 65 * MICRO, discount, roundCost: 0 };
}

function rowOf(companies: readonly Company[], kinds: readonly Kind[]) {
  const of = (company: Company): Tally => {
    const found = kinds.map(({ name }) => company.tallies.get(name)).filter((t) => t !== undefined);
    const sum = (field: keyof Tally) => found.reduce((total, tally) => total + tally[field], 0);
    return {
      played: sum('played'),
      deals: sum('deals'),
      share: sum('share'),
      rounds: sum('rounds'),
    };
  };
  const tallies = companies.map(of);
  const over = (what: (tally: Tally) => number) => estimate(tallies.map(what));
  const share = over((t) => t.share / t.played);
  return {
    dealRate: over((t) => t.deals / t.played)?.mean ?? 0,
    share: share?.mean ?? 0,
    ci95: share?.ci95 ?? 0,
    rounds: over((t) => t.rounds / t.played)?.mean ?? 0,
  };
}

function checksOf(companies: readonly Company[], roundsMax: number): Check[] {
  const total = (of: (c: Company) => number) => companies.reduce((sum, c) => sum + of(c), 0);
  const deals = total((c) => c.deals);
  const shares = total((c) => [...c.tallies.values()].reduce((sum, { share }) => sum + share, 0));
  return [
    check('somebody deals', deals > 0, true, 'there is a surplus in every meeting'),
    check(
      'a deal divides its surplus',
      total((c) => c.parts),
      deals,
      'value less price and price less cost; with neither waiting nor cost of rounds',
      1e-6 * Math.max(1, deals),
    ),
    check(
      'what the kinds got is what was divided',
      shares,
      total((c) => c.parts),
      'sums',
      1e-6,
    ),
    check(
      'deals beyond a mandate',
      total((c) => c.beyond),
      0,
      'individual rationality',
    ),
    midpointCheck(roundsMax),
  ];
}

/** Two who split the difference, with openings that lie inside both mandates. */
function midpointCheck(roundsMax: number): Check {
  const create = () => ({ decide: splitTheDifference });
  const manager = sideOf(create(), 120 * MICRO, 40 * MICRO);
  const contractor = sideOf(create(), 30 * MICRO, 100 * MICRO);
  const session = { protocol: 'alternating-offers', roundsMax, manager, contractor } as const;
  const { price } = bargain(session, { rng: createRng(0) });
  const source = 'Raiffa, The Art and Science of Negotiation, 1982: the middle of the openings';
  return check('two who split the difference', (price ?? 0) / MICRO, 70, source);
}
