// How conversations end without an award, and what everybody gets back.
import { release, type Transfer } from '../bank/ledger.ts';
import type { EventBody, Loss, LossReason, WhyUnawarded } from './events.ts';
import { type Conversation, type Market, proposalOf } from './state.ts';

/** Ends a call without an award: every proposal is rejected, every hold released. */
export function endCall(
  m: Market,
  c: Conversation,
  state: 'unawarded' | 'cancelled',
  why: WhyUnawarded | null,
  losses: readonly Loss[] = [],
): EventBody {
  const known = new Set(losses.map((l) => l.proposalId));
  const rest = standing(m, c).filter((id) => !known.has(id));
  const all = [...losses, ...losing(rest, state)];
  const transfers = c.hold === null ? [] : release(m.ledger, c.hold, 'void');
  for (const loss of all) transfers.push(...releaseProposal(m, loss.proposalId));
  return { type: 'call-ended', cfpId: c.id, state, why, losses: all, transfers };
}

export const losing = (ids: readonly string[], reason: LossReason): Loss[] =>
  ids.map((proposalId) => ({ proposalId, reason, short: {} }));

/** Live proposals in a conversation, and the live bids a need has in offers. */
export function standing(m: Market, c: Conversation): string[] {
  return [...c.proposals, ...c.bids].filter((id) => m.proposals.get(id)?.state === 'live');
}

/** The transfers that give back what a proposal holds. */
export function releaseProposal(m: Market, proposalId: string): Transfer[] {
  return proposalOf(m, proposalId).holds.flatMap((id) => release(m.ledger, id, 'void'));
}
