// Goal: a plot shows what is in its data, whatever the data, in every viewer of SVG.
// Method: random charts, some with values that cannot be drawn, read back by a strict small parser;
// by hand, charts of known places, without data, with markup in their names.
// Check: well-formed XML, everything inside its frame, points where the scale puts them, ticks at
// round numbers. Planted faults: the parser refuses broken markup, the frame finds a stray point.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Chart, Curve, CurvePanel } from '../../core/lab/plot/chart.ts';
import { drawChart } from '../../core/lab/plot/draw.ts';
import { numberText, scaleOf } from '../../core/lab/plot/scale.ts';

interface Tag {
  name: string;
  attributes: Record<string, string>;
  /** What stands directly in it, entities read. */
  text: string;
  /** Pixels by which the groups around it move it down. */
  down: number;
}

const TOKEN = /<(\/?)([a-z]+)((?: [a-zA-Z:\d-]+="[^"<&]*(?:&[a-z]+;[^"<&]*)*")*)(\/?)>|([^<]+)/gy;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  assert.doesNotMatch(text, /[\u0000-\u0008\ufffe\uffff]/);
  return text.replaceAll(/&([^;\s]*);?/g, (whole, name: string) => {
    assert.ok(whole.endsWith(';') && name in ENTITIES, `entity ${whole}`);
    return ENTITIES[name] ?? '';
  });
}

/** Every element of a document, or an assertion error when it is not well formed. */
function elementsOf(svg: string): Tag[] {
  const all: Tag[] = [];
  const open: Tag[] = [];
  let at = 0;
  for (const [whole, close, name = '', given = '', empty, text] of svg.matchAll(TOKEN)) {
    at += whole.length;
    if (text !== undefined) {
      const parent = open.at(-1);
      if (parent) parent.text += decoded(text);
      else assert.equal(text.trim(), '');
    } else if (close) assert.equal(open.pop()?.name, name);
    else {
      const pairs = [...given.matchAll(/ ([a-zA-Z:\d-]+)="([^"]*)"/g)];
      const attributes = Object.fromEntries(
        pairs.map(([, key, value = '']) => [key, decoded(value)]),
      );
      assert.equal(Object.keys(attributes).length, pairs.length, 'an attribute twice');
      const moved = Number(/translate\(0 (\S+)\)/.exec(attributes.transform ?? '')?.[1] ?? 0);
      const tag = { name, attributes, text: '', down: (open.at(-1)?.down ?? 0) + moved };
      all.push(tag);
      if (!empty) open.push(tag);
    }
  }
  assert.equal(at, svg.length, `not XML from ${svg.slice(at, at + 40)}`);
  assert.deepEqual(open, []);
  assert.equal(all[0]?.name, 'svg');
  return all;
}

const numbers = (tag: Tag, names: string[]): number[] =>
  names.map((name) => Number(tag.attributes[name] ?? 0));

/** Every place that an element touches, on the page. */
function placesOf(tag: Tag): [number, number][] {
  const pairs = (list: number[]): [number, number][] =>
    list.flatMap((x, i): [number, number][] =>
      i % 2 === 0 ? [[x, (list[i + 1] ?? NaN) + tag.down]] : [],
    );
  if (tag.name === 'polyline') {
    return pairs((tag.attributes.points ?? '').split(/[ ,]/).map(Number));
  }
  if (tag.name === 'line') return pairs(numbers(tag, ['x1', 'y1', 'x2', 'y2']));
  if (tag.name === 'circle') return pairs(numbers(tag, ['cx', 'cy']));
  if (tag.name === 'text') return pairs(numbers(tag, ['x', 'y']));
  if (tag.name !== 'rect') return [];
  const [x = 0, y = 0, width = 0, height = 0] = numbers(tag, ['x', 'y', 'width', 'height']);
  assert.ok(width >= 0 && height >= 0);
  return pairs([x, y, x + width, y + height]);
}

function assertInside(svg: string): Tag[] {
  const all = elementsOf(svg);
  const [, , width = 0, height = 0] = (all[0]?.attributes.viewBox ?? '').split(' ').map(Number);
  for (const tag of all) {
    for (const [x, y] of placesOf(tag)) {
      assert.ok(x >= 0 && x <= width && y >= 0 && y <= height, `${tag.name} at ${x}, ${y}`);
    }
  }
  return all;
}

const textsOf = (all: readonly Tag[]): string[] =>
  all.filter(({ name }) => name === 'text').map(({ text }) => text);

const values = fc.oneof(
  fc.double({ min: -1e15, max: 1e15, noNaN: true }),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(NaN, Infinity, -Infinity, 1e300, 5e-324, -0),
);
const names = fc.string({ maxLength: 60, unit: 'binary' });
const curves = fc.record({
  label: names,
  points: fc.array(fc.tuple(values, values), { maxLength: 60 }),
  shape: fc.constantFrom('line' as const, 'step' as const),
  grey: fc.boolean(),
});
const panels = fc.oneof(
  fc.record({
    kind: fc.constant('curves' as const),
    title: names,
    x: fc.record({ label: names }),
    y: fc.oneof(fc.record({ label: names }), fc.constant({ label: 'share', from: 0, to: 1 })),
    curves: fc.array(curves, { maxLength: 6 }),
    levels: fc.array(fc.record({ at: values, label: names }), { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('bars' as const),
    title: names,
    value: fc.record({ label: names }),
    bars: fc.array(
      fc.record(
        { label: names, value: values, ci95: fc.oneof(fc.constant(null), values), mark: values },
        { requiredKeys: ['label', 'value', 'ci95'] },
      ),
      { maxLength: 80 },
    ),
  }),
);

const panel = (given: Partial<CurvePanel>): CurvePanel => ({
  kind: 'curves',
  title: 'Price',
  x: { label: 'round' },
  y: { label: 'price (credits)' },
  curves: [],
  levels: [],
  ...given,
});
const drawn = (...all: Chart['panels']): string => drawChart({ title: 'Plot', panels: all });
const curve = (points: [number, number][], shape: Curve['shape'] = 'line'): Curve => {
  return { label: 'deals', points, shape };
};
/** Places of the drawn curves, as numbers. */
const linesIn = (svg: string): [number, number][][] =>
  elementsOf(svg)
    .filter(({ name }) => name === 'polyline')
    .map(placesOf);

suite('a plot', () => {
  test('is well-formed and inside its frame, whatever the data', () => {
    const charts = fc.record({ title: names, panels: fc.array(panels, { maxLength: 3 }) });
    fc.assert(
      fc.property(charts, (chart) => {
        const svg = drawChart(chart);
        assertInside(svg);
        assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
        assert.equal(drawChart(chart), svg);
      }),
      { numRuns: 300 },
    );
  });

  test('puts points where the axes say, and numbers at round places', () => {
    const svg = drawn(
      panel({
        curves: [
          curve([
            [0, 0],
            [50, 5],
            [100, 10],
          ]),
        ],
      }),
    );
    const [places = []] = linesIn(svg);
    assert.equal(places.length, 3);
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = places.flat();
    assert.ok(Math.abs(x1 - (x0 + x2) / 2) < 0.02 && Math.abs(y1 - (y0 + y2) / 2) < 0.02);
    assert.ok(x0 < x2 && y0 > y2);
    const texts = textsOf(elementsOf(svg));
    for (const text of ['0', '2', '10', '20', '100', 'price (credits)', 'round', 'deals']) {
      assert.ok(texts.includes(text), `${text} in ${texts.join('; ')}`);
    }
    const axis = elementsOf(svg).filter(({ attributes }) => attributes.class === 'axis');
    const ends = axis.flatMap(placesOf);
    assert.ok(ends.some(([x, y]) => Math.abs(x - x0) < 0.02 && Math.abs(y - y0) < 0.02));
  });

  test('a step holds its value until the next', () => {
    const [places = []] = linesIn(
      drawn(
        panel({
          curves: [
            curve(
              [
                [0, 1],
                [1, 3],
                [2, 3],
              ],
              'step',
            ),
          ],
        }),
      ),
    );
    assert.equal(places.length, 5);
    assert.equal(places[1]?.[1], places[0]?.[1]);
    assert.equal(places[1]?.[0], places[2]?.[0]);
  });

  test('has a line across at each level, named', () => {
    const levels = [0.3, 0.5].map((at) => ({ at, label: `level ${at}` }));
    const y = { label: 'reputation', from: 0, to: 1 };
    const all = elementsOf(
      drawn(
        panel({
          y,
          levels,
          curves: [
            curve([
              [1, 0.5],
              [9, 0],
            ]),
          ],
        }),
      ),
    );
    const lines = all.filter(({ attributes }) => attributes.class === 'level').map(placesOf);
    const [first] = linesIn(
      drawn(
        panel({
          y,
          levels,
          curves: [
            curve([
              [1, 0.5],
              [9, 0],
            ]),
          ],
        }),
      ),
    );
    assert.equal(lines.length, 2);
    // The curve starts at 0.5, where the second level runs.
    assert.ok(Math.abs((lines[1]?.[0]?.[1] ?? 0) - (first?.[0]?.[1] ?? 1)) < 0.02);
    assert.ok(textsOf(all).includes('level 0.3') && textsOf(all).includes('level 0.5'));
  });

  test('bars start at zero, with whiskers and their number', () => {
    const bars = [
      { label: 'rich', value: 10, ci95: 2, mark: 5 },
      { label: 'poor', value: -10, ci95: null },
    ];
    const all = assertInside(
      drawn({ kind: 'bars', title: 'Worth', value: { label: 'credits' }, bars }),
    );
    const [rich, poor] = all.filter(({ name, attributes }) => name === 'rect' && attributes.x);
    const [x1 = 0, width1] = rich ? numbers(rich, ['x', 'width']) : [];
    const [x2 = 0, width2 = 0] = poor ? numbers(poor, ['x', 'width']) : [];
    assert.ok(Math.abs(x2 + width2 - x1) < 0.02, 'they meet at zero');
    assert.ok(Math.abs((width1 ?? 0) - width2) < 0.02);
    const whisker = all.find(({ attributes }) => attributes.class === 'whisker');
    const [from, to] = whisker ? numbers(whisker, ['x1', 'x2']) : [];
    const credit = width2 / 10;
    assert.ok(Math.abs((to ?? 0) - (from ?? 0) - 4 * credit) < 0.05);
    assert.ok(textsOf(all).includes('10 ± 2') && textsOf(all).includes('-10'));
  });

  test('without data says so, and shows no numbers', () => {
    const bars = { kind: 'bars', title: 'B', value: { label: 'v' }, bars: [] } as const;
    const texts = textsOf(assertInside(drawn(panel({}), bars)));
    assert.equal(texts.filter((text) => text === 'no data').length, 2);
    assert.deepEqual(
      texts.filter((text) => /\d/.test(text)),
      [],
    );
    const nothing = panel({
      curves: [
        curve([
          [NaN, 1],
          [1, Infinity],
        ]),
      ],
    });
    assert.ok(textsOf(elementsOf(drawn(nothing))).includes('no data'));
  });

  test('bounds points, rows and names', () => {
    const points = Array.from({ length: 50_000 }, (_, i): [number, number] => [i, i]);
    const [places = []] = linesIn(drawn(panel({ curves: [curve(points)] })));
    assert.ok(places.length <= 2001);
    const bars = Array.from({ length: 90 }, () => ({
      label: 'x'.repeat(99),
      value: 1,
      ci95: null,
    }));
    const chart = drawn({ kind: 'bars', title: 'B', value: { label: 'v' }, bars });
    const texts = textsOf(assertInside(chart));
    assert.ok(texts.includes('v, 30 left out') && texts.every((text) => text.length < 40));
  });

  test('names are text and never markup', () => {
    const svg = drawChart({ title: `<script>"&'`, panels: [panel({ title: '</g>\u0000\ud800' })] });
    const texts = textsOf(elementsOf(svg));
    assert.ok(texts.includes(`<script>"&'`) && texts.includes('</g> '));
  });
});

test('ticks are round, few, and inside the axis', () => {
  const ends = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(ends, ends, (a, b) => {
      const { ticks, from, to, at, text } = scaleOf([a, b], { label: '' }, [0, 100], 5);
      // A step is not added for the sake of a billionth of it.
      const least = (to - from) * 1e-8;
      assert.ok(from <= Math.min(a, b) + least && to >= Math.max(a, b) - least);
      assert.ok(ticks.length >= 2 && ticks.length <= 12, `${ticks.length} ticks`);
      assert.ok(ticks.every((tick) => tick >= from && tick <= to && at(tick) <= 100));
      assert.equal(new Set(ticks.map(text)).size, ticks.length);
    }),
  );
  assert.deepEqual(scaleOf([0.12, 0.48], { label: '' }, [0, 1], 4).ticks.length, 5);
  const narrow = scaleOf([1e12, 1e12 + 2000], { label: '' }, [0, 1], 4);
  assert.equal(new Set(narrow.ticks.map(narrow.text)).size, narrow.ticks.length);
  assert.equal(scaleOf([0, 1], { label: '' }, [0, 1], 5).text(0.2), '0.2');
  assert.equal(scaleOf([0, 40_000], { label: '' }, [0, 1], 4).text(20_000), '20,000');
  const said = [numberText(12.3456), numberText(0.70591, 2), numberText(-0), numberText(123_456)];
  assert.deepEqual(said, ['12.35', '0.71', '0', '123,500']);
});

suite('planted faults', () => {
  const svg = drawn(
    panel({
      curves: [
        curve([
          [0, 0],
          [1, 1],
        ]),
      ],
    }),
  );
  const wrong: [why: string, from: RegExp | string, to: string][] = [
    ['a tag is left open', '</g>', ''],
    ['a bare ampersand', 'Price', 'A & B'],
    ['a bare bracket', 'Price', 'A < B'],
    ['an attribute twice', 'class="axis"', 'class="axis" class="axis"'],
    ['a point off the page', /points="[^,]+/, 'points="-3'],
  ];
  for (const [why, from, to] of wrong) {
    test(`is found: ${why}`, () => {
      assertInside(svg);
      assert.notEqual(svg.replace(from, to), svg);
      assert.throws(() => assertInside(svg.replace(from, to)), assert.AssertionError);
    });
  }
});
