// Sizes of the floor. It comes in steps: within a step every place is for life, and only a market
// that outgrows its step is laid out anew, once.
import type { Place } from './places.ts';

export interface Step {
  /** Most agents for which it is meant. */
  agents: number;
  /** Rows of every column. */
  rows: number;
  /** Columns of calls at first; the block grows to `callColumnsMax` as they are needed. */
  callColumns: number;
  callColumnsMax: number;
  /** One line a node instead of two. */
  dense: boolean;
}

export const STEPS: readonly Step[] = [
  { agents: 16, rows: 13, callColumns: 1, callColumnsMax: 4, dense: false },
  { agents: 40, rows: 18, callColumns: 2, callColumnsMax: 5, dense: false },
  { agents: 110, rows: 32, callColumns: 3, callColumnsMax: 7, dense: true },
  { agents: 240, rows: 38, callColumns: 4, callColumnsMax: 9, dense: true },
  { agents: 600, rows: 54, callColumns: 6, callColumnsMax: 12, dense: true },
  { agents: 1400, rows: 84, callColumns: 9, callColumnsMax: 16, dense: true },
  { agents: 3000, rows: 112, callColumns: 12, callColumnsMax: 20, dense: true },
  { agents: Infinity, rows: 200, callColumns: 20, callColumnsMax: 32, dense: true },
];

/** The step for so many agents; never a smaller one than the floor already has. */
export function stepFor(agents: number, present = 0): number {
  const fitting = STEPS.findIndex((step) => agents <= step.agents);
  return Math.max(fitting, present);
}

/** Columns that so many calls need, within the bounds of the step; never fewer than there are. */
export function callColumnsFor(step: Step, calls: number, present: number): number {
  // A little air: a block that is full to the last place would grow at the next call.
  const needed = Math.ceil((calls * 1.1) / step.rows);
  return Math.max(present, Math.min(step.callColumnsMax, needed));
}

export type Role = 'manager' | 'call' | 'contractor';

export interface Size {
  width: number;
  height: number;
}
interface Metrics {
  cell: number;
  gap: number;
  width: Record<Role, number>;
  margin: number;
  height: number;
  /** Height of one resource line in a contractor. */
  line: number;
}

const ROOMY: Metrics = {
  cell: 50,
  gap: 112,
  width: { manager: 172, call: 208, contractor: 248 },
  margin: 20,
  height: 40,
  line: 22,
};
const DENSE: Metrics = {
  cell: 27,
  gap: 84,
  width: { manager: 146, call: 152, contractor: 184 },
  margin: 10,
  height: 22,
  line: 20,
};
export const metricsOf = (dense: boolean): Metrics => (dense ? DENSE : ROOMY);

/** Size of a node; a contractor has one line for each of its resources. */
export function sizeOf(step: Step, role: Role, lines = 0): Size {
  const { width, height, line } = metricsOf(step.dense);
  const inner = role === 'contractor' && lines > 0 ? 26 + lines * line : height;
  return { width: width[role], height: Math.max(inner, height) };
}

/** Rows of the grid that a node of this size covers. */
export function rowsOf(step: Step, { height }: Size): number {
  const { cell, height: one } = metricsOf(step.dense);
  return Math.ceil((height + cell - one) / cell);
}

/** Pixels of a place. Managers grow to the left, contractors to the right, calls stay between. */
export function positionOf(step: Step, role: Role, place: Place): { x: number; y: number } {
  const { cell, gap, width, margin } = metricsOf(step.dense);
  const y = place.row * cell;
  const calls = step.callColumns * (width.call + margin) - margin;
  switch (role) {
    case 'manager':
      return { x: -gap - width.manager - place.column * (width.manager + margin), y };
    case 'call':
      return { x: place.column * (width.call + margin), y };
    case 'contractor':
      return { x: calls + gap + place.column * (width.contractor + margin), y };
  }
}

/** Where the heads of the three blocks stand. */
export function blocksOf(step: Step): Record<Role, { x: number; width: number }> {
  const { gap, width, margin } = metricsOf(step.dense);
  const calls = step.callColumns * (width.call + margin) - margin;
  return {
    manager: { x: -gap - width.manager, width: width.manager },
    call: { x: 0, width: calls },
    contractor: { x: calls + gap, width: width.contractor },
  };
}
