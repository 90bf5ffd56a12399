// Rebuilding the market from disk, and refusing to when the disk does not add up.
import { hash } from 'node:crypto';
import { GENESIS, type Hash, link } from '../../engine/base/chain.ts';
import { transferId } from '../../engine/base/ids.ts';
import { canonical, restoreFrom } from '../../engine/market/canon.ts';
import { evolve } from '../../engine/market/evolve.ts';
import type { Event } from '../../engine/market/events.ts';
import { createMarket, type Market } from '../../engine/market/state.ts';
import { type AccountRow, type Books, type TransferRow } from './rows.ts';
import { type Db, JournalError, named, RESTORE } from './sqlite.ts';
import type { Mark } from './mark.ts';

export const sha256: Hash = (text) => hash('sha256', text, 'hex');

/** Changes when the engine's state takes another form: older snapshots are then not read. */
const STATE_FORM = 1;
const sumOf = (body: string): string => `${STATE_FORM}:${sha256(body)}`;

export interface Recovered {
  market: Market;
  head: string;
  books: Books;
  /** Events up to here were taken from a snapshot; `verify` can still check them. */
  snapshotSeq: number;
}

export interface EventRow {
  seq: number;
  body: string;
  /** Null only where the file is damaged. */
  head: Buffer | null;
}

/** Loads the newest good snapshot and folds the events after it. Throws JournalError. */
export function recover(db: Db, mark: Mark): Recovered {
  return named(() => recovered(db, mark));
}

function recovered(db: Db, mark: Mark): Recovered {
  const base = latestSnapshot(db);
  const market = base?.market ?? createMarket();
  const snapshotSeq = market.seq;
  let head = base?.head ?? GENESIS;
  const rows = db.prepare('SELECT seq, body, head FROM event WHERE seq > ? ORDER BY seq');
  for (const row of rows.iterate(snapshotSeq) as Iterable<EventRow>) {
    head = checkLink(row, head, market.seq + 1);
    apply(market, row);
  }
  market.forgotten = [];
  checkMark(db, mark, market.seq);
  const books = loadBooks(db, market);
  checkLeases(db, market);
  return { market, head, books, snapshotSeq };
}

/** The head after an event. Throws JournalError where it does not follow from the one before. */
export function checkLink(row: EventRow, previous: string, seq: number): string {
  const head = link(sha256, previous, row.body);
  if (row.seq !== seq || head !== row.head?.toString('hex')) {
    throw new JournalError(
      'broken',
      `the journal is damaged at event ${row.seq}: its hash does not follow. ${RESTORE}`,
    );
  }
  return head;
}

function apply(market: Market, row: EventRow): void {
  try {
    evolve(market, JSON.parse(row.body) as Event);
  } catch (e) {
    const detail = e instanceof Error ? e.message : String(e);
    throw new JournalError('broken', `event ${row.seq} cannot be applied: ${detail}. ${RESTORE}`);
  }
}

function latestSnapshot(db: Db): { market: Market; head: string } | null {
  const rows = db.prepare(
    `SELECT s.seq, s.head, s.sum, s.body FROM snapshot s JOIN event e ON e.seq = s.seq
     WHERE e.head = s.head ORDER BY s.seq DESC`,
  );
  for (const row of rows.iterate() as Iterable<{
    seq: number;
    head: Buffer;
    sum: string;
    body: string;
  }>) {
    // A damaged or older snapshot costs time, never truth: the events are still there.
    if (row.sum !== sumOf(row.body)) continue;
    return { market: restoreFrom(row.body), head: row.head.toString('hex') };
  }
  return null;
}

/** Writes a snapshot of the present state and drops all but the two newest. */
export function writeSnapshot(db: Db, market: Market, head: string): void {
  const body = canonical(market);
  const put = db.prepare('INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?)');
  const drop = db.prepare(
    'DELETE FROM snapshot WHERE seq NOT IN (SELECT seq FROM snapshot ORDER BY seq DESC LIMIT 2)',
  );
  db.transaction(() => {
    put.run(market.seq, Buffer.from(head, 'hex'), sumOf(body), body);
    drop.run();
  })();
}

const GO_ON =
  'Put back the newer haggle.db and haggle.db-wal if you have them; or delete haggle.mark beside ' +
  'them to go on without what is missing.';

/** A receipt that the journal does not contain means that acknowledged commands are missing. */
function checkMark(db: Db, mark: Mark, seq: number): void {
  const receipt = mark.read();
  if (receipt === null || receipt.seq === 0) return;
  const row = db.prepare('SELECT head FROM event WHERE seq = ?').get(receipt.seq) as
    { head: Buffer } | undefined;
  if (row !== undefined && row.head.toString('hex') === receipt.head) return;
  const detail =
    row === undefined
      ? `it ends at event ${seq}, but event ${receipt.seq} was acknowledged`
      : `event ${receipt.seq} is not the one that was acknowledged`;
  throw new JournalError('shortened', `the journal has lost commits: ${detail}. ${GO_ON}`);
}

/** The books as the tables tell them, compared with the engine's: both must agree to the micro. */
export function loadBooks(db: Db, market: Market): Books {
  const accounts = new Map<string, AccountRow>();
  const rows = db
    .prepare('SELECT id, kind, posted, held, incoming FROM account')
    .all() as AccountRow[];
  for (const row of rows) accounts.set(row.id, row);
  for (const a of market.ledger.accounts.values()) {
    const row = accounts.get(a.id);
    const same = row
      ? row.posted === a.posted && row.held === a.held && row.incoming === a.incoming
      : a.posted === 0 && a.held === 0 && a.incoming === 0;
    if (!same) {
      throw new JournalError(
        'broken',
        `the account table and the journal disagree about ${a.id}. ${RESTORE}`,
      );
    }
  }
  return { accounts, holds: openHolds(db, market) };
}

/** The constraints that keep slots apart stand on these rows: they must be those of the state. */
function checkLeases(db: Db, market: Market): void {
  const found = db
    .prepare(
      `SELECT c.lease AS id, l.state, c.resource, c.slot, c.from_at AS "from", c.to_at AS "to"
       FROM claim c LEFT JOIN lease l ON l.id = c.lease ORDER BY c.lease, c.slot`,
    )
    .all();
  const running = [...market.leases.values()].filter((lease) => lease.ended === null);
  const wanted = running.flatMap(({ id, claim: { resourceId: resource, slots, from, to } }) =>
    slots.map((slot) => ({ id, state: 'running', resource, slot, from, to })),
  );
  wanted.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.slot - b.slot));
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new JournalError('broken', `the claims on slots and the journal disagree. ${RESTORE}`);
  }
}

function openHolds(db: Db, market: Market): Map<string, TransferRow> {
  const get = db.prepare(
    `SELECT seq, n, at, kind, of_seq AS ofSeq, of_n AS ofN, debit, credit, amount, code,
       agent, project, resource, cfp, lease FROM transfer WHERE seq = ? AND n = ?`,
  );
  const holds = new Map<string, TransferRow>();
  for (const id of market.ledger.pendings.keys()) {
    const [, seq, n] = id.split('_');
    const row = get.get(parseInt(seq ?? '', 36), Number(n)) as TransferRow | undefined;
    if (row === undefined || transferId(row.seq, row.n) !== id) {
      throw new JournalError(
        'broken',
        `the hold ${id} has no row in the transfer table. ${RESTORE}`,
      );
    }
    holds.set(id, row);
  }
  return holds;
}
