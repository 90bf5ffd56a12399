// Where the credits of a call come from, and what a hold can still cover.
import {
  accountOf,
  type Attribution,
  available,
  type Ledger,
  projectAccount,
  lapsing,
  type Transfer,
  type TransferCode,
} from '../bank/ledger.ts';
import { add, type Credits, min, scaleDown, sub, ZERO } from '../base/credits.ts';
import { type Instant, SECOND } from '../base/time.ts';
import { type Problem, problem } from '../protocol/problems.ts';
import type { Agent, Conversation, Market } from './state.ts';

/**
 * The account that pays for an agent's work on a project: its own when it has a budget of its own;
 * else its project's, when that has one and the work is for that project; else its own earnings.
 */
export function fundingAccount(m: Market, agent: Agent, project: string): string {
  const own = agent.account;
  if (accountOf(m.ledger, own).budget !== null || agent.project !== project) return own;
  const shared = m.ledger.accounts.get(projectAccount(project));
  return shared?.budget ? shared.id : own;
}

export const projectOf = (agent: Agent, asked: string | undefined): string =>
  asked ?? agent.project ?? 'default';

/** A new hold, or nothing for an amount of zero. */
export function hold(
  ends: { debit: string; credit: string; amount: Credits; code: TransferCode; expiresAt: Instant },
  about: Attribution,
): Transfer[] {
  const { debit, credit, amount, code, expiresAt } = ends;
  const { agentId, project, resourceId, cfpId, leaseId } = about;
  if (amount <= 0) return [];
  const what = { debit, credit, amount, code, expiresAt };
  return [{ kind: 'pending', ...what, agentId, project, resourceId, cfpId, leaseId }];
}

/** Null when the account can cover `price` once these holds are released. */
export function short(
  m: Market,
  accountId: string,
  price: Credits,
  releasing: readonly string[],
): Problem | null {
  let usable = available(accountOf(m.ledger, accountId));
  for (const id of releasing) usable = add(usable, recoverable(m.ledger, accountId, id));
  if (usable >= price) return null;
  return problem('insufficient-credits', 'the price is more than can be spent now', {
    hint: 'wait for the next budget window, or for open calls to end',
  });
}

/** What releasing a hold gives back to this account: its amount less what lapses at once. */
function recoverable(ledger: Ledger, accountId: string, pendingId: string): Credits {
  const pending = ledger.pendings.get(pendingId);
  if (pending === undefined || pending.debit !== accountId) return ZERO;
  return sub(pending.amount, lapsing(ledger, pending, ZERO));
}

/**
 * The part of a bid that its need's ceiling does not already cover. A ceiling covers only what the
 * paying account would get back from it: nothing where another account holds it, and no credits of
 * a window that has ended.
 */
export function bidHoldAmount(
  m: Market,
  accountId: string,
  need: Conversation | null,
  price: Credits,
): Credits {
  const ceiling = need?.hold ?? null;
  const covered = ceiling === null ? ZERO : recoverable(m.ledger, accountId, ceiling);
  return sub(price, min(price, covered));
}

const HALVINGS_MAX = 64;

/**
 * The caller's load at `at`, before this call: halved every halfLifeMs, linear in between. Only
 * exact operations, so that every machine computes the same number.
 */
export function decayedLoad(agent: Agent, halfLifeMs: number, at: Instant): number {
  const spans = Math.max(0, at - agent.loadAt) / halfLifeMs;
  const whole = Math.floor(spans);
  if (whole >= HALVINGS_MAX) return 0;
  return (agent.load / 2 ** whole) * (1 - (spans - whole) / 2);
}

/** What a call costs beyond its price: rate x the calls above the free ones, 0 when off. */
export function surchargeFor(m: Market, agent: Agent, at: Instant): { fee: Credits; load: number } {
  const rule = m.policy.surcharge;
  if (rule === null) return { fee: ZERO, load: 0 };
  const load = decayedLoad(agent, rule.halfLifeMs, at) + 1;
  const excess = Math.max(0, Math.floor(load) - rule.freeCalls);
  return { fee: scaleDown(rule.rate, Math.min(excess, 1_000_000), 1), load };
}

/** A hold must outlive what it is for, by the time the host needs to act on the deadline. */
export const HOLD_SLACK = 10 * SECOND;
