// Alternating offers in the shape that NegMAS is measured in: one issue of 100 outcomes, at most 50
// steps, two aspiration negotiators, one thread, nothing stored. Best of a few rounds.
import { createStrategy } from '../../core/agent/bargaining/kinds.ts';
import { createRng } from '../../core/engine/base/rng.ts';
import { bargain, type Session, type Side } from '../../core/lab/bargain/session.ts';
import { best } from './rate.ts';

/** Rates by processor time, except where they say wall. */
export interface SaoRow {
  negotiationsPerS: number;
  /** One round is an offer of each side, as NegMAS counts. */
  roundsPerS: number;
  /** Offers and acceptances. */
  messagesPerS: number;
  usPerNegotiation: number;
  negotiationsPerSWall: number;
  agreements: number;
  steps: number;
  outcomes: number;
  journal: false;
}

const STEPS = 50;
const OUTCOMES = 100;
const NEGOTIATIONS = 20_000;
const REPEATS = 5;

function side(reservation: number, ideal: number): Side {
  return {
    // A straight line from the best outcome to the worst.
    strategy: createStrategy('time-dependent', { e: 1 }, createRng(1)),
    reservation,
    ideal,
    market: null,
    discount: { mine: 1, theirs: 1 },
    roundCost: 0,
  };
}

/** Takes a few seconds. */
export function measureSao(): SaoRow {
  const rng = createRng(1);
  const session: Session = {
    protocol: 'alternating-offers',
    roundsMax: 2 * STEPS,
    manager: side(OUTCOMES - 1, 0),
    contractor: side(0, OUTCOMES - 1),
  };
  const count = { offers: 0, agreements: 0 };
  const reset = (): void => {
    count.offers = 0;
    count.agreements = 0;
  };
  const { busyS: seconds, wallS } = best(REPEATS, reset, () => {
    for (let i = 0; i < NEGOTIATIONS; i++) {
      session.first = i % 2 === 0 ? 'manager' : 'contractor';
      const { price, offers } = bargain(session, { rng });
      count.offers += offers.manager.length + offers.contractor.length;
      if (price !== null) count.agreements++;
    }
  });
  const messages = count.offers + count.agreements;
  return {
    negotiationsPerS: Math.round(NEGOTIATIONS / seconds),
    roundsPerS: Math.round(messages / 2 / seconds),
    messagesPerS: Math.round(messages / seconds),
    usPerNegotiation: Math.round((seconds / NEGOTIATIONS) * 1e8) / 100,
    negotiationsPerSWall: Math.round(NEGOTIATIONS / wallS),
    agreements: count.agreements,
    steps: STEPS,
    outcomes: OUTCOMES,
    journal: false,
  };
}
