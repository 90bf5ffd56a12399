// Our bargaining for the reference system's characters: one code for both roles, but each side
// judges a price as what it is, a buyer or a seller, and neither goes beyond its own limit.
//
// Both move from an opening price to their limit along (turn / last turn)^pace: a time-dependent
// tactic (Faratin, Sierra & Jennings, Robotics and Autonomous Systems 24, 1998), and accept what is
// no worse than their own next offer (AC_next: Baarslag, Hindriks & Jonker, 2013). Both stand at
// their limits in the last turn, so a negotiation ends in a deal exactly when the limits overlap.
import type { Agent, Role, Strategy, Talk } from '../agent.ts';
import { type Draft, reject } from '../message.ts';
import { accept, counter, request, termsOf } from '../strategies/terms.ts';
import { affords, totalUnits } from '../units.ts';

/** What a character brings to a negotiation. */
export interface Stance {
  name: string;
  /** Above 1: gives way late. */
  pace: number;
  /** First price, in credits. */
  open(role: Role, fair: number): number;
  /** Worst price, in credits, before its purse is looked at. */
  limit(role: Role, fair: number, eagerness: number, talk: Talk): number;
  ended?(price: number | null, reason: string | null, talk: Talk): void;
}

/**
 * How far an agent goes, 0.5..1.5, and 1 at an urgency of 0.5: whoever needs compute badly pays
 * more for it and parts with it less willingly.
 */
export function eagerness(role: Role, urgency: number): number {
  return role === 'buyer' ? 0.5 + urgency : 1.5 - urgency;
}

/** Whether a price is at least as good as another for this role. */
export function asGood(role: Role, price: number, than: number): boolean {
  return role === 'buyer' ? price <= than : price >= than;
}

/** Negotiations in a row that end for want of money until a buyer waits for more of it. */
const BROKE_MAX = 3;

/** A strategy from a stance. It reads its own agent and the message, nothing of the other side. */
export function roleAware(stance: Stance): Strategy {
  /** How often in a row its purse was too small, and the largest purse of these. */
  let broke = { times: 0, purse: 0 };
  /** Its price in a turn, from 0; turns beyond the last stand at the limit. */
  const priceAt = (self: Agent, talk: Talk, turn: number): number => {
    const fair = totalUnits(talk.bundle);
    const open = stance.open(talk.role, fair);
    const last = stance.limit(talk.role, fair, eagerness(talk.role, self.urgency), talk);
    const share = talk.turnsMax > 1 ? Math.min(1, turn / (talk.turnsMax - 1)) : 1;
    // Exact at the end, where the overlap of two limits is decided.
    const price = share === 1 ? last : open + (last - open) * Math.pow(share, stance.pace);
    return talk.role === 'buyer' ? Math.min(price, self.budget) : price;
  };
  return {
    name: stance.name,
    initiate: (self, bundle, talk) => {
      const waits = broke.times >= BROKE_MAX && self.budget <= broke.purse;
      if (waits || self.budget <= 0) return null;
      return request(bundle, priceAt(self, talk, 0), self);
    },
    decide: (self, message, talk) => {
      const terms = termsOf(message);
      if (!terms) return null;
      return talk.role === 'seller'
        ? sell(self, terms.price, talk, priceAt(self, talk, talk.turn))
        : buy(self, terms.price, talk, priceAt(self, talk, talk.turn + 1));
    },
    ended: (self, price, reason, talk) => {
      const poor = reason === 'cannot_afford' && talk.role === 'buyer';
      const purse = Math.max(broke.purse, self.budget);
      broke = poor ? { times: broke.times + 1, purse } : { times: 0, purse: 0 };
      stance.ended?.(price, reason, talk);
    },
    limit: (self, talk) => priceAt(self, talk, talk.turnsMax),
  };
}

/** @param ask its own price in this turn */
function sell(self: Agent, bid: number, { bundle, turn }: Talk, ask: number): Draft {
  if (!affords(self.resources, bundle)) return reject('insufficient_resources');
  if (bid >= ask) return accept(bundle, bid);
  return turn === 0 ? { ...counter(bundle, ask), type: 'offer' } : counter(bundle, ask);
}

/** @param bid its own next price, within its purse */
function buy(self: Agent, ask: number, { bundle, turn, turnsMax }: Talk, bid: number): Draft {
  if (ask <= bid) return accept(bundle, ask);
  if (turn + 1 < turnsMax) return counter(bundle, bid);
  return reject(bid === self.budget ? 'cannot_afford' : 'too_expensive');
}
