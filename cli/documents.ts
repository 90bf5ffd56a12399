// The parts of the API's documents that the command line reads. What it prints under --json is the
// document as the host sent it.
import type {
  BargainingProtocol,
  BargainingRole,
  Conflict,
} from '../core/engine/protocol/bargaining.ts';

export interface Budget {
  amount: number;
  windowMs: number;
  carryOver: boolean;
  remaining: number;
  windowEndsAt: string;
}
export interface Balance {
  posted: number;
  held: number;
  available: number;
}
export interface AgentDoc {
  id: string;
  name: string;
  project: string | null;
  system: boolean;
  exec: boolean;
  capabilities: string[];
  kind: string;
  delegate: string | null;
  balance: Balance;
  budget: Budget | null;
  reputation: { kept: number; broken: number; score: number };
  registeredAt: string;
}

export interface ResourceDoc {
  id: string;
  ownerId: string;
  kind: 'gpu' | 'cpu' | 'memory';
  model: string | null;
  count: number;
  free: number;
  vramBytes: number | null;
  memoryBytes: number | null;
  simulated: boolean;
  state: 'paused' | 'for-sale' | 'taken';
  holder: string | null;
  price: number | null;
  reservePrice: number;
}

export interface NeedDoc {
  kind: string;
  count: number;
  durationMs: number;
  model?: string;
}
export interface ProposalDoc {
  id: string;
  contractorId: string;
  price: number;
  startDelayMs: number;
  state: string;
  lost: { reason: string; short: { price?: number; startDelayMs?: number } } | null;
}
export interface RefusalDoc {
  contractorId: string;
  reason: string;
  detail: string;
}
/** All issues of an offer. */
export interface OfferDoc {
  price: number;
  startDelayMs: number;
  reclaimWindowMs: number;
  penalty: number;
}
export interface RoundDoc {
  round: number;
  manager: OfferDoc | null;
  contractor: OfferDoc | null;
  messages: Record<BargainingRole, string>;
  silent: BargainingRole[];
}
export interface BargainingDoc {
  protocol: BargainingProtocol;
  chosenBy: string;
  proposalId: string;
  managerId: string;
  contractorId: string;
  state: 'running' | 'agreed' | 'conflict';
  why: Conflict | null;
  round: number;
  roundsMax: number;
  roundEndsAt: string;
  /** Null in simultaneous rounds, and after the end. */
  turn: BargainingRole | null;
  rounds: RoundDoc[];
  deal: OfferDoc | null;
  /** For the operator only. */
  limits: Record<BargainingRole, number> | null;
}
export interface CfpDoc {
  id: string;
  managerId: string;
  direction: 'need' | 'offer';
  state: string;
  why: string | null;
  task: { title: string };
  project: string;
  need?: NeedDoc;
  offer?: {
    resourceId: string;
    kind: string;
    model: string | null;
    count: number;
    durationMs: number;
  };
  maxPrice?: number;
  minPrice?: number;
  mechanism: { pricing: string; bargaining: boolean };
  awardMode: string;
  openedAt: string;
  replyBy: string;
  endedAt: string | null;
  proposals: ProposalDoc[];
  refusals: RefusalDoc[];
  /** Null where nobody bargains, and for everybody who is not a party. */
  bargaining: BargainingDoc | null;
  award: {
    proposalId: string;
    leaseId: string;
    price: number;
    contractorId: string;
    at: string;
  } | null;
}

export interface UsageDoc {
  pid?: number;
  exitCode?: number | null;
  signal?: string | null;
  wallMs?: number;
  cpuSeconds?: number | null;
  timedOut?: boolean;
  stoppedBecause?: string | null;
}
export interface LeaseDoc {
  id: string;
  cfpId: string;
  managerId: string;
  contractorId: string;
  resourceId: string;
  slots: number[];
  epoch: number;
  project: string;
  price: number;
  awardedAt: string;
  startAt: string;
  endAt: string;
  state: string;
  enforcement: { time: string; memory: string; detail: string };
  usage: UsageDoc | null;
  ending: { at: string; ending: string; how: string; detail: string; charge: number } | null;
}

export interface TransferDoc {
  id: string;
  at: string;
  debit: string;
  credit: string;
  amount: number;
  state: 'pending' | 'posted' | 'voided' | 'expired';
  code: string;
  pendingId: string | null;
  agentId: string | null;
  project: string | null;
  resourceId: string | null;
  cfpId: string | null;
  leaseId: string | null;
}
export interface AccountDoc {
  id: string;
  kind: string;
  posted: number;
  pending: number;
  held: number;
  incoming: number;
}
export interface TrialBalanceDoc {
  accounts: AccountDoc[];
  sum: number;
  seq: number;
  head: string;
}

export interface DemoReport {
  capacity: { kind: string; count: number; model: string | null }[];
  cfps: number;
  awards: number;
  refusals: number;
  jobs: { started: number; succeeded: number; failed: number; cpuSeconds: number };
  byAgent: {
    name: string;
    priority: number;
    spent: number;
    awards: number;
    meanWaitMs: number | null;
  }[];
  trialBalance: number;
  survivors: number;
}

/** A CloudEvent of the journal. */
export interface JournalEvent {
  id: string;
  type: string;
  time: string;
  subject?: string;
  data: Record<string, unknown>;
}
