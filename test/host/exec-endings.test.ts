// A lease must end: whatever the program does, and also when it is the machine that is slow.
import assert from 'node:assert/strict';
import os from 'node:os';
import { describe, test } from 'node:test';
import {
  ANY,
  begin,
  escapees,
  escapeesOf,
  KINDS,
  LINUX,
  newNap,
  run,
  sh,
  specOf,
  until,
  withExecutor,
} from './exec-support.ts';

for (const { mechanism, skip, strong } of KINDS) {
  describe(`the end of a job, by ${mechanism}`, { skip: skip || LINUX }, () => {
    test('stop leaves nothing of five ways to stay', async () => {
      await withExecutor(mechanism, async (executor) => {
        const nap = newNap();
        const { spec, report } = begin(executor, specOf(sh(escapees(nap.command, strong))));
        await until(() => nap.count() === escapeesOf(strong), 5000, 'all have started');
        assert.equal(executor.stop(spec.leaseId, 'the owner is back', 100), true);
        const ended = await report;
        assert.equal(nap.count(), 0);
        assert.equal(ended.survivors, 0);
        assert.equal(ended.stoppedBecause, 'the owner is back');
        assert.equal(ended.timedOut, false);
        assert.equal(ended.signal, 'SIGTERM', 'the command itself goes when asked');
        assert.equal(await executor.survivors(), 0);
      });
    });

    test('what a command leaves behind goes with it, pipes or not', async () => {
      await withExecutor(mechanism, async (executor) => {
        const nap = newNap();
        const startedAt = performance.now();
        const script = `setsid ${nap.command} & ( setsid sh -c '${nap.command} & exit' & ); echo ok`;
        const ended = await run(executor, sh(`${script}; exit 4`));
        assert.ok(performance.now() - startedAt < 3000, 'nobody waits for the pipes it holds');
        assert.equal(ended.exitCode, 4);
        assert.equal(ended.outputTail, 'ok\n');
        assert.equal(nap.count(), 0);
      });
    });

    test('a job that ignores SIGTERM is killed after the grace', async () => {
      await withExecutor(mechanism, async (executor) => {
        const nap = newNap();
        const script = `trap '' TERM; ${nap.command}; ${nap.command}`;
        const { spec, report } = begin(executor, specOf(sh(script)));
        await until(() => nap.count() === 1, 5000, 'it runs');
        const askedAt = performance.now();
        executor.stop(spec.leaseId, 'enough', 300);
        const ended = await report;
        const took = performance.now() - askedAt;
        assert.equal(ended.signal, 'SIGKILL');
        assert.ok(took >= 290 && took < 2000, `${took} ms`);
        assert.equal(nap.count(), 0);
      });
    });

    test('a storm of forks ends', async () => {
      await withExecutor(mechanism, async (executor) => {
        const nap = newNap();
        // Bounded by itself: four loops of at most 500 short-lived children, each in a session of
        // its own, and a hundred that stay.
        const loop = 'i=0; while [ $i -lt 500 ]; do setsid sleep 0.01 & i=$((i+1)); done; wait';
        const stay = `i=0; while [ $i -lt 100 ]; do ${nap.command} & i=$((i+1)); done`;
        const loops = `for n in 1 2 3 4; do ( ${loop} ) & done`;
        const { spec, report } = begin(executor, specOf(sh(`${stay}; ${loops}; wait`)));
        await until(() => nap.count() === 100, 10_000, 'the storm is on');
        executor.stop(spec.leaseId, 'storm', 0);
        const ended = await report;
        assert.equal(ended.survivors, 0);
        assert.equal(nap.count(), 0);
        assert.equal(await executor.survivors(), 0);
      });
    });

    test('at the deadline everything is gone before the lease ends', async () => {
      await withExecutor(mechanism, async (executor) => {
        const nap = newNap();
        const deadlineAt = Date.now() + 1500;
        const script = `trap '' TERM; ${nap.command}; ${nap.command}`;
        const { report } = begin(executor, specOf(sh(script), { deadlineAt }));
        const ended = await report;
        assert.equal(nap.count(), 0);
        assert.equal(ended.timedOut, true);
        assert.equal(ended.stoppedBecause, 'deadline');
        // Alone it is over 200 ms before; other tests share the cores.
        assert.ok(ended.endedAt < deadlineAt + 500, `${ended.endedAt - deadlineAt} ms`);
      });
    });
  });
}

describe('the end of a job', { skip: ANY.skip || LINUX }, () => {
  test('ten deadlines with every core busy', async (t) => {
    await withExecutor(ANY.mechanism, async (executor) => {
      const busy = `trap '' TERM; while :; do :; done`;
      const overBy = await Promise.all(
        Array.from({ length: 10 }, async (_, i) => {
          const deadlineAt = Date.now() + 1500 + i * 20;
          const ended = await run(executor, sh(busy), { deadlineAt });
          assert.equal(ended.timedOut, true);
          // The hard kill comes 250 ms before the deadline; the report once all is gone.
          return Date.now() - (deadlineAt - 250);
        }),
      );
      const sorted = overBy.sort((a, b) => a - b);
      const text = `p50 ${sorted[5]} ms, max ${sorted[9]} ms from hard kill to report`;
      t.diagnostic(`${os.availableParallelism()} cores, 10 busy loops: ${text}`);
      assert.ok((sorted[9] ?? Infinity) < 2000, text);
    });
  });

  test('a polite program keeps its exit code and its last words', async () => {
    await withExecutor(ANY.mechanism, async (executor) => {
      const deadlineAt = Date.now() + 1200;
      const script = `trap 'echo so far: 3; exit 143' TERM; while :; do sleep 0.05; done`;
      const ended = await run(executor, sh(script), { deadlineAt });
      assert.equal(ended.exitCode, 143);
      assert.equal(ended.timedOut, true);
      assert.match(ended.stdoutTail, /so far: 3\n$/);
      assert.ok(ended.endedAt < deadlineAt - 250, 'asked early enough to finish by itself');
    });
  });

  test('a renewed lease ends later, and not at all once its end has begun', async () => {
    await withExecutor(ANY.mechanism, async (executor) => {
      const nap = newNap();
      const { spec, report } = begin(
        executor,
        specOf(sh(`trap '' TERM; ${nap.command}; ${nap.command}`), {
          deadlineAt: Date.now() + 1000,
        }),
      );
      const later = Date.now() + 2000;
      assert.equal(executor.renew(spec.leaseId, later), true);
      assert.equal(executor.running()[0]?.deadlineAt, later);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      assert.equal(nap.count(), 1);
      assert.equal(executor.stop(spec.leaseId, 'x', 200), true);
      assert.equal(executor.running()[0]?.state, 'stopping');
      assert.equal(executor.renew(spec.leaseId, later + 60_000), false);
      assert.equal((await report).stoppedBecause, 'x');
      assert.equal(executor.renew(spec.leaseId, later + 60_000), false);
      assert.equal(executor.stop(spec.leaseId, 'x'), false);
    });
  });

  test('memory: two measurements above the limit end it, below it nothing happens', async () => {
    await withExecutor(ANY.mechanism, async (executor) => {
      const MIB = 1024 * 1024;
      const eat = (mib: number) => [
        process.execPath,
        '-e',
        `const a = Buffer.alloc(${mib} * 1048576, 1); setTimeout(() => a.fill(2), 4000)`,
      ];
      const startedAt = performance.now();
      const [over, under] = await Promise.all([
        run(executor, eat(300), { memoryBytes: 200 * MIB }),
        run(executor, eat(20), { memoryBytes: 200 * MIB }),
      ]);
      assert.equal(over.stoppedBecause, 'memory');
      assert.ok(over.maxRssBytes.ok && over.maxRssBytes.v > 300 * MIB);
      assert.ok(over.wallMs < 3500 && performance.now() - startedAt > 3500);
      assert.equal(under.stoppedBecause, null);
      assert.equal(under.exitCode, 0);
      assert.ok(under.maxRssBytes.ok && under.maxRssBytes.v < 200 * MIB);
    });
  });

  test('close ends what runs and refuses what comes', async () => {
    const nap = newNap();
    await withExecutor(ANY.mechanism, async (executor) => {
      const { report } = begin(executor, specOf(sh(`setsid ${nap.command} & ${nap.command}`)));
      await until(() => nap.count() === 2, 5000, 'it runs');
      await executor.close();
      assert.equal((await report).stoppedBecause, 'shutdown');
      assert.equal(nap.count(), 0);
      const refused = executor.start(specOf(sh('true')), () => assert.fail('it never started'));
      assert.equal(refused.ok ? '' : refused.why.code, 'closed');
    });
  });
});
