// The journal as the loop sees it: a disk that keeps texts. What is not stored here is lost in a
// crash. It also fills a table of transfers, as the real one does, so that there is something to
// watch for updates.
import type { Event } from '../../core/engine/market/events.ts';
import type { Batch, IdempotencyKey, Reply } from '../../core/host/loop.ts';

export interface TransferRow {
  seq: number;
  n: number;
  kind: string;
  of: string | null;
  amount: number;
}
export interface Disk {
  /** Texts of events, event 1 first, and the chain's head after each. */
  texts: string[];
  heads: string[];
  transfers: TransferRow[];
  replies: Map<string, { input: string; reply: Reply }>;
  /** Keys that were stored a second time: a broken UNIQUE constraint. */
  storedTwice: string[];
  snapshot: { seq: number; text: string } | null;
  store(batch: Batch): void;
  recall(key: IdempotencyKey): { input: string; reply: Reply } | null;
}

export function createDisk(): Disk {
  const disk: Disk = {
    texts: [],
    heads: [],
    transfers: [],
    replies: new Map(),
    storedTwice: [],
    snapshot: null,
    store({ entries, replies }) {
      for (const { event, text, head } of entries) {
        disk.texts.push(text);
        disk.heads.push(head);
        if ('transfers' in event) storeTransfers(disk, event);
      }
      for (const { scope, key, input, status, body } of replies) {
        const id = `${scope}/${key}`;
        if (disk.replies.has(id)) disk.storedTwice.push(id);
        disk.replies.set(id, { input, reply: { status, body } });
      }
    },
    recall: ({ scope, key }) => disk.replies.get(`${scope}/${key}`) ?? null,
  };
  return disk;
}

function storeTransfers(
  disk: Disk,
  { seq, transfers }: Extract<Event, { transfers: unknown }>,
): void {
  for (let n = 0; n < transfers.length; n++) {
    const t = transfers[n];
    if (t === undefined) continue;
    const of = 'pendingId' in t ? t.pendingId : null;
    disk.transfers.push({ seq, n, kind: t.kind, of, amount: t.amount });
  }
}
