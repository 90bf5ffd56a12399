// The seller of a machine's own capacity. While there is room for all it answers needs directly, at
// its ask; when more is asked for than is free it puts the free slots up for sale among the needs,
// so that the highest value wins and not the first in line.
import { type Credits, scaleUp, toDecimal } from '../engine/base/credits.ts';
import { HOUR, type Instant, type Ms } from '../engine/base/time.ts';
import type { Need } from '../engine/protocol/need.ts';
import type { Delegate, Heard, Say, Self, Told } from './delegate.ts';
import { fits } from './fits.ts';
import {
  awardNews,
  callNews,
  idOf,
  proposalNews,
  type ResourceNews,
  resourceNews,
} from './news.ts';
import type { Negotiator } from './negotiator.ts';

/** Needs that come in close together compete, however their packets were ordered. */
export const GATHER_MS: Ms = 80;
/** How long an offer waits for bids; with all bidders heard it is decided at once. */
export const OFFER_MS: Ms = 400;
/** An answer must arrive before replyBy. */
export const ANSWER_MARGIN_MS: Ms = 150;
/** After the market refused a message, wait this long before the next try. */
const BACK_OFF_MS: Ms = 250;

/** What it asks first where it may be bargained down, against what it would take. */
const OPENING = [5, 2] as const;

interface Own extends ResourceNews {
  paused: boolean;
  /** Slots in leases, in standing proposals, and in the offer that is open. */
  leased: Map<string, number>;
  promised: Map<string, number>;
  offer: { cfpId: string | null; count: number } | null;
}
interface Waiting {
  cfpId: string;
  need: Need;
  since: Instant;
  replyBy: Instant;
  bargains: boolean;
  /** Set when an offer that it could have bid in ended without any bid. */
  passive: boolean;
}

const WARE = { cpu: 'CPU', gpu: 'GPU', memory: 'memory' } as const;

const total = (m: Map<string, number>): number => [...m.values()].reduce((a, b) => a + b, 0);
const busy = (r: Own): number => total(r.leased) + total(r.promised) + (r.offer?.count ?? 0);

export function createSeller(negotiator: Negotiator): Delegate {
  return new Seller(negotiator);
}

class Seller implements Delegate {
  private readonly own = new Map<string, Own>();
  private readonly waiting = new Map<string, Waiting>();
  private due: Instant | null = null;
  private readonly negotiator: Negotiator;

  constructor(negotiator: Negotiator) {
    this.negotiator = negotiator;
  }

  private soon(at: Instant): void {
    this.due = this.due === null ? at : Math.min(this.due, at);
  }

  hear(told: Told, self: Self): Say[] {
    this.negotiator.hear(told, self);
    switch (told.type) {
      case 'resource-added': {
        const r = resourceNews(told.data);
        const none = { leased: new Map<string, number>(), promised: new Map<string, number>() };
        this.own.set(r.resourceId, { ...r, paused: false, ...none, offer: null });
        break;
      }
      case 'resource-changed':
        this.changed(told);
        break;
      case 'cfp-opened':
        this.called(told, self);
        break;
      case 'proposed':
        this.proposed(told, self);
        break;
      case 'awarded':
        this.awarded(told, self);
        break;
      case 'call-ended':
        this.closed(idOf(told, 'cfpId'), told.data.state === 'unawarded');
        break;
      case 'proposal-lapsed':
        this.forgetPromise(idOf(told, 'cfpId'));
        break;
      case 'lease-ended':
        for (const r of this.own.values()) r.leased.delete(idOf(told, 'leaseId'));
        break;
      default:
        return [];
    }
    this.soon(self.now);
    return [];
  }

  private changed(told: Told): void {
    const r = this.own.get(idOf(told, 'resourceId'));
    if (r === undefined) return;
    r.paused = told.data.paused === true;
    r.reservePrice = resourceNews(told.data).reservePrice;
  }

  private called(told: Told, self: Self): void {
    const { cfpId, managerId, need, bargains, replyBy } = callNews(told.data);
    if (managerId === self.agentId) {
      // Our own offer: now we know its id.
      for (const r of this.own.values()) {
        if (r.offer?.cfpId === null && callNews(told.data).offer?.resourceId === r.resourceId) {
          r.offer.cfpId = cfpId;
        }
      }
      return;
    }
    if (need === null || ![...this.own.values()].some((r) => fits(r, need))) return;
    const times = { since: told.at, replyBy };
    this.waiting.set(cfpId, { cfpId, need, ...times, bargains, passive: false });
    this.soon(told.at + GATHER_MS);
    this.soon(replyBy - ANSWER_MARGIN_MS);
  }

  /** What it has promised, also before a restart; where it asked high it may come down again. */
  private proposed(told: Told, self: Self): void {
    const p = proposalNews(told.data);
    const w = this.waiting.get(p.cfpId);
    if (p.contractorId !== self.agentId || w === undefined) return;
    this.waiting.delete(p.cfpId);
    this.own.get(p.resourceId)?.promised.set(p.cfpId, w.need.count);
    if (!p.negotiable) return;
    const { cfpId, need } = w;
    const reservation = scaleUp(p.price, OPENING[1], OPENING[0]);
    const mandate = { cfpId, role: 'contractor' as const, need, reservation, ideal: p.price };
    this.negotiator.allow(mandate);
  }

  private awarded(told: Told, self: Self): void {
    const a = awardNews(told.data);
    this.closed(a.cfpId, false);
    if (a.needId !== null) this.closed(a.needId, false);
    if (a.leaseId === null || a.contractorId !== self.agentId) return;
    this.own.get(a.resourceId)?.leased.set(a.leaseId, a.slots.length);
  }

  /** A conversation is over: an offer of ours, or a need. */
  private closed(cfpId: string, unsold: boolean): void {
    this.waiting.delete(cfpId);
    this.forgetPromise(cfpId);
    for (const r of this.own.values()) {
      if (r.offer?.cfpId !== cfpId) continue;
      r.offer = null;
      // Nobody bid: those who wait do not bid in offers, so the next one is answered directly.
      if (unsold) for (const w of this.waiting.values()) if (fits(r, w.need)) w.passive = true;
    }
  }

  private forgetPromise(cfpId: string): void {
    for (const r of this.own.values()) r.promised.delete(cfpId);
  }

  wake(self: Self): Say[] {
    const says = this.negotiator.wake(self);
    if (this.due !== null && this.due <= self.now) says.push(...this.trade(self));
    return says;
  }

  private trade(self: Self): Say[] {
    this.due = null;
    const says: Say[] = [];
    for (const r of this.own.values()) says.push(...this.sell(r, self.now));
    says.push(...this.declines(self.now));
    for (const w of this.waiting.values()) {
      if (w.since + GATHER_MS > self.now) this.soon(w.since + GATHER_MS);
      this.soon(Math.max(self.now + 1, w.replyBy - ANSWER_MARGIN_MS));
    }
    return says;
  }

  private sell(r: Own, now: Instant): Say[] {
    const free = r.count - busy(r);
    if (r.paused || r.offer !== null || free <= 0) return [];
    const ready = [...this.waiting.values()].filter(
      (w) => fits(r, w.need) && w.since + GATHER_MS <= now && w.replyBy - now > 1,
    );
    if (ready.length === 0) return [];
    const asked = ready.reduce((sum, w) => sum + w.need.count, 0);
    if (asked <= free) return ready.map((w) => this.propose(r, w));
    const biddable = ready.filter((w) => !w.passive && w.need.count <= free);
    if (biddable.length > 1) return [this.offer(r, biddable)];
    const first = biddable[0] ?? ready.find((w) => w.need.count <= free);
    return first === undefined ? [] : [this.propose(r, first)];
  }

  /** The ask: the reserve price for that time, up to double as the machine fills up. */
  private propose(r: Own, w: Waiting): Say {
    this.waiting.delete(w.cfpId);
    const load = r.count + busy(r);
    const price = scaleUp(r.reservePrice, w.need.count * w.need.durationMs * load, HOUR * r.count);
    r.promised.set(w.cfpId, w.need.count);
    const { resourceId } = r;
    if (w.bargains) return this.openHigh(w, price, resourceId);
    return { to: 'proposals', cfpId: w.cfpId, body: { price: toDecimal(price), resourceId } };
  }

  /** To a manager that bargains: with room to concede, down to the ask. */
  private openHigh(w: Waiting, ask: Credits, resourceId: string): Say {
    const opening = scaleUp(ask, OPENING[0], OPENING[1]);
    const { cfpId, need } = w;
    this.negotiator.allow({ cfpId, role: 'contractor', need, reservation: ask, ideal: opening });
    const body = { price: toDecimal(opening), resourceId, negotiable: true };
    return { to: 'proposals', cfpId, body };
  }

  private offer(r: Own, ready: readonly Waiting[]): Say {
    const count = Math.max(...ready.map((w) => w.need.count));
    const durationMs = Math.max(...ready.map((w) => w.need.durationMs));
    const minPrice = toDecimal(scaleUp(r.reservePrice, count * durationMs, HOUR));
    r.offer = { cfpId: null, count };
    return {
      to: 'cfps',
      body: {
        task: { title: `${count} ${WARE[r.kind]} ${count === 1 ? 'slot' : 'slots'} for sale` },
        offer: { resourceId: r.resourceId, count, durationMs },
        minPrice,
        replyByMs: OFFER_MS,
        mechanism: { pricing: 'second-price' },
        award: 'auto',
      },
    };
  }

  /** Shortly before replyBy those that could not be served are told so. */
  private declines(now: Instant): Say[] {
    const late = [...this.waiting.values()].filter((w) => w.replyBy - ANSWER_MARGIN_MS <= now);
    return late.map((w) => {
      this.waiting.delete(w.cfpId);
      const paused = [...this.own.values()].every((r) => !fits(r, w.need) || r.paused);
      const reason = paused ? 'paused' : 'no-capacity';
      const detail = paused
        ? 'the owner has paused selling'
        : 'all slots went to calls that valued them more';
      return { to: 'refusals', cfpId: w.cfpId, body: { reason, detail } };
    });
  }

  /** A refused message promised nothing after all. */
  answered(heard: Heard, self: Self): Say[] {
    const { say, ok } = heard;
    if (ok) return [];
    if (say.to === 'proposals') this.forgetPromise(say.cfpId);
    if (say.to === 'cfps')
      for (const r of this.own.values()) if (r.offer?.cfpId === null) r.offer = null;
    this.soon(self.now + BACK_OFF_MS);
    return this.negotiator.answered(heard);
  }

  /** A seller has no needs of its own. */
  entrust(): Say[] {
    return [];
  }

  wakeAt(): Instant | null {
    const speaks = this.negotiator.wakeAt();
    if (speaks === null || this.due === null) return speaks ?? this.due;
    return Math.min(speaks, this.due);
  }
}
