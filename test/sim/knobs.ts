// Everything that differs between worlds, drawn from the seed. Swarm style: each knob is off in a
// good part of the worlds, so that no fault hides behind another one.
import type { Credits } from '../../core/engine/base/credits.ts';
import { LIMITS } from '../../core/engine/base/limits.ts';
import { createRng, type Rng } from '../../core/engine/base/rng.ts';
import type { BargainingRule } from '../../core/engine/market/events.ts';
import { PROTOCOL_CHOICES } from '../../core/engine/protocol/bodies.ts';

/** Probabilities are per message or per commit; spans are milliseconds. */
export interface Knobs {
  seed: number;
  agents: number;
  resources: number;
  slotsMax: number;
  projects: number;
  /** Actions of each agent before everything falls silent, and the mean pause between them. */
  actions: number;
  pauseMs: number;
  /** Micro-credits per window; small, so that money is short. */
  budget: number;
  windowMs: number;
  reservePrice: number;
  drop: number;
  duplicate: number;
  delayMs: number;
  partition: number;
  crash: number;
  downMs: number;
  diskFull: number;
  /** Moves of the wall clock and sleeps of the machine while the agents act. */
  clockJumps: number;
  sleeps: number;
  /** Share of calls that are offers. */
  offers: number;
  /** Share of actions that make no sense, and of the same key sent with something else. */
  nonsense: number;
  misuse: number;
  /** Time that the host takes between two turns: large ones make batches. */
  serviceMs: number;
  /** A screen is connected; its mirror is compared with a fresh snapshot after every commit. */
  screen: boolean;
  /** Recovery starts from a disk snapshot where there is one. */
  snapshots: boolean;
  surcharge: boolean;
  priorityReserve: number;
  bounds: Partial<Record<keyof typeof LIMITS, number>>;
  /** Share of needs that may be bargained over, and the operator's rule at the start. */
  bargains: number;
  rule: BargainingRule;
}

export function drawKnobs(seed: number): Knobs {
  const rng = createRng(seed);
  const agents = 2 + rng.below(rng.chance(0.2) ? 7 : 4);
  const faulty = rng.chance(0.75);
  const some = (p: number, most: number): number =>
    faulty && rng.chance(p) ? rng.unit() * most : 0;
  return {
    seed,
    agents,
    resources: 1 + rng.below(rng.chance(0.3) ? 3 : agents + 2),
    slotsMax: 1 + rng.below(3),
    projects: rng.below(3),
    actions: 3 + rng.below(rng.chance(0.1) ? 30 : 8),
    pauseMs: 5 + rng.below(rng.chance(0.3) ? 400 : 60),
    budget: rng.pick([3_000_000, 8_000_000, 20_000_000, 1_000_000_000]),
    windowMs: rng.pick([1000, 1300, 3000, 60_000]),
    reservePrice: rng.pick([0, 0, 0, 500_000_000, 3_000_000_000]),
    drop: some(0.5, 0.4),
    duplicate: some(0.5, 0.4),
    delayMs: rng.pick([0, 0, 3, 20, 150]),
    partition: some(0.3, 0.3),
    crash: some(0.5, 0.08),
    downMs: 1 + rng.below(rng.chance(0.2) ? 3000 : 150),
    diskFull: some(0.25, 0.1),
    clockJumps: faulty && rng.chance(0.4) ? 1 + rng.below(3) : 0,
    sleeps: faulty && rng.chance(0.2) ? 1 + rng.below(2) : 0,
    offers: rng.pick([0.2, 0.2, 0.3, 0.6]),
    nonsense: some(0.5, 0.3),
    misuse: some(0.4, 0.1),
    serviceMs: rng.pick([0, 0, 1, 5, 30]),
    screen: rng.chance(0.15),
    snapshots: rng.chance(0.3),
    surcharge: rng.chance(0.2),
    priorityReserve: rng.pick([0, 0, 0, 0.34, 0.5]),
    bounds: bounds(rng),
    // Last, so that worlds without it live as they would if it did not exist.
    bargains: rng.pick([0, 0, 0.3, 0.7]),
    rule: drawRule(rng),
  };
}

/** How calls bargain, for a while: few and short rounds more often than not. */
export function drawRule(rng: Rng): BargainingRule {
  return {
    protocol: rng.pick([...PROTOCOL_CHOICES, 'auto', 'monotonic-concession'] as const),
    fastBelowMs: rng.pick([0, 600]),
    worthWaiting: rng.pick([0, 1_000_000]) as Credits,
    roundsMax: 1 + rng.below(rng.chance(0.3) ? 3 : 12),
    roundMs: LIMITS.roundMsMin + rng.below(rng.chance(0.2) ? 50 : 700),
    discount: { manager: 0.9, contractor: 0.9 },
    roundFee: rng.pick([0, 0, 30_000]) as Credits,
  };
}

/** Small bounds in half of the worlds: what nobody reaches, nobody tests. */
function bounds(rng: Rng): Knobs['bounds'] {
  const always = { decideMs: 200 + rng.below(1000) };
  if (rng.chance(0.5)) return always;
  return {
    ...always,
    openCallsPerAgentMax: 1 + rng.below(3),
    openCallsMax: 2 + rng.below(6),
    proposalsPerCallMax: 1 + rng.below(4),
    liveProposalsPerAgentMax: 1 + rng.below(4),
    invitedMax: 1 + rng.below(4),
    lateLoggedPerCallMax: rng.below(3),
    renewalsMax: rng.below(3),
    endedKept: 1 + rng.below(12),
    batchMax: 1 + rng.below(5),
    inboxMax: 2 + rng.below(20),
    timersPerBatchMax: 1 + rng.below(4),
  };
}

const kept = new Map(Object.entries(LIMITS));

/** Puts a world's bounds into force; `LIMITS` is read anew at every use. */
export function setBounds(own: Knobs['bounds']): void {
  Object.assign(LIMITS, Object.fromEntries(kept), own);
}
