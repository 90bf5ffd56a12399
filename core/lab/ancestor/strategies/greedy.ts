// Greedy: lowballs as buyer, demands a premium as seller.
import type { Strategy } from '../agent.ts';
import { reject } from '../message.ts';
import { affords, totalUnits } from '../units.ts';
import { accept, counter, request, termsOf } from './terms.ts';

/** @param greed g in (0, 1]: bids g of the fair price and asks 2 - g of it; shipped with 0.7 */
export function greedy(greed = 0.7): Strategy {
  return {
    name: 'greedy',
    initiate: (self, bundle) => request(bundle, totalUnits(bundle) * greed, self),
    decide: (self, message) => {
      const terms = termsOf(message);
      if (!terms) return null;
      const { resource, price, fair } = terms;
      if (terms.asked === 'as-seller') {
        if (!affords(self.resources, resource)) return reject('insufficient_resources');
        const ask = fair * (2 - greed);
        return price >= ask ? accept(resource, ask) : counter(resource, ask);
      }
      const target = fair * greed;
      if (price <= target && self.budget >= price) return accept(resource, price);
      if (price > self.budget) return reject('too_expensive');
      return counter(resource, (price + target) / 2);
    },
  };
}
