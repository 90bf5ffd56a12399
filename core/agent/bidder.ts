// A buyer's delegate: while its owner's needs are open it bids for slots that are put up for sale,
// as much as they are worth to the task and no more than the owner's limit.
import { type Credits, toDecimal } from '../engine/base/credits.ts';
import type { Instant } from '../engine/base/time.ts';
import type { Valuation } from '../engine/protocol/bodies.ts';
import type { Need, ResourceKind } from '../engine/protocol/need.ts';
import { type BiddingPolicy, biddingPolicy } from './bidding.ts';
import { type Delegate, type Heard, type Say, type Self, type Told } from './delegate.ts';
import { fits } from './fits.ts';
import { awardNews, callNews, type CallNews, idOf, priceOf } from './news.ts';
import { type Negotiator, openingOf } from './negotiator.ts';
import { utility, willingness, worth } from './valuation.ts';

interface OpenNeed {
  cfpId: string;
  need: Need;
  limit: Credits;
  valuation: Valuation | null;
  attempts: number;
  bargains: boolean;
}

/**
 * Bids by a policy of bidding.ts for needs of its agent that have a valuation, and bargains where
 * its owner's call allows it.
 */
export function createBidder(policyName: string, negotiator: Negotiator): Delegate {
  return new Bidder(biddingPolicy(policyName), negotiator);
}

class Bidder implements Delegate {
  private readonly policy: BiddingPolicy;
  private readonly needs = new Map<string, OpenNeed>();
  /** Slots its agent has in running leases, by lease: one more of a kind adds less. */
  private readonly held = new Map<string, { kind: ResourceKind; count: number }>();
  /** Rivals seen in past offers: how many it lost against, smoothed. */
  private rivals = 1;
  private readonly negotiator: Negotiator;

  constructor(policy: BiddingPolicy, negotiator: Negotiator) {
    this.policy = policy;
    this.negotiator = negotiator;
  }

  hear(told: Told, self: Self): Say[] {
    this.negotiator.hear(told, self);
    switch (told.type) {
      case 'cfp-opened': {
        const call = callNews(told.data);
        if (call.managerId === self.agentId) this.remember(call, priceOf(told, 'limitPrice'));
        return call.offer === null || call.managerId === self.agentId ? [] : this.bid(call, self);
      }
      case 'awarded':
        this.awarded(told);
        return [];
      case 'call-ended':
        this.needs.delete(idOf(told, 'cfpId'));
        return [];
      case 'lease-ended':
        this.held.delete(idOf(told, 'leaseId'));
        return [];
      default:
        return [];
    }
  }

  private remember(call: CallNews, limit: Credits): void {
    if (call.need === null) return;
    const { cfpId, need, bargains } = call;
    this.needs.set(cfpId, { cfpId, need, limit, valuation: null, attempts: 0, bargains });
  }

  /** Up to what the slot is worth to the task, which may be less than the owner's limit. */
  private mandate(n: OpenNeed, self: Self): void {
    if (!n.bargains) return;
    const reservation = willingness(this.pointsOf(n, self), n.limit);
    const { cfpId, need } = n;
    const ideal = openingOf(reservation);
    this.negotiator.allow({ cfpId, role: 'manager', need, reservation, ideal });
  }

  private awarded(told: Told): void {
    const { cfpId, needId, leaseId, slots } = awardNews(told.data);
    const served = this.needs.get(needId ?? cfpId);
    for (const id of [cfpId, needId]) if (id !== null) this.needs.delete(id);
    if (leaseId === null) this.lost();
    else if (served !== undefined) {
      this.held.set(leaseId, { kind: served.need.kind, count: slots.length });
    }
  }

  private lost(): void {
    this.rivals = Math.min(10, this.rivals + 0.5);
    for (const n of this.needs.values()) n.attempts++;
  }

  /** The own need that gains most from the slot, and what it bids; always an answer. */
  private bid(call: CallNews, self: Self): Say[] {
    const lot = call.offer;
    if (lot === null) return [];
    const fit = [...this.needs.values()].filter(
      (n) => n.valuation !== null && fits(lot, n.need) && n.need.durationMs <= lot.durationMs,
    );
    if (fit.length === 0) return [];
    const valued = fit.map((n) => ({ n, points: this.pointsOf(n, self) }));
    const best = valued.reduce((a, b) => (b.points > a.points ? b : a));
    const most = willingness(best.points, best.n.limit);
    const price = this.policy({
      pricing: call.pricing,
      worth: most,
      attempts: best.n.attempts,
      rivals: Math.round(this.rivals),
    });
    // Where cost exceeds utility bidding stops.
    if (price <= 0 || utility(best.points, price) < 1) {
      const detail = 'the slot is worth less to the task than it would cost';
      return [{ to: 'refusals', cfpId: call.cfpId, body: { reason: 'price-too-low', detail } }];
    }
    const body = { price: toDecimal(price), cfpId: best.n.cfpId };
    return [{ to: 'proposals', cfpId: call.cfpId, body }];
  }

  private pointsOf(n: OpenNeed, self: Self): number {
    if (n.valuation === null) return 0;
    const same = [...this.held.values()].filter(({ kind }) => kind === n.need.kind);
    const held = same.reduce((sum, { count }) => sum + count, 0);
    return worth(n.valuation, self.now, n.need.durationMs, held);
  }

  entrust(cfpId: string, valuation: Valuation, self: Self): Say[] {
    const n = this.needs.get(cfpId);
    if (n === undefined) return [];
    n.valuation = valuation;
    this.mandate(n, self);
    return [];
  }

  answered(heard: Heard): Say[] {
    const { say, ok } = heard;
    if (ok || say.to !== 'proposals') return this.negotiator.answered(heard);
    const body = { reason: 'insufficient-credits', detail: 'the bid could not be backed' };
    return [{ to: 'refusals', cfpId: say.cfpId, body }];
  }

  wake(self: Self): Say[] {
    return this.negotiator.wake(self);
  }

  wakeAt(): Instant | null {
    return this.negotiator.wakeAt();
  }
}
