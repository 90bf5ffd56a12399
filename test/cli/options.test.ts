// Reading a command line, and the words for what is wrong with it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closest } from '../../cli/closest.ts';
import { asFault, Fault } from '../../cli/fault.ts';
import { type OptionSpecs, readOptions, type Takes } from '../../cli/options.ts';
import { cell, table } from '../../cli/table.ts';
import {
  bytesText,
  creditsText,
  priceText,
  readBytes,
  readSpan,
  relativeText,
  spanText,
} from '../../cli/units.ts';
import { haggle } from './support.ts';

const OPTIONS: OptionSpecs = {
  minutes: { type: 'number', what: 'a number', min: 0.1, max: 60 },
  count: { type: 'whole', what: 'a count', min: 1, max: 8, default: '1' },
  vram: { type: 'bytes', what: 'a size' },
  per: { type: 'span', what: 'a span', min: 1000 },
  deadline: { type: 'instant', what: 'an instant' },
  kind: { type: 'text', what: 'a kind', choices: ['cpu', 'gpu'] },
  env: { type: 'list', what: 'a variable' },
  json: { type: 'flag', what: 'a flag' },
};
const TAKES: Takes = {
  options: OPTIONS,
  arguments: [{ name: 'agent' }, { name: 'other', optional: true }],
  command: 'allowed',
};

function problemOf(args: readonly string[], takes: Takes = TAKES): [string, string, string?] {
  try {
    readOptions('try', args, takes);
  } catch (error) {
    assert.ok(error instanceof Fault, String(error));
    assert.equal(error.exitCode, 2);
    const { code, field = '', hint } = error.problem;
    return hint === undefined ? [code, field] : [code, field, hint];
  }
  return ['accepted', ''];
}

describe('options', () => {
  it('reads every type, in any order, and leaves what follows -- alone', () => {
    const given = readOptions(
      'try',
      [
        ...['--minutes=2.5', 'ada', '--vram', '24GiB', '--per', '90s', '--json'],
        ...['--deadline', '2026-03-01T18:00:00Z', '--env', 'A=1', '--env', 'B', '--kind=gpu'],
        ...['--', 'sh', '-c', '--minutes', '--'],
      ],
      TAKES,
    );
    const read = {
      minutes: given.number('minutes'),
      count: given.number('count'),
      vram: given.number('vram'),
      per: given.number('per'),
      deadline: given.number('deadline'),
      kind: given.text('kind'),
      env: given.list('env'),
      json: given.flag('json'),
      agent: given.argument('agent'),
      other: given.argument('other'),
      command: given.command,
    };
    assert.deepEqual(read, {
      minutes: 2.5,
      count: 1,
      vram: 24 * 2 ** 30,
      per: 90_000,
      deadline: Date.UTC(2026, 2, 1, 18),
      kind: 'gpu',
      env: ['A=1', 'B'],
      json: true,
      agent: 'ada',
      other: '',
      command: ['sh', '-c', '--minutes', '--'],
    });
    assert.throws(() => given.text('nothing'), /not declared/);
  });

  it('takes bare pairs for the list option that they belong to, in any place', () => {
    const takes = { ...TAKES, pairs: 'env' };
    const args = ['A=1', 'ada', '--env', 'B=2', 'C=3', '--count', '2', 'D=', '--', 'E=5'];
    const given = readOptions('try', args, takes);
    assert.deepEqual(given.list('env'), ['A=1', 'B=2', 'C=3', 'D=']);
    assert.deepEqual([given.argument('agent'), given.command], ['ada', ['E=5']]);
    assert.deepEqual(problemOf(['ada', 'bob', 'A=1', 'eve', '--count', '2'], takes), [
      ...(['unexpected-argument', 'eve', 'haggle try -- eve'] as const),
    ]);
    assert.deepEqual(problemOf(['ada', 'bob', 'A=1']), [
      ...(['unexpected-argument', 'A=1', 'haggle try -- A=1'] as const),
    ]);
  });

  const refused: [args: string[], problem: [string, string, string?]][] = [
    [
      ['ada', '--minuts', '3'],
      ['unknown-option', '--minuts', '--minutes'],
    ],
    [
      ['ada', '--zzz'],
      ['unknown-option', '--zzz', 'haggle help try'],
    ],
    [
      ['ada', '-m', '3'],
      ['unknown-option', '-m', 'haggle help try'],
    ],
    [
      ['ada', '--minutes'],
      ['missing-value', '--minutes'],
    ],
    [
      ['ada', '--minutes', '--json'],
      ['missing-value', '--minutes'],
    ],
    [
      ['ada', '--minutes', 'many'],
      ['invalid-value', '--minutes'],
    ],
    [
      ['ada', '--minutes', '-1'],
      ['invalid-value', '--minutes'],
    ],
    [
      ['ada', '--minutes', '61'],
      ['invalid-value', '--minutes'],
    ],
    [
      ['ada', '--minutes', 'NaN'],
      ['invalid-value', '--minutes'],
    ],
    [
      ['ada', '--minutes', '1e3'],
      ['invalid-value', '--minutes'],
    ],
    [
      ['ada', '--minutes', '1', '--minutes', '2'],
      ['invalid-value', '--minutes'],
    ],
    [
      ['ada', '--count', '1.5'],
      ['invalid-value', '--count'],
    ],
    [
      ['ada', '--vram', '24 parsecs'],
      ['invalid-value', '--vram'],
    ],
    [
      ['ada', '--per', '0.5s'],
      ['invalid-value', '--per'],
    ],
    [
      ['ada', '--deadline', 'tomorrow'],
      ['invalid-value', '--deadline'],
    ],
    [
      ['ada', '--kind', 'gpus'],
      ['invalid-value', '--kind', '--kind gpu'],
    ],
    [
      ['ada', '--json=yes'],
      ['invalid-value', '--json'],
    ],
    [[], ['missing-value', 'agent', 'haggle help try']],
    [
      ['ada', 'b', 'ls', '-l'],
      ['unknown-option', '-l', 'haggle help try'],
    ],
    [
      ['ada', 'b', 'ls'],
      ['unexpected-argument', 'ls', 'haggle try -- ls'],
    ],
  ];
  for (const [args, problem] of refused) {
    it(`refuses try ${args.join(' ')}`, () => assert.deepEqual(problemOf(args), problem));
  }

  it('asks for a command only where one belongs', () => {
    const none: Takes = { options: OPTIONS };
    const needed: Takes = { options: OPTIONS, command: 'needed' };
    assert.deepEqual(problemOf(['--', 'ls'], none), ['unexpected-argument', 'COMMAND']);
    assert.deepEqual(problemOf([], needed), ['missing-value', 'COMMAND', 'haggle try -- sleep 2']);
    assert.deepEqual(problemOf(['--', 'ls'], needed), ['accepted', '']);
  });
});

describe('words', () => {
  it('guesses what was meant, or nothing', () => {
    const names = ['agents', 'cfp', 'ledger', 'Night shift', 'This machine'];
    const guesses = ['agnets', 'leger', 'cpf', 'Nigth', 'led', 'zebra', 'x'].map((word) =>
      closest(word, names),
    );
    assert.deepEqual(guesses, ['agents', 'ledger', 'cfp', 'Night shift', 'ledger', null, null]);
  });

  it('writes credits with at most two decimals and never calls a little nothing', () => {
    const amounts = [0, 0.001, 0.005, 0.1, 1, 1.005, 12.345678, 1234567.891, -1000, -0.001];
    assert.deepEqual(amounts.map(creditsText), [
      ...['0', '<0.01', '0.01', '0.1', '1', '1', '12.35', '1,234,567.89', '-1,000', '-<0.01'],
    ]);
    assert.deepEqual([1, 2, 0.5].map(priceText), ['1 credit', '2 credits', '0.5 credits']);
  });

  it('reads and writes sizes and spans', () => {
    const sizes = ['24GiB', '512 MB', '7', '1.5k', '', '-1', 'GiB', '1XB'].map(readBytes);
    assert.deepEqual(sizes, [24 * 2 ** 30, 512e6, 7, 1536, null, null, null, null]);
    const spans = ['90', '1.5m', '2h', 'day', 'hour', '250ms', 'soon', '-3s'].map(readSpan);
    const known = [90_000, 90_000, 7_200_000, 86_400_000, 3_600_000, 250, null, null];
    assert.deepEqual(spans, known);
    const shown = [0, 850, 2400, 59_960, 90_000, 15 * 60_000, 3 * 3_600_000, 5 * 86_400_000];
    assert.deepEqual(shown.map(spanText), [
      ...['0 ms', '850 ms', '2.4 s', '1 min', '1.5 min', '15 min', '3 h', '5 days'],
    ]);
    assert.deepEqual([null, 80, 24 * 2 ** 30].map(bytesText), ['-', '80 B', '24 GiB']);
    const at = Date.UTC(2026, 0, 1);
    const instants = [-90_000, 0, 4 * 60_000].map((ms) => new Date(at + ms).toISOString());
    assert.deepEqual(
      [null, ...instants].map((instant) => relativeText(instant, at)),
      ['-', '1.5 min ago', 'now', 'in 4 min'],
    );
  });

  it('aligns tables, and lets no name draw outside its cell', () => {
    const rows = [
      { name: 'Ada', n: 3 },
      { name: 'a\u001b[2J\nb', n: 12 },
    ];
    const text = table(
      rows,
      [
        { head: 'name', of: ({ name }) => name },
        { head: 'n', right: true, of: ({ n }) => String(n) },
      ],
      'nobody',
    );
    assert.equal(text, 'NAME      N\nAda       3\na [2J b  12\n');
    assert.equal(table([], [], 'nobody'), 'nobody\n');
    assert.equal(cell('x'.repeat(100)).length, 48);
  });
});

describe('the command line', () => {
  const wrong: [args: string[], code: string, field: string, hint: string | undefined][] = [
    [['agnets'], 'unknown-command', 'agnets', 'haggle agents'],
    [['agents', 'lst'], 'unknown-command', 'lst', 'haggle agents list'],
    [['--nothing'], 'unknown-option', '--nothing', 'haggle help'],
    [['run'], 'missing-value', 'COMMAND', 'haggle run -- sleep 2'],
    [['run', 'sleep', '2'], 'unexpected-argument', 'sleep', 'haggle run -- sleep 2'],
    [['run', '--minutes', '0', '--', 'ls'], 'invalid-value', '--minutes', undefined],
    [['run', '--gpus', '2', '--kind', 'cpu', '--', 'ls'], 'invalid-value', '--gpus', undefined],
    [['run', '--env', '1=2', '--', 'ls'], 'invalid-value', '--env', undefined],
    [['agents', 'budget', 'Ada', 'lots'], 'invalid-value', 'AMOUNT', undefined],
    [
      ['cfp', 'open', '--max-price', '5'],
      'missing-value',
      '--need',
      '--need "2 cpu slots for 5 minutes"',
    ],
    [['policy', 'set'], 'missing-value', '', 'haggle policy set --reserve-cpu 2'],
    [['resources', 'add', 'toaster'], 'invalid-value', 'KIND', undefined],
    [['agents', '--url', 'ftp://x', '--token', 't'], 'invalid-value', '--url', undefined],
    [['serve', '--clock', 'sun'], 'invalid-value', '--clock', undefined],
    [['help', 'rnu'], 'unknown-command', 'rnu', 'haggle help run'],
  ];
  for (const [args, code, field, hint] of wrong) {
    it(`refuses haggle ${args.join(' ')}, touching nothing`, async () => {
      const ended = await haggle(['--json', ...args]);
      assert.deepEqual([ended.code, ended.stdout], [2, '']);
      const problem = JSON.parse(ended.stderr) as Record<string, unknown>;
      assert.equal(problem.code, code);
      assert.equal(problem.field ?? '', field);
      if (hint !== undefined) assert.equal(problem.hint, hint);
      assert.equal(typeof problem.detail, 'string');
    });
  }

  it('prints a sentence and a hint for people', async () => {
    const { code, stdout, stderr } = await haggle(['agnets']);
    assert.deepEqual(
      [code, stdout, stderr],
      [2, '', 'haggle: there is no command agnets\n  try: haggle agents\n'],
    );
  });

  it('says its version', async () => {
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
    for (const word of ['version', '--version']) {
      const { code, stdout } = await haggle([word]);
      assert.deepEqual([code, stdout], [0, `haggle ${version}\n`]);
    }
  });

  it('explains itself: all commands, one, and a group', async () => {
    const all = await haggle(['help']);
    for (const name of ['run', 'serve', 'demo', 'agents add', 'cfp open', 'ledger verify']) {
      assert.ok(all.stdout.includes(`  ${name} `), name);
    }
    const one = await haggle(['run', '--help']);
    assert.match(one.stdout, /^usage: haggle run \[OPTIONS\] -- COMMAND\.\.\.\n/);
    assert.match(one.stdout, /--max-price CREDITS +the most to pay \(10\)/);
    const group = await haggle(['help', 'cfp']);
    assert.equal([...group.stdout.matchAll(/^usage: haggle cfp /gm)].length, 10);
    assert.deepEqual([all.code, one.code, group.code], [0, 0, 0]);
  });

  it('turns whatever is thrown into a problem', () => {
    assert.equal(asFault(new TypeError('x')).problem.code, 'defect');
  });
});
