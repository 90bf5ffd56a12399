// Needs as sentences.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../../core/engine/base/time.ts';
import { openCfp } from '../../core/engine/protocol/bodies.ts';
import { type Need, parseNeed } from '../../core/engine/protocol/need.ts';
import { read } from '../../core/engine/protocol/shape.ts';

const need = (kind: Need['kind'], count: number, durationMs: number, model?: string): Need =>
  model === undefined ? { kind, count, durationMs } : { kind, count, durationMs, model };

suite('read', () => {
  const cases: [string, Need][] = [
    ['4x H100 GPUs for 30 minutes', need('gpu', 4, 1_800_000, 'H100')],
    ['4 x H100 GPUs for 30 minutes', need('gpu', 4, 1_800_000, 'H100')],
    ['4 H100 gpu for 30 min', need('gpu', 4, 1_800_000, 'H100')],
    ['GPU for 1 hour', need('gpu', 1, HOUR)],
    ['2x RTX 4090 GPUs for 1.5h', need('gpu', 2, 1.5 * HOUR, 'RTX 4090')],
    ['8 cores for 90 s', need('cpu', 8, 90_000)],
    ['1 CPU slot for 250ms', need('cpu', 1, 250)],
    ['3 memory slots for 2 days', need('memory', 3, 2 * DAY)],
    ['  2   cpus   for   5   m  ', need('cpu', 2, 5 * MINUTE)],
    ['16 cpu for 0.5 hours', need('cpu', 16, HOUR / 2)],
  ];
  for (const [sentence, expected] of cases) {
    test(sentence, () => assert.deepEqual(parseNeed(sentence), expected));
  }
});

suite('not read', () => {
  for (const sentence of [
    '',
    'GPUs',
    'for 30 minutes',
    '4x H100 GPUs',
    '4x H100 GPUs for minutes',
    '4x H100 GPUs for 30 fortnights',
    '-4x H100 GPUs for 30 minutes',
    '4x H100 GPUs for -30 minutes',
    '4x H100 TPUs for 30 minutes',
    '4x H100 GPUs for 30 minutes; rm -rf /',
    '4x H100 GPUs for 1e9 minutes',
    '99999x GPUs for 3 minutes',
    '4x H100 GPUs for 30 minutes and more',
  ]) {
    test(JSON.stringify(sentence), () => assert.equal(parseNeed(sentence), null));
  }
});

suite('for any sentence', () => {
  test('what is built from parts is read back', () => {
    const parts = fc.record({
      count: fc.integer({ min: 1, max: 1024 }),
      model: fc.constantFrom('', 'H100', 'A100 80GB', 'rtx-4090', 'MI300X'),
      kind: fc.constantFrom('gpu', 'GPUs', 'cpu', 'cores', 'memory', 'memory slots'),
      span: fc.integer({ min: 1, max: 100 }),
      unit: fc.constantFrom(
        's',
        'sec',
        'seconds',
        'm',
        'min',
        'minutes',
        'h',
        'hours',
        'd',
        'days',
      ),
      x: fc.constantFrom('x', '', ' x'),
    });
    const ms = { s: 1000, m: MINUTE, h: HOUR, d: DAY } as Record<string, number>;
    fc.assert(
      fc.property(parts, ({ count, model, kind, span, unit, x }) => {
        const sentence = `${count}${x} ${model === '' ? '' : `${model} `}${kind} for ${span} ${unit}`;
        const found = parseNeed(sentence);
        assert.ok(found !== null, sentence);
        assert.equal(found.count, count);
        assert.equal(found.model ?? '', model);
        assert.equal(found.durationMs, span * (ms[unit[0] as string] ?? 0));
      }),
    );
  });

  test('anything is read or refused, quickly', () => {
    const word = fc.constantFrom(
      '4',
      'x',
      'H100',
      'gpu',
      'gpus',
      'for',
      '30',
      'minutes',
      ' ',
      '-',
      '.',
    );
    const text = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.array(word, { maxLength: 60 }).map((w) => w.join(' ')),
    );
    fc.assert(
      fc.property(text, (sentence) => {
        const startedAt = performance.now();
        const result = read(openCfp, { need: sentence, maxPrice: 1 });
        assert.ok(
          performance.now() - startedAt < 50,
          'a sentence must not be a way to stop the host',
        );
        if (!result.ok) assert.match(result.problem.field ?? '', /^need/);
      }),
      { numRuns: 2000 },
    );
  });
});
