// A chart as data: what an experiment wants seen, without how it is drawn.

/** Panels below each other under one title. */
export interface Chart {
  title: string;
  panels: readonly Panel[];
}
export type Panel = CurvePanel | BarPanel;

export interface Axis {
  /** What is counted, and its unit: `price (credits)`. */
  label: string;
  /** Ends of the axis; from the data when left out. */
  from?: number;
  to?: number;
}

/** Values over something in order. */
export interface CurvePanel {
  kind: 'curves';
  title: string;
  x: Axis;
  y: Axis;
  curves: readonly Curve[];
  levels: readonly Level[];
}

export type Point = readonly [x: number, y: number];

export interface Curve {
  label: string;
  /** In order of x; what is not finite is left out. */
  points: readonly Point[];
  shape: 'line' | 'step';
  /** For comparison only: drawn in grey. */
  grey?: boolean;
}

/** A horizontal grey line, such as a threshold. */
export interface Level {
  at: number;
  label: string;
}

/** One bar a row, from zero. */
export interface BarPanel {
  kind: 'bars';
  title: string;
  value: Axis;
  bars: readonly Bar[];
}

export interface Bar {
  label: string;
  value: number;
  /** Half of the 95 % interval, drawn as whiskers; null when it is not known. */
  ci95: number | null;
  /** A value to compare with, as a grey stroke; the panel's title says which. */
  mark?: number;
}
