// The journal's events: everything that ever changes a market. Each carries all it needs, so that
// evolve never computes what decide has decided, and a replay needs neither clock nor chance.
import type { BudgetRule } from '../bank/budget.ts';
import type { Transfer } from '../bank/ledger.ts';
import type { Credits } from '../base/credits.ts';
import type { Instant, Ms } from '../base/time.ts';
import type { BargainingProtocol, BargainingRole, Conflict } from '../protocol/bargaining.ts';
import type {
  AwardMode,
  Pricing,
  ProtocolChoice,
  RefusalReason,
  Task,
  Terms,
} from '../protocol/bodies.ts';
import type { Need, ResourceKind } from '../protocol/need.ts';

/** How agents came to be here: by API, as this machine's own seller, or for a command line. */
export type AgentKind = 'agent' | 'machine';

export type Direction = 'need' | 'offer';
export interface Mechanism {
  type: 'contract-net';
  pricing: Pricing;
  /** Credits per minute of start delay, used for ranking only. */
  delayCost: Credits;
  /** Its manager is willing to bargain. Absent in calls that are not. */
  bargaining?: true;
}
/** A slot put up for sale by its owner. */
export interface Lot {
  resourceId: string;
  kind: ResourceKind;
  model: string | null;
  count: number;
  durationMs: Ms;
}
/** Slots of a resource for an interval. */
export interface Claim {
  resourceId: string;
  slots: number[];
  from: Instant;
  to: Instant;
}
/** Why a proposal did not win, and what would have: never a rival's bid. */
export interface Loss {
  proposalId: string;
  reason: LossReason;
  /** By how much it fell short; credits or milliseconds, never more exact than the rule allows. */
  short: { price?: Credits; startDelayMs?: Ms };
}
export const LOSS_REASONS = [
  'price', // somebody else was better for the manager
  'tie', // equal, and the draw went the other way
  'above-max-price',
  'below-min-price',
  'starts-too-late',
  'insufficient-credits',
  'slot-taken',
  'expired',
  'need-met', // the need was served through another conversation
  'not-chosen', // a manual manager chose another one
  'cancelled',
  'unawarded',
  'no-agreement', // it was bargained over without a deal
] as const;
export type LossReason = (typeof LOSS_REASONS)[number];

export const WHY_UNAWARDED = [
  'no-proposals',
  'all-infeasible',
  'all-above-max-price',
  'insufficient-credits',
  'not-decided',
  'no-agreement',
] as const;
export type WhyUnawarded = (typeof WHY_UNAWARDED)[number];

export interface Policy {
  /** Credits per slot and hour for this machine's own resources. */
  reservePrices: Record<ResourceKind, Credits>;
  /** Share of slots only `system` agents can lease. */
  priorityReserve: number;
  defaults: { pricing: Pricing; award: AwardMode; replyByMs: Ms };
  surcharge: { rate: Credits; freeCalls: number; halfLifeMs: Ms } | null;
  /** Absent in journals from before there was bargaining. */
  bargaining?: BargainingRule;
}

/** How calls bargain: the operator's rule. */
export interface BargainingRule {
  protocol: ProtocolChoice;
  /** Under auto: leases shorter than this bargain by the faster protocol. */
  fastBelowMs: Ms;
  /** Under auto: alternating offers only where this much lies between the two limits. */
  worthWaiting: Credits;
  roundsMax: number;
  roundMs: Ms;
  /** Value left after one more round, 0..1. */
  discount: Record<BargainingRole, number>;
  /** What an offer costs its sender. */
  roundFee: Credits;
}

/** One offer, all issues. */
export interface Offer {
  price: Credits;
  startDelayMs: Ms;
  reclaimWindowMs: Ms;
  penalty: Credits;
}
/** A closed round. In alternating offers one side has spoken; a silent side is null. */
export interface Round {
  round: number;
  at: Instant;
  said: Record<BargainingRole, Said | null>;
}
export interface Said {
  offer: Offer;
  message: string;
}
export const PROTOCOL_REASONS = [
  'operator',
  'short-lease',
  'worth-the-wait',
  'small-surplus',
] as const;
export type ProtocolReason = (typeof PROTOCOL_REASONS)[number];

/** The parties of a bargaining, in each of its events: who is told follows from them. */
interface Between {
  cfpId: string;
  proposalId: string;
  managerId: string;
  contractorId: string;
}
/** How a bargaining ended, in the event that ends its call. */
export interface Bargained extends Between {
  /** The round that this ending closes, if it closes one. */
  round: Round | null;
  deal: Offer | null;
  conflict: Conflict | null;
  /** The last words of whoever accepted or walked away. */
  by: BargainingRole | null;
  message: string;
}

export interface DelegateConfig {
  policy: string;
  params: unknown;
}

interface Moves {
  transfers: Transfer[];
}

export type EventBody =
  | { type: 'market-founded'; marketId: string; policy: Policy }
  | {
      type: 'agent-registered';
      agentId: string;
      name: string;
      project: string | null;
      kind: AgentKind;
      system: boolean;
      exec: boolean;
      capabilities: string[];
    }
  | { type: 'delegate-set'; agentId: string; delegate: DelegateConfig | null }
  | ({ type: 'budget-set'; scope: Scope; rule: BudgetRule } & Moves)
  | ({ type: 'window-rolled'; accountId: string; passed: number; issue: Credits } & Moves)
  | {
      type: 'resource-added';
      resourceId: string;
      ownerId: string;
      kind: ResourceKind;
      model: string | null;
      count: number;
      vramBytes: number | null;
      memoryBytes: number | null;
      reservePrice: Credits;
      simulated: boolean;
    }
  | {
      type: 'resource-changed';
      resourceId: string;
      reservePrice: Credits;
      paused: boolean;
    }
  | ({ type: 'cfp-opened' } & CallTerms & Moves)
  | ({
      type: 'proposed';
      proposalId: string;
      cfpId: string;
      contractorId: string;
      price: Credits;
      startDelayMs: Ms;
      validUntil: Instant;
      terms: Terms;
      /** The need a bid in an offer would serve. */
      needId: string | null;
      /** The capacity it holds; null for a bid in an offer, where the call holds the slots. */
      claim: Claim | null;
      /** Its price is an opening. Absent in those that are firm. */
      negotiable?: true;
    } & Moves)
  | { type: 'refused'; cfpId: string; agentId: string; reason: RefusalReason; detail: string }
  | { type: 'late-proposal'; cfpId: string; agentId: string; price: Credits }
  | ({ type: 'proposal-lapsed'; cfpId: string; proposalId: string } & Moves)
  | { type: 'bidding-closed'; cfpId: string }
  | ({ type: 'awarded'; cfpId: string; proposalId: string; draw: number } & AwardedLease & Moves)
  | ({
      type: 'call-ended';
      cfpId: string;
      state: 'unawarded' | 'cancelled';
      why: WhyUnawarded | null;
      losses: Loss[];
      bargained?: Bargained;
    } & Moves)
  | ({ type: 'bargaining-opened' } & Between & BargainingTerms & Moves)
  | ({
      type: 'offered';
      role: BargainingRole;
      round: number;
      offer: Offer;
      message: string;
      /** In simultaneous rounds nobody sees it before the round is closed. */
      sealed: boolean;
    } & Between &
      Moves)
  | ({ type: 'round-closed'; closed: Round } & Between)
  | { type: 'lease-started'; leaseId: string }
  | { type: 'lease-enforced'; leaseId: string; enforcement: Enforcement }
  | { type: 'lease-renewed'; leaseId: string; endAt: Instant }
  | { type: 'lease-reclaiming'; leaseId: string; reclaimAt: Instant }
  | ({
      type: 'lease-ended';
      leaseId: string;
      ending: LeaseEnding;
      how: LeaseHow;
      detail: string;
      charge: Credits;
      output: unknown;
      usage: unknown;
    } & Moves)
  | { type: 'policy-set'; policy: Policy };

export type Scope = { agentId: string } | { project: string };

/** A call as its event carries it. */
export interface CallTerms {
  cfpId: string;
  managerId: string;
  direction: Direction;
  task: Task;
  need: Need | null;
  offer: Lot | null;
  /** maxPrice of a need, minPrice of an offer: the manager's reservation price. */
  limitPrice: Credits;
  replyBy: Instant;
  decideBy: Instant;
  mechanism: Mechanism;
  award: AwardMode;
  /** Contractors the call was sent to: when all have answered an automatic award need not wait. */
  invited: string[];
  /** The slots an offer holds. */
  claim: Claim | null;
  /** The caller's load after this call, for the surcharge. */
  load: number;
}

export interface AwardedLease {
  leaseId: string;
  /** Set when the award came about in an offer and serves this need. */
  needId: string | null;
  /** Who pays and uses the slots. */
  managerId: string;
  /** Who provides the slots and reports. */
  contractorId: string;
  claim: Claim;
  epoch: number;
  price: Credits;
  project: string;
  durationMs: Ms;
  losses: Loss[];
  /** Set when it was bargained for: the lease has the terms of the deal. */
  bargained?: Bargained;
}

export interface BargainingTerms {
  protocol: BargainingProtocol;
  chosenBy: ProtocolReason;
  roundsMax: number;
  roundMs: Ms;
  /** It ends at the latest when the proposal or the time to decide does. */
  endsAt: Instant;
  discount: Record<BargainingRole, number>;
  /** What the contractor opens with: its proposal. */
  opening: Offer;
  /** The least the contractor may take, by its resource's reserve price at that moment. */
  floor: Credits;
  /** What an offer costs its sender by the policy of that moment. */
  roundFee: Credits;
  losses: Loss[];
}

export const LEASE_ENDINGS = ['settled', 'expired', 'voided'] as const;
export type LeaseEnding = (typeof LEASE_ENDINGS)[number];
export const LEASE_HOWS = ['done', 'failed', 'no-report', 'given-back', 'cancelled'] as const;
export type LeaseHow = (typeof LEASE_HOWS)[number];

/** Which limits of a lease are enforced, and by what. */
export interface Enforcement {
  /** What ends it at its time: the strongest mechanism in force; `contractor` where remote. */
  time: 'cgroup' | 'pid-namespace' | 'process-group' | 'contractor' | 'none';
  memory: 'cgroup' | 'watch' | 'contractor' | 'none';
  detail: string;
}

export type Event = { seq: number; at: Instant } & EventBody;
export type EventType = EventBody['type'];
