// A chart as an SVG document: it stands alone, and is readable on light and on dark.
import { barsHeight, drawBars } from './bars.ts';
import type { Chart, Panel } from './chart.ts';
import { CURVES_HEIGHT, drawCurves } from './curves.ts';
import { element, escaped, label, STYLE } from './svg.ts';

const WIDTH = 800;
const HEAD = 44;
const GAP = 16;

/** The document, with a newline at its end; the same chart gives the same text. */
export function drawChart({ title, panels }: Chart): string {
  let top = HEAD;
  const drawn = panels.map((panel) => {
    const parts = panel.kind === 'curves' ? drawCurves(panel, WIDTH) : drawBars(panel, WIDTH);
    const group = element('g', { transform: `translate(0 ${top})` }, ...parts);
    top += heightOf(panel) + GAP;
    return group;
  });
  const size = { viewBox: `0 0 ${WIDTH} ${top}`, width: WIDTH, height: top };
  const root = { xmlns: 'http://www.w3.org/2000/svg', ...size, role: 'img', 'aria-label': title };
  const parts = [
    element('title', {}, escaped(title)),
    element('style', {}, STYLE),
    element('rect', { class: 'page', width: WIDTH, height: top }),
    label(title, { class: 'head', x: 24, y: 28 }),
    ...drawn,
  ];
  return `${element('svg', root, ...parts.map((part) => `\n${part}`), '\n')}\n`;
}

const heightOf = (panel: Panel): number =>
  panel.kind === 'curves' ? CURVES_HEIGHT : barsHeight(panel);
