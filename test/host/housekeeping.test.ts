// Snapshots hold the market up, so they wait for a quiet moment. Method: the house is kept for a
// made-up market on mocked timers. Check: when a snapshot is taken and when not.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { keepHouse } from '../../core/host/housekeeping.ts';

type Parts = Parameters<typeof keepHouse>[0];

function house(t: TestContext): {
  /** Half a second in which that many events happened. */
  pass(events: number): void;
  state: { due: boolean; waiting: number; full: boolean; seq: number };
  taken: number[];
} {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const state = { due: true, waiting: 0, full: false, seq: 0 };
  const taken: number[] = [];
  const loop = { market: () => ({ seq: state.seq }), waiting: () => state.waiting, head: () => '' };
  const parts = {
    journal: {
      verifyMore: () => false,
      snapshotDue: () => state.due,
      snapshot: () => taken.push(state.seq),
    },
    core: { loop, storageFull: () => state.full },
    clock: { now: () => 0 },
    screens: { count: () => 0 },
  };
  const { stop } = keepHouse(parts as unknown as Parts);
  t.after(stop);
  const pass = (events: number): void => {
    state.seq += events;
    t.mock.timers.tick(500);
  };
  return { pass, state, taken };
}

test('a snapshot is taken when one is due and little happens', (t) => {
  const { pass, state, taken } = house(t);
  pass(5_000);
  assert.deepEqual(taken, [], 'too much is going on');
  state.waiting = 3;
  pass(0);
  assert.deepEqual(taken, [], 'somebody waits');
  state.waiting = 0;
  state.due = false;
  pass(10);
  assert.deepEqual(taken, [], 'none is due');
  state.due = true;
  state.full = true;
  pass(10);
  assert.deepEqual(taken, [], 'the disk is full');
  state.full = false;
  pass(10);
  assert.deepEqual(taken, [5_030]);
});
