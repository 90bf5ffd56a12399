// Who took part in what: from memory, or from the archive for what has left it. A stream that is
// read again asks this of every old event, so what the archive said last is remembered.
import type { Event } from '../engine/market/events.ts';
import type { Market } from '../engine/market/state.ts';
import type { Lookup } from '../engine/view/visible.ts';
import type { Queries } from './journal/queries.ts';

type Call = NonNullable<ReturnType<Lookup['call']>>;

/** Conversations that have left memory do not change any more. */
const REMEMBERED = 1_000;

export function createLookup(market: () => Market, queries: Queries): Lookup {
  const archived = remembering((id: string) => partiesOf(queries.eventsOf(id)));
  const contractors = remembering(queries.contractor);
  const leases = remembering(queries.lease);
  return {
    call(id) {
      const c = market().conversations.get(id);
      if (c === undefined) return archived(id);
      return { managerId: c.managerId, took: (agentId) => c.dialogues.has(agentId) };
    },
    contractor: (id) => market().proposals.get(id)?.contractorId ?? contractors(id),
    lease: (id) => market().leases.get(id) ?? leases(id),
    resourceOwner: (id) => market().resources.get(id)?.ownerId ?? null,
  };
}

/** The dialogues of a call, from its events: whom it reached, and who answered uninvited. */
function partiesOf(events: readonly Event[]): Call | null {
  let managerId: string | null = null;
  const took = new Set<string>();
  for (const e of events) {
    if (e.type === 'cfp-opened') {
      managerId = e.managerId;
      for (const id of e.invited) took.add(id);
    } else if (e.type === 'proposed') took.add(e.contractorId);
    else if (e.type === 'refused') took.add(e.agentId);
  }
  return managerId === null ? null : { managerId, took: (agentId) => took.has(agentId) };
}

/** Keeps the last answers that were not null. */
function remembering<T>(find: (id: string) => T | null): (id: string) => T | null {
  const known = new Map<string, T>();
  return (id) => {
    const old = known.get(id);
    if (old !== undefined) return old;
    const found = find(id);
    if (found === null) return null;
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value ?? '');
    known.set(id, found);
    return found;
  };
}
