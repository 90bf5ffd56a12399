// Goal: a screen always shows a state that was, at its own pace, and a slow one costs the host
// nothing. Method: screens of a small market with node's timers in the test's hands; some answer at
// once, one never does, some talk nonsense. Check: a snapshot first, then one patch at a time that
// goes on from what was acknowledged and holds all that happened meanwhile.
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { createScreens, parseScreen, type ScreenLink } from '../../core/host/screens.ts';
import type { Event } from '../../core/engine/market/events.ts';
import type { Batch } from '../../core/host/loop.ts';
import type { Gateway } from '../../core/host/gateway/gateway.ts';
import type { Services } from '../../core/host/gateway/services.ts';
import { Table } from '../engine/kit.ts';

const FRAME_MS = 16;

interface Sent {
  kind: string;
  snapshot?: { seq: number };
  patch?: { from: number; seq: number };
  status?: number;
}

function stage(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const table = new Table().people('ann bob');
  const gateway = {
    handle: (request: { url: string }, answer: (a: object) => void): void =>
      answer({ status: 200, type: 'application/json', body: JSON.stringify({ at: request.url }) }),
  } as unknown as Gateway;
  const services = { info: {}, demoState: () => ({ running: false }) } as unknown as Services;
  const parts = { market: () => table.m, head: () => 'f'.repeat(64), gateway, services };
  const screens = createScreens(parts);
  let told = table.events.length;

  /** What the market did since the last time, as one commit. */
  function commit(): void {
    const entries = table.events.slice(told).map((event: Event) => ({ event, text: '', head: '' }));
    told = table.events.length;
    screens.committed({ entries, replies: [], forgotten: [], notes: [] } satisfies Batch);
  }

  function connect(): { sent: Sent[]; link: ScreenLink } {
    const sent: Sent[] = [];
    return { sent, link: screens.connect((m) => void sent.push(m as unknown as Sent)) };
  }
  return { table, screens, commit, connect, frame: () => t.mock.timers.tick(FRAME_MS) };
}

suite('a screen', () => {
  test('gets a snapshot, and nothing more before it has folded that', (t) => {
    const { table, commit, connect, frame } = stage(t);
    const { sent, link } = connect();
    const { seq } = table.m;
    for (let i = 0; i < 3; i++) {
      table.people(`new${i}`);
      commit();
      frame();
    }
    assert.deepEqual(
      sent.map((m) => m.kind),
      ['snapshot'],
    );
    assert.equal(sent[0]?.snapshot?.seq, seq);
    link.receive({ kind: 'ack', seq });
    frame();
    assert.deepEqual(
      sent.map((m) => m.kind),
      ['snapshot', 'patch'],
    );
    assert.deepEqual([sent[1]?.patch?.from, sent[1]?.patch?.seq], [seq, table.m.seq]);
  });

  test('gets at most one patch a frame, each from where the one before ended', (t) => {
    const { table, commit, connect, frame } = stage(t);
    const { sent, link } = connect();
    link.receive({ kind: 'ack', seq: table.m.seq });
    for (let i = 0; i < 10; i++) {
      for (let n = 0; n < 4; n++) {
        table.people(`p${i}${n}`, 0);
        commit();
      }
      frame();
      link.receive({ kind: 'ack', seq: table.m.seq });
    }
    const patches = sent.flatMap((m) => m.patch ?? []);
    assert.equal(patches.length, 10);
    for (let i = 1; i < 10; i++) assert.equal(patches[i]?.from, patches[i - 1]?.seq);
    assert.equal(patches.at(-1)?.seq, table.m.seq);
  });

  test('that never answers is sent no second patch, and holds nobody up', (t) => {
    const { table, screens, commit, connect, frame } = stage(t);
    const [slow, quick] = [connect(), connect()];
    quick.link.receive({ kind: 'ack', seq: 0 });
    for (let i = 0; i < 50; i++) {
      table.people(`p${i}`, 0);
      commit();
      frame();
      quick.link.receive({ kind: 'ack', seq: 0 });
    }
    assert.deepEqual([slow.sent.length, quick.sent.length, screens.count()], [1, 51, 2]);
  });

  test('that has lost the thread gets a fresh snapshot', (t) => {
    const { table, commit, connect, frame } = stage(t);
    const { sent, link } = connect();
    table.people('late');
    commit();
    link.receive({ kind: 'resync' });
    frame();
    assert.deepEqual(
      sent.map((m) => m.kind),
      ['snapshot', 'snapshot'],
    );
    assert.equal(sent[1]?.snapshot?.seq, table.m.seq);
    link.receive({ kind: 'ack', seq: 0 });
    frame();
    assert.equal(sent.length, 2, 'nothing has happened since');
  });

  test('that is gone gets nothing, also not what was on its way', (t) => {
    const { table, screens, commit, connect, frame } = stage(t);
    const { sent, link } = connect();
    link.receive({ kind: 'ack', seq: 0 });
    table.people('late');
    commit();
    link.closed();
    frame();
    assert.deepEqual([sent.length, screens.count()], [1, 0]);
  });

  test('asks the gateway with the operator’s rights and gets the answer by its number', (t) => {
    const { connect } = stage(t);
    const { sent, link } = connect();
    link.receive({ kind: 'request', id: 4, method: 'GET', path: '/v1/agents' });
    assert.deepEqual(sent[1], { kind: 'reply', id: 4, status: 200, body: { at: '/v1/agents' } });
  });

  test('that talks nonsense is not heard', (t) => {
    const { connect, frame } = stage(t);
    const { sent, link } = connect();
    const request = { kind: 'request', id: 1, method: 'GET', path: '/' };
    const nonsense: unknown[] = [
      ...[null, undefined, 0, '', 'ack', [], {}],
      ...[{ kind: 'patch' }, { kind: 'ack' }, { kind: 'ack', seq: -1 }, { kind: 'ack', seq: 1.5 }],
      ...[
        { ...request, id: 'x' },
        { ...request, method: 'TRACE' },
        { ...request, more: 1 },
      ],
      { ...request, path: 'x'.repeat(2001) },
      { ...request, body: 'x'.repeat(70_000) },
    ];
    for (const raw of nonsense) {
      assert.equal(parseScreen(raw), null, JSON.stringify(raw)?.slice(0, 80));
      link.receive(raw);
    }
    frame();
    assert.equal(sent.length, 1);
  });
});
