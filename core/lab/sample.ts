// A mean and how well it is known.

export interface Estimate {
  mean: number;
  /** Half the width of the 95 % confidence interval, by the normal approximation. */
  ci95: number;
  /** Standard error of the mean. */
  se: number;
  n: number;
}

/** Of independent draws; with fewer than two nothing is known about the error, and it is null. */
export function estimate(values: readonly number[]): Estimate | null {
  const n = values.length;
  if (n < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const se = Math.sqrt(squares / (n - 1) / n);
  return { mean, ci95: 1.96 * se, se, n };
}
