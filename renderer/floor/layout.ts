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
  { agents: 8, rows: 14, callColumns: 1, callColumnsMax: 4, dense: false },
  { agents: 16, rows: 14, callColumns: 3, callColumnsMax: 4, dense: false },
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
  const needed = Math.ceil(calls / step.rows);
  return Math.max(present, Math.min(step.callColumnsMax, needed));
}

export type Role = 'manager' | 'call' | 'contractor';

export interface Size {
  width: number;
  height: number;
}
interface Metrics {
  cell: number;
  /** Free space between the blocks, where edges bend; the right one carries prices as well. */
  gap: { left: number; right: number };
  width: Record<Role, number>;
  margin: number;
  height: number;
  /** Height of the name of a contractor, of one resource and of one slot below it. */
  head: number;
  line: number;
  slot: number;
  /** How far an offer stands in below its seller. */
  indent: number;
  /** Edges of neighbouring columns run past each other at this distance. */
  lane: number;
}

const ROOMY: Metrics = {
  cell: 44,
  gap: { left: 60, right: 96 },
  width: { manager: 166, call: 200, contractor: 240 },
  margin: 14,
  height: 38,
  head: 28,
  line: 22,
  slot: 24,
  indent: 22,
  lane: 6,
};
const DENSE: Metrics = {
  cell: 27,
  gap: { left: 84, right: 84 },
  width: { manager: 146, call: 152, contractor: 184 },
  margin: 10,
  height: 22,
  head: 26,
  line: 20,
  slot: 20,
  indent: 16,
  lane: 3,
};
export const metricsOf = (dense: boolean): Metrics => (dense ? DENSE : ROOMY);

/** A resource in its contractor: a line with its name, and rows of slots where there is room. */
export interface Line {
  id: string;
  /** Slots in one row; 0 where they are only squares on the line. */
  perRow: number;
  /** Rows of slots below the line. */
  rows: number;
}

/** So many slots have a row each; up to `SLOTS_MAX` share one by two; more are only squares. */
const SLOTS_ALONE = 4;
const SLOTS_MAX = 16;

/** How the slots of a resource are shown. */
export function lineOf(step: Step, id: string, slots: number): Line {
  if (step.dense || slots === 0 || slots > SLOTS_MAX) return { id, perRow: 0, rows: 0 };
  const perRow = slots > SLOTS_ALONE ? 2 : 1;
  return { id, perRow, rows: Math.ceil(slots / perRow) };
}

/** Height of a line with its slots. */
export function lineHeight(step: Step, { rows }: Line): number {
  const { line, slot } = metricsOf(step.dense);
  return line + rows * slot;
}

/** Size of a node; a contractor has its resources one below the other. */
export function sizeOf(step: Step, role: Role, lines: readonly Line[] = [], more = false): Size {
  const { width, height, head, line } = metricsOf(step.dense);
  const all = lines.reduce((sum, one) => sum + lineHeight(step, one), more ? line : 0);
  const inner = role === 'contractor' && all > 0 ? head + all : height;
  return { width: width[role], height: Math.max(inner, height) };
}

/** How far an edge of this column runs from the middle of its node, so that it can be followed. */
export function laneOf(step: Step, column: number): number {
  return ((column % 4) - 1.5) * metricsOf(step.dense).lane;
}

/** Rows of the grid that a node of this size covers. */
export function rowsOf(step: Step, { height }: Size): number {
  const { cell, height: one } = metricsOf(step.dense);
  return Math.ceil((height + cell - one) / cell);
}

/** Pixels of a place. Managers grow to the left, contractors to the right, calls stay between. */
export function positionOf(step: Step, role: Role, place: Place): { x: number; y: number } {
  const { cell, width, margin } = metricsOf(step.dense);
  const y = place.row * cell;
  const block = blocksOf(step)[role];
  const away = place.column * (width[role] + margin);
  return { x: role === 'manager' ? block.x - away : block.x + away, y };
}

/** Where the heads of the three blocks stand. */
export function blocksOf(step: Step): Record<Role, { x: number; width: number }> {
  const { gap, width, margin } = metricsOf(step.dense);
  const calls = step.callColumns * (width.call + margin) - margin;
  return {
    manager: { x: -gap.left - width.manager, width: width.manager },
    call: { x: 0, width: calls },
    contractor: { x: calls + gap.right, width: width.contractor },
  };
}
