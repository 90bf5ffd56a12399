// A bargaining as a line between a call and its contractor: two strands, as far apart as the two
// sides are. Pure.
import type { BargainingDoc } from '../../core/engine/view/bargaining.ts';

export interface Standing {
  /** Credits; null until that side has spoken. */
  bid: number | null;
  ask: number | null;
  /** What is left of the first distance between bid and ask, 0..1; 1 until both have spoken. */
  gap: number;
}

/** The two prices that stand now, and how far the sides have come. */
export function standingOf({ rounds }: BargainingDoc): Standing {
  let bid: number | null = null;
  let ask: number | null = null;
  let first = 0;
  for (const { manager, contractor } of rounds) {
    bid = manager?.price ?? bid;
    ask = contractor?.price ?? ask;
    if (first === 0 && bid !== null && ask !== null) first = ask - bid;
  }
  if (bid === null || ask === null) return { bid, ask, gap: 1 };
  return { bid, ask, gap: first > 0 ? Math.min(1, Math.max(0, (ask - bid) / first)) : 0 };
}

/** Where an edge runs: level, over the bend from row to row, and level again. */
export interface Run {
  sourceX: number;
  sourceY: number;
  targetX: number;
  targetY: number;
  bend: readonly [from: number, to: number];
}

/** Pieces of the bend: enough to look round. */
const PIECES = 36;

/**
 * The path of one strand, `offset` pixels to the right of the way (below it, on the level): at the
 * same distance all along, also where the way is steep.
 */
export function strand(run: Run, offset: number): string {
  const { sourceX, sourceY, targetX, targetY, bend } = run;
  const points = [`M ${sourceX} ${px(sourceY + offset)}`];
  for (let i = 0; i <= PIECES; i++) {
    const { x, y, dx, dy } = along(sourceY, targetY, bend, i / PIECES);
    const length = Math.hypot(dx, dy) || 1;
    points.push(`L ${px(x - (dy / length) * offset)} ${px(y + (dx / length) * offset)}`);
  }
  return `${points.join(' ')} L ${targetX} ${px(targetY + offset)}`;
}
const px = (value: number): number => Math.round(value * 100) / 100;

/** Point and direction at `t` of the cubic from (from, y0) to (to, y1), level at both ends. */
function along(y0: number, y1: number, [from, to]: Run['bend'], t: number) {
  const [middle, u] = [(from + to) / 2, 1 - t];
  const [a, b, c, d] = [u ** 3, 3 * u * u * t, 3 * u * t * t, t ** 3];
  const mixed = 3 * (u * u * (middle - from) + t * t * (to - middle));
  return {
    x: a * from + (b + c) * middle + d * to,
    y: (a + b) * y0 + (c + d) * y1,
    dx: mixed,
    dy: 6 * u * t * (y1 - y0),
  };
}
