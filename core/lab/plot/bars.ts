// A panel of bars, one a row, with whiskers and its number at the end of each.
import type { Bar, BarPanel } from './chart.ts';
import { isDrawn, numberText, type Scale, scaleOf } from './scale.ts';
import { clipped, element, label } from './svg.ts';

const LEFT = 170;
const RIGHT = 120;
const TOP = 44;
const BOTTOM = 40;
const ROW = 26;
const BAR = 16;
const NAME_CHARACTERS = 24;
/** More rows than a page has; the rest is said to be left out. */
const BARS_MAX = 60;

/** Without what cannot be drawn, whether whole bars or parts of them. */
const shown = ({ bars }: BarPanel): readonly Bar[] =>
  bars
    .filter(({ value }) => isDrawn(value))
    .slice(0, BARS_MAX)
    .map(({ label: name, value, ci95, mark }) => ({
      label: name,
      value,
      ci95: ci95 !== null && isDrawn(Math.abs(value) + Math.abs(ci95)) ? Math.abs(ci95) : null,
      ...(mark !== undefined && isDrawn(mark) ? { mark } : {}),
    }));

export const barsHeight = (panel: BarPanel): number =>
  TOP + Math.max(1, shown(panel).length) * ROW + BOTTOM;

/** @param width of the whole picture, in pixels; y starts at 0 */
export function drawBars(panel: BarPanel, width: number): string[] {
  const bars = shown(panel);
  const right = width - RIGHT;
  const bottom = barsHeight(panel) - BOTTOM;
  const scale = scaleOf([0, ...bars.flatMap(extent)], panel.value, [LEFT, right], 6);
  const hidden = panel.bars.length - bars.length;
  const unit = hidden === 0 ? panel.value.label : `${panel.value.label}, ${hidden} left out`;
  const zero = scale.at(0);
  const edge = { y1: TOP, y2: bottom };
  return [
    label(panel.title, { class: 'name', x: LEFT, y: 16 }),
    label(unit, { class: 'dim', x: LEFT, y: 34 }),
    ...(bars.length === 0
      ? [nothing((LEFT + right) / 2)]
      : [...ticks(scale, bottom), element('line', { class: 'axis', x1: zero, x2: zero, ...edge })]),
    ...bars.flatMap((bar, i) => row(bar, scale, TOP + i * ROW + ROW / 2)),
  ];
}

/** Every value that a bar's row shows. */
function extent({ value, ci95, mark }: Bar): number[] {
  const ends = ci95 === null ? [] : [value - ci95, value + ci95];
  return [value, ...ends, ...(mark === undefined ? [] : [mark])];
}

function ticks(scale: Scale, bottom: number): string[] {
  return scale.ticks.flatMap((tick) => {
    const x = scale.at(tick);
    return [
      element('line', { class: 'grid', x1: x, x2: x, y1: TOP, y2: bottom }),
      label(scale.text(tick), { class: 'dim', x, y: bottom + 18, 'text-anchor': 'middle' }),
    ];
  });
}

function row(bar: Bar, scale: Scale, middle: number): string[] {
  const { value, ci95, mark } = bar;
  const [zero, end] = [scale.at(0), scale.at(value)];
  const number = `${numberText(value)}${ci95 === null ? '' : ` ± ${numberText(ci95, 2)}`}`;
  const last = Math.max(zero, ...extent(bar).map((one) => scale.at(one)));
  return [
    label(clipped(bar.label, NAME_CHARACTERS), {
      x: LEFT - 10,
      y: middle + 4,
      'text-anchor': 'end',
    }),
    element('rect', {
      class: 'f0',
      x: Math.min(zero, end),
      y: middle - BAR / 2,
      width: Math.abs(end - zero),
      height: BAR,
    }),
    ...(mark === undefined ? [] : [stroke('grey', scale.at(mark), middle, BAR / 2 + 4, 3)]),
    ...(ci95 === null ? [] : whiskers(scale.at(value - ci95), scale.at(value + ci95), middle)),
    label(number, { x: last + 8, y: middle + 4 }),
  ];
}

function whiskers(from: number, to: number, middle: number): string[] {
  return [
    element('line', { class: 'whisker', x1: from, x2: to, y1: middle, y2: middle }),
    stroke('whisker', from, middle, 4, 1.5),
    stroke('whisker', to, middle, 4, 1.5),
  ];
}

function stroke(ink: string, x: number, middle: number, reach: number, width: number): string {
  const ends = { x1: x, x2: x, y1: middle - reach, y2: middle + reach };
  return element('line', { class: ink, ...ends, 'stroke-width': width });
}

const nothing = (x: number): string =>
  label('no data', { class: 'dim', x, y: TOP + ROW / 2 + 4, 'text-anchor': 'middle' });
