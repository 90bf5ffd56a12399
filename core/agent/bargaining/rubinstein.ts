// The rational player of Rubinstein's alternating offers (Econometrica 50, 1982). It believes, like
// zeuthen.ts, that its ideal leaves the other side nothing: the pie is its range.
import { continuousLimit, firstShare } from '../../engine/theory/rubinstein.ts';
import { atLeast, isFinal, rangeOf, settle, signOf, standing } from './aspiration.ts';
import type { StrategyKind, View } from './strategy.ts';

/**
 * The part of its pie that it keeps as the proposer, by the closed form. The other side's cost of a
 * round is not known to it and taken to be 0. Where no split is the only equilibrium: the even one.
 */
function sharePlanned({ discount, roundCost, protocol }: View, pie: number): number {
  const { mine, theirs } = discount;
  if (protocol === 'monotonic-concession') {
    // Simultaneous rounds favour nobody, like ever shorter turns: d = exp(-r).
    return continuousLimit(-Math.log(mine), -Math.log(theirs)) ?? 0.5;
  }
  const solved = firstShare({ delta: [mine, theirs], cost: [roundCost / pie, 0] });
  return solved.unique ? solved.share : 0.5;
}

/** The price that it proposes and the worst one that it takes while there is time. */
function plan(view: View): { propose: number; accept: number } {
  const { role, reservation, discount, roundCost, protocol } = view;
  const pie = rangeOf(view);
  if (pie === 0) return { propose: reservation, accept: reservation };
  const at = (gain: number): number => reservation + signOf(role) * gain;
  const keep = pie * sharePlanned(view, pie);
  if (protocol === 'monotonic-concession') return { propose: at(keep), accept: at(keep) };
  // In the other side's favour: an ask rounded up would be refused at the very threshold.
  const propose = role === 'contractor' ? Math.floor(at(keep)) : Math.ceil(at(keep));
  return { propose, accept: at(Math.max(0, discount.mine * keep - roundCost)) };
}

export const RUBINSTEIN: StrategyKind = {
  name: 'rubinstein',
  summary: 'Plays the equilibrium of alternating offers, from both discounts.',
  parameters: [],
  create: () => ({
    decide(view) {
      const { propose, accept } = plan(view);
      const asked = standing(view.theirs);
      const take = asked !== undefined && !isFinal(view) && atLeast(view.role, asked, accept);
      return settle(view, take ? asked : propose);
    },
  }),
};
