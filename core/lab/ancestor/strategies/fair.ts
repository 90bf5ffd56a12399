// Fair: aims at the market rate and splits differences.
import type { Strategy } from '../agent.ts';
import { reject } from '../message.ts';
import { affords, totalUnits } from '../units.ts';
import { accept, counter, request, termsOf } from './terms.ts';

/** @param tolerance t >= 0: share of the fair price it lets pass either way; shipped with 0.15 */
export function fair(tolerance = 0.15): Strategy {
  return {
    name: 'fair',
    initiate: (self, bundle) => request(bundle, totalUnits(bundle) * (1 + tolerance), self),
    decide: (self, message) => {
      const terms = termsOf(message);
      if (!terms) return null;
      const { resource, price } = terms;
      if (terms.asked === 'as-seller') {
        if (!affords(self.resources, resource)) return reject('insufficient_resources');
        const enough = price >= terms.fair * (1 - tolerance);
        return enough
          ? accept(resource, Math.min(terms.fair, price))
          : counter(resource, terms.fair);
      }
      const off = Math.abs(price - terms.fair) / Math.max(terms.fair, 0.01);
      if (off <= tolerance && self.budget >= price) return accept(resource, price);
      const middle = (price + terms.fair) / 2;
      return middle <= self.budget ? counter(resource, middle) : reject('cannot_afford');
    },
  };
}
