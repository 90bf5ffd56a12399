// A conversation read back from its own events, after it has left memory: the same evolve functions
// over a market that holds nothing else.
import { agentAccount } from '../bank/ledger.ts';
import { ZERO } from '../base/credits.ts';
import { callEnded, cfpOpened, lapsed, late, proposed, refused } from '../market/evolve-calls.ts';
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

/** What a conversation was when it ended. Its lease is there when the award was made in it. */
export interface Revived {
  conversation: Conversation;
  proposals: Map<string, Proposal>;
  leases: Map<string, Lease>;
}

/** Folds the events of one call (and of the offer or need that served it); null without a call. */
export function revive(events: readonly Event[], cfpId: string): Revived | null {
  const m = createMarket();
  for (const e of events) {
    stand(m, e);
    m.at = e.at;
    follow(m, e);
  }
  const conversation = m.conversations.get(cfpId);
  if (conversation === undefined) return null;
  for (const p of m.proposals.values()) {
    // Ended by an award elsewhere: its need was met through another conversation.
    if (p.state !== 'live' || conversation.state === 'open') continue;
    p.state = 'rejected';
    p.loss = { proposalId: p.id, reason: 'need-met', short: {} };
  }
  return { conversation, proposals: m.proposals, leases: m.leases };
}

function follow(m: Market, e: Event): void {
  switch (e.type) {
    case 'cfp-opened':
      return cfpOpened(m, e);
    case 'proposed':
      return proposed(m, { ...e, needId: known(m, e.needId) });
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
    case 'awarded': {
      const losses = e.losses.filter((l) => m.proposals.has(l.proposalId));
      return awarded(m, { ...e, losses, needId: known(m, e.needId) });
    }
    case 'call-ended': {
      const losses = e.losses.filter((l) => m.proposals.has(l.proposalId));
      return callEnded(m, { ...e, losses });
    }
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

/** A need that is not among these events is somebody else's story. */
function known(m: Market, needId: string | null): string | null {
  return needId !== null && m.conversations.has(needId) ? needId : null;
}

/** Stand-ins for the agents and resources that an event counts on. */
function stand(m: Market, e: Event): void {
  if ('managerId' in e) standAgent(m, e.managerId);
  if ('contractorId' in e) standAgent(m, e.contractorId);
  if ('claim' in e && e.claim !== null) standResource(m, e.claim);
}

function standAgent(m: Market, id: string): void {
  if (m.agents.has(id)) return;
  const agent: Agent = {
    id,
    name: id,
    account: agentAccount(id),
    project: null,
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
