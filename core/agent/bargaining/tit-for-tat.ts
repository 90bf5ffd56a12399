// Relative tit-for-tat of Faratin, Sierra and Jennings (1998): my price changes by the factor by
// which theirs did, x(n+1) = x(n) * theirs(n-1) / theirs(n), bounded by the mandate.
import { along, rangeOf, settle, signOf, standing } from './aspiration.ts';
import type { StrategyKind, View } from './strategy.ts';

const generosity = {
  name: 'generosity',
  summary: 'The least it concedes each time, as a part of its range; 0 waits for the other side.',
  initial: 0.02,
  min: 0,
  max: 1,
};

function target(view: View, least: number): number {
  const last = standing(view.mine);
  if (last === undefined) return along(view, 0);
  const given = last - signOf(view.role) * rangeOf(view) * least;
  const before = view.theirs[view.theirs.length - 2];
  const now = standing(view.theirs);
  if (before === undefined || now === undefined || before <= 0 || now <= 0) return given;
  const answered = last * (before / now);
  return view.role === 'contractor' ? Math.min(given, answered) : Math.max(given, answered);
}

export const TIT_FOR_TAT: StrategyKind = {
  name: 'tit-for-tat',
  summary: 'Concedes as much as the other side did.',
  parameters: [generosity],
  create: (params) => {
    const least = params[generosity.name] ?? generosity.initial;
    return { decide: (view) => settle(view, target(view, least)) };
  },
};
