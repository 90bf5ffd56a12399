// Opening SQLite with the right binding and the right pragmas, and telling its errors apart.
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { APPLICATION_ID, MIGRATIONS, PRAGMAS, SCHEMA, SCHEMA_VERSION } from './schema.ts';

export type Db = Database.Database;
export type Stmt = Database.Statement<unknown[]>;

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
  if (version < 1) throw new JournalError('broken', `schema ${version} has never been one of ours`);
  for (let v = version; v < SCHEMA_VERSION; v++) migrate(db, v);
}

function migrate(db: Db, from: number): void {
  db.transaction(() => {
    db.exec(MIGRATIONS[from - 1] ?? '');
    db.pragma(`user_version = ${from + 1}`);
  })();
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
  if (code !== 'SQLITE_NOTADB' && !code.startsWith('SQLITE_CORRUPT')) return null;
  return new JournalError('broken', `the ledger is damaged: ${String(e)}. Restore a backup.`);
}

/** Runs a piece of reading; damage that SQLite finds on the way gets its name. */
export function named<T>(read: () => T): T {
  try {
    return read();
  } catch (e) {
    throw damage(e) ?? e;
  }
}
