// What is checked, by name. The meaning of each is written beside its oracle.

export const INVARIANTS = {
  L1: 'conservation: all posted balances add up to zero',
  L2: 'what is held is what may arrive is what open holds say',
  L3: 'nobody but the issuer can spend or hold more than it has',
  L4: 'stored rows never change',
  L5: 'same key, same reply, executed once',
  L6: 'a hold is resolved once',
  L7: 'no more is posted than was held',
  L8: 'amounts are whole micro-credits, and their sum stays exact',
  L9: 'sequence without gaps, time that never goes back',
  L10: 'every receipt lies on the chain of what is stored',
  L11: 'every balance follows from the stored events',
  A1: 'one award per conversation',
  A2: 'one holder per slot at a time',
  A3: 'hold, claim, lease and record come in one event',
  A4: 'a lease ends once',
  A5: 'epochs only grow, and an old one changes nothing',
  A6: 'holds and slots belong to something that is open',
  A7: 'an award names a proposal that was made, in time, within the limit',
  A8: 'a winner is never worse off than its own bid',
  A9: 'nothing is released before it is stored',
  A10: 'nothing ends early, and a moved wall clock moves nothing',
  P1: 'every dialogue follows the protocol, to its end',
  P2: 'every bound holds',
  P3: 'the same journal gives the same state',
  P4: 'when the faults stop everything comes to an end',
  P5: 'a screen that folds patches shows what a fresh one shows',
  B1: 'issued credits end with their window',
  N1: 'a bargaining opens where both sides and the operator allow it, and releases the others',
  N2: 'one offer per side and round, by whose turn it is',
  N3: 'monotonic concession takes nothing back',
  N4: 'a bargaining is between its parties, a sealed offer its author’s',
  N5: 'what is offered is held, no more and no less',
  N6: 'an offer costs its fee, once',
  N7: 'a deal is what was offered, and the lease is the deal',
  N8: 'where two offers meet the draw decides',
  N9: 'a round ends as its rule says',
  N10: 'a bargaining ends once, and its end has a name',
  N11: 'no word after a round’s time, no end before it',
  N12: 'nobody goes beyond its own limit',
} as const;
export type Invariant = keyof typeof INVARIANTS;

/** `defence`: the product stopped itself, or threw. */
export class Violation extends Error {
  override name = 'Violation';
  readonly invariant: Invariant | 'defence';
  constructor(invariant: Invariant | 'defence', detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}

/** Reports a finding; does nothing for an invariant that is switched off. */
export type Accuse = (invariant: Invariant, detail: string) => void;

export function accuser(off: Invariant | null): Accuse {
  return (invariant, detail) => {
    if (invariant !== off) throw new Violation(invariant, detail);
  };
}
