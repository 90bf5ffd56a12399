// better-sqlite3 13 ships N-API 10 binaries; on an N-API 9 runtime (Electron 33) they crash with
// SIGSEGV. This compiles one binary that loads on both. Needs g++, make and python3; no network.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { napiOf } from './electron.mjs';
import { acquire } from './lock.mjs';
import { cache, modules, say } from './paths.mjs';

const NEEDED_NAPI = 10;
const SHIPPED = 'NAPI_VERSION=10';

/**
 * Path of an N-API 9 binding for this runtime, '' when the shipped prebuild is right, or an Error
 * (returned, not thrown: Electron alone is lost, everything else works) when none can be made.
 * @param {string} node
 * @param {import('./electron.mjs').Runtime} runtime
 * @returns {string | Error}
 */
export function ensureSqliteBinding(node, runtime) {
  if (napiOf(runtime) >= NEEDED_NAPI) return '';
  const source = path.join(modules, 'better-sqlite3');
  const { version } = JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8'));
  const out = path.join(cache, `sqlite-napi9-${version}`, 'better_sqlite3.node');
  if (fs.existsSync(out)) return out;
  const release = acquire('sqlite');
  try {
    if (fs.existsSync(out)) return out;
    return compile(node, source, out);
  } finally {
    release();
  }
}

/**
 * @param {string} node
 * @param {string} source
 * @param {string} out
 * @returns {string | Error}
 */
function compile(node, source, out) {
  say('compiling SQLite for this Electron, once (about 45 s)');
  // Inside the project, so that require('node-addon-api') still resolves upwards.
  const work = path.join(cache, 'sqlite-build');
  fs.rmSync(work, { recursive: true, force: true });
  fs.cpSync(source, work, { recursive: true, filter: (f) => path.basename(f) !== 'prebuilds' });
  const gyp = path.join(work, 'binding.gyp');
  const text = fs.readFileSync(gyp, 'utf8');
  if (!text.includes(SHIPPED)) return new Error('binding.gyp of better-sqlite3 changed');
  fs.writeFileSync(gyp, text.replaceAll(SHIPPED, 'NAPI_EXPERIMENTAL'));
  const cli = createRequire(path.join(modules, 'x.js')).resolve('node-gyp/bin/node-gyp.js');
  // The Node package from npm carries include/node, so node-gyp downloads no headers.
  const headers = path.resolve(path.dirname(node), '..');
  const args = [cli, 'rebuild', '--release', '--force_build=1', `--nodedir=${headers}`];
  // binding.gyp calls `node` by name.
  const env = { ...process.env, PATH: path.dirname(node) + path.delimiter + process.env.PATH };
  const stdio = /** @type {const} */ (['ignore', 'ignore', 'pipe']);
  const done = spawnSync(node, args, { cwd: work, env, stdio: [...stdio], encoding: 'utf8' });
  const built = path.join(work, 'build/Release/better_sqlite3.node');
  if (done.status !== 0 || !fs.existsSync(built)) {
    const tail = String(done.stderr).trim().slice(-1500);
    return new Error(`SQLite for this Electron needs g++, make and python3:\n${tail}`);
  }
  fs.mkdirSync(path.dirname(out), { recursive: true });
  fs.copyFileSync(built, `${out}.part`);
  fs.renameSync(`${out}.part`, out);
  fs.rmSync(work, { recursive: true, force: true });
  return out;
}
