// The monotonic concession protocol: simultaneous rounds in which each side repeats its proposal or
// concedes. Rosenschein and Zlotkin, Rules of Encounter, MIT Press, 1994.
import { must } from '../base/assert.ts';
import type { Rng } from '../base/rng.ts';
import type { Deal } from './nash.ts';

export type Side = 0 | 1;

/**
 * What both sides see between two rounds. A proposal is a place in the negotiation set, which
 * `negotiationSet` orders: side 0 concedes upwards, side 1 downwards.
 */
export interface Standing {
  front: readonly Deal[];
  at: readonly [number, number];
  /** One coin for both sides, so that a tie is broken the same way by each. */
  coin: Side;
}

/** A side's next proposal; the same place is to repeat it. */
export type Decider = (standing: Standing, side: Side) => number;

/** Why a proposal is refused; the standing one then stands again. */
export type Refusal = 'retraction' | 'no-such-deal';

/** The rules for one proposal: from the set, and never worse for the other side than before. */
export function refusal({ front, at }: Standing, side: Side, proposal: number): Refusal | null {
  if (front[proposal] === undefined) return 'no-such-deal';
  const retracts = side === 0 ? proposal < at[0] : proposal > at[1];
  return retracts ? 'retraction' : null;
}

export interface ConcessionRound {
  round: number;
  at: readonly [number, number];
  refused: readonly [Refusal | null, Refusal | null];
}

export interface Conceded {
  /** Null for a conflict. */
  deal: Deal | null;
  why: 'agreed' | 'both-stuck' | 'no-deals';
  /** Rounds with proposals: none when the set is empty, at most as many as it has deals. */
  rounds: number;
  trace: ConcessionRound[];
}

/**
 * Plays it out. Round 1 is each side's own best deal. A side agrees that is offered what it demands
 * or better; as no deal of the set beats another, then so does the other side, and a coin picks one
 * of the two proposals. Neither concedes: conflict. Each further round takes the sides nearer by at
 * least one deal, which is what bounds it.
 */
export function playConcession(
  front: readonly Deal[],
  deciders: readonly [Decider, Decider],
  rng: Rng,
): Conceded {
  const trace: ConcessionRound[] = [];
  if (front.length === 0) return { deal: null, why: 'no-deals', rounds: 0, trace };
  let at: readonly [number, number] = [0, front.length - 1];
  let refused: ConcessionRound['refused'] = [null, null];
  for (let round = 1; ; round++) {
    trace.push({ round, at, refused });
    const coin = rng.below(2) === 0 ? 0 : 1;
    if (at[0] >= at[1]) {
      return { deal: must(front[at[coin]], 'deal'), why: 'agreed', rounds: round, trace };
    }
    const standing = { front, at, coin } as const;
    const asked = [deciders[0](standing, 0), deciders[1](standing, 1)] as const;
    refused = [refusal(standing, 0, asked[0]), refusal(standing, 1, asked[1])];
    const next = [
      refused[0] === null ? asked[0] : at[0],
      refused[1] === null ? asked[1] : at[1],
    ] as const;
    if (next[0] === at[0] && next[1] === at[1]) {
      return { deal: null, why: 'both-stuck', rounds: round, trace };
    }
    at = next;
  }
}

/**
 * Gives up as much of its own utility each round as it can without giving up more than `step`, and
 * at least one deal. It needs to know nothing of the other side's utilities but their order.
 */
export function fixedStep(step: number): Decider {
  return ({ front, at }, side) => {
    const way = side === 0 ? 1 : -1;
    const least = (front[at[side]]?.[side] ?? 0) - step;
    let next = at[side] + way;
    while ((front[next + way]?.[side] ?? -Infinity) >= least) next += way;
    return front[next] === undefined ? at[side] : next;
  };
}
