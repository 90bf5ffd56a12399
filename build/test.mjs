// `npm test [-- PATTERN]`: types, rules, lint and format, then every test file, in groups. The last
// line on stdout is `N passed, N failed, N skipped`. HAGGLE_CI=1 turns every skip into a failure.
import { CHECK_NAMES, runChecks } from './check.mjs';
import { needsStage, testGroups } from './runner/groups.mjs';
import { runFile } from './runner/run-file.mjs';
import { createTally } from './runner/tally.mjs';
import { root } from './setup/paths.mjs';
import { setStage } from './setup/stage.mjs';

const FILE_LIMIT_MS = 300_000;
const pattern = process.argv[2] ?? '';
const tally = createTally({ strict: process.env.HAGGLE_CI === '1' });

/** @param {string} text */
const print = (text) => process.stdout.write(`${text}\n`);

async function check() {
  const names = CHECK_NAMES.filter((name) => name.includes(pattern));
  if (names.length === 0) return;
  print('== types, rules, lint, format');
  for (const result of await runChecks(names)) print(tally.check(result));
}

/** The groups to run; without a build only those that run from source. */
function selectGroups() {
  const groups = testGroups(root, pattern);
  if (process.env.HAGGLE_BUILD_FAILED !== '1') return groups;
  const lost = groups.filter(({ built }) => built).map(({ name }) => name);
  tally.broken(`the build, see above; therefore not run: ${lost.join(', ') || 'nothing'}`);
  return groups.filter(({ built }) => !built);
}

/**
 * @param {string[]} files
 * @param {number} atOnce
 */
async function runGroup(files, atOnce) {
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      print(tally.file(await runFile(root, file, FILE_LIMIT_MS)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function main() {
  await check();
  const groups = selectGroups();
  const staged = needsStage(groups.flatMap(({ files }) => files));
  const stage = staged ? await setStage(process.execPath) : null;
  Object.assign(process.env, stage?.env);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => {
      stage?.stop();
      process.exit(1);
    });
  }
  for (const { name, files, atOnce } of groups) {
    print(`== ${name}`);
    await runGroup(files, atOnce);
  }
  stage?.stop();
  print(tally.summary());
  process.exitCode = tally.ok ? 0 : 1; // not process.exit: it could cut the last line off a pipe
}

await main();
