// The screen in Chromium, driven by a made-up host: every page in every state, by keyboard alone,
// for those who see and those who do not.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContextOptions, Page } from 'playwright';
import { type FakeHost, type FakeHostOptions, startFakeHost } from './renderer/fake-host.ts';
import { measureScreen } from '../bench/screen.ts';
import { artifact, launchBrowser, noChromium } from './support.ts';

const skip = noChromium;
const PAGES = ['floor', 'negotiation', 'machine', 'bank', 'settings'] as const;

interface Opened {
  page: Page;
  host: FakeHost;
  /** What the page complained of on its console. */
  complaints: string[];
}

async function open(
  t: TestContext,
  hash: string,
  host: FakeHostOptions = {},
  view: BrowserContextOptions = {},
): Promise<Opened> {
  const fake = await startFakeHost(host);
  t.after(() => fake.close());
  const browser = await launchBrowser(t);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...view });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const fault = message.type() === 'error' && !message.text().includes('WebSocket');
    if (fault) complaints.push(message.text());
  });
  await page.goto(`${fake.url}&${hash.slice(1)}`);
  return { page, host: fake, complaints };
}

const live = (page: Page) => page.getByText('Live', { exact: true }).waitFor();
const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor();

/** Ids that the made-up market has just now. */
function someCall(host: FakeHost, state = 'awarded'): string {
  const all = [...host.market.records.calls.values()];
  const found = all.findLast((one) => one.state === state && one.dialogues.some((d) => d.proposal));
  assert.ok(found, `no call is ${state}`);
  return found.id;
}

test('the token leaves the address, and a deep link stays', { skip }, async (t) => {
  const { page, complaints } = await open(t, '#/bank?tab=budgets');
  await live(page);
  assert.equal(new URL(page.url()).hash, '#/bank?tab=budgets');
  await page.getByRole('tab', { name: 'Budgets', selected: true }).waitFor();
  await page.reload();
  await live(page);
  assert.deepEqual(complaints, []);
});

test('without a token it says what to do', { skip }, async (t) => {
  const { page, host } = await open(t, '#/floor');
  const stranger = await page.context().browser()?.newPage();
  await stranger?.goto(new URL(host.url).origin);
  await stranger?.getByRole('heading', { name: 'This page has no key to the host' }).waitFor();
});

test('every page shows a running market', { skip }, async (t) => {
  const { page, host, complaints } = await open(t, '#/floor', { agents: 12 });
  await page.locator('.react-flow__node').first().waitFor();
  await page.locator('.fedge').first().waitFor({ state: 'attached' });
  await page.screenshot({ path: artifact('screen-floor.png') });
  await page.keyboard.press('2');
  await page.goto(`${new URL(page.url()).origin}/#/negotiation/${someCall(host)}`);
  await page.getByRole('heading', { name: /^(Prices over time|Sealed bids)/u }).waitFor();
  await page.getByText('propose', { exact: true }).first().waitFor();
  await page.screenshot({ path: artifact('screen-negotiation.png') });
  await page.keyboard.press('3');
  await heading(page, 'Leases under way');
  await page.keyboard.press('4');
  await heading(page, 'The books balance');
  for (const tab of ['Flows', 'Who spent what', 'Transfers', 'Budgets', 'Balances']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByRole('tabpanel', { name: tab }).waitFor();
  }
  await page.screenshot({ path: artifact('screen-bank.png') });
  await page.keyboard.press('5');
  await heading(page, 'Rules of the market');
  assert.deepEqual(complaints, []);
});

test('an empty market teaches and offers one thing to do', { skip }, async (t) => {
  const { page, complaints } = await open(t, '#/floor', { agents: 0 });
  await heading(page, 'Key takeaways');
  await page.locator('.flow-diagram svg').waitFor({ timeout: 15_000 });
  await page.getByRole('button', { name: 'Start the demo' }).click();
  await page.getByText('The demo swarm is starting.').waitFor();
  await page.screenshot({ path: artifact('screen-empty.png') });
  for (const key of ['2', '3', '4', '5']) await page.keyboard.press(key);
  assert.deepEqual(complaints, []);
});

test('loading shows the shape of what comes, failing says what is kept', { skip }, async (t) => {
  const { page, host } = await open(t, '#/floor', { mode: 'loading' });
  for (const [i, name] of PAGES.entries()) {
    await page.keyboard.press(String(i + 1));
    if (name !== 'settings') await page.getByLabel('Loading the market').waitFor();
  }
  host.setMode('failing');
  host.drop();
  for (const [i, name] of PAGES.entries()) {
    await page.keyboard.press(String(i + 1));
    if (name !== 'settings') await heading(page, 'The host does not answer');
  }
  host.setMode('normal');
  await page.keyboard.press('1');
  await page.getByRole('button', { name: 'Try now' }).click();
  await live(page);
});

test('a lost host leaves the last state readable and comes back by itself', { skip }, async (t) => {
  const { page, host } = await open(t, '#/bank');
  await live(page);
  host.setMode('failing');
  host.drop();
  await page.getByText('The host is out of reach.').waitFor();
  await page.getByRole('table', { name: 'Balances' }).waitFor();
  host.setMode('normal');
  await live(page);
  await page.getByText('The host is out of reach.').waitFor({ state: 'detached' });
});

test('alarms: a full disk, and books that do not balance', { skip }, async (t) => {
  const { page, host } = await open(t, '#/floor', { mode: 'storage' });
  await page.getByRole('alert').getByText('The disk is full.').waitFor();
  host.setMode('normal');
  await page.getByText('The disk is full.').waitFor({ state: 'detached' });
  const { page: other } = await open(t, '#/bank', { mode: 'unbalanced' });
  await other.getByRole('heading', { name: 'The books do not balance' }).waitFor();
  await other.getByText('off by 1.50').waitFor();
});

test('axe finds nothing serious on any page, light and dark', { skip }, async (t) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, host } = await open(t, '#/floor', {}, { colorScheme });
    await live(page);
    const { origin } = new URL(page.url());
    const call = someCall(host);
    const lease = [...host.market.records.leases.keys()].at(-1) ?? '';
    const tabs = ['flows', 'attribution', 'transfers', 'budgets'].map((tab) => `bank?tab=${tab}`);
    const places = ['floor', `floor?sel=${call}`, `negotiation/${call}`, 'machine', ...tabs];
    for (const place of [...places, 'bank', `machine?sel=${lease}`, 'settings']) {
      await page.goto(`${origin}/#/${place}`);
      await page.waitForTimeout(700);
      await findNothing(page, `${colorScheme} ${place}`);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /^Find/u }).fill('re');
    await findNothing(page, `${colorScheme} palette`);
  }
});

test('axe finds nothing serious where there is nothing, or no host', { skip }, async (t) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, host } = await open(t, '#/floor', { agents: 0 }, { colorScheme });
    await page.locator('.flow-diagram svg').waitFor({ timeout: 15_000 });
    await findNothing(page, `${colorScheme} empty`);
    host.setMode('failing');
    host.drop();
    await page.getByRole('alert').first().waitFor();
    await findNothing(page, `${colorScheme} lost`);
    await page.reload();
    await heading(page, 'The host does not answer');
    await findNothing(page, `${colorScheme} failing`);
  }
});

/** Only colours differ in the dark, so there only they are looked at. */
async function findNothing(page: Page, where: string): Promise<void> {
  const axe = new AxeBuilder({ page });
  if (where.startsWith('dark')) axe.withRules('color-contrast');
  const { violations } = await axe.analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const words = grave.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join('\n  ')}`);
  assert.deepEqual(words, [], where);
}

test('by keyboard alone: find, open, inspect, close, go back', { skip }, async (t) => {
  const { page } = await open(t, '#/floor', { agents: 12 });
  await page.locator('.react-flow__node').first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'skip-link');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Find/u }).fill('executive-report');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Inspector' }).waitFor();
  assert.match(page.url(), /sel=agt_/u);
  await page.keyboard.press('4');
  await page.getByRole('complementary', { name: 'Inspector' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('complementary', { name: 'Inspector' }).waitFor({ state: 'detached' });
  await page.goBack();
  await page.getByRole('complementary', { name: 'Inspector' }).waitFor();
  await page.goBack();
  assert.match(new URL(page.url()).hash, /^#\/floor/u);
});

test('the floor by arrow keys: a call is reached and opened', { skip }, async (t) => {
  const { page } = await open(t, '#/floor', { agents: 12 });
  await page.locator('.react-flow__node').first().waitFor();
  await page.locator('.floor-graph').focus();
  await page.keyboard.press('ArrowRight');
  for (let i = 0; i < 12; i++) {
    const said = (await page.locator('.floor-graph > output').textContent()) ?? '';
    if (said.startsWith('Call ')) break;
    await page.keyboard.press(said.startsWith('Contractor') ? 'ArrowLeft' : 'ArrowRight');
  }
  assert.match((await page.locator('.floor-graph > output').textContent()) ?? '', /^Call /u);
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/negotiation\/cfp_/u);
  await page.goBack();
  await page.locator('.react-flow__node').first().waitFor();
});

test('a list is walked by arrow keys, and does not move under the eyes', { skip }, async (t) => {
  const { page } = await open(t, '#/negotiation', { agents: 200 });
  const rows = page.locator('.conversation-row a');
  await rows.first().click();
  const first = new URL(page.url()).hash;
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction((hash) => location.hash !== hash, first);
  assert.equal(await page.evaluate(() => document.activeElement?.closest('ol') !== null), true);
  const list = page.locator('.conversation-rows');
  await list.evaluate((element) => element.scrollTo({ top: 1200 }));
  await page.waitForTimeout(300);
  const before = await rows.nth(12).textContent();
  await page.getByRole('button', { name: /newer$/u }).waitFor();
  const title = (text: string | null): string => (text ?? '').slice(0, 12);
  assert.equal(title(await rows.nth(12).textContent()), title(before));
  assert.equal(await list.evaluate((element) => element.scrollTop), 1200);
});

test(
  'a costly click says its price first; a small one is undone as easily',
  { skip },
  async (t) => {
    const { page } = await open(t, '#/machine', { agents: 12 });
    const give = page.getByRole('button', { name: 'Give back' }).first();
    await give.click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('the owner pays 0.5 credits as agreed in the bid').waitFor();
    await dialog.getByRole('button', { name: 'Keep as it is' }).click();
    await give.click();
    await dialog.getByRole('button', { name: 'Give back for 0.5 credits' }).click();
    await page.getByText('Being given back').first().waitFor();
    await page.getByRole('button', { name: 'Pause selling' }).click();
    await page.getByText('Selling is paused').first().waitFor();
    await page.getByRole('button', { name: 'Resume selling' }).click();
    await page
      .getByRole('button', { name: /^Change the reserve price/u })
      .first()
      .click();
    await page.getByLabel('Reserve price in credits per slot and hour').fill('2.5');
    await page.keyboard.press('Enter');
    await page.getByText('2.5 cr per slot and hour').waitFor();
  },
);

test('unreadable hardware is said to be so, never 0', { skip }, async (t) => {
  const { page } = await open(t, '#/machine');
  const readings = page.getByRole('complementary', { name: 'Readings' });
  await readings.getByText('not readable: access denied').waitFor();
  await readings.getByText('not readable: the probe failed').waitFor();
});

test('a budget is set, and what cannot be read is said', { skip }, async (t) => {
  const { page } = await open(t, '#/bank?tab=budgets');
  await page.getByRole('button', { name: 'Change the budget of daily-digest' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Credits' }).fill('twelve');
  await dialog.getByRole('button', { name: 'Set the budget' }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByRole('textbox', { name: 'Credits' }).fill('12.5');
  await dialog.getByRole('button', { name: 'Set the budget' }).click();
  await page.getByText('daily-digest has its budget.').waitFor();
});

test('who comes back to the floor finds its edges and his view', { skip }, async (t) => {
  const { page } = await open(t, '#/floor', { agents: 12 });
  const edges = page.locator('.fedge:visible');
  const settled = () =>
    page.waitForFunction(() => document.querySelectorAll('.react-flow__edge').length > 5);
  await settled();
  await page.getByRole('button', { name: 'Zoom out (-)' }).click();
  await page.waitForTimeout(300);
  const view = await page.locator('.react-flow__viewport').getAttribute('style');
  for (const key of ['3', '1', '4', '1']) await page.keyboard.press(key);
  await settled();
  assert.ok((await edges.count()) > 5);
  assert.equal(await page.locator('.react-flow__viewport').getAttribute('style'), view);
});

test('filters narrow the floor and live in the address', { skip }, async (t) => {
  const { page } = await open(t, '#/floor', { agents: 60 });
  const nodes = page.locator('.react-flow__node');
  await nodes.first().waitFor();
  const all = await nodes.count();
  await page.getByLabel('Follow an agent').fill('research-atlas');
  await page.waitForFunction((n) => document.querySelectorAll('.react-flow__node').length < n, all);
  assert.match(page.url(), /agent=research-atlas/u);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.waitForFunction((n) => document.querySelectorAll('.react-flow__node').length > n, 20);
});

test('reduced motion: nothing on the page moves by itself', { skip }, async (t) => {
  const { page } = await open(t, '#/floor', { agents: 12 }, { reducedMotion: 'reduce' });
  await page.locator('.react-flow__node').first().waitFor();
  await page.waitForTimeout(2_000);
  const moving = await page.evaluate(
    () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
  );
  assert.equal(moving, 0);
});

test('patches at 60 a second are folded as fast as they are offered', { skip }, async (t) => {
  const { page, host } = await open(t, '#/bank', {
    agents: 200,
    patchesPerS: 60,
    recordsPerPatch: 8,
  });
  await live(page);
  await page.waitForTimeout(1_500);
  host.absorbed();
  await page.waitForTimeout(4_000);
  const { patches, offered, lagsMs } = host.absorbed();
  const worst = Math.max(...lagsMs);
  t.diagnostic(`${patches} of ${offered} patches absorbed, worst lag ${worst.toFixed(0)} ms`);
  assert.ok(patches > offered * 0.8, `${patches} of ${offered}`);
  const shown = await page.locator('.figures').textContent();
  await page.waitForFunction(
    (text) => document.querySelector('.figures')?.textContent !== text,
    shown,
  );
});

test('the driver of the bench measures a floor', { skip }, async (t) => {
  const [row] = await measureScreen({ cases: [{ agents: 105, patchesPerS: 60 }], seconds: 2 });
  t.diagnostic(JSON.stringify(row));
  assert.ok(row && row.nodes > 150 && row.edges > 100 && row.fps > 0 && row.absorbedPerS > 0);
});
