// How much of the floor there is to show.
import { blocksOf, metricsOf } from './layout.ts';
import type { Plan } from './plan.ts';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The height grows in steps of so many rows, so that one node more does not move all others. */
const ROOM_STEP = 4;
const ROWS_MIN = 6;

/** What is shown, and at least the three blocks. */
export function boundsOf(plan: Plan): Box {
  const { step } = plan;
  const blocks = blocksOf(step);
  const { cell } = metricsOf(step.dense);
  let left = blocks.manager.x;
  let right = blocks.contractor.x + blocks.contractor.width;
  let bottom = cell * ROWS_MIN;
  for (const { x, y, width, height } of plan.nodes) {
    left = Math.min(left, x);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  const unit = cell * ROOM_STEP;
  return { x: left, y: 0, width: right - left, height: Math.ceil(bottom / unit) * unit };
}
