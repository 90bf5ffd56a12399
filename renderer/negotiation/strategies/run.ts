// A tournament of strategies as the lab answers it, checked before it is shown: what does not fit
// is a problem in words, never a blank table.

export interface StrategyRow {
  strategy: string;
  /** Mean part of the zone that it got, and half the width of its 95 % interval; null: unknown. */
  utility: number;
  ci95: number | null;
  /** Part of the games that ended with a deal, 0..1. */
  dealRate: number;
  meanRounds: number | null;
  /** Mean distance of both sides' utilities from Nash's point, in parts of the zone. */
  nashDistance: number | null;
}
export interface Tournament {
  seed: number;
  rows: StrategyRow[];
  /** Values that the lab compared with known ones. */
  checks: { name: string; ok: boolean }[];
}

type Doc = Readonly<Record<string, unknown>>;

/** @throws Error that names the first field that does not fit */
export function readRun(answer: unknown): Tournament {
  const run = docAt(docAt(answer, 'answer').run, 'run');
  const results = docAt(run.results, 'run.results');
  const rows = listAt(results.rows, 'run.results.rows').map((row, i) => {
    const at = `run.results.rows[${i}]`;
    const doc = docAt(row, at);
    return {
      strategy: textAt(doc.strategy, `${at}.strategy`),
      utility: numberAt(doc.utility, `${at}.utility`),
      ci95: perhaps(doc.ci95, `${at}.ci95`),
      dealRate: numberAt(doc.dealRate, `${at}.dealRate`),
      meanRounds: perhaps(doc.meanRounds, `${at}.meanRounds`),
      nashDistance: perhaps(doc.nashDistance, `${at}.nashDistance`),
    };
  });
  const checks = listAt(run.checks ?? [], 'run.checks').map((check, i) => {
    const doc = docAt(check, `run.checks[${i}]`);
    return { name: textAt(doc.name, `run.checks[${i}].name`), ok: doc.ok === true };
  });
  return { seed: numberAt(run.seed, 'run.seed'), rows, checks };
}

function refuse(field: string, wanted: string): never {
  throw new Error(`The lab’s answer cannot be read: ${field} is not ${wanted}.`);
}
function docAt(value: unknown, field: string): Doc {
  const fits = typeof value === 'object' && value !== null && !Array.isArray(value);
  return fits ? (value as Doc) : refuse(field, 'an object');
}
function listAt(value: unknown, field: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(field, 'a list');
}
function textAt(value: unknown, field: string): string {
  return typeof value === 'string' ? value : refuse(field, 'a text');
}
function numberAt(value: unknown, field: string): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse(field, 'a number');
}
const perhaps = (value: unknown, field: string): number | null =>
  value === null || value === undefined ? null : numberAt(value, field);

/** The scale of the bars: from 0, or below where an interval reaches there, to the widest end. */
export function scaleOf(rows: readonly StrategyRow[]): { low: number; high: number } {
  const ends = rows.flatMap(({ utility, ci95 }) => [utility - (ci95 ?? 0), utility + (ci95 ?? 0)]);
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends);
  return { low, high: high > low ? high : low + 1 };
}

/** The best strategy, and those whose intervals overlap its own: their order is not certain. */
export function notWorse(rows: readonly StrategyRow[]): Set<string> {
  const best = rows.reduce<StrategyRow | null>(
    (most, row) => (most === null || row.utility > most.utility ? row : most),
    null,
  );
  if (best === null) return new Set();
  const floor = best.utility - (best.ci95 ?? 0);
  const level = rows.filter(({ utility, ci95 }) => utility + (ci95 ?? 0) >= floor);
  return new Set(level.map(({ strategy }) => strategy));
}
