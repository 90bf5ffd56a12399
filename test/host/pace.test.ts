// Goal: the loop turns when there is a reason and not otherwise; a full disk stops it until there
// is room, and an error stops it for good. Method: the pace over a loop that only counts, with
// node's own timers and its clock replaced by the test's. Check: how often it turned, who was told,
// and what is left armed.
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { type Clock, manualClock } from '../../core/host/clock.ts';
import type { Loop } from '../../core/host/loop.ts';
import { createPace, type Pace } from '../../core/host/pace.ts';

interface Rig {
  pace: Pace;
  turns: number;
  wakes: number;
  waiting: number;
  dueAt: number | null;
  wakeAt: number | null;
  space: boolean;
  told: boolean[];
  errors: unknown[];
  onTurn: () => void;
  clock: Clock;
}

function rig(t: TestContext, mode: 'real' | 'manual' = 'real'): Rig {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate', 'Date'], now: 1000 });
  const clock: Clock = { ...manualClock(1000), mode, now: () => Date.now() };
  const r: Omit<Rig, 'pace'> & { pace?: Pace } = {
    ...{ turns: 0, wakes: 0, waiting: 0, dueAt: null, wakeAt: null, space: false },
    ...{ told: [], errors: [], onTurn: () => {}, clock },
  };
  const loop = {
    turn: () => {
      r.turns++;
      r.waiting = Math.max(0, r.waiting - 1);
      r.onTurn();
      return false;
    },
    waiting: () => r.waiting,
    nextDueAt: () => r.dueAt,
  } as Loop;
  r.pace = createPace({
    loop,
    clock,
    wake: () => void r.wakes++,
    nextWakeAt: () => r.wakeAt,
    hasSpace: () => r.space,
    storage: (full) => void r.told.push(full),
    fatal: (e) => void r.errors.push(e),
  });
  return r as Rig;
}

suite('the pace', () => {
  test('turns once for any number of stirs, and again while something waits', (t) => {
    const r = rig(t);
    for (let i = 0; i < 5; i++) r.pace.stir();
    assert.equal(r.turns, 0, 'not within the caller');
    t.mock.timers.tick(0);
    assert.equal(r.turns, 1);
    r.waiting = 3;
    r.pace.stir();
    for (let i = 0; i < 5; i++) t.mock.timers.tick(0);
    assert.equal(r.turns, 4);
  });

  test('turns by itself when something is due, the market’s or a delegate’s', (t) => {
    const r = rig(t);
    [r.dueAt, r.wakeAt] = [1500, 1200];
    r.pace.stir();
    t.mock.timers.tick(0);
    t.mock.timers.tick(199);
    assert.deepEqual([r.turns, r.wakes], [1, 0]);
    r.wakeAt = null;
    t.mock.timers.tick(1);
    assert.deepEqual([r.turns, r.wakes], [2, 1]);
    r.dueAt = null;
    t.mock.timers.tick(10_000);
    assert.equal(r.turns, 3, 'the market’s, at 1500, and then nothing');
  });

  test('on a manual clock waits until it is moved', (t) => {
    const r = rig(t, 'manual');
    r.dueAt = 1500;
    r.pace.stir();
    t.mock.timers.tick(0);
    t.mock.timers.tick(499);
    assert.equal(r.turns, 1);
  });

  test('stands still on a full disk, looks for room, and goes on', (t) => {
    const r = rig(t);
    r.waiting = 2;
    r.onTurn = () => r.pace.halt();
    r.pace.stir();
    t.mock.timers.tick(0);
    r.pace.halt();
    r.onTurn = () => {};
    for (let i = 0; i < 5; i++) {
      r.pace.stir();
      t.mock.timers.tick(700);
    }
    assert.deepEqual([r.turns, r.pace.halted(), r.told], [1, true, [true]], 'told once');
    r.space = true;
    t.mock.timers.tick(1000);
    t.mock.timers.tick(0);
    assert.deepEqual([r.turns > 1, r.pace.halted(), r.told], [true, false, [true, false]]);
  });

  test('an error ends it, and is told once', (t) => {
    const r = rig(t);
    const error = new Error('the disk has failed');
    r.onTurn = () => {
      throw error;
    };
    r.dueAt = 1001;
    r.pace.stir();
    for (let i = 0; i < 5; i++) t.mock.timers.tick(10);
    r.pace.stir();
    t.mock.timers.tick(10);
    assert.deepEqual([r.turns, r.errors], [1, [error]]);
  });

  test('stopping finishes what waits and leaves nothing armed', (t) => {
    const r = rig(t);
    r.waiting = 3;
    r.dueAt = 2000;
    r.pace.stop();
    assert.equal(r.turns, 3);
    r.pace.stir();
    t.mock.timers.tick(100_000);
    assert.equal(r.turns, 3);
  });
});
