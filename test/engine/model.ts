// A model of the ledger, written from what a ledger must do and not from our code, with random
// commands that compare it with anything that claims to be one: the engine's bank, or SQLite.
//
// Accounts: credit positive; only the bank may be negative. A group of moves is applied as a whole
// or not at all. `posted` moves at once. `pending` takes from what its account can spend and says
// what may arrive. `post`, `void` and `expire` end a hold, once; what is not posted comes back.
// `void` and `expire` name the whole amount.
import assert from 'node:assert/strict';
import fc from 'fast-check';

export type Move =
  | { kind: 'posted' | 'pending'; debit: string; credit: string; amount: number }
  | { kind: 'post' | 'void' | 'expire'; pendingId: string; amount: number };
export interface Balance {
  posted: number;
  held: number;
  incoming: number;
}

export const BANK_ID = 'bank';
export const ESCROW_ID = 'escrow';

/** What can be tried. Bank and escrow are there from the start; ids of holds are the ledger's own. */
export interface LedgerUnderTest {
  open(account: string): void;
  /**
   * Applies the moves as one group. Returns the id of each `pending` of it, in order, or null where
   * the group is refused; then nothing has changed.
   */
  apply(moves: readonly Move[]): string[] | null;
  balance(account: string): Balance;
  /** Open holds and their amounts. */
  holds(): ReadonlyMap<string, number>;
  /** Forgets everything that is not durable and comes back. */
  reopen(): void;
}

interface Hold {
  debit: string;
  credit: string;
  amount: number;
}

/** The model: a page of arithmetic. */
export class Model {
  accounts = new Map<string, Balance>();
  holds = new Map<string, Hold>();
  /** Holds that have been ended, for trying it again. */
  ended: string[] = [];

  constructor() {
    this.open(BANK_ID);
    this.open(ESCROW_ID);
  }

  open(account: string): void {
    this.accounts.set(account, { posted: 0, held: 0, incoming: 0 });
  }

  /** Whether a group is legal; applies it if so. `ids` names its holds. */
  apply(moves: readonly Move[], ids: readonly string[]): boolean {
    const copy = new Model();
    copy.accounts = new Map([...this.accounts].map(([id, b]) => [id, { ...b }]));
    copy.holds = new Map(this.holds);
    copy.ended = [...this.ended];
    let nth = 0;
    for (const move of moves) {
      const id = move.kind === 'pending' ? (ids[nth++] ?? `new${nth}`) : '';
      if (!copy.one(move, id)) return false;
    }
    Object.assign(this, copy);
    return true;
  }

  private one(move: Move, id: string): boolean {
    if (!Number.isSafeInteger(move.amount) || move.amount <= 0) return false;
    if ('pendingId' in move) return this.end(move);
    const { debit, credit, amount } = move;
    const [from, to] = [this.accounts.get(debit), this.accounts.get(credit)];
    if (from === undefined || to === undefined || from === to) return false;
    if (move.kind === 'pending') {
      if (debit === BANK_ID || from.posted - from.held < amount) return false;
      from.held += amount;
      to.incoming += amount;
      this.holds.set(id, { debit, credit, amount });
      return true;
    }
    if (debit !== BANK_ID && from.posted - from.held < amount) return false;
    from.posted -= amount;
    to.posted += amount;
    return true;
  }

  private end({ kind, pendingId, amount }: Move & { pendingId: string }): boolean {
    const hold = this.holds.get(pendingId);
    const from = this.accounts.get(hold?.debit ?? '');
    const to = this.accounts.get(hold?.credit ?? '');
    if (hold === undefined || from === undefined || to === undefined) return false;
    if (kind === 'post' ? amount > hold.amount : amount !== hold.amount) return false;
    const moved = kind === 'post' ? amount : 0;
    from.held -= hold.amount;
    to.incoming -= hold.amount;
    from.posted -= moved;
    to.posted += moved;
    this.holds.delete(pendingId);
    this.ended.push(pendingId);
    return true;
  }
}

/** Both say the same about everything, and the sums are what they always are. */
function same(model: Model, real: LedgerUnderTest): void {
  const sum = { posted: 0, held: 0, incoming: 0 };
  for (const [id, expected] of model.accounts) {
    const found = real.balance(id);
    assert.deepEqual(found, expected, id);
    sum.posted += found.posted;
    sum.held += found.held;
    sum.incoming += found.incoming;
    if (id !== BANK_ID) assert.ok(found.posted - found.held >= 0, `${id} is overdrawn`);
  }
  const open = [...model.holds].map(([id, h]) => [id, h.amount]);
  assert.deepEqual([...real.holds()].sort(), open.sort());
  const held = [...model.holds.values()].reduce((total, h) => total + h.amount, 0);
  assert.deepEqual(sum, { posted: 0, held, incoming: held });
}

type Command = fc.Command<Model, LedgerUnderTest>;
/** Numbers that become accounts and holds only when the command runs. */
interface Draft {
  what: 'posted' | 'pending' | 'post' | 'void' | 'expire';
  a: number;
  b: number;
  amount: number;
  /** What is wrong with it on purpose; most have nothing. */
  twist: 'no' | 'strange' | 'again' | 'too-much';
}

const pick = <T>(items: readonly T[], n: number): T | undefined => items[n % items.length];

function moveOf(model: Model, { what, a, b, amount, twist }: Draft): Move {
  if (what === 'posted' || what === 'pending') {
    const ids = [...model.accounts.keys()];
    const debit = twist === 'strange' ? 'nobody' : (pick(ids, a) ?? BANK_ID);
    const balance = model.accounts.get(debit);
    const least = (balance?.posted ?? 0) - (balance?.held ?? 0);
    const sum = twist === 'too-much' ? least + 1 : amount;
    return { kind: what, debit, credit: pick(ids, b) ?? BANK_ID, amount: sum };
  }
  const ids = twist === 'again' ? model.ended : [...model.holds.keys()];
  const pendingId = twist === 'strange' ? 'trf_000000000_9' : (pick(ids, a) ?? 'trf_000000000_8');
  const held = model.holds.get(pendingId)?.amount ?? amount;
  const part = twist === 'too-much' ? held + 1 : 1 + (amount % held);
  return { kind: what, pendingId, amount: what === 'post' || twist === 'too-much' ? part : held };
}

class Open implements Command {
  private readonly name: string;
  constructor(n: number) {
    this.name = `account${n}`;
  }
  check(model: Readonly<Model>): boolean {
    return !model.accounts.has(this.name);
  }
  run(model: Model, real: LedgerUnderTest): void {
    model.open(this.name);
    real.open(this.name);
    same(model, real);
  }
  toString(): string {
    return `open ${this.name}`;
  }
}

class Group implements Command {
  private readonly drafts: readonly Draft[];
  private tried = '';
  constructor(drafts: readonly Draft[]) {
    this.drafts = drafts;
  }
  check(): boolean {
    return true;
  }
  run(model: Model, real: LedgerUnderTest): void {
    const moves = this.drafts.map((draft) => moveOf(model, draft));
    this.tried = JSON.stringify(moves);
    const ids = real.apply(moves);
    assert.equal(model.apply(moves, ids ?? []), ids !== null, this.tried);
    same(model, real);
  }
  toString(): string {
    return `group ${this.tried}`;
  }
}

class Reopen implements Command {
  check(): boolean {
    return true;
  }
  run(model: Model, real: LedgerUnderTest): void {
    real.reopen();
    same(model, real);
  }
  toString(): string {
    return 'reopen';
  }
}

const amount = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 1_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, 1.5, NaN, Infinity, 2 ** 53, 2 ** 40) },
);
const draft: fc.Arbitrary<Draft> = fc.record({
  what: fc.constantFrom('posted', 'posted', 'pending', 'pending', 'post', 'void', 'expire'),
  a: fc.nat(50),
  b: fc.nat(50),
  amount,
  twist: fc.constantFrom('no', 'no', 'no', 'no', 'no', 'no', 'strange', 'again', 'too-much'),
});
/** The bank pays out: else nobody ever has anything. */
const issue: fc.Arbitrary<Draft> = fc.record({
  what: fc.constant('posted'),
  a: fc.constant(0),
  b: fc.nat(50),
  amount: fc.integer({ min: 100, max: 100_000 }),
  twist: fc.constant('no'),
});

/** Random commands; run them with `fc.modelRun(() => ({ model: new Model(), real }), commands)`. */
export function ledgerCommands(
  size: 'small' | 'medium' = 'medium',
): fc.Arbitrary<Iterable<Command>> {
  return fc.commands(
    [
      fc.nat(8).map((n) => new Open(n)),
      fc.array(issue, { minLength: 1, maxLength: 3 }).map((d) => new Group(d)),
      fc.array(draft, { minLength: 1, maxLength: 1 }).map((d) => new Group(d)),
      fc.array(draft, { minLength: 1, maxLength: 5 }).map((d) => new Group(d)),
      fc.constant(new Reopen()),
    ],
    { size },
  );
}

/** Runs random commands against fresh ledgers; throws with the shortest sequence that differs. */
export function compareWithModel(make: () => LedgerUnderTest, runs: number): void {
  fc.assert(
    fc.property(ledgerCommands(), (commands) => {
      fc.modelRun(() => ({ model: new Model(), real: make() }), commands);
    }),
    { numRuns: runs },
  );
}
