// The executor's parts that need no process.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { CATALOGUE } from '../../programs/catalogue.ts';
import { type Hold, parseHold } from '../../core/host/exec/hold.ts';
import { usageByPs, usageFromPs } from '../../core/host/exec/measure.ts';
import { Tail } from '../../core/host/exec/output.ts';
import { isAlive, statOf, treeOf } from '../../core/host/exec/proc.ts';
import { resolveRun } from '../../core/host/exec/resolve-run.ts';
import { scheduleOf } from '../../core/host/exec/schedule.ts';
import { endingOf, parseReport, wrapCommand } from '../../core/host/exec/wrap.ts';
import { LINUX } from './exec-support.ts';

const programsDir = path.join(import.meta.dirname, '../../programs');
const place = { node: '/opt/node', programsDir };

describe('resolveRun', () => {
  const resolve = (run: Parameters<typeof resolveRun>[0]) => resolveRun(run, CATALOGUE, place);

  test('a command of the caller', () => {
    const run = { argv: ['make', '-j2'], cwd: '/src', env: ['A=1', 'B=x=y', 'C='] };
    const env = { A: '1', B: 'x=y', C: '' };
    const command = { argv: ['make', '-j2'], cwd: '/src', env };
    assert.deepEqual(resolve(run), { ok: true, command });
    assert.deepEqual(resolve({ argv: ['ls'] }), { ok: true, command: { argv: ['ls'], env: {} } });
  });

  test('a shipped program', () => {
    const found = resolve({ program: 'prime-sieve', args: ['--limit', '100'] });
    const file = path.join(programsDir, 'prime-sieve.ts');
    const argv = ['/opt/node', file, '--limit', '100'];
    assert.deepEqual(found, { ok: true, command: { argv, env: {} } });
    assert.ok(fs.existsSync(file));
  });

  test('anything else is a problem with its field', () => {
    const cases: [Parameters<typeof resolveRun>[0], string, string][] = [
      [{}, 'missing-field', 'run.argv'],
      [{ args: ['x'] }, 'invalid-field', 'run.args'],
      [{ argv: ['x'], args: ['y'] }, 'invalid-field', 'run.args'],
      [{ argv: ['x'], program: 'compress' }, 'invalid-field', 'run.program'],
      [{ program: 'fsck' }, 'invalid-field', 'run.program'],
      [{ program: 'catalogue' }, 'invalid-field', 'run.program'],
      [{ program: 'compress', cwd: '/' }, 'invalid-field', 'run.cwd'],
      [{ program: 'compress', env: ['NODE_OPTIONS=-r /x'] }, 'invalid-field', 'run.env'],
      [{ program: 'compress', args: ['--format', 'zip'] }, 'invalid-field', 'run.args'],
      [{ program: 'compress', args: ['--mebibytes'] }, 'invalid-field', 'run.args'],
      [{ program: 'compress', args: ['--eval', '1'] }, 'invalid-field', 'run.args'],
    ];
    for (const [run, code, field] of cases) {
      const refused = resolve(run);
      assert.ok(!refused.ok, JSON.stringify(run));
      assert.deepEqual([refused.problem.code, refused.problem.field], [code, field]);
    }
  });
});

describe('the schedule of a job', () => {
  test('both ends lie before the deadline, in order, however short the lease is', () => {
    for (const span of [0, 1, 20, 100, 999, 1000, 10_000, 7 * 86_400_000]) {
      const { politeAt, hardAt, deadlineAt } = scheduleOf(5000, 5000 + span);
      assert.ok(5000 <= politeAt && politeAt <= hardAt && hardAt <= deadlineAt, String(span));
      if (span >= 100) assert.ok(politeAt - 5000 >= span / 2, 'half of it is for work');
    }
    const long = scheduleOf(0, 60_000);
    assert.deepEqual(long, { politeAt: 59_250, hardAt: 59_750, deadlineAt: 60_000 });
  });
});

describe('the shell around a command', () => {
  const times = '0m0.001s 0m0.002s\n1m2.500s 0m0.250s\n';

  test('its report', () => {
    assert.deepEqual(parseReport(`rc 0\n${times}`), {
      status: 0,
      saidSignal: false,
      cpuSeconds: 62.75,
    });
    assert.equal(parseReport(`Killed\nrc 137\n${times}`)?.saidSignal, true);
    const german = parseReport('rc 3\n0m0,001s 0m0,002s\n0m2,500s 0m0,250s\n');
    assert.deepEqual([german?.status, german?.cpuSeconds], [3, 2.75]);
    for (const torn of [
      '',
      'rc 0\n',
      'rc 0\n0m0.0s 0m0.0s\n',
      'Killed\n',
      `rc 0\n${times}`.slice(0, -3),
    ]) {
      assert.equal(parseReport(torn), null, JSON.stringify(torn));
    }
  });

  test('from its status to an ending', () => {
    const ending = (status: number, saidSignal: boolean, tells: boolean) => {
      const { exitCode, signal } = endingOf({ status, saidSignal, cpuSeconds: 0 }, tells);
      return exitCode ?? signal;
    };
    assert.equal(ending(7, false, true), 7);
    assert.equal(ending(143, false, true), 143);
    assert.equal(ending(143, true, true), 'SIGTERM');
    assert.equal(ending(143, false, false), 'SIGTERM');
    assert.equal(ending(141, false, true), 'SIGPIPE');
    assert.equal(ending(255, false, false), 255);
    assert.equal(ending(128, false, false), 128);
  });

  test('variables are set inside the fence, after nice', () => {
    const tools = { shell: '/bin/sh', nice: '/usr/bin/nice', unshare: ['/usr/bin/unshare', '-p'] };
    const job = { argv: ['/bin/a=b', 'x'], env: { LD_PRELOAD: 'y' }, nice: 10, cgroup: '/g' };
    const joined = wrapCommand('cgroup', tools, job);
    assert.equal(joined.file, '/usr/bin/nice');
    assert.deepEqual(joined.args.slice(0, 4), ['-n', '10', '/bin/sh', '-c']);
    assert.deepEqual(joined.args.slice(5), [
      'haggle-job',
      '/g',
      'LD_PRELOAD=y',
      '--',
      '/bin/a=b',
      'x',
    ]);
    assert.equal(joined.reports, false);
    const named = wrapCommand('pid-namespace', tools, { ...job, nice: 0, cgroup: null });
    assert.equal(named.file, '/usr/bin/unshare');
    assert.equal(named.reports, true);
    const plain = wrapCommand('process-tree', tools, job);
    assert.deepEqual(plain, { file: '/bin/a=b', args: ['x'], reports: false });
  });
});

describe('a hold', () => {
  const hold: Hold = {
    leaseId: 'lease_1',
    mark: 'lease_1.x.1',
    fence: 'cgroup',
    pid: 500,
    startTicks: 12,
    cgroup: '/sys/fs/cgroup/haggle/lease_1.x.1',
    hardAt: 1,
  };

  test('comes back from JSON as it was', () => {
    assert.deepEqual(parseHold(JSON.parse(JSON.stringify(hold))), hold);
    const unborn = { ...hold, pid: null, startTicks: null, cgroup: null };
    assert.deepEqual(parseHold(unborn), unborn);
  });

  test('that could mean everybody is none', () => {
    const broken = [
      null,
      'x',
      [],
      { ...hold, pid: 1 },
      { ...hold, pid: 0 },
      { ...hold, pid: -1 },
      { ...hold, pid: '500' },
      { ...hold, startTicks: NaN },
      { ...hold, mark: '' },
      { ...hold, cgroup: '/sys/fs/cgroup' },
      { ...hold, cgroup: undefined },
      { ...hold, fence: 'none' },
      { ...hold, hardAt: 'soon' },
    ];
    for (const one of broken) assert.equal(parseHold(one), null, JSON.stringify(one));
  });
});

describe('a tail of output', () => {
  test('keeps the last bytes, never half a character at its front', () => {
    const tail = new Tail(10);
    for (const text of ['0123', '456789', 'abcdef']) tail.push(Buffer.from(text));
    assert.equal(tail.toString(), '6789abcdef');
    tail.push(Buffer.from('x'.repeat(50) + 'end'));
    assert.equal(tail.toString(), 'xxxxxxxend');
    for (const width of ['é', '€', '😀']) {
      for (let pad = 0; pad < 4; pad++) {
        const cut = new Tail(11);
        cut.push(Buffer.from(width.repeat(20) + '.'.repeat(pad)));
        assert.doesNotMatch(cut.toString(), /\ufffd/);
        assert.ok(cut.toString().endsWith(width + '.'.repeat(pad)));
      }
    }
  });

  test('many tiny writes', () => {
    const tail = new Tail(5000);
    for (let i = 0; i < 100_000; i++) tail.push(Buffer.from(String(i % 10)));
    assert.equal(tail.bytes, 5000);
    assert.equal(tail.toString(), '0123456789'.repeat(500));
  });
});

describe('measuring without /proc', () => {
  const hold = (pid: number, mark: string): Hold => ({
    leaseId: mark,
    mark,
    fence: 'process-group',
    pid,
    startTicks: null,
    cgroup: null,
    hardAt: 0,
  });

  test('the words of ps, on Linux and on macOS', () => {
    const text = [
      '  10  2048   0:01.50',
      '  10  1024 1-02:03:04',
      '  11   512 00:00:02',
      '  99   512 00:00:02',
      '  11     x y',
      '',
    ].join('\n');
    const usages = usageFromPs(text, [hold(10, 'a'), hold(11, 'b'), hold(12, 'c')]);
    const cpuSeconds = 1.5 + 93_784;
    assert.deepEqual(usages.get('a'), { cpuSeconds, rssBytes: 3 * 1024 * 1024, processes: 2 });
    assert.deepEqual(usages.get('b'), { cpuSeconds: 2, rssBytes: 512 * 1024, processes: 1 });
    assert.equal(usages.get('c'), undefined);
  });

  test('the ps of this machine', { skip: LINUX }, async (t) => {
    const group = statOf(process.pid)?.group ?? 0;
    const usage = (await usageByPs([hold(group, 'me')])).get('me');
    if (usage === undefined) return t.skip('no ps here');
    assert.ok((usage.rssBytes ?? 0) > 10 * 1024 * 1024);
  });
});

describe('/proc', { skip: LINUX }, () => {
  test('this process, as the kernel has it', () => {
    const stat = statOf(process.pid);
    assert.ok(stat);
    assert.equal(stat.parent, process.ppid);
    const { user, system } = process.cpuUsage();
    assert.ok(Math.abs(stat.ownTicks / 100 - (user + system) / 1e6) < 0.2);
    const rss = process.memoryUsage.rss();
    assert.ok(Math.abs(stat.rssBytes - rss) / rss < 0.2, `${stat.rssBytes} ${rss}`);
    assert.ok(isAlive(process.pid, stat.startTicks));
    assert.equal(isAlive(process.pid, stat.startTicks + 1), false);
    assert.equal(statOf(2 ** 30), null);
    assert.deepEqual(treeOf(2 ** 30), []);
  });
});
