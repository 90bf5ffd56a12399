// The double-entry ledger. One primitive carries everything: a transfer, posted at once or pending
// with a timeout and later resolved exactly once by a new transfer (post, void or expire). Accounts
// and transfers are never edited; a balance is the fold of its transfers.
import { assert, must } from '../base/assert.ts';
import { add, credits, type Credits, min, sub, ZERO } from '../base/credits.ts';
import { transferId } from '../base/ids.ts';
import type { Instant, Ms } from '../base/time.ts';

export type AccountKind = 'bank' | 'escrow' | 'agent' | 'project';

/** The issuer: the only account that may be negative, by exactly what is in circulation. */
export const BANK = 'bank';
/** The other side of holds whose receiver is not known yet; nothing is ever posted to it. */
export const ESCROW = 'escrow';

/** Issued credits of one window. `remaining`: issued, not yet spent and not held. */
export interface Budget {
  amount: Credits;
  windowMs: Ms;
  carryOver: boolean;
  /** Serial number of the running window and its start; `first` is this budget's first window. */
  window: number;
  first: number;
  startedAt: Instant;
  remaining: Credits;
}

export interface Account {
  id: string;
  kind: AccountKind;
  /** Signed sum of posted transfers; credit positive. */
  posted: Credits;
  /** Sum of pending debits: what is held. */
  held: Credits;
  /** Sum of pending credits: what may still arrive. */
  incoming: Credits;
  budget: Budget | null;
}

export const CODES = [
  'issue', // bank -> agent or project, at the start of a window
  'lapse', // unspent issued credits back to the bank
  'call-hold', // a manager's ceiling while its call is open
  'bid-hold', // a bidder's price while its bid in an offer is open
  'penalty-hold', // a contractor's give-back penalty while its promise stands
  'lease', // the price of a lease, held at the award and posted when it is done
  'penalty', // paid to the manager when the contractor gives a lease back
  'surcharge', // what an aggressive caller pays per call
  'round-fee', // what an offer in a bargaining costs its sender, where the policy says so
] as const;
export type TransferCode = (typeof CODES)[number];

/** Who spent which credit on what: carried by every transfer. */
export interface Attribution {
  agentId: string | null;
  project: string | null;
  resourceId: string | null;
  cfpId: string | null;
  leaseId: string | null;
}

interface NewTransfer extends Attribution {
  debit: string;
  credit: string;
  amount: Credits;
  code: TransferCode;
}
/** A transfer as an event carries it; its id follows from the event's seq and its place there. */
export type Transfer =
  | ({ kind: 'posted' } & NewTransfer)
  | ({ kind: 'pending'; expiresAt: Instant } & NewTransfer)
  | { kind: 'post' | 'void' | 'expire'; pendingId: string; amount: Credits };

/** An open hold. */
export interface Pending extends NewTransfer {
  id: string;
  expiresAt: Instant;
  /** The part that came out of the budget of window `window`. */
  fromBudget: Credits;
  window: number;
}

export interface Ledger {
  accounts: Map<string, Account>;
  pendings: Map<string, Pending>;
}

export function createLedger(): Ledger {
  const accounts = new Map<string, Account>();
  accounts.set(BANK, newAccount(BANK, 'bank'));
  accounts.set(ESCROW, newAccount(ESCROW, 'escrow'));
  return { accounts, pendings: new Map() };
}

export function newAccount(id: string, kind: AccountKind): Account {
  return { id, kind, posted: ZERO, held: ZERO, incoming: ZERO, budget: null };
}

export const agentAccount = (agentId: string): string => `agent:${agentId}`;
export const projectAccount = (name: string): string => `project:${name}`;

/** What an account can still spend or hold. */
export function available(account: Account): Credits {
  return sub(account.posted, account.held);
}

export function accountOf(ledger: Ledger, id: string): Account {
  return must(ledger.accounts.get(id), 'account', id);
}

/** Applies the transfers of one event, in order. Throws Broken where an invariant would break. */
export function applyTransfers(ledger: Ledger, seq: number, transfers: readonly Transfer[]): void {
  for (let n = 0; n < transfers.length; n++) {
    const t = transfers[n] as Transfer;
    if (t.kind === 'posted') applyPosted(ledger, t);
    else if (t.kind === 'pending') applyPending(ledger, transferId(seq, n), t);
    else resolve(ledger, t);
  }
}

function applyPosted(ledger: Ledger, t: NewTransfer): void {
  assert(t.amount > 0, 'a transfer moves a positive amount');
  const from = accountOf(ledger, t.debit);
  const to = accountOf(ledger, t.credit);
  assert(from !== to, 'a transfer needs two accounts');
  assert(from.kind === 'bank' || available(from) >= t.amount, 'overdraft on', from.id);
  from.posted = sub(from.posted, t.amount);
  to.posted = add(to.posted, t.amount);
  if (from.budget !== null) {
    from.budget.remaining = sub(from.budget.remaining, min(from.budget.remaining, t.amount));
  }
}

function applyPending(ledger: Ledger, id: string, t: Transfer & { kind: 'pending' }): void {
  assert(t.amount > 0, 'a hold is positive');
  assert(!ledger.pendings.has(id), 'there is already a hold', id);
  const from = accountOf(ledger, t.debit);
  const to = accountOf(ledger, t.credit);
  assert(from !== to && from.kind !== 'bank', 'a hold needs two accounts and no issuer');
  assert(available(from) >= t.amount, 'overdraft on', from.id);
  from.held = add(from.held, t.amount);
  to.incoming = add(to.incoming, t.amount);
  let fromBudget = ZERO;
  if (from.budget !== null) {
    fromBudget = min(t.amount, from.budget.remaining);
    from.budget.remaining = sub(from.budget.remaining, fromBudget);
  }
  const { debit, credit, amount, code, agentId, project, resourceId, cfpId, leaseId } = t;
  const attribution = { agentId, project, resourceId, cfpId, leaseId };
  const window = from.budget?.window ?? 0;
  ledger.pendings.set(id, {
    id,
    debit,
    credit,
    amount,
    code,
    ...attribution,
    expiresAt: t.expiresAt,
    fromBudget,
    window,
  });
}

/** Ends a hold: what is posted of it moves, the rest is released, in the same event. */
function resolve(ledger: Ledger, t: Transfer & { pendingId: string }): void {
  const { pendingId, amount } = t;
  const hold = must(ledger.pendings.get(pendingId), 'hold', pendingId);
  assert(amount > 0 && amount <= hold.amount, 'posted exceeds the hold');
  assert(t.kind === 'post' || amount === hold.amount, 'a hold is released as a whole');
  const posted = t.kind === 'post' ? amount : ZERO;
  const from = accountOf(ledger, hold.debit);
  const to = accountOf(ledger, hold.credit);
  from.held = sub(from.held, hold.amount);
  to.incoming = sub(to.incoming, hold.amount);
  from.posted = sub(from.posted, posted);
  to.posted = add(to.posted, posted);
  const back = budgetReturn(hold, posted);
  if (from.budget !== null && back > 0) from.budget.remaining = add(from.budget.remaining, back);
  ledger.pendings.delete(pendingId);
}

/** The part of a released hold that returns to its budget: the budget is spent first. */
function budgetReturn(hold: Pending, posted: Credits): Credits {
  return sub(hold.fromBudget, min(hold.fromBudget, posted));
}

/**
 * Adds to `transfers` what ends a hold: post (0 < amount), void or expire. Issued credits that come
 * back after their window has ended lapse at once, so nothing can be hoarded across a window.
 */
export function release(
  ledger: Ledger,
  pendingId: string,
  how: { post: Credits } | 'void' | 'expire',
  transfers: Transfer[] = [],
): Transfer[] {
  const hold = must(ledger.pendings.get(pendingId), 'hold', pendingId);
  const posted = typeof how === 'object' ? how.post : ZERO;
  if (posted > 0) transfers.push({ kind: 'post', pendingId, amount: posted });
  else {
    const kind = how === 'expire' ? 'expire' : 'void';
    transfers.push({ kind, pendingId, amount: hold.amount });
  }
  const back = lapsing(ledger, hold, posted);
  if (back > 0) {
    const { agentId, project, cfpId, leaseId } = hold;
    transfers.push({
      kind: 'posted',
      debit: hold.debit,
      credit: BANK,
      amount: back,
      code: 'lapse',
      agentId,
      project,
      resourceId: null,
      cfpId,
      leaseId,
    });
  }
  return transfers;
}

/** What of a hold's rest lapses as it comes back, when this much of it is posted. */
export function lapsing(ledger: Ledger, hold: Pending, posted: Credits): Credits {
  const back = budgetReturn(hold, posted);
  return back > 0 && isOver(hold, accountOf(ledger, hold.debit).budget) ? back : ZERO;
}

/** True when the window that a hold was taken in has ended for good: nothing is carried over. */
function isOver(hold: Pending, budget: Budget | null): boolean {
  if (budget === null) return false;
  // A new budget begins with nothing of the old one, whether or not it carries over from then on.
  return hold.window < budget.first || (!budget.carryOver && hold.window !== budget.window);
}

/** Signed sum of all posted balances: 0, always. */
export function trialSum(ledger: Ledger): Credits {
  let sum = 0;
  for (const account of ledger.accounts.values()) sum += account.posted;
  return credits(sum);
}

/** Credits in circulation: what the bank has issued and not taken back. */
export function circulation(ledger: Ledger): Credits {
  return sub(ZERO, accountOf(ledger, BANK).posted);
}
