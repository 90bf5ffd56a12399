// The programs that ship with Haggle, run as the processes that they are.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { CATALOGUE, programNamed } from '../../programs/catalogue.ts';
import { parseArguments } from '../../programs/shared/arguments.ts';

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}
interface Line {
  program: string;
  args: Record<string, unknown>;
  result: Record<string, unknown>;
  checksum: string | null;
  rounds: number;
  cpuSeconds: number;
  partial?: boolean;
}

const programs = path.join(import.meta.dirname, '../../programs');
const started = new Set<ReturnType<typeof spawn>>();
after(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** Runs one program; with `stopAfterMs` it gets a SIGTERM then. */
function run(name: string, args: string[], stopAfterMs?: number): Promise<Ran> {
  const child = spawn(process.execPath, [path.join(programs, `${name}.ts`), ...args]);
  started.add(child);
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (ran.stdout += chunk));
  child.stderr.on('data', (chunk) => (ran.stderr += chunk));
  const timer =
    stopAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGTERM'), stopAfterMs);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      started.delete(child);
      resolve({ ...ran, code });
    });
  });
}

function lineOf(ran: Ran): Line {
  const lines = ran.stdout.split('\n').filter(Boolean);
  assert.equal(lines.length, 1, ran.stderr);
  return JSON.parse(lines[0] ?? '') as Line;
}

// Small on purpose. What was recorded here must come out on every machine, for ever.
const RECORDED: [name: string, args: string[], checksum: string][] = [
  [
    'checksum-chain',
    ['--mebibytes', '4'],
    '0552c3d488115588c074bffb81bdb7026d4068b459827e50ea00cf0e89b875d6',
  ],
  [
    'matrix-product',
    ['--size', '33', '--products', '3'],
    '98a2b628816b2993930ac7d9c4c3f9c6ecb0182aacb7d7a5a6479c7adafbed2e',
  ],
  [
    'compress',
    ['--mebibytes', '1', '--format', 'brotli', '--level', '5'],
    '1eedf15b5154e963e5bb133b093de4b6292fd31a6496f900623a80e53d441ad3',
  ],
  [
    'log-search',
    ['--lines', '5000'],
    '7cdf890756193e72a69ecc134b668f9af7cebf1cb5cbb1f9ccf37da1b1ea6a36',
  ],
  [
    'prime-sieve',
    ['--limit', '1000000'],
    '3028849e70696c4b78d5cf9388880fe4072e4ab2091d17404e4634fd21a7e2aa',
  ],
  [
    'word-count',
    ['--words', '20000', '--parts', '7'],
    '9e19531bca87bdc7a6bae35334c513f342b0d7b422fda28aebb626c100c8778b',
  ],
];

describe('the shipped programs', () => {
  for (const [name, args, checksum] of RECORDED) {
    test(`${name}: one JSON line, the recorded checksum, another one for another seed`, async () => {
      const line = lineOf(await run(name, args));
      assert.equal(line.program, name);
      assert.equal(line.checksum, checksum);
      assert.equal(line.rounds, 1);
      assert.ok(line.cpuSeconds > 0);
      assert.equal(line.partial, undefined);
      const other = lineOf(await run(name, [...args, '--seed', '2']));
      assert.notEqual(other.checksum, checksum);
    });
  }

  test('results that can be known by other means', async () => {
    const primes = lineOf(await run('prime-sieve', ['--limit', '1000000'])).result;
    assert.deepEqual([primes.primes, primes.largest], [78_498, 999_983]);
    const two = lineOf(await run('prime-sieve', ['--limit', '2'])).result;
    assert.deepEqual([two.primes, two.largest], [1, 2]);
    const words = lineOf(await run('word-count', ['--words', '20000', '--top', '100'])).result;
    assert.equal(words.words, 20_000);
    const parts = lineOf(await run('word-count', ['--words', '3', '--parts', '10'])).result;
    assert.equal(parts.words, 3);
  });

  test('--seconds repeats the same work and keeps its checksum', async () => {
    const [name, args, checksum] = RECORDED[0] ?? assert.fail();
    const ran = await run(name, [...args, '--seconds', '1.6']);
    const line = lineOf(ran);
    assert.equal(line.checksum, checksum);
    assert.ok(line.rounds > 1, `${line.rounds} rounds`);
    assert.match(ran.stderr, /^checksum-chain: round \d+, [\d.]+ %$/m);
  });

  for (const { name } of CATALOGUE) {
    test(`${name}: SIGTERM ends it with what it has`, async () => {
      const ran = await run(name, ['--seconds', '600'], 600);
      const line = lineOf(ran);
      assert.equal(ran.code, 143);
      assert.equal(line.partial, true);
      assert.ok(Object.keys(line.result).length > 0);
    });
  }

  test('bad arguments name the field and exit 2', async () => {
    const cases: [args: string[], says: RegExp][] = [
      [['--limit'], /--limit needs a value/],
      [['--limit', '1'], /--limit must be a whole number from 2 to 2000000000, not "1"/],
      [['--limit', '1e3'], /--limit must be/],
      [['--limit', '-5'], /--limit must be/],
      [['--limit', '9'.repeat(400)], /not "9{40}\.\.\."/],
      [['--limit', '10', '--limit', '10'], /--limit is given twice/],
      [['--depth', '3'], /"--depth" is not one of --limit, --seed, --seconds/],
      [['--limit=10', '3'], /"--limit=10" is not one of/],
      [['10'], /"10" is not one of/],
      [['--seconds', 'NaN'], /--seconds must be a number from 0\.1 to 86400/],
      [['--__proto__', '3'], /is not one of/],
    ];
    for (const [args, says] of cases) {
      const ran = await run('prime-sieve', args);
      assert.equal(ran.code, 2, args.join(' '));
      assert.match(ran.stderr, says);
      assert.equal(ran.stdout, '');
    }
  });
});

describe('the catalogue', () => {
  test('every entry is well formed and its defaults are allowed', () => {
    for (const program of CATALOGUE) {
      assert.match(program.name, /^[a-z][a-z0-9-]*$/);
      assert.ok(program.title.length > 0 && program.what.length > 0);
      assert.ok(program.typicalSeconds > 0);
      for (const one of program.arguments) {
        if (one.kind === 'choice') assert.ok(one.choices.includes(String(one.default)));
        else assert.ok(one.min < one.max);
        if (one.default === null) continue;
        const parsed = parseArguments(program, [`--${one.name}`, String(one.default)]);
        assert.equal(parsed.ok, true, `${program.name} --${one.name}`);
      }
      const names = program.arguments.map((one) => one.name);
      assert.equal(new Set(names).size, names.length);
    }
    assert.equal(programNamed('constructor'), undefined);
  });
});
