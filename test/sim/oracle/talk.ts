// The protocol's prosecutor: an automaton of its own per dialogue, moved by what was released.
//
// P1  each message is legal where its dialogue stands (FIPA SC00029, written down again here);
//     whoever proposed is told the outcome when the call ends; a command that is refused leaves no
//     event but the note of a late proposal.
// A7  an award names a proposal that its contractor did send, that was received before replyBy,
//     that is still live and valid, at a price within the manager's limit.
// A8  a contractor gets at least its ask, a bidder pays at most its bid; what was bargained for is
//     N7's.
import type { Command } from '../../../core/engine/market/commands.ts';
import type { Event } from '../../../core/engine/market/events.ts';
import type { Step } from '../../../core/engine/market/step.ts';
import type { Accuse } from './accuse.ts';
import type { Of } from './facts.ts';

type Word = 'propose' | 'refuse' | 'accept' | 'reject' | 'cancel' | 'done' | 'failure';
type State = 'called' | 'proposed' | 'committed' | 'over';

/** Anything not listed is out of sequence. */
const LEGAL: Record<State, Partial<Record<Word, State>>> = {
  called: { propose: 'proposed', refuse: 'over', reject: 'over', cancel: 'over' },
  proposed: { accept: 'committed', reject: 'over', cancel: 'over' },
  committed: { done: 'over', failure: 'over', cancel: 'over' },
  over: {},
};

interface Call {
  terms: Of<'cfp-opened'>;
  dialogues: Map<string, State>;
  leases: string[];
}

export class Talk {
  private readonly accuse: Accuse;
  private readonly calls = new Map<string, Call>();
  private readonly proposals = new Map<string, Of<'proposed'>>();
  private readonly sentOnes = new Set<string>();
  private readonly endedLeases = new Set<string>();

  constructor(accuse: Accuse) {
    this.accuse = accuse;
  }

  /** A client sends a proposal: only these can be authentic. */
  sent(contractorId: string, cfpId: string, price: number): void {
    this.sentOnes.add(`${contractorId} ${cfpId} ${price}`);
  }

  answered(cmd: Command, { events, result }: Step): void {
    const quiet = events.every((e) => e.type === 'late-proposal');
    if (!result.ok && !quiet) this.accuse('P1', `${cmd.type} is refused and leaves events`);
  }

  released(e: Event): void {
    switch (e.type) {
      case 'cfp-opened': {
        const dialogues = new Map(e.invited.map((id) => [id, 'called' as const]));
        this.calls.set(e.cfpId, { terms: e, dialogues, leases: [] });
        return;
      }
      case 'proposed':
        this.proposals.set(e.proposalId, e);
        return this.say(e, e.cfpId, e.contractorId, 'propose');
      case 'refused':
        return this.say(e, e.cfpId, e.agentId, 'refuse');
      case 'proposal-lapsed':
        return this.reject(e, [e]);
      case 'bargaining-opened':
        return this.reject(e, e.losses);
      case 'call-ended':
        this.reject(e, e.losses);
        return this.close(e, e.cfpId, e.state === 'cancelled' ? 'cancel' : 'reject');
      case 'awarded':
        return this.awarded(e);
      case 'lease-ended':
        return this.leaseEnded(e);
      default:
        return;
    }
  }

  private say(e: Event, cfpId: string, agentId: string, word: Word): void {
    const call = this.calls.get(cfpId);
    if (call === undefined) return this.accuse('P1', `event ${e.seq}: ${word} in no call`);
    const state = call.dialogues.get(agentId) ?? 'called';
    const next = LEGAL[state][word];
    if (next === undefined) {
      this.accuse('P1', `event ${e.seq}: ${word} of ${agentId} in ${cfpId} when ${state}`);
    }
    call.dialogues.set(agentId, next ?? 'over');
  }

  private reject(e: Event, losses: readonly { proposalId: string }[]): void {
    for (const { proposalId } of losses) {
      const p = this.proposals.get(proposalId);
      if (p === undefined) {
        return this.accuse('P1', `event ${e.seq} rejects what was not proposed`);
      }
      this.proposals.delete(proposalId);
      this.say(e, p.cfpId, p.contractorId, 'reject');
    }
  }

  /** Nobody who proposed may be left waiting when the call is over. */
  private close(e: Event, cfpId: string, word: 'reject' | 'cancel'): void {
    for (const [agentId, state] of this.calls.get(cfpId)?.dialogues ?? []) {
      if (state === 'proposed') {
        this.accuse('P1', `event ${e.seq}: ${agentId} is not told how ${cfpId} ended`);
      } else if (state === 'called') this.say(e, cfpId, agentId, word);
    }
  }

  private awarded(e: Of<'awarded'>): void {
    const again = this.calls.get(e.cfpId)?.leases.length ?? 0;
    if (again > 0) return; // a second award is A1's
    const p = this.proposals.get(e.proposalId);
    if (p !== undefined) this.checkAuthentic(e, p, this.calls.get(e.cfpId)?.terms);
    else this.accuse('A7', `event ${e.seq} awards ${e.proposalId}, which is not on the table`);
    this.reject(e, e.losses);
    if (p !== undefined) this.say(e, e.cfpId, p.contractorId, 'accept');
    this.proposals.delete(e.proposalId);
    for (const id of [e.cfpId, e.needId]) {
      if (id === null) continue;
      this.close(e, id, 'reject');
      this.calls.get(id)?.leases.push(e.leaseId);
    }
  }

  private checkAuthentic(e: Of<'awarded'>, p: Of<'proposed'>, call?: Of<'cfp-opened'>): void {
    const isNeed = call?.direction === 'need';
    const limit = call?.limitPrice ?? 0;
    const genuine =
      this.sentOnes.has(`${p.contractorId} ${p.cfpId} ${p.price}`) &&
      p.cfpId === e.cfpId &&
      p.contractorId === (isNeed ? e.contractorId : e.managerId) &&
      call?.managerId === (isNeed ? e.managerId : e.contractorId);
    const timely = p.at < (call?.replyBy ?? 0) && e.at <= p.validUntil;
    const within = isNeed ? e.price <= limit : e.price >= limit;
    if (!genuine || !timely || !within) {
      const found = `genuine ${genuine}, in time ${timely}, within ${within}`;
      this.accuse('A7', `event ${e.seq}: ${found}`);
    }
    if (e.bargained !== undefined) return;
    const rational = isNeed ? e.price >= p.price : e.price <= p.price;
    if (!rational) this.accuse('A8', `event ${e.seq}: ${e.price} for a proposal of ${p.price}`);
  }

  private leaseEnded(e: Of<'lease-ended'>): void {
    if (this.endedLeases.has(e.leaseId)) return; // a second ending is A4's
    this.endedLeases.add(e.leaseId);
    const word = e.how === 'done' ? 'done' : e.how === 'cancelled' ? 'cancel' : 'failure';
    for (const [cfpId, call] of this.calls) {
      if (!call.leases.includes(e.leaseId)) continue;
      for (const [agentId, state] of call.dialogues) {
        if (state === 'committed') this.say(e, cfpId, agentId, word);
      }
    }
  }
}
