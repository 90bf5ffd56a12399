// Goal: a key means one request, whatever happened in between: the same reply, byte for byte, and
// one effect. Method: every kind of change sent twice in a row, many times at once, after a kill -9
// and by another caller. Check: bytes, statuses, and that seq grew once.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, problemOf, type Reply } from './client.ts';
import {
  award,
  balance,
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

interface Change {
  what: string;
  by: Client;
  method: string;
  path: string;
  body?: unknown;
}

let keys = 0;
const newKey = (): string => `key-${process.pid}-${++keys}`;
const send = (c: Change, key: string): Promise<Reply> =>
  c.by.send(c.method, c.path, { key, ...(c.body === undefined ? {} : { body: c.body }) });
const essence = ({ status, text, headers }: Reply): unknown[] => [
  status,
  text,
  headers['content-type'],
];

/** One of every change that API.md knows, ready to be made, accepted and refused ones. */
async function everyChange(): Promise<Change[]> {
  const { operator } = host;
  const manager = await party(host);
  const other = await party(host);
  const s = await seller(host, { count: 4, budget: 10 });
  const t = await seller(host);
  const open = await call(manager);
  const proposal = await propose(s, open.id, 5, { terms: { reclaimWindowMs: 1000 } });
  const asked = await call(manager);
  const cancelled = await call(manager);
  const l = await award(manager, await propose(s, (await call(manager)).id, 5));
  const m = await award(manager, await propose(s, (await call(manager)).id, 5));
  const n = await award(manager, await propose(s, (await call(manager)).id, 5));
  const budget = { amount: 50, windowMs: 3_600_000 };
  const need = { need: '1 gpu for 1 minute', maxPrice: 5 };
  const own = { price: 4, resourceId: t.resourceId };
  const at = `/v1/cfps/${open.id}`;
  const name = `twice ${++keys}`;
  const post = (what: string, by: Client, path: string, body?: unknown): Change => ({
    ...{ what, by, method: 'POST', path },
    ...(body === undefined ? {} : { body }),
  });
  const put = (what: string, path: string, body: unknown): Change => ({
    ...{ what, by: operator, method: 'PUT', path, body },
  });
  return [
    post('registers', operator, '/v1/agents', { name }),
    post('registers a taken name', operator, '/v1/agents', { name: manager.name }),
    put('sets a budget', `/v1/agents/${other.id}/budget`, budget),
    put('sets a project’s budget', '/v1/projects/keys/budget', budget),
    put('sets nobody’s budget', '/v1/agents/agt_zzzzzzzzz/budget', budget),
    put('sets the policy', '/v1/policy', { defaults: { replyByMs: 1999 } }),
    post('adds a resource', t.api, '/v1/resources', { kind: 'cpu', count: 3 }),
    post('calls', manager.api, '/v1/cfps', need),
    post('proposes', t.api, `/v1/cfps/${asked.id}/proposals`, own),
    post('refuses', s.api, `/v1/cfps/${asked.id}/refusals`, { reason: 'busy' }),
    post('awards without right', t.api, `${at}/award`, { proposalId: proposal.id }),
    post('awards', manager.api, `${at}/award`, { proposalId: proposal.id }),
    post('cancels', manager.api, `/v1/cfps/${cancelled.id}/cancel`),
    post('renews', s.api, `/v1/leases/${l.id}/renew`, { epoch: l.epoch }),
    post('is done', s.api, `/v1/leases/${l.id}/done`, { epoch: l.epoch }),
    post('is done too late', s.api, `/v1/leases/${l.id}/done`, { epoch: 1, output: 1 }),
    post('fails', s.api, `/v1/leases/${m.id}/fail`, { epoch: m.epoch, reason: 'x' }),
    post('gives back', s.api, `/v1/leases/${n.id}/give-back`),
    post('moves the clock', operator, '/v1/clock', { advanceMs: 5 }),
  ];
}

test('the same key and body: the same status and bytes, one effect, also after a kill', async () => {
  const changes = await everyChange();
  const done: { c: Change; key: string; reply: Reply }[] = [];
  for (const c of changes) {
    const key = newKey();
    const reply = await send(c, key);
    const seq = await host.seq();
    assert.deepEqual(essence(await send(c, key)), essence(reply), c.what);
    assert.equal(await host.seq(), seq, `${c.what} twice changes once`);
    done.push({ c, key, reply });
  }
  host = await host.restart();
  const seq = await host.seq();
  for (const { c, key, reply } of done) {
    const by = host.client(c.by.token);
    assert.deepEqual(
      essence(await send({ ...c, by }, key)),
      essence(reply),
      `${c.what}, restarted`,
    );
  }
  assert.equal(await host.seq(), seq);
});

test('sent many times at once it happens once, and everybody gets the one reply', async () => {
  for (const c of await everyChange()) {
    const key = newKey();
    const earlier = await host.seq();
    const replies = await Promise.all(Array.from({ length: 16 }, () => send(c, key)));
    const texts = new Set(replies.map((r) => JSON.stringify(essence(r))));
    assert.equal(texts.size, 1, `${c.what}: ${[...texts].join(' | ')}`);
    assert.ok((await host.seq()) - earlier <= 1, `${c.what} once`);
  }
});

test('a clock moved 16 times with one key has moved once', async () => {
  const now = async (): Promise<number> => {
    const { clock } = await host.operator.post<{ clock: { now: string } }>('/v1/clock', {
      advanceMs: 1,
    });
    return Date.parse(clock.now);
  };
  const key = newKey();
  const earlier = await now();
  const body = { advanceMs: 1000 };
  await Promise.all(
    Array.from({ length: 16 }, () => host.operator.send('POST', '/v1/clock', { key, body })),
  );
  assert.equal((await now()) - earlier, 1001);
});

test('the same key with another body, path or method is a conflict and changes nothing', async () => {
  const manager = await party(host);
  const key = newKey();
  const body = { need: '1 gpu for 1 minute', maxPrice: 5 };
  const { json } = await manager.api.send('POST', '/v1/cfps', { key, body });
  const { cfp } = json as { cfp: CfpDoc };
  const seq = await host.seq();
  for (const [path, other] of [
    ['/v1/cfps', { ...body, maxPrice: 6 }],
    ['/v1/cfps', { maxPrice: 5, need: body.need }],
    [`/v1/cfps/${cfp.id}/cancel`, {}],
    ['/v1/cfps?x=1', body],
  ] as const) {
    const p = problemOf(await manager.api.send('POST', path, { key, body: other }));
    assert.deepEqual([p.status, p.code, p.field], [409, 'idempotency-conflict', 'Idempotency-Key']);
  }
  assert.equal(await host.seq(), seq);
  assert.equal((await balance(host, manager.id)).held, 5);
});

test('keys of different callers never meet', async () => {
  const [a, b] = [await party(host), await party(host)];
  const key = newKey();
  const body = { need: '1 gpu for 1 minute', maxPrice: 5 };
  const replies = await Promise.all(
    [a, b].map((p: Party) => p.api.send('POST', '/v1/cfps', { key, body })),
  );
  const [x, y] = replies.map((r) => (r.json as { cfp: CfpDoc }).cfp);
  assert.deepEqual([x?.managerId, y?.managerId], [a.id, b.id]);
  const operators = await host.operator.send('POST', '/v1/agents', { key, body: { name: key } });
  assert.equal(operators.status, 201);
});

test('a reply is kept for a refusal too: what would succeed now answers as it did then', async () => {
  const manager = await party(host, { budget: 0 });
  const s = await seller(host);
  const cfp = await call(manager, { maxPrice: 5 });
  const p = await propose(s, cfp.id, 5);
  const key = newKey();
  const path = `/v1/cfps/${cfp.id}/award`;
  const body = { proposalId: p.id };
  const first = await manager.api.send('POST', path, { key, body });
  assert.equal(problemOf(first).code, 'insufficient-credits');
  await host.operator.put(`/v1/agents/${manager.id}/budget`, { amount: 9, windowMs: 3_600_000 });
  assert.deepEqual(essence(await manager.api.send('POST', path, { key, body })), essence(first));
  assert.equal((await manager.api.send('POST', path, { body, key: newKey() })).status, 200);
});

test('a body that does not parse uses up no key', async () => {
  const manager = await party(host);
  const key = newKey();
  const bad = await manager.api.send('POST', '/v1/cfps', { key, body: { maxPrice: -1 } });
  assert.equal(problemOf(bad).status, 400);
  const body = { need: '1 gpu for 1 minute', maxPrice: 5 };
  assert.equal((await manager.api.send('POST', '/v1/cfps', { key, body })).status, 201);
});

test('a key of 200 characters is taken, one of 201 and an empty one are refused', async () => {
  const manager = await party(host);
  const body = { need: '1 gpu for 1 minute', maxPrice: 5 };
  const key = 'k'.repeat(200);
  assert.equal((await manager.api.send('POST', '/v1/cfps', { key, body })).status, 201);
  for (const wrong of ['k'.repeat(201), '']) {
    const p = problemOf(await manager.api.send('POST', '/v1/cfps', { key: wrong, body }));
    assert.deepEqual([p.status, p.field], [400, 'Idempotency-Key']);
  }
});

test('a backup asked for twice with one key is made once', async () => {
  const key = newKey();
  const again = (): Promise<Reply> => host.operator.send('POST', '/v1/backups', { key, body: {} });
  const first = await again();
  assert.equal(first.status, 201);
  assert.deepEqual(essence(await again()), essence(first));
  const both = newKey();
  const at = (k: string): Promise<Reply> => host.operator.send('POST', '/v1/backups', { key: k });
  const [x, y] = await Promise.all([at(both), at(both)]);
  assert.deepEqual(essence(x as Reply), essence(y as Reply));
});
