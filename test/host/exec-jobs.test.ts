// Jobs as processes: what goes in, what comes out, and what is refused.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { OutputEvent } from '../../core/host/exec/types.ts';
import { LIMITS } from '../../core/engine/base/limits.ts';
import {
  ANY,
  begin,
  KINDS,
  leftIn,
  LINUX,
  newNap,
  run,
  sh,
  specOf,
  until,
  withExecutor,
} from './exec-support.ts';

const node = process.execPath;
/** Uses so much processor time, as a process of its own, and prints how much it was. */
const burn = (ms: number): string[] => [
  node,
  '-e',
  `const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6 };
   while (used() < ${ms / 1000});
   console.log(used())`,
];

for (const { mechanism, skip } of KINDS) {
  describe(`a job, by ${mechanism}`, { skip }, () => {
    test('exit codes and signals are exact', async () => {
      await withExecutor(mechanism, async (executor) => {
        for (const code of [0, 1, 7, 126, 127, 130, 137, 143, 200, 255]) {
          const ended = await run(executor, [node, '-e', `process.exit(${code})`]);
          // A shell says nothing about SIGINT: 130 counts as one where a shell is in between.
          const untold = code === 130 && mechanism !== 'cgroup';
          const wanted = untold ? [null, 'SIGINT'] : [code, null];
          assert.deepEqual([ended.exitCode, ended.signal], wanted);
          assert.equal(ended.stoppedBecause, null);
          assert.equal(ended.timedOut, false);
          assert.ok(ended.endedAt >= ended.startedAt && ended.wallMs > 0);
        }
        for (const signal of ['SIGTERM', 'SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGINT', 'SIGPIPE']) {
          const ended = await run(executor, sh(`kill -${signal.slice(3)} $$; sleep 5`));
          assert.deepEqual([ended.exitCode, ended.signal], [null, signal]);
          assert.equal(ended.outputTail, '', 'a shell around it keeps its words to itself');
        }
      });
    });

    test('CPU time is what the processes have really used', async (t) => {
      await withExecutor(mechanism, async (executor) => {
        // Once in the command, once in a child of a child.
        const direct = await run(executor, burn(700));
        const [, , code] = burn(400);
        const nested = [node, '-e', NESTED, code ?? ''];
        const below = await run(executor, nested);
        for (const ended of [direct, below]) {
          const own = ended.stdoutTail.trim().split('\n').map(Number);
          const told = own.reduce((sum, one) => sum + one, 0);
          assert.ok(ended.cpuSeconds.ok);
          t.diagnostic(`${mechanism}: ${ended.cpuSeconds.v} s metered, ${told} s by its own count`);
          assert.ok(Math.abs(ended.cpuSeconds.v - told) < 0.25, `${ended.cpuSeconds.v}, ${told}`);
        }
        assert.ok(executor.cpuSecondsTotal() > 1);
        const asleep = await run(executor, ['sleep', '0.5']);
        assert.ok(asleep.cpuSeconds.ok && asleep.cpuSeconds.v < 0.1);
        assert.ok(asleep.maxRssBytes.ok && asleep.maxRssBytes.v > 0);
      });
    });

    test('CPU time of a killed job is not lost', async () => {
      await withExecutor(mechanism, async (executor) => {
        const { spec, report } = begin(executor, specOf(burn(60_000)));
        // Until it has got some: on a busy machine others come first.
        const spent = (): number => {
          const { cpuSeconds: now } = executor.running()[0] ?? {};
          return now?.ok === true ? now.v : 0;
        };
        for (let i = 0; i < 200 && spent() < 0.25; i++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        executor.stop(spec.leaseId, 'enough', 0);
        const { cpuSeconds, wallMs } = await report;
        assert.ok(cpuSeconds.ok && cpuSeconds.v > 0.2 && cpuSeconds.v < wallMs / 1000 + 0.1);
      });
    });

    test('nice and the fence hold for the command', { skip: LINUX }, async () => {
      await withExecutor(mechanism, async (executor) => {
        const ended = await run(executor, sh('nice; cat /proc/self/cgroup; echo $$'), { nice: 10 });
        const lines = ended.stdoutTail.trim().split('\n');
        assert.equal(Number(lines[0]), Math.min(19, os.getPriority() + 10));
        if (mechanism === 'cgroup')
          assert.match(ended.stdoutTail, /^0::.*\/haggle-[0-9a-f]+\/lease_/m);
        if (mechanism === 'pid-namespace') assert.ok(Number(lines.at(-1)) < 20, lines.at(-1));
      });
    });
  });
}

const NESTED = `
  const { spawnSync } = require('node:child_process');
  spawnSync(process.execPath, ['-e', process.argv[1]], { stdio: 'inherit' });
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1e6);`;

describe('a job', { skip: ANY.skip }, () => {
  test('the environment is clean and the private folder is its own', async () => {
    await withExecutor(ANY.mechanism, async (executor, dataDir) => {
      process.env.HAGGLE_TEST_SECRET = 'token';
      const spec = specOf(sh('env; pwd; touch "$TMPDIR/x"; mkdir -m 000 shut'), {
        env: { GREETING: 'a b\nc=d', HAGGLE_EPOCH: '99', LD_LIBRARY_PATH: '/nowhere' },
        epoch: 7,
        slots: [2, 3],
      });
      const ended = await begin(executor, spec).report;
      delete process.env.HAGGLE_TEST_SECRET;
      const names = ended.stdoutTail.match(/^[A-Za-z_]\w*(?==)/gm)?.toSorted() ?? [];
      const own = ['GREETING', 'HAGGLE_EPOCH', 'HAGGLE_JOB', 'HAGGLE_LEASE_ID', 'HAGGLE_SLOTS'];
      const usual = ['HOME', 'LANG', 'LD_LIBRARY_PATH', 'PATH', 'PWD', 'TMPDIR'];
      const allowed = new Set([...own, ...usual, 'LC_ALL', 'TZ', 'OLDPWD', 'SHLVL', '_', 'c']);
      assert.deepEqual(
        names.filter((name) => !allowed.has(name)),
        [],
      );
      assert.match(ended.stdoutTail, /^GREETING=a b\nc=d$/m);
      assert.match(ended.stdoutTail, /^HAGGLE_EPOCH=7$/m);
      assert.match(ended.stdoutTail, /^HAGGLE_SLOTS=2,3$/m);
      assert.match(ended.stdoutTail, new RegExp(`^HAGGLE_LEASE_ID=${spec.leaseId}$`, 'm'));
      const work = path.join(dataDir, 'work');
      assert.match(ended.stdoutTail, new RegExp(`^HOME=${work}/${spec.leaseId}\\.`, 'm'));
      assert.match(ended.stdoutTail, new RegExp(`^${work}/${spec.leaseId}\\.`, 'm'));
      assert.doesNotMatch(ended.outputTail, /token/);
      assert.deepEqual(leftIn(dataDir), []);
    });
  });

  test('output is bounded, the end of it is kept, stdout apart', async () => {
    await withExecutor(ANY.mechanism, async (executor) => {
      const flood = 'i=0; while [ $i -lt 40000 ]; do echo "line $i äöü ........................"';
      const ended = await run(executor, sh(`${flood}; i=$((i+1)); done; echo oops >&2; echo end`));
      const bytes = Buffer.byteLength(ended.outputTail);
      assert.ok(bytes <= LIMITS.jobLogBytesMax && bytes > LIMITS.jobLogBytesMax - 4);
      assert.match(ended.outputTail, /line 39999 .*\n(oops\nend|end\noops)\n$/);
      assert.doesNotMatch(ended.outputTail, /line 0 |\ufffd/);
      assert.ok(Buffer.byteLength(ended.stdoutTail) <= 64 * 1024);
      assert.match(ended.stdoutTail, /line 39999 [^\n]*\nend\n$/);
    });
  });

  test('a job that prints without end does not take the host along', async () => {
    await withExecutor(ANY.mechanism, async (executor) => {
      const before = process.cpuUsage();
      const ended = await run(executor, ['yes'], { deadlineAt: Date.now() + 1500 });
      const { user, system } = process.cpuUsage(before);
      assert.equal(ended.timedOut, true);
      assert.equal(ended.outputTail.length, LIMITS.jobLogBytesMax);
      assert.ok((user + system) / 1e6 < 0.7, `${(user + system) / 1e6} s of the host`);
    });
  });

  test('output can be followed as it comes, to the end', async () => {
    await withExecutor(ANY.mechanism, async (executor) => {
      const script = 'printf "\\303"; sleep 0.2; printf "\\244"; echo no >&2; sleep 0.1; echo yes';
      const { spec, report } = begin(executor, specOf(sh(script)));
      const heard: OutputEvent[] = [];
      const unheard: OutputEvent[] = [];
      executor.follow(spec.leaseId, (event) => heard.push(event));
      executor.follow(spec.leaseId, (event) => unheard.push(event))();
      const ended = await report;
      assert.deepEqual(heard.at(-1), { kind: 'end', report: ended });
      const of = (name: string) =>
        heard.map((one) => (one.kind === 'output' && one.stream === name ? one.text : '')).join('');
      assert.equal(of('stdout'), 'äyes\n');
      assert.equal(of('stderr'), 'no\n');
      assert.deepEqual(unheard, []);
    });
  });

  test('running says what a screen shows', async () => {
    await withExecutor(ANY.mechanism, async (executor) => {
      const nap = newNap();
      const { spec, pid, report } = begin(executor, specOf(sh(nap.command), { title: 'nap' }));
      await until(() => executor.running()[0]?.rssBytes.ok === true, 3000, 'it is measured');
      const [view] = executor.running();
      assert.ok(view);
      const { startedAt, cpuSeconds, rssBytes, enforcement, ...rest } = view;
      assert.ok(Math.abs(startedAt - Date.now()) < 5000);
      assert.ok(cpuSeconds.ok && rssBytes.ok && rssBytes.v > 100_000);
      assert.match(enforcement, /; memory /);
      const { leaseId, deadlineAt } = spec;
      const wanted = { leaseId, deadlineAt, title: 'nap', pid, state: 'running', exitCode: null };
      assert.deepEqual(rest, wanted);
      executor.stop(leaseId, 'x', 0);
      await report;
      assert.deepEqual(executor.running(), []);
    });
  });

  test('what cannot be started is refused with a reason and leaves nothing', async () => {
    await withExecutor(ANY.mechanism, async (executor, dataDir) => {
      const never = () => assert.fail('it never started');
      const { spec, report } = begin(executor, specOf(['sleep', '1']));
      const cases: [string, Parameters<typeof specOf>][] = [
        ['already-running', [['true'], { leaseId: spec.leaseId }]],
        ['too-late', [['true'], { deadlineAt: Date.now() }]],
        ['command-not-found', [['no-such-command']]],
        ['command-not-found', [['/etc/passwd']]],
        ['command-not-found', [['./true']]],
        ['command-not-found', [['']]],
        ['no-such-folder', [['true'], { cwd: '/no/such/folder' }]],
        ['bad-spec', [[]]],
        ['bad-spec', [['true\0']]],
        ['bad-spec', [['true'], { leaseId: '../x' }]],
        ['bad-spec', [['true'], { env: { 'A B': '1' } }]],
        ['bad-spec', [['true'], { env: { A: '\0' } }]],
        ['bad-spec', [['true'], { nice: -5 }]],
        ['bad-spec', [['true'], { deadlineAt: Infinity }]],
        ['bad-spec', [['true'], { memoryBytes: NaN }]],
      ];
      for (const [code, given] of cases) {
        const refused = executor.start(specOf(...given), never);
        assert.equal(refused.ok ? 'started' : refused.why.code, code, JSON.stringify(given));
      }
      assert.equal(leftIn(dataDir).length, 2, 'only those of the one that runs');
      await report;
    });
  });

  test('a data folder that cannot be written starts nothing', async () => {
    await withExecutor(ANY.mechanism, async (executor, dataDir) => {
      fs.renameSync(path.join(dataDir, 'jobs'), path.join(dataDir, 'away'));
      const refused = executor.start(specOf(['true']), () => assert.fail('it never started'));
      assert.equal(refused.ok ? '' : refused.why.code, 'cannot-start');
      fs.renameSync(path.join(dataDir, 'away'), path.join(dataDir, 'jobs'));
      assert.equal((await run(executor, ['true'])).exitCode, 0);
    });
  });

  test('twenty short jobs in a row, and what it costs to start one', async (t) => {
    await withExecutor(ANY.mechanism, async (executor) => {
      const spent: number[] = [];
      const whole: number[] = [];
      for (let i = 0; i < 20; i++) {
        const startedAt = performance.now();
        const { report } = begin(executor, specOf(['true']));
        spent.push(performance.now() - startedAt);
        assert.equal((await report).exitCode, 0);
        whole.push(performance.now() - startedAt);
      }
      const median = (times: number[]) => times.sort((a, b) => a - b)[10]?.toFixed(1);
      t.diagnostic(`start ${median(spent)} ms, start to report ${median(whole)} ms (median of 20)`);
    });
  });
});
