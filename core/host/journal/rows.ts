// From events to rows, by reading the events alone: balances, holds, leases and claims are folded
// here a second time, without the engine, so that either of the two can catch the other.
import { crc32 } from 'node:zlib';
import { transferId } from '../../engine/base/ids.ts';
import type { Event } from '../../engine/market/events.ts';
import type { Transfer } from '../../engine/bank/ledger.ts';
import type { StoredReply } from '../loop.ts';
import type { Value } from './inserter.ts';

/** A row of the table `transfer`, in column order. */
export interface TransferRow {
  seq: number;
  n: number;
  at: number;
  kind: Transfer['kind'];
  ofSeq: number | null;
  ofN: number | null;
  debit: string;
  credit: string;
  amount: number;
  code: string;
  agent: string | null;
  project: string | null;
  resource: string | null;
  cfp: string | null;
  lease: string | null;
}

/** The values of a row, in the table's order. */
export function transferColumns(r: TransferRow): Value[] {
  const { seq, n, at, kind, ofSeq, ofN, debit, credit, amount, code } = r;
  const { agent, project, resource, cfp, lease } = r;
  const money = [seq, n, at, kind, ofSeq, ofN, debit, credit, amount, code, agent, project];
  money.push(resource, cfp, lease);
  return money;
}

export interface AccountRow {
  id: string;
  kind: 'bank' | 'escrow' | 'agent' | 'project';
  posted: number;
  held: number;
  incoming: number;
}

/** The books as the rows tell them. */
export interface Books {
  accounts: Map<string, AccountRow>;
  /** Open holds by transfer id. */
  holds: Map<string, TransferRow>;
}

const kindOf = (id: string): AccountRow['kind'] =>
  id === 'bank' || id === 'escrow' ? id : id.startsWith('project:') ? 'project' : 'agent';

export function accountRow(books: Books, id: string): AccountRow {
  let row = books.accounts.get(id);
  if (row === undefined) {
    row = { id, kind: kindOf(id), posted: 0, held: 0, incoming: 0 };
    books.accounts.set(id, row);
  }
  return row;
}

/** The rows of one event's transfers; applies them to the books and notes changed accounts. */
export function transferRows(books: Books, e: Event, changed: Set<AccountRow>): TransferRow[] {
  if (!('transfers' in e)) return [];
  return e.transfers.map((t, n) => {
    const row =
      t.kind === 'posted' || t.kind === 'pending'
        ? newRow(e, n, t)
        : resolvingRow(books, e, n, t.pendingId, t);
    applyRow(books, row, changed);
    return row;
  });
}

type Fresh = Extract<Transfer, { kind: 'posted' | 'pending' }>;

/** The row of a transfer that ends no hold. */
export function newRow(e: Event, n: number, t: Fresh): TransferRow {
  return {
    seq: e.seq,
    n,
    at: e.at,
    kind: t.kind,
    ofSeq: null,
    ofN: null,
    debit: t.debit,
    credit: t.credit,
    amount: t.amount,
    code: t.code,
    agent: t.agentId,
    project: t.project,
    resource: t.resourceId,
    cfp: t.cfpId,
    lease: t.leaseId,
  };
}

function resolvingRow(
  books: Books,
  e: Event,
  n: number,
  pendingId: string,
  t: { kind: Transfer['kind']; amount: number },
): TransferRow {
  const hold = books.holds.get(pendingId);
  if (hold === undefined) throw new Error(`event ${e.seq} resolves the unknown hold ${pendingId}`);
  const { seq: ofSeq, n: ofN } = hold;
  // Written out: spreading one object a row was a tenth of what an award costs here.
  return {
    seq: e.seq,
    n,
    at: e.at,
    kind: t.kind,
    ofSeq,
    ofN,
    debit: hold.debit,
    credit: hold.credit,
    amount: t.amount,
    code: hold.code,
    agent: hold.agent,
    project: hold.project,
    resource: hold.resource,
    cfp: hold.cfp,
    lease: hold.lease,
  };
}

/** One row's effect on the books. Resolving releases the whole hold and moves what was posted. */
export function applyRow(books: Books, row: TransferRow, changed: Set<AccountRow>): void {
  const from = accountRow(books, row.debit);
  const to = accountRow(books, row.credit);
  changed.add(from).add(to);
  if (row.kind === 'pending') {
    from.held += row.amount;
    to.incoming += row.amount;
    books.holds.set(transferId(row.seq, row.n), row);
    return;
  }
  if (row.kind !== 'posted') {
    const id = transferId(row.ofSeq ?? 0, row.ofN ?? 0);
    const hold = books.holds.get(id);
    if (hold === undefined) throw new Error(`row ${row.seq}/${row.n} resolves an unknown hold`);
    if (row.amount > hold.amount) throw new Error(`row ${row.seq}/${row.n} posts over its hold`);
    from.held -= hold.amount;
    to.incoming -= hold.amount;
    books.holds.delete(id);
  }
  if (row.kind === 'posted' || row.kind === 'post') {
    from.posted -= row.amount;
    to.posted += row.amount;
  }
}

/** The sum that a stored reply carries: finds flipped bits, and guards against no forger. */
export function replySum({ scope, key, input, status, body, at }: StoredReply): number {
  // A flipped bit can also make a text a blob, which reads the same.
  const types = `${typeof input} ${typeof body}`;
  return crc32(`${types} ${scope} ${key} ${input} ${status} ${at} ${body}`);
}
