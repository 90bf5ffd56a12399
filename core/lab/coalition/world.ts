// One seeded market for coalitions: buyers who need a few units each, a seller with a cost per call
// besides its cost per unit, and small sellers who face a need that is too large for each.
import {
  poolDemand,
  poolSupply,
  shareCost,
  shareRevenue,
  type Stock,
  type Wish,
} from '../../agent/coalition/pooling.ts';
import { shapley } from '../../agent/coalition/split.ts';
import { createStrategy } from '../../agent/bargaining/kinds.ts';
import { MICRO } from '../../engine/base/credits.ts';
import { createRng, type Rng } from '../../engine/base/rng.ts';
import { trialSum } from '../../engine/bank/ledger.ts';
import { bargain, type Side } from '../bargain/session.ts';
import { Books, purchaseParts, saleParts } from './books.ts';

export interface WorldTerms {
  members: number;
  /** Credits that every call costs its seller, however small: a model to load, for one. */
  setupCost: number;
  /** Strategy of every side. */
  strategy: string;
}

/** What came of one seed; amounts in credits. */
export interface WorldOutcome {
  /** Members that bought, alone and together, and the mean unit price where there was a deal. */
  solo: { served: number; unitPrice: number | null };
  pooled: { served: number; unitPrice: number | null };
  /** What members gain by pooling over buying alone, in credits a member; negative is a loss. */
  gains: readonly number[];
  /** Of the gain, what Shapley would have given each. */
  shapleyGains: readonly number[];
  /** Members that paid more than their own limit. */
  overLimit: number;
  /** Units of the large need that were sold, alone and together. */
  sale: { solo: number; pooled: number; revenue: number; bookedAsPurchase: number };
  /** Unit prices of a need that every seller could serve: the best of all, and of one voice. */
  cartel: { competing: number | null; together: number | null };
  /** Must be 0. */
  trial: number;
}

const UNIT_COST = 40;
const ROUNDS_MAX = 20;
const MEMBER_CREDITS = 10_000 * MICRO;

export function runWorld(seed: number, terms: WorldTerms): WorldOutcome {
  const rng = createRng(seed);
  const wishes = Array.from({ length: terms.members }, (_, i): Wish => {
    const units = 1 + rng.below(5);
    return { member: `m${i}`, units, limit: units * between(rng, 80, 120) };
  });
  const books = new Books();
  for (const { member } of wishes) books.open(member, MEMBER_CREDITS);
  books.open('seller', 0);
  const bought = buy(wishes, terms, books, rng);
  const sold = sell(terms, books, rng);
  return { ...bought, ...sold, trial: trialSum(books.ledger) };
}

function buy(wishes: readonly Wish[], terms: WorldTerms, books: Books, rng: Rng) {
  const priceOf = (some: readonly Wish[]): number | null => {
    const { units, reservation } = poolDemand(some);
    const cost = (units * UNIT_COST + terms.setupCost) * MICRO;
    return deal(terms.strategy, reservation, cost, rng);
  };
  // Without a deal a member keeps its limit's worth of money and has nothing: it gains nothing.
  const gainOf = (some: readonly Wish[], price: number | null): number =>
    price === null ? 0 : sum(some.map(({ limit }) => limit)) - price;
  const alone = wishes.map((wish) => priceOf([wish]));
  const price = priceOf(wishes);
  const shares = price === null ? [] : shareCost(wishes, price);
  books.pay(purchaseParts(shares, 'seller'), 0);
  const paid = wishes.map(({ member }) => books.turnover(member).spent);
  const aloneGains = wishes.map((wish, i) => gainOf([wish], alone[i] ?? null));
  const withAll = gainOf(wishes, price) - sum(aloneGains);
  const extra = shapley(wishes.length, (set) => {
    const some = wishes.filter((_, i) => (set & (1 << i)) !== 0);
    if (some.length < 2) return 0;
    if (some.length === wishes.length) return withAll;
    const own = sum(aloneGains.filter((_, i) => (set & (1 << i)) !== 0));
    return gainOf(some, priceOf(some)) - own;
  });
  const units = sum(wishes.map((wish) => wish.units));
  const served = wishes.filter((_, i) => alone[i] !== null);
  const soloPaid = sum(alone.map((each) => each ?? 0));
  const soloUnits = sum(served.map((wish) => wish.units));
  return {
    solo: {
      served: served.length,
      unitPrice: soloUnits === 0 ? null : soloPaid / soloUnits / MICRO,
    },
    pooled: {
      served: price === null ? 0 : wishes.length,
      unitPrice: price === null ? null : price / units / MICRO,
    },
    gains: wishes.map(
      (wish, i) =>
        ((price === null ? 0 : wish.limit - (paid[i] as number)) - (aloneGains[i] as number)) /
        MICRO,
    ),
    shapleyGains: extra.map((gain) => gain / MICRO),
    overLimit: wishes.filter((wish, i) => (paid[i] as number) > wish.limit).length,
  };
}

/** A need of three quarters of all stocks, which no single stock covers. */
function sell(terms: WorldTerms, books: Books, rng: Rng): Pick<WorldOutcome, 'sale' | 'cartel'> {
  const stocks = Array.from({ length: Math.max(3, terms.members) }, (_, i): Stock => {
    return { member: `s${i}`, units: 2 + rng.below(2), floor: between(rng, 40, 60) };
  });
  const need = Math.ceil((sum(stocks.map(({ units }) => units)) * 3) / 4);
  const limit = need * between(rng, 80, 120);
  for (const { member } of stocks) books.open(member, 0);
  books.open('client', MEMBER_CREDITS);
  const solo = stocks.some((stock) => poolSupply([stock], need) !== null) ? need : 0;
  const mandate = poolSupply(stocks, need);
  const price = mandate === null ? null : deal(terms.strategy, limit, mandate.reservation, rng);
  const cartel = small(stocks, limit / need, terms, rng);
  if (price === null) {
    return { sale: { solo, pooled: 0, revenue: 0, bookedAsPurchase: 0 }, cartel };
  }
  books.pay(saleParts(shareRevenue(stocks, need, price), 'client'), 0);
  const all = stocks.map(({ member }) => books.turnover(member));
  const revenue = sum(all.map(({ earned }) => earned)) / MICRO;
  const bookedAsPurchase = sum(all.map(({ spent }) => spent)) / MICRO;
  return { sale: { solo, pooled: need, revenue, bookedAsPurchase }, cartel };
}

/** A need of two units: the buyer takes the best of all sellers, or faces them as one. */
function small(
  stocks: readonly Stock[],
  unitLimit: number,
  terms: WorldTerms,
  rng: Rng,
): WorldOutcome['cartel'] {
  const limit = Math.floor(2 * unitLimit);
  const unitPrice = (some: readonly Stock[]): number | null => {
    const floor = poolSupply(some, 2)?.reservation ?? Infinity;
    const price = deal(terms.strategy, limit, floor, rng);
    return price === null ? null : price / 2 / MICRO;
  };
  const alone = stocks.map((stock) => unitPrice([stock])).filter((price) => price !== null);
  const competing = alone.length === 0 ? null : Math.min(...alone);
  return { competing, together: unitPrice(stocks) };
}

/** The price on which two sides with these limits agree, or null. Neither knows the other's. */
function deal(strategy: string, limit: number, floor: number, rng: Rng): number | null {
  const side = (reservation: number, ideal: number): Side => ({
    strategy: createStrategy(strategy, {}, rng),
    reservation,
    ideal: Math.round(ideal),
    market: null,
    discount: { mine: 0.95, theirs: 0.95 },
    roundCost: 0,
  });
  const [manager, contractor] = [side(limit, limit / 4), side(floor, floor * 3)];
  const session = { protocol: 'alternating-offers', roundsMax: ROUNDS_MAX } as const;
  return bargain({ ...session, manager, contractor }, { rng }).price;
}

/** Micro-credits between so many credits. */
function between(rng: Rng, low: number, high: number): number {
  return low * MICRO + rng.below((high - low) * MICRO + 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
