// What the stored texts say of bargainings: who bargains, in which round, what is on the table. A
// plain reading of the journal that shares no code with the engine.
import type { Event } from '../../../core/engine/market/events.ts';
import type { Facts, Of } from './facts.ts';

export type Role = 'manager' | 'contractor';
export type Terms = Of<'offered'>['offer'];
type Rule = NonNullable<Of<'policy-set'>['policy']['bargaining']>;

export const ROLES = ['manager', 'contractor'] as const;
export const across = (role: Role): Role => (role === 'manager' ? 'contractor' : 'manager');

export interface Haggle {
  opened: Of<'bargaining-opened'>;
  inTurns: boolean;
  /** The open round, and when it ends. */
  round: number;
  dueAt: number;
  turn: Role | null;
  /** What each side has on the table, and what it has said in the open round. */
  table: Record<Role, Terms | null>;
  said: Record<Role, Terms | null>;
}

export class Haggles {
  /** By call. */
  readonly running = new Map<string, Haggle>();
  readonly agents: string[] = [];
  rule: Rule | undefined;
  readonly facts: Facts;
  private readonly reservePrices = new Map<string, number>();

  constructor(facts: Facts) {
    this.facts = facts;
  }

  /** After every oracle has looked at the event. */
  apply(e: Event): void {
    if (e.type === 'market-founded' || e.type === 'policy-set') this.rule = e.policy.bargaining;
    else if (e.type === 'agent-registered') this.agents.push(e.agentId);
    else if (e.type === 'resource-added' || e.type === 'resource-changed') {
      this.reservePrices.set(e.resourceId, e.reservePrice);
    } else if (e.type === 'bargaining-opened') this.open(e);
    else if (e.type === 'offered') this.offered(e);
    else if (e.type === 'round-closed') this.closed(e);
    else if (e.type === 'call-ended') this.running.delete(e.cfpId);
    else if (e.type === 'awarded') {
      this.running.delete(e.cfpId);
      if (e.needId !== null) this.running.delete(e.needId);
    }
  }

  /** The least that a proposal's resource costs for the time that is needed, rounded up. */
  floorOf(h: Haggle | Of<'bargaining-opened'>): number {
    const { cfpId, proposalId } = 'opened' in h ? h.opened : h;
    const need = this.facts.calls.get(cfpId)?.opened.need;
    const resourceId = this.facts.proposals.get(proposalId)?.made.claim?.resourceId ?? '';
    const price = BigInt(this.reservePrices.get(resourceId) ?? 0);
    const slotMs = BigInt((need?.count ?? 0) * (need?.durationMs ?? 0));
    return Number((price * slotMs + 3_599_999n) / 3_600_000n);
  }

  limitOf(h: Haggle): number {
    return this.facts.calls.get(h.opened.cfpId)?.opened.limitPrice ?? 0;
  }

  private open(e: Of<'bargaining-opened'>): void {
    const inTurns = e.protocol === 'alternating-offers';
    this.running.set(e.cfpId, {
      opened: e,
      inTurns,
      round: inTurns ? 2 : 1,
      dueAt: Math.min(e.at + e.roundMs, e.endsAt),
      turn: inTurns ? 'manager' : null,
      table: { manager: null, contractor: e.opening },
      said: { manager: null, contractor: null },
    });
  }

  private offered(e: Of<'offered'>): void {
    const h = this.running.get(e.cfpId);
    if (h === undefined) return;
    h.said[e.role] = e.offer;
    if (h.inTurns) {
      h.turn = across(e.role);
      nextRound(h, e.at);
    } else if (h.said.manager !== null && h.said.contractor !== null) h.dueAt = e.at;
  }

  private closed(e: Of<'round-closed'>): void {
    const h = this.running.get(e.cfpId);
    if (h !== undefined) nextRound(h, e.at);
  }
}

/** Whoever has said nothing stands by its last offer. */
function nextRound(h: Haggle, at: number): void {
  h.table = { manager: latest(h, 'manager'), contractor: latest(h, 'contractor') };
  h.said = { manager: null, contractor: null };
  h.round++;
  h.dueAt = Math.min(at + h.opened.roundMs, h.opened.endsAt);
}

/** What a side last offered, be it still sealed. */
export const latest = (h: Haggle, role: Role): Terms | null => h.said[role] ?? h.table[role];

/** What a buyer likes: cheap, soon, long notice, a high penalty. A seller likes the contrary. */
function worth(role: Role, t: Terms): number[] {
  const buyer = [-t.price, -t.startDelayMs, t.reclaimWindowMs, t.penalty];
  return role === 'manager' ? buyer : buyer.map((v) => -v);
}

/** True when no issue of `a` is worse for this role than in `b`. */
export function noWorse(role: Role, a: Terms, b: Terms): boolean {
  const before = worth(role, b);
  return worth(role, a).every((v, i) => v >= (before[i] ?? 0));
}

export const sameTerms = (a: Terms | null, b: Terms | null): boolean =>
  a === null || b === null ? a === b : noWorse('manager', a, b) && noWorse('contractor', a, b);

export const show = (t: Terms | null | undefined): string =>
  t ? `${t.price}/${t.startDelayMs}/${t.reclaimWindowMs}/${t.penalty}` : 'nothing';
