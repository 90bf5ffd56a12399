// Stored replies. They are no part of the chain, so each row carries a sum of its own: a caller
// that asks again is given the very bytes it was given before, or the host stops.
import type { IdempotencyKey, Reply, StoredReply } from '../loop.ts';
import { replySum } from './rows.ts';
import { type Db, JournalError, named, RESTORE } from './sqlite.ts';

type Row = StoredReply & { sum: number };

/** In a damaged tree the row of another key may be found. */
function check(row: Row, scope: string, key: string): void {
  if (row.sum !== replySum(row) || row.scope !== scope || row.key !== key) throw lost(key);
}

const lost = (key: string): JournalError =>
  new JournalError(
    'broken',
    `the ledger is damaged: the reply stored for key ${key} is not what it was. ${RESTORE}`,
  );

/** The stored reply of a key, or null. Throws JournalError when it is not what was stored. */
export function createRecall(
  db: Db,
): (key: IdempotencyKey) => { input: string; reply: Reply } | null {
  const find = db.prepare('SELECT * FROM reply WHERE scope = ? AND key = ?');
  return ({ scope, key }) => {
    const row = named(() => find.get(scope, key)) as Row | undefined;
    if (row === undefined) return null;
    check(row, scope, key);
    const { input, status, body } = row;
    return { input, reply: { status, body } };
  };
}

/**
 * Checks all replies, up to `most` at a call; false when done. A row that cannot be found any more
 * would have its request carried out twice: so the index by age says which there must be.
 */
export function createReplyCheck(db: Db): (most: number) => boolean {
  const next = db.prepare(
    `SELECT at, scope, key FROM reply INDEXED BY reply_at
     WHERE (at, scope, key) > (?, ?, ?) ORDER BY at, scope, key LIMIT ?`,
  );
  const find = db.prepare('SELECT * FROM reply WHERE scope = ? AND key = ?');
  let after = { at: -1, scope: '', key: '' };
  return (most) => {
    const entries = next.all(after.at, after.scope, after.key, most) as (typeof after)[];
    for (const { scope, key } of entries) {
      const row = find.get(scope, key) as Row | undefined;
      if (row === undefined) throw lost(key);
      check(row, scope, key);
    }
    after = entries.at(-1) ?? after;
    return entries.length === most;
  };
}
