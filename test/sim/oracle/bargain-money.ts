// The money of a bargaining, and what is agreed.
//
// N5  while it runs the call holds what its manager has last offered, nothing before that, and the
//     proposal holds the penalty that its contractor has last promised.
// N6  an offer costs its sender the fee that the operator's rule asks for, once, and nothing else.
// N7  a deal is what the other side had on the table, or one of two offers that meet; the lease has
//     its price and its terms.
// N8  where two offers meet the draw decides: even is the manager's.
// N12 no manager offers above its limit, no contractor offers or accepts less than the reserve
//     price of its resource at that moment, and nobody offers a start that is too late for the
//     need. (A manager who decides by hand may take one that is proposed, in an award as here.)
import type { Event } from '../../../core/engine/market/events.ts';
import type { Market } from '../../../core/engine/market/state.ts';
import type { Accuse } from './accuse.ts';
import {
  across,
  type Haggle,
  type Haggles,
  latest,
  type Role,
  sameTerms,
  show,
  type Terms,
} from './bargain-facts.ts';
import type { Of } from './facts.ts';

type Move = Of<'offered'>['transfers'][number];

export class BargainMoney {
  private readonly haggles: Haggles;
  private readonly accuse: Accuse;
  /** Open holds of calls that may be bargained over, and of the proposals in them. */
  private readonly holds = new Map<string, Map<string, number>>();
  private agreed: { leaseId: string; deal: Terms } | null = null;

  constructor(haggles: Haggles, accuse: Accuse) {
    this.haggles = haggles;
    this.accuse = accuse;
  }

  /** Before the facts take the event in. */
  look(e: Event): void {
    if (e.type === 'awarded') this.awarded(e);
    if (e.type === 'offered') this.offered(e);
    const owner = this.ownerOf(e);
    if (owner !== null) this.follow(e, owner);
  }

  /** After it; `h` stands as it stands now. */
  looked(e: Event): void {
    if (e.type !== 'bargaining-opened' && e.type !== 'offered') return;
    const h = this.haggles.running.get(e.cfpId);
    if (h === undefined) return;
    const held = [this.held(e.cfpId), this.held(e.proposalId)];
    const due = [latest(h, 'manager')?.price ?? 0, latest(h, 'contractor')?.penalty ?? 0];
    if (held.join() === due.join()) return;
    this.accuse('N5', `event ${e.seq}: price and penalty held ${held.join()}, due ${due.join()}`);
  }

  /** The lease that the engine made of a deal. */
  compare(m: Market): void {
    if (this.agreed === null) return;
    const { leaseId, deal } = this.agreed;
    this.agreed = null;
    const lease = m.leases.get(leaseId);
    if (lease === undefined) return;
    const { reclaimWindowMs = 0, penalty = 0 } = lease.terms;
    const startDelayMs = lease.startAt - lease.awardedAt;
    const terms = { price: lease.price, startDelayMs, reclaimWindowMs, penalty } as Terms;
    if (sameTerms(terms, deal)) return;
    this.accuse('N7', `${leaseId} is a lease at ${show(terms)} for a deal at ${show(deal)}`);
  }

  private awarded(e: Of<'awarded'>): void {
    const h = this.haggles.running.get(e.cfpId);
    const deal = e.bargained?.deal ?? null;
    if (h === undefined || e.bargained === undefined || deal === null) return;
    const { by } = e.bargained;
    const [manager, contractor] = [latest(h, 'manager'), latest(h, 'contractor')];
    const offers = by === null ? [manager, contractor] : [h.table[across(by)]];
    if (!offers.some((o) => sameTerms(o, deal)) || e.price !== deal.price) {
      const found = `${e.price} for ${show(deal)} of ${offers.map(show).join(' and ')}`;
      this.accuse('N7', `event ${e.seq} awards at ${found}`);
    }
    const drawn = e.draw % 2 === 0 ? manager : contractor;
    if (by === null && !sameTerms(drawn, deal)) {
      this.accuse('N8', `event ${e.seq}: the draw ${e.draw} took ${show(deal)}`);
    }
    if (by !== null) this.within(e, h, by, deal);
    this.agreed = { leaseId: e.leaseId, deal };
  }

  private offered(e: Of<'offered'>): void {
    const h = this.haggles.running.get(e.cfpId);
    if (h === undefined) return; // N2's
    this.within(e, h, e.role, e.offer);
    const fee = this.haggles.rule?.roundFee ?? 0;
    const paid = e.transfers.filter((t) => t.kind === 'posted' && t.code !== 'lapse');
    const fair = paid.length === (fee > 0 ? 1 : 0) && paid.every((t) => isFee(t, e, fee));
    if (!fair) this.accuse('N6', `event ${e.seq} posts ${JSON.stringify(paid)}, the fee is ${fee}`);
  }

  private within(e: Event, h: Haggle, role: Role, t: Terms): void {
    const [limit, floor] = [this.haggles.limitOf(h), this.haggles.floorOf(h)];
    const fits = role === 'manager' ? t.price <= limit : t.price >= floor;
    const latestStart = this.haggles.facts.calls.get(h.opened.cfpId)?.opened.need?.maxStartDelayMs;
    const late = e.type === 'offered' && t.startDelayMs > (latestStart ?? Infinity);
    if (fits && !late) return;
    this.accuse('N12', `event ${e.seq}: the ${role} goes to ${show(t)}, from ${floor} to ${limit}`);
  }

  private held(owner: string): number {
    let sum = 0;
    for (const amount of this.holds.get(owner)?.values() ?? []) sum += amount;
    return sum;
  }

  /** Whose the holds of this event are; null where nothing will be bargained over. */
  private ownerOf(e: Event): string | null {
    if (e.type === 'cfp-opened') return e.mechanism.bargaining === true ? e.cfpId : null;
    if (e.type === 'proposed') return this.holds.has(e.cfpId) ? e.proposalId : null;
    if (e.type === 'bargaining-opened') return e.cfpId;
    if (e.type === 'offered') return e.role === 'manager' ? e.cfpId : e.proposalId;
    if (e.type === 'call-ended' || e.type === 'awarded') this.holds.delete(e.cfpId);
    return null;
  }

  private follow(e: Event, owner: string): void {
    const own = this.holds.get(owner) ?? new Map<string, number>();
    this.holds.set(owner, own);
    if (!('transfers' in e)) return;
    e.transfers.forEach((t, n) => {
      if (t.kind === 'pending') own.set(holdId(e.seq, n), t.amount);
      else if (t.kind !== 'posted') own.delete(t.pendingId);
    });
  }
}

function isFee(t: Move, e: Of<'offered'>, fee: number): boolean {
  const payers =
    e.role === 'contractor' ? [`agent:${e.contractorId}`] : [`agent:${e.managerId}`, 'project:'];
  return (
    t.kind === 'posted' &&
    t.code === 'round-fee' &&
    t.amount === fee &&
    t.credit === 'bank' &&
    payers.some((who) => t.debit === who || (who.endsWith(':') && t.debit.startsWith(who)))
  );
}

/** The n-th transfer of an event, as API.md and the journal name it. */
const holdId = (seq: number, n: number): string => `trf_${seq.toString(36).padStart(9, '0')}_${n}`;
