// The shell alone: a stub host that echoes and a stub page that collects.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright';
import type { HostStatus, ShellApi } from '../../core/contract.ts';
import { defaultDataDir } from '../../core/host/data-dir.ts';
import { probes } from './probes.ts';
import { appArgs, appEnv, launchDesktop, noElectron, root, tempDir } from './support.ts';

const skip = noElectron;
const STUBS = {
  HAGGLE_HOST_ENTRY: path.join(root, 'test/app/fixtures/echo-host.mjs'),
  HAGGLE_PAGE_ROOT: path.join(root, 'test/app/fixtures/page'),
};

/** What fixtures/page/page.js puts on its window. */
interface StubWindow extends Window {
  haggle: ShellApi;
  seen: { statuses: HostStatus[]; ports: MessagePort[] };
  ask(port: MessagePort | undefined, message: unknown): Promise<Echo>;
}
interface Echo {
  echo: unknown;
  pid: number;
  argv: string[];
  env: Record<string, string>;
}

async function waitForPorts(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (n) => (window as unknown as StubWindow).seen?.ports.length >= n,
    count,
  );
}
function askHost(page: Page, message: unknown): Promise<Echo> {
  return page.evaluate((m) => {
    const { ask, seen } = window as unknown as StubWindow;
    return ask(seen.ports.at(-1), m);
  }, message);
}
function statesOf(page: Page): Promise<HostStatus[]> {
  return page.evaluate(() => (window as unknown as StubWindow).seen.statuses);
}
/** Consecutive equal states count once: a status is repeated when the page loads. */
function pathOf(statuses: HostStatus[]): string {
  const states = statuses.map(({ state }) => state);
  return states.filter((state, i) => state !== states[i - 1]).join(' ');
}

test(
  'page and host talk over a port; the shell passes on what it was told',
  { skip },
  async (t) => {
    const { page, dataDir } = await launchDesktop(t, { args: ['--demo'], env: STUBS });
    await waitForPorts(page, 1);
    const { echo, argv, env } = await askHost(page, { n: 1 });
    assert.deepEqual(echo, { n: 1 });
    assert.deepEqual(argv, ['--data-dir', dataDir, '--demo']);
    assert.equal(env.HAGGLE_NODE, process.execPath);
    assert.equal(env.HAGGLE_OUT, path.join(root, 'out'));
    await page.waitForFunction(() => performance.getEntriesByType('paint').length > 0);
    const info = await page.evaluate(() => (window as unknown as StubWindow).haggle.info());
    assert.equal(info.packaged, false);
    assert.equal(info.dataDir, dataDir);
    for (const name of ['start', 'ready', 'window', 'hostReady', 'first-paint']) {
      assert.ok(Number(info.marks[name]) > 0, `${name} is marked`);
    }
    t.diagnostic(`marks ${JSON.stringify(info.marks)}`);
  },
);

test(
  'without --data-dir the window takes the data folder of the command line',
  { skip },
  async (t) => {
    const XDG_DATA_HOME = tempDir(t);
    const { page } = await launchDesktop(t, { dataDir: '', env: { ...STUBS, XDG_DATA_HOME } });
    await waitForPorts(page, 1);
    const { dataDir } = await page.evaluate(() => (window as unknown as StubWindow).haggle.info());
    assert.equal(dataDir, defaultDataDir({ ...process.env, XDG_DATA_HOME }));
  },
);

test('the page is boxed in', { skip }, async (t) => {
  const { page } = await launchDesktop(t, { env: STUBS });
  await waitForPorts(page, 1);
  assert.deepEqual(await page.evaluate(probes), {
    require: 'undefined',
    process: 'undefined',
    api: ['info', 'openExternal', 'onHostStatus', 'restartHost'],
    eval: 'blocked',
    fetchHttps: 'blocked',
    fetchFile: 'blocked',
    traversal: 404,
    malformed: 404,
    otherHost: 'blocked',
    popup: 'blocked',
    notifications: 'denied',
    geolocation: 'denied',
    clipboard: 'denied',
    openFile: 'blocked',
    openHttp: 'blocked',
    openHttps: 'allowed',
    navigation: 'blocked',
  });
});

test('a killed host is shown, started again and gets a fresh port', { skip }, async (t) => {
  const { page } = await launchDesktop(t, { env: STUBS });
  await waitForPorts(page, 1);
  const first = await askHost(page, 'before');
  process.kill(first.pid, 'SIGKILL');
  await waitForPorts(page, 2);
  const second = await askHost(page, 'after');
  assert.equal(second.echo, 'after');
  assert.notEqual(second.pid, first.pid);
  assert.match(pathOf(await statesOf(page)), /up down starting up$/);
});

test('a host that cannot start is given up, with its reason, until asked', { skip }, async (t) => {
  const { page } = await launchDesktop(t, { env: { ...STUBS, HAGGLE_ECHO_FATAL: '1' } });
  const failed = (times: number) =>
    page.waitForFunction((n) => {
      const { statuses } = (window as unknown as StubWindow).seen;
      return statuses.filter(({ state }) => state === 'failed').length >= n;
    }, times);
  await failed(1);
  const last = (await statesOf(page)).at(-1);
  assert.deepEqual(last, {
    kind: 'host-status',
    state: 'failed',
    code: 3,
    attempt: 5,
    message: 'The journal is broken.',
  });
  await page.evaluate(() => (window as unknown as StubWindow).haggle.restartHost());
  await failed(2);
});

test('a reloaded page gets a port of its own', { skip }, async (t) => {
  const { page } = await launchDesktop(t, { env: STUBS });
  await waitForPorts(page, 1);
  const before = await askHost(page, 1);
  await page.reload();
  await waitForPorts(page, 1);
  const after = await askHost(page, 2);
  assert.equal(after.echo, 2);
  assert.equal(after.pid, before.pid, 'the host lived on');
});

test('a second start on the same data ends and leaves the first alone', { skip }, async (t) => {
  const { page, dataDir } = await launchDesktop(t, { env: STUBS });
  await waitForPorts(page, 1);
  const exe = process.env.HAGGLE_TEST_ELECTRON ?? '';
  const second = spawn(exe, appArgs(dataDir), { env: appEnv(STUBS), stdio: 'ignore' });
  const [code] = await once(second, 'exit');
  assert.equal(code, 0);
  assert.equal((await askHost(page, 'still here')).echo, 'still here');
});

for (const deaf of [false, true]) {
  const name = deaf ? 'a host that does not listen is killed at quit' : 'quitting ends the host';
  test(name, { skip }, async (t) => {
    const env = { ...STUBS, HAGGLE_ECHO_DEAF: deaf ? '1' : '0' };
    const { app, page } = await launchDesktop(t, { env });
    await waitForPorts(page, 1);
    const { pid } = await askHost(page, 1);
    const main = app.process();
    const gone = once(main, 'exit');
    const askedAt = performance.now();
    main.kill('SIGTERM');
    assert.deepEqual(await gone, [0, null]);
    const tookMs = performance.now() - askedAt;
    assert.throws(() => process.kill(pid, 0), 'the host is gone');
    assert.ok(deaf ? tookMs >= 2_900 : tookMs < 2_900, `took ${Math.round(tookMs)} ms`);
  });
}

test('a shell that is killed takes its host along', { skip }, async (t) => {
  const { app, page } = await launchDesktop(t, { env: STUBS });
  await waitForPorts(page, 1);
  const { pid } = await askHost(page, 1);
  const main = app.process();
  const gone = once(main, 'exit');
  main.kill('SIGKILL');
  await gone;
  const alive = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  for (const until = Date.now() + 5_000; alive() && Date.now() < until;) await sleep(50);
  assert.equal(alive(), false, 'the host is gone');
});
