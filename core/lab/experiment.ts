// What an experiment of the lab is: parameters in, results and checks against known values out.
// Pure and seeded: the same seed, settings and input give the same document.
import type { Chart } from './plot/chart.ts';

/** A value compared with one from a source outside this code. */
export interface Check {
  name: string;
  expected: number | string | boolean;
  actual: number | string | boolean;
  /** For numbers: |actual - expected| <= tolerance. 0 for exact. */
  tolerance: number;
  ok: boolean;
  /** Where the expected value comes from: a formula with its author, or a file. */
  source: string;
}

/** A setting that `--set name=value` changes. */
export type Setting =
  | { name: string; summary: string; initial: number; min: number; max: number; whole?: boolean }
  | { name: string; summary: string; initial: string; options: readonly string[] };

export type Settings = Readonly<Record<string, number | string>>;

export interface Findings {
  /** Names fixed by the experiment's own doc comment. */
  results: Readonly<Record<string, unknown>>;
  checks: Check[];
  /** What is worth seeing of the results; no part of the document. */
  chart?: Chart;
}

export interface Experiment {
  name: string;
  /** One sentence: what it shows. */
  summary: string;
  settings: readonly Setting[];
  /** What an input document holds, for the help; null when it takes none. */
  input: string | null;
  /**
   * @param input the parsed JSON of `--input`, or null
   * @throws BadInput for an input that does not fit, with the failing field
   */
  run(seed: number, settings: Settings, input: unknown): Findings;
}

/** An input document or a setting that does not fit; `field` as in `deals[3][0]`. */
export class BadInput extends Error {
  readonly field: string;
  constructor(field: string, detail: string) {
    super(`${field}: ${detail}`);
    this.field = field;
  }
}

/** A check of two numbers, or of two equal values. */
export function check(
  name: string,
  actual: Check['actual'],
  expected: Check['expected'],
  source: string,
  tolerance = 0,
): Check {
  const ok =
    typeof actual === 'number' && typeof expected === 'number'
      ? Math.abs(actual - expected) <= tolerance
      : actual === expected;
  return { name, expected, actual, tolerance, ok, source };
}
