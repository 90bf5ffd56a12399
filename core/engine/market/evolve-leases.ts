// How events change leases, and the conversations and slots behind them.
import { must } from '../base/assert.ts';
import { next } from '../protocol/automaton.ts';
import { giveUp, take } from './capacity.ts';
import { bargainingEnded } from './evolve-bargaining.ts';
import { closeCall, closeProposal, holdIn, retire } from './evolve-calls.ts';
import type { Event } from './events.ts';
import {
  agentOf,
  type Conversation,
  conversationOf,
  type Lease,
  leaseOf,
  type Market,
  proposalOf,
  resourceOf,
} from './state.ts';
import { armLease } from './timers.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

export function awarded(m: Market, e: Of<'awarded'>): void {
  const c = conversationOf(m, e.cfpId);
  const p = proposalOf(m, e.proposalId);
  for (const loss of e.losses) closeProposal(m, loss.proposalId, 'rejected', loss);
  if (e.bargained !== undefined) bargainingEnded(m, e.bargained, e.at);
  closeProposal(m, p.id, 'accepted', null);
  for (const call of callsOf(m, e)) {
    call.proposalId = e.proposalId;
    call.leaseId = e.leaseId;
    closeCall(m, call, 'awarded');
  }
  const resource = resourceOf(m, e.claim.resourceId);
  resource.epoch = e.epoch;
  take(resource, e.claim, e.leaseId);
  const { leaseId: id, cfpId, needId, managerId, contractorId, claim, epoch, price, project } = e;
  m.leases.set(id, {
    id,
    cfpId,
    needId,
    managerId,
    contractorId,
    claim,
    epoch,
    price,
    project,
    terms: c.direction === 'need' ? p.terms : {},
    durationMs: e.durationMs,
    awardedAt: e.at,
    startAt: claim.from,
    endAt: claim.to,
    reclaimAt: null,
    renewals: 0,
    state: claim.from > e.at ? 'scheduled' : 'active',
    hold: holdIn(e, 'lease'),
    penaltyHold: holdIn(e, 'penalty-hold'),
    enforcement: { time: 'contractor', memory: 'contractor', detail: 'declared by its contractor' },
    ended: null,
    output: null,
    usage: null,
  });
  m.runningLeases++;
  agentOf(m, managerId).runningLeases++;
  armLease(m, id);
}

/** The conversation of the award and, in an offer, the need it serves. */
function callsOf(m: Market, e: { cfpId: string; needId: string | null }): Conversation[] {
  const c = conversationOf(m, e.cfpId);
  return e.needId === null ? [c] : [c, conversationOf(m, e.needId)];
}

export function leaseStarted(m: Market, e: Of<'lease-started'>): void {
  leaseOf(m, e.leaseId).state = 'active';
}

export function leaseRenewed(m: Market, e: Of<'lease-renewed'>): void {
  const lease = leaseOf(m, e.leaseId);
  const resource = resourceOf(m, lease.claim.resourceId);
  giveUp(resource, lease.claim, lease.id);
  const longer = e.endAt - lease.endAt;
  lease.claim = { ...lease.claim, to: e.endAt };
  lease.endAt = e.endAt;
  lease.renewals++;
  take(resource, lease.claim, lease.id);
  for (const id of [lease.hold, lease.penaltyHold]) {
    const hold = id === null ? undefined : m.ledger.pendings.get(id);
    if (hold !== undefined) hold.expiresAt += longer;
  }
  armLease(m, lease.id);
}

export function leaseReclaiming(m: Market, e: Of<'lease-reclaiming'>): void {
  const lease = leaseOf(m, e.leaseId);
  lease.state = 'reclaiming';
  lease.reclaimAt = e.reclaimAt;
  armLease(m, lease.id);
}

export function leaseEnded(m: Market, e: Of<'lease-ended'>): void {
  const lease = leaseOf(m, e.leaseId);
  const { ending, how, detail, charge } = e;
  lease.state = ending;
  lease.ended = { at: e.at, ending, how, detail, charge };
  lease.output = e.output;
  lease.usage = e.usage;
  lease.hold = null;
  lease.penaltyHold = null;
  giveUp(resourceOf(m, lease.claim.resourceId), lease.claim, lease.id);
  m.runningLeases--;
  agentOf(m, lease.managerId).runningLeases--;
  record(m, lease);
  const calls = callsOf(m, lease);
  for (const c of calls) conclude(c, lease);
  retire(m, calls);
}

/** Commitments kept and broken are the evidence for reputation; a priced give-back is neither. */
function record(m: Market, lease: Lease): void {
  const contractor = agentOf(m, lease.contractorId);
  const { how } = must(lease.ended, 'ending');
  if (how === 'done') contractor.kept++;
  else if (how === 'failed' || how === 'no-report') contractor.broken++;
}

function conclude(c: Conversation, lease: Lease): void {
  const { how } = must(lease.ended, 'ending');
  if (how === 'failed' || how === 'no-report') c.state = 'failed';
  else if (how === 'cancelled') c.state = 'cancelled';
  const word = how === 'done' ? 'inform-done' : how === 'cancelled' ? 'cancel' : 'failure';
  for (const d of c.dialogues.values()) {
    if (d.state === 'committed') d.state = must(next(d.state, word), word);
  }
}
