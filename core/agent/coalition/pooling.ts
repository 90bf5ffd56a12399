// What a delegate may agree to for all: the pooled units, and a price at which no member is worse
// off than its own limit allows.
import { splitByWeight } from './split.ts';

/** A member's part of a pooled need: so many units, for at most this much in all. */
export interface Wish {
  member: string;
  units: number;
  /** Integer micro-credits for all its units. */
  limit: number;
}

/** A member's part of a pooled supply: up to so many units, each for at least this much. */
export interface Stock {
  member: string;
  units: number;
  /** Integer micro-credits a unit. */
  floor: number;
}

export interface Share {
  member: string;
  units: number;
  /** What it pays of the price, or gets. */
  amount: number;
}

/** What the delegate negotiates with. */
export interface Mandate {
  units: number;
  /** The worst total price: the most that is paid, or the least that is taken. */
  reservation: number;
}

/**
 * The pooled need of a buyers' cooperative. The worst total price is the pooled units at the unit
 * limit of the poorest member, so that `shareCost` of any price within it asks of nobody more than
 * its own limit.
 * @throws RangeError without wishes, or where one has no units or no limit
 */
export function poolDemand(wishes: readonly Wish[]): Mandate {
  const units = sumOf('wishes', wishes);
  const caps = wishes.map(({ units: own, limit }) => {
    if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError('limit: an integer >= 0');
    return (BigInt(limit) * BigInt(units)) / BigInt(own);
  });
  const least = caps.reduce((a, b) => (a < b ? a : b));
  return { units, reservation: Number(least) };
}

/**
 * The pooled supply for one need of `units`, or null where all together have fewer. Members serve
 * in proportion to what they have; the worst total price pays each at least its floor.
 * @throws RangeError without stocks, or where one has no units or no floor
 */
export function poolSupply(stocks: readonly Stock[], units: number): Mandate | null {
  const all = sumOf('stocks', stocks);
  if (!Number.isSafeInteger(units) || units < 1) throw new RangeError('units: an integer >= 1');
  if (units > all) return null;
  for (const { floor } of stocks) {
    if (!Number.isSafeInteger(floor) || floor < 0) throw new RangeError('floor: an integer >= 0');
  }
  const reservation = units * Math.max(...stocks.map(({ floor }) => floor));
  if (!Number.isSafeInteger(reservation)) throw new RangeError('floor: too much for a price');
  return { units, reservation };
}

/** Who pays what of an agreed price, by the units of each. */
export function shareCost(wishes: readonly Wish[], price: number): Share[] {
  const amounts = splitByWeight(
    price,
    wishes.map(({ units }) => units),
  );
  return wishes.map(({ member, units }, i) => ({ member, units, amount: amounts[i] as number }));
}

/** Who serves how many units of a need and gets what of the price, by the units it serves. */
export function shareRevenue(stocks: readonly Stock[], units: number, price: number): Share[] {
  const served = splitByWeight(
    units,
    stocks.map((stock) => stock.units),
  );
  const amounts = splitByWeight(price, served);
  return stocks.map(({ member }, i) => ({
    member,
    units: served[i] as number,
    amount: amounts[i] as number,
  }));
}

function sumOf(what: string, parts: readonly { units: number }[]): number {
  if (parts.length === 0) throw new RangeError(`${what}: at least one`);
  for (const { units } of parts) {
    if (!Number.isSafeInteger(units) || units < 1) throw new RangeError('units: an integer >= 1');
  }
  return parts.reduce((sum, { units }) => sum + units, 0);
}
