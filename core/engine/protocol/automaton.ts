// FIPA Contract Net (SC00029H), one dialogue of a conversation: the manager's side with one
// contractor. The table is the protocol: a cell that is not here is answered `not-understood` and
// changes nothing.

/** FIPA performatives of the protocol; `inform-done` and `inform-result` are both `inform`. */
export const PERFORMATIVES = [
  'cfp',
  'propose',
  'refuse',
  'not-understood',
  'accept-proposal',
  'reject-proposal',
  'cancel',
  'inform-done',
  'inform-result',
  'failure',
] as const;
export type Performative = (typeof PERFORMATIVES)[number];

/**
 * Where one dialogue stands.
 * `silent` before the call reached the contractor, `called` after; `proposed` while a proposal is
 * open; `committed` after acceptance, until exactly one of done, failed.
 */
export const DIALOGUE_STATES = [
  'silent',
  'called',
  'proposed',
  'refused',
  'rejected',
  'committed',
  'done',
  'failed',
  'cancelled',
] as const;
export type DialogueState = (typeof DIALOGUE_STATES)[number];

type Row = { readonly [P in Performative]?: DialogueState };

/** state x performative -> next state. Empty rows are endings. */
export const AUTOMATON: { readonly [S in DialogueState]: Row } = {
  silent: { cfp: 'called' },
  called: {
    propose: 'proposed',
    refuse: 'refused',
    'not-understood': 'refused',
    'reject-proposal': 'rejected', // an answer after replyBy is rejected unread
    cancel: 'cancelled',
  },
  proposed: {
    'accept-proposal': 'committed',
    'reject-proposal': 'rejected',
    // A proposal lapses at its own reply-by: the contractor treats silence as a rejection.
    'not-understood': 'refused',
    cancel: 'cancelled',
  },
  committed: {
    'inform-done': 'done',
    'inform-result': 'done',
    failure: 'failed',
    cancel: 'cancelled',
  },
  refused: {},
  rejected: {},
  done: {},
  failed: {},
  cancelled: {},
};

/** Next state, or null where the protocol has no such move. */
export function next(state: DialogueState, performative: Performative): DialogueState | null {
  return AUTOMATON[state][performative] ?? null;
}

/** What could legally be said instead, for the hint of a refusal. */
export function legal(state: DialogueState): Performative[] {
  return PERFORMATIVES.filter((p) => AUTOMATON[state][p] !== undefined);
}
