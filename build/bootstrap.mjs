// The one door: `npm start`, `npm test` and the rest. Zero dependencies, runs on Node >= 20.11 with
// nothing but npm, and brings everything else: packages, Node 24, Electron, SQLite, the build.
// No sudo, no global installs, nothing outside this folder.
import path from 'node:path';
import { haggleEnv, runChild, toolEnv, userCwd } from './setup/child.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { hasDisplay } from './setup/display.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { ensureBuilt } from './setup/fresh.mjs';
import { atLeast, pickNode } from './setup/node.mjs';
import { linux, modules, out, root, say, SetupError } from './setup/paths.mjs';
import { ensureSqliteBinding } from './setup/sqlite.mjs';
import { setStage } from './setup/stage.mjs';

// Chromium refuses its sandbox for root; every other user gets the full sandbox.
const ROOT_FLAG = linux && process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** @type {Record<string, (node: string, args: string[]) => Promise<number>>} */
const COMMANDS = { start, haggle, test, bench, dist, check, format };

/**
 * The window, or the same screen in the browser where no window can be.
 * @param {string} node
 * @param {string[]} args
 */
async function start(node, args) {
  const runtime = hasDisplay() ? await ensureElectron(node) : 'no display here';
  const binding = typeof runtime === 'string' ? '' : ensureSqliteBinding(node, runtime);
  ensureBuilt(node);
  const cwd = userCwd();
  if (typeof runtime === 'string' || binding instanceof Error) {
    const why = typeof runtime === 'string' ? runtime : String(binding).split('\n')[0];
    say(`${why}; serving the same screen to your browser instead`);
    const serve = path.join(out, 'host/serve.js');
    const env = { ...haggleEnv(node), HAGGLE_FOLLOW_PARENT: '1' }; // a killed start ends it too
    return runChild(node, [serve, '--open-ui', ...args], { env, cwd });
  }
  const env = { ...haggleEnv(node), HAGGLE_SQLITE_NAPI9: binding, HAGGLE_T0: String(Date.now()) };
  return runChild(runtime.exe, [...ROOT_FLAG, root, ...args], { env, cwd });
}

/**
 * @param {string} node
 * @param {string[]} args
 */
async function haggle(node, args) {
  ensureBuilt(node);
  const cli = path.join(out, 'cli/haggle.js');
  // Whoever kills what it started has killed the command, and with `serve` the host.
  const env = { ...haggleEnv(node), HAGGLE_FOLLOW_PARENT: '1' };
  return runChild(node, [cli, ...args], { env, cwd: userCwd() });
}

/**
 * @param {string} node
 * @param {string[]} args
 */
async function test(node, args) {
  const env = toolEnv(node);
  try {
    ensureBuilt(node);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    env.HAGGLE_BUILD_FAILED = '1'; // one failure; what needs no build is tested all the same
  }
  return runChild(node, ['build/test.mjs', ...args], { env });
}

/**
 * @param {string} node
 * @param {string[]} args
 */
async function bench(node, args) {
  ensureBuilt(node);
  const stage = await setStage(node);
  try {
    const env = { ...toolEnv(node), ...stage.env };
    return await runChild(node, ['test/bench/main.ts', ...args], { env });
  } finally {
    stage.stop();
  }
}

/**
 * @param {string} node
 * @param {string[]} args
 */
async function dist(node, args) {
  ensureBuilt(node);
  return runChild(node, ['build/dist.mjs', ...args], { env: toolEnv(node) });
}

/** @param {string} node */
async function check(node) {
  return runChild(node, ['build/check.mjs'], { env: toolEnv(node) });
}

/** @param {string} node */
async function format(node) {
  const prettier = path.join(modules, 'prettier/bin/prettier.cjs');
  return runChild(node, [prettier, '--write', '--log-level=warn', '.'], { env: toolEnv(node) });
}

async function main() {
  const [name = 'start', ...args] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (!command) throw new SetupError(`no command "${name}"; ${Object.keys(COMMANDS).join(', ')}`);
  if (!atLeast(process.versions.node, 20, 11)) {
    throw new SetupError(`Node 20.11 or newer is needed, this is ${process.versions.node}`);
  }
  ensureDependencies();
  return command(pickNode(), args);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
