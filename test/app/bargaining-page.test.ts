// Goal: the list tells bargainings from other calls, strategies can be compared, and both are open
// to whoever sees otherwise or not at all.
// Method: Chromium with a made-up host and lab. Check: what is on screen in each state; axe on
// every part of the page in light and dark.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { open, openExample, play, type Step } from './renderer/bargaining-stage.ts';
import { artifact, noChromium } from './support.ts';

const STEPS: Record<string, Step> = {
  async 'the list tells bargainings from other calls, and can show them alone'(stage) {
    const page = await open(stage, 'negotiation');
    await page.getByRole('heading', { name: 'How to read a negotiation' }).waitFor();
    await page.getByLabel('State').selectOption('bargained');
    await page.getByText('5 conversations, newest first').waitFor();
    const rows = page.locator('.conversation-row');
    assert.equal(await rows.locator('.bargained svg').count(), 5);
    await rows.getByText('bargained: neither conceded').waitFor();
    await rows.getByText(/’s turn$/u).waitFor();
    await page.getByRole('button', { name: 'Open the newest bargaining' }).click();
    await page.getByRole('region', { name: 'Bargaining', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Inspect' }).click();
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await inspector.getByRole('heading', { name: 'Bargaining', exact: true }).waitFor();
  },

  async 'strategies: idle, running, full, sorted, and two ways to fail'(stage) {
    const page = await open(stage, 'negotiation?tab=strategies');
    await page.getByText('No tournament has been run yet.').waitFor();
    const seed = page.getByLabel('Seed');
    const run = page.getByRole('button', { name: 'Run the tournament' });
    await seed.fill('one');
    assert.equal(await run.isDisabled(), true);
    await seed.fill('7');
    await page.keyboard.press('Enter');
    await page.getByText('The lab is playing the games.').waitFor();
    await page.getByRole('table', { name: 'Strategies' }).waitFor();
    const first = page.getByRole('row').nth(1);
    assert.match((await first.textContent()) ?? '', /^zeuthen/u);
    await page.getByRole('button', { name: 'Deals' }).click();
    assert.match((await first.textContent()) ?? '', /^conceder/u);
    assert.equal(await page.locator('.strategy-bar .whisker').count(), 8);
    await page.screenshot({ path: artifact('screen-strategies.png') });
    await seed.fill('500');
    await run.click();
    await page
      .getByRole('alert')
      .getByText(/ran out of its time .* Below is the run/u)
      .waitFor();
    await seed.fill('501');
    await run.click();
    await page
      .getByRole('alert')
      .getByText(/rows\[2\]\.utility is not a number/u)
      .waitFor();
    await page.getByRole('table', { name: 'Strategies' }).waitFor();
  },

  async 'axe finds nothing serious, light and dark, stepped back and at rest'(stage) {
    const { page } = stage;
    await findNothing(page, 'light strategies');
    await open(stage, 'negotiation');
    await findNothing(page, 'light none chosen');
    await openExample(stage, 'lab');
    await page.getByRole('button', { name: 'One round back' }).click();
    await findNothing(page, 'light lab');
    await page.emulateMedia({ colorScheme: 'dark' });
    await findNothing(page, 'dark lab');
    await openExample(stage, 'conflict');
    await page.getByRole('radio', { name: 'Table' }).click();
    await findNothing(page, 'dark conflict');
    await open(stage, 'negotiation?tab=strategies');
    await findNothing(page, 'dark strategies');
  },
};

/** Only colours differ in the dark, so there only they are looked at. */
async function findNothing(page: Page, where: string): Promise<void> {
  const axe = new AxeBuilder({ page }).include('main');
  if (where.startsWith('dark')) axe.withRules('color-contrast');
  const { violations } = await axe.analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const words = grave.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join('\n  ')}`);
  assert.deepEqual(words, [], where);
}

test('the parts of the negotiation page', { skip: noChromium }, (t) => play(t, STEPS));
