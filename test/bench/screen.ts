// How the screen keeps up: a made-up host offers patches at a pace, Chromium draws the floor, and
// both are watched. Software rendering unless the machine has better.
import { type Browser, type CDPSession, chromium, type Page } from 'playwright';
import { builtPage, startFakeHost } from '../app/renderer/fake-host.ts';

export interface ScreenCase {
  /** Agents of the market; with their calls they make about twice as many nodes. */
  agents: number;
  patchesPerS: number;
}
export interface ScreenOptions {
  cases?: readonly ScreenCase[];
  /** How long each case is watched, in seconds. */
  seconds?: number;
  /** Chromium to use; the machine's own by default. */
  executablePath?: string;
  args?: readonly string[];
  /** The built page. */
  root?: string;
}
export interface ScreenRow {
  agents: number;
  /** Nodes on the floor when it was measured. */
  nodes: number;
  edges: number;
  patchesPerS: number;
  absorbedPerS: number;
  fps: number;
  p95FrameMs: number;
  /** From sending a patch to its acknowledgement. */
  lagP95Ms: number;
  /** Share of the page's main thread that was busy, 0..1. */
  mainThread: number;
  /** From the request of the page to its first graph. */
  graphMs: number;
}

const CASES: readonly ScreenCase[] = [
  { agents: 105, patchesPerS: 10 },
  { agents: 105, patchesPerS: 60 },
  { agents: 275, patchesPerS: 10 },
  { agents: 275, patchesPerS: 60 },
];
const SETTLE_MS = 2_500;
/** So that a patch is never empty, however little happens in a sixtieth of a second. */
const RECORDS = 8;

/** One row a case. Starts and ends its own host and browser. */
export async function measureScreen(options: ScreenOptions = {}): Promise<ScreenRow[]> {
  const { cases = CASES, seconds = 5, root = builtPage() } = options;
  const executablePath = options.executablePath ?? process.env.HAGGLE_TEST_CHROMIUM ?? '';
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({
    executablePath,
    args: [...sandbox, '--disable-gpu', ...(options.args ?? [])],
  });
  try {
    const rows: ScreenRow[] = [];
    for (const one of cases) rows.push(await measureCase(browser, one, seconds, root));
    return rows;
  } finally {
    await browser.close();
  }
}

async function measureCase(
  browser: Browser,
  { agents, patchesPerS }: ScreenCase,
  seconds: number,
  root: string,
): Promise<ScreenRow> {
  const host = await startFakeHost({ agents, patchesPerS, root, recordsPerPatch: RECORDS });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    const startedAt = performance.now();
    await page.goto(host.url);
    await page.waitForSelector('.react-flow__node');
    const graphMs = Math.round(performance.now() - startedAt);
    await page.waitForTimeout(SETTLE_MS);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    host.absorbed();
    const before = await readMetrics(cdp);
    const frames = await page.evaluate(watchFrames, seconds * 1000);
    const after = await readMetrics(cdp);
    const { patches, lagsMs, seconds: passed } = host.absorbed();
    const busy = after.TaskDuration - before.TaskDuration;
    return {
      agents,
      ...(await countElements(page)),
      patchesPerS,
      absorbedPerS: round(patches / passed),
      ...frames,
      lagP95Ms: round(quantile(lagsMs, 0.95)),
      mainThread: round(busy / (after.Timestamp - before.Timestamp), 2),
      graphMs,
    };
  } finally {
    await page.close();
    await host.close();
  }
}

interface Metrics {
  TaskDuration: number;
  Timestamp: number;
}
async function readMetrics(cdp: CDPSession): Promise<Metrics> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const value = (name: string): number => metrics.find((one) => one.name === name)?.value ?? 0;
  return { TaskDuration: value('TaskDuration'), Timestamp: value('Timestamp') };
}

function countElements(page: Page): Promise<{ nodes: number; edges: number }> {
  return page.evaluate(() => ({
    nodes: document.querySelectorAll('.react-flow__node').length,
    edges: document.querySelectorAll('.react-flow__edge').length,
  }));
}

/** Runs in the page. */
function watchFrames(forMs: number): Promise<{ fps: number; p95FrameMs: number }> {
  return new Promise((resolve) => {
    const frames: number[] = [];
    const start = performance.now();
    let last = start;
    const step = (now: number): void => {
      frames.push(now - last);
      last = now;
      if (now - start < forMs) {
        requestAnimationFrame(step);
        return;
      }
      frames.shift();
      frames.sort((a, b) => a - b);
      const p95 = frames[Math.floor(frames.length * 0.95)] ?? 0;
      const fps = frames.length / ((now - start) / 1000);
      resolve({ fps: Math.round(fps * 10) / 10, p95FrameMs: Math.round(p95) });
    };
    requestAnimationFrame(step);
  });
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * q)] ?? 0;
}
function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
