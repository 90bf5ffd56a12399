// The laws that every bargaining keeps, whoever bargains; checked on what was said, not on how.
import type { BargainingRole } from '../../engine/protocol/bargaining.ts';
import type { Outcome, Session } from './session.ts';

export const LAWS = [
  'beyond-mandate', // an offer beyond its side's own reservation
  'no-integer', // an offer that is no integer
  'retraction', // under monotonic concession: worse for the other side than the one before
  'no-bound', // more rounds than there are
  'no-ending', // neither or both of a deal and a conflict
  'outside-zone', // a deal that one of the two sides loses by
] as const;
export type Law = (typeof LAWS)[number];

/** The laws that a bargaining broke; none, unless something is wrong with the code. */
export function lawsBroken(session: Session, outcome: Outcome): Law[] {
  const { price, conflict, rounds } = outcome;
  const broken = new Set<Law>();
  for (const role of ['manager', 'contractor'] as const) {
    for (const law of saidBy(role, session, outcome.offers[role])) broken.add(law);
  }
  const longest = Math.max(outcome.offers.manager.length, outcome.offers.contractor.length);
  if (rounds > session.roundsMax || longest > session.roundsMax) broken.add('no-bound');
  if ((price === null) === (conflict === null)) broken.add('no-ending');
  if (price !== null) {
    const { manager, contractor } = session;
    if (!(price <= manager.reservation && price >= contractor.reservation)) {
      broken.add('outside-zone');
    }
  }
  return [...broken];
}

function saidBy(role: BargainingRole, session: Session, offers: readonly number[]): Law[] {
  const { reservation } = session[role];
  // Turned so that more is worse for the side that offers.
  const given = role === 'manager' ? offers : offers.map((price) => -price);
  const limit = role === 'manager' ? reservation : -reservation;
  const broken: Law[] = [];
  if (given.some((price) => price > limit)) broken.push('beyond-mandate');
  if (!offers.every(Number.isSafeInteger)) broken.push('no-integer');
  const monotonic = session.protocol === 'monotonic-concession';
  if (monotonic && given.some((price, i) => price < (given[i - 1] ?? -Infinity))) {
    broken.push('retraction');
  }
  return broken;
}

/** The price range that both sides gain by; negative where there is no zone of agreement. */
export const zoneOf = ({ manager, contractor }: Session): number =>
  manager.reservation - contractor.reservation;
