// Goal: the negotiation page shows a bargaining so that it can be read, stepped and compared by eye
// and by keyboard, whether it runs, ended in a deal or in a conflict.
// Method: Chromium with a made-up host that has one bargaining of every kind. Check: what is on
// screen after each step; nothing moves under reduced motion.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright';
import { bargainedCall, funnel, turnOf } from './renderer/fake-bargaining.ts';
import { callOf, openExample, play, type Stage, type Step } from './renderer/bargaining-stage.ts';
import { artifact, noChromium } from './support.ts';

const slider = (page: Page) => page.getByRole('slider', { name: 'Round', exact: true });
const textOf = async (at: Locator): Promise<string> => (await at.textContent()) ?? '';
const litRow = (page: Page) => page.locator('.transcript [aria-current="step"]');
const edgeLabels = (page: Page) => page.locator('.concession .edge-label').allTextContents();

const STEPS: Record<string, Step> = {
  async 'a deal: curves, zone, deal and Nash point are labelled where they end'(stage) {
    const page = await openExample(stage, 'deal');
    const labels = (await edgeLabels(page)).join('\n');
    assert.match(labels, /bids 71\.32[^]*asks 71\.32/u);
    assert.match(labels, /at most 100\.00/u);
    assert.match(labels, /at least 40\.00/u);
    assert.match(labels, /Nash point 70\.00/u);
    assert.match(labels, /deal 71\.32/u);
    await page.getByText('1.32 credits above the Nash point: 2 % of the zone.').waitFor();
    await page.getByText(/both limits to be known to both/u).waitFor();
    await page.getByText('zone of agreement, 60.00 cr wide').waitFor();
    await page.getByRole('figure', { name: /report would get 48 % of the zone/u }).waitFor();
    await page.getByRole('figure', { name: /rack would get 52 % of the zone/u }).waitFor();
    await page.screenshot({ path: artifact('screen-bargaining-deal.png') });
  },

  async 'small amounts are told apart, and no text lies on another or on the deal'(stage) {
    const call = callOf(stage, 'deal');
    assert.ok(call.bargaining);
    const limits = { manager: 0.003333, contractor: 0.002223 };
    for (const n of [3, 20, 100]) {
      const doc = funnel(n, call.bargaining, limits);
      stage.host.market.change('calls', bargainedCall(call.id, 'deal', doc));
      const page = await openExample(stage, 'deal');
      await page.getByText(`Round ${n} of ${n}`).waitFor();
      await page
        .getByText(/^Agreed on 0\.00223\d? credits after/u)
        .first()
        .waitFor();
      assert.ok(new Set(await edgeLabels(page)).size >= 6);
      assert.doesNotMatch(await textOf(page.locator('.bargaining')), /\b0\.00\b/u);
      for (const viewport of [LARGE, SMALL]) {
        await page.setViewportSize(viewport);
        await page.waitForTimeout(250); // Recharts follows the size a moment later
        assert.deepEqual(await page.evaluate(overlaps), [], `${n} rounds, ${viewport.width}`);
      }
    }
    stage.host.market.change('calls', call);
  },

  async 'arrow keys step the curve and the transcript together'(stage) {
    const page = await openExample(stage, 'deal');
    await slider(page).focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.getByText('Round 9 of 11').waitFor();
    assert.match((await slider(page).getAttribute('aria-valuetext')) ?? '', /^Round 9: /u);
    assert.match(await textOf(litRow(page)), /^Round 9/u);
    assert.doesNotMatch((await edgeLabels(page)).join(), /deal/u, 'the deal is still to come');
    await litRow(page).focus();
    await page.keyboard.press('Home');
    await page.getByText('Round 1 of 11').waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    assert.match(await focused(), /^Round 1\d\d:/u);
    await page.keyboard.press('ArrowDown');
    await page.getByText('Round 2 of 11').waitFor();
    assert.match(await focused(), /^Round 2/u);
    assert.match(await textOf(page.locator('.readout')), /^Round 2: /u);
  },

  async 'hovering a row or the chart lights the same round in both'(stage) {
    const page = await openExample(stage, 'deal');
    await page.locator('.concession .lit-mark').first().waitFor();
    const place = () => page.locator('.concession .lit-mark circle').first().getAttribute('cx');
    const before = await place();
    await page.locator('.transcript button').nth(8).hover();
    await page.waitForFunction(() =>
      document.querySelector('.readout')?.textContent?.startsWith('Round 9:'),
    );
    assert.notEqual(await place(), before);
    const box = await page.locator('.concession .recharts-surface').boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 90, box.y + 120);
    await page.waitForFunction(
      () => !document.querySelector('.readout')?.textContent?.startsWith('Round 9:'),
    );
    const said = /^Round (\d+):/u.exec(await textOf(page.locator('.readout')))?.[1] ?? '';
    assert.ok((await textOf(litRow(page))).startsWith(`Round ${said}`));
    await page.getByText('Round 11 of 11').waitFor();
  },

  async 'play goes from the first round to the last and stops there'(stage) {
    const page = await openExample(stage, 'conflict');
    await page.getByRole('button', { name: 'Play the rounds' }).click();
    await page.getByText('Round 1 of 7').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.waitForTimeout(900);
    await page.getByText('Round 1 of 7').waitFor();
    await slider(page).fill('6');
    await page.getByRole('button', { name: 'Play the rounds' }).click();
    await page.getByText('Round 7 of 7').waitFor();
    await page.getByRole('button', { name: 'Play the rounds' }).waitFor();
  },

  async 'a running one is followed, until the reader has stepped back'(stage) {
    closeRound(stage);
    const page = await openExample(stage, 'running');
    await page.getByText('Following').waitFor();
    const n = Number(/of (\d+)$/u.exec(await replayed(page))?.[1]);
    await page.getByRole('button', { name: 'One round back' }).click();
    closeRound(stage);
    await page.getByText(`Round ${n - 1} of ${n + 1}`).waitFor();
    await page.getByRole('button', { name: 'Newest' }).click();
    await page.getByText(`Round ${n + 1} of ${n + 1}`).waitFor();
    closeRound(stage);
    await page.getByText(`Round ${n + 2} of ${n + 2}`).waitFor();
    assert.match((await edgeLabels(page)).join(), /Rubinstein split/u);
    await page
      .locator('.bargaining-head')
      .getByText(/’s turn, /u)
      .waitFor();
  },

  async 'a conflict says why, and what was left between the two'(stage) {
    const page = await openExample(stage, 'conflict');
    await page
      .getByText(/No deal: in round 7 neither side conceded/u)
      .first()
      .waitFor();
    await page.getByText('No award: the bargaining ended without a deal.').waitFor();
    await page.getByText('Monotonic concession, because the lease is short').waitFor();
    await page.locator('.concession .edge-label').first().waitFor();
    assert.match((await edgeLabels(page)).join(), /no deal, 38\.13 apart/u);
  },

  async 'who may not know the limits is told why there is no zone'(stage) {
    const call = callOf(stage, 'deal');
    assert.ok(call.bargaining);
    const blind = { ...call, bargaining: { ...call.bargaining, limits: null } };
    stage.host.market.change('calls', blind);
    const page = await openExample(stage, 'deal');
    await page.getByText(/the two limits are known to the operator only/u).waitFor();
    await page.locator('.concession .edge-label').first().waitFor();
    assert.doesNotMatch((await edgeLabels(page)).join(), /Nash|at most/u);
    assert.equal(await page.locator('.shares').count(), 0);
    stage.host.market.change('calls', call);
  },

  async 'table and CSV hold what the chart shows'(stage) {
    const page = await openExample(stage, 'deal');
    await page.getByRole('radio', { name: 'Table' }).click();
    const rows = page.getByRole('region', { name: 'Rounds' }).locator('tbody tr');
    assert.equal(await rows.count(), 11);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.curves').getByRole('button', { name: 'CSV' }).click(),
    ]);
    const lines = fs
      .readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n');
    assert.equal(lines.length, 12);
    assert.match(lines[0] ?? '', /^round,at,manager\.price,manager\.deed,manager\.share,/u);
    const document = callOf(stage, 'deal').bargaining?.rounds[1];
    assert.match(lines[2] ?? '', new RegExp(`^2,[^,]+,${document?.manager?.price},concedes,`, 'u'));
  },

  async 'several issues: a table, and a front only where utilities are known'(stage) {
    const market = await openExample(stage, 'issues');
    await market.getByRole('region', { name: 'Offers on all issues' }).waitFor();
    await market.getByText(/No Pareto front is drawn: .* private to its agent/u).waitFor();
    const lab = await openExample(stage, 'lab');
    const front = lab.getByRole('figure', { name: /possible outcomes .* Nash point: .* Deal: / });
    await front.locator('.recharts-surface').waitFor();
    assert.equal(await lab.getByText(/No Pareto front/u).count(), 0);
    assert.deepEqual(await front.locator('.edge-label').allTextContents(), ['Nash point', 'deal']);
  },

  async 'nothing moves by itself under reduced motion, and steps still step'(stage) {
    const page = await openExample(stage, 'deal');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.getByRole('button', { name: 'Play the rounds' }).click();
    await page.getByText('Round 2 of 11').waitFor();
    const moving = await page.evaluate(
      () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
    );
    assert.equal(moving, 0);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
  },
};

const SMALL = { width: 1280, height: 800 };
const LARGE = { width: 1920, height: 1080 };

/** In the page: texts of the chart that lie on another one, on the ring of the deal or outside. */
function overlaps(): string[] {
  const svg = document.querySelector('.concession svg.recharts-surface');
  const marks = [...(svg?.querySelectorAll('text, g[stroke="var(--good)"] > circle') ?? [])];
  if (marks.length < 10) return [`only ${marks.length} marks`];
  const whole = document.querySelector('.curves')?.getBoundingClientRect();
  const boxes = marks.map((one) => ({
    name: one.textContent || 'deal',
    svg: one,
    box: one.getBoundingClientRect(),
  }));
  const found = boxes.flatMap((a, i) =>
    boxes.slice(i + 1).flatMap((b) => {
      const rings = a.name === 'deal' && b.name === 'deal';
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      return !rings && across > 1 && down > 1 ? [`${a.name} / ${b.name}`] : [];
    }),
  );
  const out = boxes.filter(({ box }) => whole && box.right > whole.right);
  return [...found, ...out.map(({ name }) => `${name} is cut`)];
}

const replayed = async (page: Page): Promise<string> =>
  (await page.locator('.replay-round').textContent()) ?? '';

/** What the host would send when the open round of the running one closes. */
function closeRound(stage: Stage): void {
  const call = callOf(stage, 'running');
  const doc = call.bargaining;
  assert.ok(doc);
  const rounds = [...doc.rounds, turnOf(doc, Date.now())];
  const turn = doc.turn === 'manager' ? ('contractor' as const) : ('manager' as const);
  const roundEndsAt = new Date(Date.now() + 600_000).toISOString();
  const next = { ...doc, rounds, turn, round: rounds.length + 1, roundEndsAt };
  stage.host.market.change('calls', bargainedCall(call.id, 'running', next));
}

test('a bargaining on the negotiation page', { skip: noChromium }, (t) => play(t, STEPS));
