// Finds an Electron runtime: HAGGLE_ELECTRON, the electron package's own download, then the carried
// one (docs/adr/0001).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensureCarried } from './carried.mjs';
import { acquire } from './lock.mjs';
import { cache, linux, modules, say } from './paths.mjs';

const DAY_MS = 86_400_000;
const DOWNLOAD_MS = 300_000;

/**
 * @typedef {object} Runtime
 * @property {string} exe path of the executable
 * @property {string} from in words, where it came from
 * @property {boolean} devOnly true where it must never go into a release
 * @property {number} [napi] its N-API version, where known without asking it
 */

/**
 * The runtime to use, or the reason in words why there is none.
 * @param {string} node the Node that runs electron's installer
 * @returns {Promise<Runtime | string>}
 */
export async function ensureElectron(node) {
  const runtime = await findRuntime(node);
  if (!runtime) return 'no Electron runtime (no download, none carried for this platform)';
  const missing = missingLibraries(runtime.exe);
  return missing.length > 0 ? explainMissing(missing) : runtime;
}

/**
 * @param {string} node
 * @returns {Promise<Runtime | null>}
 */
async function findRuntime(node) {
  const own = process.env.HAGGLE_ELECTRON;
  if (own) return { exe: own, from: 'HAGGLE_ELECTRON', devOnly: false };
  const release = acquire('electron');
  try {
    return official(node) ?? (await ensureCarried());
  } finally {
    release();
  }
}

/**
 * The electron package downloads lazily; a failed download is remembered for a day.
 * @param {string} node
 * @returns {Runtime | null}
 */
function official(node) {
  const dir = path.join(modules, 'electron');
  const now = downloaded(dir);
  if (now) return now;
  const failed = path.join(cache, 'electron-download-failed');
  if (fs.existsSync(failed) && Date.now() - fs.statSync(failed).mtimeMs < DAY_MS) return null;
  say('downloading Electron');
  const done = spawnSync(node, [path.join(dir, 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: DOWNLOAD_MS,
    encoding: 'utf8',
  });
  const got = done.status === 0 ? downloaded(dir) : null;
  if (got) return got;
  fs.mkdirSync(cache, { recursive: true });
  fs.writeFileSync(failed, done.stderr);
  say('Electron could not be downloaded; next try in a day, or delete .cache');
  return null;
}

/**
 * @param {string} dir
 * @returns {Runtime | null}
 */
function downloaded(dir) {
  const note = path.join(dir, 'path.txt');
  if (!fs.existsSync(note)) return null;
  const exe = path.join(dir, 'dist', fs.readFileSync(note, 'utf8').trim());
  return fs.existsSync(exe) ? { exe, from: 'the electron package', devOnly: false } : null;
}

/**
 * N-API version of a runtime: it decides which SQLite binding loads there.
 * @param {Runtime} runtime
 */
export function napiOf(runtime) {
  if (runtime.napi) return runtime.napi;
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const asked = spawnSync(runtime.exe, ['-p', 'process.versions.napi'], { env, encoding: 'utf8' });
  return Number(asked.stdout) || 10;
}

// Debian 12 names. Debian 13 and Ubuntu 24 rename some of them with a t64 suffix.
const DEBIAN = new Map([
  ['libasound.so.2', 'libasound2'],
  ['libatk-1.0.so.0', 'libatk1.0-0'],
  ['libatk-bridge-2.0.so.0', 'libatk-bridge2.0-0'],
  ['libatspi.so.0', 'libatspi2.0-0'],
  ['libcairo.so.2', 'libcairo2'],
  ['libcups.so.2', 'libcups2'],
  ['libdbus-1.so.3', 'libdbus-1-3'],
  ['libdrm.so.2', 'libdrm2'],
  ['libexpat.so.1', 'libexpat1'],
  ['libgbm.so.1', 'libgbm1'],
  ['libgio-2.0.so.0', 'libglib2.0-0'],
  ['libglib-2.0.so.0', 'libglib2.0-0'],
  ['libgobject-2.0.so.0', 'libglib2.0-0'],
  ['libgtk-3.so.0', 'libgtk-3-0'],
  ['libnspr4.so', 'libnspr4'],
  ['libnss3.so', 'libnss3'],
  ['libnssutil3.so', 'libnss3'],
  ['libpango-1.0.so.0', 'libpango-1.0-0'],
  ['libsmime3.so', 'libnss3'],
  ['libudev.so.1', 'libudev1'],
  ['libX11.so.6', 'libx11-6'],
  ['libxcb.so.1', 'libxcb1'],
  ['libXcomposite.so.1', 'libxcomposite1'],
  ['libXdamage.so.1', 'libxdamage1'],
  ['libXext.so.6', 'libxext6'],
  ['libXfixes.so.3', 'libxfixes3'],
  ['libxkbcommon.so.0', 'libxkbcommon0'],
  ['libXrandr.so.2', 'libxrandr2'],
]);

/** @param {string} exe */
function missingLibraries(exe) {
  if (!linux) return [];
  const { stdout } = spawnSync('ldd', [exe], { encoding: 'utf8' });
  return [...String(stdout).matchAll(/^\s*(\S+) => not found/gm)].map((found) => found[1] ?? '');
}

/**
 * One line with the command that mends it; Haggle itself never runs sudo.
 * @param {string[]} libraries
 */
export function explainMissing(libraries) {
  const names = [...new Set(libraries.map((library) => DEBIAN.get(library) ?? library))];
  return `Electron lacks system libraries; on Debian: sudo apt-get install -y ${names.join(' ')}`;
}
