// What an experiment found, for a person: single values, then tables, then the checks.
import { isRows } from '../core/lab/csv.ts';
import type { Check } from '../core/lab/experiment.ts';
import type { Run } from '../core/lab/run.ts';
import { type Column, facts, table } from './table.ts';

type Row = Readonly<Record<string, unknown>>;

const ROWS_MAX = 40;
const LINE_MAX = 160;

/** Six significant digits; a mean with its confidence interval; other objects as JSON. */
function valueText(value: unknown): string {
  if (value === undefined || value === null) return '-';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(valueText).join(' ');
  const { mean, ci95 } = value as { mean?: unknown; ci95?: unknown };
  if (typeof mean !== 'number' || typeof ci95 !== 'number') return JSON.stringify(value);
  return `${numberText(mean)} ± ${numberText(ci95)}`;
}

/** On one line, of bounded width: an input's names come back in the results. */
function lineText(value: unknown): string {
  const line = valueText(value).replace(/[\u0000-\u001f\u007f-\u009f]+/gu, ' ');
  return line.length > LINE_MAX ? `${line.slice(0, LINE_MAX - 1)}…` : line;
}

const numberText = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));

/** An object in a table: its fields; of an object in it, such as a bundle, what is not 0. */
function cellText(value: unknown): string {
  if (!isNamed(value)) return valueText(value);
  return Object.entries(value)
    .map(([name, one]) => {
      if (!isNamed(one)) return `${name} ${valueText(one)}`;
      return cellText(Object.fromEntries(Object.entries(one).filter(([, part]) => part !== 0)));
    })
    .join(', ');
}

/** An object that is no mean with its interval. */
const isNamed = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('ci95' in value);

function rowsText(name: string, rows: readonly Row[]): string {
  const shown = rows.slice(0, ROWS_MAX);
  const heads = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  const columns = heads.map((head): Column<Row> => ({
    head,
    right: shown.every((row) => typeof row[head] !== 'string' && !isNamed(row[head])),
    of: (row) => cellText(row[head]),
  }));
  const left = rows.length - shown.length;
  const more = left === 0 ? '' : `and ${left} more: --json\n`;
  return `\n${name}\n${table(shown, columns, 'none')}${more}`;
}

function checksText(checks: readonly Check[]): string {
  if (checks.length === 0) return '\nNothing to check here.\n';
  const lines = checks.map(({ name, expected, actual, tolerance, ok, source }) => {
    const within = tolerance === 0 ? '' : ` within ${numberText(tolerance)}`;
    const told = `${name}: ${lineText(actual)}, expected ${lineText(expected)}${within}`;
    return `${(ok ? 'ok' : 'FAILED').padEnd(8)}${told}\n${' '.repeat(8)}${source}\n`;
  });
  return `\nchecks\n${lines.join('')}`;
}

/** The view without --json. Never empty, ends with a newline. */
export function findingsText({ experiment, seed, params, results, checks }: Run): string {
  const { input, ...settings } = params;
  const set = Object.entries(settings).map(([name, value]) => `${name}=${valueText(value)}`);
  const head = [`${experiment}, seed ${seed}`, ...(input === undefined ? [] : ['with an input'])];
  const entries = Object.entries(results);
  const single = entries.filter(([, value]) => !isRows(value));
  const pairs = single.map(([name, value]) => [name, lineText(value)] as const);
  const tables = entries.flatMap(([name, value]) => (isRows(value) ? [rowsText(name, value)] : []));
  return [
    `${head.join(', ')}\n`,
    set.length === 0 ? '' : `${set.join(' ')}\n`,
    pairs.length === 0 ? '' : `\n${facts(pairs)}`,
    ...tables,
    checksText(checks),
  ].join('');
}

/** One line a run: what it is called, how many checks it passed, and the first that it failed. */
export function summaryText(runs: readonly Run[]): string {
  const rows = runs.map(({ experiment, checks }) => {
    const failed = checks.filter(({ ok }) => !ok);
    const [first] = failed;
    const count = checks.length === 1 ? '1 check' : `${checks.length} checks`;
    const told =
      first === undefined
        ? count
        : `${failed.length} of ${count}; ${first.name}: ${lineText(first.actual)}, expected ` +
          lineText(first.expected);
    return [experiment, `${(first === undefined ? 'ok' : 'FAILED').padEnd(8)}${told}`] as const;
  });
  return facts(rows);
}
