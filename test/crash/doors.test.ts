// Goal: a host begins only on a ledger that is its own and sound, and a backup is as good as the
// ledger was. Method: a second host on one data directory; hosts on ledgers that are damaged, cut
// short or too new; backups taken while clients make deals, opened, checked, put in place. Check:
// the exit code and the message name the case and the way out; a backup folds to a state on the
// running ledger's own chain, with sound books, and a host serves it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { openJournal } from '../../core/host/journal/journal.ts';
import {
  type Ended,
  newDataDir,
  startHost,
  type TestHost,
  trialBalance,
  tryHost,
} from '../gateway/support.ts';
import { isAlive } from '../cli/support.ts';
import { CHECKPOINTED, closedLedger, LAST, rngOf, root, SEED, write } from './files.ts';
import { dealers, parties } from './load.ts';

async function ended(dataDir: string): Promise<Ended> {
  const host = await tryHost({ dataDir });
  assert.ok('code' in host, 'it started');
  return host;
}

test('a second host on the same data is refused, and harms nothing', async () => {
  const host = await startHost();
  const before = await host.seq();
  const second = await ended(host.dataDir);
  assert.equal(second.code, 3);
  assert.match(second.stderr, /another Haggle host is using .*; stop it first/u);
  assert.ok(second.stderr.includes(host.dataDir));
  assert.equal(second.stdout, '');
  assert.equal(await host.seq(), before);
  await host.operator.post('/v1/agents', { name: 'still here' }, 201);
  const next = await host.restart();
  await trialBalance(next);
  assert.equal(await next.end('SIGTERM'), 0);
});

test('damage that a start does not read ends the host soon after, by its name', async () => {
  const dir = newDataDir();
  fs.cpSync(closedLedger('rotten').dir, dir, { recursive: true });
  const db = new Database(path.join(dir, 'haggle.db'));
  const rule = db.prepare(`SELECT sql FROM sqlite_schema WHERE name = 'transfer_no_update'`);
  const sql = String(rule.pluck().get());
  db.exec(`DROP TRIGGER transfer_no_update;
    UPDATE transfer SET amount = amount + 1 WHERE seq = (SELECT min(seq) FROM transfer); ${sql}`);
  db.close();
  const host = await startHost({ dataDir: dir });
  while (isAlive(host.pid)) await sleep(20);
  assert.equal(await host.end(), 4, host.stderr());
  assert.match(host.stderr(), /damaged.*Restore a backup/u);
  assert.ok(!host.stderr().includes('    at '), host.stderr());
});

suite('a ledger that cannot be trusted keeps its host from starting', () => {
  const sound = closedLedger('sound');
  const withSql = (sql: string) => (dir: string) => {
    const db = new Database(path.join(dir, 'haggle.db'));
    db.exec(sql);
    db.close();
  };
  const older = (dir: string): void => {
    fs.rmSync(path.join(dir, 'haggle.db'));
    fs.renameSync(path.join(dir, 'haggle.mark'), path.join(dir, 'kept'));
    const journal = openJournal(dir);
    write(journal, CHECKPOINTED);
    journal.close();
    fs.renameSync(path.join(dir, 'kept'), path.join(dir, 'haggle.mark'));
  };
  const zeroed = (dir: string): void => {
    const file = path.join(dir, 'haggle.db');
    const bytes = fs.readFileSync(file);
    fs.writeFileSync(file, bytes.fill(0, 4096, bytes.length / 2));
  };
  const cases: [string, (dir: string) => void, RegExp][] = [
    ['an older copy', older, new RegExp(`event ${LAST} was acknowledged.*delete haggle.mark`, 'u')],
    ['half of it is zeros', zeroed, /damaged.*Restore a backup: .*copy one of backups/u],
    ['a newer schema', withSql('PRAGMA user_version = 99'), /schema 99.*Update Haggle/u],
    ['another program’s file', withSql('PRAGMA application_id = 1'), /not a Haggle ledger/u],
  ];
  for (const [name, change, message] of cases) {
    test(name, async () => {
      const dir = newDataDir();
      fs.cpSync(sound.dir, dir, { recursive: true });
      change(dir);
      const { code, stderr, stdout } = await ended(dir);
      assert.equal(code, 4, stderr);
      assert.match(stderr, message);
      assert.ok(!stderr.includes('    at '), `a message, not a stack: ${stderr}`);
      assert.equal(stdout, '');
    });
  }
});

suite('backups', () => {
  test('taken during load they open, fold to a state of the running ledger, and can be put in place', async (t) => {
    t.diagnostic(`HAGGLE_SEED=${SEED}`);
    const host = await startHost({ clock: 'real' });
    const load = dealers(host.url, await parties(host, 4), 4, rngOf(21));
    const files: string[] = [];
    for (let i = 0; i < 4; i++) {
      const had = load.acks.length;
      while (load.acks.length < had + 40) await sleep(5);
      const body = {};
      const { backup } = await host.operator.post<{ backup: { file: string } }>(
        '/v1/backups',
        body,
        201,
      );
      files.push(path.join(host.dataDir, backup.file));
    }
    await load.stop();
    const ends = await Promise.all(files.map((file, i) => inspect(host, file, i)));
    assert.deepEqual(
      ends,
      [...ends].sort((a, b) => a - b),
      'each backup has what the former had',
    );
    assert.ok((ends[0] ?? 0) > 50 && (ends[0] ?? 0) < (ends.at(-1) ?? 0));
    await host.end();
    await serves(host.dataDir, files[2] ?? '', ends[2] ?? 0);
  });
});

/** Opens a backup as a ledger of its own; its last event must be one of the running host's. */
async function inspect(host: TestHost, file: string, nth: number): Promise<number> {
  const dir = path.join(root, `backup${nth}`);
  fs.mkdirSync(dir);
  fs.copyFileSync(file, path.join(dir, 'haggle.db'));
  assert.equal(fs.statSync(file).mode & 0o077, 0, 'nobody else can read it');
  const journal = openJournal(dir);
  while (journal.verifyMore(1000));
  const { market, head } = journal.start;
  journal.close();
  const receipt = { seq: market.seq, head };
  const { valid } = await host.operator.post<{ valid: boolean }>('/v1/receipts/verify', receipt);
  assert.ok(valid, `the head of backup ${nth} was never the ledger's`);
  return market.seq;
}

/** As the message about a damaged ledger says to do it. */
async function serves(dataDir: string, file: string, seq: number): Promise<void> {
  fs.copyFileSync(file, path.join(dataDir, 'haggle.db'));
  fs.rmSync(path.join(dataDir, 'haggle.db-wal'), { force: true });
  const early = await ended(dataDir);
  assert.equal(early.code, 4);
  assert.match(early.stderr, /delete haggle\.mark/u);
  fs.rmSync(path.join(dataDir, 'haggle.mark'));
  const host = await startHost({ clock: 'real', dataDir });
  assert.ok((await host.seq()) >= seq);
  await trialBalance(host);
  const { agents } = await host.operator.get<{ agents: { name: string }[] }>('/v1/agents');
  assert.ok(agents.some((a) => a.name === 'party 3'));
  assert.equal(await host.end('SIGTERM'), 0);
}
