// What tests and benchmarks need beside Node: an Electron that runs, a screen, a browser.
import { spawnSync } from 'node:child_process';
import { hasDisplay, startXvfb } from './display.mjs';
import { ensureElectron } from './electron.mjs';
import { linux } from './paths.mjs';
import { ensureSqliteBinding } from './sqlite.mjs';

const NO_CHROMIUM = 'no Chromium; on Debian: sudo apt-get install -y chromium';
const NO_XVFB = 'no display and no Xvfb; on Debian: sudo apt-get install -y xvfb';

/**
 * @typedef {object} Stage
 * @property {Record<string, string>} env for the tests:
 *   HAGGLE_TEST_ELECTRON path of the runtime, or ''; then HAGGLE_NO_ELECTRON says why
 *   HAGGLE_TEST_CHROMIUM path of a Chromium, or ''; then HAGGLE_NO_CHROMIUM says why
 *   HAGGLE_SQLITE_NAPI9  binding for that Electron, or ''
 * @property {() => void} stop ends what was started for it
 */

/**
 * Never fails: what a machine cannot have is named in the environment, and the tests that need it
 * skip with that reason.
 * @param {string} node
 * @returns {Promise<Stage>}
 */
export async function setStage(node) {
  const xvfb = hasDisplay() ? null : await startXvfb();
  const seen = hasDisplay() || xvfb !== null;
  const runtime = seen ? await ensureElectron(node) : NO_XVFB;
  const binding = typeof runtime === 'string' ? '' : ensureSqliteBinding(node, runtime);
  const chromium = findChromium();
  /** @type {Record<string, string>} */
  const env = { HAGGLE_TEST_ELECTRON: '', HAGGLE_SQLITE_NAPI9: '', HAGGLE_TEST_CHROMIUM: chromium };
  if (!chromium) env.HAGGLE_NO_CHROMIUM = NO_CHROMIUM;
  if (xvfb) env.DISPLAY = xvfb.display;
  if (typeof runtime === 'string') env.HAGGLE_NO_ELECTRON = runtime;
  else if (binding instanceof Error) env.HAGGLE_NO_ELECTRON = binding.message;
  else {
    env.HAGGLE_TEST_ELECTRON = runtime.exe;
    env.HAGGLE_SQLITE_NAPI9 = binding;
  }
  return { env, stop: () => xvfb?.stop() };
}

function findChromium() {
  const own = process.env.HAGGLE_TEST_CHROMIUM;
  if (own) return own;
  if (!linux) return '';
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const found = spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim();
    if (found) return found;
  }
  return '';
}
