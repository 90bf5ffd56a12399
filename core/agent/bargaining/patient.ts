// Patient: asks for a better price than the market's and waits for it, ever less patiently.
import { marketOf, pressure, settle } from './aspiration.ts';
import type { StrategyKind, View } from './strategy.ts';

/** What full patience takes off the market price as a buyer, and adds to it as a seller. */
const DISCOUNT = 0.4;
const PREMIUM = 0.3;

const patience = {
  name: 'patience',
  summary: 'How long it waits, and how much it hopes for by waiting.',
  initial: 0.8,
  min: 0,
  max: 0.95,
};

/** From the opening to the reservation along pressure^(1 / (1 - patience)): late, then quickly. */
function target(view: View, part: number): number {
  const factor = view.role === 'manager' ? 1 - DISCOUNT * part : 1 + PREMIUM * part;
  const open = marketOf(view) * factor;
  return open + (view.reservation - open) * pressure(view) ** (1 / (1 - part));
}

export const PATIENT: StrategyKind = {
  name: 'patient',
  summary: 'Waits for a good price and gets less patient with time.',
  parameters: [patience],
  create: (params) => {
    const part = params[patience.name] ?? patience.initial;
    return { decide: (view) => settle(view, target(view, part)) };
  },
};
