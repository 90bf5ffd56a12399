// Broker: sells from its own stock for a commission, and remembers whom it could not serve.
import type { Strategy } from '../agent.ts';
import { reject } from '../message.ts';
import { affords } from '../units.ts';
import { accept, counter, termsOf } from './terms.ts';

/** What a broker knows: ids of agents it met, in order. */
export interface Contacts {
  readonly seekers: Set<string>;
  readonly providers: Set<string>;
}

/** @param commission c >= 0: share of the fair price it adds; shipped with 0.1 */
export function broker(
  commission = 0.1,
  contacts: Contacts = { seekers: new Set(), providers: new Set() },
): Strategy {
  return {
    name: 'broker',
    initiate: () => ({ type: 'query_reputation', payload: { query: 'available_resources' } }),
    decide: (self, message) => {
      const terms = termsOf(message);
      if (!terms) return null;
      const { resource, price, fair } = terms;
      if (terms.asked === 'as-seller') {
        if (!affords(self.resources, resource)) {
          contacts.seekers.add(message.sender);
          return reject('no_resources_but_tracking');
        }
        const ask = fair * (1 + commission);
        const { type, payload } = price >= ask ? accept(resource, ask) : counter(resource, ask);
        return { type, payload: { ...payload, broker: self.id } };
      }
      if (price > fair || self.budget < price) return reject('not_profitable');
      contacts.providers.add(message.sender);
      return accept(resource, price);
    },
  };
}
