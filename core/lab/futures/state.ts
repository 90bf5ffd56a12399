// Futures on compute: what is agreed, what stands, and what has happened. A future is a promise of
// slot-hours that the seller need not own yet, secured by margins that lie as holds in the ledger.
import {
  type Account,
  applyTransfers,
  agentAccount,
  BANK,
  createLedger,
  type Ledger,
  newAccount,
  type Transfer,
} from '../../engine/bank/ledger.ts';
import { must } from '../../engine/base/assert.ts';
import type { Credits } from '../../engine/base/credits.ts';
import { createHeap, type Heap } from '../../engine/base/heap.ts';
import { transferId } from '../../engine/base/ids.ts';
import { DAY, HOUR, type Instant, type Ms } from '../../engine/base/time.ts';

/** Open futures of one seller; a further offer is refused. */
export const OPEN_PER_SELLER_MAX = 256;
/** How far ahead delivery may be promised. */
export const HORIZON_MS: Ms = 30 * DAY;
/** What one right is for: the hour that begins at `startsAt`. */
export const PERIOD_MS: Ms = HOUR;
export const UNITS_MAX = 1_000_000;
/** A hold outlives what it secures, so that only the future itself ever ends it. */
export const HOLD_SLACK_MS: Ms = 10_000;

/** What both sides sign. Amounts are integer micro-credits for all units together. */
export interface Terms {
  /** Slot-hours of the period that begins at `deliverAt`. */
  units: number;
  price: Credits;
  /** The price moves now, or against delivery. */
  payment: 'on-signing' | 'on-delivery';
  /** What a seller that does not deliver owes, on top of a price already paid. */
  penalty: Credits;
  /** The seller's collateral, held from the offer on: covers all that it can come to owe. */
  sellerMargin: Credits;
  /** The buyer's collateral, part of the price; owed when it cannot pay. 0 for `on-signing`. */
  buyerMargin: Credits;
  deliverAt: Instant;
  offerUntil: Instant;
}

/** A way out that one side has put to the other. */
export interface CloseOut {
  by: string;
  payer: 'seller' | 'buyer';
  amount: Credits;
}

export interface Future {
  id: string;
  sellerId: string;
  /** Null while it is an offer. */
  buyerId: string | null;
  /** Whom it is offered to; null for everybody. */
  toId: string | null;
  terms: Terms;
  sellerHold: string;
  buyerHold: string | null;
  closeOut: CloseOut | null;
  /** The right is for sale. */
  resale: { price: Credits; toId: string | null } | null;
}

export const ENDINGS = ['delivered', 'defaulted', 'closed', 'lapsed'] as const;
export type Ending = (typeof ENDINGS)[number];

export type FutureEventBody =
  | { type: 'rights-granted'; agentId: string; startsAt: Instant; units: number }
  | {
      type: 'rights-traded';
      sellerId: string;
      buyerId: string;
      startsAt: Instant;
      units: number;
      transfers: Transfer[];
    }
  | { type: 'rights-used-up'; startsAt: Instant }
  | {
      type: 'future-offered';
      futureId: string;
      sellerId: string;
      toId: string | null;
      terms: Terms;
      transfers: Transfer[];
    }
  | { type: 'future-signed'; futureId: string; buyerId: string; transfers: Transfer[] }
  | { type: 'close-proposed'; futureId: string; closeOut: CloseOut }
  | { type: 'right-offered'; futureId: string; price: Credits; toId: string | null }
  | { type: 'right-taken'; futureId: string; buyerId: string; transfers: Transfer[] }
  | {
      type: 'future-ended';
      futureId: string;
      how: Ending;
      /** Who failed, for `defaulted`; never somebody who did its part. */
      blamed: string | null;
      transfers: Transfer[];
    };
export type FutureEvent = FutureEventBody & { seq: number; at: Instant };

/** What becomes due. In the order in which they fire at the same instant. */
export const DUE_KINDS = ['settle', 'lapse', 'used-up'] as const;
export interface Due {
  at: Instant;
  kind: (typeof DUE_KINDS)[number];
  /** A future, or the start of a period. */
  id: string;
}

export interface FuturesMarket {
  seq: number;
  at: Instant;
  ledger: Ledger;
  /** Open ones only: offered or signed. What has ended is in the events. */
  futures: Map<string, Future>;
  /** Slot-hours by the start of their period and their owner. */
  rights: Map<Instant, Map<string, number>>;
  due: Heap<Due>;
}

/** An empty market; accounts come with `openAccount`. */
export function createFutures(ledger: Ledger = createLedger(), at: Instant = 0): FuturesMarket {
  const due = createHeap<Due>((a, b) => {
    if (a.at !== b.at) return a.at < b.at;
    const [first, second] = [DUE_KINDS.indexOf(a.kind), DUE_KINDS.indexOf(b.kind)];
    return first === second ? a.id < b.id : first < second;
  });
  return { seq: 0, at, ledger, futures: new Map(), rights: new Map(), due };
}

/** Opens an agent's account with credits from the bank. */
export function openAccount(m: FuturesMarket, agentId: string, issued: Credits): Account {
  const account = newAccount(agentAccount(agentId), 'agent');
  m.ledger.accounts.set(account.id, account);
  const about = { agentId, project: null, resourceId: null, cfpId: null, leaseId: null };
  const ends = { debit: BANK, credit: account.id, amount: issued };
  if (issued > 0) {
    applyTransfers(m.ledger, ++m.seq, [{ kind: 'posted', ...ends, code: 'issue', ...about }]);
  }
  return account;
}

export function rightsOf(m: FuturesMarket, agentId: string, startsAt: Instant): number {
  return m.rights.get(startsAt)?.get(agentId) ?? 0;
}

export const futureIdOf = (seq: number): string => `fut_${seq.toString(36).padStart(9, '0')}`;

/** Applies one event to the state. Throws Broken where an invariant would break. */
export function evolve(m: FuturesMarket, event: FutureEvent): void {
  m.seq = event.seq;
  m.at = event.at;
  if ('transfers' in event) applyTransfers(m.ledger, event.seq, event.transfers);
  switch (event.type) {
    case 'rights-granted':
      addRights(m, event.agentId, event.startsAt, event.units);
      return;
    case 'rights-traded':
      addRights(m, event.sellerId, event.startsAt, -event.units);
      addRights(m, event.buyerId, event.startsAt, event.units);
      return;
    case 'rights-used-up':
      m.rights.delete(event.startsAt);
      return;
    case 'future-offered':
      evolveOffered(m, event);
      return;
    default:
      evolveOne(m, event);
  }
}

function evolveOffered(m: FuturesMarket, event: FutureEvent & { type: 'future-offered' }): void {
  const { futureId: id, sellerId, toId, terms, transfers } = event;
  const sellerHold = must(holdOf(event.seq, transfers, sellerId), 'margin', id);
  const empty = { buyerId: null, buyerHold: null, closeOut: null, resale: null };
  m.futures.set(id, { id, sellerId, toId, terms, sellerHold, ...empty });
  m.due.push({ at: terms.offerUntil, kind: 'lapse', id });
}

type OfOne = Exclude<
  FutureEvent,
  { type: 'rights-granted' | 'rights-traded' | 'rights-used-up' | 'future-offered' }
>;

function evolveOne(m: FuturesMarket, event: OfOne): void {
  const f = must(m.futures.get(event.futureId), 'future', event.futureId);
  switch (event.type) {
    case 'future-signed':
      m.due.push({ at: f.terms.deliverAt, kind: 'settle', id: f.id });
      signedBy(f, event);
      return;
    case 'right-taken':
      signedBy(f, event);
      return;
    case 'close-proposed':
      f.closeOut = event.closeOut;
      return;
    case 'right-offered':
      f.resale = { price: event.price, toId: event.toId };
      return;
    case 'future-ended': {
      const { deliverAt, units } = f.terms;
      if (event.how === 'delivered') {
        addRights(m, f.sellerId, deliverAt, -units);
        addRights(m, must(f.buyerId, 'buyer', f.id), deliverAt, units);
      }
      m.futures.delete(f.id);
    }
  }
}

/** A new buyer: what the former one had proposed is no longer on the table. */
function signedBy(f: Future, event: { seq: number; buyerId: string; transfers: Transfer[] }): void {
  const { seq, buyerId, transfers } = event;
  f.buyerId = buyerId;
  f.sellerHold = must(holdOf(seq, transfers, f.sellerId), 'margin', f.id);
  f.buyerHold = holdOf(seq, transfers, buyerId);
  f.closeOut = null;
  f.resale = null;
}

/** The hold that an event takes from an agent. */
function holdOf(seq: number, transfers: readonly Transfer[], agentId: string): string | null {
  const account = agentAccount(agentId);
  const n = transfers.findIndex((t) => t.kind === 'pending' && t.debit === account);
  return n < 0 ? null : transferId(seq, n);
}

function addRights(m: FuturesMarket, agentId: string, startsAt: Instant, units: number): void {
  let period = m.rights.get(startsAt);
  if (period === undefined) {
    period = new Map();
    m.rights.set(startsAt, period);
    m.due.push({ at: startsAt + PERIOD_MS, kind: 'used-up', id: String(startsAt) });
  }
  const left = (period.get(agentId) ?? 0) + units;
  if (left === 0) period.delete(agentId);
  else period.set(agentId, left);
}
