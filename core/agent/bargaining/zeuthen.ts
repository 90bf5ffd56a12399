// Zeuthen's strategy (1930; Harsanyi, Econometrica 24, 1956; Rosenschein and Zlotkin, Rules of
// Encounter, 1994): who has less to lose by a conflict, measured by his risk, concedes.
//
// It does not know the other side's utility. It believes that the best price it can hope for, its
// ideal, is the one that leaves the other side nothing. So a price worth u to itself is worth
// S - u to the other, S = its range; where the belief is right, two of them meet at (V + C) / 2.
import { risk } from '../../engine/theory/zeuthen.ts';
import { gainOf, rangeOf, settle, signOf, standing } from './aspiration.ts';
import type { StrategyKind, View } from './strategy.ts';

/** Concessions are no smaller than this, so that they fit into the rounds there are. */
const stepOf = (view: View, range: number): number =>
  Math.max(1, Math.ceil(range / Math.max(1, view.roundsMax - 2)));

/**
 * The largest own gain u with u (S - u) > K, K the product of gains at their offer: the minimal
 * sufficient concession, after which the other side has the smaller risk. Null when there is none.
 */
function sufficient(range: number, product: number): number | null {
  const root = range * range - 4 * product;
  if (root <= 0) return null;
  const u = Math.ceil((range + Math.sqrt(root)) / 2) - 1;
  return u * (range - u) > product ? u : null;
}

function target(view: View): number {
  const last = standing(view.mine);
  const asked = standing(view.theirs);
  if (last === undefined || asked === undefined) return view.ideal;
  const range = rangeOf(view);
  const own = gainOf(view, last);
  const offered = Math.max(0, gainOf(view, asked));
  if (risk(own, offered) > risk(range - offered, range - own)) return last;
  // On a tie both concede: two that stick would end in conflict. A deal that gives itself nothing
  // has risk 1 and would look sufficient: it is no candidate.
  const enough = sufficient(range, offered * (range - offered));
  if (enough === null) return asked;
  const gain = Math.max(1, Math.min(own - stepOf(view, range), enough));
  return view.reservation + signOf(view.role) * gain;
}

export const ZEUTHEN: StrategyKind = {
  name: 'zeuthen',
  summary: 'Concedes when a conflict would cost it more than the other side.',
  parameters: [],
  create: () => ({ decide: (view) => settle(view, target(view)) }),
};
