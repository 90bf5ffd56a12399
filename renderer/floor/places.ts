// Who stands where. A place is taken once and kept for life; whoever comes later takes the next
// free one. Rows and columns only: pixels are given by the layout.

export interface Place {
  column: number;
  row: number;
}

export interface Places {
  /** The place of `key`, taken now if it has none. Asked again it always answers the same. */
  take(key: string, rows: number, near?: number): Place;
  free(key: string): void;
  /** Allows more columns than before; nobody moves. */
  widen(columns: number): void;
  /** Where `key` stands, or undefined. */
  get(key: string): Held | undefined;
  keys(): IterableIterator<string>;
}

export interface Held extends Place {
  rows: number;
}

/**
 * @param height rows of a column before the next one is begun
 * @param columnsAtFirst most columns; beyond, columns grow downwards instead
 */
export function createPlaces(height: number, columnsAtFirst = Infinity): Places {
  let columns = columnsAtFirst;
  const held = new Map<string, Held>();
  const taken: boolean[][] = [];
  const isFree = (column: number, row: number, rows: number): boolean => {
    for (let i = row; i < row + rows; i++) if (taken[column]?.[i]) return false;
    return true;
  };
  const mark = ({ column, row, rows }: Held, value: boolean): void => {
    const marks = (taken[column] ??= []);
    for (let i = row; i < row + rows; i++) marks[i] = value;
  };
  const find = (rows: number, near: number | undefined): Place =>
    (near === undefined
      ? nextFree(height, columns, rows, isFree)
      : nearestFree(height, columns, rows, near, isFree)) ?? below(height, columns, rows, isFree);
  return {
    take(key, rows, near) {
      const known = held.get(key);
      if (known && known.rows >= rows) return known;
      if (known) {
        held.delete(key);
        mark(known, false);
      }
      const place = { ...find(rows, near), rows };
      held.set(key, place);
      mark(place, true);
      return place;
    },
    free(key) {
      const known = held.get(key);
      if (!known) return;
      held.delete(key);
      mark(known, false);
    },
    widen(wanted) {
      columns = Math.max(columns, wanted);
    },
    get: (key) => held.get(key),
    keys: () => held.keys(),
  };
}

type IsFree = (column: number, row: number, rows: number) => boolean;

/** Down the first column, then the next: null when all columns are full. */
function nextFree(height: number, columns: number, rows: number, isFree: IsFree): Place | null {
  for (let column = 0; column < Math.min(columns, 10_000); column++) {
    for (let row = 0; row + rows <= Math.max(height, rows); row++) {
      if (isFree(column, row, rows)) return { column, row };
    }
  }
  return null;
}

/** The free place with the least distance from row `near`, so that its edge crosses little. */
function nearestFree(
  height: number,
  columns: number,
  rows: number,
  near: number,
  isFree: IsFree,
): Place | null {
  const wanted = Math.max(0, Math.min(near, height - rows));
  const inColumn = (column: number, distance: number): Place | null => {
    for (const row of distance === 0 ? [wanted] : [wanted - distance, wanted + distance]) {
      const inside = row >= 0 && row + rows <= Math.max(height, rows);
      if (inside && isFree(column, row, rows)) return { column, row };
    }
    return null;
  };
  if (columns === Infinity) {
    // As many columns as it takes: the first one is filled from its middle, then the next.
    for (let column = 0; ; column++) {
      for (let distance = 0; distance <= height; distance++) {
        const place = inColumn(column, distance);
        if (place) return place;
      }
    }
  }
  for (let distance = 0; distance < height; distance++) {
    for (let column = 0; column < columns; column++) {
      const place = inColumn(column, distance);
      if (place) return place;
    }
  }
  return null;
}

/** Every column is full: the shortest overflow below them. */
function below(height: number, columns: number, rows: number, isFree: IsFree): Place {
  for (let row = height; ; row++) {
    for (let column = 0; column < columns; column++) {
      if (isFree(column, row, rows)) return { column, row };
    }
  }
}
