// Goal: a damaged ledger is never taken for a sound one. Method: the files of a market that has
// lived through everything are cut short, get flipped bits, lose or gain rows, or are mixed with
// older ones. Check: opening them, and checking them to the end as a running host does, gives
// exactly what was written (state, events, replies, transfers, and whatever an index finds) or
// refuses with an error of its name, exit code 4 and a way out. HAGGLE_SEED repeats a run.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, suite, test } from 'node:test';
import Database from 'better-sqlite3';
import { openJournal } from '../../core/host/journal/journal.ts';
import { SCHEMA_VERSION } from '../../core/host/journal/schema.ts';
import { sha256 } from '../../core/host/journal/recover.ts';
import {
  CHECKPOINTED,
  closedLedger,
  damaged,
  type Files,
  flip,
  killedLedger,
  LAST,
  open,
  type Outcome,
  replyOf,
  rngOf,
  root,
  SEED,
  STATES,
  write,
} from './files.ts';

const [DB, WAL, MARK] = ['haggle.db', 'haggle.db-wal', 'haggle.mark'];
let closed: Files;
let killed: Files;
before(() => {
  closed = closedLedger('closed');
  killed = killedLedger('killed');
  assert.deepEqual(killed.whole, closed.whole);
  assert.equal(closed.whole.state, STATES[LAST]);
  assert.ok(fs.statSync(path.join(killed.dir, WAL)).size > 100_000);
});

const sizeOf = (files: Files, name: string): number => fs.statSync(path.join(files.dir, name)).size;

/** Refused by name with a way out, or exactly what was written up to where it ends. */
function judge(
  outcome: Outcome,
  whole: Files['whole'],
  what: string,
): 'refused' | 'whole' | number {
  const where = `${what} (HAGGLE_SEED=${SEED})`;
  if ('refused' in outcome) {
    const { exitCode, code, message } = outcome.refused;
    assert.equal(exitCode, 4, `${where}: ${code}`);
    assert.match(
      message,
      /Restore a backup|Update Haggle|not a Haggle|delete haggle\.mark/u,
      where,
    );
    return 'refused';
  }
  const { told } = outcome;
  if (told.seq === whole.seq) {
    assert.deepEqual(told, whole, where);
    return 'whole';
  }
  assert.equal(told.state, STATES[told.seq], where);
  assert.deepEqual(told.at, whole.at.slice(0, told.seq), where);
  return told.seq;
}

function withoutTriggers(file: string, sql: string): void {
  const db = new Database(file);
  const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers as { name: string }[]) db.exec(`DROP TRIGGER ${name}`);
  db.pragma('foreign_keys = OFF');
  assert.ok(db.prepare(sql).run().changes > 0, sql);
  for (const trigger of triggers as { sql: string }[]) db.exec(trigger.sql);
  db.close();
}

/** More in a longer run: FLIPS=8000. */
const FLIPS = Number(process.env.FLIPS ?? 600);

const noMark = (dir: string): void => fs.rmSync(path.join(dir, MARK));

suite('a torn log', () => {
  test('without a head mark it gives a prefix with all that was checkpointed', (t) => {
    const size = sizeOf(killed, WAL);
    const rng = rngOf(1);
    const cuts = Array.from({ length: 80 }, (_, i) =>
      i % 2 === 0 ? Math.floor((size * i) / 80) : rng.below(size),
    );
    let former = CHECKPOINTED;
    const ends = new Set<number>();
    for (const cut of cuts.sort((a, b) => a - b)) {
      const change = (dir: string): void => {
        noMark(dir);
        fs.truncateSync(path.join(dir, WAL), cut);
      };
      const end = damaged(killed.dir, change, (dir) =>
        judge(open(dir), killed.whole, `cut ${cut}`),
      );
      assert.equal(typeof end, 'number', `cut ${cut}`);
      assert.ok(Number(end) >= former, `a longer log gives no less: ${end} after ${former}`);
      former = Number(end);
      ends.add(former);
    }
    t.diagnostic(`HAGGLE_SEED=${SEED}: ${cuts.length} cuts end at ${ends.size} different events`);
    assert.ok(ends.size > 10);
  });

  test('with the head mark beside it is refused, because acknowledged commands are missing', () => {
    const rng = rngOf(2);
    for (let i = 0; i < 20; i++) {
      const cut = rng.below(sizeOf(killed, WAL) - 4096);
      const change = (dir: string): void => fs.truncateSync(path.join(dir, WAL), cut);
      const outcome = damaged(killed.dir, change, open);
      assert.ok('refused' in outcome, `cut ${cut} (HAGGLE_SEED=${SEED})`);
      assert.equal(outcome.refused.code, 'shortened');
      assert.match(outcome.refused.message, /lost commits.*was acknowledged/u);
    }
  });

  test('flipped bits in it shorten it at most, and the mark tells', () => {
    const rng = rngOf(3);
    const found = { refused: 0, whole: 0, prefix: 0 };
    for (let i = 0; i < 120; i++) {
      const [offset, bit, marked] = [rng.below(sizeOf(killed, WAL)), rng.below(8), i % 2 === 0];
      const change = (dir: string): void => {
        if (!marked) noMark(dir);
        flip(path.join(dir, WAL), offset, bit);
      };
      const what = `bit ${bit} of byte ${offset}`;
      const end = damaged(killed.dir, change, (dir) => judge(open(dir), killed.whole, what));
      if (marked)
        assert.ok(typeof end === 'string', `${what}: commits are missing, nobody said so`);
      found[typeof end === 'string' ? end : 'prefix']++;
    }
    assert.ok(found.refused > 20 && found.prefix > 20, JSON.stringify(found));
  });
});

suite('flipped bits in the database', () => {
  test('nothing that is used differs, or the ledger is refused', (t) => {
    const size = sizeOf(closed, DB);
    const rng = rngOf(4);
    const found = { refused: 0, whole: 0, prefix: 0 };
    for (let i = 0; i < FLIPS; i++) {
      // The header is small and every byte of it counts; a page's first bytes rule the page.
      const page = 4096 * rng.below(size / 4096);
      const offset = i < 100 ? i : i % 4 === 0 ? page + rng.below(64) : rng.below(size);
      const bit = rng.below(8);
      const change = (dir: string): void => flip(path.join(dir, DB), offset, bit);
      const what = `bit ${bit} of byte ${offset}`;
      const end = damaged(closed.dir, change, (dir) => judge(open(dir), closed.whole, what));
      found[typeof end === 'string' ? end : 'prefix']++;
    }
    t.diagnostic(`HAGGLE_SEED=${SEED}: ${JSON.stringify(found)}`);
    assert.ok(found.refused > 100 && found.whole > 50 && found.prefix === 0);
  });

  test('in a stored reply: whoever asks again gets the same bytes, or no host', () => {
    const { body } = replyOf(40, '');
    const file = fs.readFileSync(path.join(closed.dir, DB));
    const start = body.slice(0, 20);
    const change = (dir: string): void => {
      // Pages that were given up may hold it too.
      let at = file.indexOf(start);
      assert.ok(at > 0);
      for (; at > 0; at = file.indexOf(start, at + 1)) flip(path.join(dir, DB), at + 12, 0);
    };
    damaged(closed.dir, change, (dir) => {
      const journal = openJournal(dir);
      const { scope, key, input } = replyOf(40, '');
      assert.throws(() => journal.recall({ scope, key, input }), /reply stored for key key 40/u);
      journal.close();
    });
  });
});

suite('rows that were changed by hand', () => {
  /** The triggers stop SQL that means no harm; here they are set aside for a moment. */
  const changed = (sql: string): Outcome =>
    damaged(closed.dir, (dir) => withoutTriggers(path.join(dir, DB), sql), open);
  const LATE = `(SELECT seq FROM event WHERE type = 'awarded' ORDER BY seq DESC LIMIT 1)`;
  const EARLY = `(SELECT seq FROM event WHERE type = 'awarded' ORDER BY seq LIMIT 1)`;
  const cases: [string, string, 'broken' | 'shortened'][] = [
    ['the last events are gone', `DELETE FROM event WHERE seq > ${LAST - 5}`, 'shortened'],
    ['an event is gone', `DELETE FROM event WHERE seq = ${LAST - 9}`, 'broken'],
    ['an event before the snapshot is gone', 'DELETE FROM event WHERE seq = 9', 'broken'],
    [
      'an event says another price',
      `UPDATE event SET body = replace(body, '"price":', '"price":1')
      WHERE seq = ${LATE}`,
      'broken',
    ],
    [
      'an event before the snapshot says another price',
      `UPDATE event SET body = replace(body, '"price":', '"price":1') WHERE seq = ${EARLY}`,
      'broken',
    ],
    ['a head is another one', `UPDATE event SET head = zeroblob(32) WHERE seq = 30`, 'broken'],
    [
      'an event is filed under another call',
      `UPDATE event SET cfp = 'cfp_000000001'
      WHERE seq = ${EARLY}`,
      'broken',
    ],
    ['a transfer is gone', `DELETE FROM transfer WHERE seq = ${EARLY} AND n = 0`, 'broken'],
    [
      'a transfer names another agent',
      `UPDATE transfer SET agent = 'agt_000000002'
      WHERE agent IS NOT NULL`,
      'broken',
    ],
    [
      'a transfer is there twice',
      `INSERT INTO transfer SELECT seq, 99, at, kind, of_seq, of_n, debit,
      credit, amount, code, agent, project, resource, cfp, lease FROM transfer
      WHERE kind = 'posted' LIMIT 1`,
      'broken',
    ],
    [
      'somebody has more than was ever paid to him',
      `UPDATE account SET posted = posted + 1000000 WHERE kind = 'agent'`,
      'broken',
    ],
    [
      'a lease has ended otherwise',
      `UPDATE lease SET state = 'voided' WHERE state = 'settled'`,
      'broken',
    ],
    ['a reply is another one', `UPDATE reply SET body = replace(body, 'about', 'above')`, 'broken'],
    ['a reply has another key', `UPDATE reply SET key = key || 'x'`, 'broken'],
  ];
  for (const [name, sql, code] of cases) {
    test(name, () => {
      const outcome = changed(sql);
      assert.ok('refused' in outcome, 'nobody noticed');
      assert.equal(outcome.refused.code, code, outcome.refused.message);
      judge(outcome, closed.whole, name);
    });
  }

  test('a snapshot that is damaged costs time and no truth', () => {
    for (const sql of [
      'UPDATE snapshot SET head = zeroblob(32)',
      `UPDATE snapshot SET body = replace(body, '"posted":', '"posted":1')`,
      `UPDATE snapshot SET sum = 'none'`,
      'UPDATE snapshot SET seq = 7',
      'DELETE FROM snapshot',
    ]) {
      assert.equal(judge(changed(sql), closed.whole, sql), 'whole');
    }
  });

  test('what is missing at the end is told even when every row that is left fits', () => {
    // Cut at a commit, in all tables, as an old copy of the file would be.
    const dir = path.join(root, 'old');
    const journal = openJournal(dir);
    write(journal, CHECKPOINTED);
    journal.close();
    fs.copyFileSync(path.join(closed.dir, MARK), path.join(dir, MARK));
    const outcome = open(dir);
    assert.ok('refused' in outcome && outcome.refused.code === 'shortened');
    const { message } = outcome.refused;
    assert.match(
      message,
      new RegExp(`ends at event ${CHECKPOINTED}, but event ${LAST} was ack`, 'u'),
    );
    assert.match(message, /delete haggle\.mark .* to go on without/u);
    // What the message offers: going on without them, knowingly.
    noMark(dir);
    const again = open(dir);
    assert.ok('told' in again && again.told.state === STATES[CHECKPOINTED]);
  });

  test('an old database beside a newer log is never a mixture', () => {
    const old = path.join(root, 'before');
    const journal = openJournal(old);
    write(journal, Math.floor(CHECKPOINTED / 2));
    journal.close();
    for (const marked of [true, false]) {
      const change = (dir: string): void => {
        fs.copyFileSync(path.join(old, DB), path.join(dir, DB));
        if (!marked) noMark(dir);
      };
      const end = damaged(killed.dir, change, (dir) => judge(open(dir), killed.whole, 'old file'));
      assert.equal(end, 'refused');
    }
  });
});

suite('files of another make', () => {
  const opened = (change: (dir: string) => void): Outcome => damaged(closed.dir, change, open);
  const withSql = (sql: string) => (dir: string) => {
    const db = new Database(path.join(dir, DB)).unsafeMode();
    db.exec(sql);
    db.close();
  };

  test('a ledger of a newer Haggle is refused by its number', () => {
    const outcome = opened(withSql(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`));
    assert.ok('refused' in outcome && outcome.refused.code === 'too-new');
    const { message, exitCode } = outcome.refused;
    assert.equal(exitCode, 4);
    assert.match(message, new RegExp(`schema ${SCHEMA_VERSION + 1}.*knows ${SCHEMA_VERSION}`, 'u'));
  });

  test('somebody else’s database, and no database, are refused and left alone', () => {
    const others = opened(withSql('PRAGMA application_id = 7'));
    assert.ok('refused' in others && others.refused.code === 'not-ours');
    const text = 'once upon a time there was a file of some other kind '.repeat(100);
    damaged(
      closed.dir,
      (dir) => fs.writeFileSync(path.join(dir, DB), text),
      (dir) => {
        const outcome = open(dir);
        assert.ok('refused' in outcome && outcome.refused.exitCode === 4);
        assert.equal(fs.readFileSync(path.join(dir, DB), 'utf8'), text);
      },
    );
  });

  test('a ledger without one of its rules is refused', () => {
    for (const sql of [
      'DROP TRIGGER transfer_no_update',
      'DROP INDEX transfer_of',
      `PRAGMA writable_schema = 1;
       UPDATE sqlite_schema SET sql = replace(sql, 'amount > 0', 'amount > -9')`,
    ]) {
      const outcome = opened(withSql(sql));
      assert.ok('refused' in outcome && outcome.refused.code === 'broken', sql);
    }
  });

  test('a ledger of the first schema is taken over with all that is in it', () => {
    const change = withSql(`
      ALTER TABLE reply DROP COLUMN sum;
      PRAGMA user_version = 1`);
    damaged(closed.dir, change, (dir) => {
      assert.equal(judge(open(dir), closed.whole, 'first schema'), 'whole');
      const db = new Database(path.join(dir, DB));
      assert.equal(db.pragma('user_version', { simple: true }), SCHEMA_VERSION);
      db.close();
    });
  });

  test('the chain is SHA-256 over the texts, so that anybody can check it', () => {
    const db = new Database(path.join(closed.dir, DB), { readonly: true });
    const rows = db.prepare('SELECT body, head FROM event ORDER BY seq').all();
    db.close();
    let head = '0'.repeat(64);
    for (const row of rows as { body: string; head: Buffer }[]) {
      head = sha256(head + row.body);
      assert.equal(row.head.toString('hex'), head);
    }
    assert.equal(head, closed.whole.head);
  });
});
