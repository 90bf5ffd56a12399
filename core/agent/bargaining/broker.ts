// The broker stands between supply and demand that do not meet: it buys on its own account and
// sells at cost plus commission. What it may lose is bounded: by the units and by the credits that
// lie in its inventory. As a strategy it is a side that wants its commission in every deal.
import { along, atLeast, marketOf, pressure, settle } from './aspiration.ts';
import type { StrategyKind, View } from './strategy.ts';

const commission = {
  name: 'commission',
  summary: 'What it adds to its cost, as a part of it.',
  initial: 0.1,
  min: 0,
  max: 1,
};

/** Against the last bit of a product: 10 % of 30 are 3, not a little more. */
const GRAIN = 1e-9;

/** The least price that earns this commission over a cost. */
const withCommission = (cost: number, part: number): number =>
  cost + Math.ceil(Math.max(0, cost) * part - GRAIN);

/** The worst price at which it still earns its commission. */
function limitOf(view: View, part: number): number {
  const { role, reservation } = view;
  if (role === 'contractor') return withCommission(reservation, part);
  const resold = Math.floor(marketOf(view) / (1 + part) + GRAIN);
  return atLeast(role, resold, reservation) ? resold : reservation;
}

export const BROKER: StrategyKind = {
  name: 'broker',
  summary: 'Buys and sells for a commission, and takes no deal without it.',
  parameters: [commission],
  create: (params) => {
    const part = params[commission.name] ?? commission.initial;
    return {
      decide(view) {
        const limit = limitOf(view, part);
        const wish = along(view, 0);
        const open = atLeast(view.role, wish, limit) ? wish : limit;
        return settle(view, open + (limit - open) * pressure(view), limit);
      },
    };
  },
};

export interface BrokerTerms {
  /** Part of the cost that is added when selling, 0..1. */
  commission: number;
  /** Most units it holds at once, and most credits it has paid for them; both at least 0. */
  unitsMax: number;
  creditMax: number;
  /** How many recent bids of buyers it remembers, at least 1. */
  bidsMax: number;
}

/** The books of a broker. Prices are integers per unit, in any one unit. */
export interface Broker {
  /** A buyer is willing to pay this for a unit: what the broker knows of demand. */
  heard(bid: number): void;
  /** The most it may pay for one more unit; null when it must not buy. */
  buyLimit(): number | null;
  /** Throws RangeError when the price is above buyLimit(). */
  bought(price: number): void;
  /** The least it may sell its next unit for; null when it has none. */
  sellLimit(): number | null;
  /** Takes the oldest unit from stock; returns its cost. Throws RangeError below sellLimit(). */
  sold(price: number): number;
  /** Units in stock, what was paid for them, and the profit of all sales so far. */
  readonly units: number;
  readonly atRisk: number;
  readonly profit: number;
}

/**
 * It buys only what a remembered bid would pay for with commission, one unit for each such bid that
 * its stock does not already serve, and only while both caps allow.
 */
export function createBroker(terms: BrokerTerms): Broker {
  const stock: number[] = [];
  let bids: number[] = [];
  let atRisk = 0;
  let profit = 0;
  const { commission: part } = terms;

  function buyLimit(): number | null {
    if (stock.length >= terms.unitsMax) return null;
    // The best bids are served by what is in stock; the next one is what a further unit may earn.
    const next = bids.toSorted((a, b) => b - a)[stock.length];
    if (next === undefined) return null;
    let most = Math.min(Math.floor(next / (1 + part) + GRAIN), terms.creditMax - atRisk);
    // Division and multiplication round apart.
    while (most > 0 && withCommission(most, part) > next) most--;
    return most > 0 ? most : null;
  }
  const sellLimit = (): number | null =>
    stock[0] === undefined ? null : withCommission(stock[0], part);

  return {
    heard(bid) {
      bids.push(bid);
      if (bids.length > terms.bidsMax) bids = bids.slice(-terms.bidsMax);
    },
    buyLimit,
    bought(price) {
      const most = buyLimit();
      if (most === null || !(price <= most)) throw new RangeError(`price ${price} is over ${most}`);
      stock.push(price);
      atRisk += price;
    },
    sellLimit,
    sold(price) {
      const least = sellLimit();
      const [cost] = stock;
      if (least === null || cost === undefined || !(price >= least)) {
        throw new RangeError(`price ${price} is under ${least}`);
      }
      stock.shift();
      atRisk -= cost;
      profit += price - cost;
      // The bid that was served is no demand any more: the best one that is no higher than paid.
      const served = bids.toSorted((a, b) => b - a).find((bid) => bid <= price) ?? bids[0];
      if (served !== undefined) bids.splice(bids.indexOf(served), 1);
      return cost;
    },
    get units() {
      return stock.length;
    },
    get atRisk() {
      return atRisk;
    },
    get profit() {
      return profit;
    },
  };
}
