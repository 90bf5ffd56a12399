// What every strategy of the reference system reads from a message, and how it words its own.
import type { Agent } from '../agent.ts';
import { type Draft, priceOf } from '../message.ts';
import { totalUnits, type Units } from '../units.ts';

export interface Terms {
  asked: 'as-seller' | 'offered';
  resource: Units;
  /** Credits: the buyer's maximum in a request, else the price on the table. */
  price: number;
  /** Credits: one for each unit. */
  fair: number;
}

/** Null for a message about anything but a price. */
export function termsOf(message: Draft): Terms | null {
  const { resource } = message.payload;
  const price = priceOf(message);
  if (!resource || price === null) return null;
  const fair = totalUnits(resource);
  if (message.type === 'request') return { asked: 'as-seller', resource, price, fair };
  if (message.type !== 'offer' && message.type !== 'counter') return null;
  return { asked: 'offered', resource, price, fair };
}

export function request(resource: Units, maxPrice: number, { urgency }: Agent): Draft {
  return { type: 'request', payload: { resource, maxPrice, urgency } };
}

export function accept(resource: Units, price: number): Draft {
  return { type: 'accept', payload: { resource, price } };
}

export function counter(resource: Units, price: number): Draft {
  return { type: 'counter', payload: { resource, price } };
}
