// Patient: waits for a good price, asks a premium, and gets less patient with every offer it hears.
import type { Strategy } from '../agent.ts';
import { reject } from '../message.ts';
import { affords, totalUnits } from '../units.ts';
import { accept, counter, request, termsOf } from './terms.ts';

/** @param patience p in 0..1; shipped with 0.8 */
export function patient(patience = 0.8): Strategy {
  let waited = 0;
  return {
    name: 'patient',
    initiate: (self, bundle) => request(bundle, totalUnits(bundle) * (1 - patience * 0.4), self),
    decide: (self, message) => {
      const terms = termsOf(message);
      if (!terms) return null;
      const { resource, price, fair } = terms;
      if (terms.asked === 'as-seller') {
        if (!affords(self.resources, resource)) return reject('insufficient_resources');
        const ask = fair * (1 + patience * 0.3);
        return price >= ask ? accept(resource, ask) : counter(resource, ask);
      }
      waited++;
      const target = fair * (1 - patience * 0.3) * (1 + waited * 0.05);
      if (price > target || self.budget < price) return reject('waiting_for_better');
      waited = 0;
      return accept(resource, price);
    },
  };
}
