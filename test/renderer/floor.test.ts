// The floor's places: stable, deterministic, and never two nodes on one spot.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterOf, NO_FILTER, priceOf } from '../../renderer/floor/filter.ts';
import { bucketsOf, endedCalls, nearest, spanOf } from '../../renderer/floor/history.ts';
import { lineOf, metricsOf, rowsOf, sizeOf, stepFor, STEPS } from '../../renderer/floor/layout.ts';
import { createPlaces } from '../../renderer/floor/places.ts';
import { createPlanner, LEAVE_MS, type Plan, type PlanNode } from '../../renderer/floor/plan.ts';
import { slotHandle } from '../../renderer/floor/plan-edges.ts';
import { nextNode } from '../../renderer/floor/walk.ts';
import { createModel, foldPatch, foldSnapshot, type Model } from '../../renderer/mirror/model.ts';
import { createFakeMarket } from '../app/renderer/fake-market.ts';
import { agent, agentId, call, callId, cr, lease, proposed, refused } from './records.ts';
import { resource, snapshot, T0 } from './records.ts';

function modelOf(more: Parameters<typeof snapshot>[0] = {}): Model {
  const model = createModel();
  foldSnapshot(model, snapshot(more));
  return model;
}
const keysOf = (plan: Plan): string[] => plan.nodes.map(({ key }) => key).toSorted();
const at = (plan: Plan, key: string): PlanNode | undefined =>
  plan.nodes.find((node) => node.key === key);

test('places: taken for life, the next free one for the next', () => {
  const places = createPlaces(3);
  const first = ['a', 'b', 'c', 'd'].map((key) => places.take(key, 1));
  assert.deepEqual(
    first.map(({ column, row }) => [column, row]),
    [
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
    ],
  );
  places.free('b');
  assert.equal(places.take('a', 1), first[0]);
  const { column, row } = places.take('e', 1);
  assert.deepEqual([column, row], [0, 1]);
});

test('places: near a row, then around it, and below when all columns are full', () => {
  const places = createPlaces(3, 1);
  const rows = ['a', 'b', 'c', 'd'].map((key) => places.take(key, 1, 1).row);
  assert.deepEqual(rows, [1, 0, 2, 3]);
});

test('places: tall ones never overlap others', () => {
  const places = createPlaces(6);
  const spots = [3, 1, 2, 4, 1].map((rows, i) => ({ rows, ...places.take(`k${i}`, rows, 2) }));
  const cells = spots.flatMap(({ rows, column, row }) =>
    Array.from({ length: rows }, (_, i) => `${column}:${row + i}`),
  );
  assert.equal(new Set(cells).size, cells.length);
});

test('a step never shrinks, and every node fits its rows', () => {
  assert.equal(stepFor(8), 0);
  assert.equal(stepFor(12), 1);
  assert.equal(stepFor(12, 3), 3);
  assert.equal(stepFor(100_000), STEPS.length - 1);
  for (const step of STEPS) {
    for (const slots of [[], [1], [0, 2, 16, 40]]) {
      const lines = slots.map((n, i) => lineOf(step, `r${i}`, n));
      const size = sizeOf(step, 'contractor', lines);
      const { cell } = metricsOf(step.dense);
      assert.ok(rowsOf(step, size) * cell >= size.height, `${slots} slots`);
    }
  }
});

test('managers left, calls between, contractors right, with the edges that the states ask for', () => {
  const model = modelOf({
    calls: [
      call(1, { dialogues: [proposed(9, 5)] }),
      call(2, { dialogues: [refused(9, 'busy')] }),
      call(3, { state: 'awarded', leaseId: lease(3).id, dialogues: [proposed(9, 5)] }),
    ],
    leases: [lease(3)],
  });
  const plan = createPlanner().plan(model, NO_FILTER, T0);
  assert.deepEqual(plan.counts, { manager: 1, call: 3, contractor: 1 });
  const x = (key: string): number => at(plan, key)?.x ?? NaN;
  assert.ok(x(`m:${agentId(1)}`) < x(`k:${callId(1)}`));
  assert.ok(x(`k:${callId(1)}`) < x(`c:${agentId(9)}`));
  const kinds = plan.edges.map(({ kind, callId: id }) => `${kind} ${id.at(-1)}`).toSorted();
  assert.deepEqual(kinds, ['award 3', 'bid 1', 'bid 2', 'call 1', 'call 2', 'call 3']);
  const award = plan.edges.find(({ kind }) => kind === 'award');
  assert.equal(award?.toHandle, slotHandle(resource(1).id, 0));
});

test('an offer stands below its seller, and the bids come from the left', () => {
  const lot = { resourceId: resource(1).id, kind: 'cpu', model: null } as const;
  const offer = { ...lot, count: 1, durationMs: 5_000 };
  const seller = { direction: 'offer', managerId: agentId(9), need: null } as const;
  const dialogues = [proposed(1, 5)];
  const model = modelOf({ calls: [call(1, { ...seller, offer, dialogues })] });
  const plan = createPlanner().plan(model, NO_FILTER, T0);
  const ends = plan.edges.map(({ kind, from, to }) => [kind, from.slice(0, 2), to.slice(0, 2)]);
  assert.deepEqual(ends.toSorted(), [
    ['bid', 'm:', 'k:'],
    ['call', 'c:', 'k:'],
  ]);
  const [owner, below] = [at(plan, `c:${agentId(9)}`), at(plan, `k:${callId(1)}`)];
  assert.ok(owner && below && below.x > owner.x && below.y >= owner.y + owner.height);
});

test('of the newest sale every bid is seen, of older ones only the one that won', () => {
  const lot = { resourceId: resource(1).id, kind: 'cpu', model: null } as const;
  const seller = { direction: 'offer', managerId: agentId(9), need: null } as const;
  const offer = { ...lot, count: 1, durationMs: 5_000 };
  const sale = (n: number) =>
    call(n, {
      ...{ ...seller, offer, state: 'awarded', endedAt: T0 + n, openedAt: T0 + n },
      dialogues: [accepted(proposed(1, 5)), proposed(2, 4)],
    });
  const model = modelOf({ agents: [1, 2, 9].map((n) => agent(n)), calls: [sale(1), sale(2)] });
  const plan = createPlanner().plan(model, NO_FILTER, T0 + 10);
  const bids = plan.edges.filter(({ kind }) => kind === 'bid');
  assert.deepEqual(
    bids.map(({ callId: id, agentId: by, spoken }) => [id, by, spoken]),
    [
      [callId(1), agentId(1), false],
      [callId(2), agentId(1), true],
      [callId(2), agentId(2), true],
    ],
  );
});
const accepted = (one: ReturnType<typeof proposed>): ReturnType<typeof proposed> => ({
  ...one,
  proposal: one.proposal && { ...one.proposal, state: 'accepted' },
});

test('the room of a floor grows and never shrinks, so that the view stands still', () => {
  const calls = Array.from({ length: 12 }, (_, i) => call(i + 1));
  const model = modelOf({ calls });
  const planner = createPlanner();
  const before = planner.plan(model, NO_FILTER, T0).box;
  const ended = calls.map((one) => ({ ...one, state: 'unawarded' as const, endedAt: T0 }));
  foldPatch(model, { ...snapshot(), from: 10, seq: 11, calls: ended });
  const after = planner.plan(model, NO_FILTER, T0 + 60_000);
  assert.equal(after.counts.call, 0);
  assert.deepEqual(after.box, before);
});

test('an ended call is seen leaving for a moment, then only the ribbon has it', () => {
  const ended = call(1, { state: 'unawarded', why: 'no-proposals', endedAt: T0 + 2_000 });
  const model = modelOf({ calls: [ended] });
  const planner = createPlanner();
  const key = `k:${callId(1)}`;
  assert.equal(at(planner.plan(model, NO_FILTER, T0 + 2_100), key)?.leaving, true);
  assert.equal(at(planner.plan(model, NO_FILTER, T0 + 2_000 + LEAVE_MS + 1), key), undefined);
  assert.deepEqual(
    endedCalls(model, T0 + 10_000).map(({ id }) => id),
    [callId(1)],
  );
});

test('an awarded call stays while its lease runs', () => {
  const model = modelOf({
    calls: [call(1, { state: 'awarded', leaseId: lease(1).id, endedAt: T0 + 2_000 })],
    leases: [lease(1)],
  });
  const plan = createPlanner().plan(model, NO_FILTER, T0 + 20_000);
  assert.equal(at(plan, `k:${callId(1)}`)?.leaving, false);
});

test('a node keeps its place while a busy market goes on, and nothing overlaps', () => {
  const market = createFakeMarket({ agents: 60, seed: 3, now: T0, callsPerS: 4, kept: 100 });
  const model = createModel();
  foldSnapshot(model, market.snapshot());
  const planner = createPlanner();
  const seen = new Map<string, string>();
  const steps = new Set<unknown>();
  for (let i = 1; i <= 200; i++) {
    market.step(T0 + i * 200);
    const next = market.patch();
    if (next) assert.ok(foldPatch(model, next));
    const plan = planner.plan(model, NO_FILTER, T0 + i * 200);
    const present = new Set<string>();
    if (!steps.has(plan.step)) seen.clear(); // the floor has grown: the one time that all move
    steps.add(plan.step);
    for (const { key, x, y, role } of plan.nodes) {
      const spot = `${x},${y}`;
      if (seen.has(key)) assert.equal(seen.get(key), spot, `${key} moved`);
      seen.set(key, spot);
      assert.ok(!present.has(`${role} ${spot}`), `two nodes at ${spot}`);
      present.add(`${role} ${spot}`);
    }
    for (const key of seen.keys()) if (!at(plan, key)) seen.delete(key);
  }
  assert.ok(steps.size <= 2, `${steps.size} layouts in 40 s`);
});

test('the same market is laid out the same way twice', () => {
  const draw = (): Plan => {
    const market = createFakeMarket({ agents: 40, seed: 5, now: T0, callsPerS: 3, kept: 100 });
    const model = createModel();
    foldSnapshot(model, market.snapshot());
    return createPlanner().plan(model, NO_FILTER, T0);
  };
  assert.deepEqual(draw(), draw());
});

test('nodes and edges that did not change keep their identity', () => {
  const model = modelOf({ calls: [call(1, { dialogues: [proposed(9, 5)] })] });
  const planner = createPlanner();
  const before = planner.plan(model, NO_FILTER, T0);
  foldPatch(model, { ...snapshot(), from: 10, seq: 11, calls: [call(2)] });
  const after = planner.plan(model, NO_FILTER, T0);
  for (const node of before.nodes) assert.ok(after.nodes.includes(node), node.key);
  for (const edge of before.edges) assert.ok(after.edges.includes(edge), edge.key);
});

test('a filter hides, and what comes back stands where it stood', () => {
  const model = modelOf({
    agents: [agent(1), agent(2, { project: 'reports' }), agent(9, { kind: 'machine' })],
    calls: [call(1), call(2, { managerId: agentId(2), project: 'reports', limitPrice: cr(3) })],
  });
  const planner = createPlanner();
  const all = planner.plan(model, NO_FILTER, T0);
  const only = (params: Record<string, string>): string[] =>
    keysOf(planner.plan(model, filterOf(params), T0)).filter((key) => key.startsWith('k:'));
  assert.deepEqual(only({ project: 'reports' }), [`k:${callId(2)}`]);
  assert.deepEqual(only({ agent: 'agent-1' }), [`k:${callId(1)}`]);
  assert.deepEqual(only({ kind: 'gpu' }), []);
  assert.deepEqual(only({ state: 'live' }), [`k:${callId(1)}`, `k:${callId(2)}`]);
  assert.deepEqual(only({ to: '4' }), [`k:${callId(2)}`]);
  assert.deepEqual(only({ from: '4' }), [`k:${callId(1)}`]);
  assert.deepEqual(planner.plan(model, NO_FILTER, T0).nodes, all.nodes);
});

test('only what is stuck: all refused, or time is up', () => {
  const model = modelOf({
    calls: [
      call(1, { dialogues: [refused(9, 'busy')] }),
      call(2, { dialogues: [proposed(9, 5)] }),
      call(3, { state: 'deciding' }),
    ],
  });
  const plan = createPlanner().plan(model, filterOf({ stuck: '1' }), T0 + 100);
  const calls = keysOf(plan).filter((key) => key.startsWith('k:'));
  assert.deepEqual(calls, [`k:${callId(1)}`, `k:${callId(3)}`]);
});

test('the price of a call: agreed, else best proposed, else its limit', () => {
  const open = call(1, { dialogues: [proposed(2, 7), proposed(3, 5)] });
  assert.equal(priceOf(call(1), undefined), cr(12.5));
  assert.equal(priceOf(open, undefined), cr(5));
  assert.equal(priceOf({ ...open, direction: 'offer' }, undefined), cr(7));
  assert.equal(priceOf(open, lease(1)), cr(8.2));
});

test('two thousand agents are planned within a frame or two', (t) => {
  const market = createFakeMarket({ agents: 2_000, seed: 1, now: T0, callsPerS: 80, kept: 2_000 });
  const model = createModel();
  foldSnapshot(model, market.snapshot());
  const planner = createPlanner();
  planner.plan(model, NO_FILTER, T0);
  const startedAt = performance.now();
  const plan = planner.plan(model, NO_FILTER, T0 + 250);
  t.diagnostic(`${plan.nodes.length} nodes in ${(performance.now() - startedAt).toFixed(1)} ms`);
  assert.ok(plan.nodes.length > 2_000);
});

test('the ribbon: nearest end, whole minutes, one bar for each stretch', () => {
  const ended = [10, 20, 50].map((s, i) => ({ id: callId(i), at: T0 + s * 1000, won: i !== 1 }));
  assert.equal(nearest(ended, T0 + 22_000), 1);
  assert.equal(nearest([], T0), -1);
  assert.equal(spanOf(ended, T0 + 65_000), 60_000);
  assert.equal(spanOf(ended, T0 + 75_000), 120_000);
  const buckets = bucketsOf(ended, T0 + 60_000, 60_000, 6);
  assert.deepEqual(
    buckets.map(({ won, lost }) => `${won}${lost}`),
    ['00', '10', '01', '00', '00', '10'],
  );
});

test('arrow keys go to the nearest node in that direction', () => {
  const node = (key: string, x: number, y: number): PlanNode => ({
    key,
    role: 'call',
    id: key,
    x,
    y,
    width: 10,
    height: 10,
    column: 0,
    lines: [],
    hidden: 0,
    leaving: false,
  });
  const [a, b, c, d] = [node('a', 0, 0), node('b', 100, 0), node('c', 0, 50), node('d', 100, 60)];
  const nodes = [a, b, c, d] as PlanNode[];
  assert.equal(nextNode(nodes, undefined, [1, 0])?.key, 'a');
  assert.equal(nextNode(nodes, a, [1, 0])?.key, 'b');
  assert.equal(nextNode(nodes, a, [0, 1])?.key, 'c');
  assert.equal(nextNode(nodes, d, [-1, 0])?.key, 'c');
  assert.equal(nextNode(nodes, a, [-1, 0]), undefined);
});
