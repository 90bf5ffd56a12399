// What bargainings came to, in parts of what there was to share; only cases with a zone count.
import { estimate } from '../sample.ts';
import { zoneOf } from './laws.ts';
import { type Outcome, type Session, utilityOf } from './session.ts';

/** One side's view of one bargaining. Utilities are parts of the zone, after waiting and costs. */
export interface Score {
  own: number;
  rival: number;
  deal: boolean;
  rounds: number;
  /** From the Nash point (1/2, 1/2) of an undiscounted split, in the plane of both utilities. */
  nashDistance: number;
}

/** Both sides' scores; null where there was nothing to share. */
export function scoresOf(
  session: Session,
  outcome: Outcome,
): { manager: Score; contractor: Score } | null {
  const zone = zoneOf(session);
  if (zone <= 0) return null;
  const buyer = utilityOf(session.manager, 'manager', outcome) / zone;
  const seller = utilityOf(session.contractor, 'contractor', outcome) / zone;
  const deal = outcome.price !== null;
  const nashDistance = Math.hypot(buyer - 0.5, seller - 0.5);
  const both = { deal, rounds: outcome.rounds, nashDistance };
  return {
    manager: { own: buyer, rival: seller, ...both },
    contractor: { own: seller, rival: buyer, ...both },
  };
}

/** Sums of scores, and of each case by itself: cases are what is drawn, so they carry the error. */
export class Tally {
  private readonly cases: { sum: number; n: number }[] = [];
  private n = 0;
  private deals = 0;
  private rounds = 0;
  private distance = 0;

  add(caseIndex: number, score: Score): void {
    const entry = (this.cases[caseIndex] ??= { sum: 0, n: 0 });
    entry.sum += score.own;
    entry.n++;
    this.n++;
    if (score.deal) {
      this.deals++;
      this.rounds += score.rounds;
    }
    this.distance += score.nashDistance;
  }

  /** meanRounds counts deals only; 0 without any. */
  summary(): {
    utility: number;
    ci95: number | null;
    dealRate: number;
    meanRounds: number;
    nashDistance: number;
    n: number;
  } {
    const perCase = this.perCase();
    const known = estimate(perCase);
    const n = Math.max(1, this.n);
    return {
      utility: known?.mean ?? perCase[0] ?? 0,
      ci95: known?.ci95 ?? null,
      dealRate: this.deals / n,
      meanRounds: this.deals === 0 ? 0 : this.rounds / this.deals,
      nashDistance: this.distance / n,
      n: this.n,
    };
  }

  /** The mean of each case, in the order of cases. */
  private perCase(): number[] {
    return this.cases.flatMap((entry) => (entry === undefined ? [] : [entry.sum / entry.n]));
  }
}
