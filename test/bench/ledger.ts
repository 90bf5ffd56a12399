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

/** Runs in a temporary folder; about five seconds. */
export function measureLedger(): LedgerRow {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-bench-'));
  try {
    const ours = awards(path.join(dir, 'market'));
    const raw = rawAwards(path.join(dir, 'market/haggle.db'), path.join(dir, 'raw.db'));
    return {
      rawCommandsPerS: rawInserts(path.join(dir, 'insert.db')),
      rawAwardsPerS: raw,
      awardsPerS: ours,
      ratio: Math.round((ours / raw) * 100) / 100,
      group: GROUP,
      awards: GROUP * GROUPS,
    };
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
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

/** Opens calls and proposals untimed, then awards them in full groups. */
function awards(dir: string): number {
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
  const all = (list: readonly [Actor, CommandBody][]): About[] => submitAll(loop, list);
  const host: Actor = { kind: 'host' };
  all([[host, { type: 'found-market', marketId: 'bench', policy: DEFAULT_POLICY }]]);
  const pairs = Array.from({ length: 64 }, (_, i) => party(all, i));
  const ready = prepare(all, pairs);
  let ms = 0;
  for (let g = 0; g < GROUPS; g++) {
    const group = ready.slice(g * GROUP, (g + 1) * GROUP);
    at += 1;
    const from = performance.now();
    all(group);
    ms += performance.now() - from;
  }
  journal.close();
  return perSecond(GROUP * GROUPS, ms);
}

function submitAll(loop: Loop, list: readonly [Actor, CommandBody][]): About[] {
  const abouts: About[] = [];
  for (const [actor, body] of list) {
    loop.submit({
      actor,
      body,
      key: null,
      show: (_m, about) => ({ ...about }),
      reply(r) {
        if (r.status >= 400) throw new Error(r.body);
        abouts.push(JSON.parse(r.body) as About);
      },
    });
  }
  while (loop.turn() || loop.waiting() > 0);
  return abouts;
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
  for (let n = 0; n < GROUPS * GROUP; n++) {
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

/** Copies everything before the awards untimed, then the awards' rows in groups, timed. */
function rawAwards(from: string, to: string): number {
  const source = new Database(from, { readonly: true });
  const db = new Database(to);
  for (const pragma of PRAGMAS) db.pragma(pragma);
  db.exec(SCHEMA);
  const all = (sql: string): unknown[][] => source.prepare(sql).raw().all() as unknown[][];
  const first = source.prepare(`SELECT min(seq) FROM event WHERE type = 'awarded'`).pluck().get();
  const put = (table: string, n: number): ((row: unknown[]) => void) => {
    const marks = Array.from({ length: n }, () => '?').join(', ');
    const statement = db.prepare<unknown[]>(`INSERT INTO ${table} VALUES (${marks})`);
    return (row) => void statement.run(...row);
  };
  const [event, transfer, lease, claim] = [
    put('event', 7),
    put('transfer', 15),
    put('lease', 6),
    put('claim', 5),
  ];
  const account = db.prepare<unknown[]>(
    `INSERT INTO account VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
     SET posted = excluded.posted, held = excluded.held, incoming = excluded.incoming`,
  );
  db.transaction(() => {
    for (const row of all(`SELECT * FROM event WHERE seq < ${String(first)}`)) event(row);
    for (const row of all(`SELECT * FROM transfer WHERE seq < ${String(first)}`)) transfer(row);
    for (const row of all('SELECT * FROM account')) account.run(...row);
  })();
  const events = all(`SELECT * FROM event WHERE seq >= ${String(first)}`);
  const transfers = all(`SELECT * FROM transfer WHERE seq >= ${String(first)}`);
  const leases = all('SELECT * FROM lease ORDER BY id');
  const claims = all('SELECT * FROM claim ORDER BY lease');
  const accounts = all('SELECT * FROM account');
  const moves = transfers.length / events.length;
  const start = performance.now();
  for (let g = 0; g < GROUPS; g++) {
    db.transaction(() => {
      for (let i = g * GROUP; i < (g + 1) * GROUP; i++) {
        event(events[i] ?? []);
        for (let t = i * moves; t < (i + 1) * moves; t++) transfer(transfers[t] ?? []);
        lease(leases[i] ?? []);
        claim(claims[i] ?? []);
      }
      for (const row of accounts) account.run(...row);
    })();
  }
  const ms = performance.now() - start;
  db.close();
  source.close();
  return perSecond(GROUP * GROUPS, ms);
}
