// Runs the real command as a child: same terminal, same signals, same exit code.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { linux, modules, out, root } from './paths.mjs';

const PARENT_POLL_MS = 100;

/**
 * Resolves to the exit code; 128 + n when signal n ended the child, as a shell would say.
 * @param {string} command
 * @param {string[]} args
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string}} [options]
 * @returns {Promise<number>}
 */
export function runChild(command, args, { env = process.env, cwd = root } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // Ctrl-C in a terminal reaches the child by itself; a second one would mean "now!".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  if (process.env.npm_lifecycle_event) endWithParent(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(signal ? 128 + os.constants.signals[signal] : (code ?? 1));
    });
  });
}

/**
 * npm hands SIGTERM to the shell between it and us, which dies of it and tells nobody; a killed npm
 * leaves that shell waiting. Without this, either would leave a window and a market behind.
 * @param {() => void} end
 */
function endWithParent(end) {
  const parent = process.ppid;
  const npm = parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === npm) return;
    clearInterval(timer);
    end();
  }, PARENT_POLL_MS);
  timer.unref();
}

/**
 * The parent of another process, where it can be read without starting one.
 * @param {number} pid
 */
function parentOf(pid) {
  if (!linux) return null;
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

/** Where the person stands: npm itself moves to the project's root and remembers the place. */
export function userCwd() {
  const { INIT_CWD } = process.env;
  return INIT_CWD && process.cwd() === root ? INIT_CWD : process.cwd();
}

/**
 * Environment of everything that is Haggle itself.
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function haggleEnv(node) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, HAGGLE_NODE: node, HAGGLE_OUT: out };
  delete env.ELECTRON_RUN_AS_NODE; // some editors' terminals set it; the app would be plain Node
  return env;
}

/**
 * Environment of our tools: scripts that call `node` by name get the right one.
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnv(node) {
  const PATH = [path.dirname(node), path.join(modules, '.bin'), process.env.PATH ?? ''];
  return { ...haggleEnv(node), PATH: PATH.join(path.delimiter) };
}
