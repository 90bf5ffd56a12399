// npm dependencies: installed only when the lock file or the platform changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { acquire } from './lock.mjs';
import { modules, platform, root, say, SetupError, win } from './paths.mjs';

const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * The npm that started us, so that nested installs use the same one. Only its errors are shown.
 * @param {string[]} args
 * @returns {boolean} whether it succeeded
 */
export function npm(args) {
  const self = process.env.npm_execpath;
  const [command, first] = self ? [process.execPath, [self]] : [win ? 'npm.cmd' : 'npm', []];
  const done = spawnSync(command, [...first, ...args, ...QUIET], {
    cwd: root,
    stdio: ['ignore', 'ignore', 2],
    shell: win && !self,
  });
  return done.status === 0;
}

/**
 * What node_modules must have been installed from.
 * @param {string} lockText
 * @param {string} [on]
 */
export function stampOf(lockText, on = platform) {
  return createHash('sha256').update(lockText).update(on).digest('hex');
}

/** Installs with `npm ci` unless node_modules already is what the lock file says. */
export function ensureDependencies() {
  const lockText = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  const want = stampOf(lockText);
  const stamp = path.join(modules, '.haggle-stamp');
  const done = () => fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === want;
  if (done()) return;
  const release = acquire('dependencies');
  try {
    if (done()) return;
    if (!installedAs(lockText, path.join(modules, '.package-lock.json'))) {
      say('installing dependencies');
      if (!npm(['ci'])) throw new SetupError('npm ci failed: is the npm registry reachable?');
    }
    fs.writeFileSync(stamp, want);
  } finally {
    release();
  }
}

/**
 * True when npm's own record of node_modules agrees with the lock file, so that a person who ran
 * `npm ci` first does not pay twice.
 * @param {string} lockText
 * @param {string} recordFile
 */
export function installedAs(lockText, recordFile) {
  if (!fs.existsSync(recordFile)) return false;
  const want = packagesOf(lockText);
  const have = packagesOf(fs.readFileSync(recordFile, 'utf8'));
  for (const [name, entry] of Object.entries(want)) {
    if (name === '' || (entry.optional && !have[name])) continue;
    if (have[name]?.version !== entry.version) return false;
  }
  return Object.keys(have).every((name) => want[name]);
}

/**
 * @param {string} text
 * @returns {Record<string, {version?: string, optional?: boolean}>}
 */
function packagesOf(text) {
  try {
    return JSON.parse(text).packages ?? {};
  } catch {
    return {};
  }
}
