// A place for a text inside a chart where it covers nothing that is drawn. In pixels; y grows
// downwards.

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Columns that are tried, from left to right; rows lie this far apart. */
const COLUMNS = 12;
const ROW = 4;

/**
 * Where a text of this size fits into `room` without touching what is `taken`: as far left as it
 * can, there at the lower edge, else at the upper one, else between. Null where it fits nowhere.
 */
export function freeSpot(
  room: Box,
  size: { width: number; height: number },
  taken: readonly Box[],
): Box | null {
  const [across, down] = [
    room.right - room.left - size.width,
    room.bottom - room.top - size.height,
  ];
  if (across < 0 || down < 0) return null;
  const between = Array.from({ length: Math.floor(down / ROW) }, (_, i) => down - (i + 1) * ROW);
  const rows = [down, 0, ...between].map((offset) => room.top + offset);
  for (let i = 0; i <= COLUMNS; i++) {
    const left = room.left + (across * i) / COLUMNS;
    for (const top of rows) {
      const spot = { left, top, right: left + size.width, bottom: top + size.height };
      if (!taken.some((one) => overlap(one, spot))) return spot;
    }
  }
  return null;
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
