// Goal: one command runs every experiment, and each run can be kept as files.
// Method: `haggle lab run` as a process with all, 1, 2, 3, and with --out into folders that are
// new, in use, or cannot be.
// Check: a line or a table for each; one document under --json; 1 when a check fails; JSON, CSV and
// SVG with the run's numbers, other files untouched, and a fault that names --out.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { refuseFailedRuns } from '../../cli/commands/lab.ts';
import { asFault } from '../../cli/fault.ts';
import { summaryText } from '../../cli/findings.ts';
import { check } from '../../core/lab/experiment.ts';
import { EXPERIMENTS } from '../../core/lab/registry.ts';
import type { Run } from '../../core/lab/run.ts';
import { document, haggle, tempDir } from './support.ts';

const names = (runs: readonly Run[]): string[] => runs.map(({ experiment }) => experiment);

suite('several experiments at once', () => {
  test('all: a line for each, and their files', async (t) => {
    const dir = path.join(tempDir(t), 'new', 'folder');
    const { code, stdout, stderr } = await haggle(['lab', 'run', 'all', '--out', dir]);
    assert.equal(code, 0, stderr);
    const lines = stdout.trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => /^(\S+) +ok {6}\d+ checks?$/.exec(line)?.[1]),
      EXPERIMENTS.map(({ name }) => name),
    );
    const files = fs.readdirSync(dir);
    for (const { name } of EXPERIMENTS) assert.ok(files.includes(`${name}.json`), name);
    assert.equal(stderr, `haggle: wrote ${files.length} files to ${dir}\n`);
  });

  const groups: [word: string, names: string[]][] = [
    ['1', ['handshake', 'convergence']],
    ['2', ['scarcity', 'rush-hour', 'tournament']],
    ['3', ['trust-fall']],
  ];
  for (const [word, expected] of groups) {
    test(`${word}: the reference system's, with a setting for each`, async () => {
      const args = ['lab', 'run', word, '--set', 'mode=compat', '--seed', '7'];
      const { runs } = await document<{ runs: Run[] }>(args);
      assert.deepEqual(names(runs), expected);
      for (const { seed, params, checks } of runs) {
        assert.deepEqual([seed, params.mode], [7, 'compat']);
        assert.ok(checks.length > 0);
      }
    });
  }

  test('a group prints its tables', async () => {
    const { code, stdout } = await haggle(['lab', 'run', '1', '--set', 'runs=1']);
    assert.equal(code, 0);
    assert.match(stdout, /^handshake, seed 1$[^]*^BUYER +SELLER[^]*^convergence, seed 1$/m);
  });

  test('a failed check fails them all, and is named', async () => {
    const args = ['lab', 'run', '3', '--set', 'mishap=0.1', 'runs=5', '--json'];
    const { code, stdout, stderr } = await haggle(args);
    const { runs } = JSON.parse(stdout) as { runs: Run[] };
    assert.deepEqual([code, names(runs)], [1, ['trust-fall']]);
    const problem = JSON.parse(stderr) as { code: string; field: string };
    assert.equal(problem.code, 'check-failed');
    assert.match(problem.field, /^trust-fall: /);
  });

  test('is told in a line: the first failed check of each run', () => {
    const run = (experiment: string, actual: number): Run => {
      const checks = [check('fine', 1, 1, 'x'), check('sum', actual, 4, 'arithmetic')];
      return { experiment, seed: 1, params: {}, results: {}, checks };
    };
    const runs = [run('a', 4), run('bc', 3)];
    const told = 'a   ok      2 checks\nbc  FAILED  1 of 2 checks; sum: 3, expected 4\n';
    assert.equal(summaryText(runs), told);
    assert.throws(
      () => refuseFailedRuns(runs),
      (error) =>
        asFault(error).problem.detail === '1 of 4 checks failed; bc: sum: expected 4, got 3',
    );
    refuseFailedRuns(runs.slice(0, 1));
  });

  const wrong: [args: string[], field: string, hint?: string][] = [
    [['all', '--input', 'package.json'], '--input'],
    [['1', '--set', 'mod=compat'], 'mod', '--set mode=...'],
    [['1', '--set', 'runs=0'], 'runs'],
    [['4'], 'NAME'],
  ];
  for (const [args, field, hint] of wrong) {
    test(`refuses haggle lab run ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await haggle(['--json', 'lab', 'run', ...args]);
      assert.deepEqual([code, stdout], [2, '']);
      const problem = JSON.parse(stderr) as { field?: string; hint?: string };
      assert.equal(problem.field, field);
      if (hint !== undefined) assert.equal(problem.hint, hint);
    });
  }
});

suite('--out', () => {
  test('writes the document, its rows and its plot, and nothing else', async (t) => {
    const dir = tempDir(t);
    fs.writeFileSync(path.join(dir, 'mine.txt'), 'mine');
    fs.writeFileSync(path.join(dir, 'convergence.json'), 'of an earlier run');
    const args = ['lab', 'run', 'convergence', '--set', 'mode=compat', '--out', dir, '--json'];
    const { code, stdout, stderr } = await haggle(args);
    assert.deepEqual([code, stderr], [0, '']);
    const read = (name: string) => fs.readFileSync(path.join(dir, name), 'utf8');
    assert.deepEqual(fs.readdirSync(dir).sort(), [
      'convergence.csv',
      'convergence.json',
      'convergence.svg',
      'mine.txt',
    ]);
    assert.equal(read('convergence.json'), stdout);
    assert.equal(read('mine.txt'), 'mine');
    const [head, first] = read('convergence.csv').split('\r\n');
    assert.deepEqual([head, first], ['round,agreed,price', '1,true,2.5']);
    assert.match(read('convergence.svg'), /^<svg [^]*polyline[^]*<\/svg>\n$/);
  });

  test('writes no table and no plot where there is none', async (t) => {
    const dir = tempDir(t);
    const { stderr } = await haggle(['lab', 'run', 'auction', '--out', dir]);
    assert.deepEqual(fs.readdirSync(dir), ['auction.json']);
    assert.equal(stderr, `haggle: wrote ${path.join(dir, 'auction.json')}\n`);
  });

  test('refuses a folder that cannot be, before anything is run', async (t) => {
    const file = path.join(tempDir(t), 'file');
    fs.writeFileSync(file, '');
    for (const dir of [file, path.join(file, 'below')]) {
      const { code, stdout, stderr } = await haggle(['lab', 'run', 'auction', '--out', dir]);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /--out: .* cannot be written: E(EXIST|NOTDIR)/);
    }
  });

  test('says so when one of its files cannot be written', async (t) => {
    const dir = tempDir(t);
    fs.mkdirSync(path.join(dir, 'auction.json'));
    const { code, stderr } = await haggle(['--json', 'lab', 'run', 'auction', '--out', dir]);
    assert.equal(code, 1);
    assert.equal((JSON.parse(stderr) as { field: string }).field, '--out');
  });
});
