// Goal: the figures of the starter swarm say what happened, and what is kept for them does not
// grow. Method: made-up events of one member. Check: waits of tasks that were served, cancelled,
// dropped and still open, by hand; a thousand dropped tasks leave nothing behind.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Event } from '../../core/engine/market/events.ts';
import type { Market } from '../../core/engine/market/state.ts';
import { DemoWatch } from '../../core/host/demo-watch.ts';

type Parts = { type: string; at: number } & Record<string, unknown>;

/** A watch of one member, and the conversations it can look up. */
function watched(): { watch: DemoWatch; note: (parts: Parts) => void } {
  const conversations = new Map<string, { managerId: string; task: { title: string } }>();
  const market = { conversations, leases: new Map() } as unknown as Market;
  const members = new Map([['agt_1', { name: 'Executive report', priority: 9 }]]);
  const watch = new DemoWatch(() => market, members);
  const note = (parts: Parts): void => {
    if (parts.type === 'cfp-opened') {
      const task = parts.task as { title: string };
      conversations.set(parts.cfpId as string, { managerId: parts.managerId as string, task });
    }
    watch.note(parts as unknown as Event);
  };
  return { watch, note };
}
const opened = (cfpId: string, title: string, at: number): Parts => {
  return { type: 'cfp-opened', at, cfpId, managerId: 'agt_1', task: { title } };
};
const awarded = (cfpId: string, at: number): Parts => {
  return { type: 'awarded', at, cfpId, needId: null, managerId: 'agt_1', claim: { from: at } };
};
const ended = (cfpId: string, state: string, at: number): Parts => {
  return { type: 'call-ended', at, cfpId, state };
};
const waitOf = (watch: DemoWatch, now: number): number | null | undefined =>
  watch.figures(now).byAgent[0]?.meanWaitMs;

suite('what the swarm waited for', () => {
  test('counts from the first call to the lease, over calls that got nothing', () => {
    const { watch, note } = watched();
    note(opened('cfp_1', 'report 1', 1_000));
    note(ended('cfp_1', 'unawarded', 3_000));
    note(opened('cfp_2', 'report 1', 3_500));
    note(awarded('cfp_2', 5_000));
    assert.equal(waitOf(watch, 90_000), 4_000);
    assert.equal(watch.figures(90_000).byAgent[0]?.awards, 1);
  });

  test('runs on while a call is open, and stops where a task is given up', () => {
    const { watch, note } = watched();
    note(opened('cfp_1', 'report 1', 1_000));
    assert.equal(waitOf(watch, 2_500), 1_500, 'to now');
    note(ended('cfp_1', 'cancelled', 4_000));
    assert.equal(waitOf(watch, 90_000), 3_000, 'to its end');
    note(opened('cfp_2', 'report 2', 100_000));
    note(ended('cfp_2', 'unawarded', 101_000));
    assert.equal(waitOf(watch, 101_000), 2_000);
    assert.equal(waitOf(watch, 500_000), 2_000, 'dropped: it does not wait for ever');
    note(opened('cfp_3', 'report 2', 600_000));
    assert.equal(waitOf(watch, 600_500), 1_500, 'a later task of that name is another one');
  });

  test('nothing grows: a thousand dropped tasks are one sum', () => {
    const { watch, note } = watched();
    for (let i = 0; i < 1_000; i++) {
      note(opened(`cfp_${i}`, `report ${i}`, i * 20_000));
      note(ended(`cfp_${i}`, 'unawarded', i * 20_000 + 700));
    }
    const kept = JSON.stringify([...Object.values(watch)].map(sizes));
    assert.equal(waitOf(watch, 10 ** 9), 700);
    assert.ok(kept.length < 1_000, kept);
  });
});

/** How much each map in there holds, all the way down. */
function sizes(value: unknown): unknown {
  if (value instanceof Map) return [value.size, [...value.values()].map(sizes)];
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).map(sizes);
}
