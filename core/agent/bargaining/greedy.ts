// Greedy: lowballs as a buyer, demands a premium as a seller, and moves only when time runs out.
import { marketOf, pressure, settle } from './aspiration.ts';
import type { StrategyKind, View } from './strategy.ts';

/** From here on it gives way, in a straight line to its reservation. */
const HOLD = 0.8;

const share = {
  name: 'share',
  summary: 'Part of the market price that it offers; as a seller it asks as much more.',
  initial: 0.7,
  min: 0.1,
  max: 1,
};

/** Buyer: share x market. Seller: (2 - share) x market. */
function target(view: View, part: number): number {
  const wish = marketOf(view) * (view.role === 'manager' ? part : 2 - part);
  const late = (pressure(view) - HOLD) / (1 - HOLD);
  return late <= 0 ? wish : wish + (view.reservation - wish) * Math.min(1, late);
}

export const GREEDY: StrategyKind = {
  name: 'greedy',
  summary: 'Lowballs or demands a premium, and holds out until time runs out.',
  parameters: [share],
  create: (params) => {
    const part = params[share.name] ?? share.initial;
    return { decide: (view) => settle(view, target(view, part)) };
  },
};
