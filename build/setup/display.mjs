// A screen to draw on: the real one, or Xvfb for tests.
import { spawn } from 'node:child_process';
import { linux } from './paths.mjs';

/**
 * A number of our own rather than the first free one: an Xvfb that ends removes the socket of its
 * number, even when a new one has taken that number meanwhile.
 */
const DISPLAY = `:${1_000 + (process.pid % 50_000)}`;
const XVFB = [DISPLAY, '-displayfd', '1', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'];

/** True where a window can open now. */
export function hasDisplay() {
  return !linux || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Starts Xvfb, or returns null where it is not installed.
 * @returns {Promise<{display: string, stop: () => void} | null>}
 */
export async function startXvfb() {
  const x = spawn('Xvfb', XVFB, { stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = () => void x.kill();
  const ready = await new Promise((resolve) => {
    x.once('error', () => resolve(''));
    x.once('exit', () => resolve(''));
    x.stdout.once('data', (data) => resolve(String(data).trim()));
  });
  if (!ready) return null;
  x.stdout.destroy(); // an open pipe would keep our process alive after the tests
  x.unref();
  process.once('exit', stop);
  return { display: DISPLAY, stop };
}
