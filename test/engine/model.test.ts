// The engine's bank against the model; the model against bugs that a ledger might have.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  accountOf,
  applyTransfers,
  createLedger,
  type Ledger,
  newAccount,
  type Transfer,
} from '../../core/engine/bank/ledger.ts';
import { Broken } from '../../core/engine/base/assert.ts';
import type { Credits } from '../../core/engine/base/credits.ts';
import { type Balance, compareWithModel, type LedgerUnderTest, type Move } from './model.ts';

const ABOUT = { agentId: null, project: null, resourceId: null, cfpId: null, leaseId: null };

/** The engine's own ledger. A group that it refuses leaves it broken, so groups run on a copy. */
class EngineLedger implements LedgerUnderTest {
  private ledger: Ledger = createLedger();
  private seq = 0;

  open(account: string): void {
    this.ledger.accounts.set(account, newAccount(account, 'agent'));
  }

  apply(moves: readonly Move[]): string[] | null {
    const copy = structuredClone(this.ledger);
    const known = new Set(copy.pendings.keys());
    try {
      applyTransfers(copy, ++this.seq, moves.map(transfer));
    } catch (e) {
      assert.ok(e instanceof Broken);
      return null;
    }
    this.ledger = copy;
    const made = moves.flatMap((m, n) => (m.kind === 'pending' ? [this.idOf(n)] : []));
    assert.ok(made.every((id) => !known.has(id)));
    return made;
  }

  balance(account: string): Balance {
    const { posted, held, incoming } = accountOf(this.ledger, account);
    return { posted, held, incoming };
  }

  holds(): ReadonlyMap<string, number> {
    return new Map([...this.ledger.pendings].map(([id, p]) => [id, p.amount]));
  }

  reopen(): void {
    this.ledger = structuredClone(this.ledger);
  }

  private idOf(n: number): string {
    return `trf_${this.seq.toString(36).padStart(9, '0')}_${n}`;
  }
}

function transfer(move: Move): Transfer {
  const amount = move.amount as Credits;
  if ('pendingId' in move) return { ...move, amount };
  const { debit, credit } = move;
  const ends = { debit, credit, amount, ...ABOUT };
  return move.kind === 'posted'
    ? { kind: 'posted', code: 'issue', ...ends }
    : { kind: 'pending', code: 'lease', expiresAt: 1, ...ends };
}

test('the bank is the ledger that the model describes', () => {
  compareWithModel(() => new EngineLedger(), 2000);
});

suite('the model finds what a ledger could get wrong', () => {
  const wrong: [string, (inner: EngineLedger) => Partial<LedgerUnderTest>][] = [
    [
      'a group is applied in part',
      (inner) => ({
        apply: (moves) => {
          const ids = moves.map((m) => inner.apply([m]));
          return ids.includes(null) ? null : ids.flatMap((made) => made ?? []);
        },
      }),
    ],
    [
      'what is posted is not taken',
      (inner) => ({
        apply: (moves) =>
          inner.apply(
            moves.map((m) => {
              const amount = 'pendingId' in m ? inner.holds().get(m.pendingId) : undefined;
              const fits = m.kind === 'post' && amount !== undefined && m.amount <= amount;
              return fits ? { ...m, kind: 'void', amount } : m;
            }),
          ),
      }),
    ],
    [
      'a hold that is ended twice is no error',
      (inner) => ({
        apply: (moves) => {
          const open = inner.holds();
          return inner.apply(moves.filter((m) => !('pendingId' in m) || open.has(m.pendingId)));
        },
      }),
    ],
    [
      'a restart forgets the holds',
      (inner) => ({ holds: () => new Map(), reopen: () => inner.reopen() }),
    ],
  ];
  for (const [name, change] of wrong) {
    test(name, () => {
      const make = (): LedgerUnderTest => {
        const inner = new EngineLedger();
        const plain: LedgerUnderTest = {
          open: (a) => inner.open(a),
          apply: (m) => inner.apply(m),
          balance: (a) => inner.balance(a),
          holds: () => inner.holds(),
          reopen: () => inner.reopen(),
        };
        return { ...plain, ...change(inner) };
      };
      assert.throws(() => compareWithModel(make, 500), /Property failed/);
    });
  }
});
