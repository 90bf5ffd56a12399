// The bank's prosecutor: books of its own, kept from the texts of the events alone.
//
// L1  Σ posted over the engine's accounts is 0 after every event.
// L2  Σ held = Σ incoming = Σ amounts of the engine's open holds.
// L3  posted - held >= 0 for every account of the engine but the issuer.
// L6  an event resolves only holds that its own books know as open.
// L7  0 < posted part <= the hold; what is left comes back by the same event (L2, L11 see to that).
// L8  every amount in an event is a safe integer > 0, every balance a safe integer, and what is in
//     circulation below 2^53.
// L11 each account of the engine equals these books. Looked at where L1 and L2 hold: books that do
//     not even add up are theirs to report.
// B1  of a budget that does not carry over: what is issued is what the window allows, what was left
//     lapses when the window ends, and what comes back later lapses in the event that brings it.
import type { Event } from '../../../core/engine/market/events.ts';
import type { Market } from '../../../core/engine/market/state.ts';
import type { Accuse } from './accuse.ts';

type Move = Extract<Event, { transfers: unknown }>['transfers'][number];

interface Pool {
  /** Issued, not spent, not held. */
  left: number;
  carryOver: boolean;
  /** Serial numbers of the budget and of the window in it. */
  budget: number;
  window: number;
}
interface Account {
  posted: number;
  held: number;
  incoming: number;
  /** Of what is held: how much was issued. */
  issuedHeld: number;
  pool: Pool | null;
}
interface Hold {
  debit: string;
  credit: string;
  amount: number;
  issued: number;
  budget: number;
  window: number;
}

const EMPTY: Account = { posted: 0, held: 0, incoming: 0, issuedHeld: 0, pool: null };

export class Books {
  private readonly accuse: Accuse;
  private readonly accounts = new Map<string, Account>();
  private readonly holds = new Map<string, Hold>();
  /** Per account: what must lapse by the present event. */
  private readonly due = new Map<string, number>();

  constructor(accuse: Accuse) {
    this.accuse = accuse;
  }

  apply(e: Event): void {
    this.budgets(e);
    if (!('transfers' in e)) return;
    e.transfers.forEach((t, n) => this.move(e, n, t));
    for (const [id, amount] of this.due) {
      if (amount === 0) continue;
      this.accuse('B1', `event ${e.seq}: ${amount} of ${id} should have lapsed`);
    }
    this.due.clear();
  }

  /** Compares with the state that the engine made of the same events. */
  compare(m: Market): void {
    const { posted, held, incoming } = sumUp(m, this.accuse);
    let open = 0;
    for (const p of m.ledger.pendings.values()) open += p.amount;
    if (posted !== 0) return this.accuse('L1', `event ${m.seq}: balances add up to ${posted}`);
    if (held !== incoming || held !== open) {
      const sums = `held ${held}, incoming ${incoming}, holds ${open}`;
      return this.accuse('L2', `event ${m.seq}: ${sums}`);
    }
    for (const a of m.ledger.accounts.values()) {
      const own = this.account(a.id);
      if (a.posted !== own.posted || a.held !== own.held || a.incoming !== own.incoming) {
        this.accuse('L11', `event ${m.seq}: ${a.id} is ${show(a)}, by the journal ${show(own)}`);
      } else if ((a.budget?.remaining ?? 0) !== (own.pool?.left ?? 0)) {
        const has = `${a.budget?.remaining} of its window left`;
        this.accuse('B1', `event ${m.seq}: ${a.id} has ${has}, by the journal ${own.pool?.left}`);
      } else if (own.pool !== null && own.pool.left + own.issuedHeld > own.posted) {
        this.accuse('B1', `event ${m.seq}: ${a.id} has more issued credits than credits`);
      }
    }
  }

  private account(id: string): Account {
    let a = this.accounts.get(id);
    if (a === undefined) this.accounts.set(id, (a = { ...EMPTY }));
    return a;
  }

  private move(e: Event, n: number, t: Move): void {
    if (!Number.isSafeInteger(t.amount) || t.amount <= 0) {
      this.accuse('L8', `event ${e.seq} moves ${t.amount}`);
    }
    if (t.kind === 'posted') this.post(t);
    else if (t.kind === 'pending') this.hold(holdId(e.seq, n), t);
    else this.resolve(e, t.pendingId, t.kind === 'post' ? t.amount : 0);
  }

  private post(t: Move & { kind: 'posted' }): void {
    const from = this.account(t.debit);
    from.posted -= t.amount;
    this.account(t.credit).posted += t.amount;
    if (t.code === 'lapse') this.owe(t.debit, -t.amount);
    else if (from.pool !== null) from.pool.left -= Math.min(from.pool.left, t.amount);
  }

  private hold(id: string, t: Move & { kind: 'pending' }): void {
    const from = this.account(t.debit);
    from.held += t.amount;
    this.account(t.credit).incoming += t.amount;
    const issued = Math.min(from.pool?.left ?? 0, t.amount);
    if (from.pool !== null) from.pool.left -= issued;
    from.issuedHeld += issued;
    const { budget, window } = from.pool ?? { budget: 0, window: 0 };
    const { debit, credit, amount } = t;
    this.holds.set(id, { debit, credit, amount, issued, budget, window });
  }

  private resolve(e: Event, id: string, posted: number): void {
    const h = this.holds.get(id);
    if (h === undefined) {
      return this.accuse('L6', `event ${e.seq} resolves ${id}, which is not open`);
    }
    this.holds.delete(id);
    if (posted > h.amount) this.accuse('L7', `event ${e.seq} posts ${posted} of ${h.amount} held`);
    const from = this.account(h.debit);
    from.held -= h.amount;
    from.issuedHeld -= h.issued;
    from.posted -= posted;
    const to = this.account(h.credit);
    to.incoming -= h.amount;
    to.posted += posted;
    const back = h.issued - Math.min(h.issued, posted); // issued credits are spent first
    if (back > 0 && from.pool !== null) this.comesBack(h, from.pool, back);
  }

  private comesBack(h: Hold, pool: Pool, back: number): void {
    const same = pool.budget === h.budget && pool.window === h.window;
    const stays = same || (pool.carryOver && pool.budget === h.budget);
    if (stays) pool.left += back;
    else this.owe(h.debit, back);
  }

  private owe(id: string, amount: number): void {
    this.due.set(id, (this.due.get(id) ?? 0) + amount);
  }

  private budgets(e: Event): void {
    if (e.type === 'budget-set') {
      const id = 'project' in e.scope ? `project:${e.scope.project}` : `agent:${e.scope.agentId}`;
      const budget = (this.account(id).pool?.budget ?? 0) + 1;
      const { carryOver, amount } = e.rule;
      this.turnWindow(id, { left: 0, carryOver, budget, window: 0 }, amount);
    } else if (e.type === 'window-rolled') {
      const old = this.account(e.accountId).pool;
      if (old === null) {
        return this.accuse('B1', `event ${e.seq} rolls a window that is not there`);
      }
      this.turnWindow(e.accountId, { ...old, window: old.window + e.passed }, e.issue);
    }
  }

  /** A window ends: what is left of it must lapse by this event, and the next amount comes. */
  private turnWindow(id: string, pool: Pool, issue: number): void {
    const a = this.account(id);
    const old = a.pool;
    const keeps = old !== null && old.carryOver && old.budget === pool.budget;
    if (old !== null && !keeps) this.owe(id, old.left);
    a.pool = { ...pool, left: (keeps ? old.left : 0) + issue };
  }
}

function sumUp(m: Market, accuse: Accuse): { posted: number; held: number; incoming: number } {
  const sum = { posted: 0, held: 0, incoming: 0 };
  for (const a of m.ledger.accounts.values()) {
    sum.posted += a.posted;
    sum.held += a.held;
    sum.incoming += a.incoming;
    if (a.kind !== 'bank' && a.posted - a.held < 0) {
      accuse('L3', `event ${m.seq}: ${a.id} holds ${a.held} of ${a.posted}`);
    }
    if (!Number.isSafeInteger(a.posted) || !Number.isSafeInteger(a.held)) {
      accuse('L8', `event ${m.seq}: ${a.id} is not whole: ${show(a)}`);
    }
  }
  return sum;
}

const show = (a: { posted: number; held: number; incoming: number }): string =>
  `${a.posted} posted, ${a.held} held, ${a.incoming} incoming`;

/** The n-th transfer of an event, as API.md and the journal name it. */
const holdId = (seq: number, n: number): string => `trf_${seq.toString(36).padStart(9, '0')}_${n}`;
