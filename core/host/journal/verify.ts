// Checking what lies on disk against the chain: each event's text against its head, and each row
// that was written beside an event against what the event says. A sound chain proves only the texts;
// the ledger's history, the archive and every filter are read from the rows and their indexes.
import { GENESIS } from '../../engine/base/chain.ts';
import { seqOf } from '../../engine/base/ids.ts';
import type { Event } from '../../engine/market/events.ts';
import { checkLink, type EventRow } from './recover.ts';
import { newRow, type TransferRow } from './rows.ts';
import { type Db, JournalError, named } from './sqlite.ts';

export interface Verifier {
  /** Checks up to `most` more events; false when all that were there at the start are checked. */
  more(most: number): boolean;
}

/** What an event row says beside its text. */
interface Columns extends EventRow {
  at: number;
  type: string;
  cfp: string | null;
  need: string | null;
}
interface LeaseRow {
  cfp: string;
  need: string | null;
  resource: string;
  epoch: number;
  state: string;
}

/** Rows cost more than links: this many a call, so that commits in between do not wait long. */
const EVENTS_MAX = 200;

/** A verifier of events 1 to `until`. Its calls throw JournalError where something does not fit. */
export function createVerifier(db: Db, until: number): Verifier {
  const q = statements(db);
  let done = { seq: 0, head: GENESIS };

  function check(row: Columns): void {
    const e = JSON.parse(row.body) as Event;
    const { cfp, need } = callsOf(e);
    const same =
      row.at === e.at &&
      row.type === e.type &&
      row.cfp === cfp &&
      row.need === need &&
      indexed(row);
    if (!same) throw unlike(`the columns of event ${e.seq}`);
    if (e.type === 'awarded') checkAward(e);
    if (e.type === 'lease-ended' && leaseOf(e.leaseId)?.state !== e.ending) {
      throw unlike(`the row of lease ${e.leaseId}`);
    }
    checkMoney(e);
  }

  const leaseOf = (id: string): LeaseRow | undefined => q.lease.get(id) as LeaseRow | undefined;

  /** The conversations that an event's row names: a lease's event has them from its award. */
  function callsOf(e: Event): { cfp: string | null; need: string | null } {
    if (e.type === 'awarded') return { cfp: e.cfpId, need: e.needId };
    if ('cfpId' in e) return { cfp: e.cfpId, need: null };
    if (!('leaseId' in e)) return { cfp: null, need: null };
    const { cfp, need } = leaseOf(e.leaseId) ?? { cfp: '', need: null };
    return { cfp, need };
  }

  function indexed({ seq, cfp, need }: Columns): boolean {
    return (
      (cfp === null || q.eventByCfp.get(cfp, seq) !== undefined) &&
      (need === null || q.eventByNeed.get(need, seq) !== undefined)
    );
  }

  function checkAward(e: Extract<Event, { type: 'awarded' }>): void {
    const row = leaseOf(e.leaseId);
    const same =
      row?.cfp === e.cfpId &&
      row.need === e.needId &&
      row.resource === e.claim.resourceId &&
      row.epoch === e.epoch;
    if (!same) throw unlike(`the row of lease ${e.leaseId}`);
  }

  function checkMoney(e: Event): void {
    const rows = q.transfers.all(e.seq) as TransferRow[];
    const transfers = 'transfers' in e ? e.transfers : [];
    let same = rows.length === transfers.length;
    for (const [n, t] of transfers.entries()) {
      const row = rows[n];
      const wanted =
        'pendingId' in t
          ? resolving(t.pendingId, { seq: e.seq, n, at: e.at, kind: t.kind, amount: t.amount })
          : newRow(e, n, t);
      same &&= row !== undefined && equal(row, wanted) && findable(row);
    }
    if (!same) throw unlike(`the transfers of event ${e.seq}`);
  }

  /** The row that ends a hold repeats what the hold was about. The hold's own is checked before. */
  function resolving(
    pendingId: string,
    own: Pick<TransferRow, 'seq' | 'n' | 'at' | 'kind' | 'amount'>,
  ): TransferRow | null {
    const [ofSeq, ofN] = [seqOf(pendingId), Number(pendingId.split('_')[2])];
    const hold = q.transfer.get(ofSeq, ofN) as TransferRow | undefined;
    return hold?.kind === 'pending' ? { ...hold, ...own, ofSeq, ofN } : null;
  }

  function findable({ seq, n, agent, credit, lease }: TransferRow): boolean {
    return (
      q.byCredit.get(credit, seq, n) !== undefined &&
      (agent === null || q.byAgent.get(agent, seq, n) !== undefined) &&
      (lease === null || q.byLease.get(lease, seq, n) !== undefined)
    );
  }

  return {
    more(most) {
      const count = Math.min(most, EVENTS_MAX, until - done.seq);
      if (count <= 0) return false;
      named(() => {
        let { seq, head } = done;
        for (const row of q.events.all(seq, count) as Columns[]) {
          head = checkLink(row, head, seq + 1);
          seq = row.seq;
          check(row);
        }
        if (seq < done.seq + count) throw unlike(`event ${seq + 1}, which is missing,`);
        done = { seq, head };
      });
      return done.seq < until;
    },
  };
}

const unlike = (what: string): JournalError =>
  new JournalError(
    'broken',
    `the ledger is damaged: ${what} and the journal disagree. Restore a backup.`,
  );

function equal(a: TransferRow, b: TransferRow | null): boolean {
  if (b === null) return false;
  return (Object.keys(a) as (keyof TransferRow)[]).every((key) => a[key] === b[key]);
}

const TRANSFER = `SELECT seq, n, at, kind, of_seq AS ofSeq, of_n AS ofN, debit, credit, amount, code,
  agent, project, resource, cfp, lease FROM transfer`;

// Each index is asked for the row by name: SQLite itself would not notice that it lacks one.
const statements = (db: Db) => ({
  events: db.prepare('SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?'),
  lease: db.prepare('SELECT cfp, need, resource, epoch, state FROM lease WHERE id = ?'),
  transfers: db.prepare(`${TRANSFER} WHERE seq = ? ORDER BY n`),
  transfer: db.prepare(`${TRANSFER} WHERE seq = ? AND n = ?`),
  eventByCfp: db.prepare('SELECT 1 FROM event INDEXED BY event_cfp WHERE cfp = ? AND seq = ?'),
  eventByNeed: db.prepare('SELECT 1 FROM event INDEXED BY event_need WHERE need = ? AND seq = ?'),
  ...indexesOfTransfer(db),
});

function indexesOfTransfer(db: Db) {
  const by = (column: string) =>
    db.prepare(`SELECT 1 FROM transfer INDEXED BY transfer_${column}
      WHERE ${column} = ? AND seq = ? AND n = ?`);
  return { byAgent: by('agent'), byCredit: by('credit'), byLease: by('lease') };
}
