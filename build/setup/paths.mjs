// Where things are, and how the set-up speaks. Zero dependencies; runs on Node >= 20.11.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(fileURLToPath(import.meta.url), '../../..');
export const modules = path.join(root, 'node_modules');
/**
 * Outside node_modules, because `npm ci` empties that: an Electron runtime and a compiled SQLite
 * outlive a change of the lock file.
 */
export const cache = path.join(root, '.cache');
export const out = path.join(root, 'out');
export const win = process.platform === 'win32';
export const linux = process.platform === 'linux';
export const platform = `${process.platform}-${process.arch}`;

/**
 * Messages go to stderr: stdout belongs to the command that runs.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`haggle: ${text}\n`);
}

/** A failure that a person can act on: printed without a stack. */
export class SetupError extends Error {}
