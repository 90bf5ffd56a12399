// Types, rules of the house, lint and format: everything that needs no running code.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createTally } from './runner/tally.mjs';
import { modules, root } from './setup/paths.mjs';
import { checkTypes } from './types.mjs';

const LINT = path.join(modules, 'oxlint/bin/oxlint');
const PRETTIER = path.join(modules, 'prettier/bin/prettier.cjs');
const CACHED = ['--cache', '--cache-strategy', 'content', '--cache-location', '.cache/prettier'];

/**
 * Each check resolves to its complaints, '' when there are none.
 * @type {Record<string, () => Promise<string>>}
 */
const CHECKS = {
  types: () => checkTypes(),
  tidy: () => tool(['build/tidy.ts']),
  lint: () => tool([LINT, '--format=unix', '--deny-warnings']),
  format: () => tool([PRETTIER, '--check', '--log-level=warn', ...CACHED, '.']),
};
export const CHECK_NAMES = Object.keys(CHECKS);

/**
 * Runs the named checks together.
 * @param {string[]} [names]
 */
export async function runChecks(names = CHECK_NAMES) {
  const selected = Object.entries(CHECKS).filter(([name]) => names.includes(name));
  return Promise.all(
    selected.map(async ([name, run]) => {
      const startedAt = performance.now();
      const complaints = await run();
      return { name, complaints, tookMs: performance.now() - startedAt };
    }),
  );
}

/**
 * Runs a tool in this Node; its output counts only when it fails.
 * @param {string[]} args
 * @returns {Promise<string>}
 */
function tool(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  child.stderr.on('data', (data) => (text += data));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve(code === 0 ? '' : text.trim() || `ended with ${code}`));
  });
}

if (process.argv[1] === import.meta.filename) {
  const tally = createTally({ strict: true });
  for (const result of await runChecks()) process.stdout.write(`${tally.check(result)}\n`);
  process.exitCode = tally.ok ? 0 : 1;
}
