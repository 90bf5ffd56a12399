// What all strategies share: prices seen from one side, how far a bargaining has come, and the move
// that follows once a strategy knows which price it aims at now.
import type { BargainingRole } from '../../engine/protocol/bargaining.ts';
import type { Move, View } from './strategy.ts';

const ACCEPT: Move = Object.freeze({ type: 'accept' });

/** 1 where a higher price is better for the side, -1 where a lower one is. */
export const signOf = (role: BargainingRole): 1 | -1 => (role === 'contractor' ? 1 : -1);

/** True when `price` is at least as good for the side as `other`. */
export function atLeast(role: BargainingRole, price: number, other: number): boolean {
  return role === 'contractor' ? price >= other : price <= other;
}

/** To an integer, in the side's own favour. */
export function rounded(role: BargainingRole, price: number): number {
  return role === 'contractor' ? Math.ceil(price) : Math.floor(price);
}

/** What a price is worth over walking away, in the unit of prices; negative beyond the mandate. */
export function gainOf(view: Pick<View, 'role' | 'reservation'>, price: number): number {
  return view.role === 'contractor' ? price - view.reservation : view.reservation - price;
}

/** Gain at the ideal: the most there can be to win. 0 when even the ideal is beyond the mandate. */
export function rangeOf(view: Pick<View, 'role' | 'reservation' | 'ideal'>): number {
  return Math.max(0, gainOf(view, view.ideal));
}

/** The nearest integer price between the ideal and the reservation. */
export function within(view: View, price: number): number {
  const { role, ideal, reservation } = view;
  const near = rounded(role, price);
  if (!atLeast(role, near, reservation)) return rounded(role, reservation);
  // An ideal beyond the mandate is no bound.
  return atLeast(role, near, ideal) && atLeast(role, ideal, reservation) ? ideal : near;
}

/** The price at this share of the way from the ideal (0) to the reservation (1). */
export function along(view: View, share: number): number {
  return view.ideal + (view.reservation - view.ideal) * share;
}

/** What the good usually costs; the middle of its own range for a side that knows nothing. */
export function marketOf(view: View): number {
  return view.market ?? (view.ideal + view.reservation) / 2;
}

export const standing = (offers: readonly number[]): number | undefined =>
  offers[offers.length - 1];

/** The part of a gain that is left in this round: value lost by waiting, and rounds paid for. */
export function valueLeft(view: View): number {
  const waited = view.round - 1;
  const { discount, roundCost } = view;
  let left = discount.mine < 1 ? discount.mine ** waited : 1;
  if (roundCost > 0) left -= (roundCost * waited) / Math.max(1, rangeOf(view));
  return Math.max(0, left);
}

/**
 * How urgent it is to end, from 0 in round 1 to 1 in the last: 1 - rounds left x value left, both
 * as parts of 1. So a side that loses by waiting concedes faster than one that does not.
 */
export function pressure(view: View): number {
  const last = Math.max(1, view.roundsMax - 1);
  return 1 - Math.max(0, 1 - (view.round - 1) / last) * valueLeft(view);
}

/**
 * True when this move is the last that can still lead to a deal: the last of all, and with turns
 * also the one before it, because an offer needs a later round to be accepted in.
 */
export function isFinal(view: View): boolean {
  const spare = view.protocol === 'alternating-offers' ? 1 : 0;
  return view.round + spare >= view.roundsMax;
}

/**
 * The move of a side that aims at `target` now: takes an offer that is as good, else offers the
 * target. Under monotonic concession a side that repeats while the other one repeats too has ended
 * the talk, so waiting there costs a token concession of one unit. In the end it takes whatever is
 * no worse than its limit: a bad deal within the mandate is better than none.
 * @param limit the worst price it takes; the reservation unless the strategy wants more
 */
export function settle(view: View, target: number, limit = view.reservation): Move {
  const { role, mine, theirs } = view;
  let price = within(view, isFinal(view) ? limit : target);
  const asked = theirs[theirs.length - 1];
  if (asked !== undefined && atLeast(role, asked, price)) return ACCEPT;
  const last = mine[mine.length - 1];
  if (last !== undefined && view.protocol === 'monotonic-concession') {
    if (atLeast(role, price, last)) price = last - signOf(role);
    if (!atLeast(role, price, limit))
      price = atLeast(role, last, limit) ? within(view, limit) : last;
  }
  return { type: 'offer', price };
}
