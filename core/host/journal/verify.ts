// Checking what lies on disk against the chain: each event's text against its head, and each row
// that was written beside an event against what the event says. A sound chain proves only the
// texts; the ledger's history, the archive and every filter are read from rows and their indexes.
import { GENESIS } from '../../engine/base/chain.ts';
import { seqOf } from '../../engine/base/ids.ts';
import type { Event } from '../../engine/market/events.ts';
import { openIndex, type RowIndex } from './indexes.ts';
import { checkLink, type EventRow } from './recover.ts';
import { createReplyCheck } from './replies.ts';
import { newRow, type TransferRow } from './rows.ts';
import { type Db, JournalError, named, type Stmt, RESTORE } from './sqlite.ts';

/** What an event row says beside its text. */
interface Columns extends EventRow {
  at: number;
  type: string;
  cfp: string | null;
  need: string | null;
}
interface LeaseRow {
  id: string;
  cfp: string;
  need: string | null;
  resource: string;
  epoch: number;
  state: string;
}

/** Rows cost more than links: this many a call, so that commits in between do not wait long. */
const EVENTS_MAX = 200;

/** Checks events 1 to `until` and their rows, then stored replies. */
export class Verifier {
  private readonly q: ReturnType<typeof statements>;
  private readonly indexes: ReturnType<typeof indexesOf>;
  private readonly moreReplies: (most: number) => boolean;
  private readonly until: number;
  private done = { seq: 0, head: GENESIS };
  /** Indexes that have not been read through. */
  private left: RowIndex[];

  constructor(db: Db, until: number) {
    this.q = statements(db);
    this.indexes = indexesOf(db, until);
    this.left = Object.values(this.indexes);
    this.moreReplies = createReplyCheck(db);
    this.until = until;
  }

  /**
   * Checks up to `most` more; false when all are checked. Throws JournalError where something does
   * not fit.
   */
  more(most: number): boolean {
    return named(() => {
      if (this.done.seq < this.until) {
        this.moreEvents(Math.min(most, EVENTS_MAX, this.until - this.done.seq));
        return true;
      }
      const [index] = this.left;
      if (index === undefined) return this.moreReplies(most);
      if (!index.more(most)) {
        if (!index.exact()) throw unlike('an index');
        this.left.shift();
      }
      return true;
    });
  }

  private moreEvents(count: number): void {
    let { seq, head } = this.done;
    const end = seq + count;
    const moves = new Map<number, TransferRow[]>();
    for (const row of this.q.transfers.all(seq, end) as TransferRow[]) {
      const known = moves.get(row.seq);
      if (known === undefined) moves.set(row.seq, [row]);
      else known.push(row);
    }
    for (const row of this.q.events.all(seq, count) as Columns[]) {
      head = checkLink(row, head, seq + 1);
      seq = row.seq;
      this.check(row, moves.get(seq) ?? []);
    }
    if (seq < end) throw unlike(`event ${seq + 1}, which is missing,`);
    this.done = { seq, head };
  }

  private check(row: Columns, moves: readonly TransferRow[]): void {
    const e = JSON.parse(row.body) as Event;
    const { cfp, need } = this.callsOf(e);
    const same = row.at === e.at && row.type === e.type && row.cfp === cfp && row.need === need;
    const { eventsByCfp, eventsByNeed } = this.indexes;
    const found =
      this.q.event.get(e.seq) === e.seq &&
      eventsByCfp.holds(cfp, e.seq, 0) &&
      eventsByNeed.holds(need, e.seq, 0);
    if (!same || !found) throw unlike(`the columns of event ${e.seq}`);
    if (e.type === 'awarded') this.checkAward(e);
    if (e.type === 'lease-ended' && this.leaseOf(e.leaseId)?.state !== e.ending) {
      throw unlike(`the row of lease ${e.leaseId}`);
    }
    this.checkMoney(e, moves);
  }

  private leaseOf(id: string): LeaseRow | undefined {
    const row = this.q.lease.get(id) as LeaseRow | undefined;
    // In a damaged tree the row of another key may be found.
    return row?.id === id ? row : undefined;
  }

  /** The conversations that an event's row names: a lease's event has them from its award. */
  private callsOf(e: Event): { cfp: string | null; need: string | null } {
    if (e.type === 'awarded') return { cfp: e.cfpId, need: e.needId };
    if ('cfpId' in e) return { cfp: e.cfpId, need: null };
    if (!('leaseId' in e)) return { cfp: null, need: null };
    const { cfp, need } = this.leaseOf(e.leaseId) ?? { cfp: '', need: null };
    return { cfp, need };
  }

  private checkAward(e: Extract<Event, { type: 'awarded' }>): void {
    const row = this.leaseOf(e.leaseId);
    const same =
      row?.cfp === e.cfpId &&
      row.need === e.needId &&
      row.resource === e.claim.resourceId &&
      row.epoch === e.epoch;
    if (!same) throw unlike(`the row of lease ${e.leaseId}`);
  }

  private checkMoney(e: Event, rows: readonly TransferRow[]): void {
    const transfers = 'transfers' in e ? e.transfers : [];
    let same = rows.length === transfers.length;
    for (const [n, t] of transfers.entries()) {
      const row = rows[n];
      const wanted =
        'pendingId' in t
          ? this.resolving(t.pendingId, { seq: e.seq, n, at: e.at, kind: t.kind, amount: t.amount })
          : newRow(e, n, t);
      same &&= row !== undefined && equal(row, wanted) && this.findable(row);
    }
    if (!same) throw unlike(`the transfers of event ${e.seq}`);
  }

  /** The row that ends a hold repeats what the hold was about. The hold's own is checked before. */
  private resolving(
    pendingId: string,
    own: Pick<TransferRow, 'seq' | 'n' | 'at' | 'kind' | 'amount'>,
  ): TransferRow | null {
    const [ofSeq, ofN] = [seqOf(pendingId), Number(pendingId.split('_')[2])];
    const hold = this.q.transfer.get(ofSeq, ofN) as TransferRow | undefined;
    return hold?.kind === 'pending' ? { ...hold, ...own, ofSeq, ofN } : null;
  }

  private findable({ seq, n, agent, credit, lease }: TransferRow): boolean {
    const { byAgent, byCredit, byLease } = this.indexes;
    const held = [byAgent.holds(agent, seq, n), byCredit.holds(credit, seq, n)];
    return byLease.holds(lease, seq, n) && !held.includes(false);
  }
}

const unlike = (what: string): JournalError =>
  new JournalError('broken', `the ledger is damaged: ${what} and the journal disagree. ${RESTORE}`);

function equal(a: TransferRow, b: TransferRow | null): boolean {
  if (b === null) return false;
  return (Object.keys(a) as (keyof TransferRow)[]).every((key) => a[key] === b[key]);
}

const TRANSFER = `SELECT seq, n, at, kind, of_seq AS ofSeq, of_n AS ofN, debit, credit, amount,
  code, agent, project, resource, cfp, lease FROM transfer`;

function statements(db: Db): Record<'events' | 'event' | 'lease' | 'transfers' | 'transfer', Stmt> {
  return {
    events: db.prepare('SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?'),
    event: db.prepare('SELECT seq FROM event WHERE seq = ?').pluck(),
    lease: db.prepare('SELECT id, cfp, need, resource, epoch, state FROM lease WHERE id = ?'),
    transfers: db.prepare(`${TRANSFER} WHERE seq > ? AND seq <= ? ORDER BY seq, n`),
    transfer: db.prepare(`${TRANSFER} WHERE seq = ? AND n = ?`),
  };
}

type IndexName = 'eventsByCfp' | 'eventsByNeed' | 'byAgent' | 'byCredit' | 'byLease';
function indexesOf(db: Db, until: number): Record<IndexName, RowIndex> {
  return {
    eventsByCfp: openIndex(db, 'event', 'cfp', until),
    eventsByNeed: openIndex(db, 'event', 'need', until),
    byAgent: openIndex(db, 'transfer', 'agent', until),
    byCredit: openIndex(db, 'transfer', 'credit', until),
    byLease: openIndex(db, 'transfer', 'lease', until),
  };
}
