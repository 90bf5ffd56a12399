// Utilities of several issues: which outcomes are on the Pareto front, and which of them is Nash's.
import type { BargainingRole } from '../../../core/engine/protocol/bargaining.ts';
import { type Deal, nashSolution, paretoFront } from '../../../core/engine/theory/nash.ts';
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';

/** What an outcome is worth to each side, 0 for no deal. */
export type Worth = Readonly<Record<BargainingRole, number>>;

/**
 * Utilities of a finished run, where both sides' weights are known: in the lab, where both sides
 * are ours. In the market weights are private, and no document has them.
 */
export interface Utilities {
  /** All outcomes that were possible. */
  outcomes: readonly Worth[];
  /** What each side's offers were worth to both, round by round; null: it had not spoken. */
  offers: readonly { round: number; manager: Worth | null; contractor: Worth | null }[];
  deal: Worth | null;
}

/** The utilities that a document of the lab carries beside what the market tells. */
export function utilitiesOf(doc: BargainingDoc): Utilities | null {
  return (doc as { utilities?: Utilities }).utilities ?? null;
}

const dealOf = ({ manager, contractor }: Worth): Deal => [manager, contractor];
const worthOf = ([manager, contractor]: Deal): Worth => ({ manager, contractor });

/** Outcomes that no other one beats, the contractor's best first. */
export const frontOf = (outcomes: readonly Worth[]): Worth[] =>
  paretoFront(outcomes.map(dealOf)).map(worthOf).toReversed();

/** The outcome with the greatest product of both gains, the first of several; null for none. */
export function nashOf(outcomes: readonly Worth[]): Worth | null {
  const best = nashSolution(outcomes.map(dealOf))?.deals[0];
  return best ? worthOf(best) : null;
}
