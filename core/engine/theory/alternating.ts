// Alternating offers as a game that is played: two players, one offer a round, the other side
// accepts or answers with its own. What comes out is compared with rubinstein.ts.
import { type Game, inducedLimit, inducedShares, type Pair } from './rubinstein.ts';

/** One side. Shares are of a pie of 1, always its own. Rounds count from 1. */
export interface Player {
  /** The share it demands when it is its turn. */
  demand(round: number): number;
  /** Whether it takes a share that it is offered. */
  accepts(round: number, offered: number): boolean;
}

export interface Alternated {
  /** The agreed division; null for a conflict. */
  shares: Pair | null;
  /** What it is worth at the start: waiting discounts it and costs, with or without a deal. */
  utilities: Pair;
  rounds: number;
  /** Every demand, in order; side 0 makes the odd ones. */
  demands: number[];
}

/** @param roundsMax ends in conflict when this many offers were refused */
export function playAlternating(
  game: Game,
  players: readonly [Player, Player],
  roundsMax: number,
): Alternated {
  const demands: number[] = [];
  for (let round = 1; round <= roundsMax; round++) {
    const [proposer, responder] = round % 2 === 1 ? ([0, 1] as const) : ([1, 0] as const);
    const demand = Math.min(1, Math.max(0, players[proposer].demand(round)));
    demands.push(demand);
    if (!players[responder].accepts(round, 1 - demand)) continue;
    const shares: Pair = proposer === 0 ? [demand, 1 - demand] : [1 - demand, demand];
    return { shares, utilities: worthOf(game, shares, round), rounds: round, demands };
  }
  const utilities = worthOf(game, [0, 0], roundsMax);
  return { shares: null, utilities, rounds: roundsMax, demands };
}

function worthOf({ delta, cost }: Game, shares: Pair, rounds: number): Pair {
  const of = (side: 0 | 1): number => {
    let worth = shares[side];
    for (let waited = 1; waited < rounds; waited++) worth = delta[side] * worth - cost[side];
    return worth;
  };
  return [of(0), of(1)];
}

/** Two ways of computing the same threshold differ by less. */
const ROUNDING = 1e-12;

/**
 * Knows the game, and that the other side does: leaves it what waiting would be worth to it and not
 * more, and takes what waiting would be worth to itself. It finds that by induction from the last
 * round, or from a round so far away that it no longer matters; it knows no closed form.
 * @param horizon rounds of the game, or null for endless ones
 */
export function rationalPlayer(game: Game, horizon: number | null, side: 0 | 1): Player {
  const demandOf = horizon === null ? endless(game) : induced(game, horizon);
  return {
    demand: demandOf,
    accepts(round, offered) {
      const waiting = game.delta[side] * demandOf(round + 1) - game.cost[side];
      return offered >= Math.max(0, waiting) - ROUNDING;
    },
  };
}

/** What the proposer of a round keeps. After the last round there is nothing. */
function induced(game: Game, horizon: number): (round: number) => number {
  const shares = inducedShares(game, horizon);
  return (round) => shares[round - 1] ?? 0;
}

function endless(game: Game): (round: number) => number {
  const { low, high } = inducedLimit(game);
  const firsts = (low + high) / 2;
  const seconds = 1 - Math.max(0, game.delta[0] * firsts - game.cost[0]);
  return (round) => (round % 2 === 1 ? firsts : seconds);
}

/** Half for each, whatever waiting costs. */
export const splitPlayer: Player = {
  demand: () => 0.5,
  accepts: (_round, offered) => offered >= 0.5,
};

/**
 * Concedes by the clock: demands 1 - (1 - least)·(t/deadline)^(1/e) in round t, and takes what is
 * no less than it would demand next (Faratin, Sierra and Jennings, Robotics and Autonomous Systems
 * 24, 1998). e < 1 holds out, e > 1 gives in early.
 */
export function timeDependentPlayer(deadline: number, e: number, least: number): Player {
  const demand = (round: number): number => {
    const passed = Math.min(1, (round - 1) / Math.max(1, deadline - 1));
    return 1 - (1 - least) * passed ** (1 / e);
  };
  return { demand, accepts: (round, offered) => offered >= demand(round + 1) - ROUNDING };
}
