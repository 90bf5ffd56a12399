// A screen to draw on: the real one, or Xvfb for tests.
import { spawn } from 'node:child_process';
import { linux } from './paths.mjs';

const XVFB = ['-displayfd', '1', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'];

/** True where a window can open now. */
export function hasDisplay() {
  return !linux || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Starts Xvfb on a free display number, or returns null where it is not installed.
 * @returns {Promise<{display: string, stop: () => void} | null>}
 */
export async function startXvfb() {
  const x = spawn('Xvfb', XVFB, { stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = () => void x.kill();
  const number = await new Promise((resolve) => {
    let text = '';
    x.once('error', () => resolve(''));
    x.once('exit', () => resolve(''));
    x.stdout.on('data', (data) => {
      text += data;
      // Digits and newline are two writes: closing the pipe between them kills Xvfb (SIGPIPE).
      if (text.endsWith('\n')) resolve(text.trim());
    });
  });
  if (!number) return null;
  x.stdout.destroy(); // an open pipe would keep our process alive after the tests
  x.unref();
  process.once('exit', stop);
  return { display: `:${number}`, stop };
}
