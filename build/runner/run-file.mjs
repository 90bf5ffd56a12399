// Runs one test file in a process of its own and gathers what happened.
import path from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';

/**
 * @typedef {object} FileResult
 * @property {string} file
 * @property {number} passed
 * @property {{name: string, text: string}[]} failures
 * @property {{name: string, reason: string}[]} skips
 * @property {string[]} notes what tests said with t.diagnostic
 * @property {string} output stdout and stderr of the file
 * @property {number} tookMs
 */

/**
 * node:test's own timeout does not end a file that hangs (measured on Node 24), so the file is
 * aborted from outside.
 * @param {string} base
 * @param {string} file relative to `base`
 * @param {number} limitMs
 * @returns {Promise<FileResult>}
 */
export async function runFile(base, file, limitMs) {
  const full = path.join(base, file);
  const startedAt = performance.now();
  /** @type {FileResult} */
  const result = { file, passed: 0, failures: [], skips: [], notes: [], output: '', tookMs: 0 };
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  const stream = run({ files: [full], cwd: base, signal: limit.signal });
  stream.on('test:pass', (event) => pass(result, full, event));
  stream.on('test:fail', (event) => fail(result, full, event));
  stream.on('test:diagnostic', (event) => {
    if (event.file) result.notes.push(event.message);
  });
  stream.on('test:stdout', (event) => (result.output += event.message));
  stream.on('test:stderr', (event) => (result.output += event.message));
  stream.resume();
  await new Promise((resolve) => stream.once('end', () => resolve(null)));
  clearTimeout(timer);
  if (limit.signal.aborted) {
    const text = `not finished after ${limitMs / 1000} s; is a timer, socket or child left open?`;
    result.failures = result.failures.filter(({ name }) => name !== file);
    result.failures.push({ name: file, text });
  }
  result.tookMs = performance.now() - startedAt;
  return result;
}

/**
 * @param {FileResult} result
 * @param {string} full
 * @param {import('node:test').EventData.TestPass} event
 */
function pass(result, full, event) {
  const reason = event.skip ?? event.todo;
  if (event.name === full) {
    result.failures.push({ name: result.file, text: 'this file has no tests' });
  } else if (reason !== undefined) {
    // A skipped suite counts as one: its tests are never heard of.
    result.skips.push({ name: event.name, reason: reason === true ? 'no reason' : `${reason}` });
  } else if (event.details.type !== 'suite') result.passed++;
}

/**
 * @param {FileResult} result
 * @param {string} full
 * @param {import('node:test').EventData.TestFail} event
 */
function fail(result, full, event) {
  const error = /** @type {Error & {failureType?: string}} */ (event.details.error);
  // The failing subtest speaks for itself; its parents would only count it again. A suite can also
  // fail by itself: in a hook.
  if (error.failureType === 'subtestsFailed') return;
  if (event.name === full) {
    result.failures.push({ name: result.file, text: 'the file did not load, or ended badly' });
    return;
  }
  const at = event.line === undefined ? '' : ` (line ${event.line})`;
  result.failures.push({ name: `${event.name}${at}`, text: describe(error.cause ?? error) });
}

/**
 * The stack, which for an assertion holds the difference, without the runner's own frames.
 * @param {unknown} error
 * @returns {string}
 */
function describe(error) {
  if (!(error instanceof Error) || !error.stack) return inspect(error, { depth: 6 });
  const stack = error.stack.split('\n').filter((line) => !/^\s+at .*node:internal/.test(line));
  const cause = error.cause === undefined ? '' : `\ncaused by: ${describe(error.cause)}`;
  return stack.join('\n') + cause;
}
