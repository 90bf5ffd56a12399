// The rows of leases and of the slots they claim: where the database itself refuses two leases on
// one slot, and a lease that ends twice.
import type { Event } from '../../engine/market/events.ts';
import type { Db } from './sqlite.ts';

/** Writes what an event means for leases, inside the transaction that is open. */
export function createLeaseWriter(db: Db): (e: Event) => void {
  const q = {
    lease: db.prepare<unknown[]>(`INSERT INTO lease VALUES (?, ?, ?, ?, ?, 'running')`),
    claim: db.prepare<unknown[]>('INSERT INTO claim VALUES (?, ?, ?, ?, ?)'),
    claims: db.prepare<unknown[]>('SELECT resource, slot, from_at FROM claim WHERE lease = ?'),
    unclaim: db.prepare<unknown[]>('DELETE FROM claim WHERE lease = ?'),
    endLease: db.prepare<unknown[]>('UPDATE lease SET state = ? WHERE id = ?'),
  };
  return function writeLease(e: Event): void {
    switch (e.type) {
      case 'awarded':
        q.lease.run(e.leaseId, e.cfpId, e.needId, e.claim.resourceId, e.epoch);
        for (const slot of e.claim.slots) {
          q.claim.run(e.claim.resourceId, slot, e.leaseId, e.claim.from, e.claim.to);
        }
        return;
      case 'lease-renewed': {
        const claims = q.claims.all(e.leaseId) as {
          resource: string;
          slot: number;
          from_at: number;
        }[];
        q.unclaim.run(e.leaseId);
        for (const c of claims) q.claim.run(c.resource, c.slot, e.leaseId, c.from_at, e.endAt);
        return;
      }
      case 'lease-ended':
        q.endLease.run(e.ending, e.leaseId);
        q.unclaim.run(e.leaseId);
        return;
      default:
        return;
    }
  };
}
