// Stored replies. They are no part of the chain, so each row carries a sum of its own: a caller that
// asks again is given the very bytes it was given before, or the host stops.
import { crc32 } from 'node:zlib';
import type { IdempotencyKey, Reply, StoredReply } from '../loop.ts';
import { type Db, JournalError, named } from './sqlite.ts';

type Row = Reply & { input: string; sum: number | null };

/** Finds flipped bits; nothing here guards against a forger. */
export function replySum({ input, status, body }: Reply & { input: string }): number {
  return crc32(`${input} ${status} ${body}`);
}

/** The columns of a stored reply, in the table's order. */
export function replyColumns(r: StoredReply): (string | number)[] {
  return [r.scope, r.key, r.input, r.status, r.body, r.at, replySum(r)];
}

/** The stored reply of a key, or null. Throws JournalError when it is not what was stored. */
export function createRecall(
  db: Db,
): (key: IdempotencyKey) => { input: string; reply: Reply } | null {
  const find = db.prepare('SELECT input, status, body, sum FROM reply WHERE scope = ? AND key = ?');
  return ({ scope, key }) => {
    const row = named(() => find.get(scope, key)) as Row | undefined;
    if (row === undefined) return null;
    const { input, status, body, sum } = row;
    // Replies of the first schema have no sum.
    if (sum !== null && sum !== replySum(row)) {
      const detail = `the reply that was stored for key ${key} is not readable any more`;
      throw new JournalError('broken', `the ledger is damaged: ${detail}. Restore a backup.`);
    }
    return { input, reply: { status, body } };
  };
}
