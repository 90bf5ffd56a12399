/** Milliseconds since 1970 UTC, logical time: strictly increasing, stamped by the host only. */
export type Instant = number;
/** A span in milliseconds. */
export type Ms = number;

export const SECOND: Ms = 1000;
export const MINUTE: Ms = 60 * SECOND;
export const HOUR: Ms = 60 * MINUTE;
export const DAY: Ms = 24 * HOUR;

/** ISO 8601 UTC with milliseconds, for documents. `Date` here only formats a given instant. */
export function iso(at: Instant): string {
  return new Date(at).toISOString();
}
