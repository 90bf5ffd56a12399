// The starter swarm: a dozen agents that bid, and two that bargain. Data only; what
// they run are the programs shipped with Haggle.
import { HOUR, MINUTE, type Ms, SECOND } from '../../engine/base/time.ts';
import type { ResourceKind } from '../../engine/protocol/need.ts';

export interface Profile {
  name: string;
  project: string;
  /** 0..100; what a unit of the work is worth to its owner, in credits. */
  priority: number;
  /** Credits per hour. */
  budget: number;
  kind: ResourceKind;
  /** Slots asked for; never more than the machine has. */
  count: number;
  /** Length of the lease asked for. */
  leaseMs: Ms;
  /** From a task's arrival to when it must be done; null for whenever. */
  deadlineMs: Ms | null;
  /** Tasks come in bursts: mean time between bursts, and most tasks in one. */
  burstMs: Ms;
  burstMax: number;
  bidding: 'truthful' | 'shaded' | 'frugal';
  /** Bargains by this strategy, up to this many credits per slot and hour; null: it only bids. */
  bargaining: Bargainer | null;
  program: string;
  /** Sized for one to two seconds of one core; each task adds a seed of its own. */
  args: readonly string[];
}

export interface Bargainer {
  strategy: string;
  params: Readonly<Record<string, number>>;
  rate: number;
}

export const BUDGET_WINDOW: Ms = HOUR;

const cpu = { kind: 'cpu' as const, count: 1, bargaining: null };
const memory = { kind: 'memory' as const, deadlineMs: null, bidding: 'truthful' as const };

export const PROFILES: readonly Profile[] = [
  {
    name: 'Executive report',
    project: 'reports',
    priority: 40,
    budget: 20_000,
    ...cpu,
    leaseMs: 10 * SECOND,
    deadlineMs: 60 * SECOND,
    burstMs: 4 * SECOND,
    burstMax: 1,
    bidding: 'truthful',
    program: 'word-count',
    args: ['--words', '3000000'],
  },
  {
    name: 'Incident triage',
    project: 'operations',
    priority: 14,
    budget: 8_000,
    ...cpu,
    leaseMs: 10 * SECOND,
    deadlineMs: 240 * SECOND,
    burstMs: 8 * SECOND,
    burstMax: 3,
    bidding: 'truthful',
    program: 'log-search',
    args: ['--lines', '400000'],
  },
  {
    name: 'Research Ada',
    project: 'research',
    priority: 12,
    budget: 3_000,
    ...cpu,
    leaseMs: 10 * SECOND,
    deadlineMs: 180 * SECOND,
    burstMs: 7 * SECOND,
    burstMax: 2,
    bidding: 'truthful',
    program: 'matrix-product',
    args: ['--products', '10'],
  },
  {
    name: 'Research Blaise',
    project: 'research',
    priority: 10,
    budget: 3_000,
    ...cpu,
    leaseMs: 10 * SECOND,
    deadlineMs: 240 * SECOND,
    burstMs: 8 * SECOND,
    burstMax: 2,
    bidding: 'shaded',
    program: 'prime-sieve',
    args: ['--limit', '350000000'],
  },
  {
    name: 'Research Chandra',
    project: 'research',
    priority: 8,
    budget: 2_500,
    ...cpu,
    leaseMs: 10 * SECOND,
    deadlineMs: null,
    burstMs: 7 * SECOND,
    burstMax: 2,
    bidding: 'frugal',
    program: 'matrix-product',
    args: ['--products', '8'],
  },
  {
    name: 'Batch trainer',
    project: 'training',
    priority: 9,
    budget: 4_000,
    ...cpu,
    leaseMs: 12 * SECOND,
    deadlineMs: 600 * SECOND,
    burstMs: 16 * SECOND,
    burstMax: 1,
    bidding: 'truthful',
    program: 'matrix-product',
    args: ['--products', '14'],
  },
  {
    name: 'Daily digest',
    project: 'reports',
    priority: 4,
    budget: 600,
    ...cpu,
    leaseMs: 10 * SECOND,
    deadlineMs: null,
    burstMs: 6 * SECOND,
    burstMax: 2,
    bidding: 'truthful',
    program: 'word-count',
    args: ['--words', '3500000'],
  },
  {
    name: 'Weekly archive',
    project: 'operations',
    priority: 2,
    budget: 200,
    ...cpu,
    leaseMs: 10 * SECOND,
    deadlineMs: null,
    burstMs: 10 * SECOND,
    burstMax: 1,
    bidding: 'frugal',
    program: 'compress',
    args: ['--mebibytes', '16'],
  },
  {
    name: 'Backup verifier',
    project: 'operations',
    priority: 3,
    budget: 300,
    ...cpu,
    leaseMs: 10 * SECOND,
    deadlineMs: 600 * SECOND,
    burstMs: 9 * SECOND,
    burstMax: 1,
    bidding: 'truthful',
    program: 'checksum-chain',
    args: ['--mebibytes', '1200'],
  },
  {
    name: 'Index builder',
    project: 'search',
    priority: 6,
    budget: 500,
    ...cpu,
    leaseMs: 10 * SECOND,
    deadlineMs: 300 * SECOND,
    burstMs: 6 * SECOND,
    burstMax: 2,
    bidding: 'truthful',
    program: 'word-count',
    args: ['--words', '800000'],
  },
  {
    name: 'Log janitor',
    project: 'operations',
    priority: 2,
    budget: 200,
    ...cpu,
    leaseMs: 10 * SECOND,
    deadlineMs: null,
    burstMs: 8 * SECOND,
    burstMax: 1,
    bidding: 'frugal',
    program: 'log-search',
    args: ['--lines', '120000'],
  },
  {
    name: 'Data cleaner',
    project: 'research',
    priority: 5,
    budget: 800,
    ...cpu,
    leaseMs: 10 * SECOND,
    deadlineMs: 300 * SECOND,
    burstMs: 8 * SECOND,
    burstMax: 2,
    bidding: 'shaded',
    program: 'compress',
    args: ['--mebibytes', '12'],
  },
  {
    name: 'Vector cache',
    project: 'search',
    priority: 3,
    budget: 200,
    ...memory,
    count: 4,
    leaseMs: 15 * MINUTE,
    burstMs: 50 * SECOND,
    burstMax: 1,
    bargaining: { strategy: 'time-dependent', params: { e: 0.7 }, rate: 0.19 },
    program: 'compress',
    args: ['--mebibytes', '2'],
  },
  {
    name: 'Feature store',
    project: 'training',
    priority: 4,
    budget: 300,
    ...memory,
    count: 4,
    leaseMs: 2 * HOUR,
    burstMs: 80 * SECOND,
    burstMax: 1,
    bargaining: { strategy: 'fair', params: {}, rate: 0.2 },
    program: 'checksum-chain',
    args: ['--mebibytes', '120'],
  },
];
