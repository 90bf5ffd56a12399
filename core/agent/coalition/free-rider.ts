// Who takes from a coalition without giving: measured over windows, judged by a test that noise
// does not pass, and never without a warning and a second chance.
//
// A window is a fixed number of periods; windows do not overlap, so no period counts twice. In one
// window three things must hold together: the member took more than `ratioMax` times what it gave;
// it took more than a trifle; and it did so in so many single periods that a member who does it by
// chance in at most half of its periods would be caught with probability <= `alpha` (exact sign
// test; Dixon and Mood, JASA 41, 1946). One such window brings a warning, and the next such window
// the expulsion; a clean window in between takes the warning back. By chance alone a pair of
// windows expels with probability <= alpha^2.

export interface FreeRiderRule {
  /** Periods in a window, 1..100. */
  windowPeriods: number;
  /** In hundredths: 180 means that it may take 1.8 times what it gives. */
  ratioMaxPercent: number;
  /** A window in which it took no more than this is never held against it. */
  consumedMin: number;
  alpha: number;
}

/**
 * Ratio 1.8 and more than 2 consumed are the reference system's rule (experiment 8), which judged
 * a single reading every 10 periods. Two windows of 5 need the same 10.
 */
export const FREE_RIDER_RULE: FreeRiderRule = {
  windowPeriods: 5,
  ratioMaxPercent: 180,
  consumedMin: 2,
  alpha: 0.05,
};

/** What one member gave and took in one period, in units. */
export interface Reading {
  period: number;
  contributed: number;
  consumed: number;
}

/** What a warning or an expulsion rests on. */
export interface Evidence {
  readings: readonly Reading[];
  contributed: number;
  consumed: number;
  /** Periods in which it took more than the ratio allows. */
  over: number;
  /** Probability of as many or more by chance, at one half a period. */
  p: number;
}

/** The evidence of a full window if it speaks against the member, else null. */
export function judge(readings: readonly Reading[], rule: FreeRiderRule): Evidence | null {
  if (readings.length < rule.windowPeriods) return null;
  const contributed = sum(readings.map((r) => r.contributed));
  const consumed = sum(readings.map((r) => r.consumed));
  const over = readings.filter((r) => isOver(r, rule)).length;
  const p = tail(readings.length, over);
  const taken = isOver({ contributed, consumed }, rule) && consumed > rule.consumedMin;
  return taken && p <= rule.alpha ? { readings, contributed, consumed, over, p } : null;
}

/** @throws RangeError with the failing field */
export function checkRule(rule: FreeRiderRule): void {
  const { windowPeriods, ratioMaxPercent, consumedMin, alpha } = rule;
  if (!Number.isInteger(windowPeriods) || windowPeriods < 1 || windowPeriods > 100) {
    throw new RangeError('windowPeriods: an integer from 1 to 100');
  }
  if (!Number.isInteger(ratioMaxPercent) || ratioMaxPercent < 100) {
    throw new RangeError('ratioMaxPercent: an integer >= 100');
  }
  if (!(consumedMin >= 0)) throw new RangeError('consumedMin: a number >= 0');
  if (!(alpha > 0 && alpha < 1)) throw new RangeError('alpha: between 0 and 1');
  if (tail(windowPeriods, windowPeriods) > alpha) {
    throw new RangeError('windowPeriods: too few for this alpha, nobody could ever be warned');
  }
}

function isOver(r: { contributed: number; consumed: number }, rule: FreeRiderRule): boolean {
  return r.consumed * 100 > rule.ratioMaxPercent * r.contributed;
}

/** P(X >= k) for X binomial with n trials at one half. */
export function tail(n: number, k: number): number {
  let term = 0.5 ** n; // C(n, n) / 2^n
  let total = 0;
  for (let i = n; i >= k; i--) {
    total += term;
    term = (term * i) / (n - i + 1);
  }
  return Math.min(1, total);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
