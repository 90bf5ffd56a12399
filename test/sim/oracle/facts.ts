// What the stored texts say there is: calls, proposals, leases, and what each event opens and
// closes. A plain reading of the journal that shares no code with the engine.
import type { Event } from '../../../core/engine/market/events.ts';

export type Of<T extends Event['type']> = Extract<Event, { type: T }>;
export type Claim = Of<'awarded'>['claim'];

export interface Call {
  id: string;
  opened: Of<'cfp-opened'>;
  open: boolean;
  proposals: string[];
  late: number;
}
export interface Proposal {
  id: string;
  made: Of<'proposed'>;
  live: boolean;
}
export interface Lease {
  id: string;
  awarded: Of<'awarded'>;
  endAt: number;
  reclaimAt: number | null;
  renewals: number;
  running: boolean;
}
/** What one event opens and closes, by id of call, proposal or lease. */
export interface Change {
  opened: string[];
  closed: string[];
}

export class Facts {
  readonly calls = new Map<string, Call>();
  readonly proposals = new Map<string, Proposal>();
  readonly leases = new Map<string, Lease>();
  /** Everything that is open, by id. */
  readonly open = new Set<string>();
  private change: Change = { opened: [], closed: [] };

  apply(e: Event): Change {
    this.change = { opened: [], closed: [] };
    this.note(e);
    return this.change;
  }

  private note(e: Event): void {
    switch (e.type) {
      case 'cfp-opened':
        this.calls.set(e.cfpId, { id: e.cfpId, opened: e, open: true, proposals: [], late: 0 });
        return this.begin(e.cfpId);
      case 'proposed':
        this.proposals.set(e.proposalId, { id: e.proposalId, made: e, live: true });
        this.calls.get(e.cfpId)?.proposals.push(e.proposalId);
        return this.begin(e.proposalId);
      case 'late-proposal': {
        const c = this.calls.get(e.cfpId);
        if (c !== undefined) c.late++;
        return;
      }
      case 'proposal-lapsed':
        return this.endProposal(e.proposalId);
      case 'bargaining-opened':
        for (const loss of e.losses) this.endProposal(loss.proposalId);
        return;
      case 'call-ended':
        for (const loss of e.losses) this.endProposal(loss.proposalId);
        return this.endCall(e.cfpId);
      case 'awarded':
        return this.awarded(e);
      default:
        return this.noteLease(e);
    }
  }

  private awarded(e: Of<'awarded'>): void {
    for (const loss of e.losses) this.endProposal(loss.proposalId);
    this.endProposal(e.proposalId);
    this.endCall(e.cfpId);
    this.endCall(e.needId);
    const lease = { id: e.leaseId, awarded: e, endAt: e.claim.to, reclaimAt: null, renewals: 0 };
    this.leases.set(e.leaseId, { ...lease, running: true });
    this.begin(e.leaseId);
  }

  private noteLease(e: Event): void {
    const lease = 'leaseId' in e ? this.leases.get(e.leaseId) : undefined;
    if (lease === undefined) return;
    if (e.type === 'lease-renewed') {
      lease.endAt = e.endAt;
      lease.renewals++;
    } else if (e.type === 'lease-reclaiming') lease.reclaimAt = e.reclaimAt;
    else if (e.type === 'lease-ended') {
      lease.running = false;
      this.end(lease.id);
    }
  }

  private begin(id: string): void {
    this.change.opened.push(id);
    this.open.add(id);
  }

  private end(id: string): void {
    if (this.open.delete(id)) this.change.closed.push(id);
  }

  private endProposal(id: string): void {
    const p = this.proposals.get(id);
    if (p !== undefined) p.live = false;
    this.end(id);
  }

  private endCall(id: string | null): void {
    const c = id === null ? undefined : this.calls.get(id);
    if (c !== undefined) c.open = false;
    if (id !== null) this.end(id);
  }
}
