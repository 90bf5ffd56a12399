// Opening SQLite with the right binding and the right pragmas, and telling its errors apart.
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { replySum } from './rows.ts';
import { APPLICATION_ID, MIGRATIONS, PRAGMAS, SCHEMA, SCHEMA_VERSION } from './schema.ts';

export type Db = Database.Database;
export type Stmt = Database.Statement<unknown[]>;

/** What to do about a damaged ledger. */
export const RESTORE =
  'Restore a backup: with no host running, copy one of backups/ over haggle.db in the data ' +
  'directory and delete haggle.db-wal and haggle.mark there.';

/** A ledger that cannot be opened or trusted. `exitCode` is what the host ends with. */
export class JournalError extends Error {
  override name = 'JournalError';
  readonly code: 'in-use' | 'not-ours' | 'too-new' | 'broken' | 'shortened';
  readonly exitCode: number;
  constructor(code: JournalError['code'], message: string) {
    super(message);
    this.code = code;
    this.exitCode = code === 'in-use' ? 3 : 4;
  }
}

/**
 * The binding for this runtime. better-sqlite3's own binary needs Node-API 10; on 9 (Electron 33,
 * Node 20) it crashes the process, so the choice goes by Node-API version and nothing else.
 */
function binding(): { nativeBinding?: string } {
  if (Number(process.versions.napi) >= 10) return {};
  const given = process.env.HAGGLE_SQLITE_NAPI9;
  if (!given) {
    throw new Error('this runtime needs HAGGLE_SQLITE_NAPI9, the SQLite binding built for it');
  }
  return { nativeBinding: given };
}

/** Opens (or creates) the file and takes it for this process alone. */
export function openDb(file: string): Db {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const db = new Database(file, { ...binding(), timeout: 0 });
  try {
    // Before journal_mode: in exclusive mode WAL keeps its index in memory, and no other process
    // can open the file until we are gone.
    db.pragma('locking_mode = EXCLUSIVE');
    for (const pragma of PRAGMAS) db.pragma(pragma);
    db.exec('BEGIN IMMEDIATE; COMMIT;');
    fs.chmodSync(file, 0o600);
    prepareSchema(db);
    return db;
  } catch (e) {
    db.close();
    throw translate(e, file);
  }
}

function prepareSchema(db: Db): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  const mine = Number(db.pragma('application_id', { simple: true }));
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (version === 0 && tables === 0) {
    db.transaction(() => {
      db.exec(SCHEMA);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${SCHEMA_VERSION}`);
    })();
    return;
  }
  if (mine !== APPLICATION_ID)
    throw new JournalError('not-ours', 'the file is not a Haggle ledger');
  if (version > SCHEMA_VERSION) {
    const detail = `the ledger was written by a newer Haggle (schema ${version})`;
    throw new JournalError(
      'too-new',
      `${detail}; this one knows ${SCHEMA_VERSION}. Update Haggle.`,
    );
  }
  if (version < 1) throw new JournalError('broken', `there is no schema ${version}. ${RESTORE}`);
  for (let v = version; v < SCHEMA_VERSION; v++) migrate(db, v);
  checkSchema(db);
}

function migrate(db: Db, from: number): void {
  const columns = ['scope', 'key', 'input', 'status', 'body', 'at'];
  db.function('reply_sum', { varargs: true, deterministic: true }, (...values) =>
    replySum(Object.fromEntries(columns.map((name, i) => [name, values[i]])) as never),
  );
  db.transaction(() => {
    db.exec(MIGRATIONS[from - 1] ?? '');
    db.pragma(`user_version = ${from + 1}`);
  })();
}

/** Every table, index and trigger is the one we make: a CHECK that was changed checks nothing. */
function checkSchema(db: Db): void {
  const model = new Database(':memory:', binding());
  try {
    model.exec(SCHEMA);
    if (schemaOf(db) === schemaOf(model)) return;
  } finally {
    model.close();
  }
  throw new JournalError('broken', `the schema of the ledger has been changed. ${RESTORE}`);
}

/** A table that has been migrated says the same in other words: there the columns count. */
function schemaOf(db: Db): string {
  const rows = db.prepare(
    `SELECT type, name, tbl_name, iif(type = 'table' AND name = 'reply', '', sql) FROM sqlite_schema
     WHERE name NOT LIKE 'sqlite_%' ORDER BY name`,
  );
  const columns = db.pragma('table_xinfo(reply)') as { name: string; dflt_value: unknown }[];
  return JSON.stringify([rows.raw().all(), columns.map((c) => ({ ...c, dflt_value: null }))]);
}

const codeOf = (e: unknown): string =>
  typeof e === 'object' && e !== null && 'code' in e ? String(e.code) : '';

/** The disk is full: the transaction was rolled back and nothing was written. */
export const isFull = (e: unknown): boolean => codeOf(e) === 'SQLITE_FULL';

function translate(e: unknown, file: string): unknown {
  const code = codeOf(e);
  if (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED') {
    const folder = path.dirname(file);
    return new JournalError('in-use', `another Haggle host is using ${folder}; stop it first`);
  }
  return damage(e) ?? e;
}

/** What SQLite found to be damaged, as the error of a ledger that cannot be trusted; else null. */
function damage(e: unknown): JournalError | null {
  const code = codeOf(e);
  // Our statements are fixed: SQLITE_ERROR says that the schema is not the one they were made for.
  const known = ['SQLITE_NOTADB', 'SQLITE_ERROR', 'SQLITE_CORRUPT'];
  if (!known.some((name) => code.startsWith(name))) return null;
  return new JournalError('broken', `the ledger is damaged: ${String(e)}. ${RESTORE}`);
}

/** Runs a piece of reading; damage that SQLite finds on the way gets its name. */
export function named<T>(read: () => T): T {
  try {
    return read();
  } catch (e) {
    throw damage(e) ?? e;
  }
}
