// Bargaining after a call: its words. Two protocols; both end in a deal or in a named conflict
// within a bound.

/**
 * `monotonic-concession` (Rosenschein and Zlotkin, Rules of Encounter, 1994): simultaneous rounds,
 * each side repeats or concedes. `alternating-offers` (Rubinstein, Econometrica 50, 1982): turns.
 */
export const BARGAINING_PROTOCOLS = ['monotonic-concession', 'alternating-offers'] as const;
export type BargainingProtocol = (typeof BARGAINING_PROTOCOLS)[number];

/** The manager of a need buys, its contractor sells. */
export const BARGAINING_ROLES = ['manager', 'contractor'] as const;
export type BargainingRole = (typeof BARGAINING_ROLES)[number];

export const otherRole = (role: BargainingRole): BargainingRole =>
  role === 'manager' ? 'contractor' : 'manager';

/** Why bargaining ended without a deal. */
export const CONFLICTS = [
  'both-stuck', // monotonic concession: neither side conceded in a round
  'rounds-over', // the bound on rounds was reached
  'timed-out', // a side did not answer in time where an answer was due
  'quit', // a side walked away
  'infeasible', // agreed, but the award could no longer be made
  'overtaken', // the call ended in another way: cancelled, or met through an offer
] as const;
export type Conflict = (typeof CONFLICTS)[number];
