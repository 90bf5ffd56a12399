// The journal on disk as a plain ledger, so that the model of test/engine/model.ts can be held
// against it: each group of moves becomes one event, evolved by the engine and committed by the
// journal. Everything it tells is read back from the rows and summed here, by hand.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { Broken } from '../../core/engine/base/assert.ts';
import type { Credits } from '../../core/engine/base/credits.ts';
import type { Transfer } from '../../core/engine/bank/ledger.ts';
import { canonical } from '../../core/engine/market/canon.ts';
import type { Event, EventBody } from '../../core/engine/market/events.ts';
import { evolve } from '../../core/engine/market/evolve.ts';
import { DEFAULT_POLICY, type Market } from '../../core/engine/market/state.ts';
import { type Journal, openJournal } from '../../core/host/journal/journal.ts';
import type { TransferRow } from '../../core/host/journal/rows.ts';
import type { Balance, LedgerUnderTest, Move } from '../engine/model.ts';

const ABOUT = { agentId: null, project: null, resourceId: null, cfpId: null, leaseId: null };
const RULE = { amount: 1 as Credits, windowMs: 1000, carryOver: false };
/** The model's names; those of the journal's accounts say what they belong to. */
const account = (name: string): string =>
  name === 'bank' || name === 'escrow' ? name : `agent:${name}`;
const idOf = (seq: number | null, n: number | null): string =>
  `trf_${(seq ?? 0).toString(36).padStart(9, '0')}_${n}`;

export class SqliteLedger implements LedgerUnderTest {
  private dir: string;
  private journal: Journal;
  private market: Market;
  private head: string;
  private reopened = 0;
  private isOpen = true;
  private read: { seq: number; rows: TransferRow[]; amounts: Map<string, number> } | null = null;

  constructor(dir: string) {
    this.dir = dir;
    this.journal = openJournal(dir);
    ({ market: this.market, head: this.head } = this.journal.start);
    this.write({ type: 'market-founded', marketId: 'model', policy: DEFAULT_POLICY });
  }

  open(name: string): void {
    const no = { project: null, system: false, exec: false, capabilities: [] };
    this.write({ type: 'agent-registered', agentId: name, name, kind: 'agent', ...no });
  }

  apply(moves: readonly Move[]): string[] | null {
    const transfers = moves.map(transferOf);
    // The event that carries any transfers; its own account is nobody's and stays empty.
    const scope = { project: 'model' };
    if (!this.write({ type: 'budget-set', scope, rule: RULE, transfers })) return null;
    const { seq } = this.market;
    return moves.flatMap((m, n) => (m.kind === 'pending' ? [idOf(seq, n)] : []));
  }

  balance(name: string): Balance {
    const id = account(name);
    const sum = { posted: 0, held: 0, incoming: 0 };
    const { rows, amounts } = this.rows();
    for (const row of rows) {
      const moves = row.kind === 'posted' || row.kind === 'post' ? row.amount : 0;
      const holds =
        row.kind === 'pending' ? row.amount : -(amounts.get(idOf(row.ofSeq, row.ofN)) ?? 0);
      if (row.debit === id) sum.posted -= moves;
      if (row.credit === id) sum.posted += moves;
      if (row.debit === id) sum.held += holds;
      if (row.credit === id) sum.incoming += holds;
    }
    const { posted, held, incoming } = this.market.ledger.accounts.get(id) ?? sum;
    assert.deepEqual({ posted, held, incoming }, sum, `rows and state of ${id}`);
    return sum;
  }

  holds(): ReadonlyMap<string, number> {
    const open = new Map<string, number>();
    for (const row of this.rows().rows) {
      if (row.kind === 'pending') open.set(idOf(row.seq, row.n), row.amount);
      else open.delete(idOf(row.ofSeq, row.ofN));
    }
    const kept = [...this.market.ledger.pendings].map(([id, p]) => [id, p.amount]);
    assert.deepEqual([...open].sort(), kept.sort(), 'open holds of rows and state');
    return open;
  }

  /** In turn: as after a clean end, as after a kill, and with a snapshot to start from. */
  reopen(): void {
    const before = canonical(this.market);
    const how = this.reopened++ % 3;
    if (how === 2) this.journal.snapshot(this.market, this.head);
    if (how === 1) {
      // What a killed process leaves: the files as they are, the log still beside the database.
      const copy = `${this.dir}.${this.reopened}`;
      fs.cpSync(this.dir, copy, { recursive: true });
      this.journal.close();
      fs.rmSync(this.dir, { recursive: true });
      fs.renameSync(copy, this.dir);
    } else this.journal.close();
    this.isOpen = false;
    lookInside(path.join(this.dir, 'haggle.db'), this.head);
    this.start();
    assert.equal(canonical(this.market), before, 'the state before and after');
    while (this.journal.verifyMore(3));
  }

  close(): void {
    if (this.isOpen) this.journal.close();
    this.isOpen = false;
  }

  /** Runs raw SQL on the closed file, as somebody might who wants to change the past. */
  tamper(sql: string): void {
    this.close();
    const db = new Database(path.join(this.dir, 'haggle.db'));
    db.exec(sql);
    db.close();
    this.start();
  }

  private start(): void {
    this.journal = openJournal(this.dir);
    this.isOpen = true;
    this.read = null;
    ({ market: this.market, head: this.head } = this.journal.start);
  }

  private write(body: EventBody): boolean {
    const event: Event = { seq: this.market.seq + 1, at: this.market.at + 1, ...body };
    try {
      evolve(this.market, event);
    } catch (e) {
      // What the engine refuses half-way leaves its state broken: back to what is on disk.
      if (!(e instanceof Broken)) throw e;
      ({ market: this.market, head: this.head } = this.journal.restore());
      return false;
    }
    const text = JSON.stringify(event);
    this.head = createHash('sha256')
      .update(this.head + text)
      .digest('hex');
    const entries = [{ event, text, head: this.head }];
    this.journal.commit({ entries, replies: [], forgotten: [], notes: [] }, this.market);
    return true;
  }

  /** All rows, and the amounts of holds by id; read again after each event. */
  private rows(): NonNullable<SqliteLedger['read']> {
    const { seq } = this.market;
    if (this.read?.seq === seq) return this.read;
    const { rows } = this.journal.queries.transfers({}, { seq: 0, n: 0 }, 100_000);
    const holds = rows.filter((r) => r.kind === 'pending');
    const amounts = new Map(holds.map((r) => [idOf(r.seq, r.n), r.amount]));
    return (this.read = { seq, rows, amounts });
  }
}

function transferOf(move: Move): Transfer {
  const amount = move.amount as Credits;
  if ('pendingId' in move) return { ...move, amount };
  const ends = { debit: account(move.debit), credit: account(move.credit), amount, ...ABOUT };
  return move.kind === 'posted'
    ? { kind: 'posted', code: 'issue', ...ends }
    : { kind: 'pending', code: 'lease', expiresAt: 1, ...ends };
}

interface Sums {
  id: string;
  posted: number;
  held: number;
  incoming: number;
}

/** The file without any of our code: trial balance, balances from rows, chain, and SQLite's own. */
function lookInside(file: string, head: string): void {
  const db = new Database(file);
  try {
    assert.equal(db.pragma('integrity_check', { simple: true }), 'ok');
    assert.deepEqual(db.pragma('foreign_key_check'), []);
    const sums = db.prepare(BALANCES).all() as Sums[];
    const kept = db.prepare('SELECT id, posted, held, incoming FROM account ORDER BY id').all();
    assert.deepEqual(kept, sums, 'the account table and the sums of the transfers');
    assert.equal(
      sums.reduce((total, a) => total + a.posted, 0),
      0,
    );
    let chain = '0'.repeat(64);
    for (const row of db.prepare('SELECT body, head FROM event ORDER BY seq').iterate()) {
      const { body, head: stored } = row as { body: string; head: Buffer };
      chain = createHash('sha256')
        .update(chain + body)
        .digest('hex');
      assert.equal(stored.toString('hex'), chain);
    }
    assert.equal(chain, head, 'the last head');
  } finally {
    db.close();
  }
}

const BALANCES = `
WITH full AS (SELECT t.*, coalesce(p.amount, 0) AS hold FROM transfer t
  LEFT JOIN transfer p ON p.seq = t.of_seq AND p.n = t.of_n),
side AS (
  SELECT debit AS id, iif(kind IN ('posted', 'post'), -amount, 0) AS posted,
    iif(kind = 'pending', amount, -hold) AS held, 0 AS incoming FROM full
  UNION ALL
  SELECT credit, iif(kind IN ('posted', 'post'), amount, 0), 0,
    iif(kind = 'pending', amount, -hold) FROM full)
SELECT id, sum(posted) AS posted, sum(held) AS held, sum(incoming) AS incoming FROM side
GROUP BY id ORDER BY id`;
