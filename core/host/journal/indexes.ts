// The indexes that lists and filters are read through. SQLite trusts them: a damaged one leaves
// rows out of an answer, or gives some twice, without an error.
import { type Db, type Stmt } from './sqlite.ts';

/** One index over the rows of the journal, by the column that it is for. */
export interface RowIndex {
  /** A row with this value in the column must be found here; null is in no index. */
  holds(value: string | null, seq: number, n: number): boolean;
  /** Reads up to `most` entries on; false when all have been read. */
  more(most: number): boolean;
  /** Whether as many entries were read as rows were asked for. */
  exact(): boolean;
}

interface Entry {
  value: string;
  seq: number;
  n: number;
}

/** Index `table`_`column`, for events up to `until`: later ones may come while this is read. */
export function openIndex(
  db: Db,
  table: 'event' | 'transfer',
  column: string,
  until: number,
): RowIndex {
  const n = table === 'transfer' ? 'n' : '0';
  const from = `FROM ${table} INDEXED BY ${table}_${column} WHERE ${column} IS NOT NULL`;
  const entry = `${column} AS value, seq, ${n} AS n`;
  const one: Stmt = db.prepare(
    `SELECT ${entry} ${from} AND ${column} = ? AND seq = ? AND ${n} = ?`,
  );
  const next: Stmt = db.prepare(`SELECT ${entry} ${from}
    AND (${column}, seq, ${n}) > (?, ?, ?) ORDER BY 1, 2, 3 LIMIT ?`);
  let after: Entry = { value: '', seq: 0, n: 0 };
  let [asked, read] = [0, 0];
  return {
    holds(value, seq, at) {
      if (value === null) return true;
      asked++;
      // In a damaged tree another entry may be found.
      const found = one.get(value, seq, at) as Entry | undefined;
      return found?.value === value && found.seq === seq && found.n === at;
    },
    more(most) {
      const entries = next.all(after.value, after.seq, after.n, most) as Entry[];
      for (const { seq } of entries) if (seq <= until) read++;
      after = entries.at(-1) ?? after;
      return entries.length === most;
    },
    exact: () => asked === read,
  };
}
