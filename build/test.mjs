// `npm test [-- PATTERN]`: types, rules, lint and format, then every test file, in groups. The last
// line on stdout is `N passed, N failed, N skipped`. HAGGLE_CI=1 turns every skip into a failure.
import { CHECK_NAMES, runChecks } from './check.mjs';
import { needsStage, testGroups } from './runner/groups.mjs';
import { runFile } from './runner/run-file.mjs';
import { root } from './setup/paths.mjs';
import { setStage } from './setup/stage.mjs';

const FILE_LIMIT_MS = 300_000;
const ci = process.env.HAGGLE_CI === '1';
const pattern = process.argv[2] ?? '';
const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const skips = [];
/** @type {string[]} */
const failed = [];

/** @param {string} text */
const print = (text) => process.stdout.write(`${text}\n`);
/** @param {string} text */
const indent = (text) => text.trimEnd().replaceAll(/^/gm, '        ');
/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** @param {string[]} names */
async function check(names) {
  if (names.length === 0) return;
  print('== types, rules, lint, format');
  for (const { name, complaints, tookMs } of await runChecks(names)) {
    print(`${complaints ? 'FAIL' : 'ok  '}  ${name}  ${seconds(tookMs)}`);
    if (complaints) {
      print(indent(complaints));
      failed.push(name);
    } else total.passed++;
  }
}

/** @param {import('./runner/run-file.mjs').FileResult} result */
function report({ file, passed, failures, skips: left, notes, output, tookMs }) {
  const skipped = ci ? [] : left;
  const bad = failures.length > 0 || (ci && left.length > 0);
  const extra = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  print(`${bad ? 'FAIL' : 'ok  '}  ${file}  ${passed} passed${extra}  ${seconds(tookMs)}`);
  for (const note of notes) print(`      # ${note}`);
  for (const { name, text } of failures) {
    print(`  FAILED: ${name}\n${indent(text)}`);
    failed.push(`${file}: ${name}`);
  }
  if (failures.length > 0 && output) print(`  OUTPUT:\n${indent(output)}`);
  for (const { name, reason } of left) {
    const line = `${file}: ${name}: ${reason}`;
    if (ci) {
      print(`  FAILED: ${name}\n        skipped, which CI does not accept: ${reason}`);
      failed.push(`${line} (skipped)`);
    } else skips.push(line);
  }
  total.passed += passed;
}

/**
 * @param {string[]} files
 * @param {number} atOnce
 */
async function runGroup(files, atOnce) {
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      report(await runFile(root, file, FILE_LIMIT_MS));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function main() {
  await check(CHECK_NAMES.filter((name) => name.includes(pattern)));
  let groups = testGroups(root, pattern);
  if (process.env.HAGGLE_BUILD_FAILED === '1') {
    const lost = groups.filter(({ built }) => built).map(({ name }) => name);
    failed.push(`the build, see above; therefore not run: ${lost.join(', ') || 'nothing'}`);
    groups = groups.filter(({ built }) => !built);
  }
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
  if (skips.length > 0) print(`== skipped\n${indent(skips.join('\n'))}`);
  if (failed.length > 0) print(`== failed\n${indent(failed.join('\n'))}`);
  total.failed = failed.length;
  total.skipped = skips.length;
  if (total.passed + total.failed + total.skipped === 0) {
    print(`no check and no test file has "${pattern}" in its name`);
    total.failed = 1;
  }
  process.exitCode = total.failed > 0 ? 1 : 0;
  print(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}

await main();
