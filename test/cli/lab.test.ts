// Goal: the lab from the command line, without a host.
// Method: `haggle lab` as a process: lists, runs, inputs by file and by stdin, wrong words.
// Check: one JSON document on stdout; tables for people; 1 for a failed check, 2 for bad input.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { suite, test } from 'node:test';
import { check } from '../../core/lab/experiment.ts';
import { refuseFailed } from '../../cli/commands/lab.ts';
import { asFault } from '../../cli/fault.ts';
import { findingsText } from '../../cli/findings.ts';
import { document, haggle, root, tempDir } from './support.ts';

interface Found {
  experiment: string;
  seed: number;
  params: Record<string, unknown>;
  results: Record<string, unknown>;
  checks: { name: string; ok: boolean; source: string }[];
}

suite('haggle lab', () => {
  test('lists every experiment with its settings', async () => {
    const doc = await document<{ experiments: { name: string; settings: unknown[] }[] }>([
      'lab',
      'list',
    ]);
    const names = doc.experiments.map(({ name }) => name);
    for (const name of ['alternating-offers', 'monotonic-concession', 'auction']) {
      assert.ok(names.includes(name), name);
    }
    const { stdout } = await haggle(['lab']);
    assert.match(stdout, /^ {4}delta1=0\.93 {2}worth left to the first mover/m);
  });

  test('runs one: parameters in, results and checks out', async () => {
    const args = ['lab', 'run', 'alternating-offers', '--seed', '7', '--set', 'delta1=.9'];
    const doc = await document<Found>([...args, '--set', 'delta2=.8']);
    assert.deepEqual(Object.keys(doc), ['experiment', 'seed', 'params', 'results', 'checks']);
    assert.deepEqual([doc.experiment, doc.seed, doc.params.delta1], ['alternating-offers', 7, 0.9]);
    assert.ok(Math.abs(Number(doc.results.share1) - 0.714285714286) < 1e-9);
    assert.ok(doc.checks.length > 0 && doc.checks.every(({ ok }) => ok));
  });

  test('takes several settings after one --set', async () => {
    const args = ['lab', 'run', 'alternating-offers'];
    const doc = await document<Found>([...args, '--set', 'delta1=.9', 'delta2=.8', '--seed', '7']);
    assert.deepEqual([doc.seed, doc.params.delta1, doc.params.delta2], [7, 0.9, 0.8]);
    assert.deepEqual(await document<Found>([...args, 'delta1=.9', 'delta2=.8', '--seed=7']), doc);
  });

  test('reads an input from a file and from stdin', async (t) => {
    const text = JSON.stringify({
      deals: [
        [9, 1],
        [5, 5],
        [1, 8],
      ],
      rule: 'zeuthen',
    });
    const file = path.join(tempDir(t), 'deals.json');
    fs.writeFileSync(file, text);
    const args = ['lab', 'run', 'monotonic-concession', '--input'];
    const doc = await document<Found>([...args, file]);
    assert.deepEqual([doc.results.deal, doc.params.input], [[5, 5], JSON.parse(text)]);
    const child = spawn(process.execPath, ['cli/haggle.ts', ...args, '-', '--json'], { cwd: root });
    child.stdin.end(text);
    let out = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    assert.deepEqual([code, JSON.parse(out)], [0, doc]);
  });

  test('shows tables and checks to people', async () => {
    const { code, stdout } = await haggle(['lab', 'run', 'monotonic-concession']);
    assert.equal(code, 0);
    assert.match(stdout, /^monotonic-concession, seed 1$/m);
    assert.match(stdout, /^ROUND {2}PROPOSAL1 {2}PROPOSAL2/m);
    assert.match(stdout, /^ok {6}Nash product of the deal: 900, expected 900 within/m);
  });

  test('a failed check is seen by people, and is a failure', () => {
    const checks = [check('sum', 3, 4, 'arithmetic')];
    const results = { wait: { mean: 2.5, ci95: 0.5, n: 9 } };
    const text = findingsText({ experiment: 'x', seed: 1, params: {}, results, checks });
    assert.equal(
      text,
      'x, seed 1\n\nwait  2.5 ± 0.5\n\nchecks\nFAILED  sum: 3, expected 4\n        arithmetic\n',
    );
    assert.throws(
      () => refuseFailed([check('fine', 1, 1, 'x'), ...checks]),
      (error) => {
        const { problem, exitCode } = asFault(error);
        assert.deepEqual([problem.code, problem.field, exitCode], ['check-failed', 'sum', 1]);
        assert.equal(problem.detail, '1 of 2 checks failed; sum: expected 4, got 3');
        return true;
      },
    );
    refuseFailed([check('fine', 1, 1, 'x')]);
  });

  const wrong: [args: string[], field: string, hint?: string][] = [
    [['lab', 'run', 'auctoin'], 'NAME', 'haggle lab run auction'],
    [['lab', 'run', 'auction', '--set', 'bidder=3'], 'bidder', '--set bidders=...'],
    [['lab', 'run', 'auction', '--set', 'bidders=3', 'bidder=3'], 'bidder', '--set bidders=...'],
    [['lab', 'run', 'auction', '--set', 'bidders=3', 'extra'], 'extra', 'haggle help lab run'],
    [['lab', 'run', 'auction', '--set', 'bidders=3', '=3'], '--set'],
    [['lab', 'run', 'auction', '--input', 'no/such/file'], '--input'],
    [['lab', 'run', 'auction', '--input', 'README.md'], '--input'],
    [['lab', 'run', 'auction', '--input', 'package.json'], 'pricing'],
    [['lab', 'run', 'protocol-choice', '--input', 'package.json'], '--input', 'haggle lab list'],
  ];
  for (const [args, field, hint] of wrong) {
    test(`refuses haggle ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await haggle(['--json', ...args]);
      assert.deepEqual([code, stdout], [2, '']);
      const problem = JSON.parse(stderr) as { field?: string; hint?: string };
      assert.equal(problem.field, field);
      if (hint !== undefined) assert.equal(problem.hint, hint);
    });
  }

  test('refuses a file of more than 4 MiB', async (t) => {
    const file = path.join(tempDir(t), 'long.json');
    fs.writeFileSync(file, `[${'1,'.repeat(2.2 * 1024 * 1024)}1]`);
    const { code, stderr } = await haggle(['lab', 'run', 'auction', '--input', file]);
    assert.equal(code, 2);
    assert.match(stderr, /has more than 4194304 bytes/);
  });
});
