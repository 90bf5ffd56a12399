// A ledger's files, made to be damaged: a market that has lived through everything, half of it in
// the database and half still in the write-ahead log, and what must be known of it at every event.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { link } from '../../core/engine/base/chain.ts';
import { createRng, type Rng } from '../../core/engine/base/rng.ts';
import { canonical } from '../../core/engine/market/canon.ts';
import type { Event } from '../../core/engine/market/events.ts';
import { evolve } from '../../core/engine/market/evolve.ts';
import { createMarket } from '../../core/engine/market/state.ts';
import { type Journal, openJournal } from '../../core/host/journal/journal.ts';
import { sha256 } from '../../core/host/journal/recover.ts';
import { JournalError } from '../../core/host/journal/sqlite.ts';
import type { StoredReply } from '../../core/host/loop.ts';
import { playScript } from '../golden/script.ts';

export const root = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-crash-'));
after(() => fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

/** Of all that is damaged at random; a failing run is repeated with HAGGLE_SEED. */
export const SEED = Number(process.env.HAGGLE_SEED ?? Math.floor(Math.random() * 2 ** 31));
export const rngOf = (salt: number): Rng => createRng(SEED + salt);

const copy = (e: Event): Event => JSON.parse(JSON.stringify(e)) as Event;
const EVENTS: readonly Event[] = playScript().events;
export const LAST = EVENTS.length;
/** Everything up to here lies in the database file, the rest in the log. */
export const CHECKPOINTED = Math.floor(LAST / 2);

/** Hash of the state after each event, folded here. */
export const STATES: readonly string[] = (() => {
  const m = createMarket();
  return [sha256(canonical(m)), ...EVENTS.map((e) => (evolve(m, copy(e)), sha256(canonical(m))))];
})();

/** The reply that goes with an event, by a key of its own. */
export function replyOf(seq: number, head: string): StoredReply {
  const body = JSON.stringify({ about: `event ${seq}`, receipt: { seq, head } });
  const at = EVENTS[seq - 1]?.at ?? 0;
  return { scope: 'agt', key: `key ${seq}`, input: sha256(`${seq}`), status: 201, body, at };
}

/** Commits events (from, to] in groups of one to four, each with a reply. */
export function write(journal: Journal, to: number): void {
  const { market } = journal.start;
  let { head } = journal.start;
  for (let group = 1; market.seq < to; group = (group % 4) + 1) {
    const entries = EVENTS.slice(market.seq, Math.min(to, market.seq + group)).map((e) => {
      const event = copy(e);
      evolve(market, event);
      const text = JSON.stringify(event);
      head = link(sha256, head, text);
      return { event, text, head };
    });
    const { forgotten } = market;
    market.forgotten = [];
    const replies = entries.map((entry) => replyOf(entry.event.seq, entry.head));
    journal.commit({ entries, replies, forgotten, notes: [] }, market);
  }
}

export interface Files {
  dir: string;
  /** Everything that can be read from it when it is whole. */
  whole: Told;
}

/** Closed and complete, with a snapshot in the middle: all in the database file. */
export function closedLedger(name: string): Files {
  const dir = path.join(root, name);
  let journal = openJournal(dir);
  write(journal, CHECKPOINTED);
  journal.snapshot(journal.start.market, journal.queries.headAt(CHECKPOINTED) ?? '');
  journal.close();
  journal = openJournal(dir);
  write(journal, LAST);
  const whole = tell(journal);
  journal.close();
  return { dir, whole };
}

/** As after a kill: the second half is in the log only. */
export function killedLedger(name: string): Files {
  const dir = path.join(root, name);
  let journal = openJournal(dir);
  write(journal, CHECKPOINTED);
  journal.close();
  journal = openJournal(dir);
  write(journal, LAST);
  const whole = tell(journal);
  const left = `${dir}.left`;
  fs.cpSync(dir, left, { recursive: true });
  journal.close();
  return { dir: left, whole };
}

/** Everything that can be asked of a journal. */
export interface Told {
  seq: number;
  head: string;
  state: string;
  /** By seq: the event, its head, its stored reply, its transfers. */
  at: string[];
  /** By conversation, agent and lease: what is found through indexes. Depends on later events. */
  archive: string;
  attribution: string;
}

export function tell(journal: Journal): Told {
  const { queries: q } = journal;
  const events = q.eventsFrom(0, 1e6);
  const { rows } = q.transfers({}, { seq: 0, n: 0 }, 1e6);
  const at = events.map((e, i) => {
    const seq = i + 1;
    const { input, key, scope } = replyOf(seq, '');
    const reply = journal.recall({ scope, key, input });
    const moved = rows.filter((r) => r.seq === seq);
    return sha256(JSON.stringify([e, q.headAt(seq), reply, moved]));
  });
  const { market } = journal.start;
  const ids = events.flatMap((e) => (e.type === 'cfp-opened' ? [e.cfpId] : []));
  const agents = events.flatMap((e) => (e.type === 'agent-registered' ? [e.agentId] : []));
  const leases = events.flatMap((e) => (e.type === 'awarded' ? [e.leaseId] : []));
  const page = { seq: 0, n: 0 };
  const archive = [
    ...ids.map((id) => [q.eventsOf(id), q.transfers({ cfpId: id }, page, 1e6)]),
    ...agents.map((agentId) => [
      q.transfers({ agentId }, page, 1e6),
      q.transfers({ visibleTo: agentId }, page, 1e6),
    ]),
    ...leases.map((id) => [q.lease(id), q.transfers({ leaseId: id }, page, 1e6)]),
    q.flow(0, 60_000),
  ];
  return {
    seq: market.seq,
    head: q.headAt(market.seq) ?? '',
    state: sha256(canonical(market)),
    at,
    archive: sha256(JSON.stringify(archive)),
    attribution: JSON.stringify(q.attribution(['agent', 'project', 'resource'])),
  };
}

/** What became of opening damaged files: refused by name, or opened and checked to the end. */
export type Outcome = { refused: JournalError } | { told: Told };

export function open(dir: string): Outcome {
  let journal: Journal | null = null;
  try {
    journal = openJournal(dir);
    while (journal.verifyMore(1000));
    return { told: tell(journal) };
  } catch (e) {
    if (e instanceof JournalError) return { refused: e };
    throw e;
  } finally {
    journal?.close();
  }
}

let copies = 0;
/** A copy of a ledger's files to be damaged by `change`; removed when `look` is done. */
export function damaged<T>(
  from: string,
  change: (dir: string) => void,
  look: (dir: string) => T,
): T {
  const dir = path.join(root, `copy${++copies}`);
  fs.cpSync(from, dir, { recursive: true });
  try {
    change(dir);
    return look(dir);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

export function flip(file: string, offset: number, bit: number): void {
  const fd = fs.openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  fs.readSync(fd, byte, 0, 1, offset);
  byte[0] = (byte[0] ?? 0) ^ (1 << bit);
  fs.writeSync(fd, byte, 0, 1, offset);
  fs.closeSync(fd);
}
