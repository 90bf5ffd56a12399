// Winner determination under sealed bids: first price, second price (Vickrey 1961) and second score
// (Che 1993), for a need (lowest wins) and an offer (highest wins). Pure arithmetic on integers.
import {
  add,
  type Credits,
  credits,
  max,
  MICRO,
  min,
  scaleDown,
  sub,
  SUPPLY_MAX,
  ZERO,
} from '../base/credits.ts';
import { MINUTE, type Ms } from '../base/time.ts';
import type { Pricing } from '../protocol/bodies.ts';
import type { Direction, Loss, LossReason } from './events.ts';

export interface Bid {
  id: string;
  price: Credits;
  startDelayMs: Ms;
  /** Worth of the work at this contractor's quality; absent: worth the manager's limit. */
  quality?: Credits | undefined;
}
export interface Rule {
  direction: Direction;
  pricing: Pricing;
  /** maxPrice of a need, minPrice of an offer. */
  limitPrice: Credits;
  delayCost: Credits;
  maxStartDelayMs?: Ms | undefined;
}
/** The winner and its payment, and for everybody else why not. */
export interface Outcome {
  winner: { bid: Bid; payment: Credits } | null;
  losses: Loss[];
  /** One sentence for a person: which rule decided. */
  because: string;
}

/**
 * Decides among sealed bids. `draw` is a uniform 32-bit number that breaks ties, never arrival.
 * Truthful bidding is a dominant strategy under second price and second score (private values).
 */
export function determine(rule: Rule, bids: readonly Bid[], draw: number): Outcome {
  const losses: Loss[] = [];
  const fit: Bid[] = [];
  for (const bid of bids) {
    const loss = unfit(rule, bid);
    if (loss === null) fit.push(bid);
    else losses.push(loss);
  }
  const merit = (b: Bid): Credits => meritOf(rule, b);
  const best = fit.reduce<Bid[]>((top, b) => {
    const first = top[0];
    if (first === undefined || merit(b) > merit(first)) return [b];
    return merit(b) === merit(first) ? [...top, b] : top;
  }, []);
  // Sorted by id, so that the draw and not the order of arrival decides.
  const tied = [...best].sort((a, b) => (a.id < b.id ? -1 : 1));
  const winner = tied[draw % Math.max(1, tied.length)];
  if (winner === undefined) return { winner: null, losses, because: 'no proposal is eligible' };
  for (const b of fit) {
    if (b.id === winner.id) continue;
    const reason: LossReason = merit(b) === merit(winner) ? 'tie' : 'price';
    losses.push(lossOf(b.id, reason, sub(merit(winner), merit(b))));
  }
  return {
    winner: { bid: winner, payment: payment(rule, winner, fit) },
    losses,
    because: rule.pricing,
  };
}

/** What the manager gains from a bid: higher is better, whichever the direction. */
function meritOf(rule: Rule, bid: Bid): Credits {
  if (rule.direction === 'offer') return bid.price;
  const worth = rule.pricing === 'second-score' ? (bid.quality ?? rule.limitPrice) : ZERO;
  return sub(sub(worth, bid.price), delayPenalty(rule, bid));
}

/** Beyond this a delay is as bad as it gets; merits stay exact below it. */
const PENALTY_MAX = credits(Math.floor(SUPPLY_MAX / 4));

/** Credits by which a late start counts against a bid, rounded down to the micro-credit. */
function delayPenalty(rule: Rule, bid: Bid): Credits {
  if (rule.delayCost === 0 || bid.startDelayMs === 0) return ZERO;
  return min(PENALTY_MAX, scaleDown(rule.delayCost, bid.startDelayMs, MINUTE));
}

/**
 * What the winner pays or is paid. Second price: the best losing bid, or the limit when alone, made
 * even for the winner's own delay. Second score: its quality minus the second-best score, where not
 * buying scores 0. Never worse for the winner than its own bid, never beyond the limit.
 */
function payment(rule: Rule, winner: Bid, fit: readonly Bid[]): Credits {
  if (rule.pricing === 'first-price') return winner.price;
  const rivals = fit.filter((b) => b.id !== winner.id).map((b) => meritOf(rule, b));
  const second = rivals.reduce<Credits | null>((m, x) => (m === null ? x : max(m, x)), null);
  if (rule.direction === 'offer') return max(second ?? rule.limitPrice, rule.limitPrice);
  const worth = rule.pricing === 'second-score' ? (winner.quality ?? rule.limitPrice) : ZERO;
  const own = add(winner.price, meritOf(rule, winner)); // worth minus own delay penalty
  if (rule.pricing === 'second-score') {
    return min(rule.limitPrice, sub(own, max(second ?? ZERO, ZERO)));
  }
  return second === null ? rule.limitPrice : min(rule.limitPrice, sub(sub(own, worth), second));
}

function unfit(rule: Rule, bid: Bid): Loss | null {
  const late = bid.startDelayMs - (rule.maxStartDelayMs ?? bid.startDelayMs);
  if (late > 0)
    return { proposalId: bid.id, reason: 'starts-too-late', short: { startDelayMs: late } };
  if (rule.direction === 'offer') {
    const under = sub(rule.limitPrice, bid.price);
    return under > 0 ? lossOf(bid.id, 'below-min-price', under) : null;
  }
  const over = sub(bid.price, rule.limitPrice);
  if (over > 0) return lossOf(bid.id, 'above-max-price', over);
  // In second score a bid worth less than its price is one the manager is better off without.
  const score = meritOf(rule, bid);
  if (rule.pricing === 'second-score' && score < 0)
    return lossOf(bid.id, 'price', sub(ZERO, score));
  return null;
}

function lossOf(proposalId: string, reason: LossReason, short: Credits): Loss {
  return { proposalId, reason, short: short > 0 ? { price: coarse(short) } : {} };
}

/** No shortfall is told more exactly than this. */
const COARSEST = MICRO / 100;

/**
 * A shortfall rounded up to 1, 2 or 5 times a power of ten, and at least to a hundredth: that much
 * better would have won, and nobody can compute the rival's sealed bid from it.
 */
export function coarse(short: Credits): Credits {
  let step = COARSEST;
  for (;;) {
    for (const m of [1, 2, 5]) if (step * m >= short) return (step * m) as Credits;
    step *= 10;
  }
}
