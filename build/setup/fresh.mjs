// Is out/ built from the sources as they stand? Cheap when nothing was touched: one stat per file.
// Contents are read only when a time or size differs, so a checkout that merely touches files
// builds nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { acquire } from './lock.mjs';
import { out, root, SetupError } from './paths.mjs';

const SOURCES = [
  'core',
  'electron',
  'renderer',
  'cli',
  'programs',
  'build/build.mjs',
  'package.json',
  'package-lock.json',
];
const STAMP = 'stamp.json';

/** @typedef {{quick: string, content: string}} Stamp */

/**
 * Every source file under the given files and folders, sorted, relative to `base`.
 * @param {string} base
 * @param {readonly string[]} [names]
 */
export function sourceFiles(base, names = SOURCES) {
  const found = [];
  for (const name of names) {
    const full = path.join(base, name);
    if (!fs.existsSync(full)) continue;
    if (fs.statSync(full).isFile()) found.push(name);
    else {
      for (const inner of fs.readdirSync(full, { recursive: true })) {
        const file = path.join(name, String(inner));
        if (fs.statSync(path.join(base, file)).isFile()) found.push(file);
      }
    }
  }
  return found.sort();
}

/**
 * By name, size and time.
 * @param {string} base
 */
function quickStamp(base) {
  const hash = createHash('sha256');
  for (const name of sourceFiles(base)) {
    const { size, mtimeMs } = fs.statSync(path.join(base, name));
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/**
 * By name and content.
 * @param {string} base
 */
function contentStamp(base) {
  const hash = createHash('sha256');
  for (const name of sourceFiles(base)) {
    hash.update(`${name}\n`).update(fs.readFileSync(path.join(base, name)));
  }
  return hash.digest('hex');
}

/**
 * The stamp of the sources as they are now; the bundler stores it beside what it built.
 * @param {string} [base]
 * @returns {Stamp}
 */
export function stampSources(base = root) {
  return { quick: quickStamp(base), content: contentStamp(base) };
}

/**
 * @param {string} dir
 * @param {Stamp} stamp
 */
export function writeStamp(dir, stamp) {
  fs.writeFileSync(path.join(dir, STAMP), JSON.stringify(stamp));
}

/**
 * True when `dir` was built from the sources under `base`.
 * @param {string} [base]
 * @param {string} [dir]
 */
export function isFresh(base = root, dir = out) {
  let built;
  try {
    built = JSON.parse(fs.readFileSync(path.join(dir, STAMP), 'utf8'));
  } catch {
    return false;
  }
  const quick = quickStamp(base);
  if (quick === built.quick) return true;
  if (contentStamp(base) !== built.content) return false;
  writeStamp(dir, { quick, content: built.content });
  return true;
}

/**
 * Builds when a source is newer than out/.
 * @param {string} node
 */
export function ensureBuilt(node) {
  if (isFresh()) return;
  const release = acquire('build');
  try {
    if (isFresh()) return;
    const done = spawnSync(node, ['build/build.mjs'], { cwd: root, stdio: ['ignore', 2, 2] });
    if (done.status !== 0) throw new SetupError('the build failed, see above');
  } finally {
    release();
  }
}
