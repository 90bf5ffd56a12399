// The market's state: a fold of the journal, kept in memory, owned by one loop. Nothing outside
// evolve.ts changes it.
import { createLedger, type Ledger, type Pending } from '../bank/ledger.ts';
import { must } from '../base/assert.ts';
import { type Credits, credits, ZERO } from '../base/credits.ts';
import { LIMITS } from '../base/limits.ts';
import { type Instant, MINUTE, type Ms, SECOND } from '../base/time.ts';
import type { BargainingProtocol, BargainingRole, Conflict } from '../protocol/bargaining.ts';
import type { DialogueState } from '../protocol/automaton.ts';
import { RESOURCE_KINDS, type ResourceKind } from '../protocol/need.ts';
import type { RefusalReason, Terms } from '../protocol/bodies.ts';
import type {
  AgentKind,
  BargainingRule,
  CallTerms,
  Claim,
  DelegateConfig,
  Enforcement,
  LeaseEnding,
  LeaseHow,
  Loss,
  Offer,
  Policy,
  ProtocolReason,
  Round,
  Said,
  WhyUnawarded,
} from './events.ts';
import { createTimers, type Timers } from './timers.ts';

export interface Agent {
  id: string;
  name: string;
  /** Id of its account, which every move of its money needs. */
  account: string;
  project: string | null;
  kind: AgentKind;
  system: boolean;
  exec: boolean;
  capabilities: string[];
  delegate: DelegateConfig | null;
  registeredAt: Instant;
  openCalls: number;
  liveProposals: number;
  runningLeases: number;
  /** Commitments as contractor: kept and broken, the evidence for its reputation. */
  kept: number;
  broken: number;
  /** Decayed number of calls and when it was computed, for the surcharge. */
  load: number;
  loadAt: Instant;
}

/** An interval on one slot, taken by a proposal, an offer or a lease. */
export interface Taken {
  from: Instant;
  to: Instant;
  by: string;
}
export interface Resource {
  id: string;
  ownerId: string;
  kind: ResourceKind;
  model: string | null;
  vramBytes: number | null;
  memoryBytes: number | null;
  reservePrice: Credits;
  simulated: boolean;
  paused: boolean;
  /** Fencing counter: grows with every award on this resource. */
  epoch: number;
  slots: Taken[][];
}

export interface Proposal {
  id: string;
  cfpId: string;
  contractorId: string;
  price: Credits;
  startDelayMs: Ms;
  validUntil: Instant;
  terms: Terms;
  needId: string | null;
  claim: Claim | null;
  at: Instant;
  state: 'live' | 'accepted' | 'rejected' | 'lapsed';
  /** Open holds: the bidder's price in an offer, the contractor's penalty in a need. */
  holds: string[];
  loss: Loss | null;
  negotiable?: true;
}

/** A bargaining over one proposal of a call. */
export interface Bargaining {
  protocol: BargainingProtocol;
  chosenBy: ProtocolReason;
  proposalId: string;
  managerId: string;
  contractorId: string;
  state: 'running' | 'agreed' | 'conflict';
  conflict: Conflict | null;
  /** The open round, from 1. */
  round: number;
  roundsMax: number;
  roundMs: Ms;
  openedAt: Instant;
  /** When the open round is closed at the latest, and the whole. */
  roundEndsAt: Instant;
  endsAt: Instant;
  /** Whose turn it is; null where both speak in a round. */
  turn: BargainingRole | null;
  /** What each side has on the table, seen by both. */
  standing: Record<BargainingRole, Offer | null>;
  /** What was said in the open round, sealed until it closes. */
  said: Record<BargainingRole, Said | null>;
  rounds: Round[];
  deal: Offer | null;
  /** The least that the contractor's reserve price allowed when it began. */
  floor: Credits;
  discount: Record<BargainingRole, number>;
}

export interface Dialogue {
  state: DialogueState;
  proposalId: string | null;
  refusal: { reason: RefusalReason; detail: string; at: Instant } | null;
}

export const CALL_STATES = [
  'open',
  'deciding',
  'bargaining',
  'awarded',
  'unawarded',
  'cancelled',
  'failed',
] as const;
export type CallState = (typeof CALL_STATES)[number];

/** One conversation: a call and all dialogues under it. */
export interface Conversation extends Omit<CallTerms, 'cfpId' | 'invited' | 'load'> {
  id: string;
  project: string;
  openedAt: Instant;
  endedAt: Instant | null;
  state: CallState;
  why: WhyUnawarded | null;
  dialogues: Map<string, Dialogue>;
  /** Invited contractors that have not answered yet; answeredAt is set when the last one has. */
  unanswered: number;
  answeredAt: Instant | null;
  proposals: string[];
  late: number;
  /** The manager's ceiling, held while the call is open. */
  hold: string | null;
  /** Live bids that this need has in offers. */
  bids: string[];
  proposalId: string | null;
  leaseId: string | null;
  /** Absent in calls that never bargained. */
  bargaining?: Bargaining;
}

export const LEASE_STATES = [
  'scheduled',
  'active',
  'reclaiming',
  'settled',
  'expired',
  'voided',
] as const;
export type LeaseState = (typeof LEASE_STATES)[number];

export interface Lease {
  id: string;
  cfpId: string;
  needId: string | null;
  managerId: string;
  contractorId: string;
  claim: Claim;
  epoch: number;
  price: Credits;
  project: string;
  terms: Terms;
  durationMs: Ms;
  awardedAt: Instant;
  startAt: Instant;
  endAt: Instant;
  reclaimAt: Instant | null;
  renewals: number;
  state: LeaseState;
  hold: string | null;
  penaltyHold: string | null;
  enforcement: Enforcement;
  ended: {
    at: Instant;
    ending: LeaseEnding;
    how: LeaseHow;
    detail: string;
    charge: Credits;
  } | null;
  output: unknown;
  usage: unknown;
}

/** An ended conversation with all that belongs to it, on its way to the archive. */
export interface Forgotten {
  conversation: Conversation;
  proposals: Proposal[];
  lease: Lease | null;
}

export interface Market {
  seq: number;
  at: Instant;
  marketId: string;
  policy: Policy;
  ledger: Ledger;
  agents: Map<string, Agent>;
  agentNames: Map<string, string>;
  projects: Set<string>;
  resources: Map<string, Resource>;
  /** Indexes for invitations: resources and open needs by kind. Derived. */
  resourcesByKind: Map<ResourceKind, Set<string>>;
  needsByKind: Map<ResourceKind, Set<string>>;
  conversations: Map<string, Conversation>;
  proposals: Map<string, Proposal>;
  leases: Map<string, Lease>;
  openCalls: number;
  runningLeases: number;
  /** Ended conversations, oldest first; the oldest leave memory beyond LIMITS.endedKept. */
  ended: string[];
  /** What has left memory since `step` last looked: for the archive and the screens. */
  forgotten: Forgotten[];
  /** An index over the state, rebuilt rather than stored. */
  timers: Timers;
}

export const DEFAULT_BARGAINING: BargainingRule = {
  protocol: 'auto',
  fastBelowMs: MINUTE,
  worthWaiting: credits(100_000),
  roundsMax: 20,
  roundMs: SECOND,
  discount: { manager: 0.95, contractor: 0.95 },
  roundFee: ZERO,
};

export const DEFAULT_POLICY: Policy = {
  reservePrices: { gpu: credits(10_000_000), cpu: credits(1_000_000), memory: credits(100_000) },
  priorityReserve: 0,
  defaults: { pricing: 'first-price', award: 'auto', replyByMs: 2 * SECOND },
  surcharge: null,
  bargaining: DEFAULT_BARGAINING,
};

/** How long a bargaining takes at the most. */
export const bargainMs = ({ roundsMax, roundMs }: BargainingRule): Ms =>
  Math.min(roundsMax * roundMs, LIMITS.bargainMsMax);

/** The rule in force, also for a journal from before there was one. */
export const bargainingRule = (m: Market): BargainingRule =>
  m.policy.bargaining ?? DEFAULT_BARGAINING;

export function createMarket(): Market {
  return {
    seq: 0,
    at: 0,
    marketId: '',
    policy: DEFAULT_POLICY,
    ledger: createLedger(),
    agents: new Map(),
    agentNames: new Map(),
    projects: new Set(),
    resources: new Map(),
    resourcesByKind: byKind(),
    needsByKind: byKind(),
    conversations: new Map(),
    proposals: new Map(),
    leases: new Map(),
    openCalls: 0,
    runningLeases: 0,
    ended: [],
    forgotten: [],
    timers: createTimers(),
  };
}

function byKind(): Map<ResourceKind, Set<string>> {
  return new Map(RESOURCE_KINDS.map((kind) => [kind, new Set()]));
}

export const isOpen = (c: Conversation): boolean =>
  c.state === 'open' || c.state === 'deciding' || c.state === 'bargaining';
export const isRunning = (l: Lease): boolean => l.ended === null;

export function conversationOf(m: Market, id: string): Conversation {
  return must(m.conversations.get(id), 'conversation', id);
}
export function agentOf(m: Market, id: string): Agent {
  return must(m.agents.get(id), 'agent', id);
}
export function resourceOf(m: Market, id: string): Resource {
  return must(m.resources.get(id), 'resource', id);
}
export function proposalOf(m: Market, id: string): Proposal {
  return must(m.proposals.get(id), 'proposal', id);
}
export function leaseOf(m: Market, id: string): Lease {
  return must(m.leases.get(id), 'lease', id);
}

/** Live proposals of a conversation, in the order they arrived. */
export function liveProposals(m: Market, c: Conversation): Proposal[] {
  const live: Proposal[] = [];
  for (const id of c.proposals) {
    const p = proposalOf(m, id);
    if (p.state === 'live') live.push(p);
  }
  return live;
}

/** The amount of an open hold, 0 where there is none. */
export function heldBy(m: Market, pendingId: string | null): Credits {
  const hold: Pending | undefined =
    pendingId === null ? undefined : m.ledger.pendings.get(pendingId);
  return hold?.amount ?? ZERO;
}
