// One writer at a time in this checkout: two terminals may start Haggle together.
import fs from 'node:fs';
import path from 'node:path';
import { cache } from './paths.mjs';

const POLL_MS = 100;
const STALE_MS = 10_000; // a lock without an owner's pid for this long was left by a crash

/**
 * Waits for the named lock and returns the function that releases it. A lock whose process is gone
 * is taken over.
 * @param {string} name
 * @param {string} [dir]
 * @returns {() => void}
 */
export function acquire(name, dir = cache) {
  fs.mkdirSync(dir, { recursive: true });
  const file = path.join(dir, `${name}.lock`);
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => fs.rmSync(file, { force: true });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    if (abandoned(file)) fs.rmSync(file, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
}

/** @param {string} file */
function abandoned(file) {
  try {
    const pid = Number(fs.readFileSync(file, 'utf8'));
    if (!(pid > 0)) return Date.now() - fs.statSync(file).mtimeMs > STALE_MS;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}
