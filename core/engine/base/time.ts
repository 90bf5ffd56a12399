/** Milliseconds since 1970 UTC, logical time: strictly increasing, stamped by the host only. */
export type Instant = number;
/** A span in milliseconds. */
export type Ms = number;

export const SECOND: Ms = 1000;
export const MINUTE: Ms = 60 * SECOND;
export const HOUR: Ms = 60 * MINUTE;
export const DAY: Ms = 24 * HOUR;

const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
/** The day that was asked for last: documents of one moment are about one day. */
const known = { day: Number.NaN, text: '' };

/** ISO 8601 UTC with milliseconds, for documents. `Date` here only formats a given instant. */
export function iso(at: Instant): string {
  const day = Math.floor(at / DAY);
  if (day !== known.day) {
    known.text = new Date(day * DAY).toISOString().slice(0, -13);
    known.day = day;
  }
  const ms = Math.floor(at) - day * DAY;
  const hour = TWO[Math.floor(ms / HOUR)];
  const minute = TWO[Math.floor(ms / MINUTE) % 60];
  const second = TWO[Math.floor(ms / SECOND) % 60];
  const rest = String(ms % SECOND).padStart(3, '0');
  return `${known.text}${hour}:${minute}:${second}.${rest}Z`;
}
