// A world in which compute is bought on the spot, or half of it ahead. Every hour sellers get the
// capacity of the next one, who is short buys, and what was promised falls due.
import { splitByWeight } from '../../agent/coalition/split.ts';
import { agentAccount, trialSum } from '../../engine/bank/ledger.ts';
import { credits, MICRO } from '../../engine/base/credits.ts';
import { createRng, type Rng } from '../../engine/base/rng.ts';
import { HOUR } from '../../engine/base/time.ts';
import { step } from './contract.ts';
import type { FutureCommand } from './decide.ts';
import {
  createPlanner,
  demandAt,
  LEAD,
  type Planner,
  type PlannerName,
  type Shape,
} from './demand.ts';
import { clearSpot, type SpotOrder } from './spot.ts';
import {
  createFutures,
  type FutureEvent,
  type FuturesMarket,
  openAccount,
  rightsOf,
  type Terms,
} from './state.ts';

export interface FuturesTerms {
  shape: Shape;
  /** Null: only the spot market. */
  planner: PlannerName | null;
  periods: number;
  /** Sellers promise up to this many times their capacity. */
  overselling: number;
}

/** Of one seed. Prices are means in credits a unit, null where nothing was traded. */
export interface FuturesOutcome {
  needed: number;
  served: number;
  spotPrice: number | null;
  futuresPrice: number | null;
  /** What buyers have spent, less what they got back, for a unit that they needed and had. */
  unitCost: number | null;
  signed: number;
  delivered: number;
  defaults: number;
  /** Credits: as the ledger moved them, and as the terms of the broken promises say. */
  penaltyCollected: number;
  penaltyOwed: number;
  /** Futures offered, and endings of futures. */
  offered: number;
  endings: number;
  trial: number;
}

const SELLERS = ['s0', 's1', 's2', 's3', 's4'];
const BUYERS = ['b0', 'b1', 'b2', 'b3'];
/** Slot-hours of each seller in each period. */
const CAPACITY = 2;
const RICH = credits(1_000_000 * MICRO);
/** Where prices are expected before any is known. */
const FIRST_PRICE = 100 * MICRO;

export function runFutures(seed: number, terms: FuturesTerms): FuturesOutcome {
  return new World(seed, terms).run();
}

class World {
  private readonly m: FuturesMarket = createFutures();
  private readonly rng: Rng;
  private readonly terms: FuturesTerms;
  private readonly costs = new Map<string, number>();
  private readonly planners = new Map<string, Planner>();
  private readonly pledges = new Map<string, Terms>();
  private expected = FIRST_PRICE;
  private readonly spot = { units: 0, paid: 0 };
  private readonly ahead = { units: 0, paid: 0 };
  private readonly out: FuturesOutcome = {
    needed: 0,
    served: 0,
    spotPrice: null,
    futuresPrice: null,
    unitCost: null,
    signed: 0,
    delivered: 0,
    defaults: 0,
    penaltyCollected: 0,
    penaltyOwed: 0,
    offered: 0,
    endings: 0,
    trial: 0,
  };

  constructor(seed: number, terms: FuturesTerms) {
    this.terms = terms;
    this.rng = createRng(seed);
    for (const name of [...SELLERS, ...BUYERS]) openAccount(this.m, name, RICH);
    for (const name of SELLERS) this.costs.set(name, (50 + this.rng.below(51)) * MICRO);
    const { planner } = terms;
    if (planner !== null)
      for (const name of BUYERS) this.planners.set(name, createPlanner(planner));
  }

  run(): FuturesOutcome {
    const { shape, periods } = this.terms;
    // Needs do not depend on what is traded: the same seed has the same in every arrangement.
    const needs = createRng(this.rng.u32());
    for (let t = 0; t < periods; t++) {
      const total = demandAt(shape, t, needs);
      const parts = splitByWeight(
        total,
        BUYERS.map(() => 1),
      );
      const need = new Map(BUYERS.map((b, i) => [b, parts[i] as number]));
      const values = new Map(
        BUYERS.map((b) => [b, Array.from({ length: need.get(b) ?? 0 }, () => valueOf(needs))]),
      );
      this.hour(t, need, values);
    }
    this.do({ type: 'advance', at: (periods + LEAD + 2) * HOUR });
    return this.summary();
  }

  private hour(t: number, need: Map<string, number>, values: Map<string, number[]>): void {
    const startsAt = (t + 1) * HOUR;
    const at = t * HOUR + HOUR / 2;
    for (const agentId of SELLERS) {
      this.do({ type: 'grant', at, agentId, startsAt, units: CAPACITY });
    }
    this.tradeSpot(at, startsAt, values);
    for (const [buyer, planner] of this.planners) {
      const wanted = planner.plan(need.get(buyer) ?? 0);
      // Nothing is promised for after the end, where nobody gets any capacity.
      if (t + LEAD < this.terms.periods) this.secure(at, buyer, (t + 1 + LEAD) * HOUR, wanted);
    }
    this.do({ type: 'advance', at: startsAt });
    for (const [buyer, units] of need) {
      this.out.needed += units;
      this.out.served += Math.min(units, rightsOf(this.m, buyer, startsAt));
    }
  }

  private tradeSpot(at: number, startsAt: number, values: Map<string, number[]>): void {
    const bids: SpotOrder[] = [];
    const asks: SpotOrder[] = [];
    for (const who of SELLERS) {
      const owed = this.promised('sellerId', who, startsAt);
      for (let n = owed; n < CAPACITY; n++) asks.push({ who, price: this.costs.get(who) ?? 0 });
      // What it is short of is worth what failing would cost: the price and the penalty.
      for (let n = CAPACITY; n < owed; n++) bids.push({ who, price: this.expected * 2 });
    }
    for (const [who, units] of values) {
      const coming = this.promised('buyerId', who, startsAt);
      for (const price of units.toSorted((a, b) => b - a).slice(coming)) bids.push({ who, price });
      // More was bought ahead than is needed: any price is better than none.
      for (let n = units.length; n < coming; n++) asks.push({ who, price: 0 });
    }
    const { price, trades } = clearSpot(
      bids,
      asks.filter(({ who }) => this.has(who, startsAt)),
    );
    if (price === null) return;
    this.expected += 0.3 * (price - this.expected);
    for (const { sellerId, buyerId, units } of trades) {
      const sum = credits(price * units);
      this.do({ type: 'trade-spot', at, sellerId, buyerId, startsAt, units, price: sum });
      this.spot.units += units;
      this.spot.paid += sum;
    }
  }

  /** Only what is there can be sold on the spot; what is still promised cannot. */
  private has(who: string, startsAt: number): boolean {
    return rightsOf(this.m, who, startsAt) > 0;
  }

  /** Buys up to so many units ahead, from sellers that still promise some. */
  private secure(at: number, buyer: string, deliverAt: number, wanted: number): void {
    let left = wanted;
    // A tenth over what is usual, as in the reference system.
    const unitPrice = Math.floor(this.expected * 1.1);
    const from = this.rng.below(SELLERS.length);
    for (let i = 0; i < SELLERS.length && left > 0; i++) {
      const sellerId = SELLERS[(from + i) % SELLERS.length] as string;
      const most = Math.floor(CAPACITY * this.terms.overselling);
      const room = most - this.promised('sellerId', sellerId, deliverAt);
      const units = Math.min(left, room);
      if (units < 1 || (this.costs.get(sellerId) ?? 0) > unitPrice) continue;
      const terms = termsOf(units, unitPrice, at, deliverAt);
      const [offered] = this.do({ type: 'offer', at, sellerId, toId: buyer, terms });
      if (offered?.type !== 'future-offered') continue;
      this.do({ type: 'sign', at, futureId: offered.futureId, by: buyer });
      left -= units;
    }
  }

  private promised(side: 'sellerId' | 'buyerId', who: string, deliverAt: number): number {
    let units = 0;
    for (const f of this.m.futures.values()) {
      if (f[side] === who && f.terms.deliverAt === deliverAt) units += f.terms.units;
    }
    return units;
  }

  private do(command: FutureCommand): FutureEvent[] {
    const { events } = step(this.m, command);
    for (const e of events) this.note(e);
    return events;
  }

  private note(e: FutureEvent): void {
    const { out } = this;
    if (e.type === 'future-offered') {
      out.offered++;
      this.pledges.set(e.futureId, e.terms);
    }
    if (e.type === 'future-signed') out.signed++;
    if (e.type !== 'future-ended') return;
    out.endings++;
    const terms = this.pledges.get(e.futureId);
    if (terms === undefined) return;
    if (e.how === 'delivered') {
      out.delivered++;
      this.ahead.units += terms.units;
      this.ahead.paid += terms.price;
    }
    if (e.how !== 'defaulted') return;
    out.defaults++;
    const isSeller = e.blamed !== null && SELLERS.includes(e.blamed);
    out.penaltyOwed += (isSeller ? terms.penalty : terms.buyerMargin) / MICRO;
    for (const t of e.transfers) {
      if (t.kind === 'post') out.penaltyCollected += t.amount / MICRO;
    }
  }

  private summary(): FuturesOutcome {
    const { out, spot, ahead } = this;
    const spent = BUYERS.reduce((sum, b) => {
      return sum + RICH - (this.m.ledger.accounts.get(agentAccount(b))?.posted ?? 0);
    }, 0);
    out.trial = trialSum(this.m.ledger);
    out.spotPrice = spot.units === 0 ? null : spot.paid / spot.units / MICRO;
    out.futuresPrice = ahead.units === 0 ? null : ahead.paid / ahead.units / MICRO;
    out.unitCost = out.served === 0 ? null : spent / out.served / MICRO;
    return out;
  }
}

/** What a unit is worth to its buyer: 80 to 160 credits. */
const valueOf = (rng: Rng): number => 80 * MICRO + rng.below(80 * MICRO + 1);

/** Paid on delivery; penalty and seller's margin are half of the price, the buyer's a fifth. */
function termsOf(units: number, unitPrice: number, at: number, deliverAt: number): Terms {
  const price = credits(units * unitPrice);
  const penalty = credits(Math.floor(price / 2));
  const buyerMargin = credits(Math.floor(price / 5));
  const sums = { price, penalty, sellerMargin: penalty, buyerMargin };
  return { units, ...sums, payment: 'on-delivery', deliverAt, offerUntil: at + HOUR / 4 };
}
