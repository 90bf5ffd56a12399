// Time-dependent tactics of Faratin, Sierra and Jennings, "Negotiation decision functions for
// autonomous agents", Robotics and Autonomous Systems 24 (1998): alpha(t) = k + (1-k)(t/T)^(1/e).
import { along, pressure, settle } from './aspiration.ts';
import type { StrategyKind } from './strategy.ts';

const exponent = {
  name: 'e',
  summary: 'Below 1 it holds out and gives way late (Boulware); above 1 it concedes early.',
  initial: 1,
  min: 0.02,
  max: 50,
};
const opening = {
  name: 'k',
  summary: 'Part of its range that the first offer already gives away.',
  initial: 0,
  min: 0,
  max: 1,
};

export const TIME_DEPENDENT: StrategyKind = {
  name: 'time-dependent',
  summary: 'Concedes by the clock, from Boulware to conceder.',
  parameters: [exponent, opening],
  create: (params) => {
    const power = 1 / (params[exponent.name] ?? exponent.initial);
    const k = params[opening.name] ?? opening.initial;
    return {
      decide: (view) => settle(view, along(view, k + (1 - k) * pressure(view) ** power)),
    };
  },
};
