// The guard around every strategy, ours or a stranger's: whatever it says, its mandate is kept.
// Everyone that runs a strategy passes its moves through here.
import { atLeast, rounded, standing } from './aspiration.ts';
import type { Move, View } from './strategy.ts';

/**
 * The move that is made of what a strategy wants.
 * - A price becomes an integer, in the side's own favour, and never lies beyond the reservation.
 * - Under monotonic concession an offer that is worse for the other side than the one before is a
 *   retraction; it becomes a repetition.
 * - An acceptance of nothing, or of an offer beyond the reservation, becomes a repetition.
 * - A price that is no safe integer becomes a repetition.
 * A repetition before the first offer opens at the ideal, or the reservation if that is no better.
 */
export function keepMandate(view: View, move: Move): Move {
  if (move.type === 'quit') return move;
  if (move.type === 'accept') {
    const asked = standing(view.theirs);
    return asked !== undefined && atLeast(view.role, asked, view.reservation) ? move : repeat(view);
  }
  const price = allowed(view, move.price);
  return price === move.price ? move : { type: 'offer', price };
}

function allowed(view: View, wanted: number): number {
  const { role, reservation, mine } = view;
  const last = standing(mine);
  let price = rounded(role, wanted);
  if (!Number.isSafeInteger(price)) return last ?? opening(view);
  if (!atLeast(role, price, reservation)) price = rounded(role, reservation);
  const retracts =
    view.protocol === 'monotonic-concession' &&
    last !== undefined &&
    atLeast(role, price, last) &&
    price !== last;
  return retracts ? last : price;
}

const repeat = (view: View): Move => ({
  type: 'offer',
  price: standing(view.mine) ?? opening(view),
});

function opening({ role, ideal, reservation }: View): number {
  return rounded(role, atLeast(role, ideal, reservation) ? ideal : reservation);
}
