// The books of a small world: the real ledger, an account for everybody, and every deal as holds
// that are posted or released together.
import {
  accountOf,
  agentAccount,
  applyTransfers,
  available,
  BANK,
  createLedger,
  type Ledger,
  newAccount,
  release,
  type Transfer,
} from '../../engine/bank/ledger.ts';
import { type Credits, credits } from '../../engine/base/credits.ts';
import { transferId } from '../../engine/base/ids.ts';
import { HOUR, type Instant } from '../../engine/base/time.ts';

/** One part of a deal: who pays whom how much. */
export interface Part {
  from: string;
  to: string;
  amount: number;
}

/** A deal whose credits are held: it is settled or called off as a whole, once. */
export interface HeldDeal {
  holds: readonly string[];
}

/** What an account has paid and been paid by others, the bank not counted. */
export interface Turnover {
  spent: number;
  earned: number;
}

export class Books {
  readonly ledger: Ledger = createLedger();
  private seq = 0;
  private readonly turnovers = new Map<string, Turnover>();

  /** An account with credits from the bank; the name is new. */
  open(name: string, issued: number): void {
    const account = newAccount(agentAccount(name), 'agent');
    this.ledger.accounts.set(account.id, account);
    this.turnovers.set(account.id, { spent: 0, earned: 0 });
    if (issued > 0) this.apply([posted(BANK, account.id, credits(issued), 'issue')]);
  }

  /** Credits that are neither spent nor held. */
  free(name: string): number {
    return available(accountOf(this.ledger, agentAccount(name)));
  }

  worth(name: string): number {
    return accountOf(this.ledger, agentAccount(name)).posted;
  }

  turnover(name: string): Turnover {
    return this.turnovers.get(agentAccount(name)) ?? { spent: 0, earned: 0 };
  }

  /** Holds what every part takes, or nothing at all where one of the payers is short. */
  hold(parts: readonly Part[], at: Instant): HeldDeal | null {
    const due = new Map<string, number>();
    for (const { from, amount } of parts) due.set(from, (due.get(from) ?? 0) + amount);
    for (const [name, amount] of due) if (this.free(name) < amount) return null;
    const transfers = parts
      .filter(({ amount }) => amount > 0)
      .map(({ from, to, amount }): Transfer => {
        const ends = { debit: agentAccount(from), credit: agentAccount(to) };
        const what = { amount: credits(amount), code: 'lease' as const, expiresAt: at + HOUR };
        return { kind: 'pending', ...ends, ...what, ...NOBODY };
      });
    const seq = this.apply(transfers);
    return { holds: transfers.map((_, n) => transferId(seq, n)) };
  }

  /** Ends a held deal: done, or called off. A second time is Broken. */
  end(deal: HeldDeal, how: 'done' | 'off'): void {
    const transfers: Transfer[] = [];
    for (const id of deal.holds) {
      const amount = this.ledger.pendings.get(id)?.amount as Credits;
      release(this.ledger, id, how === 'done' ? { post: amount } : 'void', transfers);
    }
    this.apply(transfers);
  }

  /** Holds and settles at once; false where somebody is short, and then nothing has moved. */
  pay(parts: readonly Part[], at: Instant): boolean {
    const deal = this.hold(parts, at);
    if (deal !== null) this.end(deal, 'done');
    return deal !== null;
  }

  private apply(transfers: readonly Transfer[]): number {
    for (const t of transfers) {
      const hold = t.kind === 'post' ? this.ledger.pendings.get(t.pendingId) : undefined;
      if (hold === undefined) continue;
      const from = this.turnovers.get(hold.debit);
      const to = this.turnovers.get(hold.credit);
      if (from !== undefined) from.spent += t.amount;
      if (to !== undefined) to.earned += t.amount;
    }
    applyTransfers(this.ledger, ++this.seq, transfers);
    return this.seq;
  }
}

const NOBODY = { agentId: null, project: null, resourceId: null, cfpId: null, leaseId: null };

function posted(debit: string, credit: string, amount: Credits, code: 'issue'): Transfer {
  return { kind: 'posted', debit, credit, amount, code, ...NOBODY };
}

/** A coalition's purchase: each member pays its share to the seller. */
export const purchaseParts = (
  shares: readonly { member: string; amount: number }[],
  sellerId: string,
): Part[] => shares.map(({ member, amount }) => ({ from: member, to: sellerId, amount }));

/** A coalition's sale: the buyer pays each member its share. It is their revenue, no purchase. */
export const saleParts = (
  shares: readonly { member: string; amount: number }[],
  buyerId: string,
): Part[] => shares.map(({ member, amount }) => ({ from: buyerId, to: member, amount }));
