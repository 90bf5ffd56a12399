// The journal's events: everything that ever changes a market. Each carries all it needs, so that
// evolve never computes what decide has decided, and a replay needs neither clock nor chance.
import type { BudgetRule } from '../bank/budget.ts';
import type { Transfer } from '../bank/ledger.ts';
import type { Credits } from '../base/credits.ts';
import type { Instant, Ms } from '../base/time.ts';
import type { AwardMode, Pricing, RefusalReason, Task, Terms } from '../protocol/bodies.ts';
import type { Need, ResourceKind } from '../protocol/need.ts';

/** How agents came to be here: by API, as this machine's own seller, or for a command line. */
export type AgentKind = 'agent' | 'machine';

export type Direction = 'need' | 'offer';
export interface Mechanism {
  type: 'contract-net';
  pricing: Pricing;
  /** Credits per minute of start delay, used for ranking only. */
  delayCost: Credits;
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
] as const;
export type LossReason = (typeof LOSS_REASONS)[number];

export const WHY_UNAWARDED = [
  'no-proposals',
  'all-infeasible',
  'all-above-max-price',
  'insufficient-credits',
  'not-decided',
] as const;
export type WhyUnawarded = (typeof WHY_UNAWARDED)[number];

export interface Policy {
  /** Credits per slot and hour for this machine's own resources. */
  reservePrices: Record<ResourceKind, Credits>;
  /** Share of slots only `system` agents can lease. */
  priorityReserve: number;
  defaults: { pricing: Pricing; award: AwardMode; replyByMs: Ms };
  surcharge: { rate: Credits; freeCalls: number; halfLifeMs: Ms } | null;
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
    } & Moves)
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
