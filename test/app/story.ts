// The main job as a person sees it, page by page; the same in the window and in a browser.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright';
import { artifact } from './support.ts';

/** Leases take seconds, and a busy machine takes its time to start their processes. */
const PATIENCE_MS = 30_000;

export type Shot = (name: string) => Promise<void>;
export function shotsOf(page: Page, where: string): Shot {
  return async (name) => {
    await page.screenshot({ path: artifact(`demo-${where}-${name}.png`) });
  };
}

export async function startDemo(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Key takeaways' }).waitFor({ timeout: PATIENCE_MS });
  await page.getByRole('button', { name: 'Start the demo' }).click();
  await page.getByRole('button', { name: 'Stop demo' }).waitFor();
}

/** An award is on the floor: as an edge, and in the very slot, with its price and time left. */
export async function seeAward(page: Page): Promise<void> {
  await page.locator('.fedge.award').first().waitFor({ state: 'attached', timeout: PATIENCE_MS });
  const slot = page.locator('.fslot.leased').filter({ has: page.locator('.price') });
  await slot.first().waitFor({ timeout: PATIENCE_MS });
  const words = (await slot.first().textContent()) ?? '';
  assert.match(words, /\d/u, 'a slot says price and time');
}

/** From a call on the floor to its conversation. */
export async function openCall(page: Page): Promise<void> {
  const box = page.locator('.floor-graph');
  await box.focus();
  await page.keyboard.press('ArrowRight');
  for (let i = 0; i < 30; i++) {
    const said = (await box.locator('> output').textContent()) ?? '';
    if (said.startsWith('Call ')) break;
    await page.keyboard.press(said.startsWith('Manager') ? 'ArrowRight' : 'ArrowLeft');
  }
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/negotiation\/cfp_/u);
}

/** A sale with several bidders: what was said, and for every loser why. */
export async function readSale(page: Page): Promise<void> {
  await page.getByRole('searchbox', { name: /conversations/iu }).fill('for sale');
  await page.getByRole('combobox', { name: 'State' }).selectOption('awarded');
  const contested = page.locator('.conversation-row a').filter({ hasText: /([2-9]|\d\d) bids/u });
  await contested.first().waitFor({ timeout: PATIENCE_MS });
  await contested.first().click();
  await page.getByRole('heading', { name: /^(Sealed bids|Prices over time)/u }).waitFor();
  const said = page.locator('.trace code');
  await said.getByText('propose', { exact: true }).first().waitFor();
  const words = new Set(await said.allTextContents());
  for (const word of ['cfp', 'propose', 'accept-proposal', 'reject-proposal']) {
    assert.ok(words.has(word), `${word} in ${[...words].join(' ')}`);
  }
  const losers = page.getByRole('row').filter({ hasText: 'Lost' });
  const reasons = await losers.locator('td.why').allTextContents();
  assert.ok(reasons.length > 0, 'somebody lost');
  assert.deepEqual(
    reasons.filter((why) => !/^(Lost on price|Equal to the winner|[A-Z].+\.)/u.test(why)),
    [],
  );
}

/** Two of the swarm bargain: both curves, the zone between the limits, and what theory says. */
export async function readBargaining(page: Page): Promise<void> {
  await page.getByRole('searchbox', { name: /conversations/iu }).fill('');
  await page.getByRole('combobox', { name: 'State' }).selectOption({ index: 0 });
  const bargained = page.getByRole('button', { name: /^Bargained/u });
  await bargained.click({ timeout: PATIENCE_MS });
  const agreed = page.locator('.conversation-row').filter({ hasText: 'Awarded' });
  await agreed.first().locator('a').click({ timeout: PATIENCE_MS });
  await page.getByRole('heading', { name: /^Concession/u }).waitFor();
  const chart = page.locator('main');
  for (const words of [/zone of agreement/u, /Nash point|Rubinstein split/u, /Agreed on/u]) {
    await chart.getByText(words).first().waitFor();
  }
  await bargained.click();
}

/** The books add to zero, and what was paid is seen flowing. */
export async function checkBooks(page: Page): Promise<void> {
  const trial = page.getByRole('region', { name: 'Trial balance' });
  await trial.getByRole('heading', { name: 'The books balance' }).waitFor();
  const sum = trial.locator('div', { has: page.getByText('Sum of all accounts') }).locator('dd');
  assert.equal((await sum.last().textContent())?.trim(), '0.00');
  await page.getByRole('tab', { name: 'Flows' }).click();
  await page.waitForFunction(
    () => {
      const paid = document.querySelector('.flow-charts figure')?.getAttribute('aria-label') ?? '';
      return /Paid for leases: (?!0\.00)/u.test(paid);
    },
    null,
    { timeout: PATIENCE_MS },
  );
}

/** Real processes run in the leases: their ids are those of this machine's kernel. */
export async function readProcesses(page: Page): Promise<number[]> {
  await page.getByRole('heading', { name: 'Processes' }).waitFor();
  const table = page.getByRole('region', { name: 'Processes, table' });
  const running = table.getByRole('row').filter({ hasText: 'Running' });
  await running.first().waitFor({ timeout: PATIENCE_MS });
  const pids = (await running.locator('td:first-child').allTextContents()).map(Number);
  assert.ok(
    pids.some((pid) => Number.isInteger(pid) && isAlive(pid)),
    `alive: ${pids}`,
  );
  return pids;
}

/** After this nothing of it is left: no call, no lease, no process. */
export async function stopDemo(page: Page, pids: readonly number[]): Promise<void> {
  await page.getByRole('button', { name: 'Stop demo' }).click();
  await page.getByRole('button', { name: 'Start demo' }).waitFor({ timeout: PATIENCE_MS });
  await page.getByText('Nobody calls for capacity just now.').waitFor({ timeout: PATIENCE_MS });
  await page.locator('.fslot.leased').first().waitFor({ state: 'detached' });
  assert.deepEqual(await survivors(pids), []);
}

/** Those of them that are still there when others would have gone. */
export async function survivors(pids: readonly number[]): Promise<number[]> {
  for (const until = Date.now() + 10_000; pids.some(isAlive) && Date.now() < until;) {
    await sleep(50);
  }
  return pids.filter(isAlive);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** From the empty market to the stopped demo. */
export async function tellStory(page: Page, shot: Shot): Promise<void> {
  await startDemo(page);
  await seeAward(page);
  await sleep(3_000); // a market that has come to life makes the better picture
  await shot('floor');
  await openCall(page);
  await readSale(page);
  await shot('conversation');
  await readBargaining(page);
  await shot('bargaining');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Bank' }).click();
  await checkBooks(page);
  await shot('bank');
  await page.keyboard.press('3');
  const pids = await readProcesses(page);
  await shot('machine');
  await page.keyboard.press('1');
  await stopDemo(page, pids);
  await shot('stopped');
  await page.keyboard.press('3');
  await page.getByText('No process of a lease is running on this machine.').waitFor();
}
