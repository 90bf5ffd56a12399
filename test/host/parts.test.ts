// Goal: the small parts of the host keep their promises: tokens, the default folder, kept output,
// figures. Method: each alone, with what surrounds it replaced by a few lines. Check: whole values,
// and what must not happen: a stranger's token that fits, output twice or without bound.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import { LIMITS } from '../../core/engine/base/limits.ts';
import { createMarket } from '../../core/engine/market/state.ts';
import { defaultDataDir } from '../../core/host/data-dir.ts';
import type { Executor, JobReport, JobSpec, OutputEvent } from '../../core/host/exec/types.ts';
import { openKeys } from '../../core/host/keys.ts';
import { createMetrics } from '../../core/host/metrics.ts';
import { keepOutput, type OutputHistory } from '../../core/host/output-history.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-parts-'));
after(() => fs.rmSync(root, { recursive: true, force: true }));
let folders = 0;
const folder = (): string => {
  const dir = path.join(root, `${++folders}`);
  fs.mkdirSync(dir);
  return dir;
};

suite('keys', () => {
  test('know the operator and every agent again, and nobody else', () => {
    const dir = folder();
    const keys = openKeys(dir);
    const ann = keys.agentToken('agt_1');
    assert.deepEqual(keys.identify(keys.operatorToken), { kind: 'operator' });
    assert.deepEqual(keys.identify(ann), { kind: 'agent', id: 'agt_1' });
    assert.deepEqual(keys.identify(ann), { kind: 'agent', id: 'agt_1' }, 'also the second time');
    const strangers = [
      '',
      '.',
      'agt_1',
      'agt_1.',
      ann.slice(0, -1),
      `${ann}x`,
      ann.replace('agt_1', 'agt_2'),
      keys.operatorToken.slice(0, -1),
      `op_${ann.slice(6)}`,
      `agt_1.${keys.operatorToken.slice(3)}`,
      'x'.repeat(100_000),
    ];
    for (const token of strangers) assert.equal(keys.identify(token), null, token.slice(0, 60));
  });

  test('stay the same over a restart and differ between data directories', () => {
    const dir = folder();
    const [first, again, other] = [openKeys(dir), openKeys(dir), openKeys(folder())];
    assert.equal(again.operatorToken, first.operatorToken);
    assert.equal(again.agentToken('agt_1'), first.agentToken('agt_1'));
    assert.notEqual(other.operatorToken, first.operatorToken);
    assert.equal(other.identify(first.agentToken('agt_1')), null);
  });

  test('a key that was being written when its host was killed is made anew', () => {
    const dir = folder();
    fs.writeFileSync(path.join(dir, 'secret.key.part'), 'ab');
    const keys = openKeys(dir);
    assert.equal(openKeys(dir).operatorToken, keys.operatorToken);
    assert.deepEqual(fs.readdirSync(dir).sort(), ['operator.token', 'secret.key']);
  });

  test('lie in files that only their owner can read, also where they could be read before', () => {
    const dir = folder();
    const { operatorToken, operatorTokenFile } = openKeys(dir);
    fs.chmodSync(operatorTokenFile, 0o644);
    openKeys(dir);
    for (const file of [operatorTokenFile, path.join(dir, 'secret.key')]) {
      assert.equal(fs.statSync(file).mode & 0o777, 0o600, file);
    }
    assert.equal(fs.readFileSync(operatorTokenFile, 'utf8'), `${operatorToken}\n`);
  });

  test('refuse a secret that is damaged, instead of locking everybody out with a new one', () => {
    const dir = folder();
    openKeys(dir);
    const file = path.join(dir, 'secret.key');
    fs.writeFileSync(file, 'abc');
    assert.throws(() => openKeys(dir), /secret\.key is damaged; restore it or remove it/u);
    assert.equal(fs.readFileSync(file, 'utf8'), 'abc');
  });
});

test('the default data directory follows the environment, then the platform', () => {
  assert.equal(defaultDataDir({ HAGGLE_DATA_DIR: '/some/where' }), path.resolve('/some/where'));
  if (process.platform !== 'linux') return;
  assert.equal(defaultDataDir({ XDG_DATA_HOME: '/xdg' }), '/xdg/haggle');
  assert.equal(defaultDataDir({}), path.join(os.homedir(), '.local/share/haggle'));
});

/** An executor whose jobs write what the test says. */
function fakeExecutor(): {
  executor: Executor;
  write(id: string, text: string): void;
  end(id: string): void;
} {
  const followers = new Map<string, (event: OutputEvent) => void>();
  const executor = {
    start: (spec: JobSpec) => ({ ok: spec.leaseId !== 'bad', pid: 1, why: { code: 'closed' } }),
    follow: (id: string, listener: (event: OutputEvent) => void) => {
      followers.set(id, listener);
      return () => {};
    },
    stop: () => true,
    renew: () => true,
    capabilities: () => ({ time: 'cgroup' }),
  } as unknown as Executor;
  return {
    executor,
    write: (id, text) => followers.get(id)?.({ kind: 'output', stream: 'stdout', text }),
    end: (id) => followers.get(id)?.({ kind: 'end', report: {} as JobReport }),
  };
}
const start = (history: OutputHistory, leaseId: string): boolean =>
  history.executor.start({ leaseId } as JobSpec, () => {}).ok;
const textOf = (history: OutputHistory, id: string, from = 0): string =>
  history
    .since(id, from)
    .map((part) => part.text)
    .join('');

suite('the output of jobs', () => {
  test('reaches a reader whole and once, wherever it begins to read', () => {
    const job = fakeExecutor();
    const history = keepOutput(job.executor);
    assert.ok(start(history, 'a'));
    let told = 0;
    const stop = history.listen('a', () => told++);
    job.write('a', 'one ');
    job.write('a', 'two');
    assert.equal(textOf(history, 'a'), 'one two');
    assert.equal(textOf(history, 'a', 2), 'e two', 'in the middle of a part');
    assert.deepEqual(history.since('a', 7), []);
    assert.ok(history.isLive('a'));
    job.end('a');
    assert.equal(told, 3, 'once for each piece, and for the end');
    stop();
    assert.deepEqual([history.isLive('a'), textOf(history, 'a')], [false, 'one two']);
  });

  test('is bounded for one job: the front goes, positions stay', () => {
    const job = fakeExecutor();
    const history = keepOutput(job.executor);
    start(history, 'a');
    const line = 'x'.repeat(1000);
    const lines = Math.ceil((2 * LIMITS.jobLogBytesMax) / line.length);
    for (let i = 0; i < lines; i++) job.write('a', line);
    const [first] = history.since('a', 0);
    const kept = textOf(history, 'a').length;
    assert.ok(kept <= LIMITS.jobLogBytesMax && kept > LIMITS.jobLogBytesMax / 2);
    assert.equal((first?.at ?? 0) + kept, lines * line.length);
  });

  test('is bounded for all that have ended: the oldest goes, those that run stay', () => {
    const job = fakeExecutor();
    const history = keepOutput(job.executor);
    start(history, 'running');
    job.write('running', 'still here');
    const much = 'y'.repeat(LIMITS.jobLogBytesMax / 2);
    for (let i = 0; i < 40; i++) {
      start(history, `job ${i}`);
      job.write(`job ${i}`, much);
      job.end(`job ${i}`);
    }
    const left = Array.from({ length: 40 }, (_, i) => textOf(history, `job ${i}`).length);
    assert.ok(left.reduce((a, b) => a + b, 0) <= LIMITS.endedOutputBytesMax);
    assert.deepEqual(
      [left[0], left[39], textOf(history, 'running')],
      [0, much.length, 'still here'],
    );
  });

  test('is bounded by number too: a job that printed nothing is not kept for ever', () => {
    const job = fakeExecutor();
    const history = keepOutput(job.executor);
    for (let i = 0; i <= LIMITS.endedJobsKept; i++) {
      start(history, `job ${i}`);
      job.end(`job ${i}`);
    }
    assert.deepEqual([history.text('job 0'), history.text('job 1')], [null, '']);
  });

  test('of a job that did not start there is none', () => {
    const history = keepOutput(fakeExecutor().executor);
    assert.equal(start(history, 'bad'), false);
    assert.deepEqual([history.since('bad', 0), history.isLive('bad')], [[], false]);
    assert.equal(history.text('bad'), null);
  });
});

suite('metrics', () => {
  const more = { streams: 1, screens: 2, jobs: 3, skewMs: -4 };

  test('count commits into buckets that add up, and replies by status', () => {
    const metrics = createMetrics(() => 0);
    for (const ms of [0.4, 2, 2, 40, 5000]) metrics.countCommit(3, ms);
    for (const status of [200, 409, 200]) metrics.countReply(status);
    const lines = metrics.text(createMarket(), more).trimEnd().split('\n');
    const value = (name: string): number =>
      Number(
        lines
          .find((line) => line.startsWith(`haggle_${name} `))
          ?.split(' ')
          .at(-1),
      );
    const bucket = (le: string): number => value(`commit_seconds_bucket{le="${le}"}`);
    assert.deepEqual(['0.0005', '0.0025', '0.05', '1', '+Inf'].map(bucket), [1, 3, 4, 4, 5]);
    assert.deepEqual([value('commit_seconds_count'), value('events_total')], [5, 15]);
    assert.ok(Math.abs(value('commit_seconds_sum') - 5.0444) < 1e-9);
    const replies = [200, 409].map((s) => value(`http_replies_total{status="${s}"}`));
    assert.deepEqual(replies, [2, 1]);
    const gauges = ['event_streams', 'screens', 'jobs', 'clock_skew_ms', 'trial_balance'].map(
      value,
    );
    assert.deepEqual(gauges, [1, 2, 3, -4, 0]);
  });

  test('are text that Prometheus reads: each series is announced once', () => {
    const lines = createMetrics(() => 0)
      .text(createMarket(), more)
      .split('\n');
    const types = lines
      .filter((line) => line.startsWith('# TYPE'))
      .map((line) => line.split(' ')[2]);
    assert.equal(new Set(types).size, types.length);
    for (const line of lines.filter((one) => one !== '' && !one.startsWith('#'))) {
      assert.match(line, /^haggle_[a-z_]+(\{[a-z]+="[^"]*"\})? -?\d+(\.\d+)?(e[+-]?\d+)?$/u);
    }
  });

  test('of the last moment are since the last look, and none without a commit', () => {
    let now = 0;
    const metrics = createMetrics(() => now);
    for (const ms of [3, 1, 2]) metrics.countCommit(10, ms);
    now = 2000;
    assert.deepEqual(metrics.recent(), { eventsPerS: 15, commitMs: { p50: 2, max: 3 } });
    now = 3000;
    assert.deepEqual(metrics.recent(), { eventsPerS: 0, commitMs: null });
  });
});
