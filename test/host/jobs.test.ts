// Goal: what this machine has sold is run, reported and ended with its lease, and nothing else is.
// Method: the hands of the seller over a market on a table, with an executor that only notes what
// it is told. Check: which commands are started, stopped and renewed, and what is reported.
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import type { CommandBody } from '../../core/engine/market/commands.ts';
import type { Run } from '../../core/engine/protocol/bodies.ts';
import { problem } from '../../core/engine/protocol/problems.ts';
import type { Executor, JobReport, JobSpec, Started } from '../../core/host/exec/types.ts';
import { createJobs, END_MARGIN_MS } from '../../core/host/jobs.ts';
import { Table } from '../engine/kit.ts';

const REPORT: JobReport = {
  ...{ leaseId: '', exitCode: 0, signal: null, startedAt: 0, endedAt: 5, wallMs: 5 },
  cpuSeconds: { ok: true, v: 0.5 },
  maxRssBytes: { ok: false, why: 'unsupported', detail: 'not here' },
  ...{ outputTail: '', stdoutTail: 'working\n{"sum":7}\n', timedOut: false },
  ...{ stoppedBecause: null, survivors: 0 },
} as unknown as JobReport;

function stage(t: TestContext, started: Started = { ok: true, pid: 99 }) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const table = new Table().people('ann eve');
  table.ok('operator', { type: 'register-agent', kind: 'machine', body: { name: 'machine' } });
  const machine = [...table.m.agents.values()].find((a) => a.kind === 'machine')?.id ?? '';
  const ann = table.m.agents.get(table.id('ann'));
  if (ann !== undefined) ann.exec = true;
  const resourceId = table.resource(machine, 4);
  const specs: JobSpec[] = [];
  const calls: string[] = [];
  const ends = new Map<string, (r: JobReport) => void>();
  const executor = {
    start(spec: JobSpec, onReport: (r: JobReport) => void) {
      specs.push(spec);
      ends.set(spec.leaseId, onReport);
      return started;
    },
    stop: (id: string, why: string, graceMs: number) => calls.push(`stop ${id} ${why} ${graceMs}`),
    renew: (id: string, until: number) => calls.push(`renew ${id} ${until}`),
    capabilities: () => ({ time: 'cgroup', memory: 'watch', leash: true, detail: 'cgroup v2' }),
  } as unknown as Executor;
  const said: CommandBody[] = [];
  const jobs = createJobs({
    market: () => table.m,
    now: () => table.at,
    ask: (actor, body) => {
      assert.deepEqual(actor, { kind: 'agent', id: machine });
      said.push(body);
      return Promise.resolve({ ok: true, about: {} });
    },
    executor,
    devices: new Map([[resourceId, 'GPU-7']]),
    resolve: (run: Run) =>
      run.argv === undefined
        ? { ok: false, problem: problem('not-found', 'no such program') }
        : { ok: true, command: { argv: [...run.argv], env: { A: 'b' } } },
  });
  let told = table.events.length;
  const hear = (): void => {
    jobs.committed(table.events.slice(told));
    told = table.events.length;
  };

  /** A lease of one slot for ten seconds, for this run. */
  function lease(run?: Run, seller = machine, where = resourceId): string {
    const need = { kind: 'cpu' as const, count: 1, durationMs: 10_000 };
    const task = { title: 'count', ...(run === undefined ? {} : { run }) };
    const cfpId = table.need('ann', { need, task, award: 'manual' });
    const p = table.propose(seller, cfpId, 1, { resourceId: where });
    const id = table.award('ann', cfpId, p);
    hear();
    return id;
  }
  return { table, jobs, specs, calls, said, ends, lease, hear, tick: t.mock.timers };
}
const RUN = { argv: ['count', 'to', '7'] };

suite('jobs', () => {
  test('a run is started in its lease, with its device, and its limits are reported', (t) => {
    const { table, specs, said, lease } = stage(t);
    const id = lease(RUN);
    const { endAt, epoch } = table.lease(id);
    assert.equal(specs.length, 1);
    const { leaseId, argv, env, deadlineAt, epoch: fence } = specs[0] ?? assert.fail();
    assert.deepEqual([leaseId, argv, deadlineAt, fence], [id, RUN.argv, endAt, epoch]);
    assert.deepEqual([env.A, env.CUDA_VISIBLE_DEVICES], ['b', 'GPU-7']);
    const enforcement = { time: 'cgroup', memory: 'watch', detail: 'cgroup v2' };
    assert.deepEqual(said, [{ type: 'enforce', leaseId: id, enforcement }]);
  });

  test('its end is reported once, with what was measured, and what was not as not known', (t) => {
    const { ends, said, lease } = stage(t);
    const id = lease(RUN);
    ends.get(id)?.(REPORT);
    const done = said.at(-1);
    assert.ok(done?.type === 'done' && said.length === 2);
    assert.deepEqual(done.body.output, { sum: 7 });
    const { pid, cpuSeconds, maxRssBytes, exitCode } = done.body.usage as Record<string, unknown>;
    assert.deepEqual([pid, cpuSeconds, maxRssBytes, exitCode], [99, 0.5, null, 0]);
  });

  test('output that is no document is kept as text, its end rather than its beginning', (t) => {
    const { ends, said, lease } = stage(t);
    const tail = `${'x'.repeat(9000)} the end\n`;
    ends.get(lease(RUN))?.({ ...REPORT, stdoutTail: tail });
    const done = said.at(-1);
    const { text } = (done?.type === 'done' ? done.body.output : {}) as { text: string };
    assert.equal(text.length, 4000);
    assert.ok(text.endsWith(' the end'));
  });

  test('what cannot be run is reported as failed at once, with the reason', (t) => {
    const unknown = stage(t);
    unknown.lease({ program: 'nothing' });
    t.mock.timers.reset();
    const why = { code: 'too-many-jobs', detail: 'too many jobs run' } as const;
    const refused = stage(t, { ok: false, why });
    refused.lease(RUN);
    const reasons = [unknown, refused].map(({ said }) => {
      const [fail] = said;
      return fail?.type === 'fail' ? fail.body.reason : fail;
    });
    assert.deepEqual(reasons, ['no such program', 'too many jobs run']);
  });

  test('the end of a lease ends its job at once; a renewal moves it; a give-back gives grace', (t) => {
    const { table, calls, lease, hear } = stage(t);
    const id = lease(RUN);
    const { epoch } = table.lease(id);
    table.wait(1000);
    const seller = table.lease(id).contractorId;
    table.ok(seller, { type: 'renew', leaseId: id, body: { epoch } });
    hear();
    assert.deepEqual(calls, [`renew ${id} ${table.lease(id).endAt}`]);
    table.ok('ann', { type: 'cancel', cfpId: table.lease(id).cfpId });
    hear();
    assert.equal(calls.at(-1), `stop ${id} the lease has ended 0`);
  });

  test('a slot without a run is reported shortly before its end, and not after it has ended', (t) => {
    const { table, said, specs, lease, hear, tick } = stage(t);
    const [id, gone] = [lease(), lease()];
    table.ok('ann', { type: 'cancel', cfpId: table.lease(gone).cfpId });
    hear();
    tick.tick(10_000 - END_MARGIN_MS - 1);
    assert.deepEqual([said.length, specs.length], [0, 0]);
    tick.tick(1);
    const { epoch } = table.lease(id);
    assert.deepEqual(said, [{ type: 'done', leaseId: id, body: { epoch } }]);
  });

  test('a renewed slot without a run is reported at its new end', (t) => {
    const { table, said, lease, hear, tick } = stage(t);
    const id = lease();
    const { epoch, contractorId } = table.lease(id);
    table.wait(1000);
    tick.tick(1000);
    table.ok(contractorId, { type: 'renew', leaseId: id, body: { epoch } });
    hear();
    tick.tick(table.lease(id).endAt - table.at - END_MARGIN_MS - 1);
    assert.deepEqual(said, []);
    tick.tick(1);
    assert.deepEqual(said, [{ type: 'done', leaseId: id, body: { epoch } }]);
  });

  test('what others sell is theirs to run', (t) => {
    const { table, specs, said, lease } = stage(t);
    lease(RUN, 'eve', table.resource('eve'));
    assert.deepEqual([specs.length, said.length], [0, 0]);
  });

  test('after a restart a run that died with the host has failed; a bare slot goes on', (t) => {
    const { said, specs, jobs, lease, tick } = stage(t);
    const [run, bare] = [lease(RUN), lease()];
    said.length = 0;
    jobs.close();
    tick.tick(20_000);
    assert.deepEqual(said, [], 'a closed host reports nothing');
    t.mock.timers.reset();
    const next = stage(t);
    assert.equal(specs.length, 1);
    const again = [next.lease(RUN), next.lease()];
    assert.deepEqual(again, [run, bare], 'the same market, once more');
    next.said.length = 0;
    next.jobs.resume();
    const [fail] = next.said;
    assert.ok(fail?.type === 'fail' && fail.leaseId === run && next.said.length === 1);
    assert.match(fail.body.reason ?? '', /host was restarted/u);
    next.tick.tick(10_000);
    assert.ok(next.said.some((s) => s.type === 'done' && s.leaseId === bare));
  });
});
