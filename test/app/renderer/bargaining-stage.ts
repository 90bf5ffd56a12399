// One page of the screen beside a made-up host, for tests that go from one bargaining to the next.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright';
import type { CallView } from '../../../core/engine/view/model.ts';
import { launchBrowser } from '../support.ts';
import type { Example } from './fake-bargaining.ts';
import { type FakeHost, startFakeHost } from './fake-host.ts';

export interface Stage {
  host: FakeHost;
  page: Page;
}
export type Step = (stage: Stage) => Promise<void>;

const TITLE: Record<Example, string> = {
  deal: 'matrix product, 4096',
  running: 'train batch 240',
  conflict: 'render preview frames',
  issues: 'index rebuild, nightly',
  lab: 'two issues, both sides known',
};

export function callOf({ host }: Stage, example: Example): CallView {
  const found = [...host.market.records.calls.values()].find((c) => c.title === TITLE[example]);
  assert.ok(found, example);
  return found;
}

/** Another place on the page that is open; what it showed before begins anew. */
export async function open({ page }: Stage, place: string): Promise<Page> {
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/machine`);
  await page.goto(`${origin}/#/${place}`);
  await page.locator('.negotiation-tabs').waitFor();
  return page;
}
export async function openExample(stage: Stage, example: Example): Promise<Page> {
  const page = await open(stage, `negotiation/${callOf(stage, example).id}`);
  await page.locator('.concession .edge-label').first().waitFor();
  return page;
}

/** Runs the steps one after the other on one page; it must not complain of anything. */
export async function play(t: TestContext, steps: Readonly<Record<string, Step>>): Promise<void> {
  const host = await startFakeHost({ agents: 12 });
  t.after(() => host.close());
  const browser = await launchBrowser(t);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.setDefaultTimeout(8_000);
  await page.goto(`${host.url}&/negotiation`);
  await page.getByText('Live', { exact: true }).waitFor();
  for (const [name, step] of Object.entries(steps)) await t.test(name, () => step({ host, page }));
  assert.deepEqual(complaints, []);
}
