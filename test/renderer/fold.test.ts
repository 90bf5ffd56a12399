// The mirror is a fold: snapshot, then patches that each continue where the last one ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMirror, type Mirror } from '../../renderer/mirror/market-store.ts';
import { createModel, foldPatch, foldSnapshot, keyOf } from '../../renderer/mirror/model.ts';
import { createTelemetry } from '../../renderer/mirror/telemetry.ts';
import type { HostInfo, Telemetry } from '../../core/contract.ts';
import { agent, agentId, call, callId, cr, lease, patch, snapshot } from './records.ts';

const info: HostInfo = { version: '1', dataDir: '/d', url: 'u', clock: 'real', readOnly: false };
const demo = { running: false, startedAt: null };
const first = () => ({ kind: 'snapshot', snapshot: snapshot(), info, demo }) as const;

/** A mirror whose frames come when the test says so. */
function started(): { mirror: Mirror; frame: () => void } {
  const frames: (() => void)[] = [];
  const mirror = createMirror((run) => frames.push(run));
  mirror.fold(first());
  return { mirror, frame: () => frames.splice(0).forEach((run) => run()) };
}

test('a patch replaces whole records by id and adds new ones', () => {
  const model = createModel();
  foldSnapshot(model, snapshot());
  const richer = agent(1, { posted: cr(150) });
  assert.equal(foldPatch(model, patch(10, 12, { agents: [richer], calls: [call(3)] })), true);
  assert.equal(model.seq, 12);
  assert.equal(model.agents.get(agentId(1)), richer);
  assert.equal(model.agents.size, 2);
  assert.deepEqual([...model.calls.keys()], [callId(3)]);
});

test('a patch that does not continue from here changes nothing', () => {
  const model = createModel();
  foldSnapshot(model, snapshot());
  assert.equal(foldPatch(model, patch(11, 12, { calls: [call(3)] })), false);
  assert.equal(model.seq, 10);
  assert.equal(model.calls.size, 0);
});

test('what is gone leaves, whether call or lease', () => {
  const model = createModel();
  foldSnapshot(model, snapshot({ calls: [call(3), call(4)], leases: [lease(3)] }));
  foldPatch(model, patch(10, 11, { gone: [callId(3), lease(3).id] }));
  assert.deepEqual([...model.calls.keys()], [callId(4)]);
  assert.equal(model.leases.size, 0);
});

test('revisions grow only for the kinds that changed', () => {
  const model = createModel();
  foldSnapshot(model, snapshot());
  const before = { ...model.rev };
  foldPatch(model, patch(10, 11, { calls: [call(3)] }));
  assert.deepEqual(model.rev, { ...before, calls: before.calls + 1 });
});

test('an agent keeps its place in the order of arrival, so its colour', () => {
  const model = createModel();
  foldSnapshot(model, snapshot({ agents: [agent(7), agent(2), agent(5)] }));
  assert.deepEqual(
    [2, 5, 7].map((n) => model.ordinals.get(agentId(n))),
    [0, 1, 2],
  );
  foldPatch(model, patch(10, 11, { agents: [agent(5, { held: cr(1) }), agent(8)] }));
  assert.equal(model.ordinals.get(agentId(5)), 1);
  assert.equal(model.ordinals.get(agentId(8)), 3);
});

test('a folded patch is acknowledged with the seq it reached', () => {
  const { mirror } = started();
  const answer = mirror.fold({ kind: 'patch', patch: patch(10, 14) });
  assert.deepEqual(answer, { kind: 'ack', seq: 14 });
});

test('a gap is answered by one resync, until a snapshot comes', () => {
  const { mirror } = started();
  assert.deepEqual(mirror.fold({ kind: 'patch', patch: patch(20, 21) }), { kind: 'resync' });
  assert.equal(mirror.fold({ kind: 'patch', patch: patch(21, 22) }), null);
  assert.deepEqual(mirror.fold(first()), { kind: 'ack', seq: 10 });
  assert.deepEqual(mirror.fold({ kind: 'patch', patch: patch(10, 11) }), { kind: 'ack', seq: 11 });
});

test('many patches in one frame are told once', () => {
  const { mirror, frame } = started();
  let told = 0;
  mirror.store.subscribe(() => (told += 1));
  for (let seq = 11; seq <= 40; seq++) mirror.fold({ kind: 'patch', patch: patch(seq - 1, seq) });
  assert.equal(told, 0);
  frame();
  assert.equal(told, 1);
  assert.equal(mirror.store.getState().seq, 40);
});

test('a listener of one record hears of that record only', () => {
  const { mirror, frame } = started();
  const heard: string[] = [];
  mirror.bus.subscribe(keyOf('agents', agentId(1)), () => heard.push('one'));
  const stop = mirror.bus.subscribe(keyOf('agents', agentId(9)), () => heard.push('nine'));
  mirror.fold({ kind: 'patch', patch: patch(10, 11, { agents: [agent(1)] }) });
  frame();
  assert.deepEqual(heard, ['one']);
  stop();
  mirror.fold({ kind: 'patch', patch: patch(11, 12, { agents: [agent(9)] }) });
  frame();
  assert.deepEqual(heard, ['one']);
});

test('everybody hears of a snapshot, for any record may be another', () => {
  const { mirror } = started();
  let heard = 0;
  mirror.bus.subscribe(keyOf('calls', callId(1)), () => (heard += 1));
  mirror.fold(first());
  assert.equal(heard, 1);
});

test('of the readings of one frame only the newest is kept', () => {
  const frames: (() => void)[] = [];
  const telemetry = createTelemetry((run) => frames.push(run));
  for (const at of [1, 2, 3]) telemetry.take({ at } as Telemetry);
  for (const run of frames) run();
  assert.equal(frames.length, 1);
  assert.deepEqual(
    telemetry.store.getState().history.map(({ at }) => at),
    [3],
  );
});
