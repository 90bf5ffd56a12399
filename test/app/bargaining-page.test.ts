// Goal: the list and the floor tell bargainings from other calls, strategies can be compared, the
// operator sets the rule and who acts, and all is open to whoever sees otherwise or not at all.
// Method: Chromium with a made-up host and lab. Check: what is on screen in each state; axe on
// every part of the page in light and dark.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import type { AgentView } from '../../core/engine/view/model.ts';
import {
  callOf,
  open,
  openExample,
  play,
  type Stage,
  type Step,
} from './renderer/bargaining-stage.ts';
import { artifact, noChromium } from './support.ts';

const STEPS: Record<string, Step> = {
  async 'the list tells bargainings from other calls, and can show them alone'(stage) {
    const page = await open(stage, 'negotiation');
    await page.getByRole('heading', { name: 'How to read a negotiation' }).waitFor();
    const chip = page.getByRole('button', { name: 'Bargained 5' });
    await chip.click();
    assert.equal(await page.getByLabel('State').inputValue(), 'bargained');
    assert.equal(await chip.getAttribute('aria-pressed'), 'true');
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

  async 'the floor draws a bargaining as two strands, and a conflict dashed with its reason'(
    stage,
  ) {
    const call = callOf(stage, 'running');
    assert.ok(call.bargaining);
    const page = await openPage(stage, 'floor?state=bargaining');
    const strands = page.locator('.fedge.bargain:not(.legend *)');
    await page.locator('.react-flow__edge .fedge.bargain').nth(1).waitFor({ state: 'attached' });
    const edge = page.locator('.react-flow__edge', { has: strands });
    assert.match(
      (await edge.locator('title').textContent()) ?? '',
      /bids \d+\.\d\d, .+ asks \d+\.\d\d, \d+\.\d\d apart; round \d+ of at most 20\.$/u,
    );
    await page.screenshot({ path: artifact('screen-bargaining-floor.png') });
    const bargaining = { ...call.bargaining, state: 'conflict', why: 'quit', turn: null } as const;
    const over = { state: 'unawarded', why: 'no-agreement', endedAt: Date.now() } as const;
    stage.host.market.change('calls', { ...call, ...over, bargaining });
    await page.locator('.fedge.bargain.conflict').first().waitFor({ state: 'attached' });
    await page.locator('.flabel.conflict').getByText('no deal: a side walked away').waitFor();
    stage.host.market.change('calls', call);
  },

  async 'the rule of bargaining is set in the settings, and says what cannot be read'(stage) {
    const page = await openPage(stage, 'settings');
    const save = page.getByRole('button', { name: 'Change the rules' });
    assert.equal(await save.isDisabled(), true);
    await page.getByText('At most 20 s in all.').waitFor();
    await page.getByLabel('Each lasts').fill('2 min');
    await page.getByText('A time from 0.02 s to 1 min, such as 2 s').waitFor();
    assert.equal(await save.isDisabled(), true);
    await page.getByLabel('Each lasts').fill('0.5 s');
    await page.getByText('At most 10 s in all.').waitFor();
    await page.getByRole('radio', { name: 'Alternating offers' }).click();
    assert.equal(await page.getByLabel('Shorter than').count(), 0);
    await findNothing(page, 'light settings');
    await save.click();
    await page.getByText('The rules are changed; they hold for new calls.').waitFor();
    const { body } = stage.host.heard('/v1/policy');
    assert.deepEqual((body as { bargaining: unknown }).bargaining, {
      protocol: 'alternating-offers',
      roundsMax: 20,
      roundMs: 500,
      discount: { manager: 0.95, contractor: 0.95 },
      roundFee: 0,
    });
  },

  async 'who acts for an agent is chosen in its card, and the failing field is shown'(stage) {
    const { id, name } = callerOf(stage);
    const page = await openPage(stage, `machine?sel=${id}`);
    const card = page.getByRole('complementary', { name: 'Inspector' });
    await card.getByText('acts for it inside the host and bargains by “time-dependent”.').waitFor();
    await card.getByRole('button', { name: 'Choose who acts' }).click();
    const dialog = page.getByRole('dialog', { name: `Who acts for ${name}` });
    await dialog.getByText('Concedes by the clock').waitFor();
    await dialog.getByRole('textbox', { name: /^e / }).fill('51');
    await dialog.getByText('A number from 0.02 to 50').waitFor();
    await dialog.getByRole('textbox', { name: /^e / }).fill('13');
    await dialog.getByRole('button', { name: 'Let it act' }).click();
    await dialog.getByRole('alert').getByText('e: 13 is refused here').waitFor();
    assert.equal(await dialog.locator('.field[aria-invalid="true"]').inputValue(), '13');
    await dialog.getByLabel('Bargains by').selectOption('zeuthen');
    await dialog.getByLabel('Language model').selectOption('house');
    await dialog.getByText('example-8b at http://127.0.0.1:8000 is asked for every').waitFor();
    await findNothing(page, 'light who acts', '.dialog');
    await dialog.getByRole('button', { name: 'Let it act' }).click();
    await card.getByText('The language model “house” is asked for every offer.').waitFor();
    assert.deepEqual(stage.host.heard(`/v1/agents/${id}/delegate`).body, {
      policy: 'truthful',
      params: { strategy: 'zeuthen', settings: {}, model: 'house' },
    });
    await card.getByRole('button', { name: 'Choose who acts' }).click();
    await dialog.getByLabel('Who acts').selectOption('');
    await dialog.getByRole('button', { name: 'Let nobody act' }).click();
    await card.getByText('Nobody: it answers by API.').waitFor();
    assert.equal(stage.host.heard(`/v1/agents/${id}/delegate`).method, 'DELETE');
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

async function openPage({ page }: Stage, place: string): Promise<Page> {
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/${place}`);
  return page;
}

function callerOf({ host }: Stage): AgentView {
  const found = [...host.market.records.agents.values()].find((one) => one.strategy !== null);
  assert.ok(found);
  return found;
}

/** Only colours differ in the dark, so there only they are looked at. */
async function findNothing(page: Page, where: string, part = 'main'): Promise<void> {
  const axe = new AxeBuilder({ page }).include(part);
  if (where.startsWith('dark')) axe.withRules('color-contrast');
  const { violations } = await axe.analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const words = grave.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join('\n  ')}`);
  assert.deepEqual(words, [], where);
}

test('the parts of the negotiation page', { skip: noChromium }, (t) => play(t, STEPS));
