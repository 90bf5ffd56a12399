// Ids are derived from the sequence number of the event that creates the thing: time-ordered,
// unique, the same in every replay, and short. They are opaque to everybody outside.

export const ID_KINDS = ['agt', 'cfp', 'prp', 'lse', 'res'] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** `kind_` + 9 base-36 digits of seq: text order is creation order up to 10^14 events. */
export function idOf(kind: IdKind, seq: number): string {
  return `${kind}_${digits(seq)}`;
}

/** Id of the n-th transfer of the event seq. */
export function transferId(seq: number, n: number): string {
  return `trf_${digits(seq)}_${n}`;
}

/** The number of the event that created the thing of this id. */
export function seqOf(id: string): number {
  return parseInt(id.slice(4), 36);
}

const LOW = 36 ** 2;
/** The last two digits of every number. */
const LAST = Array.from({ length: LOW }, (_, n) => n.toString(36).padStart(2, '0'));
/** The other seven digits, of the numbers that were asked for last: they hardly ever change. */
let recent = { high: -1, text: '' };

function digits(seq: number): string {
  const high = Math.floor(seq / LOW);
  if (high !== recent.high) recent = { high, text: high.toString(36).padStart(7, '0') };
  return recent.text + (LAST[seq - high * LOW] as string);
}

export const ID_PATTERN = '^[a-z]{3}_[0-9a-z]{9}$';
