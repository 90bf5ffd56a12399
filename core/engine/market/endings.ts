// How conversations end without an award, and what everybody gets back.
import { release, type Transfer } from '../bank/ledger.ts';
import type { Event, Loss, WhyUnawarded } from './events.ts';
import { type Conversation, type Market, proposalOf } from './state.ts';

/** Ends a call without an award: every proposal is rejected, every hold released. */
export function endCall(
  m: Market,
  c: Conversation,
  state: 'unawarded' | 'cancelled',
  why: WhyUnawarded | null,
  losses: readonly Loss[] = [],
): Event {
  const known = new Set(losses.map((l) => l.proposalId));
  const all = [...losses];
  for (const proposalId of [...c.proposals, ...c.bids]) {
    const live = m.proposals.get(proposalId)?.state === 'live';
    if (live && !known.has(proposalId)) all.push({ proposalId, reason: state, short: {} });
  }
  const transfers: Transfer[] = [];
  if (c.hold !== null) release(m.ledger, c.hold, 'void', transfers);
  for (const { proposalId } of all) releaseProposal(m, proposalId, transfers);
  return { seq: 0, at: 0, type: 'call-ended', cfpId: c.id, state, why, losses: all, transfers };
}

/** Adds the transfers that give back what a proposal holds. */
export function releaseProposal(
  m: Market,
  proposalId: string,
  transfers: Transfer[] = [],
): Transfer[] {
  for (const id of proposalOf(m, proposalId).holds) release(m.ledger, id, 'void', transfers);
  return transfers;
}
