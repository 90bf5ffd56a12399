// Supply and demand that do not meet: without a broker, with one, and with two that compete.
import { type Broker, type BrokerTerms, createBroker } from '../../agent/bargaining/broker.ts';
import { trialSum } from '../../engine/bank/ledger.ts';
import { MICRO } from '../../engine/base/credits.ts';
import { createRng, type Rng } from '../../engine/base/rng.ts';
import { Books } from '../coalition/books.ts';
import {
  check,
  type Check,
  type Experiment,
  type Findings,
  type Setting,
  type Settings,
} from '../experiment.ts';
import { estimate } from '../sample.ts';
import { numberIn } from '../settings.ts';

const SETTINGS: readonly Setting[] = [
  { name: 'seeds', summary: 'worlds', initial: 60, min: 5, max: 100, whole: true },
  { name: 'rounds', summary: 'in each world', initial: 20, min: 1, max: 60, whole: true },
  {
    name: 'sides',
    summary: 'buyers, and sellers, a round',
    initial: 8,
    min: 1,
    max: 12,
    whole: true,
  },
  { name: 'links', summary: 'part of the pairs that know each other', initial: 0, min: 0, max: 1 },
  { name: 'commission', summary: "part of a broker's cost", initial: 0.1, min: 0, max: 1 },
  {
    name: 'unitsMax',
    summary: 'units a broker may hold',
    initial: 6,
    min: 1,
    max: 100,
    whole: true,
  },
  {
    name: 'creditMax',
    summary: 'credits a broker may have in stock',
    initial: 400,
    min: 1,
    max: 9_000,
  },
];
/** A broker remembers so many bids. */
const BIDS_MAX = 16;
const ISSUED = 10_000 * MICRO;
/** More than all of them could spend. */
const BUYERS_ISSUED = 10_000_000 * MICRO;
const ARRANGEMENTS = [
  { arrangement: 'no broker', brokers: 0 },
  { arrangement: 'one broker', brokers: 1 },
  { arrangement: 'two brokers', brokers: 2 },
] as const;

interface Terms extends BrokerTerms {
  rounds: number;
  sides: number;
  links: number;
}

/** One world; all amounts in micro-credits. */
interface World {
  deals: number;
  /** Value of what buyers got, less the cost of all that sellers gave. */
  welfare: number;
  /** The most that could be had if everybody met everybody, at any time. */
  welfareMax: number;
  buyers: number;
  sellers: number;
  /** Change of the brokers' accounts. */
  brokers: number;
  /** Price less cost of all their sales, and what the commission's rate makes of those costs. */
  commission: number;
  commissionDue: number;
  /** Paid for what was never sold. */
  leftOver: number;
  /** The most that lay in one broker's stock, by its own books, and that its account was down. */
  atRiskMax: number;
  downMax: number;
  trial: number;
}

/**
 * Buyers and sellers of one unit each come anew every round; values are 60..140 credits, costs
 * 20..100. They know few of the other side (`links`); brokers know all. Bids are truthful.
 *
 * Results: `rows` by `arrangement`: `deals` a world, `welfare` and its part of the most possible
 * (`efficiency`), gains of `buyers`, `sellers` and `brokers`, `commission` earned, `leftOver` stock
 * and the greatest `atRisk`, in credits; `ci95` over seeds for deals, welfare and commission.
 * `secondBroker`: what a second one changes in welfare, paired by seed.
 */
export const broker: Experiment = {
  name: 'broker',
  summary: 'Separated supply and demand: deals and welfare with no broker, one, and two.',
  settings: SETTINGS,
  input: null,
  run: (seed, settings) => compareBrokers(seed, settings, createBroker),
};

/** The experiment with brokers that `make` makes; tests give it worse ones. */
export function compareBrokers(
  seed: number,
  settings: Settings,
  make: typeof createBroker,
): Findings {
  const rng = createRng(seed);
  const of = (name: string): number => numberIn(settings, name);
  const terms: Terms = {
    rounds: of('rounds'),
    sides: of('sides'),
    links: of('links'),
    commission: of('commission'),
    unitsMax: of('unitsMax'),
    creditMax: Math.round(of('creditMax') * MICRO),
    bidsMax: BIDS_MAX,
  };
  const seeds = Array.from({ length: of('seeds') }, () => rng.u32());
  const arms = ARRANGEMENTS.map(({ arrangement, brokers }) => ({
    arrangement,
    worlds: seeds.map((each) =>
      runWorld(each, terms, () => Array.from({ length: brokers }, () => make(terms))),
    ),
  }));
  const [, one, two] = arms;
  const second = (one?.worlds ?? []).map(
    (w, i) => ((two?.worlds[i]?.welfare ?? 0) - w.welfare) / MICRO,
  );
  const rows = arms.map(({ arrangement, worlds }) => ({ arrangement, ...rowOf(worlds) }));
  return {
    results: { rows, secondBroker: { welfareDifference: estimate(second) } },
    checks: checksOf(
      arms.map(({ worlds }) => worlds),
      terms,
    ),
  };
}

function rowOf(worlds: readonly World[]) {
  const credits = (of: (w: World) => number) => {
    const { mean = 0, ci95 = 0 } = estimate(worlds.map((w) => of(w) / MICRO)) ?? {};
    return { mean, ci95 };
  };
  const { mean = 0, ci95 = 0 } = estimate(worlds.map((w) => w.deals)) ?? {};
  const total = (of: (w: World) => number) => worlds.reduce((sum, w) => sum + of(w), 0);
  return {
    deals: { mean, ci95 },
    welfare: credits((w) => w.welfare),
    efficiency:
      total((w) => w.welfare) /
      Math.max(
        1,
        total((w) => w.welfareMax),
      ),
    buyers: credits((w) => w.buyers).mean,
    sellers: credits((w) => w.sellers).mean,
    brokers: credits((w) => w.brokers).mean,
    commission: credits((w) => w.commission),
    leftOver: credits((w) => w.leftOver).mean,
    atRisk: Math.max(...worlds.map((w) => w.atRiskMax)) / MICRO,
  };
}

/** A broker, its name in the books, and what it knows. */
interface Middleman {
  name: string;
  books: Broker;
}

class Market {
  readonly out: World = {
    deals: 0,
    welfare: 0,
    welfareMax: 0,
    buyers: 0,
    sellers: 0,
    brokers: 0,
    commission: 0,
    commissionDue: 0,
    leftOver: 0,
    atRiskMax: 0,
    downMax: 0,
    trial: 0,
  };
  private readonly books = new Books();
  private readonly terms: Terms;
  private readonly middlemen: Middleman[];
  private readonly rng: Rng;

  constructor(terms: Terms, brokers: readonly Broker[], rng: Rng) {
    this.terms = terms;
    this.rng = rng;
    // All that come in a round share one account a side: only what they pay matters.
    this.books.open('buyers', BUYERS_ISSUED);
    this.books.open('sellers', 0);
    this.middlemen = brokers.map((books, i) => {
      this.books.open(`broker${i}`, ISSUED);
      return { name: `broker${i}`, books };
    });
  }

  round(values: readonly number[], costs: readonly number[], known: ReadonlySet<number>): void {
    const sold = new Set<number>();
    const served = new Set<number>();
    for (const [b, value] of values.entries()) {
      const s = costs.findIndex(
        (cost, i) => !sold.has(i) && cost <= value && known.has(b * costs.length + i),
      );
      if (s < 0) continue;
      const cost = costs[s] as number;
      if (!this.pay('buyers', 'sellers', Math.floor((value + cost) / 2))) continue;
      sold.add(s);
      served.add(b);
      this.gave(cost);
      this.got(value);
    }
    const waiting = values.filter((_, i) => !served.has(i));
    for (const value of waiting) for (const { books } of this.middlemen) books.heard(value);
    for (const cost of costs.filter((_, i) => !sold.has(i))) this.sell(cost);
    for (const value of waiting) this.buy(value);
  }

  /** A seller goes to whoever pays most; two that compete pay up to what the other would. */
  private sell(cost: number): void {
    const ready = this.middlemen
      .map((m) => ({ ...m, limit: m.books.buyLimit() ?? -1 }))
      .filter(({ limit }) => limit >= cost)
      .sort((a, b) => b.limit - a.limit);
    const [best, other] = ready;
    if (best === undefined) return;
    const tied = other?.limit === best.limit && this.rng.chance(0.5) ? other : best;
    const price = Math.max(Math.floor((cost + tied.limit) / 2), other?.limit ?? 0);
    if (!this.pay(tied.name, 'sellers', price)) return;
    tied.books.bought(price);
    this.gave(cost);
    this.watch(tied);
  }

  /** A buyer goes to whoever asks least: its cost and its commission. */
  private buy(value: number): void {
    let best: Middleman | null = null;
    let least = value + 1;
    for (const m of this.middlemen) {
      const ask = m.books.sellLimit() ?? Infinity;
      if (ask < least) [best, least] = [m, ask];
    }
    if (best === null || !this.pay('buyers', best.name, least)) return;
    const cost = best.books.sold(least);
    this.out.commission += least - cost;
    this.out.commissionDue += cost * this.terms.commission;
    this.got(value);
  }

  private pay(from: string, to: string, amount: number): boolean {
    return this.books.pay([{ from, to, amount }], 0);
  }

  private gave(cost: number): void {
    this.out.welfare -= cost;
    this.out.sellers -= cost;
  }

  private got(value: number): void {
    this.out.welfare += value;
    this.out.buyers += value;
    this.out.deals++;
  }

  private watch({ name, books }: Middleman): void {
    this.out.atRiskMax = Math.max(this.out.atRiskMax, books.atRisk);
    this.out.downMax = Math.max(this.out.downMax, ISSUED - this.books.worth(name));
  }

  end(): World {
    const { out, books } = this;
    out.buyers -= books.turnover('buyers').spent;
    out.sellers += books.turnover('sellers').earned;
    for (const m of this.middlemen) {
      out.brokers += books.worth(m.name) - ISSUED;
      out.leftOver += m.books.atRisk;
    }
    out.trial = trialSum(books.ledger);
    return out;
  }
}

function runWorld(seed: number, terms: Terms, brokers: () => Broker[]): World {
  // Who comes does not depend on the brokers, so that a seed is the same world in every row.
  const rng = createRng(seed);
  const market = new Market(terms, brokers(), createRng(rng.u32()));
  const all = { values: [] as number[], costs: [] as number[] };
  const draw = (low: number) => low * MICRO + rng.below(80 * MICRO + 1);
  for (let t = 0; t < terms.rounds; t++) {
    const values = Array.from({ length: terms.sides }, () => draw(60));
    const costs = Array.from({ length: terms.sides }, () => draw(20));
    const known = new Set<number>();
    for (let pair = 0; pair < terms.sides ** 2; pair++) {
      if (rng.chance(terms.links)) known.add(pair);
    }
    all.values.push(...values);
    all.costs.push(...costs);
    market.round(values, costs, known);
  }
  const out = market.end();
  out.welfareMax = mostPossible(all.values, all.costs);
  return out;
}

/** The best matching: the highest values with the lowest costs, as long as both gain. */
function mostPossible(values: readonly number[], costs: readonly number[]): number {
  const high = values.toSorted((a, b) => b - a);
  const low = costs.toSorted((a, b) => a - b);
  return high.reduce((sum, value, i) => sum + Math.max(0, value - (low[i] as number)), 0);
}

function checksOf(arms: readonly (readonly World[])[], terms: Terms): Check[] {
  const all = arms.flat();
  const total = (some: readonly World[], of: (w: World) => number) =>
    some.reduce((sum, w) => sum + of(w), 0);
  const most = (of: (w: World) => number) => Math.max(...all.map(of));
  const checks = [
    check(
      'sum of all accounts',
      total(all, (w) => Math.abs(w.trial)),
      0,
      'double entry',
    ),
    check(
      'welfare is what the three sides gain',
      most((w) => Math.abs(w.welfare - w.buyers - w.sellers - w.brokers)),
      0,
      'payments cancel out: quasi-linear utilities',
    ),
    check(
      'worlds with more welfare than the best matching',
      all.filter((w) => w.welfare > w.welfareMax).length,
      0,
      'assortative matching is efficient; Shapley and Shubik, The Assignment Game, 1971',
    ),
    check(
      'commission earned',
      total(all, (w) => w.commission),
      total(all, (w) => w.commissionDue),
      "the reference system's broker: 10 % of each cost; to a micro-credit a sale",
      total(all, (w) => w.deals),
    ),
    check(
      'stock paid for is never over the bound',
      most((w) => Math.max(w.atRiskMax, w.downMax)) <= terms.creditMax,
      true,
      "the terms' creditMax, by the broker's books and by the ledger",
    ),
  ];
  if (terms.links > 0) return checks;
  const deals = total(arms[0] ?? [], (w) => w.deals);
  const source = 'the set-up: nobody knows anybody of the other side';
  return [...checks, check('deals without a broker', deals, 0, source)];
}
