// The package as a user gets it: made, unpacked from its archive, started, looked at from outside.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { chromium } from 'playwright';
import { readFuses } from '../../build/setup/fuses.mjs';
import type { ShellApi } from '../../core/contract.ts';
import { appEnv, artifact, noElectron, root, rootFlag, tempDir } from './support.ts';

interface Shell {
  haggle: ShellApi;
}

/** Where the DevTools of a started app listen, from its stderr. */
function devtoolsOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.on('data', (data) => {
      text += data;
      const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}\n${text.slice(-2000)}`)));
  });
}

/** Attaching before the page has its title times out now and then, so it is polled for first. */
async function pageReady(devtools: string): Promise<void> {
  const list = `http://${new URL(devtools).host}/json/list`;
  for (const until = Date.now() + 20_000; Date.now() < until;) {
    const targets: { type: string; url: string; title: string }[] = await fetch(list).then(
      (response) => response.json(),
      () => [],
    );
    const ours = targets.find(({ type, url }) => type === 'page' && url.startsWith('app://'));
    if (ours?.title && !ours.title.startsWith('app://')) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the page did not come up');
}

/**
 * The shipped form has no inspect fuse, so Playwright attaches over CDP instead of launching it.
 */
async function startPackage(t: TestContext, exe: string) {
  const args = [...rootFlag, '--remote-debugging-port=0', '--data-dir', tempDir(t)];
  const child = spawn(exe, args, { env: appEnv(), stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const devtools = await devtoolsOf(child);
  await pageReady(devtools);
  const browser = await chromium.connectOverCDP(devtools, { timeout: 15_000 });
  const page = browser.contexts()[0]?.pages()[0];
  assert.ok(page);
  return { child, browser, page };
}

const skip = process.platform === 'linux' ? noElectron : 'this test knows the Linux package only';

describe('the package', { skip }, () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-package-'));
  const unpacked = path.join(dir, 'unpacked');
  const at = (...parts: string[]) => path.join(unpacked, ...parts);
  before(() => {
    const env = { ...process.env, HAGGLE_TEST_PACKAGE: '1', TARGETS: 'dir,tar.gz' };
    const made = spawnSync(process.execPath, ['build/dist.mjs', '--out', dir], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    assert.equal(made.status, 0, made.stdout + made.stderr);
    const archive = fs.readdirSync(dir).find((name) => name.endsWith('.tar.gz')) ?? '';
    assert.match(archive, /^Haggle-\d+\.\d+\.\d+-linux-x64\.tar\.gz$/);
    fs.mkdirSync(unpacked);
    const flags = ['-xzf', path.join(dir, archive), '-C', unpacked, '--strip-components=1'];
    assert.equal(spawnSync('tar', flags).status, 0);
  });
  after(() => fs.rmSync(dir, { recursive: true, force: true }));

  it('has hardened fuses', () => {
    assert.deepEqual(readFuses(at('haggle-desktop')), {
      runAsNode: false,
      cookieEncryption: true,
      nodeOptions: false,
      nodeCliInspect: false,
      asarIntegrity: true,
      onlyAsar: true,
      browserSnapshot: false,
      fileProtocolExtra: false,
    });
  });

  it('holds what it needs and nothing of its making', () => {
    const names = fs.readdirSync(at('resources')).sort();
    const native = process.env.HAGGLE_SQLITE_NAPI9 ? ['native'] : [];
    assert.deepEqual(names, ['app.asar', 'app.asar.unpacked', ...native, 'node']);
    const modules = fs.readdirSync(at('resources/app.asar.unpacked/node_modules')).sort();
    assert.deepEqual(modules, ['better-sqlite3', 'systeminformation']);
    const all = fs.readdirSync(unpacked, { recursive: true }).map(String);
    assert.deepEqual(
      all.filter((name) => name.endsWith('.map')),
      [],
    );
  });

  it('runs the command line on the Node that it carries', () => {
    const bare = { PATH: '/usr/bin:/bin', HOME: os.homedir() };
    const link = path.join(dir, 'haggle-link');
    fs.symlinkSync(at('haggle'), link);
    const help = spawnSync(link, ['--help'], { env: bare, encoding: 'utf8' });
    assert.equal(help.status, 0, help.stderr);
    assert.match(help.stdout, /haggle/);
    const probe = `const at = process.env.AT;
      const Database = require('node:module').createRequire(at)('better-sqlite3');
      console.log(process.versions.node, new Database(':memory:').prepare('SELECT 1 n').get().n);`;
    const env = { ...bare, AT: at('resources/app.asar.unpacked/package.json') };
    const sqlite = spawnSync(at('resources/node/node'), ['-e', probe], { env, encoding: 'utf8' });
    assert.match(sqlite.stdout, /^24\.\d+\.\d+ 1\n$/, sqlite.stderr);
  });

  it('starts, shows its window with the host up, and ends on SIGTERM', async (t) => {
    const { child, browser, page } = await startPackage(t, at('haggle-desktop'));
    assert.match(await page.title(), /^Haggle/);
    await page.waitForFunction(async () => {
      const { haggle } = window as unknown as Shell;
      return new Promise((resolve) => {
        haggle.onHostStatus(({ state }) => state === 'up' && resolve(true));
      });
    });
    const info = await page.evaluate(() => {
      const { haggle } = window as unknown as Shell;
      return haggle.info();
    });
    assert.equal(info.packaged, true);
    t.diagnostic(`marks ${JSON.stringify(info.marks)}`);
    await page.screenshot({ path: artifact('package.png') });
    // The lab's thread starts from inside the archive.
    await page.keyboard.press('2');
    await page.getByRole('tab', { name: 'Strategies' }).click();
    await page.getByRole('button', { name: 'Run the tournament' }).click();
    await page.getByText('zeuthen', { exact: true }).first().waitFor();
    await browser.close();
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await gone, [0, null]);
  });
});
