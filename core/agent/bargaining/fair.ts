// Fair: names the market price at once and splits differences from there.
import { atLeast, marketOf, pressure, settle, signOf, standing } from './aspiration.ts';
import type { StrategyKind, View } from './strategy.ts';

/** Until here it does not leave its tolerance around the market price. */
const FIRM = 0.5;

const tolerance = {
  name: 'tolerance',
  summary: 'How far from the market price a deal still is fair, as a part of it.',
  initial: 0.15,
  min: 0,
  max: 1,
};

/** The worst price it calls fair now: the market's with the tolerance, later up to the mandate. */
function limit(view: View, part: number): number {
  const { role, reservation } = view;
  const market = marketOf(view);
  const fair = market - signOf(role) * part * market;
  const late = (pressure(view) - FIRM) / (1 - FIRM);
  const now = late <= 0 ? fair : fair + (reservation - fair) * Math.min(1, late);
  return atLeast(role, now, reservation) ? now : reservation;
}

function target(view: View, part: number): number {
  const asked = standing(view.theirs);
  if (asked === undefined) return marketOf(view);
  const worst = limit(view, part);
  if (atLeast(view.role, asked, worst)) return asked;
  const middle = ((standing(view.mine) ?? marketOf(view)) + asked) / 2;
  return atLeast(view.role, middle, worst) ? middle : worst;
}

export const FAIR: StrategyKind = {
  name: 'fair',
  summary: 'Aims at the market price and splits the difference.',
  parameters: [tolerance],
  create: (params) => {
    const part = params[tolerance.name] ?? tolerance.initial;
    return { decide: (view) => settle(view, target(view, part)) };
  },
};
