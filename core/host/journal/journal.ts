// The journal: one SQLite file that holds everything, and the only thing the market is made from.
import path from 'node:path';
import type { Market } from '../../engine/market/state.ts';
import { LIMITS } from '../../engine/base/limits.ts';
import { type Batch, type IdempotencyKey, type Note, type Reply, StorageFull } from '../loop.ts';
import { type Committer, createCommitter } from './commit.ts';
import { type Mark, openMark } from './mark.ts';
import { createQueries, type Queries } from './queries.ts';
import { recover, writeSnapshot } from './recover.ts';
import { createRecall } from './replies.ts';
import type { Books } from './rows.ts';
import { type Db, isFull, named, openDb } from './sqlite.ts';
import { Verifier } from './verify.ts';

export interface Journal {
  /** The state on disk when it was opened. */
  readonly start: { market: Market; head: string };
  readonly queries: Queries;
  commit(batch: Batch, m: Market): void;
  /** The state on disk now, after a commit that failed. */
  restore(): { market: Market; head: string };
  recall(key: IdempotencyKey): { input: string; reply: Reply } | null;
  /** True when a small durable write succeeds: the way back from a full disk. */
  hasSpace(): boolean;
  /**
   * Checks up to `most` more events that were there when it was opened and the rows that go with
   * them, then stored replies; false when done. Throws JournalError when something on disk is not
   * what was written.
   */
  verifyMore(most: number): boolean;
  snapshot(m: Market, head: string): void;
  /** Enough has happened since the last one; it takes a moment, so choose a quiet one. */
  snapshotDue(): boolean;
  /** Drops stored replies older than `beforeAt`. */
  forgetReplies(beforeAt: number): number;
  /** Online backup to a file; resolves with its size in pages. */
  backup(file: string): Promise<number>;
  /** Private notes of delegates; they are written with a batch. */
  notes: Notes;
  close(): void;
}

export interface Notes {
  all(): Note[];
  drop(agent: string, id: string): void;
}

/** Opens the ledger of a data directory. Throws JournalError when it is in use or damaged. */
export function openJournal(dataDir: string): Journal {
  const db = openDb(path.join(dataDir, 'haggle.db'));
  let mark: Mark | null = null;
  try {
    mark = openMark(path.join(dataDir, 'haggle.mark'));
    const opened = mark;
    return named(() => assemble(db, opened));
  } catch (e) {
    mark?.close();
    db.close();
    throw e;
  }
}

function assemble(db: Db, mark: Mark): Journal {
  let current = recover(db, mark);
  const books = (): Books => current.books;
  const committer: Committer = createCommitter(db, books);
  const forget = db.prepare('DELETE FROM reply WHERE at < ?');
  const verifier = new Verifier(db, current.market.seq);
  let sinceSnapshot = current.market.seq - current.snapshotSeq;

  function commit(batch: Batch, m: Market): void {
    try {
      committer.commit(batch, m);
    } catch (e) {
      if (isFull(e)) throw new StorageFull(String(e));
      throw e;
    }
    const last = batch.entries.at(-1);
    if (last !== undefined) mark.write({ seq: last.event.seq, head: last.head });
    sinceSnapshot += batch.entries.length;
    if (sinceSnapshot >= LIMITS.snapshotEventsMax && last !== undefined) snapshot(m, last.head);
  }

  function snapshot(m: Market, head: string): void {
    sinceSnapshot = 0;
    try {
      if (m.seq > 0) writeSnapshot(db, m, head);
    } catch (e) {
      // Only time is lost: the next start folds more events.
      if (!isFull(e)) throw e;
    }
  }

  return {
    start: { market: current.market, head: current.head },
    queries: createQueries(db),
    commit,
    restore() {
      current = recover(db, mark);
      return { market: current.market, head: current.head };
    },
    recall: createRecall(db),
    hasSpace: () => hasSpace(db),
    verifyMore: (most) => verifier.more(most),
    snapshotDue: () => sinceSnapshot >= LIMITS.snapshotEvents,
    snapshot,
    forgetReplies: (beforeAt) => forget.run(beforeAt).changes,
    backup: async (file) => (await db.backup(file)).totalPages,
    notes: createNotes(db),
    close() {
      mark.close();
      db.close();
    },
  };
}

/** Writes and removes a row of 256 KiB, durably: about what a large batch needs. */
function hasSpace(db: Db): boolean {
  const put = db.prepare(`INSERT OR REPLACE INTO private VALUES ('', 'space', ?)`);
  const drop = db.prepare(`DELETE FROM private WHERE agent = '' AND id = 'space'`);
  try {
    db.transaction(() => {
      put.run('x'.repeat(256 * 1024));
    })();
    drop.run();
    return true;
  } catch (e) {
    if (isFull(e)) return false;
    throw e;
  }
}

function createNotes(db: Db): Notes {
  const drop = db.prepare('DELETE FROM private WHERE agent = ? AND id = ?');
  const all = db.prepare(`SELECT agent, id, body FROM private WHERE agent <> ''`);
  return {
    drop: (agent, id) => void drop.run(agent, id),
    all: () =>
      (all.all() as { agent: string; id: string; body: string }[]).map((row) => ({
        ...row,
        body: JSON.parse(row.body) as unknown,
      })),
  };
}
