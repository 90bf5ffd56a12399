// What a screen may know: flat records, one per thing, replaced whole when the thing changes.
// Credits are integer micro-credits, times are epoch milliseconds, bytes and spans are integers.
import type { Credits } from '../base/credits.ts';
import type { Instant, Ms } from '../base/time.ts';
import type { DialogueState } from '../protocol/automaton.ts';
import type { AwardMode, Pricing, RefusalReason } from '../protocol/bodies.ts';
import type { Need, ResourceKind } from '../protocol/need.ts';
import type {
  Direction,
  Enforcement,
  LeaseEnding,
  LeaseHow,
  Lot,
  LossReason,
  Policy,
  WhyUnawarded,
} from '../market/events.ts';
import type { CallState, LeaseState } from '../market/state.ts';
import type { BargainingDoc } from './bargaining.ts';

export interface BudgetView {
  amount: Credits;
  windowMs: Ms;
  carryOver: boolean;
  /** Issued in this window and neither spent nor held. */
  remaining: Credits;
  windowEndsAt: Instant;
}

export interface AgentView {
  id: string;
  name: string;
  /** `machine` is the seller of this machine's own capacity. */
  kind: 'agent' | 'machine';
  project: string | null;
  system: boolean;
  /** Name of the strategy that acts for it inside the host; null when it acts by API. */
  delegate: string | null;
  /** Its strategy for bargaining, and the language model it asks; null where it names none. */
  strategy: string | null;
  model: string | null;
  posted: Credits;
  held: Credits;
  budget: BudgetView | null;
  openCalls: number;
  liveProposals: number;
  runningLeases: number;
  /** Commitments as contractor. */
  kept: number;
  broken: number;
}

export interface SlotView {
  state: 'free' | 'held' | 'leased';
  /** The proposal, offer or lease that has it now. */
  by: string | null;
  until: Instant | null;
}
export interface ResourceView {
  id: string;
  ownerId: string;
  kind: ResourceKind;
  model: string | null;
  vramBytes: number | null;
  memoryBytes: number | null;
  /** Credits per slot and hour. */
  reservePrice: Credits;
  simulated: boolean;
  paused: boolean;
  epoch: number;
  slots: SlotView[];
}

/** One contractor's dialogue in a call: what it said and why it did not win. */
export interface DialogueView {
  agentId: string;
  state: DialogueState;
  proposal: {
    id: string;
    price: Credits;
    startDelayMs: Ms;
    at: Instant;
    validUntil: Instant;
    state: 'live' | 'accepted' | 'rejected' | 'lapsed';
    /** The need a bid in an offer would serve. */
    needId: string | null;
    loss: { reason: LossReason; price: Credits | null; startDelayMs: Ms | null } | null;
  } | null;
  refusal: { reason: RefusalReason; detail: string; at: Instant } | null;
}

export interface CallView {
  id: string;
  direction: Direction;
  managerId: string;
  title: string;
  project: string;
  need: Need | null;
  offer: Lot | null;
  /** maxPrice of a need, minPrice of an offer. */
  limitPrice: Credits;
  openedAt: Instant;
  replyBy: Instant;
  endedAt: Instant | null;
  state: CallState;
  why: WhyUnawarded | null;
  pricing: Pricing;
  award: AwardMode;
  dialogues: DialogueView[];
  late: number;
  proposalId: string | null;
  leaseId: string | null;
  /** How its price was or is bargained over; null for calls that never were. */
  bargaining: BargainingDoc | null;
}

export interface LeaseView {
  id: string;
  /** The conversation of the award, and the need it serves when that was an offer. */
  cfpId: string;
  needId: string | null;
  /** Title of the work. */
  title: string;
  /** Who pays and uses it; who provides it. */
  managerId: string;
  contractorId: string;
  resourceId: string;
  slots: number[];
  epoch: number;
  price: Credits;
  project: string;
  awardedAt: Instant;
  startAt: Instant;
  endAt: Instant;
  reclaimAt: Instant | null;
  state: LeaseState;
  reclaimWindowMs: Ms;
  penalty: Credits;
  enforcement: Enforcement;
  ended: {
    at: Instant;
    ending: LeaseEnding;
    how: LeaseHow;
    detail: string;
    charge: Credits;
  } | null;
}

/** A project's account. */
export interface ProjectView {
  name: string;
  posted: Credits;
  held: Credits;
  budget: BudgetView | null;
}

/** Figures of the whole market. */
export interface Totals {
  openCalls: number;
  runningLeases: number;
  agents: number;
  /** Issued by the bank and not taken back. */
  circulation: Credits;
  held: Credits;
  /** Signed sum of all accounts: 0, or the ledger is broken. */
  trialSum: Credits;
}

/** All records by kind: what a snapshot carries and what a patch replaces. */
export interface Records {
  agents: AgentView[];
  projects: ProjectView[];
  resources: ResourceView[];
  calls: CallView[];
  leases: LeaseView[];
}

/** A point of the journal: what a screen shows is the fold of all events up to it. */
export interface Head {
  seq: number;
  head: string;
  at: Instant;
}

export interface Snapshot extends Head, Records {
  marketId: string;
  policy: Policy;
  totals: Totals;
}

/** Changes from seq `from` (exclusive) to `seq`. A screen elsewhere asks for a snapshot. */
export interface Patch extends Head, Partial<Records> {
  from: number;
  totals: Totals;
  policy?: Policy;
  /** Ids of calls and leases that left memory; they can still be asked for one by one. */
  gone?: string[];
}
