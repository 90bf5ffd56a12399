// Readings of hardware: an unreadable value is said to be one, with its reason, never shown as 0.
import type { Reading } from '../../core/contract.ts';

const WHY = {
  absent: 'not readable: not there',
  denied: 'not readable: access denied',
  fault: 'not readable: the probe failed',
} as const;

export function readingWords<T>(reading: Reading<T>, words: (value: T) => string): string {
  return reading.ok ? words(reading.v) : WHY[reading.why];
}
/** The value for a chart; a gap where there is none. */
export function valueOrGap(reading: Reading<number> | undefined): number | null {
  return reading?.ok ? reading.v : null;
}
