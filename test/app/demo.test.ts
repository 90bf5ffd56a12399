// The main job end to end, nothing made up: the real host, the starter swarm, real programs in the
// leases they win; seen in the desktop window and in a browser.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { ElectronApplication, Page } from 'playwright';
import { type RealHost, startRealHost } from './real-host.ts';
import { launchBrowser, launchDesktop, noChromium, noElectron, tempDir } from './support.ts';
import { readProcesses, seeAward, shotsOf, startDemo, survivors, tellStory } from './story.ts';

interface Seen {
  page: Page;
  /** What the page complained of on its console, but for connections that we cut. */
  complaints: string[];
}
function listen(page: Page): Seen {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const fault = message.type() === 'error' && !message.text().includes('WebSocket');
    if (fault) complaints.push(message.text());
  });
  return { page, complaints };
}

async function openBrowser(t: TestContext, { link }: RealHost): Promise<Seen> {
  const browser = await launchBrowser(t);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const seen = listen(page);
  await page.goto(link);
  return seen;
}

test(
  'in a browser: the demo from its first award to its last process',
  {
    skip: noChromium,
  },
  async (t) => {
    const host = await startRealHost(t, tempDir(t));
    const { page, complaints } = await openBrowser(t, host);
    await tellStory(page, shotsOf(page, 'browser'));
    assert.deepEqual(complaints, []);
  },
);

test(
  'in the window: the demo from its first award to its last process',
  {
    skip: noElectron,
  },
  async (t) => {
    const { page } = await launchDesktop(t);
    const { complaints } = listen(page);
    await tellStory(page, shotsOf(page, 'window'));
    assert.deepEqual(complaints, []);
  },
);

test(
  'in a browser: a killed host leaves no process, and the page finds the next one',
  {
    skip: noChromium,
  },
  async (t) => {
    const dataDir = tempDir(t);
    const host = await startRealHost(t, dataDir);
    const { page, complaints } = await openBrowser(t, host);
    await startDemo(page);
    await seeAward(page);
    await page.keyboard.press('3');
    const pids = await readProcesses(page);
    const gone = once(host.child, 'exit');
    host.child.kill('SIGKILL');
    await gone;
    await page.getByText('The host is out of reach.').waitFor();
    await shotsOf(page, 'browser')('lost');
    assert.deepEqual(await survivors(pids), []);
    await startRealHost(t, dataDir, host.port);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('The host is out of reach.').waitFor({ state: 'detached' });
    await page.keyboard.press('4');
    await page.getByRole('heading', { name: 'The books balance' }).waitFor();
    await page.getByRole('table', { name: 'Balances' }).getByText('Executive report').waitFor();
    assert.deepEqual(complaints, []);
  },
);

test(
  'in the window: a killed host is replaced, and the page stays where it was',
  {
    skip: noElectron,
  },
  async (t) => {
    const { app, page } = await launchDesktop(t);
    await startDemo(page);
    await seeAward(page);
    await page.keyboard.press('3');
    const pids = await readProcesses(page);
    await page.evaluate(watchBanner);
    const before = await hostPid(app);
    process.kill(before, 'SIGKILL');
    await page.waitForFunction(() => (window as { sawLost?: boolean }).sawLost === true);
    await page.getByText('The host is out of reach.').waitFor({ state: 'detached' });
    assert.deepEqual(await survivors(pids), []);
    await page.getByText('Live', { exact: true }).waitFor();
    assert.equal(await page.evaluate(() => 'sawLost' in window), true, 'the same document');
    assert.notEqual(await hostPid(app), before);
    assert.match(page.url(), /#\/machine/u);
  },
);

/** A new host is up within a moment: the banner may be gone before a test can read it. */
function watchBanner(): void {
  const shown = (): boolean => document.body.innerText.includes('The host is out of reach.');
  const observer = new MutationObserver(() => {
    if (shown()) Object.assign(window, { sawLost: true });
  });
  observer.observe(document.body, { childList: true, subtree: true });
}

async function hostPid(app: ElectronApplication): Promise<number> {
  const pids = await app.evaluate(({ app: inside }) =>
    inside
      .getAppMetrics()
      .filter(
        ({ type, name, serviceName }) => type === 'Utility' && [name, serviceName].includes('host'),
      )
      .map(({ pid }) => pid),
  );
  assert.equal(pids.length, 1, `hosts: ${pids}`);
  return pids[0] ?? 0;
}
