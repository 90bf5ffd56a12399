// Goal: a disk that is full, or that fails, costs no acknowledged command. Method: the data
// directory lies on a small file system that is filled up, or a library loaded into the host lets
// syncing or writing fail, each while clients make deals over HTTP. Check: full: writes are refused
// with storage-full, reads go on, a host can be started there, and all goes on when there is room.
// Failing: nothing more is acknowledged, the host ends with code 5, and the next has everything.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemOf } from '../gateway/client.ts';
import { startHost, type TestHost, trialBalance } from '../gateway/support.ts';
import { rngOf, root, SEED } from './files.ts';
import { allThere, dealers, type Load, parties } from './load.ts';

const WAIT_MAX_MS = 15_000;
const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const late = performance.now() + WAIT_MAX_MS;
  while (!(await holds())) {
    assert.ok(performance.now() < late, `not ${what} after ${WAIT_MAX_MS} ms`);
    await sleep(10);
  }
};
const status = async (host: TestHost): Promise<string> =>
  (await host.operator.get<{ status: string }>('/v1/health')).status;

/** A file system of this many MiB in a folder, or why there can be none. */
function mount(dir: string, mebibytes: number): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  const argv = ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'haggle-test', dir];
  const { status: code, stderr, error } = spawnSync('mount', argv, { encoding: 'utf8' });
  return code === 0 ? null : `cannot mount a small file system: ${error?.message ?? stderr.trim()}`;
}

/** Fills a file until not a byte more goes in. */
function fill(file: string): void {
  const fd = fs.openSync(file, 'a');
  try {
    for (let size = 1 << 20; size >= 1;) {
      try {
        fs.writeSync(fd, Buffer.alloc(size));
      } catch {
        size >>= 1;
      }
    }
  } finally {
    fs.closeSync(fd);
  }
}

const small = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-small-'));
const noMount = mount(small, 24);
after(() => {
  if (noMount === null) spawnSync('umount', ['-l', small]);
  fs.rmdirSync(small);
});

suite('a full disk', { skip: noMount ?? false }, () => {
  const ballast = path.join(small, 'ballast');
  let host: TestHost;
  let load: Load;
  let port: number;
  let refused = 0;

  before(async () => {
    host = await startHost({ clock: 'real', dataDir: path.join(small, 'data') });
    port = Number(new URL(host.url).port);
    load = dealers(host.url, await parties(host, 4), 4, rngOf(11));
    await until('under load', () => load.acks.length > 100);
  });

  async function full(): Promise<void> {
    fill(ballast);
    await until('full', async () => {
      fill(ballast); // what a log that was rolled back gave free
      return (await status(host)) === 'storage-full';
    });
  }

  async function refusesAndReads(): Promise<void> {
    const reply = await host.operator.send('POST', '/v1/agents', {
      body: { name: 'too late' },
      key: `too late ${refused++}`,
    });
    const { code, status: number } = problemOf(reply);
    assert.deepEqual([code, number], ['storage-full', 507]);
    const seq = await host.seq();
    await trialBalance(host);
    const { agents } = await host.operator.get<{ agents: unknown[] }>('/v1/agents');
    assert.ok(agents.length >= 4);
    await host.operator.get('/v1/ledger/transfers');
    assert.equal(await host.seq(), seq, 'nothing happens on a full disk');
  }

  async function goesOn(): Promise<void> {
    fs.rmSync(ballast);
    await until('well again', async () => (await status(host)) === 'ok');
    const had = load.acks.length;
    await until('under load again', () => load.acks.length > had + 50);
  }

  test('refuses writes, still reads, and goes on by itself when there is room', async (t) => {
    t.diagnostic(`HAGGLE_SEED=${SEED}`);
    for (let round = 0; round < 2; round++) {
      await full();
      await refusesAndReads();
      await goesOn();
    }
    // The key of a refused request was not used up.
    const body = { name: 'too late' };
    const reply = await host.operator.send('POST', '/v1/agents', { body, key: 'too late 0' });
    assert.equal(reply.status, 201, reply.text);
  });

  test('a host that is killed there can be started there', async () => {
    await full();
    host = await host.restart({ port });
    await trialBalance(host);
    await full();
    await refusesAndReads();
    await goesOn();
  });

  test('nothing that was acknowledged is lost', async () => {
    await load.stop();
    assert.equal(await host.end('SIGTERM'), 0);
    host = await startHost({ clock: 'real', dataDir: path.join(small, 'data'), port });
    await allThere(host, load.acks);
    assert.equal(await host.end('SIGTERM'), 0);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The library that lets a disk fail, or why there is none. */
function shim(): { file: string } | string {
  if (process.platform !== 'linux') return 'needs Linux';
  const file = path.join(root, 'io-fault.so');
  const source = path.join(import.meta.dirname, 'io-fault.c');
  const argv = ['-shared', '-fPIC', '-O1', '-o', file, source, '-ldl'];
  const { status: code, stderr, error } = spawnSync('gcc', argv, { encoding: 'utf8' });
  return code === 0 ? { file } : `cannot compile the shim: ${error?.message ?? stderr.trim()}`;
}
const built = shim();

suite('a disk that fails', { skip: typeof built === 'string' ? built : false }, () => {
  for (const [how, what] of [
    ['s', 'syncing'],
    ['w', 'writing'],
  ] as const) {
    test(`${what}: stops the host before it acknowledges anything`, async (t) => {
      t.diagnostic(`HAGGLE_SEED=${SEED}`);
      const fault = path.join(root, `fault-${how}`);
      const LD_PRELOAD = typeof built === 'string' ? '' : built.file;
      const env = { LD_PRELOAD, HAGGLE_FAULT: fault };
      let host = await startHost({ clock: 'real', dataDir: path.join(root, `disk-${how}`), env });
      const port = Number(new URL(host.url).port);
      const load = dealers(host.url, await parties(host, 4), 4, rngOf(12));
      for (let round = 0; round < 3; round++) {
        const had = load.acks.length;
        await until('under load', () => load.acks.length > had + 60);
        fs.writeFileSync(fault, how);
        await until('ended', () => !isAlive(host.pid));
        assert.equal(await host.end(), 5, host.stderr());
        assert.match(host.stderr(), /disk I\/O error/u);
        const acked = load.acks.length;
        fs.rmSync(fault);
        host = await startHost({ clock: 'real', dataDir: host.dataDir, env, port });
        assert.ok(load.acks.length >= acked);
        await trialBalance(host);
      }
      await load.stop();
      host = await host.restart({ port });
      await allThere(host, load.acks);
      assert.equal(await host.end('SIGTERM'), 0);
    });
  }
});
