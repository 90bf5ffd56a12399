// Starting the desktop app and a browser in tests. Every start has a data folder of its own, which
// also gives it a single-instance lock of its own.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { _electron, type Browser, chromium, type ElectronApplication, type Page } from 'playwright';

export const root = path.resolve(import.meta.dirname, '../..');
const electron = process.env.HAGGLE_TEST_ELECTRON ?? '';
const browser = process.env.HAGGLE_TEST_CHROMIUM ?? '';

/** Why desktop tests cannot run here, or false. Never '': node:test would report that as a skip. */
export const noElectron: string | false =
  electron === '' && (process.env.HAGGLE_NO_ELECTRON || 'no Electron: run it with npm test');

/** Why browser tests cannot run here, or false. */
export const noChromium: string | false =
  browser === '' && (process.env.HAGGLE_NO_CHROMIUM || 'no Chromium: run it with npm test');

/** Chromium refuses its sandbox for root. */
export const rootFlag = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** A folder that is removed when the test ends. */
export function tempDir(t: TestContext): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-app-'));
  t.after(() => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

/** Where a picture for people goes: CI keeps this folder. */
export function artifact(name: string): string {
  const dir = path.join(root, '.artifacts');
  fs.mkdirSync(dir, { recursive: true });
  return path.join(dir, name);
}

export interface Desktop {
  app: ElectronApplication;
  page: Page;
  dataDir: string;
}

/** Environment of an app under test: never opens a real browser, and knows its start time. */
export function appEnv(extra: Record<string, string> = {}): Record<string, string> {
  const out = path.join(root, 'out');
  const HAGGLE = { HAGGLE_TEST: '1', HAGGLE_NODE: process.execPath, HAGGLE_OUT: out };
  const env = { ...process.env, ...HAGGLE, HAGGLE_T0: String(Date.now()), ...extra };
  return Object.fromEntries(Object.entries(env).filter((pair) => pair[1] !== undefined)) as Record<
    string,
    string
  >;
}

/** Command line of the app under test, after the executable; '' leaves the data folder to it. */
export function appArgs(dataDir: string, extra: string[] = []): string[] {
  return [...rootFlag, root, ...(dataDir ? ['--data-dir', dataDir] : []), ...extra];
}

/**
 * Playwright holds `ready` back until it is attached, but only when it finds Electron by itself;
 * given an executable it attaches while the window opens, and now and then waits for ever.
 */
function runtime(): { executablePath?: string } {
  if (path.basename(electron) !== 'electron') return { executablePath: electron };
  process.env.ELECTRON_OVERRIDE_DIST_PATH = path.dirname(electron);
  return {};
}

/** Starts the unpackaged app under Playwright; it is closed when the test ends. */
export async function launchDesktop(
  t: TestContext,
  {
    args = [],
    env = {},
    dataDir = tempDir(t),
  }: { args?: string[]; env?: Record<string, string>; dataDir?: string } = {},
): Promise<Desktop> {
  const app = await _electron.launch({
    ...runtime(),
    args: appArgs(dataDir, args),
    env: appEnv(env),
    timeout: 30_000,
  });
  t.after(() => app.close());
  return { app, page: await app.firstWindow(), dataDir };
}

/** Starts the machine's Chromium; it is closed when the test ends. */
export async function launchBrowser(t: TestContext): Promise<Browser> {
  const args = [...rootFlag, '--disable-gpu'];
  const started = await chromium.launch({ executablePath: browser, args });
  t.after(() => started.close());
  return started;
}
