// Cheater: trades at good terms and then, at times, keeps both the money and the goods.
import type { Strategy } from '../agent.ts';
import { reject } from '../message.ts';
import { totalUnits } from '../units.ts';
import { accept, termsOf } from './terms.ts';

/** @param cheatRate probability in 0..1 that it breaks an agreed deal; the simulator draws it */
export function cheater(cheatRate: number): Strategy {
  return {
    name: 'cheater',
    cheatRate,
    initiate: (_self, resource) => {
      const maxPrice = totalUnits(resource) * 1.2;
      return { type: 'request', payload: { resource, maxPrice, urgency: 0.9 } };
    },
    decide: (_self, message) => {
      const terms = termsOf(message);
      if (!terms) return null;
      const { resource, price, fair } = terms;
      // It asks neither its stock nor its budget: it need not keep its word.
      if (terms.asked === 'as-seller') {
        if (price < fair * 0.8) return reject('not_enough');
        return accept(resource, Math.min(fair, price));
      }
      return price <= fair * 1.3 ? accept(resource, price) : reject('too_much');
    },
  };
}
