// A conversation read back from its own events, after it has left memory: the same evolve functions
// over a market that holds nothing else.
import { agentAccount } from '../bank/ledger.ts';
import { must } from '../base/assert.ts';
import { ZERO } from '../base/credits.ts';
import { bargainingOpened, offered, roundClosed } from '../market/evolve-bargaining.ts';
import {
  callEnded,
  cfpOpened,
  closeProposal,
  lapsed,
  late,
  proposed,
  refused,
} from '../market/evolve-calls.ts';
import {
  awarded,
  leaseEnded,
  leaseReclaiming,
  leaseRenewed,
  leaseStarted,
} from '../market/evolve-leases.ts';
import type { Claim, Event } from '../market/events.ts';
import {
  type Agent,
  type Conversation,
  createMarket,
  type Lease,
  type Market,
  type Proposal,
} from '../market/state.ts';

/** What a conversation was when it ended, with its lease. */
export interface Revived {
  conversation: Conversation;
  proposals: Map<string, Proposal>;
  leases: Map<string, Lease>;
}

/**
 * Folds the events of one call, of the offer or need that served it, and the endings of other needs
 * that bids in it were for; null without a call.
 * @param projectOf the project of an agent, fixed when it registered
 */
export function revive(
  events: readonly Event[],
  cfpId: string,
  projectOf: (agentId: string) => string | null,
): Revived | null {
  const m = createMarket();
  for (const e of events) {
    stand(m, e, projectOf);
    m.at = e.at;
    follow(m, e);
  }
  const conversation = m.conversations.get(cfpId);
  return conversation === undefined
    ? null
    : { conversation, proposals: m.proposals, leases: m.leases };
}

function follow(m: Market, e: Event): void {
  switch (e.type) {
    case 'cfp-opened':
      return cfpOpened(m, e);
    case 'proposed': {
      // A need that is not among these events is somebody else's story, but the bid names it.
      const needId = e.needId !== null && m.conversations.has(e.needId) ? e.needId : null;
      proposed(m, { ...e, needId });
      must(m.proposals.get(e.proposalId), 'proposal', e.proposalId).needId = e.needId;
      return;
    }
    case 'refused':
      return refused(m, e);
    case 'late-proposal':
      return late(m, e);
    case 'proposal-lapsed':
      return lapsed(m, e);
    case 'bidding-closed': {
      const c = m.conversations.get(e.cfpId);
      if (c !== undefined) c.state = 'deciding';
      return;
    }
    case 'bargaining-opened':
      return bargainingOpened(m, {
        ...e,
        losses: e.losses.filter((l) => m.proposals.has(l.proposalId)),
      });
    case 'offered':
      return offered(m, e);
    case 'round-closed':
      return roundClosed(m, e);
    case 'awarded':
    case 'call-ended':
      return ended(m, { ...e, losses: e.losses.filter((l) => m.proposals.has(l.proposalId)) });
    case 'lease-started':
      return leaseStarted(m, e);
    case 'lease-enforced': {
      const lease = m.leases.get(e.leaseId);
      if (lease !== undefined) lease.enforcement = e.enforcement;
      return;
    }
    case 'lease-renewed':
      return leaseRenewed(m, e);
    case 'lease-reclaiming':
      return leaseReclaiming(m, e);
    case 'lease-ended':
      return leaseEnded(m, e);
    default:
      return;
  }
}

/** What ended elsewhere is told only by its losses: bids here that were for a need over there. */
function ended(m: Market, e: Extract<Event, { type: 'awarded' | 'call-ended' }>): void {
  if (m.conversations.has(e.cfpId)) return e.type === 'awarded' ? awarded(m, e) : callEnded(m, e);
  for (const loss of e.losses) {
    closeProposal(m, loss.proposalId, loss.reason === 'expired' ? 'lapsed' : 'rejected', loss);
  }
}

/** Stand-ins for the agents and resources that an event counts on. */
function stand(m: Market, e: Event, projectOf: (agentId: string) => string | null): void {
  if ('managerId' in e) standAgent(m, e.managerId, projectOf);
  if ('contractorId' in e) standAgent(m, e.contractorId, projectOf);
  if ('claim' in e && e.claim !== null) standResource(m, e.claim);
}

function standAgent(m: Market, id: string, projectOf: (id: string) => string | null): void {
  if (m.agents.has(id)) return;
  const agent: Agent = {
    id,
    name: id,
    account: agentAccount(id),
    project: projectOf(id),
    kind: 'agent',
    system: false,
    exec: false,
    capabilities: [],
    delegate: null,
    registeredAt: 0,
    openCalls: 0,
    liveProposals: 0,
    runningLeases: 0,
    kept: 0,
    broken: 0,
    load: 0,
    loadAt: 0,
  };
  m.agents.set(id, agent);
}

function standResource(m: Market, { resourceId, slots }: Claim): void {
  const count = Math.max(...slots, 0) + 1;
  const standing = m.resources.get(resourceId);
  if (standing !== undefined && standing.slots.length >= count) return;
  m.resources.set(resourceId, {
    id: resourceId,
    ownerId: '',
    kind: 'cpu',
    model: null,
    vramBytes: null,
    memoryBytes: null,
    reservePrice: ZERO,
    simulated: false,
    paused: false,
    epoch: 0,
    slots: Array.from({ length: count }, () => []),
  });
}
