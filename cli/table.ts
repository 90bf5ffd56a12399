// Tables for a terminal: aligned columns, numbers to the right.

export interface Column<T> {
  head: string;
  right?: boolean;
  of(row: T): string;
}

const CELL_MAX = 48;

/** The rows under their heads, or `none` when there are none. Ends with a newline. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], none: string): string {
  if (rows.length === 0) return `${none}\n`;
  const lines = [
    columns.map(({ head }) => head.toUpperCase()),
    ...rows.map((row) => columns.map(({ of }) => cell(of(row)))),
  ];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const aligned = lines.map((line) =>
    line
      .map((text, i) => {
        const width = widths[i] ?? 0;
        return columns[i]?.right === true ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  return `${aligned.join('\n')}\n`;
}

/** Names and values, one a line. */
export function facts(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

/** On one line, of bounded width: names and titles come from others. */
export function cell(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f]+/gu, ' ');
  return line.length > CELL_MAX ? `${line.slice(0, CELL_MAX - 1)}…` : line;
}

/** The last `count` of a list that is in order of time; all of it without one. */
export function newest<T>(all: readonly T[], count: number | undefined): readonly T[] {
  return count === undefined ? all : all.slice(-count);
}
