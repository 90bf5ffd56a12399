// A panel of lines and steps, each named at its end rather than in a legend.
import type { Curve, CurvePanel, Point } from './chart.ts';
import { isDrawn, type Scale, scaleOf } from './scale.ts';
import { type Attributes, clipped, COLOURS, element, label } from './svg.ts';

/** Pixels around the plot: names stand on the right. */
const LEFT = 64;
const RIGHT = 178;
const TOP = 44;
const BOTTOM = 40;
const PLOT_HEIGHT = 200;
export const CURVES_HEIGHT = TOP + PLOT_HEIGHT + BOTTOM;

/** More could not be told apart; every so many is drawn, and the last. */
const POINTS_MAX = 2000;
/** Up to as many each point gets a dot: a single one would not be seen otherwise. */
const DOTTED_MAX = 40;
const NAME_GAP = 15;
const NAME_CHARACTERS = 27;

/** @param width of the whole picture, in pixels; y starts at 0 */
export function drawCurves(panel: CurvePanel, width: number): string[] {
  const curves = panel.curves.map((curve) => ({ ...curve, points: drawable(curve.points) }));
  const points = curves.flatMap((curve) => curve.points);
  const levels = panel.levels.filter(({ at }) => isDrawn(at));
  const right = width - RIGHT;
  const bottom = TOP + PLOT_HEIGHT;
  const xs = points.map(([x]) => x);
  const ys = [...points.map(([, y]) => y), ...levels.map(({ at }) => at)];
  const x = scaleOf(xs, fittingX(panel, xs), [LEFT, right], 6);
  const y = scaleOf(ys, panel.y, [bottom, TOP], 5);
  const drawn = [
    label(panel.title, { class: 'name', x: LEFT, y: 16 }),
    label(panel.y.label, { class: 'dim', x: LEFT, y: 34 }),
    label(panel.x.label, { class: 'dim', x: right, y: bottom + 34, 'text-anchor': 'end' }),
    ...grid(x, y, right, points.length > 0),
  ];
  if (points.length === 0) return [...drawn, nothing((LEFT + right) / 2)];
  const names: Name[] = levels.map(({ at, label: text }) => ({ text, at: y.at(at), ink: 'dim' }));
  for (const { at } of levels) {
    const across = { x1: LEFT, x2: right, y1: y.at(at), y2: y.at(at) };
    drawn.push(element('line', { class: 'level', ...across }));
  }
  let coloured = 0;
  for (const curve of curves) {
    const ink = curve.grey === true ? GREY : inkOf(coloured++);
    const last = curve.points.at(-1);
    if (last === undefined) continue;
    drawn.push(...draw(curve, ink, x, y));
    names.push({ text: curve.label, at: y.at(last[1]), ink: ink.name });
  }
  return [...drawn, ...nameAll(names, right + 8)];
}

/** The axis of x ends where the data ends: rounds are not rounded up. */
function fittingX({ x }: CurvePanel, xs: readonly number[]): CurvePanel['x'] {
  const from = x.from ?? xs.reduce((a, b) => Math.min(a, b), Infinity);
  const to = x.to ?? xs.reduce((a, b) => Math.max(a, b), -Infinity);
  return from < to ? { label: x.label, from, to } : x;
}

function drawable(points: readonly Point[]): readonly Point[] {
  const finite = points.filter(([x, y]) => isDrawn(x) && isDrawn(y));
  const every = Math.ceil(finite.length / POINTS_MAX);
  return finite.filter((_, i) => i % every === 0 || i === finite.length - 1);
}

interface Ink {
  line: string;
  dot: string;
  name: string;
}

const GREY: Ink = { line: 'curve grey', dot: 'dot', name: 'dim' };

function inkOf(index: number): Ink {
  const i = index % COLOURS;
  return { line: `curve s${i}`, dot: `f${i}`, name: `f${i}` };
}

function draw({ points, shape }: Curve, ink: Ink, x: Scale, y: Scale): string[] {
  const places = points.map(([a, b]) => [x.at(a), y.at(b)] as const);
  const corners = shape === 'line' ? places : stepped(places);
  const path = corners.map((place) => place.map((value) => value.toFixed(2)).join(',')).join(' ');
  const line = element('polyline', { class: ink.line, points: path });
  if (points.length > DOTTED_MAX) return [line];
  const dots = places.map(([cx, cy]) => element('circle', { class: ink.dot, cx, cy, r: 2.5 }));
  return [line, ...dots];
}

/** A value holds until the next one. */
function stepped(places: readonly Point[]): readonly Point[] {
  return places.flatMap((place, i): Point[] => {
    const before = places[i - 1];
    return before === undefined ? [place] : [[place[0], before[1]], place];
  });
}

function grid(x: Scale, y: Scale, right: number, numbered: boolean): string[] {
  const bottom = TOP + PLOT_HEIGHT;
  const axis = (ends: Attributes) => element('line', { class: 'axis', ...ends });
  const frame = [
    axis({ x1: LEFT, x2: right, y1: bottom, y2: bottom }),
    axis({ x1: LEFT, x2: LEFT, y1: TOP, y2: bottom }),
  ];
  if (!numbered) return frame;
  const across = y.ticks.map((tick) => {
    const at = y.at(tick);
    return element('line', { class: 'grid', x1: LEFT, x2: right, y1: at, y2: at });
  });
  const numbers = [
    ...y.ticks.map((tick) =>
      label(y.text(tick), { class: 'dim', x: LEFT - 8, y: y.at(tick) + 4, 'text-anchor': 'end' }),
    ),
    ...x.ticks.map((tick) => {
      const place = { x: x.at(tick), y: bottom + 18 };
      return label(x.text(tick), { class: 'dim', ...place, 'text-anchor': 'middle' });
    }),
  ];
  return [...across, ...frame, ...numbers];
}

const nothing = (x: number): string =>
  label('no data', { class: 'dim', x, y: TOP + PLOT_HEIGHT / 2, 'text-anchor': 'middle' });

interface Name {
  text: string;
  /** Pixels from the top. */
  at: number;
  ink: string;
}

/** Names keep apart from each other, and inside the plot where there is room for all. */
function nameAll(names: readonly Name[], x: number): string[] {
  const ordered = names.toSorted((a, b) => a.at - b.at);
  const last = ordered.length - 1;
  let above = -Infinity;
  const down = ordered.map(({ at }) => (above = Math.max(at, above + NAME_GAP, TOP)));
  let below = TOP + PLOT_HEIGHT + NAME_GAP;
  const places = down.map(() => 0);
  for (let i = last; i >= 0; i--) {
    below = Math.min(down[i] ?? 0, below - NAME_GAP);
    places[i] = Math.max(below, TOP + i);
  }
  return ordered.map(({ text, ink }, i) =>
    label(clipped(text, NAME_CHARACTERS), { class: ink, x, y: (places[i] ?? 0) + 4 }),
  );
}
