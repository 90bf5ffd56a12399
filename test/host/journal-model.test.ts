// Goal: the ledger in SQLite is the ledger that a page of arithmetic describes. Method: random
// groups of moves, legal and not, go to the model and through the engine into the journal's file;
// in between the file is closed, or left as by a kill, or given a snapshot, and opened again.
// Check: after each command all balances and open holds agree, as summed from the transfer rows; at
// each opening also the account table, the trial balance and the chain, read without our code. Then
// the same on ledgers with a planted fault: each is found. A failing seed is printed by fast-check.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, suite, test } from 'node:test';
import { compareWithModel, type LedgerUnderTest } from '../engine/model.ts';
import { SqliteLedger } from './sqlite-ledger.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-model-'));
after(() => fs.rmSync(root, { recursive: true, force: true }));
let made = 0;
let last: SqliteLedger | null = null;

/** One ledger at a time: the former is closed and its files are removed. */
function fresh(): SqliteLedger {
  close();
  last = new SqliteLedger(path.join(root, `${++made}`));
  return last;
}

function close(): void {
  last?.close();
  last = null;
  for (const name of fs.readdirSync(root)) fs.rmSync(path.join(root, name), { recursive: true });
}
afterEach(close);

test('the ledger on disk is the ledger that the model describes', () => {
  compareWithModel(fresh, 120);
});

type Fault = (inner: SqliteLedger) => Partial<LedgerUnderTest>;

const FAULTS: Record<string, Fault> = {
  'a transfer is dropped': (inner) => ({
    apply: (moves) => (moves.length < 2 ? inner.apply(moves) : inner.apply(moves.slice(0, -1))),
  }),
  'a group is posted twice': (inner) => ({
    apply(moves) {
      const ids = inner.apply(moves);
      if (ids !== null && moves.every((m) => m.kind === 'posted')) inner.apply(moves);
      return ids;
    },
  }),
  'a void is forgotten': (inner) => ({
    apply(moves) {
      const rest = moves.filter((m) => m.kind !== 'void');
      return rest.length > 0 ? inner.apply(rest) : [];
    },
  }),
  'a restart loses the last transfer row': (inner) => ({
    reopen() {
      inner.reopen();
      inner.tamper(`DROP TRIGGER transfer_no_delete;
        DELETE FROM transfer WHERE kind = 'posted' AND (seq, n) =
          (SELECT seq, n FROM transfer ORDER BY seq DESC, n DESC LIMIT 1)`);
    },
  }),
  'a restart finds another amount': (inner) => ({
    reopen() {
      inner.reopen();
      inner.tamper(`DROP TRIGGER transfer_no_update;
        UPDATE transfer SET amount = amount + 1 WHERE kind = 'posted'`);
    },
  }),
  'a restart finds another balance': (inner) => ({
    reopen() {
      inner.reopen();
      inner.tamper('UPDATE account SET posted = posted + 1');
    },
  }),
};

suite('the model finds what is wrong with a ledger', () => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    test(name, () => {
      const make = (): LedgerUnderTest => {
        const inner = fresh();
        const plain: LedgerUnderTest = {
          open: (a) => inner.open(a),
          apply: (m) => inner.apply(m),
          balance: (a) => inner.balance(a),
          holds: () => inner.holds(),
          reopen: () => inner.reopen(),
        };
        return { ...plain, ...fault(inner) };
      };
      assert.throws(() => compareWithModel(make, 100), /Property failed/u);
    });
  }
});
