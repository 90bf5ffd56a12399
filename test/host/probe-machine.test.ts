// CPU, memory, what is for sale, and the telemetry.
import assert from 'node:assert/strict';
import os from 'node:os';
import { describe, test } from 'node:test';
import { MEMORY_SLOT_BYTES, planCapacity } from '../../core/host/probe/capacity.ts';
import {
  availableInMeminfo,
  busyMeter,
  coreCount,
  cpuName,
  cpuTimes,
  memoryNow,
  timesInStat,
} from '../../core/host/probe/machine.ts';
import { createTelemetry } from '../../core/host/probe/telemetry.ts';

const GIB = 1024 ** 3;
const absent = { ok: false, why: 'absent' } as const;

describe('this machine', () => {
  test('has a name, cores and memory', async () => {
    assert.ok((await cpuName()).length > 0);
    assert.ok(coreCount() >= 1 && coreCount() <= os.cpus().length);
    const { totalBytes, freeBytes } = memoryNow();
    assert.ok(totalBytes.ok && totalBytes.v > 0 && totalBytes.v <= os.totalmem());
    assert.ok(freeBytes.ok && freeBytes.v > 0 && freeBytes.v <= totalBytes.v);
  });

  test('the busy share follows a busy loop', async () => {
    const meter = busyMeter();
    const end = performance.now() + 400;
    while (performance.now() < end);
    const busy = meter();
    // One core of ours, and whatever else this machine does.
    assert.ok(busy.ok && busy.v > 0.5 / os.cpus().length && busy.v <= 1, JSON.stringify(busy));
    assert.deepEqual(meter(), absent, 'no time has passed: no answer, not 0');
  });

  test('memory and processor counters of Linux, and texts that are none', () => {
    const meminfo = 'MemTotal:  24682620 kB\nMemFree:  23863000 kB\nMemAvailable:   23809000 kB\n';
    assert.deepEqual(availableInMeminfo(meminfo), { ok: true, v: 23_809_000 * 1024 });
    assert.deepEqual(availableInMeminfo(null), absent);
    assert.deepEqual(availableInMeminfo('MemTotal: 1 kB'), { ok: false, why: 'fault' });
    const stat = 'cpu  100 20 30 800 50 1 2 3 9 9\ncpu0 1 2 3 4\n';
    assert.deepEqual(timesInStat(stat), { busy: 156, total: 1006 });
    assert.equal(timesInStat('intr 1 2 3'), null);
  });

  test('a meter without an answer says so', () => {
    const reads = [
      { busy: 10, total: 100 },
      { busy: 35, total: 150 },
      null,
      { busy: 40, total: 160 },
      { busy: 30, total: 200 },
      { busy: 50, total: 240 },
    ];
    const meter = busyMeter(() => reads.shift() ?? null);
    assert.deepEqual(
      [meter(), meter(), meter(), meter(), meter()],
      [{ ok: true, v: 0.5 }, absent, absent, absent, { ok: true, v: 0.5 }],
    );
  });
});

describe('what is for sale', () => {
  const plan = (
    cores: number,
    freeGib: number | null,
    more: Parameters<typeof planCapacity>[1] = {},
  ) =>
    planCapacity(
      {
        cpuName: 'x',
        cores,
        freeBytes: freeGib === null ? absent : { ok: true, v: freeGib * GIB },
        gpus: [],
      },
      more,
    );

  test('the owner keeps cores', () => {
    const slots = [1, 2, 3, 4, 8, 9, 64].map((cores) => plan(cores, 8).cpu.slots);
    assert.deepEqual(slots, [1, 2, 2, 3, 7, 7, 62]);
    assert.equal(plan(8, 8, { coresKept: 5 }).cpu.slots, 3);
    assert.equal(plan(8, 8, { coresKept: 50 }).cpu.slots, 0);
    assert.deepEqual(plan(4, 8).kept, ['1 of 4 cores are kept for the owner']);
  });

  test('half of the free memory, in steps', () => {
    const slots = [0, 1.9, 2, 10, 15, 23.5, 500].map((gib) => plan(2, gib).memory.slots);
    assert.deepEqual(slots, [0, 0, 1, 4, 6, 8, 64]);
    assert.equal(plan(2, 10, { memorySlots: 7 }).memory.slots, 7);
    assert.equal(plan(2, 10).memory.bytesEach, MEMORY_SLOT_BYTES);
  });

  test('what was offered before stays while it fits', () => {
    const again = (freeGib: number, before: number) =>
      planCapacity(
        { cpuName: 'x', cores: 2, freeBytes: { ok: true, v: freeGib * GIB }, gpus: [] },
        {},
        before,
      ).memory.slots;
    assert.equal(again(12, 8), 8, 'more than half, but it is there');
    assert.equal(again(7, 8), 3, 'it is not there any more');
    assert.equal(again(64, 8), 32, 'far more has become free');
    assert.equal(again(20, 8), 8);
  });

  test('unreadable memory is not for sale, unless the owner says how much', () => {
    assert.equal(plan(2, null).memory.slots, 0);
    assert.match(plan(2, null).kept.join(), /memory is not for sale/);
    assert.equal(plan(2, null, { memorySlots: 2 }).memory.slots, 2);
  });
});

describe('telemetry', () => {
  test('shares of the machine and of our jobs', () => {
    const times = [
      { busy: 0, total: 0 },
      { busy: 75, total: 100 },
      { busy: 75, total: 200 },
    ];
    let at = 0;
    let seconds = 0;
    const sense = createTelemetry({
      cpuName: 'x',
      gpus: () => [],
      jobsCpuSeconds: () => seconds,
      cpuTimes: () => times.shift() ?? null,
      monotonic: () => at,
    });
    at = 1000;
    seconds = 0.5 * coreCount();
    const first = sense();
    assert.deepEqual([first.cpu.busy, first.cpu.jobs], [half(0.75), half(0.5)]);
    assert.equal(first.cpu.cores, coreCount());
    at = 3000;
    const second = sense();
    assert.deepEqual([second.cpu.busy, second.cpu.jobs], [half(0), half(0)]);
    assert.deepEqual(sense().cpu.jobs, absent);
    assert.deepEqual(second.gpus, []);
  });

  test('costs less than a hundredth of a core when it is asked for every second', (t) => {
    const sense = createTelemetry({ cpuName: 'x', gpus: () => [], jobsCpuSeconds: () => 0 });
    sense();
    const before = process.cpuUsage();
    for (let i = 0; i < 100; i++) sense();
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000 / 100;
    t.diagnostic(`${ms.toFixed(3)} ms of CPU a call`);
    assert.ok(ms < 10, `${ms} ms`);
    assert.ok(cpuTimes() !== null);
  });
});

const half = (v: number) => ({ ok: true, v });
