// Durable awards against what this disk can do. The awards run through the loop and the journal;
// then the very rows they wrote are written again by bare prepared statements into a second file
// with the same pragmas, in groups of the same size. The ratio is what the market costs on top.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { credits, MICRO } from '../../core/engine/base/credits.ts';
import { createRng } from '../../core/engine/base/rng.ts';
import type { About, Actor, CommandBody } from '../../core/engine/market/commands.ts';
import { DEFAULT_POLICY } from '../../core/engine/market/state.ts';
import { openJournal } from '../../core/host/journal/journal.ts';
import { sha256 } from '../../core/host/journal/recover.ts';
import { PRAGMAS, SCHEMA } from '../../core/host/journal/schema.ts';
import { createLoop, type Loop } from '../../core/host/loop.ts';

export interface LedgerRow {
  /** One insert of 200 bytes per command, in groups. */
  rawCommandsPerS: number;
  /** The rows of an award per command, in groups. */
  rawAwardsPerS: number;
  /** Awards through loop, engine and journal, in groups. */
  awardsPerS: number;
  /** awardsPerS / rawAwardsPerS */
  ratio: number;
  group: number;
  awards: number;
}

const GROUP = 256;
const GROUPS = 40;
/** The one of the middling ratio counts: a disk has moods. */
const ROUNDS = 5;

/** Runs in a temporary folder; about half a minute. */
export function measureLedger(): LedgerRow {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-bench-'));
  try {
    const rounds = Array.from({ length: ROUNDS }, (_, i) => round(path.join(dir, `${i}`)));
    const [middling] = rounds.sort((a, b) => a.ratio - b.ratio).slice(Math.floor(ROUNDS / 2));
    return {
      rawCommandsPerS: rawInserts(path.join(dir, 'insert.db')),
      ...(middling ?? { rawAwardsPerS: 0, awardsPerS: 0, ratio: 0 }),
      group: GROUP,
      awards: GROUP * GROUPS,
    };
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

type Round = Pick<LedgerRow, 'rawAwardsPerS' | 'awardsPerS' | 'ratio'>;

function round(dir: string): Round {
  const { perS: awardsPerS, groups } = awards(path.join(dir, 'market'));
  const market = path.join(dir, 'market/haggle.db');
  const rawAwardsPerS = rawAwards(market, path.join(dir, 'raw.db'), groups);
  return { rawAwardsPerS, awardsPerS, ratio: Math.round((awardsPerS / rawAwardsPerS) * 100) / 100 };
}

const perSecond = (n: number, ms: number): number => Math.round((n / ms) * 1000);

/** 4 KiB appended and synced, 500 times: this disk, now. Milliseconds. */
export function syncTimes(): { p50: number; p99: number } {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-bench-'));
  const fd = fs.openSync(path.join(dir, 'sync'), 'w');
  const block = Buffer.alloc(4096, 7);
  const times: number[] = [];
  for (let i = 0; i < 500; i++) {
    const from = performance.now();
    fs.writeSync(fd, block);
    fs.fdatasyncSync(fd);
    times.push(performance.now() - from);
  }
  fs.closeSync(fd);
  fs.rmSync(dir, { recursive: true });
  times.sort((a, b) => a - b);
  const at = (q: number): number =>
    Math.round((times[Math.floor(times.length * q)] ?? 0) * 1000) / 1000;
  return { p50: at(0.5), p99: at(0.99) };
}

function rawInserts(file: string): number {
  const db = new Database(file);
  for (const pragma of PRAGMAS) db.pragma(pragma);
  db.exec('CREATE TABLE command (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO command VALUES (?, ?)');
  const body = 'x'.repeat(200);
  const from = performance.now();
  for (let g = 0; g < GROUPS; g++) {
    db.transaction(() => {
      for (let i = 0; i < GROUP; i++) insert.run(g * GROUP + i, body);
    })();
  }
  const ms = performance.now() - from;
  db.close();
  return perSecond(GROUP * GROUPS, ms);
}

/** Group by group: calls and proposals untimed, then their awards in one turn of the loop. */
function awards(dir: string): { perS: number; groups: Group[] } {
  const journal = openJournal(dir);
  const rng = createRng(11);
  let at = 1_800_000_000_000;
  const loop = createLoop(journal.start, {
    now: () => at,
    entropy: rng.u32,
    hash: sha256,
    recall: journal.recall,
    commit: journal.commit,
    restore: journal.restore,
    committed: () => {},
  });
  const all: All = (list) => submitAll(loop, list).map((body) => JSON.parse(body) as About);
  const host: Actor = { kind: 'host' };
  all([[host, { type: 'found-market', marketId: 'bench', policy: DEFAULT_POLICY }]]);
  const pairs = Array.from({ length: 64 }, (_, i) => party(all, i));
  const groups: Group[] = [];
  let ms = 0;
  for (let g = 0; g < GROUPS; g++) {
    const ready = prepare(all, pairs);
    at += 1;
    const first = loop.market().seq + 1;
    const from = performance.now();
    submitAll(loop, ready);
    ms += performance.now() - from;
    groups.push({ first, last: loop.market().seq });
  }
  journal.close();
  return { perS: perSecond(GROUP * GROUPS, ms), groups };
}

/** Numbers of the events of one group's awards. */
interface Group {
  first: number;
  last: number;
}

/** The answers as they would be sent. */
function submitAll(loop: Loop, list: readonly [Actor, CommandBody][]): string[] {
  const bodies: string[] = [];
  for (const [actor, body] of list) {
    loop.submit({
      actor,
      body,
      key: null,
      show: (_m, about) => ({ ...about }),
      reply(r) {
        if (r.status >= 400) throw new Error(r.body);
        bodies.push(r.body);
      },
    });
  }
  while (loop.turn() || loop.waiting() > 0);
  return bodies;
}

type All = (list: readonly [Actor, CommandBody][]) => About[];
interface Pair {
  manager: Actor;
  contractor: Actor;
  resourceId: string;
}

function party(all: All, i: number): Pair {
  const operator: Actor = { kind: 'operator' };
  const register = (name: string): string =>
    all([[operator, { type: 'register-agent', kind: 'agent', body: { name } }]])[0]?.agentId ?? '';
  const manager = register(`manager ${i}`);
  const contractor = register(`contractor ${i}`);
  const budget = { amount: credits(1_000_000 * MICRO), windowMs: 86_400_000 };
  all([[operator, { type: 'set-agent-budget', agentId: manager, body: budget }]]);
  const seller: Actor = { kind: 'agent', id: contractor };
  const body = { kind: 'cpu' as const, model: `m${i}x`, count: 1024 };
  const made = all([[seller, { type: 'add-resource', ownerId: contractor, body }]]);
  const resourceId = made[0]?.resourceId ?? '';
  return { manager: { kind: 'agent', id: manager }, contractor: seller, resourceId };
}

/** One open manual call with one proposal per award to come. */
function prepare(all: All, pairs: readonly Pair[]): [Actor, CommandBody][] {
  const ready: [Actor, CommandBody][] = [];
  for (let n = 0; n < GROUP; n++) {
    const i = n % pairs.length;
    const pair = pairs[i];
    if (pair === undefined) continue;
    const need = { kind: 'cpu' as const, count: 1, durationMs: 60_000, model: `m${i}x` };
    const call = { need, maxPrice: credits(MICRO), award: 'manual' as const, replyByMs: 3_600_000 };
    const [opened] = all([[pair.manager, { type: 'open-cfp', body: call }]]);
    const cfpId = opened?.cfpId ?? '';
    const body = { price: credits(MICRO / 2), resourceId: pair.resourceId };
    const [proposed] = all([[pair.contractor, { type: 'propose', cfpId, body }]]);
    const proposalId = proposed?.proposalId ?? '';
    ready.push([pair.manager, { type: 'award', cfpId, body: { proposalId } }]);
  }
  return ready;
}

/** The same rows in the same order by bare statements; only the groups of awards are timed. */
function rawAwards(from: string, to: string, groups: readonly Group[]): number {
  const source = new Database(from, { readonly: true });
  const db = new Database(to);
  for (const pragma of PRAGMAS) db.pragma(pragma);
  db.exec(SCHEMA);
  const write = writer(db);
  const single = db.transaction(write);
  const rows = reader(source);
  let next = 1;
  let ms = 0;
  for (const { first, last } of groups) {
    // One commit an event, as calls and proposals came: the log is then cut where ours was cut.
    const before = rows(next, first - 1);
    for (const event of before.events) single({ ...before, events: [event], accounts: [] });
    const group = rows(first, last);
    const start = performance.now();
    db.transaction(() => write(group))();
    ms += performance.now() - start;
    next = last + 1;
  }
  db.close();
  source.close();
  return perSecond(GROUP * GROUPS, ms);
}

type Row = unknown[];
interface Rows {
  events: Row[];
  /** By event. */
  transfers: Map<unknown, Row[]>;
  leases: Map<unknown, [lease: Row, claim: Row]>;
  accounts: Row[];
}

/** Rows of a stretch of events, and the accounts once, as a commit writes them. */
function reader(source: Database.Database): (first: number, last: number) => Rows {
  const between = (table: string): ((first: number, last: number) => Row[]) => {
    const sql = `SELECT * FROM ${table} WHERE seq BETWEEN ? AND ? ORDER BY seq`;
    const statement = source.prepare<unknown[]>(sql).raw();
    return (first, last) => statement.all(first, last) as Row[];
  };
  const [events, transfers] = [between('event'), between('transfer')];
  const all = (sql: string): Row[] => source.prepare(sql).raw().all() as Row[];
  const claims = new Map(all('SELECT * FROM claim').map((row) => [row[2], row]));
  const leases = new Map<unknown, [Row, Row]>();
  for (const row of all('SELECT * FROM lease')) leases.set(row[1], [row, claims.get(row[0]) ?? []]);
  const accounts = all('SELECT * FROM account');
  return (first, last) => {
    const bySeq = new Map<unknown, Row[]>();
    for (const row of transfers(first, last)) {
      const old = bySeq.get(row[0]);
      if (old === undefined) bySeq.set(row[0], [row]);
      else old.push(row);
    }
    return { events: events(first, last), transfers: bySeq, leases, accounts };
  };
}

function writer(db: Database.Database): (rows: Rows) => void {
  const put = (table: string, n: number): ((row: Row) => void) => {
    const marks = Array.from({ length: n }, () => '?').join(', ');
    const statement = db.prepare<unknown[]>(`INSERT INTO ${table} VALUES (${marks})`);
    return (row) => void statement.run(...row);
  };
  const [event, transfer] = [put('event', 7), put('transfer', 15)];
  const [lease, claim] = [put('lease', 6), put('claim', 5)];
  const account = db.prepare<unknown[]>(
    `INSERT INTO account VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
     SET posted = excluded.posted, held = excluded.held, incoming = excluded.incoming`,
  );
  return ({ events, transfers, leases, accounts }) => {
    for (const row of events) {
      event(row);
      for (const t of transfers.get(row[0]) ?? []) transfer(t);
      if (row[2] !== 'awarded') continue;
      const [l, c] = leases.get(row[3]) ?? [];
      if (l === undefined || c === undefined) throw new Error('an award without its lease');
      lease(l);
      claim(c);
    }
    for (const row of accounts) account.run(...row);
  };
}
