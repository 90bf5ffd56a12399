// Who took part in what: from memory, or from the archive for what has left it.
import type { Market } from '../engine/market/state.ts';
import type { Lookup } from '../engine/view/visible.ts';
import type { Queries } from './journal/queries.ts';

export function createLookup(market: () => Market, queries: Queries): Lookup {
  return {
    call(id) {
      const c = market().conversations.get(id) ?? queries.conversation(id)?.conversation;
      if (c === undefined) return null;
      return { managerId: c.managerId, took: (agentId) => c.dialogues.has(agentId) };
    },
    // A bid in another conversation that is archived too is not looked for: its own call told it.
    contractor: (id) => market().proposals.get(id)?.contractorId ?? null,
    lease: (id) => market().leases.get(id) ?? queries.lease(id),
    resourceOwner: (id) => market().resources.get(id)?.ownerId ?? null,
  };
}
