// Ids are derived from the sequence number of the event that creates the thing: time-ordered,
// unique, the same in every replay, and short. They are opaque to everybody outside.

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford base 32, sorts as text

export const ID_KINDS = ['agt', 'cfp', 'prp', 'lse', 'res'] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** `kind_` + 10 base-32 digits of seq: text order is creation order up to 2^50 events. */
export function idOf(kind: IdKind, seq: number): string {
  let text = '';
  let rest = seq;
  for (let i = 0; i < 10; i++) {
    text = DIGITS[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return `${kind}_${text}`;
}

/** Id of the n-th transfer of the event seq. Sorts numerically by (seq, n) in SQL, not as text. */
export function transferId(seq: number, n: number): string {
  return `trf_${idOf('agt', seq).slice(4)}_${n}`;
}

export const ID_PATTERN = '^[a-z]{3}_[0-9a-hjkmnp-tv-z]{10}$';
