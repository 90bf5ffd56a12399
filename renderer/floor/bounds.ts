// How much of the floor there is to show.
import { blocksOf, metricsOf, type Size, type Step } from './layout.ts';

export interface Box extends Size {
  x: number;
  y: number;
}

/** The height grows in steps of so many rows, so that one node more does not move all others. */
const ROOM_STEP = 3;
const ROWS_MIN = 8;

/** Room for these nodes, for the three blocks, and for what had to be shown before. */
export function boundsOf(step: Step, nodes: readonly (Size & Box)[], before: Box | null): Box {
  const blocks = blocksOf(step);
  const { cell } = metricsOf(step.dense);
  let left = before?.x ?? blocks.manager.x;
  let right = before ? before.x + before.width : blocks.contractor.x + blocks.contractor.width;
  let bottom = 0;
  for (const { x, y, width, height } of nodes) {
    left = Math.min(left, x);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  const rows = Math.max(0, Math.ceil(bottom / cell) - ROWS_MIN);
  const height = cell * (ROWS_MIN + Math.ceil(rows / ROOM_STEP) * ROOM_STEP);
  return { x: left, y: 0, width: right - left, height: Math.max(before?.height ?? 0, height) };
}
