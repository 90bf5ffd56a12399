// What a command on a future leads to. Nothing here changes the state: the answer is an event, or
// why there is none.
import {
  accountOf,
  agentAccount,
  available,
  ESCROW,
  lapsing,
  release,
  type Transfer,
  type TransferCode,
} from '../../engine/bank/ledger.ts';
import { assert, must } from '../../engine/base/assert.ts';
import { add, type Credits, sub, SUPPLY_MAX, ZERO } from '../../engine/base/credits.ts';
import type { Instant } from '../../engine/base/time.ts';
import {
  type Ending,
  type Future,
  type FutureEventBody,
  futureIdOf,
  type FuturesMarket,
  HOLD_SLACK_MS,
  HORIZON_MS,
  OPEN_PER_SELLER_MAX,
  PERIOD_MS,
  rightsOf,
  type Terms,
  UNITS_MAX,
} from './state.ts';

export type FutureCommand = { at: Instant } & (
  | { type: 'advance' }
  /** Capacity that comes into being: a resource's owner gets the right to a period of it. */
  | { type: 'grant'; agentId: string; startsAt: Instant; units: number }
  /** A spot deal that two agents have agreed on: rights against credits, at once. */
  | {
      type: 'trade-spot';
      sellerId: string;
      buyerId: string;
      startsAt: Instant;
      units: number;
      price: Credits;
    }
  | { type: 'offer'; sellerId: string; toId: string | null; terms: Terms }
  | { type: 'withdraw'; futureId: string; by: string }
  | { type: 'sign'; futureId: string; by: string }
  | {
      type: 'propose-close';
      futureId: string;
      by: string;
      payer: 'seller' | 'buyer';
      amount: Credits;
    }
  /** `payer` and `amount` as proposed: what is accepted is what was read. */
  | {
      type: 'accept-close';
      futureId: string;
      by: string;
      payer: 'seller' | 'buyer';
      amount: Credits;
    }
  | { type: 'offer-right'; futureId: string; by: string; toId: string | null; price: Credits }
  /** `price` as offered. */
  | { type: 'take-right'; futureId: string; by: string; price: Credits }
);

export const REFUSALS = [
  'unknown-agent',
  'unknown-future',
  'not-yours',
  'not-open',
  'not-signed',
  'bad-terms',
  'changed',
  'insufficient-credits',
  'insufficient-rights',
  'limit-reached',
] as const;
/** `field` where terms do not fit; `who` is short of credits or rights. */
export interface FutureRefusal {
  refused: (typeof REFUSALS)[number];
  field?: string;
  who?: string;
}

export type Decision = FutureEventBody[] | FutureRefusal;

export function decide(m: FuturesMarket, command: FutureCommand): Decision {
  switch (command.type) {
    case 'advance':
      return [];
    case 'grant':
      return grant(m, command);
    case 'trade-spot':
      return tradeSpot(m, command);
    case 'offer':
      return offer(m, command);
    default:
      return onOne(m, command);
  }
}

type On<T extends FutureCommand['type']> = FutureCommand & { type: T };

function grant(m: FuturesMarket, { agentId, startsAt, units }: On<'grant'>): Decision {
  if (!known(m, agentId)) return { refused: 'unknown-agent', who: agentId };
  const field = badPeriod(m, startsAt, units);
  if (field !== null) return { refused: 'bad-terms', field };
  return [{ type: 'rights-granted', agentId, startsAt, units }];
}

function tradeSpot(m: FuturesMarket, command: On<'trade-spot'>): Decision {
  const { sellerId, buyerId, startsAt, units, price } = command;
  for (const who of [sellerId, buyerId]) {
    if (!known(m, who)) return { refused: 'unknown-agent', who };
  }
  const field = badPeriod(m, startsAt, units) ?? badAmounts({ price });
  if (field !== null) return { refused: 'bad-terms', field };
  if (sellerId === buyerId) return { refused: 'bad-terms', field: 'buyerId' };
  if (rightsOf(m, sellerId, startsAt) < units) {
    return { refused: 'insufficient-rights', who: sellerId };
  }
  if (spendable(m, buyerId) < price) return { refused: 'insufficient-credits', who: buyerId };
  const transfers = pay(buyerId, sellerId, price, 'lease');
  return [{ type: 'rights-traded', sellerId, buyerId, startsAt, units, transfers }];
}

function offer(m: FuturesMarket, { sellerId, toId, terms }: On<'offer'>): Decision {
  for (const who of [sellerId, toId]) {
    if (who !== null && !known(m, who)) return { refused: 'unknown-agent', who };
  }
  const field = badTerms(m, terms);
  if (field !== null) return { refused: 'bad-terms', field };
  if (sellerId === toId) return { refused: 'bad-terms', field: 'toId' };
  let open = 0;
  for (const f of m.futures.values()) if (f.sellerId === sellerId) open++;
  if (open >= OPEN_PER_SELLER_MAX) return { refused: 'limit-reached' };
  if (spendable(m, sellerId) < terms.sellerMargin) {
    return { refused: 'insufficient-credits', who: sellerId };
  }
  const futureId = futureIdOf(m.seq + 1);
  const until = terms.offerUntil;
  const transfers = hold(sellerId, ESCROW, terms.sellerMargin, until);
  return [{ type: 'future-offered', futureId, sellerId, toId, terms, transfers }];
}

function onOne(
  m: FuturesMarket,
  command: Exclude<FutureCommand, { type: 'advance' | 'grant' | 'trade-spot' | 'offer' }>,
): Decision {
  const f = m.futures.get(command.futureId);
  if (f === undefined) return { refused: 'unknown-future' };
  if (!known(m, command.by)) return { refused: 'unknown-agent', who: command.by };
  switch (command.type) {
    case 'withdraw':
      if (command.by !== f.sellerId) return { refused: 'not-yours' };
      if (f.buyerId !== null) return { refused: 'not-open' };
      return ended(m, f, 'lapsed', null, release(m.ledger, f.sellerHold, 'void'));
    case 'sign':
      return sign(m, f, command.by);
    case 'propose-close':
      return proposeClose(f, command);
    case 'accept-close':
      return acceptClose(m, f, command);
    case 'offer-right':
      return offerRight(m, f, command);
    case 'take-right':
      return takeRight(m, f, command);
  }
}

function sign(m: FuturesMarket, f: Future, by: string): Decision {
  if (f.buyerId !== null) return { refused: 'not-open' };
  if (by === f.sellerId || (f.toId !== null && f.toId !== by)) return { refused: 'not-yours' };
  const { price, payment, buyerMargin } = f.terms;
  const isNow = payment === 'on-signing';
  if (spendable(m, by) < (isNow ? price : buyerMargin)) {
    return { refused: 'insufficient-credits', who: by };
  }
  const transfers = margins(m, f, by);
  if (transfers === null) return { refused: 'insufficient-credits', who: f.sellerId };
  if (isNow) transfers.push(...pay(by, f.sellerId, price, 'lease'));
  return [{ type: 'future-signed', futureId: f.id, buyerId: by, transfers }];
}

/**
 * The margins of both sides with this buyer: the seller's hold is taken anew, because what it is
 * owed to is part of a hold. Null where the seller's credits lapse as they come back.
 */
function margins(m: FuturesMarket, f: Future, buyerId: string): Transfer[] | null {
  const { sellerMargin, buyerMargin, deliverAt } = f.terms;
  if (spendable(m, f.sellerId, [f.sellerHold]) < sellerMargin) return null;
  const transfers = release(m.ledger, f.sellerHold, 'void');
  transfers.push(...hold(f.sellerId, agentAccount(buyerId), sellerMargin, deliverAt));
  transfers.push(...hold(buyerId, agentAccount(f.sellerId), buyerMargin, deliverAt));
  return transfers;
}

function proposeClose(f: Future, command: On<'propose-close'>): Decision {
  const { by, payer, amount } = command;
  if (f.buyerId === null) return { refused: 'not-signed' };
  if (by !== f.sellerId && by !== f.buyerId) return { refused: 'not-yours' };
  const field = badAmounts({ amount });
  if (field !== null) return { refused: 'bad-terms', field };
  return [{ type: 'close-proposed', futureId: f.id, closeOut: { by, payer, amount } }];
}

function acceptClose(m: FuturesMarket, f: Future, command: On<'accept-close'>): Decision {
  const { by, payer, amount } = command;
  const { buyerId, closeOut } = f;
  if (buyerId === null) return { refused: 'not-signed' };
  if (by !== f.sellerId && by !== buyerId) return { refused: 'not-yours' };
  if (closeOut === null || closeOut.by === by) return { refused: 'not-open' };
  if (closeOut.payer !== payer || closeOut.amount !== amount) return { refused: 'changed' };
  const [from, to] = payer === 'seller' ? [f.sellerId, buyerId] : [buyerId, f.sellerId];
  const own = payer === 'seller' ? f.sellerHold : f.buyerHold;
  if (spendable(m, from, own === null ? [] : [own]) < amount) {
    return { refused: 'insufficient-credits', who: from };
  }
  const transfers = releaseAll(m, f);
  transfers.push(...pay(from, to, amount, 'lease'));
  return ended(m, f, 'closed', null, transfers);
}

function offerRight(m: FuturesMarket, f: Future, command: On<'offer-right'>): Decision {
  const { by, toId, price } = command;
  if (f.buyerId === null) return { refused: 'not-signed' };
  if (by !== f.buyerId) return { refused: 'not-yours' };
  if (toId !== null && !known(m, toId)) return { refused: 'unknown-agent', who: toId };
  const field = badAmounts({ price });
  if (field !== null) return { refused: 'bad-terms', field };
  return [{ type: 'right-offered', futureId: f.id, price, toId }];
}

/**
 * Novation: the new buyer takes the old one's place with the same margin and pays for the right.
 * The seller's own consent is not asked: it owes the same, to somebody as well secured.
 */
function takeRight(m: FuturesMarket, f: Future, command: On<'take-right'>): Decision {
  const { by, price } = command;
  const { resale, buyerId, buyerHold } = f;
  if (buyerId === null || resale === null) return { refused: 'not-open' };
  if (by === buyerId || by === f.sellerId) return { refused: 'not-yours' };
  if (resale.toId !== null && resale.toId !== by) return { refused: 'not-yours' };
  if (resale.price !== price) return { refused: 'changed' };
  if (spendable(m, by) < add(price, f.terms.buyerMargin)) {
    return { refused: 'insufficient-credits', who: by };
  }
  const transfers = margins(m, f, by);
  if (transfers === null) return { refused: 'insufficient-credits', who: f.sellerId };
  if (buyerHold !== null) release(m.ledger, buyerHold, 'void', transfers);
  transfers.push(...pay(by, buyerId, price, 'lease'));
  return [{ type: 'right-taken', futureId: f.id, buyerId: by, transfers }];
}

/**
 * What the due time brings. First the goods: a seller without them has failed, whatever its buyer
 * could have paid. Then the money: a buyer without it has failed, and the seller keeps the goods.
 */
export function settle(m: FuturesMarket, f: Future): FutureEventBody[] {
  const buyerId = must(f.buyerId, 'buyer', f.id);
  const { units, price, payment, penalty, buyerMargin, deliverAt } = f.terms;
  const isPaid = payment === 'on-signing';
  if (rightsOf(m, f.sellerId, deliverAt) < units) {
    const transfers: Transfer[] = [];
    const owed = isPaid ? add(price, penalty) : penalty;
    release(m.ledger, f.sellerHold, owed > 0 ? { post: owed } : 'void', transfers);
    if (f.buyerHold !== null) release(m.ledger, f.buyerHold, 'void', transfers);
    return ended(m, f, 'defaulted', f.sellerId, transfers);
  }
  const transfers = release(m.ledger, f.sellerHold, 'void');
  if (f.buyerHold !== null) release(m.ledger, f.buyerHold, { post: buyerMargin }, transfers);
  if (isPaid) return ended(m, f, 'delivered', null, transfers);
  const rest = sub(price, buyerMargin);
  if (spendable(m, buyerId) < rest) return ended(m, f, 'defaulted', buyerId, transfers);
  transfers.push(...pay(buyerId, f.sellerId, rest, 'lease'));
  return ended(m, f, 'delivered', null, transfers);
}

/** An offer that nobody signed in time. */
export function lapse(m: FuturesMarket, f: Future): FutureEventBody[] {
  return ended(m, f, 'lapsed', null, release(m.ledger, f.sellerHold, 'expire'));
}

function ended(
  m: FuturesMarket,
  f: Future,
  how: Ending,
  blamed: string | null,
  transfers: Transfer[],
): FutureEventBody[] {
  assert(m.futures.has(f.id), 'a future ends once', f.id);
  return [{ type: 'future-ended', futureId: f.id, how, blamed, transfers }];
}

function releaseAll(m: FuturesMarket, f: Future): Transfer[] {
  const transfers = release(m.ledger, f.sellerHold, 'void');
  if (f.buyerHold !== null) release(m.ledger, f.buyerHold, 'void', transfers);
  return transfers;
}

/** What an agent can pay once these holds of its own are released. */
function spendable(m: FuturesMarket, agentId: string, releasing: readonly string[] = []): Credits {
  let sum = available(accountOf(m.ledger, agentAccount(agentId)));
  for (const id of releasing) {
    const pending = must(m.ledger.pendings.get(id), 'hold', id);
    sum = add(sum, sub(pending.amount, lapsing(m.ledger, pending, ZERO)));
  }
  return sum;
}

const known = (m: FuturesMarket, agentId: string): boolean =>
  m.ledger.accounts.has(agentAccount(agentId));

const about = (agentId: string) => ({
  agentId,
  project: null,
  resourceId: null,
  cfpId: null,
  leaseId: null,
});

function pay(from: string, to: string, amount: Credits, code: TransferCode): Transfer[] {
  if (amount === 0) return [];
  const ends = { debit: agentAccount(from), credit: agentAccount(to), amount };
  return [{ kind: 'posted', ...ends, code, ...about(from) }];
}

function hold(from: string, credit: string, amount: Credits, until: Instant): Transfer[] {
  if (amount === 0) return [];
  const ends = { debit: agentAccount(from), credit, amount, code: 'penalty-hold' as const };
  return [{ kind: 'pending', ...ends, expiresAt: until + HOLD_SLACK_MS, ...about(from) }];
}

/** The first field that does not fit, or null. */
function badTerms(m: FuturesMarket, terms: Terms): string | null {
  const { price, payment, penalty, sellerMargin, buyerMargin, offerUntil, deliverAt } = terms;
  const field =
    badPeriod(m, deliverAt, terms.units) ??
    badAmounts({ price, penalty, sellerMargin, buyerMargin });
  if (field !== null) return field;
  if (!Number.isSafeInteger(offerUntil) || offerUntil <= m.at || offerUntil > deliverAt) {
    return 'offerUntil';
  }
  const isNow = payment === 'on-signing';
  // The ledger can collect only what is held.
  if (sellerMargin < 1 || sellerMargin < penalty + (isNow ? price : 0)) return 'sellerMargin';
  return buyerMargin > (isNow ? 0 : price) ? 'buyerMargin' : null;
}

function badPeriod(m: FuturesMarket, startsAt: Instant, units: number): string | null {
  if (!Number.isInteger(units) || units < 1 || units > UNITS_MAX) return 'units';
  const isSoon = startsAt > m.at && startsAt <= m.at + HORIZON_MS;
  // Periods begin on the hour: that makes rights of one hour alike, and bounds their number.
  const isWhole = Number.isSafeInteger(startsAt) && startsAt % PERIOD_MS === 0;
  return isWhole && isSoon ? null : 'startsAt';
}

function badAmounts(amounts: Record<string, Credits>): string | null {
  const isBad = (n: number) => !Number.isSafeInteger(n) || n < 0 || n > SUPPLY_MAX / 4;
  return Object.keys(amounts).find((name) => isBad(amounts[name] as Credits)) ?? null;
}
