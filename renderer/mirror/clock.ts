// The host's time as the screen knows it. On a real clock it runs with ours, by the offset last
// heard; on a manual clock it stands where the host has set it.

export interface Clock {
  /** The host said that it was `at` just now. */
  heard(at: number, manual?: boolean): void;
  now(): number;
}

/** Messages are late, never early: of the offsets heard, the greatest is nearest to the truth. */
export function createClock(ours: () => number = Date.now): Clock {
  let offset: number | null = null;
  let latest = 0;
  let standing = false;
  return {
    heard(at, manual) {
      if (manual !== undefined) {
        standing = manual;
        offset = null;
      }
      latest = Math.max(latest, at);
      const fresh = at - ours();
      // An event's time may lie well before its message; a jump of the clock shows as a new truth.
      if (offset === null || fresh > offset) offset = fresh;
    },
    now() {
      if (standing) return latest;
      return offset === null ? ours() : Math.max(ours() + offset, latest);
    },
  };
}
