// Views for tests of strategies.
import type { View } from '../../../core/agent/bargaining/strategy.ts';

/** A buyer in the first of 20 turns, with limits 100 and 40, unless said otherwise. */
export const viewOf = (more: Partial<View> = {}): View => ({
  protocol: 'alternating-offers',
  role: 'manager',
  round: 1,
  roundsMax: 20,
  reservation: 100,
  ideal: 40,
  market: 70,
  mine: [],
  theirs: [],
  discount: { mine: 1, theirs: 1 },
  roundCost: 0,
  ...more,
});
