// Budget windows: the bank issues an amount at the start of each window; what is left lapses unless
// it is carried over. Earned credits are never touched.
import { add, credits, type Credits, SUPPLY_MAX, ZERO } from '../base/credits.ts';
import type { Instant, Ms } from '../base/time.ts';
import { type Account, BANK, type Budget, type Ledger, type Transfer } from './ledger.ts';

export interface BudgetRule {
  amount: Credits;
  windowMs: Ms;
  carryOver: boolean;
}

/** When the running window ends. */
export function windowEndsAt(budget: Budget): Instant {
  return budget.startedAt + budget.windowMs;
}

/** The bank's move on one account at a window boundary, or when a budget is set. */
export interface WindowMove {
  lapse: Credits;
  issue: Credits;
}

/** A new budget starts its first window now: what the old one had left lapses first. */
export function setMove(account: Account, rule: BudgetRule): WindowMove {
  const left = account.budget?.remaining ?? ZERO;
  return { lapse: left, issue: rule.amount };
}

/**
 * The move into the window that contains `at`. Windows that passed while nobody looked are issued
 * only when the budget carries over; otherwise they would have lapsed unseen.
 */
export function rollMove(budget: Budget, at: Instant): WindowMove & { passed: number } {
  const passed = Math.floor((at - budget.startedAt) / budget.windowMs);
  if (budget.carryOver) {
    // Bounded by the supply: a host that slept for a year must not break the ledger.
    const most = Math.floor(SUPPLY_MAX / 4 / Math.max(1, budget.amount));
    return { lapse: ZERO, issue: credits(budget.amount * Math.min(passed, most)), passed };
  }
  return { lapse: budget.remaining, issue: budget.amount, passed };
}

/** The transfers of a move; amounts of zero move nothing. */
export function moveTransfers(
  accountId: string,
  who: { agentId: string | null; project: string | null },
  move: WindowMove,
): Transfer[] {
  const about = { ...who, resourceId: null, cfpId: null, leaseId: null };
  const transfers: Transfer[] = [];
  if (move.lapse > 0) {
    const ends = { debit: accountId, credit: BANK, amount: move.lapse };
    transfers.push({ kind: 'posted', ...ends, code: 'lapse', ...about });
  }
  if (move.issue > 0) {
    const ends = { debit: BANK, credit: accountId, amount: move.issue };
    transfers.push({ kind: 'posted', ...ends, code: 'issue', ...about });
  }
  return transfers;
}

/** Installs a rule on an account after its `setMove` transfers have been applied. */
export function startBudget(account: Account, rule: BudgetRule, at: Instant): void {
  // Window numbers go on, so that a hold of the old budget is never taken for one of the new.
  const window = (account.budget?.window ?? -1) + 1;
  account.budget = { ...rule, window, first: window, startedAt: at, remaining: rule.amount };
}

/** Enters a window after its `rollMove` transfers have been applied. */
export function enterWindow(budget: Budget, move: { issue: Credits; passed: number }): void {
  budget.window += move.passed;
  budget.startedAt += move.passed * budget.windowMs;
  budget.remaining = add(budget.remaining, move.issue);
}

/** True when issuing this much keeps every sum exact. */
export function issuable(ledger: Ledger, issue: Credits): boolean {
  const bank = ledger.accounts.get(BANK);
  return bank !== undefined && issue - bank.posted < SUPPLY_MAX / 2;
}
