// Offers with several issues. Each side turns a bundle into one number, its effective price, with
// weights of its own; strategies bargain over that number, and `compose` turns it back into the
// bundle nearest to what the other side asked for, so that what costs me little is given first
// (logrolling; Faratin, Sierra and Jennings, "Using similarity criteria to make issue trade-offs in
// automated negotiations", Artificial Intelligence 142, 2002).
import type { BargainingRole } from '../../engine/protocol/bargaining.ts';
import { atLeast, rounded } from './aspiration.ts';

/** A bundle. Price and penalty in micro-credits, spans in ms; all are integers. */
export interface Offer {
  price: number;
  startDelayMs: number;
  /** Notice that the contractor must give before it takes the resource back. */
  reclaimWindowMs: number;
  /** What the contractor pays the manager when it does. */
  penalty: number;
}

export const ISSUES = ['price', 'startDelayMs', 'reclaimWindowMs', 'penalty'] as const;
export type Issue = (typeof ISSUES)[number];

/** What the issues are worth to a side in price, all at least 0: the unit of prices. */
export interface Weights {
  /** A minute of later start: costs the manager this much, spares the contractor this much. */
  delayPerMinute: number;
  /** A minute of notice: worth this much to the manager, costs the contractor this much. */
  noticePerMinute: number;
  /** A unit of penalty: the chance, 0..1, that it will be due, as the side sees it. */
  penaltyChance: number;
}

/** The range of each issue, inclusive. */
export type Bounds = Readonly<Record<Issue, { min: number; max: number }>>;

const MINUTE = 60_000;
/** What the manager wants of each issue: 1 more, -1 less. The contractor wants the opposite. */
const WANTED: Readonly<Record<Issue, 1 | -1>> = {
  price: -1,
  startDelayMs: -1,
  reclaimWindowMs: 1,
  penalty: 1,
};

/** Effective price of one unit of each issue; it grows with what is good for the contractor. */
const slopesOf = (w: Weights): Record<Issue, number> => ({
  price: 1,
  startDelayMs: w.delayPerMinute / MINUTE,
  reclaimWindowMs: -w.noticePerMinute / MINUTE,
  penalty: -w.penaltyChance,
});

function valueOf(offer: Offer, slopes: Readonly<Record<Issue, number>>): number {
  let sum = 0;
  for (const issue of ISSUES) sum += slopes[issue] * offer[issue];
  return sum;
}

/**
 * Price + delay x its weight - notice x its weight - penalty x its chance: for the manager what the
 * bundle costs, for the contractor what it earns. Quasilinear: a credit is a credit on every issue.
 * An integer, rounded against the side, so that a mandate kept in it is kept in the bundle.
 */
export function effectivePrice(offer: Offer, weights: Weights, role: BargainingRole): number {
  const exact = valueOf(offer, slopesOf(weights));
  return role === 'manager' ? Math.ceil(exact) : Math.floor(exact);
}

/** The best bound of an issue for a side. */
function bestOf(issue: Issue, role: BargainingRole, { min, max }: Bounds[Issue]): number {
  const up = WANTED[issue] === (role === 'manager' ? 1 : -1);
  return up ? max : min;
}

/** The bundle that a side would write itself, except for the price. */
export function idealOffer(role: BargainingRole, bounds: Bounds): Offer {
  const best = (issue: Issue): number => bestOf(issue, role, bounds[issue]);
  const [price, startDelayMs] = [best('price'), best('startDelayMs')];
  return {
    price,
    startDelayMs,
    reclaimWindowMs: best('reclaimWindowMs'),
    penalty: best('penalty'),
  };
}

export interface Composition {
  /** The effective price that the bundle shall have. */
  target: number;
  weights: Weights;
  role: BargainingRole;
  bounds: Bounds;
  /** The last offers; null where there is none yet. */
  mine: Offer | null;
  theirs: Offer | null;
}

/**
 * The bundle of effective price `target` that is nearest to what the other side asked for, each
 * issue measured in its range. No issue gets worse for the other side than in my last offer, and
 * none better than it asked; so it never is a retraction. Where these limits leave no bundle of
 * just this effective price: the one of most concessions that is still no worse for me, or my last
 * offer.
 */
export function compose(c: Composition): Offer {
  const { target, role, bounds, mine, theirs, weights } = c;
  const slopes = slopesOf(weights);
  const from = mine ?? opening(c, slopes);
  if (theirs === null) return from;
  // From my last offer to what they asked for, where that is better for them than mine.
  const to = { ...from };
  for (const issue of ISSUES) {
    const way = WANTED[issue] * (role === 'manager' ? -1 : 1);
    const inBounds = Math.min(bounds[issue].max, Math.max(bounds[issue].min, theirs[issue]));
    if ((inBounds - from[issue]) * way > 0) to[issue] = inBounds;
  }
  if (atLeast(role, valueOf(to, slopes), target)) return to;
  if (!atLeast(role, valueOf(from, slopes), target)) return from;
  return exactly(c, slopes, { from, to, near: nearest(c, slopes, from, to) });
}

/** My own wishes on everything, and the price that makes them worth the target. */
function opening({ target, role, bounds }: Composition, slopes: Record<Issue, number>): Offer {
  const offer = idealOffer(role, bounds);
  const price = rounded(role, target - (valueOf(offer, slopes) - offer.price));
  offer.price = Math.min(bounds.price.max, Math.max(bounds.price.min, price));
  return offer;
}

/** Halvings of the multiplier: more than a double has bits. */
const HALVINGS = 60;

/**
 * The point of the box between two offers that has the target's value and is nearest to `to`: a
 * projection, to - m x slope x range^2 on each issue, cut to the box, with m found by bisection.
 */
function nearest(
  { target, bounds }: Composition,
  slopes: Readonly<Record<Issue, number>>,
  from: Offer,
  to: Offer,
): Offer {
  const point = (m: number): Offer => {
    const offer = { ...to };
    for (const issue of ISSUES) {
      const { min, max } = bounds[issue];
      const moved = to[issue] - m * slopes[issue] * (max - min) ** 2;
      const [low, high] = [Math.min(from[issue], to[issue]), Math.max(from[issue], to[issue])];
      offer[issue] = Math.min(high, Math.max(low, moved));
    }
    return offer;
  };
  // The value falls in m: positive m where `to` is worth more than the target.
  const sign = valueOf(to, slopes) > target ? 1 : -1;
  const reached = (m: number): boolean => sign * (valueOf(point(sign * m), slopes) - target) <= 0;
  let [low, high] = [0, 1e-12];
  for (let i = 0; i < 2 * HALVINGS && !reached(high); i++) high *= 4;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return point(sign * high);
}

/** To integers, and the price takes the remainder: never worse for me than the target. */
function exactly(
  { target, role }: Composition,
  slopes: Readonly<Record<Issue, number>>,
  { from, to, near }: { from: Offer; to: Offer; near: Offer },
): Offer {
  const offer: Offer = { ...near };
  for (const issue of ISSUES) {
    // Back toward my last offer, so that rounding gives nothing away.
    const back = from[issue] > near[issue] ? Math.ceil : Math.floor;
    offer[issue] = back(near[issue]);
  }
  const others = valueOf(offer, slopes) - offer.price;
  const price = rounded(role, target - others);
  const [low, high] = [Math.min(from.price, to.price), Math.max(from.price, to.price)];
  offer.price = Math.min(high, Math.max(low, price));
  return offer;
}

/** Gains of both sides over their reservations, in price; for charts. */
export interface Point {
  manager: number;
  contractor: number;
  offer: Offer;
}

/**
 * The corners of the Pareto front, from best for the manager to best for the contractor; all
 * points of the lines between them are efficient too. Both utilities are linear, so the front of a
 * box runs along its edges in falling order of contractor's gain per manager's loss. An issue to
 * which one side is indifferent is no trade-off and stands where the other wants it throughout.
 */
export function paretoFront(
  bounds: Bounds,
  manager: { weights: Weights; reservation: number },
  contractor: { weights: Weights; reservation: number },
): Point[] {
  const costs = slopesOf(manager.weights);
  const earns = slopesOf(contractor.weights);
  const offer = idealOffer('manager', bounds);
  const trades = ISSUES.filter((issue) => {
    if (costs[issue] === 0 && earns[issue] !== 0) {
      offer[issue] = bestOf(issue, 'contractor', bounds[issue]);
    }
    return costs[issue] !== 0 && earns[issue] !== 0 && bounds[issue].min < bounds[issue].max;
  });
  const rate = (issue: Issue): number => earns[issue] / costs[issue];
  trades.sort((a, b) => rate(b) - rate(a));
  const point = (): Point => ({
    manager: manager.reservation - valueOf(offer, costs),
    contractor: valueOf(offer, earns) - contractor.reservation,
    offer: { ...offer },
  });
  const front = [point()];
  for (const issue of trades) {
    offer[issue] = bestOf(issue, 'contractor', bounds[issue]);
    front.push(point());
  }
  return front;
}
