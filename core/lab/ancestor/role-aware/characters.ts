// The reference system's characters with its parameters, as stances of role-aware bargaining.
import type { Strategy } from '../agent.ts';
import { totalUnits } from '../units.ts';
import { roleAware } from './stance.ts';

/** Lowballs and demands a premium; ends near the fair price, an eager one a little beyond it. */
export function roleAwareGreedy(greed = 0.7): Strategy {
  const margin = 1 - greed;
  return roleAware({
    name: 'greedy',
    pace: 2,
    open: (role, fair) => fair * (role === 'buyer' ? greed : 2 - greed),
    limit: (role, fair, eager) =>
      fair * (role === 'buyer' ? greed + margin * eager : 2 - greed - margin * eager),
  });
}

/** Names the market rate and gives way as far as its tolerance. */
export function roleAwareFair(tolerance = 0.15): Strategy {
  return roleAware({
    name: 'fair',
    pace: 1,
    open: (_role, fair) => fair,
    limit: (role, fair, eager) => fair * (1 + (role === 'buyer' ? 1 : -1) * tolerance * eager),
  });
}

/** Per offer heard, as in the reference system. */
const PATIENCE_LOST = 0.05;

/** Wants a bargain or a premium; every turn without a deal wears that down to the fair price. */
export function roleAwarePatient(patience = 0.8): Strategy {
  let waited = 0;
  return roleAware({
    name: 'patient',
    pace: 3,
    open: (role, fair) => fair * (role === 'buyer' ? 1 - 0.4 * patience : 1 + 0.3 * patience),
    limit: (role, fair, eager, { turnsMax }) => {
      const lost = PATIENCE_LOST * eager * (waited + turnsMax);
      return role === 'buyer'
        ? Math.min(fair, fair * (1 - 0.3 * patience) * (1 + lost))
        : Math.max(fair, fair * (1 + 0.3 * patience) * (1 - lost));
    },
    ended: (price, _reason, { turnsMax }) => {
      waited = price === null ? waited + turnsMax : 0;
    },
  });
}

/** How far from its belief it goes, and how much a refused price moves the belief. */
const ADAPTIVE_MARGIN = 0.15;
const REFUSED_STEP = 0.05;

/**
 * Learns the price of a unit. It names its belief as it is: whatever two of them agree on then lies
 * between their beliefs, so learning from the deal on both sides brings these together and moves
 * neither beyond the other. (The reference system's buyer bids 1.1 of its belief, and with both
 * sides learning the belief grows by 1 % a deal.)
 * @param belief credits a unit it starts from
 * @param rate share of the gap learnt from each deal, 0..1
 */
export function roleAwareAdaptive(belief = 1, rate = 0.2): Strategy {
  let believed = belief;
  return roleAware({
    name: 'adaptive',
    pace: 1,
    open: (_role, units) => units * believed,
    limit: (role, units, eager) =>
      units * believed * (1 + (role === 'buyer' ? 1 : -1) * ADAPTIVE_MARGIN * eager),
    ended: (price, reason, { role, bundle }) => {
      const amount = totalUnits(bundle);
      if (price !== null && amount > 0) believed += rate * (price / amount - believed);
      // Only a refused price says something about prices; an empty purse or store does not.
      if (reason === 'too_expensive') believed *= 1 + (role === 'buyer' ? 1 : -1) * REFUSED_STEP;
    },
  });
}

/** Buys at up to the fair price, and sells at that and its commission, without giving way. */
export function roleAwareBroker(commission = 0.1): Strategy {
  return roleAware({
    name: 'broker',
    pace: 1,
    open: (role, fair) => fair * (role === 'buyer' ? 1 - commission : 1 + commission),
    limit: (role, fair) => fair * (role === 'buyer' ? 1 : 1 + commission),
  });
}
