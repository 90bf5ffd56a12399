// Ids are derived from the sequence number of the event that creates the thing: time-ordered,
// unique, the same in every replay, and short. They are opaque to everybody outside.

export const ID_KINDS = ['agt', 'cfp', 'prp', 'lse', 'res'] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** `kind_` + 9 base-36 digits of seq: text order is creation order up to 10^14 events. */
export function idOf(kind: IdKind, seq: number): string {
  return `${kind}_${seq.toString(36).padStart(9, '0')}`;
}

/** Id of the n-th transfer of the event seq. */
export function transferId(seq: number, n: number): string {
  return `trf_${seq.toString(36).padStart(9, '0')}_${n}`;
}

export const ID_PATTERN = '^[a-z]{3}_[0-9a-z]{9}$';
