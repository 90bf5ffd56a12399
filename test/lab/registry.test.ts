// Goal: every registered experiment can be found, run as it stands, and trusted to repeat itself.
// Method: each is run twice with its least counts; settings are read from texts right and wrong.
// Check: a second run is the same document, theory holds on any seed, wrong settings are named.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BadInput, type Setting } from '../../core/lab/experiment.ts';
import { protocolChoice } from '../../core/lab/experiments/protocol-choice.ts';
import { experimentOf, EXPERIMENTS } from '../../core/lab/registry.ts';
import { estimate } from '../../core/lab/sample.ts';
import { readSettings } from '../../core/lab/settings.ts';

suite('the registry', () => {
  test('each name is there once and finds its experiment', () => {
    const names = EXPERIMENTS.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z]+(-[a-z]+)*$/);
    assert.equal(experimentOf('auction')?.name, 'auction');
    assert.equal(experimentOf('constructor'), null);
  });

  test('what a setting starts with is within its bounds', () => {
    for (const { name, settings } of EXPERIMENTS) {
      const pairs = settings.map((setting) => `${setting.name}=${setting.initial}`);
      const read = readSettings(settings, pairs);
      assert.deepEqual(read, readSettings(settings, []), name);
    }
  });

  for (const experiment of EXPERIMENTS) {
    test(`${experiment.name} repeats itself, and bears the least counts it allows`, () => {
      const least = experiment.settings.flatMap((setting) =>
        'min' in setting && setting.whole === true ? [`${setting.name}=${setting.min}`] : [],
      );
      const settings = readSettings(experiment.settings, least);
      const told = (): string => {
        try {
          return JSON.stringify(experiment.run(7, settings, null));
        } catch (error) {
          if (error instanceof BadInput) return error.message;
          throw error;
        }
      };
      assert.equal(told(), told());
    });
  }

  for (const name of ['alternating-offers', 'auction', 'monotonic-concession', 'protocol-choice']) {
    test(`${name} bears out its theory whatever the seed`, () => {
      const experiment = experimentOf(name) ?? assert.fail();
      for (const seed of [0, 7, 2 ** 53 - 1]) {
        const { checks } = experiment.run(seed, readSettings(experiment.settings, []), null);
        assert.deepEqual(
          checks.filter(({ ok }) => !ok),
          [],
        );
      }
    });
  }
});

suite('settings', () => {
  const settings: readonly Setting[] = [
    { name: 'rate', summary: 's', initial: 0.5, min: 0, max: 1 },
    { name: 'count', summary: 's', initial: 3, min: 1, max: 9, whole: true },
    { name: 'mode', summary: 's', initial: 'a', options: ['a', 'b'] },
  ];

  test('are read by their kind; the last of a name counts', () => {
    assert.deepEqual(readSettings(settings, ['rate=.25', 'count=4', 'mode=b', 'rate=1e-1']), {
      rate: 0.1,
      count: 4,
      mode: 'b',
    });
  });

  const wrong: [pair: string, field: string][] = [
    ['rat=1', 'rat'],
    ['rate', '--set'],
    ['rate=2', 'rate'],
    ['rate=', 'rate'],
    ['rate=0x1', 'rate'],
    ['count=1.5', 'count'],
    ['mode=c', 'mode'],
    ['__proto__=1', '--set'],
    ['constructor=1', 'constructor'],
  ];
  for (const [pair, field] of wrong) {
    test(`refuse ${pair}`, () => {
      assert.throws(
        () => readSettings(settings, [pair]),
        (error) => error instanceof BadInput && error.field === field,
      );
    });
  }

  test('are bounded in number', () => {
    const many = Array.from({ length: 65 }, () => 'rate=1');
    assert.throws(() => readSettings(settings, many), BadInput);
  });
});

suite('which protocol', () => {
  test('who knows nothing is faster by concession; who knows all is nearer in turns', () => {
    const run = protocolChoice.run(3, readSettings(protocolChoice.settings, ['cases=200']), null);
    const found = run.results.comparisons as Record<string, unknown>[];
    assert.deepEqual(
      found.map(({ concessionFaster, alternatingNearer }) => [concessionFaster, alternatingNearer]),
      [
        [false, true],
        [true, true],
        [true, false],
      ],
    );
  });

  test('a mean knows how well it is known', () => {
    const { mean, se, ci95, n } = estimate([1, 2, 3, 4]) ?? assert.fail();
    assert.deepEqual([mean, n], [2.5, 4]);
    assert.ok(Math.abs(se - Math.sqrt(5 / 3 / 4)) < 1e-12 && ci95 === 1.96 * se);
    assert.equal(estimate([1]), null);
  });
});
