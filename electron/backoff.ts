const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
/** A host that lived shorter than this died of its start, not of its work. */
const QUICK_MS = 10_000;
/** A host that lived this long has shown that the last trouble is over. */
const CALM_MS = 60_000;
const QUICK_DEATHS_MAX = 5;

export type Verdict = { restart: true; delayMs: number } | { restart: false };

/** Decides what follows a death of the host: when to start it again, or that it is hopeless. */
export interface Backoff {
  /** `livedMs` is the time from its start to its death. */
  died(livedMs: number): Verdict;
  /** Deaths in a row that came soon after a start. */
  quickDeaths(): number;
  /** Forgets all deaths: a person asked to try again. */
  reset(): void;
}

export function createBackoff(): Backoff {
  let quick = 0;
  let delayMs = FIRST_DELAY_MS;
  const reset = () => {
    quick = 0;
    delayMs = FIRST_DELAY_MS;
  };
  return {
    died(livedMs) {
      if (livedMs >= CALM_MS) reset();
      quick = livedMs < QUICK_MS ? quick + 1 : 0;
      if (quick >= QUICK_DEATHS_MAX) return { restart: false };
      const verdict: Verdict = { restart: true, delayMs };
      delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);
      return verdict;
    },
    quickDeaths: () => quick,
    reset,
  };
}
