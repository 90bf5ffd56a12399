// What a person types, read strictly: nothing is rounded behind their back.
import { fromDecimal } from '../../core/engine/base/credits.ts';

const DECIMAL = /^\d{1,10}(\.\d{1,6})?$/u;

/** Credits >= 0 with at most 6 decimals; a comma is taken for a point. Null when it is not that. */
export function parseCredits(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  if (!DECIMAL.test(plain)) return null;
  const value = Number(plain);
  return fromDecimal(value) === null ? null : value;
}

const UNITS: Record<string, number> = { s: 1, sec: 1, min: 60, m: 60, h: 3600, d: 86_400 };

/** "30 s", "10 min", "1 h", "1 d" in milliseconds; null when it is none of these. */
export function parseSpan(text: string): number | null {
  const found = /^(\d{1,7}(?:\.\d{1,3})?)\s*([a-z]+)$/u.exec(text.trim().toLowerCase());
  const unit = UNITS[found?.[2] ?? ''];
  return unit === undefined ? null : Math.round(Number(found?.[1]) * unit * 1000);
}

/** A span as `parseSpan` reads it back, exactly: "2 min", "0.25 s". */
export function typedSpan(ms: number): string {
  const found = ms > 0 ? LARGE.find(([, size]) => ms % size === 0) : undefined;
  return found ? `${ms / found[1]} ${found[0]}` : `${ms / 1000} s`;
}
const LARGE = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** A decimal number within bounds; a comma is taken for a point. */
export function parseNumber(text: string, least: number, most: number): number | null {
  const plain = text.trim().replace(',', '.');
  const value = /^-?\d{1,9}(\.\d{1,9})?$/u.test(plain) ? Number(plain) : NaN;
  return value >= least && value <= most ? value : null;
}

/** A whole number of percent, 0..100, as 0..1. */
export function parsePercent(text: string): number | null {
  const found = /^(\d{1,3}(?:\.\d)?)\s*%?$/u.exec(text.trim());
  const value = Number(found?.[1] ?? NaN);
  return value >= 0 && value <= 100 ? value / 100 : null;
}
/** A whole number within bounds. */
export function parseWhole(text: string, least: number, most: number): number | null {
  const value = /^\d{1,9}$/u.test(text.trim()) ? Number(text) : NaN;
  return value >= least && value <= most ? value : null;
}
