// N4  a bargaining is between its two parties: nobody else is told more of it than its own loss, a
//     sealed offer is told to its author alone until its round has closed, and the contractor's
//     floor to nobody; what a party has to know it is told.
import type { Event } from '../../../core/engine/market/events.ts';
import type { forAgent, Lookup } from '../../../core/engine/view/visible.ts';
import type { Accuse } from './accuse.ts';
import type { Haggles } from './bargain-facts.ts';

export class BargainEars {
  private readonly haggles: Haggles;
  private readonly tell: typeof forAgent;
  private readonly accuse: Accuse;
  private readonly know: Lookup;

  constructor(haggles: Haggles, tell: typeof forAgent, accuse: Accuse) {
    this.haggles = haggles;
    this.tell = tell;
    this.accuse = accuse;
    const { calls, proposals, leases } = haggles.facts;
    this.know = {
      call(cfpId) {
        const c = calls.get(cfpId);
        if (c === undefined) return null;
        const { managerId, invited } = c.opened;
        const by = (id: string): string | undefined => proposals.get(id)?.made.contractorId;
        const took = (id: string): boolean =>
          invited.includes(id) || c.proposals.some((p) => by(p) === id);
        return { managerId, took };
      },
      contractor: (proposalId) => proposals.get(proposalId)?.made.contractorId ?? null,
      lease: (leaseId) => leases.get(leaseId)?.awarded ?? null,
      resourceOwner: () => null,
    };
  }

  released(e: Event): void {
    const said =
      e.type === 'bargaining-opened' || e.type === 'offered' || e.type === 'round-closed'
        ? e
        : (e.type === 'awarded' || e.type === 'call-ended') && e.bargained;
    if (!said) return;
    for (const agentId of this.haggles.agents) {
      const party = agentId === said.managerId || agentId === said.contractorId;
      const told = this.tell(this.know, e, agentId);
      const fair = party ? hears(e, agentId, told) : overhears(told);
      if (fair) continue;
      const who = `${party ? 'party' : 'stranger'} ${agentId}`;
      this.accuse('N4', `event ${e.seq}: ${e.type} is told to ${who} as ${JSON.stringify(told)}`);
    }
  }
}

type Told = ReturnType<typeof forAgent>;

/** What a stranger may be told: that a call is over, and why it lost itself. */
const OPEN_TO_ALL = ['cfpId', 'needId', 'state', 'why', 'lost'];
const overhears = (told: Told): boolean =>
  told === null || Object.keys(told).every((key) => OPEN_TO_ALL.includes(key));

function hears(e: Event, agentId: string, told: Told): boolean {
  if (e.type === 'offered' && e.sealed) {
    const author = e.role === 'manager' ? e.managerId : e.contractorId;
    return (told !== null) === (agentId === author);
  }
  return told !== null && !('floor' in told) && !('draw' in told);
}
