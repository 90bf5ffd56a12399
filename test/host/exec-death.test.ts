// The control plane must not be the only thing that can end a lease: the host is killed, hangs,
// loses its leash, and dies together with it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { childGroups, ownCgroup } from '../../core/host/exec/cgroup.ts';
import { openExecutor } from '../../core/host/exec/executor.ts';
import { isAlive, statOf, treeOf } from '../../core/host/exec/proc.ts';
import {
  ANY,
  begin,
  escapees,
  escapeesOf,
  KINDS,
  LINUX,
  leftIn,
  newFolder,
  newNap,
  run,
  sh,
  specOf,
  startHost,
  until,
  withExecutor,
} from './exec-support.ts';

/** Control groups of hosts on that folder. */
function groupsOf(dataDir: string): string[] {
  const own = ownCgroup();
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  return own === null ? [] : childGroups(own).filter((group) => group.includes(name));
}

/** Opens an executor where a dead host has been, sweeps, and checks that nothing is left. */
async function sweepAfter(dataDir: string, mechanism: (typeof KINDS)[number]['mechanism']) {
  const executor = await openExecutor({ dataDir, mechanism });
  const killed = await executor.sweep();
  assert.deepEqual(leftIn(dataDir), []);
  assert.equal(await executor.sweep(), 0, 'a second sweep finds nothing');
  // The same lease id can run again.
  assert.equal((await run(executor, sh('exit 3'))).exitCode, 3);
  await executor.close();
  fs.rmSync(dataDir, { recursive: true });
  return killed;
}

for (const { mechanism, skip, strong } of KINDS) {
  describe(`the death of the host, by ${mechanism}`, { skip: skip || LINUX }, () => {
    test('killed in mid-job: no survivor within a second', async (t) => {
      const dataDir = newFolder();
      const nap = newNap();
      const script = escapees(nap.command, strong);
      const host = await startHost(dataDir, mechanism, { script, forMs: 60_000 });
      await until(() => nap.count() === escapeesOf(strong), 5000, 'all have started');
      host.kill('SIGKILL');
      const took = await until(() => nap.count() === 0, 1000, 'all are gone');
      t.diagnostic(`${mechanism}: host killed to nothing left ${took.toFixed(0)} ms`);
      await until(() => statOf(host.leash) === null, 3000, 'the leash has gone too');
      assert.deepEqual(groupsOf(dataDir), [], 'and so have the control groups');
      assert.equal(await sweepAfter(dataDir, mechanism), 0);
    });

    test('killed with its leash: the next host sweeps', async () => {
      const dataDir = newFolder();
      const nap = newNap();
      const script = escapees(nap.command, strong);
      const host = await startHost(dataDir, mechanism, { script, forMs: 60_000 });
      await until(() => nap.count() === escapeesOf(strong), 5000, 'all have started');
      // Stopped first, so that neither can act on the death of the other.
      process.kill(host.leash, 'SIGSTOP');
      host.kill('SIGKILL');
      await host.exited;
      process.kill(host.leash, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(nap.count(), escapeesOf(strong), 'nobody was there to end it');
      const killed = await sweepAfter(dataDir, mechanism);
      assert.equal(nap.count(), 0);
      assert.ok(killed >= escapeesOf(strong), `${killed} killed`);
    });
  });
}

describe('the death of the host', { skip: ANY.skip || LINUX }, () => {
  test('a host that hangs does not keep a job alive', async () => {
    const dataDir = newFolder();
    const nap = newNap();
    const script = `trap '' TERM; ${nap.command}; ${nap.command}`;
    const host = await startHost(dataDir, ANY.mechanism, { script, forMs: 1500 });
    await until(() => nap.count() === 1, 5000, 'it runs');
    host.kill('SIGSTOP');
    await until(() => nap.count() === 0, 4000, 'the leash has ended it');
    assert.ok(isAlive(host.leash, statOf(host.leash)?.startTicks ?? -1));
    host.kill('SIGKILL');
    await until(() => statOf(host.leash) === null, 3000, 'the leash goes with its host');
    await sweepAfter(dataDir, ANY.mechanism);
  });

  test('a leash that is killed comes back and knows the jobs', async () => {
    const dataDir = newFolder();
    const nap = newNap();
    const host = await startHost(dataDir, ANY.mechanism, { script: nap.command, forMs: 60_000 });
    await until(() => nap.count() === 1, 5000, 'it runs');
    process.kill(host.leash, 'SIGKILL');
    const isLeash = (pid: number): boolean =>
      fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('leash');
    const others = () =>
      treeOf(host.pid).filter((one) => one.parent === host.pid && isLeash(one.pid));
    await until(() => others().length === 1 && others()[0]?.pid !== host.leash, 3000, 'it is back');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(nap.count(), 1, 'the job has not noticed');
    host.kill('SIGKILL');
    await until(() => nap.count() === 0, 1500, 'the second leash has ended it');
    await sweepAfter(dataDir, ANY.mechanism);
  });

  test('a leash that cannot start is told, and jobs run without it', async () => {
    const dataDir = newFolder();
    const leashFile = path.join(dataDir, 'no-such-file.js');
    const executor = await openExecutor({ dataDir, leashFile, mechanism: ANY.mechanism });
    const deadline = performance.now() + 2000;
    while (executor.capabilities().leash && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(executor.capabilities().leash, false);
    assert.equal((await run(executor, sh('exit 5'))).exitCode, 5);
    await executor.close();
    fs.rmSync(dataDir, { recursive: true });
  });

  test('the leash outlives signals, and goes quietly when the host closes', async () => {
    await withExecutor(ANY.mechanism, async (executor) => {
      const nap = newNap();
      const { report, spec } = begin(executor, specOf(sh(nap.command)));
      await until(() => nap.count() === 1, 5000, 'it runs');
      const leash = treeOf(process.pid).find(
        ({ pid, parent }) =>
          parent === process.pid &&
          fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('leash'),
      );
      assert.ok(leash);
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
        process.kill(leash.pid, signal);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.ok(isAlive(leash.pid, leash.startTicks));
      assert.notEqual(leash.session, statOf(process.pid)?.session, 'in a session of its own');
      executor.stop(spec.leaseId, 'x', 0);
      await report;
      await executor.close();
      assert.equal(isAlive(leash.pid, leash.startTicks), false);
    });
  });

  test('a sweep trusts no pid: not of another boot, not with another start, not a strange file', async () => {
    const dataDir = newFolder();
    fs.mkdirSync(path.join(dataDir, 'jobs'), { recursive: true });
    fs.mkdirSync(path.join(dataDir, 'work', 'old'), { recursive: true });
    const nap = newNap();
    await withExecutor('process-group', async (stranger) => {
      const { pid, report, spec } = begin(stranger, specOf(sh(`exec ${nap.command}`)));
      await until(() => nap.count() === 1, 5000, 'it runs');
      const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const startTicks = statOf(pid)?.startTicks ?? 0;
      const hold = { leaseId: 'l', mark: 'none', fence: 'process-group', pid, startTicks };
      const folder = path.join(dataDir, 'work', 'old');
      const file = (name: string, more: object) =>
        fs.writeFileSync(path.join(dataDir, 'jobs', name), JSON.stringify(more));
      const whole = { ...hold, cgroup: null, hardAt: 0 };
      file('other-boot.json', { hold: whole, boot: 'other', folder });
      file('other-start.json', { hold: { ...whole, startTicks: startTicks + 1 }, boot, folder });
      file('everybody.json', { hold: { ...whole, pid: 1 }, boot, folder });
      file('outside.json', { hold: { ...whole, startTicks: 1 }, boot, folder: '/' });
      file('cgroup.json', { hold: { ...whole, fence: 'cgroup', cgroup: '/x' }, boot, folder });
      fs.writeFileSync(path.join(dataDir, 'jobs', 'torn.json'), '{"hold":{"leaseId":"l","ma');
      assert.equal(await sweepAfter(dataDir, 'process-group'), 0);
      assert.equal(nap.count(), 1, 'the stranger lives');
      stranger.stop(spec.leaseId, 'done', 0);
      await report;
    });
  });
});
