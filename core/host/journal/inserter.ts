// Many rows of one table in few statements: what SQLite does around a statement costs about as much
// as a small row.
import type { Db, Stmt } from './sqlite.ts';

export type Value = string | number | Buffer | null;

/** Rows of one statement. More gains nothing, and a statement's text grows with it. */
const ROWS = 16;

/** Collects rows and writes them, in order. */
export interface Inserter {
  /** Forgets what a transaction that failed has left. */
  begin(): void;
  /** One row, a value for every column. */
  add(row: readonly Value[]): void;
  /** Writes what is left. Call it before the transaction ends. */
  flush(): void;
}

export function createInserter(db: Db, table: string, columns: number): Inserter {
  const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`;
  const insert = (rows: number): Stmt =>
    db.prepare<unknown[]>(`INSERT INTO ${table} VALUES ${Array(rows).fill(row).join(', ')}`);
  const [many, one] = [insert(ROWS), insert(1)];
  let values: Value[] = [];

  return {
    begin: () => void (values = []),
    add(next) {
      for (const value of next) values.push(value);
      if (values.length < ROWS * columns) return;
      const full = values;
      values = [];
      many.run(full);
    },
    flush() {
      const rest = values;
      values = [];
      for (let i = 0; i < rest.length; i += columns) one.run(rest.slice(i, i + columns));
    },
  };
}
