// Which test files there are, and in which order and company they run.
import fs from 'node:fs';
import path from 'node:path';

const TEST = /\.test\.tsx?$/;

/**
 * In order: the cheap ones first, so that a mistake shows soon. Groups that start processes which
 * measure time or draw run alone; the rest shares the cores. `built` groups run what lies in out/.
 * @type {readonly {name: string, dir: string | null, atOnce: number, built?: boolean}[]}
 */
const GROUPS = [
  { name: 'unit and model', dir: null, atOnce: 2 },
  { name: 'simulation', dir: 'test/sim', atOnce: 2 },
  { name: 'crash', dir: 'test/crash', atOnce: 1, built: true },
  { name: 'gateway', dir: 'test/gateway', atOnce: 1, built: true },
  { name: 'browser and desktop', dir: 'test/app', atOnce: 1, built: true },
];
const STAGED = ['test/app/', 'test/gateway/'];

/**
 * Every test file under `base`/test whose path contains the pattern, by group; empty groups are
 * left out. A file outside the named folders is a unit test.
 * @param {string} base
 * @param {string} [pattern]
 */
export function testGroups(base, pattern = '') {
  const files = fs
    .readdirSync(path.join(base, 'test'), { recursive: true })
    .map((name) => `test/${String(name).split(path.sep).join('/')}`)
    .filter((name) => TEST.test(name) && name.includes(pattern));
  return GROUPS.map(({ name, dir, atOnce, built = false }) => ({
    name,
    atOnce,
    built,
    files: files.filter((file) => dirOf(file) === dir).sort(),
  })).filter((group) => group.files.length > 0);
}

/** @param {string} file */
function dirOf(file) {
  return GROUPS.find(({ dir }) => dir && file.startsWith(`${dir}/`))?.dir ?? null;
}

/**
 * True when a file needs a screen, an Electron or a browser: setting those up takes time.
 * @param {string[]} files
 */
export function needsStage(files) {
  return files.some((file) => STAGED.some((dir) => file.startsWith(dir)));
}
