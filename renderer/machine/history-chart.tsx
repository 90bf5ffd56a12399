// Two minutes of CPU: uPlot, because it is redrawn every second for as long as the page is open.
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Telemetry } from '../../core/contract.ts';
import { clock, telemetryStore } from '../mirror/link.ts';
import { onThemeChange, resolve } from '../ui/colours.ts';
import { clockTime } from '../words/format.ts';
import { valueOrGap } from '../words/readings.ts';

const HEIGHT = 116;

export function HistoryChart() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let plot = draw(element);
    const renew = () => {
      plot.destroy();
      plot = draw(element);
    };
    const stopTheme = onThemeChange(renew);
    const stopData = telemetryStore.subscribe(({ history }) => plot.setData(columns(history)));
    const sizes = new ResizeObserver(() => {
      plot.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    sizes.observe(element);
    return () => {
      stopTheme();
      stopData();
      sizes.disconnect();
      plot.destroy();
    };
  }, []);
  return (
    <figure className="history">
      <figcaption className="visually-hidden">
        CPU use over the last two minutes, in percent; the bars above have its newest values.
      </figcaption>
      <div ref={box} aria-hidden="true" />
    </figure>
  );
}

/** Gaps stay gaps: a value that could not be read is null, not 0. */
function columns(history: readonly Telemetry[]): uPlot.AlignedData {
  const share = (value: number | null) => (value === null ? null : value * 100);
  return [
    history.map(({ at }) => at / 1000),
    history.map(({ cpu }) => share(valueOrGap(cpu.busy))),
    history.map(({ cpu }) => share(valueOrGap(cpu.jobs))),
  ];
}

const SPAN_S = 120;
/** The axis stands still however little has been measured yet. */
const lastMinutes: uPlot.Range.Function = (_plot, _from, to) => {
  const end = to ?? clock.now() / 1000;
  return [end - SPAN_S, end];
};

function draw(element: HTMLElement): uPlot {
  const colour = {
    text: resolve('var(--text-3)'),
    line: resolve('var(--line)'),
    busy: resolve('var(--accent)'),
    jobs: resolve('var(--good)'),
  };
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: colour.text, font, grid: { stroke: colour.line, width: 1 }, gap: 4 };
  const options: uPlot.Options = {
    width: element.clientWidth || 280,
    height: HEIGHT,
    padding: [8, 0, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { range: lastMinutes }, y: { range: [0, 100] } },
    axes: [
      {
        ...axis,
        size: 22,
        ticks: { show: false },
        grid: { show: false },
        space: 80,
        values: (_plot, splits) => splits.map((second) => clockTime(second * 1000)),
      },
      {
        ...axis,
        size: 42,
        ticks: { show: false },
        splits: () => [0, 50, 100],
        values: (_plot, splits) => splits.map((value) => `${value} %`),
      },
    ],
    series: [
      {},
      { stroke: colour.busy, width: 1.5, points: { show: false } },
      { stroke: colour.jobs, width: 1.5, points: { show: false } },
    ],
  };
  return new uPlot(options, columns(telemetryStore.getState().history), element);
}
