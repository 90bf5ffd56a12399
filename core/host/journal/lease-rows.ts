// The rows of leases and of the slots they claim: where the database itself refuses two leases on
// one slot, and a lease that ends twice.
import type { Event } from '../../engine/market/events.ts';
import { createInserter, type Value } from './inserter.ts';
import type { Db } from './sqlite.ts';

/** Writes what events mean for leases, inside the transaction that is open. */
export interface LeaseWriter {
  /** Forgets what a transaction that failed has left. */
  begin(): void;
  add(e: Event): void;
  /** Writes what is left. Call it before the transaction ends. */
  flush(): void;
}

export function createLeaseWriter(db: Db): LeaseWriter {
  const leases = createInserter(db, 'lease', 6);
  const claims = createInserter(db, 'claim', 5);
  const claimed = db.prepare<unknown[]>(
    'SELECT resource, slot, from_at FROM claim WHERE lease = ?',
  );
  const unclaim = db.prepare<unknown[]>('DELETE FROM claim WHERE lease = ?');
  const end = db.prepare<unknown[]>('UPDATE lease SET state = ? WHERE id = ?');
  /** Claims refer to leases, which have to be there first. */
  let slots: Value[][] = [];

  function flush(): void {
    leases.flush();
    for (const slot of slots) claims.add(slot);
    slots = [];
    claims.flush();
  }

  function awarded(e: Extract<Event, { type: 'awarded' }>): void {
    const { leaseId, claim } = e;
    leases.add([leaseId, e.cfpId, e.needId, claim.resourceId, e.epoch, 'running']);
    for (const n of claim.slots) slots.push([claim.resourceId, n, leaseId, claim.from, claim.to]);
  }

  function renewed({ leaseId, endAt }: Extract<Event, { type: 'lease-renewed' }>): void {
    type Claimed = { resource: string; slot: number; from_at: number };
    const rows = claimed.all(leaseId) as Claimed[];
    unclaim.run(leaseId);
    for (const c of rows) slots.push([c.resource, c.slot, leaseId, c.from_at, endAt]);
  }

  return {
    begin() {
      leases.begin();
      claims.begin();
      slots = [];
    },
    add(e) {
      if (e.type === 'awarded') return awarded(e);
      if (e.type !== 'lease-renewed' && e.type !== 'lease-ended') return;
      // What it changes may have come in this very commit.
      flush();
      if (e.type === 'lease-renewed') return renewed(e);
      end.run(e.ending, e.leaseId);
      unclaim.run(e.leaseId);
    },
    flush,
  };
}
