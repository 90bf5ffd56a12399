// Adaptive: learns the price of a unit from its deals.
import type { Strategy } from '../agent.ts';
import { reject } from '../message.ts';
import { affords, totalUnits } from '../units.ts';
import { accept, counter, request, termsOf } from './terms.ts';

/**
 * @param belief credits a unit it starts from; shipped with 1
 * @param rate share of the gap learnt from each deal, 0..1; shipped with 0.2
 */
export function adaptive(belief = 1, rate = 0.2): Strategy {
  let believed = belief;
  const learn = (price: number, units: number): void => {
    if (units > 0) believed += rate * (price / units - believed);
  };
  return {
    name: 'adaptive',
    initiate: (self, bundle) => request(bundle, totalUnits(bundle) * believed * 1.1, self),
    decide: (self, message) => {
      if (message.type === 'accept') {
        const { price, resource } = message.payload;
        if (resource && price !== undefined) learn(price, totalUnits(resource));
        return null;
      }
      if (message.type === 'reject') {
        believed *= 0.95;
        return null;
      }
      const terms = termsOf(message);
      if (!terms) return null;
      const { resource, price, fair } = terms;
      const ask = fair * believed;
      const take = (at: number) => {
        learn(at, fair);
        return accept(resource, at);
      };
      if (terms.asked === 'as-seller') {
        if (!affords(self.resources, resource)) return reject('insufficient_resources');
        return price >= ask ? take((ask + price) / 2) : counter(resource, ask);
      }
      if (price <= ask * 1.15 && self.budget >= price) return take(price);
      return ask <= self.budget ? counter(resource, ask) : reject('too_expensive');
    },
  };
}
