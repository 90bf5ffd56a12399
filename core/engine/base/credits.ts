// Virtual credits. Inside, everything is an integer number of micro-credits; a decimal number of
// credits exists only in documents that leave the engine.
import { assert } from './assert.ts';

declare const brand: unique symbol;

/** Integer micro-credits (1 credit = 1,000,000), |n| < 2^53. */
export type Credits = number & { readonly [brand]: 'Credits' };

export const MICRO = 1_000_000;

/** No supply, balance or sum may reach this: integers above it are not exact. */
export const SUPPLY_MAX = Number.MAX_SAFE_INTEGER;

export const ZERO = 0 as Credits;

/** Brands an integer number of micro-credits. Throws on anything that is not a safe integer. */
export function credits(micro: number): Credits {
  assert(Number.isSafeInteger(micro), 'credits must be a safe integer of micro-credits');
  return (micro === 0 ? 0 : micro) as Credits; // -0 would print and hash differently
}

/** a + b, exact. Throws when the sum leaves the safe range. */
export function add(a: Credits, b: Credits): Credits {
  return credits(a + b);
}

/** a - b, exact. Throws when the difference leaves the safe range. */
export function sub(a: Credits, b: Credits): Credits {
  return credits(a - b);
}

export function min(a: Credits, b: Credits): Credits {
  return a < b ? a : b;
}

export function max(a: Credits, b: Credits): Credits {
  return a > b ? a : b;
}

/**
 * part/whole of an amount, rounded down, exact for every safe integer (BigInt inside).
 * @param part 0 <= part <= whole, any integer unit
 */
export function share(amount: Credits, part: number, whole: number): Credits {
  assert(Number.isSafeInteger(part) && Number.isSafeInteger(whole), 'share needs integers');
  assert(part >= 0 && whole > 0 && part <= whole, 'share needs 0 <= part <= whole');
  return scaleDown(amount, part, whole);
}

/**
 * amount x factor / divisor, exact, rounded up, for price floors. Integers >= 0, divisor > 0. What
 * passes SUPPLY_MAX is SUPPLY_MAX: more than anybody can pay, however much more.
 */
export function scaleUp(amount: Credits, factor: number, divisor: number): Credits {
  return scaled(amount, factor, divisor, true);
}

/** The same, rounded down. */
export function scaleDown(amount: Credits, factor: number, divisor: number): Credits {
  return scaled(amount, factor, divisor, false);
}

function scaled(amount: Credits, factor: number, divisor: number, up: boolean): Credits {
  const product = amount * factor;
  if (Number.isSafeInteger(product)) {
    const rest = product % divisor;
    return credits((product - rest) / divisor + (up && rest > 0 ? 1 : 0));
  }
  const d = BigInt(divisor);
  const exact = (BigInt(amount) * BigInt(factor) + (up ? d - 1n : 0n)) / d;
  return exact < BigInt(SUPPLY_MAX) ? credits(Number(exact)) : credits(SUPPLY_MAX);
}

/**
 * Reads a decimal number of credits with at most 6 decimals; null for anything else.
 * A double is accepted when it is the nearest one to a whole number of micro-credits: 0.1 is
 * 100,000 micro-credits, 0.0000015 is refused, and nothing is ever rounded.
 */
export function fromDecimal(value: number): Credits | null {
  if (!Number.isFinite(value)) return null;
  const micro = Math.round(value * MICRO);
  if (!Number.isSafeInteger(micro) || micro / MICRO !== value) return null;
  return credits(micro);
}

/** Decimal credits for a document: exact up to 6 decimals for amounts below 2^33 credits. */
export function toDecimal(amount: Credits): number {
  return amount / MICRO;
}
