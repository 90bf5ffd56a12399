// The runner itself: what it must count as failed, and what it must not miss.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { needsStage, testGroups } from '../../build/runner/groups.mjs';
import type { FileResult } from '../../build/runner/run-file.mjs';
import { createTally } from '../../build/runner/tally.mjs';

const RUN_FILE = new URL('../../build/runner/run-file.mjs', import.meta.url).href;

/** Runs a planted test file; in a process of its own, because node:test does not nest. */
function runPlanted(t: TestContext, text: string, limitMs = 20_000): FileResult {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-runner-'));
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
  const head =
    "import assert from 'node:assert';\nimport { describe, it, test } from 'node:test';\n";
  fs.writeFileSync(path.join(dir, 'a.test.ts'), head + text);
  const script = path.join(dir, 'run.mjs'); // not -e: node:test hands that on to the file's process
  fs.writeFileSync(
    script,
    `import { runFile } from '${RUN_FILE}';
    const result = await runFile('${dir}', 'a.test.ts', ${limitMs});
    process.stdout.write(JSON.stringify(result));`,
  );
  const { NODE_TEST_CONTEXT: _nested, ...env } = process.env;
  const done = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
  return JSON.parse(done.stdout);
}
const namesOf = ({ failures }: FileResult) => failures.map(({ name }) => name);

describe('a test file', () => {
  it('counts passes and keeps what tests noted', (t) => {
    const text =
      "test('a', (t) => t.diagnostic('took 3'));\ndescribe('s', () => it('b', () => {}));";
    const result = runPlanted(t, text);
    assert.deepEqual([result.passed, result.failures, result.notes], [2, [], ['took 3']]);
  });

  it('counts a failure once, with its error, however deep it lies', (t) => {
    const text = "test('outer', async (t) => t.test('inner', () => assert.equal(1, 2)));";
    const result = runPlanted(t, text);
    assert.deepEqual(namesOf(result), ['inner (line 3)']);
    assert.match(result.failures[0]?.text ?? '', /1 == 2/);
  });

  it('keeps the reason of a skip', (t) => {
    const text =
      "test('a', { skip: 'no GPU here' }, () => {});\ntest('b', { todo: 'later' }, () => {});";
    const result = runPlanted(t, text);
    assert.deepEqual(result.skips, [
      { name: 'a', reason: 'no GPU here' },
      { name: 'b', reason: 'later' },
    ]);
    assert.equal(result.passed, 0);
  });

  it('counts a skipped suite, whose tests are never heard of', (t) => {
    const text = "describe('s', { skip: 'no GPU here' }, () => { it('a', () => {}); });";
    assert.deepEqual(runPlanted(t, text).skips, [{ name: 's', reason: 'no GPU here' }]);
  });

  it('fails when it does not load, and shows why', (t) => {
    const result = runPlanted(t, "import './missing.ts';");
    assert.deepEqual(namesOf(result), ['a.test.ts']);
    assert.match(result.output, /Cannot find module/);
  });

  it('fails when it has no tests', (t) => {
    assert.match(runPlanted(t, '').failures[0]?.text ?? '', /no tests/);
  });

  it('fails when it ends badly after its tests passed', (t) => {
    const result = runPlanted(t, "test('a', () => {});\nsetTimeout(() => process.exit(3), 50);");
    assert.deepEqual([result.passed, namesOf(result)], [1, ['a.test.ts']]);
  });

  it('fails when a hook of a suite fails', (t) => {
    const text =
      "import { after } from 'node:test';\n" +
      "describe('s', () => { after(() => { throw new Error('hook'); }); it('a', () => {}); });";
    assert.deepEqual(namesOf(runPlanted(t, text)), ['s (line 4)']);
  });

  it('is ended when it hangs', (t) => {
    const result = runPlanted(t, "test('a', () => {});\nsetInterval(() => {}, 1000);", 1_500);
    assert.match(result.failures[0]?.text ?? '', /not finished after 1.5 s/);
  });
});

describe('groups', () => {
  it('put every test file into exactly one, in order', (t) => {
    const base = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-groups-'));
    t.after(() => fs.rmSync(base, { recursive: true, force: true }));
    const files = ['app/a', 'crash/b', 'engine/bank/c', 'gateway/d', 'sim/e', 'f'];
    for (const file of files) {
      const full = path.join(base, 'test', `${file}.test.ts`);
      fs.mkdirSync(path.dirname(full), { recursive: true });
      fs.writeFileSync(full, '');
    }
    fs.writeFileSync(path.join(base, 'test/app/support.ts'), '');
    assert.deepEqual(
      testGroups(base).map(({ name, files: inside }) => [name, ...inside]),
      [
        ['unit and model', 'test/engine/bank/c.test.ts', 'test/f.test.ts'],
        ['simulation', 'test/sim/e.test.ts'],
        ['crash', 'test/crash/b.test.ts'],
        ['gateway', 'test/gateway/d.test.ts'],
        ['browser and desktop', 'test/app/a.test.ts'],
      ],
    );
    const picked = testGroups(base, 'bank').flatMap((group) => group.files);
    assert.deepEqual(picked, ['test/engine/bank/c.test.ts']);
    assert.equal(needsStage(picked), false);
    assert.equal(needsStage(['test/app/a.test.ts']), true);
  });
});

describe('the tally', () => {
  const result = (part: Partial<FileResult>): FileResult => ({
    ...{ file: 'test/a.test.ts', passed: 2, failures: [], skips: [], notes: [], output: '' },
    tookMs: 1_234,
    ...part,
  });
  const lastLine = (text: string) => text.split('\n').at(-1);
  const skips = [{ name: 'b', reason: 'no GPU here' }];

  it('adds up, lists skips with their reasons, and ends with the line that CI reads', () => {
    const tally = createTally({ strict: false });
    assert.equal(tally.check({ name: 'types', complaints: '', tookMs: 400 }), 'ok    types  0.4 s');
    const printed = tally.file(result({ skips, notes: ['p99 3 ms'], output: 'chatter' }));
    assert.equal(printed, 'ok    test/a.test.ts  2 passed, 1 skipped  1.2 s\n      # p99 3 ms');
    const summary = tally.summary();
    assert.match(summary, /== skipped\n {8}test\/a.test.ts: b: no GPU here\n/);
    assert.equal(lastLine(summary), '3 passed, 0 failed, 1 skipped');
    assert.equal(tally.ok, true);
  });

  it('takes a skip for a failure where it is strict', () => {
    const tally = createTally({ strict: true });
    assert.match(tally.file(result({ skips })), /^FAIL/);
    assert.equal(lastLine(tally.summary()), '2 passed, 1 failed, 0 skipped');
    assert.equal(tally.ok, false);
  });

  it('shows a failure in full, with what its file printed', () => {
    const tally = createTally({ strict: false });
    const failures = [{ name: 'b (line 3)', text: 'Error: x\n  at y' }];
    const printed = tally.file(result({ failures, output: 'chatter\n' }));
    assert.match(
      printed,
      /FAILED: b \(line 3\)\n {8}Error: x\n {10}at y\n {2}OUTPUT:\n {8}chatter$/,
    );
    assert.equal(lastLine(tally.summary()), '2 passed, 1 failed, 0 skipped');
  });

  it('a run of nothing is a failure', () => {
    const tally = createTally({ strict: false });
    assert.equal(tally.ok, false);
    assert.equal(lastLine(tally.summary()), '0 passed, 1 failed, 0 skipped');
  });
});
