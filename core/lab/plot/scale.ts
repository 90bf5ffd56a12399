// From values to pixels, with ticks at round numbers.
import type { Axis } from './chart.ts';

export interface Scale {
  from: number;
  to: number;
  /** Within from..to, in order. */
  ticks: readonly number[];
  /** Pixels of a value; what lies outside is put on the nearer edge. */
  at(value: number): number;
  /** A tick's number, with the decimals that the ticks differ by. */
  text(value: number): string;
}

/** Beyond this a value is no amount of anything here, and steps would lose their digits. */
const VALUE_MAX = 1e15;
/** And what differs by less is alike. */
const SPAN_MIN = 1e-12;

/** Whether a value can be drawn. */
export const isDrawn = (value: number): boolean => Math.abs(value) <= VALUE_MAX;

/**
 * @param values those to show; ones that cannot be drawn are left out
 * @param pixels of the axis' start and end
 * @param count about how many ticks
 */
export function scaleOf(
  values: readonly number[],
  axis: Axis,
  pixels: readonly [number, number],
  count: number,
): Scale {
  const { from: low, to: high } = domainOf(values.filter(isDrawn), axis);
  const step = roundStep((high - low) / count);
  const from = axis.from ?? Math.floor(low / step + 1e-9) * step;
  const to = axis.to ?? Math.ceil(high / step - 1e-9) * step;
  const [start, end] = pixels;
  const first = Math.ceil(from / step - 1e-9);
  const ticks = Array.from(
    { length: Math.max(0, Math.floor(to / step + 1e-9) - first) + 1 },
    (_, i) => Math.min(to, Math.max(from, (first + i) * step)),
  );
  return {
    from,
    to,
    ticks,
    at: (value) => {
      const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
      return start + share * (end - start);
    },
    text: (value) => tickText(value, step, Math.max(Math.abs(from), Math.abs(to))),
  };
}

/** Never empty: a single value gets room on both sides. */
function domainOf(values: readonly number[], axis: Axis): { from: number; to: number } {
  const ends = [axis.from, axis.to].filter((end) => end !== undefined);
  const all = [...values, ...ends];
  const low = axis.from ?? (all.length > 0 ? all.reduce((a, b) => Math.min(a, b)) : 0);
  const high = axis.to ?? (all.length > 0 ? all.reduce((a, b) => Math.max(a, b)) : 1);
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > Math.max(SPAN_MIN, size * 1e-9)) return { from: low, to: high };
  const room = size < SPAN_MIN ? 1 : size / 10;
  return { from: axis.from ?? low - room, to: axis.to ?? low + room };
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function roundStep(least: number): number {
  const power = Math.pow(10, Math.floor(Math.log10(least)));
  const factor = [1, 2, 5].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function tickText(value: number, step: number, largest: number): string {
  // Adding zero makes -0 a 0.
  const clean = Math.abs(value) < step / 1000 ? 0 : value + 0;
  if (largest >= 1e7 || step < 1e-6) {
    const digits = Math.min(16, Math.max(4, Math.ceil(Math.log10(largest / step)) + 1));
    return String(Number(clean.toPrecision(digits)));
  }
  return grouped(clean.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9))));
}

/** A number by itself, to so many significant digits. */
export function numberText(value: number, digits = 4): string {
  if (value === 0 || !isDrawn(value)) return String(value + 0);
  const rounded = Number(value.toPrecision(digits));
  return Math.abs(rounded) >= 1e7 ? String(rounded) : grouped(String(rounded));
}

/** Thousands apart from 10,000 on. */
function grouped(text: string): string {
  const [whole = '', ...decimals] = text.split('.');
  if (whole.replace('-', '').length < 5) return text;
  return [whole.replaceAll(/\B(?=(\d{3})+$)/gu, ','), ...decimals].join('.');
}
