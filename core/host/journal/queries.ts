// What is read from disk rather than from memory: the ledger's history, the event log, and what
// has left memory.
import { GENESIS } from '../../engine/base/chain.ts';
import { seqOf, transferId } from '../../engine/base/ids.ts';
import type { Event } from '../../engine/market/events.ts';
import type { Lease } from '../../engine/market/state.ts';
import { revive, type Revived } from '../../engine/view/revive.ts';
import type { TransferRow } from './rows.ts';
import type { Db } from './sqlite.ts';

export interface TransferFilter {
  agentId?: string;
  project?: string;
  resourceId?: string;
  leaseId?: string;
  cfpId?: string;
  state?: string;
  /** Only what this agent may see: attributed to it, or paid to it. */
  visibleTo?: string;
}
/** Position in the ledger: rows after (seq, n), in order. */
export interface Cursor {
  seq: number;
  n: number;
}

export interface Page {
  rows: TransferRow[];
  next: Cursor | null;
}

export interface AttributionRow {
  agent: string | null;
  project: string | null;
  resource: string | null;
  /** Micro-credits posted. */
  amount: number;
  transfers: number;
}

export interface Queries {
  /** Rows after a cursor; `next` goes on from there, null at the end. A page may be short. */
  transfers(f: TransferFilter, after: Cursor, limit: number): Page;
  attribution(by: readonly ('agent' | 'project' | 'resource')[]): AttributionRow[];
  flow(sinceAt: number, bucketMs: number): { bucket: number; code: string; amount: number }[];
  eventsFrom(seq: number, limit: number): Event[];
  eventsOf(cfpId: string): Event[];
  headAt(seq: number): string | null;
  /** A conversation that has left memory. */
  conversation(id: string): Revived | null;
  lease(id: string): Lease | null;
  /** Who made a proposal, however long ago. */
  contractor(proposalId: string): string | null;
}

const COLUMNS = `seq, n, at, kind, of_seq AS ofSeq, of_n AS ofN, debit, credit, amount, code,
  agent, project, resource, cfp, lease`;

/** API state of a row's kind. */
export const STATE_OF: Record<TransferRow['kind'], string> = {
  posted: 'posted',
  pending: 'pending',
  post: 'posted',
  void: 'voided',
  expire: 'expired',
};

export function createQueries(db: Db): Queries {
  const json = <T>(row: unknown): T => JSON.parse((row as { body: string }).body) as T;
  const events = db.prepare('SELECT body FROM event WHERE seq >= ? ORDER BY seq LIMIT ?');
  const ofCall = db.prepare(
    `SELECT body FROM event WHERE cfp = @id
     UNION ALL SELECT body FROM event WHERE need = @id AND cfp IS NOT @id`,
  );
  const head = db.prepare('SELECT head FROM event WHERE seq = ?');
  const body = db.prepare('SELECT body FROM event WHERE seq = ?');
  const callOf = db.prepare('SELECT cfp FROM lease WHERE id = ?').pluck();
  const flow = db.prepare(
    `SELECT CAST((at - @since) / @width AS INTEGER) AS bucket, code, sum(amount) AS amount
     FROM transfer
     WHERE seq > coalesce((SELECT seq FROM event WHERE at < @since ORDER BY seq DESC LIMIT 1), 0)
       AND kind IN ('posted', 'post') GROUP BY 1, 2`,
  );
  const eventsOf = (id: string): Event[] =>
    ofCall
      .all({ id })
      .map((row) => json<Event>(row))
      .sort((a, b) => a.seq - b.seq);
  const created = <T extends Event['type']>(id: string, type: T): Of<T> | null => {
    const row = body.get(seqOf(id));
    const e = row === undefined ? null : json<Event>(row);
    return e?.type === type ? (e as Of<T>) : null;
  };
  const conversation = (id: string): Revived | null => {
    const story = storyOf(eventsOf, id);
    return revive(story, id, (agentId) => created(agentId, 'agent-registered')?.project ?? null);
  };
  return {
    transfers: (f, after, limit) => findTransfers(db, f, after, limit),
    attribution: (by) => attribution(db, by),
    flow: (since, bucketMs) =>
      flow.all({ since, width: bucketMs }) as { bucket: number; code: string; amount: number }[],
    eventsFrom: (seq, limit) => events.all(seq, limit).map((row) => json<Event>(row)),
    eventsOf,
    headAt(seq) {
      if (seq === 0) return GENESIS;
      const row = head.get(seq) as { head: Buffer } | undefined;
      return row?.head.toString('hex') ?? null;
    },
    conversation,
    contractor: (id) => created(id, 'proposed')?.contractorId ?? null,
    lease(id) {
      const cfpId = callOf.get(id);
      return typeof cfpId === 'string' ? (conversation(cfpId)?.leases.get(id) ?? null) : null;
    },
  };
}

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/**
 * What has to be folded to know a call: its events, those of the offer or need that served it, and
 * how other needs ended that bids in it were for.
 */
function storyOf(eventsOf: (id: string) => Event[], cfpId: string): Event[] {
  const story = new Map<number, Event>();
  const tell = (e: Event): void => void story.set(e.seq, e);
  const own = eventsOf(cfpId);
  own.forEach(tell);
  const award = own.find((e) => e.type === 'awarded');
  const partner = award?.cfpId === cfpId ? award.needId : award?.cfpId;
  if (partner) eventsOf(partner).forEach(tell);
  for (const e of own) {
    if (e.type !== 'proposed' || e.needId === null || e.needId === partner) continue;
    for (const other of eventsOf(e.needId)) {
      if (other.type === 'awarded' || other.type === 'call-ended') tell(other);
    }
  }
  return [...story.values()].sort((a, b) => a.seq - b.seq);
}

/**
 * Events looked through for one page by a filter that has no index (project, resource, call): an
 * index more would cost every award, a scan without end would stop the market.
 */
const WINDOW = 50_000;

function findTransfers(db: Db, f: TransferFilter, after: Cursor, limit: number): Page {
  const indexed = [f.agentId, f.visibleTo, f.leaseId].some((id) => id !== undefined);
  const where: string[] = ['(seq, n) > (?, ?)'];
  const values: (string | number)[] = [after.seq, after.n];
  const equal = (column: string, value: string | undefined): void => {
    if (value === undefined) return;
    where.push(`${column} = ?`);
    values.push(value);
  };
  for (const id of [f.agentId, f.visibleTo]) {
    if (id === undefined) continue;
    where.push('(agent = ? OR credit = ?)');
    values.push(id, `agent:${id}`);
  }
  equal('project', f.project);
  equal('resource', f.resourceId);
  equal('lease', f.leaseId);
  equal('cfp', f.cfpId);
  if (f.state !== undefined) {
    const kinds = Object.entries(STATE_OF).filter(([, state]) => state === f.state);
    where.push(`kind IN (${kinds.map(() => '?').join(', ')})`);
    values.push(...kinds.map(([kind]) => kind));
  }
  const end = after.seq + WINDOW;
  if (!indexed) {
    where.push('seq <= ?');
    values.push(end);
  }
  const sql = `SELECT ${COLUMNS} FROM transfer WHERE ${where.join(' AND ')}
    ORDER BY seq, n LIMIT ?`;
  const rows = db.prepare(sql).all(...values, limit + 1) as TransferRow[];
  const last = rows[limit - 1];
  if (rows.length > limit && last !== undefined) {
    return { rows: rows.slice(0, limit), next: { seq: last.seq, n: last.n } };
  }
  const more =
    !indexed && db.prepare('SELECT 1 FROM transfer WHERE seq > ?').get(end) !== undefined;
  return { rows, next: more ? { seq: end, n: Number.MAX_SAFE_INTEGER } : null };
}

/** Who spent which credit on which resource: posted leases, penalties and surcharges. */
function attribution(db: Db, by: readonly ('agent' | 'project' | 'resource')[]): AttributionRow[] {
  const column = (name: 'agent' | 'project' | 'resource'): string =>
    by.includes(name) ? name : `NULL AS ${name}`;
  const group = by.length > 0 ? `GROUP BY ${by.join(', ')}` : '';
  const sql = `SELECT ${column('agent')}, ${column('project')}, ${column('resource')},
    sum(amount) AS amount, count(*) AS transfers FROM transfer
    WHERE kind IN ('posted', 'post') AND code NOT IN ('issue', 'lapse') ${group}
    ORDER BY amount DESC`;
  return db.prepare(sql).all() as AttributionRow[];
}

export const idOfRow = (row: TransferRow): string => transferId(row.seq, row.n);
