// Goal: the event stream is complete, resumable from anywhere, and says the same bytes to whoever
// comes back. Method: readers that stay, readers that resume by `from` and by Last-Event-ID, a
// reader that does not read. Check: sequence numbers without gap or repeat, equal bytes.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { problemOf } from './client.ts';
import { openEvents, type SseEvent } from './event-stream.ts';
import {
  award,
  call,
  type CfpDoc,
  type Party,
  party,
  propose,
  seller,
  startHost,
  type TestHost,
} from './support.ts';

let host: TestHost;
before(async () => void (host = await startHost()));

type Seller = Party & { resourceId: string };

/** One conversation of every kind: served, lost, refused, late, cancelled, through an offer. */
async function traffic(manager: Party, a: Seller, b: Seller): Promise<void> {
  const first = await call(manager);
  await propose(b, first.id, 8);
  const l = await award(manager, await propose(a, first.id, 7, { terms: { reclaimWindowMs: 10 } }));
  await a.api.post(`/v1/leases/${l.id}/renew`, { epoch: l.epoch });
  await a.api.post(`/v1/leases/${l.id}/done`, { epoch: l.epoch, output: { price: 1 } });
  const second = await call(manager);
  await a.api.post(`/v1/cfps/${second.id}/refusals`, { reason: 'busy' }, 201);
  await propose(b, second.id, 5, { validForMs: 100 });
  await host.advance(2001);
  await a.api.send('POST', `/v1/cfps/${second.id}/proposals`, {
    body: { price: 1, resourceId: a.resourceId },
  });
  const need = await call(manager);
  const body = { offer: { resourceId: a.resourceId, durationMs: 600_000 }, minPrice: 1 };
  const { cfp } = await a.api.post<{ cfp: CfpDoc }>('/v1/cfps', { ...body, award: 'manual' }, 201);
  const path = `/v1/cfps/${cfp.id}/proposals`;
  const bid = { price: 3, cfpId: need.id };
  await propose(b, need.id, 4);
  const other = await party(host);
  await other.api.post(path, { price: 2 }, 201);
  const { proposal } = await manager.api.post<{ proposal: { id: string } }>(path, bid, 201);
  await a.api.post(`/v1/cfps/${cfp.id}/award`, { proposalId: proposal.id });
  const third = await call(manager);
  await propose(b, third.id, 9);
  await manager.api.post(`/v1/cfps/${third.id}/cancel`);
}

async function readAll(
  token: string | null,
  at: { from?: number; last?: string },
  until: number,
): Promise<SseEvent[]> {
  const reader = await openEvents(host.url, token, at);
  await reader.reached(until);
  reader.close();
  return reader.events;
}

const ids = (events: SseEvent[]): number[] => events.map((e) => Number(e.id));

test('the operator’s stream is every event, gapless, as CloudEvents', async () => {
  const manager = await party(host);
  const [a, b] = [await seller(host, { budget: 5 }), await seller(host, { budget: 5 })];
  await traffic(manager, a, b);
  const seq = await host.seq();
  const events = await readAll(host.operator.token, { from: 1 }, seq);
  assert.deepEqual(
    ids(events),
    Array.from({ length: seq }, (_, i) => i + 1),
  );
  for (const { id, event, data } of events) {
    assert.equal(data.specversion, '1.0');
    assert.deepEqual([data.id, data.type], [id, event]);
    assert.match(String(data.source), /^\/haggle\/[0-9a-f]+$/u);
    assert.match(String(data.time), /^\d{4}-.*Z$/u);
    assert.equal(data.datacontenttype, 'application/json');
  }
});

test('resumed from every point, by `from` and by Last-Event-ID, it goes on there', async () => {
  const seq = await host.seq();
  const whole = await readAll(host.operator.token, { from: 1 }, seq);
  for (const at of [1, 2, Math.floor(seq / 2), seq - 1]) {
    assert.deepEqual(await readAll(host.operator.token, { from: at }, seq), whole.slice(at - 1));
    const last = String(at);
    assert.deepEqual(await readAll(host.operator.token, { last }, seq), whole.slice(at));
  }
});

test('an agent’s stream is the same live, resumed from the middle, and after a restart', async () => {
  const manager = await party(host);
  const [a, b] = [await seller(host, { budget: 5 }), await seller(host, { budget: 5 })];
  const outsider = await party(host);
  const parties = [manager, a, b, outsider];
  const live = await Promise.all(parties.map((p) => openEvents(host.url, p.token)));
  await traffic(manager, a, b);
  // Something that everybody hears last.
  const end = await call(outsider);
  const seq = await host.seq();
  for (const reader of live) await reader.reached(seq);
  for (const [i, p] of parties.entries()) {
    const own = live[i]?.events ?? [];
    assert.ok(own.length > 3 && own.some((e) => e.data.subject === end.id));
    const first = Number(own[0]?.id);
    assert.deepEqual(await readAll(p.token, { from: first }, seq), own, p.name);
    const middle = own[Math.floor(own.length / 2)];
    const rest = own.slice(own.indexOf(middle as SseEvent) + 1);
    assert.deepEqual(await readAll(p.token, { last: middle?.id ?? '' }, seq), rest, p.name);
  }
  for (const reader of live) reader.close();
  host = await host.restart();
  for (const [i, p] of parties.entries()) {
    const own = live[i]?.events ?? [];
    assert.deepEqual(await readAll(p.token, { from: Number(own[0]?.id) }, seq), own, p.name);
  }
});

test('without a position a stream starts with what comes next', async () => {
  const manager = await party(host);
  const reader = await openEvents(host.url, manager.token);
  assert.match(reader.type, /^text\/event-stream/u);
  const earlier = await host.seq();
  const c = await call(manager);
  await reader.reached(earlier + 1);
  assert.deepEqual(
    reader.events.map((e) => [e.event, e.data.subject]),
    [['haggle.cfp-opened', c.id]],
  );
  reader.close();
});

test('a stranger, a bad position and a wrong method are refused', async () => {
  const no = await openEvents(host.url, null);
  assert.equal(no.status, 401);
  for (const from of ['-1', '1.5', 'NaN', 'x', '9'.repeat(30), '']) {
    const bad = await openEvents(host.url, host.operator.token, { from });
    assert.equal(bad.status, 400, `from=${from}`);
    assert.equal((JSON.parse(bad.text) as { field: string }).field, 'from');
  }
  const bad = await openEvents(host.url, host.operator.token, { last: 'zero' });
  assert.equal((JSON.parse(bad.text) as { field: string }).field, 'Last-Event-ID');
  problemOf(await host.operator.send('POST', '/v1/events', { body: {} }));
});

test('a position in the future waits for it and skips nothing after it', async () => {
  const manager = await party(host);
  const seq = await host.seq();
  const reader = await openEvents(host.url, host.operator.token, { from: seq + 3 });
  for (let i = 0; i < 4; i++) await call(manager);
  await reader.reached(seq + 4);
  assert.deepEqual(ids(reader.events), [seq + 3, seq + 4]);
  reader.close();
});

test('a reader that does not read is let go, holds nobody up, and can resume', async () => {
  const manager = await party(host, { budget: 0 });
  const slow = await openEvents(host.url, host.operator.token);
  const from = (await host.seq()) + 1;
  slow.pause();
  const title = 'x'.repeat(100);
  const argv = Array.from({ length: 100 }, () => 'y'.repeat(500));
  const exec = await host.operator.post<{ agent: { id: string }; token: string }>(
    '/v1/agents',
    { name: 'runner', exec: true },
    201,
  );
  const runner = host.client(exec.token);
  const body = { task: { title, run: { argv } }, need: '1 cpu for 1 minute', maxPrice: 0 };
  let sent = 0;
  for (let round = 0; round < 10; round++) {
    const calls = await Promise.all(
      Array.from({ length: 40 }, () => runner.post<{ cfp: CfpDoc }>('/v1/cfps', body, 201)),
    );
    sent += calls.length * 50_000;
    await Promise.all(calls.map(({ cfp }) => runner.post(`/v1/cfps/${cfp.id}/cancel`)));
  }
  assert.ok(sent > 16 * 1024 * 1024, 'more than any buffer may hold');
  await call(manager);
  const seq = await host.seq();
  slow.resume();
  await slow.closed;
  const got = ids(slow.events);
  assert.ok((got.at(-1) ?? 0) < seq, 'it was let go before the end');
  assert.deepEqual(
    got,
    got.map((_, i) => from + i),
    'what came before is gapless',
  );
  const rest = await readAll(host.operator.token, { last: String(got.at(-1)) }, seq);
  assert.deepEqual([got.length + rest.length, ids(rest).at(-1)], [seq - from + 1, seq]);
});
