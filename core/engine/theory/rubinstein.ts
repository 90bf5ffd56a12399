// Alternating offers: who gets which share when patience is common knowledge. Ariel Rubinstein,
// "Perfect equilibrium in a bargaining model", Econometrica 50(1), 1982, pages 97-109.
import { assert } from '../base/assert.ts';

/** Something of each side; side 0 makes the first offer. */
export type Pair = readonly [number, number];

/**
 * A pie of 1 is divided; a round that ends without a deal leaves `delta` of what it is worth to a
 * side (0..1) and costs that side `cost` (>= 0, in pies). Linear utilities, perfect information. A
 * chance q that talks break down after a round is the same as delta = 1 - q.
 */
export interface Game {
  delta: Pair;
  cost: Pair;
}

/** The first mover's share of the pie, or all that an equilibrium can give it. */
export type Solution =
  | { unique: true; share: number }
  | { unique: false; why: 'nobody-hurries' | 'equal-costs'; from: number; to: number };

function known({ delta, cost }: Game): void {
  for (const d of delta) assert(d >= 0 && d <= 1, 'a discount factor lies in 0..1', d);
  for (const c of cost) assert(c >= 0 && Number.isFinite(c), 'a cost per round is >= 0', c);
}

/** What is left to a proposer who keeps `next` a round later, when the other side proposes now. */
const keeps = ({ delta, cost }: Game, responder: 0 | 1, next: number): number =>
  1 - Math.max(0, delta[responder] * next - cost[responder]);

/**
 * Infinite horizon. The stationary equilibrium solves x = 1 - max(0, d2·y - c2) and
 * y = 1 - max(0, d1·x - c1), so that without costs x = (1 - d2) / (1 - d1·d2), and with costs alone
 * x = 1 for c1 < c2 and x = c2 for c1 > c2 (Rubinstein 1982, both cases). Where neither time nor
 * cost sets the sides apart it is not unique, and the answer says so.
 */
export function firstShare(game: Game): Solution {
  known(game);
  const [d1, d2] = game.delta;
  const [c1, c2] = game.cost;
  if (d1 * d2 < 1) {
    // 1 - d is exact near 1 where 1 - d1·d2 would lose its digits.
    const apart = 1 - d1 + d1 * (1 - d2);
    const x = (1 - d2 - d2 * c1 + c2) / apart;
    const y = (1 - d1 - d1 * c2 + c1) / apart;
    if (d2 * y >= c2 && d1 * x >= c1) return { unique: true, share: x };
  } else if (c1 === c2 && c1 < 1) {
    const why = c1 === 0 ? 'nobody-hurries' : 'equal-costs';
    return { unique: false, why, from: c1, to: 1 };
  }
  // A side whose costs eat up its next turn takes whatever it is given.
  const second = keeps(game, 0, 1);
  if (d2 * second <= c2) return { unique: true, share: 1 };
  return { unique: true, share: keeps(game, 1, 1) };
}

/**
 * T rounds, then nothing: share of the proposer of each round by backwards induction,
 * v_T = 1 and v_t = 1 - max(0, d·v_(t+1) - c) with the responder's d and c. Element 0 is round 1.
 */
export function inducedShares(game: Game, rounds: number): Float64Array {
  known(game);
  assert(Number.isSafeInteger(rounds) && rounds > 0, 'rounds is a whole number >= 1', rounds);
  const shares = new Float64Array(rounds).fill(1);
  for (let i = rounds - 2; i >= 0; i--) {
    shares[i] = keeps(game, i % 2 === 0 ? 1 : 0, shares[i + 1] ?? 1);
  }
  return shares;
}

/**
 * The first mover's share as the horizon grows, by induction alone. Two more rounds turn a share x
 * into F(x), which never falls as x rises and moves by no more than x does: even horizons rise from
 * 0 to `low`, odd ones fall from 1 to `high`, and the stationary equilibria lie between. The two
 * ends are bracketed rather than walked to, as patience near 1 would make that walk endless.
 */
export function inducedLimit(game: Game): { low: number; high: number } {
  known(game);
  const grows = (x: number): number => keeps(game, 1, keeps(game, 0, x)) - x;
  return { low: turn((x) => grows(x) > 0), high: turn((x) => grows(x) >= 0) };
}

/** The point of 0..1 up to which `holds` is true. */
function turn(holds: (x: number) => boolean): number {
  if (holds(1)) return 1;
  let [yes, no] = [0, 1];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (yes + no) / 2;
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return no;
}

/**
 * T rounds without costs, in closed form: the induction is a geometric sum. With q = d1·d2 and
 * k = floor(T/2): (1 - d2)·(1 - q^k)/(1 - q), plus q^k when the first mover also has the last word.
 */
export function finiteShare([d1, d2]: Pair, rounds: number): number {
  const q = d1 * d2;
  const k = Math.floor(rounds / 2);
  const last = rounds % 2 === 1 ? q ** k : 0;
  return (q === 1 ? 0 : ((1 - d2) * (1 - q ** k)) / (1 - q)) + last;
}

/** The same for one d: (1 - (-d)^T) / (1 + d). */
export const finiteSymmetricShare = (d: number, rounds: number): number =>
  (1 - (-d) ** rounds) / (1 + d);

/** How far T rounds can be from endless ones: (d1·d2)^floor(T/2). */
export const horizonError = ([d1, d2]: Pair, rounds: number): number =>
  (d1 * d2) ** Math.floor(rounds / 2);

/**
 * The responder may leave for `outside` pies whenever it responds: that changes nothing while it is
 * worth no more than the share, else it gets exactly that (Binmore, Shaked and Sutton, QJE 104,
 * 1989). Null when it is worth more than the pie: then there is no deal.
 */
export function withOutsideOption(firstMovers: number, outside: number): number | null {
  if (outside > 1) return null;
  return Math.min(firstMovers, 1 - Math.max(0, outside));
}

/**
 * Offers that follow one another ever faster, d = exp(-r·interval): the first mover's share tends
 * to r2/(r1 + r2) (Binmore, Rubinstein and Wolinsky, RAND Journal 17, 1986). Null when r1 = r2 = 0.
 */
export const continuousLimit = (r1: number, r2: number): number | null =>
  r1 + r2 > 0 ? r2 / (r1 + r2) : null;

/** Who sells, who buys, and who speaks first. */
export interface PriceGame {
  /** What it is worth to the buyer, and what it costs the seller. */
  value: number;
  cost: number;
  deltaBuyer: number;
  deltaSeller: number;
  first: 'buyer' | 'seller';
}

/** The price of a division: the seller gets its cost and its share of value - cost. */
export function priceOf(
  { value, cost, first }: Pick<PriceGame, 'value' | 'cost' | 'first'>,
  firstMovers: number,
): number {
  const sellers = first === 'seller' ? firstMovers : 1 - firstMovers;
  return cost + (value - cost) * sellers;
}

/**
 * Seller first: C + S(1 - db)/(1 - ds·db); buyer first: C + S·ds(1 - db)/(1 - ds·db). Null without
 * a surplus S = V - C > 0, and where the division is not unique.
 */
export function alternatingPrice(game: PriceGame): number | null {
  if (game.value <= game.cost) return null;
  const { deltaBuyer: b, deltaSeller: s, first } = game;
  const solved = firstShare({ delta: first === 'buyer' ? [b, s] : [s, b], cost: [0, 0] });
  return solved.unique ? priceOf(game, solved.share) : null;
}
