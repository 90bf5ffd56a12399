// The desktop app as its owner meets it: from the start to the first paint, and what it weighs
// while the starter swarm runs. Memory is read from /proc, so only on Linux.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright';
import type { ShellApi } from '../../core/contract.ts';
import { appArgs, appEnv } from '../app/support.ts';
import { inFolder, spread } from './host.ts';

export interface StartRow {
  /** From the start of the process, milliseconds. */
  firstPaintMs: { min: number; p50: number; max: number };
  /** The host answers. */
  hostReadyMs: { min: number; p50: number; max: number };
  starts: number;
}

export interface MemorySample {
  minute: number;
  /** Resident memory of the host and of the page's process. */
  hostMB: number;
  pageMB: number;
  /** Live JavaScript objects of the page, after a collection. */
  pageHeapMB: number;
  awards: number;
}
export interface MemoryRow {
  minutes: number;
  samples: MemorySample[];
  /** Over the second half, by least squares. */
  hostMBPerMinute: number;
  pageHeapMBPerMinute: number;
}

interface Running {
  child: ChildProcess;
  browser: Browser;
  page: Page;
  startedAt: number;
}

const EXE = process.env.HAGGLE_TEST_ELECTRON ?? '';
const ATTACH_MS = 30_000;

/** Why the app cannot be measured here, or null. */
export const noApp: string | null = EXE === '' ? (process.env.HAGGLE_NO_ELECTRON ?? null) : null;

async function launch(dataDir: string, extra: string[]): Promise<Running> {
  const startedAt = Date.now();
  const args = ['--remote-debugging-port=0', ...appArgs(dataDir, extra)];
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const child = spawn(EXE, args, { env: appEnv(), stdio: [...stdio] });
  const address = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no debugging port: ${said}`)), ATTACH_MS);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + String(chunk)).slice(-4000);
      const found = /DevTools listening on (ws:\S+)/u.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    });
  });
  // What is measured has a processor to itself until it is done.
  await sleep(3000);
  const browser = await chromium.connectOverCDP(address);
  const [page] = browser.contexts()[0]?.pages() ?? [];
  if (page === undefined) throw new Error('the app has no window');
  return { child, browser, page, startedAt };
}

async function quit({ child, browser }: Running): Promise<void> {
  await browser.close();
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

/** Starts after a build, each on data of its own. */
export async function measureStart(starts = 5): Promise<StartRow> {
  const paints: number[] = [];
  const ready: number[] = [];
  for (let i = 0; i < starts; i++) {
    await inFolder(async (dir) => {
      const app = await launch(dir, []);
      const paint = await app.page.evaluate(() => {
        const [first] = performance.getEntriesByName('first-contentful-paint');
        return first === undefined ? Number.NaN : performance.timeOrigin + first.startTime;
      });
      paints.push(paint - app.startedAt);
      const { marks } = await app.page.evaluate(() =>
        (window as unknown as { haggle: ShellApi }).haggle.info(),
      );
      ready.push(marks.hostReady ?? Number.NaN);
      await quit(app);
    });
  }
  return { firstPaintMs: spread(paints), hostReadyMs: spread(ready), starts };
}

/** The demo for some minutes with the window open. */
export function measureMemory(minutes: number): Promise<MemoryRow> {
  return inFolder(async (dir) => {
    const app = await launch(dir, ['--demo']);
    const samples: MemorySample[] = [];
    const from = performance.now();
    for (let minute = 0; minute <= minutes; minute += minutes > 3 ? 1 : minutes / 3) {
      await sleep(Math.max(0, minute * 60_000 - (performance.now() - from)));
      samples.push({ minute, ...(await weigh(app)) });
    }
    await quit(app);
    const late = samples.filter((s) => s.minute >= minutes / 2);
    return {
      minutes,
      samples,
      hostMBPerMinute: slope(late.map((s) => [s.minute, s.hostMB])),
      pageHeapMBPerMinute: slope(late.map((s) => [s.minute, s.pageHeapMB])),
    };
  });
}

async function weigh(app: Running): Promise<Omit<MemorySample, 'minute'>> {
  const cdp = await app.page.context().newCDPSession(app.page);
  await cdp.send('HeapProfiler.collectGarbage');
  const heap = await app.page.evaluate(
    () => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
  );
  await cdp.detach();
  const tree = descendants(app.child.pid ?? 0);
  const rss = (mark: string): number =>
    Math.max(0, ...tree.filter((p) => p.command.includes(mark)).map((p) => p.rssMB));
  return {
    hostMB: rss('node.mojom.NodeService'),
    pageMB: rss('--type=renderer'),
    pageHeapMB: Math.round(heap / 104_857.6) / 10,
    awards: await awardsOf(dataDirOf(app)),
  };
}

const dataDirOf = ({ child }: Running): string => {
  const at = child.spawnargs.indexOf('--data-dir');
  return child.spawnargs[at + 1] ?? '';
};

async function awardsOf(dataDir: string): Promise<number> {
  const file = path.join(dataDir, 'host.json');
  const { url } = JSON.parse(fs.readFileSync(file, 'utf8')) as { url: string };
  const token = fs.readFileSync(path.join(dataDir, 'operator.token'), 'utf8').trim();
  const answer = await fetch(`${url}/v1/demo`, { headers: { authorization: `Bearer ${token}` } });
  const { report } = (await answer.json()) as { report: { awards: number } };
  return report.awards;
}

interface Proc {
  pid: number;
  parent: number;
  command: string;
  rssMB: number;
}

/** All processes under one, read from /proc. */
function descendants(root: number): Proc[] {
  const all = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => readProc(Number(name)) ?? []);
  const found = new Set([root]);
  for (let grown = true; grown;) {
    grown = false;
    for (const p of all) {
      if (found.has(p.pid) || !found.has(p.parent)) continue;
      found.add(p.pid);
      grown = true;
    }
  }
  return all.filter((p) => found.has(p.pid));
}

function readProc(pid: number): Proc | null {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    const number = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'mu').exec(status)?.[1] ?? 0);
    const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { pid, parent: number('PPid'), command, rssMB: Math.round(number('VmRSS') / 1024) };
  } catch {
    return null; // gone meanwhile
  }
}

/** Least squares, two digits. */
function slope(points: readonly (readonly number[])[]): number {
  const mean = (k: number): number =>
    points.reduce((sum, p) => sum + (p[k] ?? 0), 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  let [over, under] = [0, 0];
  for (const [x = 0, y = 0] of points) {
    over += (x - mx) * (y - my);
    under += (x - mx) ** 2;
  }
  return under === 0 ? 0 : Math.round((over / under) * 100) / 100;
}
