// Rows as a table for other programs: RFC 4180, with a head.

type Row = Readonly<Record<string, unknown>>;

/** Whether a value is a table: at least one row, and every row an object. */
export const isRows = (value: unknown): value is readonly Row[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject);

const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Columns in the order in which the rows first name them; an object within a row becomes columns
 * `name.field`, a list one cell of JSON, null and what a row lacks an empty cell. CRLF ends lines.
 */
export function csvOf(rows: readonly Row[]): string {
  const flat = rows.map((row) => new Map(cellsOf(row, '')));
  const heads = [...new Set(flat.flatMap((cells) => [...cells.keys()]))];
  const lines = [heads, ...flat.map((cells) => heads.map((head) => cells.get(head) ?? ''))];
  return lines.map((line) => `${line.map(quoted).join(',')}\r\n`).join('');
}

function cellsOf(row: Row, before: string): [string, string][] {
  return Object.entries(row).flatMap(([name, value]) => {
    const head = `${before}${name}`;
    return isObject(value) ? cellsOf(value, `${head}.`) : [[head, textOf(value)]];
  });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const quoted = (text: string): string =>
  /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
