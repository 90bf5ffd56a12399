// Counts results and words them. Pure, so that the counting is tested like anything else.

/** @param {string} text */
const indent = (text) => text.trimEnd().replaceAll(/^/gm, '        ');
/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * With `strict`, as in CI, a skip is a failure.
 * @param {{strict: boolean}} options
 */
export function createTally({ strict }) {
  let passed = 0;
  /** @type {string[]} */
  const failed = [];
  /** @type {string[]} */
  const skipped = [];
  return {
    /**
     * Counts one check; returns what to print.
     * @param {{name: string, complaints: string, tookMs: number}} result
     */
    check({ name, complaints, tookMs }) {
      if (complaints) failed.push(name);
      else passed++;
      const head = `${complaints ? 'FAIL' : 'ok  '}  ${name}  ${seconds(tookMs)}`;
      return complaints ? `${head}\n${indent(complaints)}` : head;
    },
    /**
     * Counts the tests of one file; returns what to print.
     * @param {import('./run-file.mjs').FileResult} result
     */
    file(result) {
      const { file, failures, skips } = result;
      passed += result.passed;
      failed.push(...failures.map(({ name }) => `${file}: ${name}`));
      const left = skips.map(({ name, reason }) => `${file}: ${name}: ${reason}`);
      if (strict) failed.push(...left.map((line) => `${line} (a skip, which CI does not accept)`));
      else skipped.push(...left);
      return wordFile(result, failures.length > 0 || (strict && skips.length > 0));
    },
    /**
     * Counts something that kept tests from running.
     * @param {string} what
     */
    broken(what) {
      failed.push(what);
    },
    get ok() {
      return failed.length === 0 && passed + skipped.length > 0;
    },
    /** The lists of what was skipped and what failed; the last line is the one that CI reads. */
    summary() {
      const none = passed + failed.length + skipped.length === 0;
      if (none) failed.push('no check and no test file has this in its name');
      const lines = [];
      if (skipped.length > 0) lines.push('== skipped', indent(skipped.join('\n')));
      if (failed.length > 0) lines.push('== failed', indent(failed.join('\n')));
      lines.push(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
      return lines.join('\n');
    },
  };
}

/**
 * @param {import('./run-file.mjs').FileResult} result
 * @param {boolean} bad
 */
function wordFile({ file, passed, failures, skips, notes, output, tookMs }, bad) {
  const extra = skips.length > 0 ? `, ${skips.length} skipped` : '';
  const lines = [`${bad ? 'FAIL' : 'ok  '}  ${file}  ${passed} passed${extra}  ${seconds(tookMs)}`];
  lines.push(...notes.map((note) => `      # ${note}`));
  lines.push(...failures.map(({ name, text }) => `  FAILED: ${name}\n${indent(text)}`));
  if (failures.length > 0 && output) lines.push(`  OUTPUT:\n${indent(output)}`);
  return lines.join('\n');
}
