// Planted bugs, one per invariant: each is made so that its invariant alone can see it. They wrap
// pieces of the product; where the product would stop itself, the planted bug goes around that too,
// for here the oracle is on trial and not the product's second line.
import {
  type Account,
  accountOf,
  agentAccount,
  BANK,
  ESCROW,
} from '../../core/engine/bank/ledger.ts';
import { LIMITS } from '../../core/engine/base/limits.ts';
import type { Command, Decision } from '../../core/engine/market/commands.ts';
import type { Event } from '../../core/engine/market/events.ts';
import { agentOf, isOpen, type Market } from '../../core/engine/market/state.ts';
import { createTimers } from '../../core/engine/market/timers.ts';
import type { Parts } from './host.ts';
import type { Knobs } from './knobs.ts';
import { type MakeClock, makeClock } from './machine.ts';
import { BARGAINING_MUTANTS, MORE_MUTANTS } from './mutants-bargaining.ts';
import type { Invariant } from './oracle/accuse.ts';
import {
  changeEvents,
  decideWith,
  isRefused,
  type Moves,
  moneyOf,
  type Mutant,
  unless,
  withMoney,
} from './planting.ts';

const ledger: Partial<Record<Invariant, Mutant>> = {
  L1: {
    bug: 'a micro-credit of every settlement gets lost in rounding',
    plant: ({ evolve }) => ({
      evolve(m, e) {
        evolve(m, e);
        if (e.type !== 'lease-ended' || e.charge === 0) return;
        const lease = m.leases.get(e.leaseId);
        if (lease === undefined) return;
        const account = accountOf(m.ledger, agentAccount(lease.contractorId));
        account.posted = (account.posted - 1) as typeof account.posted;
      },
    }),
  },
  L2: {
    bug: 'a voided hold leaves a trace on the receiving side',
    plant: ({ evolve }) => ({
      evolve(m, e) {
        evolve(m, e);
        const escrow = accountOf(m.ledger, ESCROW);
        if (e.type === 'call-ended' && e.transfers.length > 0) {
          escrow.incoming = (escrow.incoming + 1) as typeof escrow.incoming;
        }
      },
    }),
  },
  L3: {
    bug: 'a bid is held without looking at the balance',
    plant: (parts) => ({
      decide(m, cmd) {
        const said = parts.decide(m, cmd);
        if (cmd.type !== 'propose' || cmd.actor.kind !== 'agent') return said;
        const account = accountOf(m.ledger, agentAccount(cmd.actor.id));
        const blind = isRefused(said, 'insufficient-credits') && account.budget === null;
        return blind ? withMoney(account, () => parts.decide(m, cmd)) : said;
      },
      evolve(m, e) {
        if (e.type !== 'proposed') return parts.evolve(m, e);
        const account = accountOf(m.ledger, agentAccount(e.contractorId));
        return withMoney(account, () => parts.evolve(m, e));
      },
    }),
  },
  L4: {
    bug: 'a resolved hold is marked in its own row',
    plant: ({ store }) => ({
      store(disk, batch) {
        store(disk, batch);
        const of = disk.transfers.at(-1)?.of;
        const row = of && disk.transfers.find((t) => of.endsWith(`${t.seq.toString(36)}_${t.n}`));
        if (row && disk.texts.length > 30) row.kind = 'resolved';
      },
    }),
  },
  L5: {
    bug: 'refusals are not kept under their key',
    plant: ({ recall }) => ({
      recall(disk, key) {
        const found = recall(disk, key);
        return found !== null && found.reply.status === 409 ? null : found;
      },
    }),
  },
  L6: {
    bug: 'a call that ends voids its ceiling twice',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e) => {
        const first = e.type === 'call-ended' ? e.transfers[0] : undefined;
        return first === undefined || e.type !== 'call-ended'
          ? e
          : { ...e, transfers: [...e.transfers, first] };
      }),
      evolve(m, e) {
        if (e.type !== 'call-ended') return parts.evolve(m, e);
        const transfers = e.transfers.filter((t, i, all) => {
          const id = 'pendingId' in t ? t.pendingId : null;
          return id === null || all.findIndex((o) => 'pendingId' in o && o.pendingId === id) === i;
        });
        return parts.evolve(m, { ...e, transfers });
      },
    }),
  },
  L7: {
    bug: 'a settlement charges what was used, even beyond the hold',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e, m) => {
        const post = fullPost(m, e);
        if (post === null || e.type !== 'lease-ended') return e;
        const more = { ...post, amount: post.amount + 1 } as typeof post;
        return { ...e, transfers: e.transfers.map((t) => (t === post ? more : t)) };
      }),
      evolve(m, e) {
        if (e.type !== 'lease-ended') return parts.evolve(m, e);
        const holdOf = (t: Moves[number]) =>
          t.kind === 'post' ? m.ledger.pendings.get(t.pendingId) : undefined;
        const post = e.transfers.find((t) => t.amount > (holdOf(t)?.amount ?? Infinity));
        const hold = post && holdOf(post);
        if (!post || !hold) return parts.evolve(m, e);
        const fair = { ...post, amount: hold.amount };
        parts.evolve(m, { ...e, transfers: e.transfers.map((t) => (t === post ? fair : t)) });
        moneyOf(m, hold.debit, -1);
        moneyOf(m, hold.credit, 1);
      },
    }),
  },
  L8: {
    bug: 'a released amount is written down with half a micro-credit',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e) =>
        e.type === 'call-ended' ? { ...e, transfers: e.transfers.map((t) => changed(t, 0.5)) } : e,
      ),
      evolve(m, e) {
        if (e.type !== 'call-ended') return parts.evolve(m, e);
        parts.evolve(m, { ...e, transfers: e.transfers.map((t) => changed(t, -0.5)) });
      },
    }),
  },
  L9: {
    bug: 'after a restart time goes on a little before the last event',
    plant: ({ evolve }) => ({
      clock(sources, notBefore) {
        const clock = makeClock(sources, notBefore);
        return { ...clock, now: () => clock.now() - (notBefore > 0 ? 30 : 0) };
      },
      evolve(m, e) {
        m.at = Math.min(m.at, e.at);
        evolve(m, e);
      },
    }),
  },
  L10: {
    bug: 'recovery takes the head of the last event but one',
    plant: ({ recover }) => ({
      recover(disk, parts) {
        const found = recover(disk, parts);
        return { ...found, head: disk.heads.at(-2) ?? found.head };
      },
    }),
  },
  L11: {
    bug: 'surcharges pile up in escrow instead of going back to the bank',
    plant: ({ evolve }) => ({
      evolve(m, e) {
        evolve(m, e);
        if (e.type !== 'cfp-opened') return;
        for (const t of e.transfers) {
          if (t.kind !== 'posted') continue;
          moneyOf(m, BANK, -t.amount);
          moneyOf(m, ESCROW, t.amount);
        }
      },
    }),
  },
  B1: {
    bug: 'what a hold gives back after its window has ended can be spent again',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e) =>
        'transfers' in e && e.type !== 'window-rolled' && e.type !== 'budget-set'
          ? {
              ...e,
              transfers: e.transfers.filter((t) => t.kind !== 'posted' || t.code !== 'lapse'),
            }
          : e,
      ),
    }),
  },
};

const changed = (t: Moves[number], by: number): Moves[number] =>
  t.kind === 'void' ? ({ ...t, amount: t.amount + by } as typeof t) : t;

/** The posting of a lease's whole price by an account that has earnings to spare. */
function fullPost(m: Market, e: Event): (Moves[number] & { kind: 'post' }) | null {
  if (e.type !== 'lease-ended') return null;
  for (const t of e.transfers) {
    if (t.kind !== 'post') continue;
    const hold = m.ledger.pendings.get(t.pendingId);
    const account: Account | undefined = m.ledger.accounts.get(hold?.debit ?? '');
    if (hold === undefined || account === undefined || t.amount !== hold.amount) continue;
    const spare = account.posted - account.held - (account.budget?.remaining ?? 0);
    if (spare > 0) return t as Moves[number] & { kind: 'post' };
  }
  return null;
}

const awards: Partial<Record<Invariant, Mutant>> = {
  A1: {
    bug: 'a manual award that is sent again is made again',
    plant: (parts, knobs) =>
      unless('endedKept' in knobs.bounds, {
        decide(m: Market, cmd: Command) {
          const said = parts.decide(m, cmd);
          return isRefused(said, 'already-awarded') ? (awardAgain(parts, m, cmd) ?? said) : said;
        },
        evolve(m: Market, e: Event) {
          const c = e.type === 'awarded' ? m.conversations.get(e.cfpId) : undefined;
          if (c !== undefined && !isOpen(c)) {
            m.openCalls++;
            agentOf(m, c.managerId).openCalls++;
          }
          parts.evolve(m, e);
        },
      }),
  },
  A2: {
    bug: 'a proposal does not look whether its slots are taken',
    plant: (parts) => ({
      decide(m, cmd) {
        const said = parts.decide(m, cmd);
        if (cmd.type !== 'propose' || !isRefused(said, 'slot-taken')) return said;
        const resource = m.resources.get(cmd.body.resourceId ?? '');
        if (resource === undefined) return said;
        const free = resource.slots.map(() => []);
        return decideWith(parts, [m, cmd], resource, 'slots', free);
      },
    }),
  },
  A3: {
    bug: 'the lease comes with the award, its hold with the next command',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e) =>
        e.type === 'awarded'
          ? {
              ...e,
              transfers: e.transfers.filter((t) => t.kind !== 'pending' || t.code !== 'lease'),
            }
          : e,
      ),
    }),
  },
  A4: {
    bug: 'a lease that has expired can still be done',
    plant: (parts) => ({
      decide(m, cmd) {
        const said = parts.decide(m, cmd);
        const lease = cmd.type === 'done' ? m.leases.get(cmd.leaseId) : undefined;
        if (cmd.type !== 'done' || !lease?.ended || !isRefused(said, 'lease-ended')) return said;
        const { leaseId } = cmd;
        const end = {
          ending: 'settled',
          how: 'done',
          detail: '',
          charge: lease.ended.charge,
        } as const;
        const rest = { output: null, usage: null, transfers: [] };
        const event = { seq: 0, at: 0, type: 'lease-ended' as const, leaseId, ...end, ...rest };
        const events: Event[] = [event];
        return { events, result: { ok: true, status: 200, about: { leaseId } } };
      },
      evolve(m, e) {
        const again = e.type === 'lease-ended' && m.leases.get(e.leaseId)?.ended;
        if (!again) return parts.evolve(m, e);
        m.seq = e.seq;
        m.at = e.at;
      },
    }),
  },
  A5: {
    bug: 'the epoch of a report is not looked at',
    plant: (parts) => ({
      decide(m, cmd) {
        if (cmd.type !== 'done' && cmd.type !== 'renew') return parts.decide(m, cmd);
        const epoch = m.leases.get(cmd.leaseId)?.epoch;
        return epoch === undefined
          ? parts.decide(m, cmd)
          : parts.decide(m, { ...cmd, body: { ...cmd.body, epoch } } as Command);
      },
    }),
  },
  A6: {
    bug: 'a lease that ends keeps its penalty hold',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e, m) => {
        const penalty = e.type === 'lease-ended' ? m.leases.get(e.leaseId)?.penaltyHold : null;
        if (e.type !== 'lease-ended' || !penalty) return e;
        const at = e.transfers.findIndex((t) => 'pendingId' in t && t.pendingId === penalty);
        // With it goes what of it would have lapsed.
        const count = e.transfers[at + 1]?.kind === 'posted' ? 2 : 1;
        return { ...e, transfers: e.transfers.toSpliced(at, count) };
      }),
    }),
  },
  A7: {
    bug: 'a manager who decides by hand still takes proposals after replyBy',
    plant: (parts) => ({
      decide(m, cmd) {
        const said = parts.decide(m, cmd);
        const c = cmd.type === 'propose' ? m.conversations.get(cmd.cfpId) : undefined;
        if (c?.state !== 'deciding' || !isRefused(said, 'late-proposal')) return said;
        const timely = { ...cmd, at: c.replyBy - 1 };
        return decideWith(parts, [m, timely], c, 'state', 'open');
      },
    }),
  },
  A8: {
    bug: 'under second price a winner gets a micro-credit less than it asked',
    plant: (parts) => ({
      decide: changeEvents(parts.decide, (e, m) => {
        const p = e.type === 'awarded' ? m.proposals.get(e.proposalId) : undefined;
        if (e.type !== 'awarded' || !p?.claim || p.price < 2 || e.bargained) return e;
        const price = (p.price - 1) as typeof p.price;
        const cut = (t: Moves[number]): Moves[number] =>
          t.kind === 'pending' && t.code === 'lease' ? { ...t, amount: price } : t;
        return { ...e, price, transfers: e.transfers.map(cut) };
      }),
    }),
  },
  A9: {
    bug: 'news goes out with the commit and not after it',
    plant: (_parts, { crash, diskFull }) => unless(crash + diskFull > 0, { early: true }),
  },
  A10: {
    bug: 'logical time follows the wall clock wherever it goes',
    plant: () => ({ clock: wallClock }),
  },
};

/** Awards an accepted proposal once more, on a slot that is free. */
function awardAgain(parts: Parts, m: Market, cmd: Command): Decision | null {
  const c = cmd.type === 'award' ? m.conversations.get(cmd.cfpId) : undefined;
  const p = m.proposals.get(c?.proposalId ?? '');
  if (c?.bargaining !== undefined) return null; // its deal was not the proposal
  if (c?.direction !== 'need' || c.need?.count !== 1 || p?.cfpId !== c.id || p.claim === null) {
    return null;
  }
  const slot = m.resources.get(p.claim.resourceId)?.slots.findIndex((taken) => taken.length === 0);
  if (slot === undefined || slot < 0) return null;
  const [call, proposal] = [{ ...c }, { ...p }];
  Object.assign(c, { state: 'open' });
  Object.assign(p, { state: 'live', claim: { ...p.claim, slots: [slot] } });
  const said = parts.decide(m, { ...cmd, body: { proposalId: p.id } } as Command);
  Object.assign(c, call);
  Object.assign(p, proposal);
  return said.result.ok ? said : null;
}

const wallClock: MakeClock = (sources, notBefore) => {
  let last = Math.max(notBefore, sources.wall());
  let mono = sources.monotonic();
  function now(): number {
    const passed = Math.floor(sources.monotonic() - mono);
    mono += passed;
    last = Math.max(last + passed, sources.wall());
    return last;
  }
  return { ...makeClock(sources, notBefore), now };
};

const protocol: Partial<Record<Invariant, Mutant>> = {
  P1: {
    bug: 'who has refused may still propose',
    plant: (parts) => {
      const refusal = (m: Market, cfpId: string, agentId: string) => {
        const d = m.conversations.get(cfpId)?.dialogues.get(agentId);
        return d?.state === 'refused' ? d : undefined;
      };
      return {
        decide(m, cmd) {
          const by = cmd.actor.kind === 'agent' ? cmd.actor.id : '';
          const d = cmd.type === 'propose' ? refusal(m, cmd.cfpId, by) : undefined;
          return d ? decideWith(parts, [m, cmd], d, 'state', 'called') : parts.decide(m, cmd);
        },
        evolve(m, e) {
          const d = e.type === 'proposed' ? refusal(m, e.cfpId, e.contractorId) : undefined;
          if (d) d.state = 'called';
          parts.evolve(m, e);
        },
      };
    },
  },
  P2: {
    bug: 'an agent can open one call more than the bound says',
    plant: (parts) => ({
      decide(m, cmd) {
        const bounds: { openCallsPerAgentMax: number } = LIMITS;
        const more = bounds.openCallsPerAgentMax + 1;
        return decideWith(parts, [m, cmd], bounds, 'openCallsPerAgentMax', more);
      },
    }),
  },
  P3: {
    bug: 'evolve counts kept promises in a variable of its own',
    plant: ({ evolve }, { diskFull }) => {
      let ended = 0;
      return unless(diskFull > 0, {
        evolve(m: Market, e: Event) {
          evolve(m, e);
          if (e.type !== 'lease-ended' || ++ended % 3 !== 0) return;
          const contractorId = m.leases.get(e.leaseId)?.contractorId;
          if (contractorId !== undefined) agentOf(m, contractorId).kept++;
        },
      });
    },
  },
  P4: {
    bug: 'recovery forgets the timers',
    plant: ({ recover }, { bargains }) =>
      unless(bargains > 0, {
        recover(disk: Parameters<typeof recover>[0], parts: Parameters<typeof recover>[1]) {
          const found = recover(disk, parts);
          if (found.market.seq > 0) found.market.timers = createTimers();
          return found;
        },
      }),
  },
  P5: {
    bug: 'a lapsed proposal is not sent to the screen',
    plant: ({ touch }) => ({
      touch(m: Market, t: Parameters<typeof touch>[1], e: Event) {
        if (e.type !== 'proposal-lapsed') touch(m, t, e);
      },
    }),
  },
};

export const MUTANTS = { ...ledger, ...awards, ...protocol, ...BARGAINING_MUTANTS } as Record<
  Invariant,
  Mutant
>;

/** The parts of a world in which this bug is planted: an invariant's own, or one of the others. */
export function planted(id: string): (parts: Parts, knobs: Knobs) => Parts {
  const mutant = { ...MUTANTS, ...MORE_MUTANTS }[id];
  if (mutant === undefined) throw new Error(`there is no planted bug ${id}`);
  return (parts, knobs) => ({ ...parts, ...mutant.plant(parts, knobs) });
}
