// Random cases for two sides: what the good is worth to one, costs the other, and usually fetches.
import type { Strategy } from '../../agent/bargaining/strategy.ts';
import type { Rng } from '../../engine/base/rng.ts';
import type { BargainingProtocol } from '../../engine/protocol/bargaining.ts';
import type { Session, Side } from './session.ts';

/** Prices in units of which a usual one is a hundred thousand; integers. */
export interface Case {
  /** The buyer's and the seller's reservation, and what both know to be usual. */
  value: number;
  cost: number;
  market: number;
  discount: { manager: number; contractor: number };
  /** What one round costs each side. */
  roundCost: number;
  roundsMax: number;
}

const UNIT = 1000;
/** How far from the usual price a side hopes for at best. */
const HOPE = 0.6;
/** A narrower zone is none worth talking about: the rounds would cost more than there is. */
const ZONE_MIN = 10 * UNIT;

/**
 * Value 80..160, cost 40..120, usual price 90..110 thousand; about one case in ten has no zone of
 * agreement. Discounts .9..1, 4..40 rounds; every fourth case has costly rounds.
 */
export function drawCase(rng: Rng): Case {
  const between = (from: number, to: number): number => from + rng.below(to - from + 1);
  const cost = between(40 * UNIT, 120 * UNIT);
  let value = between(80 * UNIT, 160 * UNIT);
  if (value >= cost) value = Math.max(value, cost + ZONE_MIN);
  return {
    value,
    cost,
    market: between(90 * UNIT, 110 * UNIT),
    discount: { manager: between(900, 1000) / 1000, contractor: between(900, 1000) / 1000 },
    roundCost: rng.chance(0.25) ? between(1, UNIT / 4) : 0,
    roundsMax: between(4, 40),
  };
}

function sideOf(c: Case, role: 'manager' | 'contractor', strategy: Strategy): Side {
  const hope = c.market * (role === 'manager' ? 1 - HOPE : 1 + HOPE);
  const reservation = role === 'manager' ? c.value : c.cost;
  // Nobody hopes for less than his own limit.
  const ideal = role === 'manager' ? Math.min(hope, reservation) : Math.max(hope, reservation);
  const [mine, theirs] =
    role === 'manager'
      ? [c.discount.manager, c.discount.contractor]
      : [c.discount.contractor, c.discount.manager];
  const { market, roundCost } = c;
  const discount = { mine, theirs };
  return { strategy, reservation, ideal: Math.round(ideal), market, discount, roundCost };
}

/** The case with a strategy on each side. */
export function sessionOf(
  c: Case,
  protocol: BargainingProtocol,
  manager: Strategy,
  contractor: Strategy,
): Session {
  return {
    protocol,
    roundsMax: c.roundsMax,
    manager: sideOf(c, 'manager', manager),
    contractor: sideOf(c, 'contractor', contractor),
  };
}
