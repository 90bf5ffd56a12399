// NVIDIA's devices: recorded words of real cards, and a fake tool that misbehaves on command.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { planCapacity } from '../../core/host/probe/capacity.ts';
import { type NvidiaOptions, type NvidiaReader, openNvidia } from '../../core/host/probe/nvidia.ts';
import {
  addressKey,
  fieldsInHelp,
  fieldsToAsk,
  parseComplaint,
  parseHeader,
  parseRow,
  scaled,
  stateOf,
} from '../../core/host/probe/nvidia-rows.ts';
import type { GpuState } from '../../core/host/probe/types.ts';
import type { FakeControl } from './fake-nvidia-smi.ts';

const FIXTURES = path.join(import.meta.dirname, '../../../shared/fixtures/gpu');
const noFixtures = fs.existsSync(FIXTURES)
  ? false
  : 'the recorded captures are not beside this repository';

function statesIn(file: string): GpuState[] {
  const [header = '', ...lines] = fs.readFileSync(file, 'utf8').trim().split('\n');
  const fields = parseHeader(header);
  return lines.map((line) => {
    const row = parseRow(fields, line);
    assert.ok(row, line);
    return stateOf(row) ?? assert.fail(line);
  });
}

const GIB = 1024 ** 3;
const value = (reading: { ok: true; v: number } | { ok: false; why: string }) =>
  reading.ok ? reading.v : reading.why;

describe('recorded rows of nvidia-smi', { skip: noFixtures }, () => {
  const folder = path.join(FIXTURES, 'nvidia');
  const files = noFixtures
    ? []
    : fs.readdirSync(folder).filter((name) => name.endsWith('query-gpu.csv'));

  test('every capture is read, and nothing unreadable becomes 0', () => {
    assert.ok(files.length >= 21, `${files.length} captures`);
    for (const name of files) {
      for (const gpu of statesIn(path.join(folder, name))) {
        assert.equal(gpu.health, 'ok', name);
        assert.ok(gpu.memoryTotalBytes.ok && gpu.memoryTotalBytes.v > 7 * GIB, name);
        assert.ok(gpu.memoryFreeBytes.ok && gpu.memoryFreeBytes.v < gpu.memoryTotalBytes.v, name);
        assert.ok(gpu.temperatureC.ok && gpu.temperatureC.v > 20, name);
        assert.ok(gpu.powerW.ok && gpu.powerW.v > 0, name);
        const { utilisation } = gpu;
        if (name.includes('-mig-')) assert.deepEqual(utilisation, { ok: false, why: 'absent' });
        else assert.ok(utilisation.ok && utilisation.v >= 0 && utilisation.v <= 1, name);
      }
    }
  });

  test('facts of single cards', () => {
    const one = (name: string) => statesIn(path.join(folder, name))[0] ?? assert.fail();
    const mig = one('linux-h100-mig-590.48.01.idle.query-gpu.csv');
    assert.deepEqual(mig.mig, { ok: true, v: true });
    const windows = one('windows-rtx-2080-super-591.86.idle.query-gpu.csv');
    assert.deepEqual(windows.mig, { ok: false, why: 'absent' });
    assert.equal(value(windows.memoryUsedBytes), 702 * 1024 * 1024);
    assert.equal(value(one('linux-l40s-595.80.idle.query-gpu.csv').utilisation), 1);
    const many = statesIn(path.join(folder, 'linux-8xh100-535.161.07.idle.query-gpu.csv'));
    // As recorded, without UUIDs and with every address twice.
    assert.deepEqual([many.length, new Set(many.map((gpu) => gpu.key)).size], [8, 4]);
    assert.equal(many[0]?.key, 'pci:00000000:0A:00.0');
    const offer = planCapacity({ cpuName: 'x', cores: 8, freeBytes: absent, gpus: [mig, ...many] });
    assert.equal(offer.gpus.length, 8);
    assert.match(offer.kept.join(), /H100.* is not for sale: it is split into instances \(MIG\)/);
  });

  test('the recorded ways of not answering and of failing', () => {
    type Case = { case: string; stdout_or_stderr?: string; values?: string[] };
    const text = fs.readFileSync(path.join(FIXTURES, 'errors/nvidia-smi.json'), 'utf8');
    const cases = JSON.parse(text) as Case[];
    const words = (name: string) => cases.find((one) => one.case === name);
    const sentinels = words('field-values')?.values ?? assert.fail();
    assert.deepEqual(
      sentinels.map((sentinel) => [sentinel, value(scaled(sentinel, 1))]),
      [
        ['[N/A]', 'absent'],
        ['N/A', 'absent'],
        ['[Not Supported]', 'absent'],
        ['[Insufficient Permissions]', 'denied'],
        ['[Unknown Error]', 'fault'],
        ['[Requested functionality has been deprecated]', 'absent'],
      ],
    );
    const lost = parseComplaint(words('gpu-lost')?.stdout_or_stderr ?? '');
    assert.equal(lost.address, '0000:02:00.0');
    assert.match(lost.text, /GPU is lost/);
    const unknown = parseComplaint(words('gpu-unknown-error')?.stdout_or_stderr ?? '');
    assert.equal(unknown.address, '0000:09:00.0');
    const all = parseComplaint(words('nvml-init-unknown-in-container')?.stdout_or_stderr ?? '');
    assert.equal(all.address, null);
  });
});

const absent = { ok: false, why: 'absent' } as const;

describe('words of nvidia-smi', () => {
  test('fields: only those that the driver knows, in the name that it knows', () => {
    const help =
      '"timestamp"\nThe "time".\n\n"name" or "gpu_name"\n\n"uuid"\n"power.draw"\nx "y"\n';
    const known = fieldsInHelp(help);
    assert.deepEqual([...known], ['timestamp', 'name', 'gpu_name', 'uuid', 'power.draw']);
    assert.deepEqual(fieldsToAsk(known), ['uuid', 'name', 'power.draw']);
    assert.deepEqual(fieldsToAsk(fieldsInHelp('NVIDIA-SMI has failed')), []);
  });

  test('rows: odd texts are no rows, odd values no numbers', () => {
    assert.equal(parseRow(['a', 'b'], 'only one'), null);
    assert.equal(stateOf(new Map([['index', '0']])), null);
    assert.equal(value(scaled('1e3', 1)), 'fault');
    assert.equal(value(scaled('', 1)), 'absent');
    assert.equal(value(scaled('0', 1)), 0);
    assert.equal(value(scaled('[GPU is lost]', 1)), 'fault');
    assert.equal(addressKey('00000000:0A:00.0'), '0000:0a:00.0');
    assert.equal(addressKey('0000:0a:00.0'), '0000:0a:00.0');
    assert.equal(addressKey('00010000:0A:00.0'), '00010000:0a:00.0');
  });

  test('health: what the driver wants, broken memory, errors', () => {
    const health = (more: Record<string, string>) => {
      const gpu = stateOf(new Map(Object.entries({ ...CARD, ...more })));
      return [gpu?.health, gpu?.why];
    };
    assert.deepEqual(health({}), ['ok', null]);
    const action = 'gpu_recovery_action';
    assert.deepEqual(health({ [action]: 'Reset' }), ['degraded', 'the driver wants: reset']);
    assert.equal(health({ [action]: '[N/A]' })[0], 'ok');
    assert.equal(health({ 'ecc.errors.uncorrected.volatile.total': '3' })[0], 'degraded');
    assert.equal(health({ 'utilization.gpu': '[Unknown Error]' })[0], 'degraded');
    assert.equal(health({ 'memory.free': '[N/A]' })[0], 'unknown');
  });
});

const CARD: Record<string, string> = {
  index: '0',
  uuid: 'GPU-a',
  name: 'Fake RTX',
  'pci.bus_id': '00000000:01:00.0',
  driver_version: '600.1',
  'memory.total': '8192',
  'memory.used': '100',
  'memory.free': '8000',
  'utilization.gpu': '0',
  'temperature.gpu': '40',
  'power.draw.instant': '20.5',
};
const SECOND = { ...CARD, index: '1', uuid: 'GPU-b', 'pci.bus_id': '00000000:02:00.0' };

interface Bench {
  reader: NvidiaReader;
  set(change: Partial<FakeControl>): void;
  runs(): string[];
  folder: string;
}

/** A reader on the fake tool; 60 ms between samples. */
function bench(t: TestContext, first: Partial<FakeControl> = {}, more: NvidiaOptions = {}): Bench {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-nvidia-'));
  const file = path.join(folder, 'control.json');
  const log = path.join(folder, 'log');
  let control: FakeControl = {
    fields: Object.keys(CARD),
    gpus: [CARD, SECOND],
    mode: 'normal',
    exitCode: 0,
    says: [],
    lost: null,
    delayMs: 0,
    everyMs: null,
  };
  const set = (change: Partial<FakeControl>) => {
    control = { ...control, ...change };
    fs.writeFileSync(`${file}.new`, JSON.stringify(control));
    fs.renameSync(`${file}.new`, file);
  };
  set(first);
  fs.writeFileSync(log, '');
  const reader = openNvidia({
    command: [process.execPath, path.join(import.meta.dirname, 'fake-nvidia-smi.ts')],
    env: { FAKE_NVIDIA_CONTROL: file, FAKE_NVIDIA_LOG: log },
    intervalMs: 100,
    againMs: 50,
    timeoutMs: 5000,
    pciDir: path.join(folder, 'pci'),
    ...more,
  });
  t.after(() => {
    reader.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const runs = () =>
    fs
      .readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('query-gpu='));
  return { reader, set, runs, folder };
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 8000;
  while (!isTrue()) {
    if (performance.now() > end) assert.fail(`${what}: not within 8 s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const healths = (reader: NvidiaReader) => reader.devices().map((gpu) => gpu.health);

describe('the reader, on a fake nvidia-smi', () => {
  test('reads for ever with one process, and sees a card become busy', async (t) => {
    const { reader, set, runs } = bench(t);
    await reader.ready();
    assert.deepEqual(healths(reader), ['ok', 'ok']);
    assert.equal(reader.status().state, 'reading');
    set({ gpus: [{ ...CARD, 'utilization.gpu': '93', 'memory.free': '512' }, SECOND] });
    await until(() => value(reader.devices()[0]?.utilisation ?? absent) === 0.93, 'it is busy');
    assert.equal(value(reader.devices()[0]?.memoryFreeBytes ?? absent), 512 * 1024 * 1024);
    assert.equal(value(reader.devices()[1]?.utilisation ?? absent), 0);
    assert.equal(runs().length, 1);
    assert.match(runs()[0] ?? '', /--format=csv,noheader,nounits --loop-ms=100$/);
  });

  test('the first sample after a start does not count', async (t) => {
    const { reader, set } = bench(t, { everyMs: 250 });
    await until(() => reader.devices().length === 2, 'they are seen');
    assert.deepEqual(healths(reader), ['unknown', 'unknown']);
    assert.equal(value(reader.devices()[0]?.utilisation ?? absent), 'fault');
    assert.equal(planCapacity(plan(reader)).gpus.length, 0, 'unknown is not for sale');
    set({ everyMs: null });
    await reader.ready();
    assert.deepEqual(healths(reader), ['ok', 'ok']);
    assert.equal(planCapacity(plan(reader)).gpus.length, 2);
  });

  test('a lost card is out, the other one goes on; the owner can forgive it', async (t) => {
    const { reader, set, runs } = bench(t);
    await reader.ready();
    set({ lost: '0000:02:00.0' });
    await until(() => healths(reader).join() === 'ok,lost' && runs().length > 1, 'one is lost');
    assert.match(reader.devices()[1]?.why ?? '', /GPU is lost\. Reboot/);
    assert.match(runs().at(-1) ?? '', /--id=0000:01:00\.0$/);
    await until(() => reader.status().state === 'reading', 'the other one is read');
    assert.equal(planCapacity(plan(reader)).gpus.length, 1);
    set({ lost: null });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(healths(reader), ['ok', 'lost'], 'it does not come back by itself');
    reader.forgive();
    await until(() => healths(reader).join() === 'ok,ok', 'both are back');
  });

  test('a card that was lost before the start is shown, and the rest is found', async (t) => {
    const { reader, folder } = bench(t, { lost: '0000:02:00.0' });
    for (const address of ['0000:01:00.0', '0000:02:00.0', '0000:03:00.0']) {
      const at = path.join(folder, 'pci', address);
      fs.mkdirSync(at, { recursive: true });
      fs.writeFileSync(path.join(at, 'vendor'), address.includes(':03:') ? '0x8086\n' : '0x10de\n');
      fs.writeFileSync(path.join(at, 'class'), '0x030000\n');
    }
    await until(() => healths(reader).toSorted().join() === 'lost,ok', 'one of two');
    assert.deepEqual(
      reader.devices().map((gpu) => gpu.key),
      ['pci:0000:02:00.0', 'GPU-a'],
    );
  });

  test('silence makes it unknown and gets the tool restarted', async (t) => {
    const { reader, set, runs } = bench(t, {}, { timeoutMs: 600 });
    await reader.ready();
    set({ mode: 'silent' });
    await until(() => healths(reader).join() === 'unknown,unknown', 'both are unknown');
    assert.match(reader.devices()[0]?.why ?? '', /not heard of for \d+ s/);
    assert.equal(value(reader.devices()[0]?.powerW ?? absent), 'fault', 'no old number is shown');
    assert.equal(planCapacity(plan(reader)).gpus.length, 0);
    await until(() => runs().length > 1, 'it is started again');
    set({ mode: 'normal' });
    await until(() => healths(reader).join() === 'ok,ok', 'both are back');
  });

  test('a tool that is too slow is no tool', async (t) => {
    const { reader } = bench(t, { delayMs: 60_000 }, { timeoutMs: 400 });
    await reader.ready();
    assert.equal(reader.status().state, 'failed');
    assert.deepEqual(reader.devices(), []);
  });

  test('a driver that fails is told in its own words, and asked again ever more rarely', async (t) => {
    const says = ['Failed to initialize NVML: Driver/library version mismatch'];
    const { reader, set, runs } = bench(t, { mode: 'exit', exitCode: 18, says });
    await reader.ready();
    assert.match(reader.status().why, /version mismatch/);
    await until(() => runs().length >= 3, 'it is tried again');
    set({ mode: 'normal' });
    await until(() => healths(reader).join() === 'ok,ok', 'it works again');
  });

  test('an old driver is asked only for what it knows', async (t) => {
    const fields = ['uuid', 'gpu_name', 'memory.total', 'memory.free', 'power.draw'];
    const old = { uuid: 'GPU-old', gpu_name: 'Old', 'memory.total': '2048', 'memory.free': '2000' };
    const { reader, runs } = bench(t, { fields, gpus: [{ ...old, 'power.draw': '[N/A]' }] });
    await reader.ready();
    assert.match(runs()[0] ?? '', /--query-gpu=uuid,gpu_name,memory.total,memory.free,power.draw /);
    const [gpu] = reader.devices();
    assert.equal(gpu?.health, 'ok');
    assert.deepEqual([gpu?.powerW, gpu?.utilisation], [absent, absent]);
  });

  test('no nvidia-smi at all', async (t) => {
    const { reader } = bench(t, {}, { command: ['/no/such/nvidia-smi'] });
    await reader.ready();
    assert.equal(reader.status().state, 'absent');
    assert.deepEqual(reader.devices(), []);
  });

  test('a laptop whose card is switched off is not woken', async (t) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-pci-'));
    const card = path.join(folder, '0000:01:00.0');
    fs.mkdirSync(path.join(card, 'power'), { recursive: true });
    fs.writeFileSync(path.join(card, 'vendor'), '0x10de\n');
    fs.writeFileSync(path.join(card, 'class'), '0x030200\n');
    fs.writeFileSync(path.join(card, 'power/runtime_status'), 'suspended\n');
    const { reader, runs } = bench(t, {}, { pciDir: folder });
    await reader.ready();
    assert.equal(reader.status().state, 'asleep');
    assert.deepEqual(runs(), []);
    fs.rmSync(folder, { recursive: true });
  });
});

function plan(reader: NvidiaReader): Parameters<typeof planCapacity>[0] {
  return { cpuName: 'x', cores: 2, freeBytes: absent, gpus: reader.devices() };
}
