// How events change conversations and their proposals.
import type { TransferCode } from '../bank/ledger.ts';
import { must } from '../base/assert.ts';
import { transferId } from '../base/ids.ts';
import { LIMITS } from '../base/limits.ts';
import { next, type Performative } from '../protocol/automaton.ts';
import { giveUp, take } from './capacity.ts';
import { bargainingEnded, overtake } from './evolve-bargaining.ts';
import type { Event, Loss } from './events.ts';
import {
  agentOf,
  type Conversation,
  conversationOf,
  type Dialogue,
  type Market,
  type Proposal,
  proposalOf,
  resourceOf,
} from './state.ts';
import { armCall, armProposal } from './timers.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** The first pending transfer of an event with one of these codes, as a hold id, or null. */
export function holdIn(
  e: Extract<Event, { transfers: unknown }>,
  code: TransferCode,
  orCode: TransferCode = code,
): string | null {
  for (let n = 0; n < e.transfers.length; n++) {
    const t = e.transfers[n];
    if (t?.kind === 'pending' && (t.code === code || t.code === orCode)) {
      return transferId(e.seq, n);
    }
  }
  return null;
}

export function cfpOpened(m: Market, e: Of<'cfp-opened'>): void {
  const { cfpId: id, managerId, direction, task, need, offer, limitPrice } = e;
  const agent = agentOf(m, managerId);
  const dialogues = new Map<string, Dialogue>();
  for (const to of e.invited)
    dialogues.set(to, { state: 'called', proposalId: null, refusal: null });
  m.conversations.set(id, {
    id,
    managerId,
    direction,
    task,
    need,
    offer,
    limitPrice,
    dialogues,
    replyBy: e.replyBy,
    decideBy: e.decideBy,
    mechanism: e.mechanism,
    award: e.award,
    claim: e.claim,
    project: task.project ?? agent.project ?? 'default',
    openedAt: e.at,
    endedAt: null,
    state: 'open',
    why: null,
    unanswered: e.invited.length,
    answeredAt: null,
    proposals: [],
    late: 0,
    hold: holdIn(e, 'call-hold'),
    bids: [],
    proposalId: null,
    leaseId: null,
  });
  if (e.claim !== null) take(resourceOf(m, e.claim.resourceId), e.claim, id);
  if (need !== null) m.needsByKind.get(need.kind)?.add(id);
  agent.openCalls++;
  agent.load = e.load;
  agent.loadAt = e.at;
  m.openCalls++;
  armCall(m, id);
}

/** Moves one dialogue; contractors that answer uninvited join here. */
function say(c: Conversation, agentId: string, performative: Performative): Dialogue {
  const dialogue = c.dialogues.get(agentId) ?? { state: 'called', proposalId: null, refusal: null };
  dialogue.state = must(next(dialogue.state, performative), performative, agentId);
  c.dialogues.set(agentId, dialogue);
  return dialogue;
}

/** Counts an answer; when the last invited one has come, an automatic award need not wait. */
function answered(m: Market, c: Conversation, wasInvited: boolean): void {
  if (!wasInvited) return;
  c.unanswered--;
  if (c.unanswered > 0) return;
  c.answeredAt = m.at;
  armCall(m, c.id);
}

export function proposed(m: Market, e: Of<'proposed'>): void {
  const c = conversationOf(m, e.cfpId);
  const { proposalId: id, cfpId, contractorId, price, startDelayMs, validUntil, terms } = e;
  const hold = holdIn(e, 'penalty-hold', 'bid-hold');
  const p: Proposal = {
    id,
    cfpId,
    contractorId,
    price,
    startDelayMs,
    validUntil,
    terms,
    needId: e.needId,
    claim: e.claim,
    at: e.at,
    state: 'live',
    holds: hold === null ? [] : [hold],
    loss: null,
    ...(e.negotiable === true ? { negotiable: true as const } : {}),
  };
  m.proposals.set(id, p);
  const invited = c.dialogues.has(contractorId);
  say(c, contractorId, 'propose').proposalId = id;
  c.proposals.push(id);
  if (e.claim !== null) take(resourceOf(m, e.claim.resourceId), e.claim, id);
  if (e.needId !== null) conversationOf(m, e.needId).bids.push(id);
  agentOf(m, contractorId).liveProposals++;
  armProposal(m, p);
  answered(m, c, invited);
}

export function refused(m: Market, e: Of<'refused'>): void {
  const c = conversationOf(m, e.cfpId);
  const invited = c.dialogues.has(e.agentId);
  say(c, e.agentId, 'refuse').refusal = { reason: e.reason, detail: e.detail, at: e.at };
  answered(m, c, invited);
}

export function late(m: Market, e: Of<'late-proposal'>): void {
  conversationOf(m, e.cfpId).late++;
}

/** Ends a live proposal in whichever conversation it stands; its money moved with the event. */
export function closeProposal(
  m: Market,
  proposalId: string,
  state: 'rejected' | 'lapsed' | 'accepted',
  loss: Loss | null,
): void {
  const p = proposalOf(m, proposalId);
  if (p.state !== 'live') return;
  const c = conversationOf(m, p.cfpId);
  p.state = state;
  p.loss = loss;
  p.holds = [];
  if (p.claim !== null) giveUp(resourceOf(m, p.claim.resourceId), p.claim, p.id);
  say(c, p.contractorId, state === 'accepted' ? 'accept-proposal' : 'reject-proposal');
  agentOf(m, p.contractorId).liveProposals--;
  if (p.needId !== null) {
    const need = m.conversations.get(p.needId);
    if (need !== undefined) need.bids = need.bids.filter((id) => id !== p.id);
  }
}

export function lapsed(m: Market, e: Of<'proposal-lapsed'>): void {
  closeProposal(m, e.proposalId, 'lapsed', {
    proposalId: e.proposalId,
    reason: 'expired',
    short: {},
  });
}

export function callEnded(m: Market, e: Of<'call-ended'>): void {
  const c = conversationOf(m, e.cfpId);
  for (const loss of e.losses) {
    closeProposal(m, loss.proposalId, loss.reason === 'expired' ? 'lapsed' : 'rejected', loss);
  }
  c.why = e.why;
  if (e.bargained !== undefined) bargainingEnded(m, e.bargained, e.at);
  closeCall(m, c, e.state);
  retire(m, [c]);
}

/** Takes a conversation off the open calls; dialogues that never answered end with it. */
export function closeCall(m: Market, c: Conversation, state: Conversation['state']): void {
  overtake(c);
  c.state = state;
  c.hold = null;
  if (c.claim !== null) {
    giveUp(resourceOf(m, c.claim.resourceId), c.claim, c.id);
    c.claim = null;
  }
  const word: Performative = state === 'cancelled' ? 'cancel' : 'reject-proposal';
  for (const d of c.dialogues.values()) {
    if (d.state === 'called') d.state = must(next('called', word), word);
  }
  if (c.need !== null) m.needsByKind.get(c.need.kind)?.delete(c.id);
  agentOf(m, c.managerId).openCalls--;
  m.openCalls--;
}

/** Ended conversations are kept for a while; the oldest leave memory, never the journal. */
export function retire(m: Market, calls: readonly Conversation[]): void {
  for (const c of calls) {
    c.endedAt = m.at;
    m.ended.push(c.id);
  }
  while (m.ended.length > LIMITS.endedKept) forgetOldest(m);
}

/** An offer and the need that it served have one lease: they leave memory together. */
function forgetOldest(m: Market): void {
  const leaseId = forget(m, must(m.ended.shift(), 'oldest'));
  const second = m.conversations.get(m.ended[0] ?? '');
  if (leaseId === null || second?.leaseId !== leaseId) return;
  m.ended.shift();
  forget(m, second.id);
}

/** Returns the lease that the conversation led to. */
function forget(m: Market, cfpId: string): string | null {
  const conversation = m.conversations.get(cfpId);
  if (conversation === undefined) return null;
  const { leaseId } = conversation;
  const proposals: Proposal[] = [];
  for (const id of conversation.proposals) {
    const p = m.proposals.get(id);
    if (p === undefined) continue;
    proposals.push(p);
    m.proposals.delete(id);
  }
  const lease = leaseId === null ? undefined : m.leases.get(leaseId);
  m.forgotten.push({ conversation, proposals, lease: lease ?? null });
  if (lease !== undefined) m.leases.delete(lease.id);
  m.conversations.delete(cfpId);
  return leaseId;
}
