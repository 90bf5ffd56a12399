// One commit: everything that a batch changed, in one transaction. The closing fsync is what every
// receipt stands on.
import type { Event } from '../../engine/market/events.ts';
import type { Forgotten, Market } from '../../engine/market/state.ts';
import type { Batch, Entry } from '../loop.ts';
import { createInserter } from './inserter.ts';
import { createLeaseWriter } from './lease-rows.ts';
import { type AccountRow, type Books, replySum, transferColumns, transferRows } from './rows.ts';
import type { Db, Stmt } from './sqlite.ts';

/** Writes batches. Not async anywhere: an SQL transaction must never wait. */
export interface Committer {
  /** Durable when it returns. Throws what SQLite throws; nothing is written then. */
  commit(batch: Batch, m: Market): void;
}

/** The served conversation of a lease's event, so that a call's trace finds it. */
function callsOf(
  m: Market,
  e: Event,
  leases: ReadonlyMap<string, [string, string | null]>,
): {
  cfp: string | null;
  need: string | null;
} {
  if (e.type === 'awarded') return { cfp: e.cfpId, need: e.needId };
  if ('cfpId' in e) return { cfp: e.cfpId, need: null };
  if (!('leaseId' in e)) return { cfp: null, need: null };
  const lease = m.leases.get(e.leaseId);
  const [cfp, need] = lease ? [lease.cfpId, lease.needId] : (leases.get(e.leaseId) ?? [null, null]);
  return { cfp, need };
}

export function createCommitter(db: Db, books: () => Books): Committer {
  const q = statements(db);
  const events = createInserter(db, 'event', 7);
  const transfers = createInserter(db, 'transfer', 15);
  const replies = createInserter(db, 'reply', 7);
  const leaseRows = createLeaseWriter(db);

  function addEvent(m: Market, { event: e, text, head }: Entry, leases: LeaseCalls): void {
    const { cfp, need } = callsOf(m, e, leases);
    events.add([e.seq, e.at, e.type, cfp, need, text, Buffer.from(head, 'hex')]);
  }

  function addMoney(e: Event, changed: Set<AccountRow>): void {
    if (!('transfers' in e)) return;
    for (const r of transferRows(books(), e, changed)) {
      transfers.add(transferColumns(r));
    }
  }

  function checkBooks(m: Market, changed: Set<AccountRow>): void {
    for (const row of changed) {
      const a = m.ledger.accounts.get(row.id);
      const same = a?.posted === row.posted && a.held === row.held && a.incoming === row.incoming;
      if (!same) throw new Error(`the rows and the engine disagree about ${row.id}`);
    }
  }

  const write = db.transaction((batch: Batch, m: Market) => {
    for (const rows of [events, transfers, replies, leaseRows]) rows.begin();
    const changed = new Set<AccountRow>();
    const leases = forgottenLeases(batch.forgotten);
    // Table by table, so that many rows go in one statement; events first, others refer to them.
    for (const entry of batch.entries) addEvent(m, entry, leases);
    events.flush();
    for (const { event } of batch.entries) addMoney(event, changed);
    transfers.flush();
    for (const { event } of batch.entries) leaseRows.add(event);
    leaseRows.flush();
    checkBooks(m, changed);
    // Once per commit, however many transfers touched it.
    for (const r of changed) q.account.run(r.id, r.kind, r.posted, r.held, r.incoming);
    for (const r of batch.replies) {
      replies.add([r.scope, r.key, r.input, r.status, r.body, r.at, replySum(r)]);
    }
    replies.flush();
    for (const n of batch.notes) q.note.run(n.agent, n.id, JSON.stringify(n.body));
  });

  return { commit: (batch, m) => void write.immediate(batch, m) };
}

type LeaseCalls = Map<string, [string, string | null]>;
function forgottenLeases(forgotten: readonly Forgotten[]): LeaseCalls {
  const map: LeaseCalls = new Map();
  for (const { lease } of forgotten) {
    if (lease !== null) map.set(lease.id, [lease.cfpId, lease.needId]);
  }
  return map;
}

function statements(db: Db): Record<'account' | 'note', Stmt> {
  return {
    account: db.prepare<unknown[]>(
      `INSERT INTO account VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
       SET posted = excluded.posted, held = excluded.held, incoming = excluded.incoming`,
    ),
    note: db.prepare<unknown[]>('INSERT OR REPLACE INTO private VALUES (?, ?, ?)'),
  };
}
