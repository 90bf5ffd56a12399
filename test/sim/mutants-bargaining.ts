// Planted bugs of bargaining: one per invariant, made so that this invariant alone can see it, and
// some more, which others may see as well.
import { accountOf, agentAccount, available } from '../../core/engine/bank/ledger.ts';
import type { Credits } from '../../core/engine/base/credits.ts';
import type { Command, Decision } from '../../core/engine/market/commands.ts';
import type { Event } from '../../core/engine/market/events.ts';
import type { Bargaining, Market } from '../../core/engine/market/state.ts';
import { armCall, createTimers, rearm } from '../../core/engine/market/timers.ts';
import type { BargainingRole } from '../../core/engine/protocol/bargaining.ts';
import type { Parts } from './host.ts';
import type { Invariant } from './oracle/accuse.ts';
import { changeEvents, decideWith, isRefused, type Moves, type Mutant } from './planting.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** The bargaining that a command speaks in, and the role of who speaks. */
function spokenIn(m: Market, cmd: Command): { b: Bargaining; role: BargainingRole } | null {
  if (cmd.type !== 'offer' && cmd.type !== 'accept-offer') return null;
  const b = m.conversations.get(cmd.cfpId)?.bargaining;
  if (b === undefined || cmd.actor.kind !== 'agent') return null;
  return { b, role: cmd.actor.id === b.managerId ? 'manager' : 'contractor' };
}

/** Whoever is refused with this code is asked about again with one value changed. */
function insist(
  parts: Parts,
  code: string,
  again: (m: Market, cmd: Command) => Decision | null,
): Partial<Parts> {
  return {
    decide(m, cmd) {
      const said = parts.decide(m, cmd);
      return isRefused(said, code) ? (again(m, cmd) ?? said) : said;
    },
  };
}

/** Another lease price for a deal, with the hold that goes with it. */
function atPrice(e: Of<'awarded'>, price: Credits): Of<'awarded'> {
  const cut = (t: Moves[number]): Moves[number] =>
    t.kind === 'pending' && t.code === 'lease' ? { ...t, amount: price } : t;
  return { ...e, price, transfers: e.transfers.map(cut) };
}

/** A round that should have ended its bargaining goes on to the next one. */
function goOn(parts: Parts, conflict: string, when: (b: Bargaining) => boolean): Partial<Parts> {
  return {
    decide: changeEvents(parts.decide, (e, m) => {
      const how = e.type === 'call-ended' ? e.bargained : undefined;
      const b = how && m.conversations.get(how.cfpId)?.bargaining;
      if (!how?.round || b === undefined || how.conflict !== conflict || !when(b)) return e;
      const { cfpId, proposalId, managerId, contractorId, round: closed } = how;
      const between = { cfpId, proposalId, managerId, contractorId };
      return { seq: 0, at: 0, type: 'round-closed', ...between, closed };
    }),
  };
}

const words: Partial<Record<Invariant, Mutant>> = {
  N1: {
    bug: 'a firm proposal is bargained over, too',
    plant: (parts) =>
      insist(parts, 'not-understood', (m, cmd) => {
        const p = cmd.type === 'bargain' ? m.proposals.get(cmd.body.proposalId) : undefined;
        if (p === undefined) return null;
        const looks: { negotiable?: true | undefined } = p;
        return decideWith(parts, [m, cmd], looks, 'negotiable', true);
      }),
  },
  N2: {
    bug: 'the turn does not pass to the other side',
    plant: (parts) =>
      insist(parts, 'not-your-turn', (m, cmd) => {
        const said = cmd.type === 'offer' ? spokenIn(m, cmd) : null;
        return said && decideWith(parts, [m, cmd], said.b, 'turn', said.role);
      }),
  },
  N3: {
    bug: 'nobody looks whether an offer takes back what was conceded',
    plant: (parts) =>
      insist(parts, 'retraction', (m, cmd) => {
        const said = spokenIn(m, cmd);
        return said && decideWith(parts, [m, cmd], said.b.standing, said.role, null);
      }),
  },
  N4: {
    bug: 'a sealed offer is told to the other side at once',
    plant: ({ tell }) => ({
      tell: (know, e, agentId) =>
        tell(know, e.type === 'offered' ? { ...e, sealed: false } : e, agentId),
    }),
  },
  N9: {
    bug: 'nobody sees that both are stuck',
    plant: (parts) =>
      goOn(parts, 'both-stuck', (b) => b.round < b.roundsMax && b.roundEndsAt < b.endsAt),
  },
  N10: {
    bug: 'who quits leaves without saying so',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e) => {
        if (e.type !== 'call-ended' || e.bargained?.conflict !== 'quit') return e;
        const { bargained: _bargained, ...unnamed } = e;
        return unnamed;
      }),
    }),
  },
  N11: {
    bug: 'a round closes with the first word in it',
    plant: ({ evolve }) => ({
      evolve(m, e) {
        evolve(m, e);
        const b = e.type === 'offered' && m.conversations.get(e.cfpId)?.bargaining;
        if (e.type !== 'offered' || !b || !e.sealed) return;
        b.roundEndsAt = e.at;
        armCall(m, e.cfpId);
      },
    }),
  },
};

const money: Partial<Record<Invariant, Mutant>> = {
  N5: {
    bug: 'the manager’s hold stays with its first offer',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e, m) => {
        const hold = e.type === 'offered' && m.conversations.get(e.cfpId)?.hold;
        if (e.type !== 'offered' || e.role !== 'manager' || !hold) return e;
        const transfers = feesOf(e);
        const payer = transfers[0]?.kind === 'posted' ? transfers[0] : null;
        const poor = payer !== null && available(accountOf(m.ledger, payer.debit)) < payer.amount;
        return poor ? e : { ...e, transfers };
      }),
      evolve(m, e) {
        const c = e.type === 'offered' ? m.conversations.get(e.cfpId) : undefined;
        const hold = c?.hold ?? null;
        parts.evolve(m, e);
        if (e.type !== 'offered' || c === undefined || e.role !== 'manager') return;
        if (e.transfers.length === feesOf(e).length && c.hold === null) c.hold = hold;
      },
    }),
  },
  N6: {
    bug: 'the fee of a round is not charged',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e) => {
        if (e.type !== 'offered') return e;
        const fees = feesOf(e);
        return { ...e, transfers: e.transfers.filter((t) => !fees.includes(t)) };
      }),
    }),
  },
  N7: {
    bug: 'a deal is made a micro-credit below what was offered',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e) =>
        e.type === 'awarded' && e.bargained !== undefined && e.price > 1
          ? atPrice(e, (e.price - 1) as Credits)
          : e,
      ),
    }),
  },
  N8: {
    bug: 'the coin always falls for the contractor',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e, m) => {
        if (e.type !== 'awarded' || !e.bargained?.deal || e.bargained.by !== null) return e;
        const { deal } = e.bargained;
        const b = m.conversations.get(e.cfpId)?.bargaining;
        const his = b?.said.contractor?.offer ?? b?.standing.contractor;
        // Only where nothing but the price differs, for nothing else is told by these fields.
        if (!his || his.price === 0 || his.penalty !== deal.penalty) return e;
        if (his.startDelayMs !== deal.startDelayMs) return e;
        return { ...atPrice(e, his.price), bargained: { ...e.bargained, deal: his } };
      }),
    }),
  },
  N12: {
    bug: 'a contractor may accept less than the reserve price of its resource',
    plant: (parts) =>
      insist(parts, 'below-reserve-price', (m, cmd) => {
        const said = cmd.type === 'accept-offer' ? spokenIn(m, cmd) : null;
        const claim = said && m.proposals.get(said.b.proposalId)?.claim;
        const resource = claim && m.resources.get(claim.resourceId);
        return resource
          ? decideWith(parts, [m, cmd], resource, 'reservePrice', 0 as Credits)
          : null;
      }),
  },
};

const feesOf = (e: Of<'offered'>): Moves =>
  e.transfers.filter((t) => t.kind === 'posted' && t.code === 'round-fee');

export const BARGAINING_MUTANTS = { ...words, ...money };

/** More bugs of bargaining, and which invariant sees each first; others may see it as well. */
export const MORE_MUTANTS: Record<string, Mutant & { by: Invariant | readonly Invariant[] }> = {
  'losers-kept': {
    by: 'N1',
    bug: 'a bargaining opens and lets nobody go',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e, m) => {
        if (e.type !== 'bargaining-opened') return e;
        const kept = new Set(e.losses.flatMap((l) => m.proposals.get(l.proposalId)?.holds ?? []));
        const own = e.transfers.filter((t) => !('pendingId' in t) || !kept.has(t.pendingId));
        return { ...e, losses: [], transfers: own.filter((t) => t.kind === 'void') };
      }),
    }),
  },
  'old-hold-kept': {
    by: 'N5',
    bug: 'an offer does not give back what the one before it held',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e, m) => {
        if (e.type !== 'offered') return e;
        const added = e.transfers.filter((t) => t.kind === 'pending');
        const [first] = added;
        const rich =
          first === undefined || available(accountOf(m.ledger, first.debit)) >= 2 * first.amount;
        return rich ? { ...e, transfers: [...added, ...feesOf(e)] } : e;
      }),
    }),
  },
  'penalty-not-held': {
    by: 'N5',
    bug: 'a contractor promises a penalty that it does not hold',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e) =>
        e.type === 'offered' && e.role === 'contractor'
          ? { ...e, transfers: e.transfers.filter((t) => t.kind !== 'pending') }
          : e,
      ),
    }),
  },
  'terms-forgotten': {
    by: 'N7',
    bug: 'the lease has the terms of the proposal and not of the deal',
    plant: ({ evolve }) => ({
      evolve(m, e) {
        const p = e.type === 'awarded' ? m.proposals.get(e.proposalId) : undefined;
        const terms = p && { ...p.terms };
        evolve(m, e);
        const lease = e.type === 'awarded' ? m.leases.get(e.leaseId) : undefined;
        if (lease && terms) lease.terms = terms;
      },
    }),
  },
  'silence-forgets': {
    by: 'N9',
    bug: 'a side that lets a round pass loses its standing offer',
    plant: ({ evolve }) => ({
      evolve(m, e) {
        evolve(m, e);
        const b = e.type === 'round-closed' && m.conversations.get(e.cfpId)?.bargaining;
        if (e.type !== 'round-closed' || !b) return;
        if (e.closed.said.contractor === null) b.standing.contractor = null;
        if (e.closed.said.manager === null) b.standing.manager = null;
      },
    }),
  },
  'rounds-unbounded': {
    by: 'N9',
    bug: 'the bound on rounds is forgotten',
    plant: (parts) => goOn(parts, 'rounds-over', (b) => b.roundEndsAt < b.endsAt),
  },
  'deal-outlives-promise': {
    by: 'A7',
    bug: 'a deal is struck when the promise that it is about has ended',
    plant: (parts) => ({
      decide(m, cmd) {
        if (cmd.type !== 'tick') return parts.decide(m, cmd);
        const running = [...m.conversations.values()].filter((c) => c.state === 'bargaining');
        const stale = running.flatMap(({ bargaining: b }) => {
          const p = m.proposals.get(b?.proposalId ?? '');
          return p !== undefined && p.validUntil < cmd.at ? [p] : [];
        });
        const until = stale.map((p) => p.validUntil);
        for (const p of stale) p.validUntil = cmd.at;
        const said = parts.decide(m, cmd);
        stale.forEach((p, i) => (p.validUntil = until[i] ?? 0));
        return said;
      },
    }),
  },
  'round-timers-lost': {
    // Where the proposal lapses first, it ends by a rule that is not its protocol's.
    by: ['N11', 'N9'],
    bug: 'recovery forgets the timers of rounds',
    plant: ({ recover }) => ({
      recover(disk, parts) {
        const found = recover(disk, parts);
        const { market } = found;
        const all = [...market.conversations.values()];
        const hidden = all.filter((c) => c.state === 'bargaining');
        for (const c of hidden) c.state = 'awarded';
        market.timers = createTimers();
        rearm(market);
        for (const c of hidden) c.state = 'bargaining';
        return found;
      },
    }),
  },
  'fee-of-another': {
    by: 'N6',
    bug: 'the contractor pays the fee of the manager',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e, m) => {
        if (e.type !== 'offered' || e.role !== 'manager') return e;
        const debit = agentAccount(e.contractorId);
        const account = accountOf(m.ledger, debit);
        const fees = feesOf(e);
        if (fees.some((t) => t.amount > available(account))) return e;
        const moved = (t: Moves[number]): Moves[number] =>
          fees.includes(t) && t.kind === 'posted' ? { ...t, debit } : t;
        return { ...e, transfers: e.transfers.map(moved) };
      }),
    }),
  },
};
