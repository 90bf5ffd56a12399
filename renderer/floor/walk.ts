// Which node lies next in a direction.
import type { PlanNode } from './plan.ts';

export type Direction = readonly [dx: number, dy: number];

/** The nearest node in a direction; what lies aside counts double. Without a start, the first. */
export function nextNode(
  nodes: readonly PlanNode[],
  from: PlanNode | undefined,
  [dx, dy]: Direction,
): PlanNode | undefined {
  if (!from) return nodes[0];
  const here = middleOf(from);
  let best: PlanNode | undefined;
  let least = Infinity;
  for (const one of nodes) {
    const there = middleOf(one);
    const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
    const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    if (along <= 1 || aside > along * 4) continue;
    const distance = along + 2 * aside;
    if (distance < least) [best, least] = [one, distance];
  }
  return best;
}

function middleOf({ x, y, width, height }: PlanNode): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}
