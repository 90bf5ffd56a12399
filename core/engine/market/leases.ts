// Leases: the right to slots for an interval, fenced by an epoch, with exactly one ending.
import { release, type Transfer } from '../bank/ledger.ts';
import { type Credits, min, share, ZERO } from '../base/credits.ts';
import { LIMITS } from '../base/limits.ts';
import type { Instant } from '../base/time.ts';
import { problem, type Problem } from '../protocol/problems.ts';
import { slotsFree } from './capacity.ts';
import { accepted, type Actor, type Command, type Decision, refused } from './commands.ts';
import type { Event, LeaseEnding, LeaseHow } from './events.ts';
import {
  type Conversation,
  heldBy,
  type Lease,
  leaseOf,
  type Market,
  resourceOf,
} from './state.ts';

/** The lease, or why this actor may not speak for its contractor with this epoch now. */
function asContractor(
  m: Market,
  cmd: { type: Command['type']; leaseId: string; actor: Actor; at: Instant },
  epoch?: number,
): Lease | Problem {
  const lease = m.leases.get(cmd.leaseId);
  if (lease === undefined) return problem('not-found', 'there is no such lease');
  const mine = cmd.actor.kind === 'agent' && speaksFor(m, lease, cmd.actor.id, cmd.type);
  if (!mine) return problem('forbidden', 'only its contractor can report on a lease');
  if (epoch !== undefined && epoch !== lease.epoch) {
    const detail = `the epoch of this lease is ${lease.epoch}`;
    return problem('stale-epoch', detail, {
      field: 'epoch',
      hint: 'stop the work: it is not yours',
    });
  }
  if (lease.ended !== null) return problem('lease-ended', `the lease is ${lease.state}`);
  // Its timer may not have fired yet; that is no reason to pay for it.
  if (cmd.at >= lease.endAt) return problem('lease-ended', 'the time of the lease is over');
  return lease;
}

/**
 * The contractor; for a slot bought in an offer also the buyer, who alone knows when it is done.
 * The buyer can say no more: it could keep the slot for nothing, or spoil its seller's name.
 */
function speaksFor(m: Market, lease: Lease, agentId: string, what: Command['type']): boolean {
  if (agentId === lease.contractorId) return true;
  if (what !== 'done' || agentId !== lease.managerId) return false;
  return m.conversations.get(lease.cfpId)?.direction === 'offer';
}

export function enforce(m: Market, cmd: Extract<Command, { type: 'enforce' }>): Decision {
  const lease = asContractor(m, cmd);
  if ('code' in lease) return refused(lease);
  const { leaseId, enforcement } = cmd;
  return accepted([{ seq: 0, at: 0, type: 'lease-enforced', leaseId, enforcement }], { leaseId });
}

/** Renews for one more full term from now, at the agreed price, while the slots are free. */
export function renew(m: Market, cmd: Extract<Command, { type: 'renew' }>): Decision {
  const lease = asContractor(m, cmd, cmd.body.epoch);
  if ('code' in lease) return refused(lease);
  if (lease.state !== 'active') {
    return refused(problem('not-understood', `a lease that is ${lease.state} cannot be renewed`));
  }
  const endAt = Math.max(lease.endAt, cmd.at + lease.durationMs);
  if (lease.renewals >= LIMITS.renewalsMax || endAt - lease.startAt > LIMITS.leaseMsMax) {
    return refused(problem('limit-reached', 'the lease cannot be renewed any further'));
  }
  const claim = { ...lease.claim, to: endAt };
  if (!slotsFree(resourceOf(m, claim.resourceId), claim, lease.id)) {
    return refused(
      problem('slot-taken', 'the slots are promised to somebody else after this lease'),
    );
  }
  return accepted([{ seq: 0, at: 0, type: 'lease-renewed', leaseId: lease.id, endAt }], {
    leaseId: lease.id,
  });
}

export function done(m: Market, cmd: Extract<Command, { type: 'done' }>): Decision {
  const lease = asContractor(m, cmd, cmd.body.epoch);
  if ('code' in lease) return refused(lease);
  const { charge, output, usage } = cmd.body;
  if (charge !== undefined && charge > lease.price) {
    const detail = 'more than the agreed price cannot be charged';
    return refused(problem('invalid-field', detail, { field: 'charge' }));
  }
  const isSeller = cmd.actor.kind === 'agent' && cmd.actor.id === lease.contractorId;
  if (!isSeller && charge !== undefined && charge < lease.price) {
    return refused(
      problem('forbidden', 'only its contractor can charge less', { field: 'charge' }),
    );
  }
  const how = { ending: 'settled' as const, how: 'done' as const, detail: '', output, usage };
  return accepted([endLease(m, lease, how, charge ?? lease.price)], { leaseId: lease.id });
}

export function fail(m: Market, cmd: Extract<Command, { type: 'fail' }>): Decision {
  const lease = asContractor(m, cmd, cmd.body.epoch);
  if ('code' in lease) return refused(lease);
  const { reason: detail, usage } = cmd.body;
  const how = { ending: 'voided' as const, how: 'failed' as const, detail, usage };
  return accepted([endLease(m, lease, how, ZERO)], { leaseId: lease.id });
}

/** The owner takes the slots back: after the agreed window, for the agreed penalty. */
export function giveBack(m: Market, cmd: Extract<Command, { type: 'give-back' }>): Decision {
  const lease = m.leases.get(cmd.leaseId);
  if (lease === undefined) return refused(problem('not-found', 'there is no such lease'));
  const owner = cmd.actor.kind === 'agent' && cmd.actor.id === lease.contractorId;
  if (!owner && cmd.actor.kind !== 'operator') {
    return refused(problem('forbidden', 'only the owner of the slots can take them back'));
  }
  if (lease.ended !== null) return refused(problem('lease-ended', `the lease is ${lease.state}`));
  if (lease.state === 'reclaiming') return accepted([], { leaseId: lease.id });
  const window = lease.terms.reclaimWindowMs ?? 0;
  if (window === 0 || lease.state === 'scheduled') {
    return accepted([reclaimed(m, lease, cmd.at)], { leaseId: lease.id });
  }
  // At the end itself the lease just ends: a notice that comes too late changes nothing.
  const reclaimAt = Math.min(cmd.at + window, lease.endAt);
  return accepted([{ seq: 0, at: 0, type: 'lease-reclaiming', leaseId: lease.id, reclaimAt }], {
    leaseId: lease.id,
  });
}

/** A give-back takes effect: the time used is paid, and the penalty goes to the manager. */
export function reclaimed(m: Market, lease: Lease, at: Instant): Event {
  const how = { ending: 'settled' as const, how: 'given-back' as const, detail: '' };
  return endLease(m, lease, how, usedPart(lease, at), heldBy(m, lease.penaltyHold));
}

/** The manager gives up: the time used is paid, the rest released. */
export function cancelAwarded(m: Market, c: Conversation, at: Instant): Decision {
  const lease = c.leaseId === null ? undefined : m.leases.get(c.leaseId);
  if (lease === undefined || lease.ended !== null || lease.managerId !== c.managerId) {
    return refused(problem('call-closed', 'the call was served; there is nothing to cancel'));
  }
  const how = { ending: 'settled' as const, how: 'cancelled' as const, detail: 'by its manager' };
  const event = endLease(m, lease, how, usedPart(lease, at));
  return accepted([event], { cfpId: c.id, leaseId: lease.id });
}

/** Nobody reported by the end: the contractor is not paid. */
export function unreported(m: Market, lease: Lease): Event {
  return endLease(m, lease, { ending: 'expired', how: 'no-report', detail: '' }, ZERO);
}

/** Pro rata by time, rounded down; a renewed lease owes no more than the agreed price. */
function usedPart(lease: Lease, at: Instant): Credits {
  const used = Math.min(Math.max(0, at - lease.startAt), lease.durationMs);
  return min(lease.price, share(lease.price, used, lease.durationMs));
}

interface How {
  ending: LeaseEnding;
  how: LeaseHow;
  detail: string;
  output?: unknown;
  usage?: unknown;
}

function endLease(m: Market, lease: Lease, how: How, charge: Credits, penalty = ZERO): Event {
  const word = how.ending === 'expired' ? 'expire' : 'void';
  const end = (id: string | null, post: Credits): Transfer[] =>
    id === null ? [] : release(m.ledger, id, post > 0 ? { post } : word);
  const { ending, how: cause, detail, output = null, usage = null } = how;
  return {
    seq: 0,
    at: 0,
    type: 'lease-ended',
    leaseId: lease.id,
    ending,
    how: cause,
    detail,
    charge,
    output,
    usage,
    transfers: [...end(lease.hold, charge), ...end(lease.penaltyHold, penalty)],
  };
}

/** For timers and tests: the running lease of an id. */
export function runningLease(m: Market, id: string): Lease | null {
  const lease = leaseOf(m, id);
  return lease.ended === null ? lease : null;
}
