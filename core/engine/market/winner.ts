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
  const fit: Ranked[] = [];
  let top: Ranked[] = [];
  for (const bid of bids) {
    const merit = meritOf(rule, bid);
    const loss = unfit(rule, bid, merit);
    if (loss !== null) {
      losses.push(loss);
      continue;
    }
    const ranked = { bid, merit };
    fit.push(ranked);
    const best = top[0];
    if (best === undefined || merit > best.merit) top = [ranked];
    else if (merit === best.merit) top.push(ranked);
  }
  // Sorted by id, so that the draw and not the order of arrival decides.
  if (top.length > 1) top.sort((a, b) => (a.bid.id < b.bid.id ? -1 : 1));
  const winner = top[draw % Math.max(1, top.length)];
  if (winner === undefined) return { winner: null, losses, because: 'no proposal is eligible' };
  let second: Credits | null = null;
  for (const rival of fit) {
    if (rival === winner) continue;
    const reason: LossReason = rival.merit === winner.merit ? 'tie' : 'price';
    losses.push(lossOf(rival.bid.id, reason, sub(winner.merit, rival.merit)));
    second = second === null ? rival.merit : max(second, rival.merit);
  }
  return {
    winner: { bid: winner.bid, payment: payment(rule, winner, second) },
    losses,
    because: rule.pricing,
  };
}

interface Ranked {
  bid: Bid;
  merit: Credits;
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
function payment(rule: Rule, { bid, merit }: Ranked, second: Credits | null): Credits {
  if (rule.pricing === 'first-price') return bid.price;
  if (rule.direction === 'offer') return max(second ?? rule.limitPrice, rule.limitPrice);
  const worth = rule.pricing === 'second-score' ? (bid.quality ?? rule.limitPrice) : ZERO;
  const own = add(bid.price, merit); // worth minus own delay penalty
  if (rule.pricing === 'second-score') {
    return min(rule.limitPrice, sub(own, max(second ?? ZERO, ZERO)));
  }
  return second === null ? rule.limitPrice : min(rule.limitPrice, sub(sub(own, worth), second));
}

function unfit(rule: Rule, bid: Bid, merit: Credits): Loss | null {
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
  if (rule.pricing === 'second-score' && merit < 0) {
    return lossOf(bid.id, 'price', sub(ZERO, merit));
  }
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
