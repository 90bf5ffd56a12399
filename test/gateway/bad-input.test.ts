// Goal: every field of every route is typed and bounded; what does not fit gets a problem document
// that names the field, and nothing of it is stored. Method: for every route a body in which all
// fields are good, then one field at a time replaced by everything that its kind forbids; then
// bodies that are not JSON at all, and ids that are not ids. Check: 400 and the field, 404 for ids,
// seq unchanged after each, and the good body is not refused for its form.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, problemOf } from './client.ts';
import { BUDGET, type Case, goodBodies, type Kind } from './good-bodies.ts';
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

/** What no field of a kind takes. 1e400 is read as infinity. */
const ANYTHING = ['null', '[]', '{}', '[1]', '{"a":1}'];
const NUMBERS = ['"5"', '""', 'true', '-1', '9007199254740992', '1e400', '-1e400', '1e-400x'];
const LONG = `"${'x'.repeat(5000)}"`;
const CONTROL = ['"a\\u0000b"', '"a\\u001bb"', '"\\u007f"'];
const BAD: Record<Kind, readonly string[]> = {
  credits: [...ANYTHING, ...NUMBERS, '0.0000015', '1.0000001', '1000000001', '-0.000001'],
  integer: [...ANYTHING, ...NUMBERS, '1.5', '0.1', '1e99'],
  ratio: [...ANYTHING, ...NUMBERS, '101', '1e9'],
  name: [...ANYTHING, ...CONTROL, '""', '5', 'true', LONG, '" leading"', '"a<b"', '"\\ud800"'],
  prose: [...ANYTHING, ...CONTROL, '""', '5', 'false', LONG],
  flag: [...ANYTHING, '0', '1', '"true"', '""'],
  choice: [...ANYTHING, '"none of these"', '0', '""', '"__proto__"', 'true'],
  id: [...ANYTHING, '""', '5', '"x"', '"cfp_1"', '"CFP_000000001"', LONG, '"cfp_000000001 "'],
  instant: [
    ...[...ANYTHING, '5', '""', '"tomorrow"', '"2026-13-01T00:00:00Z"', '"2026-03-01"'],
    ...['"2026-03-01T18:00:00+01:00"', '"2026-03-01T25:00:00Z"', LONG],
  ],
};

let host: TestHost;
let manager: Party;
let contractor: Party & { resourceId: string };
let ids: { cfp: string; offer: string; proposal: string; lease: string; epoch: number };

before(async () => {
  host = await startHost();
  manager = await party(host);
  contractor = await seller(host, { count: 8 });
  const leased = await call(manager);
  const l = await award(manager, await propose(contractor, leased.id, 1));
  const open = await call(manager, { replyByMs: 3_600_000, maxPrice: 5 });
  const p = await propose(await seller(host), open.id, 1);
  const lot = { resourceId: contractor.resourceId, durationMs: 600_000 };
  const offer = { offer: lot, minPrice: 1, replyByMs: 3_600_000 };
  const { cfp } = await contractor.api.post<{ cfp: CfpDoc }>('/v1/cfps', offer, 201);
  ids = { cfp: open.id, offer: cfp.id, proposal: p.id, lease: l.id, epoch: l.epoch };
});

const cases = (): Case[] => goodBodies({ operator: host.operator, manager, contractor, ...ids });

/** The JSON of a body with the value at a path replaced by another text. */
function withText(good: Record<string, unknown>, path: string, text: string): string {
  const mark = '@@@';
  const copy = structuredClone(good);
  let at: Record<string, unknown> = copy;
  const steps = path.split('.');
  for (const step of steps.slice(0, -1)) at = at[step] as Record<string, unknown>;
  at[steps.at(-1) ?? ''] = mark;
  return JSON.stringify(copy).replace(`"${mark}"`, () => text);
}

/** Sends a text; asserts that it is refused with 400, and that nothing was stored. */
async function refused(c: Case, text: string | Buffer): Promise<string> {
  const seq = await host.seq();
  const reply = await c.by.send(c.method, c.path, { text });
  const shown = `${c.name} ${String(text).slice(0, 300)} -> ${reply.status} ${reply.text}`;
  assert.equal(reply.status, 400, shown);
  assert.equal(await host.seq(), seq, shown);
  const p = problemOf(reply);
  assert.ok(p.detail.length < 400, `a problem repeats no long input: ${p.detail.length}`);
  return p.field ?? '(none)';
}

test('each field of each route refuses what its kind forbids, by name', async () => {
  let sent = 0;
  for (const c of cases()) {
    for (const [path, kind] of Object.entries(c.kinds)) {
      for (const bad of BAD[kind]) {
        const field = await refused(c, withText(c.good, path, bad));
        const syntax = field === '(body)' && bad === '1e-400x';
        assert.ok(syntax || field === path || field.startsWith(`${path}.`), `${path}: ${field}`);
        sent++;
      }
    }
  }
  assert.ok(sent > 800, `${sent} requests`);
});

test('unknown fields are refused at every level, also those that every object has', async () => {
  for (const c of cases()) {
    const objects = Object.entries(c.good).filter(([, v]) => `${v}` === '[object Object]');
    const open = ['output', 'usage'];
    const levels = ['', ...objects.map(([name]) => `${name}.`)].filter(
      (l) => !open.includes(l.slice(0, -1)),
    );
    for (const level of levels) {
      for (const name of ['extra', '__proto__', 'constructor', 'toString', '']) {
        const body = JSON.stringify(c.good);
        const inner = level === '' ? body : JSON.stringify(c.good[level.slice(0, -1)]);
        const more = `{${JSON.stringify(name)}:1${inner === '{}' ? '' : ','}${inner.slice(1)}`;
        const text = level === '' ? more : body.replace(inner, () => more);
        assert.equal(await refused(c, text), `${level}${name}`);
      }
    }
  }
});

test('a required field that is missing is named', async () => {
  const required: [string, string][] = [
    ['POST agents', 'name'],
    ['PUT agent budget', 'amount'],
    ['PUT project budget', 'windowMs'],
    ['POST resources', 'kind'],
    ['POST resources', 'count'],
    ['POST cfps (need)', 'need'],
    ['POST cfps (need)', 'maxPrice'],
    ['POST proposals', 'price'],
    ['POST proposals (need)', 'resourceId'],
    ['POST refusals', 'reason'],
    ['POST award', 'proposalId'],
    ['POST renew', 'epoch'],
    ['POST fail', 'reason'],
    ['POST done', 'epoch'],
    ['POST clock', 'advanceMs'],
  ];
  for (const [name, field] of required) {
    const c = cases().find((one) => one.name === name) as Case;
    const { [field]: _gone, ...rest } = c.good;
    assert.equal(await refused(c, JSON.stringify(rest)), field);
  }
});

test('what belongs to the other direction, and contradictions, are refused by field', async () => {
  const [need, offer] = ['POST cfps (need)', 'POST cfps (offer)'].map((name) =>
    cases().find((c) => c.name === name),
  ) as [Case, Case];
  const bodies: [Case, Record<string, unknown>, string][] = [
    [need, { ...need.good, minPrice: 1 }, 'minPrice'],
    [need, { ...need.good, offer: offer.good.offer }, 'offer'],
    [offer, { ...offer.good, maxPrice: 1 }, 'maxPrice'],
    [offer, { ...offer.good, mechanism: { pricing: 'second-score' } }, 'mechanism.pricing'],
    [need, { ...need.good, need: '0x gpu for 1 minute' }, 'need.count'],
    [need, { ...need.good, need: '1 gpu for 9999999 days' }, 'need.durationMs'],
    [need, { ...need.good, need: 'all of it' }, 'need'],
    [need, { ...need.good, task: { title: 't', run: {} } }, 'task.run'],
    [need, { ...need.good, task: { title: 't', run: { program: 'no-such' } } }, 'task.run.program'],
  ];
  for (const [c, body, field] of bodies) {
    const got = await refused(c, JSON.stringify(body));
    assert.ok(got.startsWith(field), `${got} for ${field}`);
  }
});

const nested = (open: string, close: string): string => open.repeat(10_000) + close.repeat(10_000);

test('what is not one JSON object is refused on every route', async () => {
  const bodies: (string | Buffer)[] = [
    ...['x', '{', '{}}', '[1', '{"a":}', "{'a':1}", '{"a":NaN}', '{"a":Infinity}', '{"a":-}'],
    ...['{"a":01}', '{"a":1,}', '{a:1}', '{"a":1}{"a":1}', 'undefined', '// x\n{}', '\ufeff{}'],
    ...['null', '1', '"x"', '[]', 'true', '[{}]'],
    nested('[', ']'),
    nested('{"a":', '').slice(0, 50_000),
    `{"a":${nested('[', ']')}}`,
    '{"a":'.repeat(9000) + '1' + '}'.repeat(9000),
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), // {"<ff>":1}
    Buffer.from([0x22, 0xc3, 0x28, 0x22]), // a cut-off sequence
    Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), // a surrogate
    Buffer.from([0x22, 0xc0, 0x80, 0x22]), // an overlong zero
    Buffer.from('{"name":1}', 'utf16le'),
    Buffer.alloc(1000),
  ];
  for (const c of cases()) for (const body of bodies) await refused(c, body);
});

test('a name that occurs twice is refused, however it is written', async () => {
  for (const c of cases()) {
    const [[name, value]] = Object.entries(c.good) as [[string, unknown]];
    const once = JSON.stringify(c.good);
    const escaped = `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`;
    for (const twin of [name, escaped]) {
      const text = `{"${twin}" : ${JSON.stringify(value)},${once.slice(1)}`;
      assert.equal(await refused(c, text), name);
    }
  }
  const need = cases().find((c) => c.name === 'POST cfps (need)') as Case;
  const deep = JSON.stringify(need.good).replace('"count":1', '"count":1,"count":1');
  assert.equal(await refused(need, deep), 'count');
  const fine = { ...need.good, task: { title: '"title": twice, "title": said' } };
  assert.notEqual((await need.by.send('POST', need.path, { body: fine })).status, 500);
});

test('open JSON is bounded in depth and size', async () => {
  const done = cases().find((c) => c.name === 'POST done') as Case;
  const deep = (n: number): unknown => (n === 0 ? 1 : [deep(n - 1)]);
  assert.equal(await refused(done, JSON.stringify({ ...done.good, output: deep(17) })), 'output');
  assert.equal(await refused(done, JSON.stringify({ ...done.good, usage: deep(17) })), 'usage');
  const big = JSON.stringify({ ...done.good, output: 'x'.repeat(17_000) });
  assert.equal(await refused(done, big), 'output');
  const wide = JSON.stringify({ ...done.good, usage: 'x'.repeat(5000) });
  assert.equal(await refused(done, wide), 'usage');
});

test('an id in a path that is none is 404 for whoever may look, and changes nothing', async () => {
  const wrong = ['x', '%00', '%', '__proto__', 'constructor', 'cfp_zzzzzzzzz', 'x'.repeat(5000)];
  wrong.push(manager.id, 'CFP_000000001', '..', '-1', '%F0%9F%92%A5', 'null');
  const routes: [string, string, Client, unknown?][] = [
    ['GET', '/v1/agents/{id}', host.operator],
    ['PUT', '/v1/agents/{id}/budget', host.operator, BUDGET],
    ['GET', '/v1/agents/{id}/token', host.operator],
    ['PUT', '/v1/agents/{id}/delegate', host.operator, { policy: 'truthful' }],
    ['DELETE', '/v1/agents/{id}/delegate', host.operator],
    ['GET', '/v1/resources/{id}', manager.api],
    ['PUT', '/v1/resources/{id}', host.operator, { paused: true }],
    ['GET', '/v1/cfps/{id}', manager.api],
    ['GET', '/v1/cfps/{id}/trace', manager.api],
    ['POST', '/v1/cfps/{id}/proposals', manager.api, { price: 1 }],
    ['POST', '/v1/cfps/{id}/refusals', manager.api, { reason: 'busy' }],
    ['POST', '/v1/cfps/{id}/award', manager.api, { proposalId: ids.proposal }],
    ['POST', '/v1/cfps/{id}/cancel', manager.api],
    ['GET', '/v1/leases/{id}', manager.api],
    ['GET', '/v1/leases/{id}/log', manager.api],
    ['POST', '/v1/leases/{id}/renew', contractor.api, { epoch: 1 }],
    ['POST', '/v1/leases/{id}/done', contractor.api, { epoch: 1 }],
    ['POST', '/v1/leases/{id}/fail', contractor.api, { epoch: 1, reason: 'x' }],
    ['POST', '/v1/leases/{id}/give-back', contractor.api],
  ];
  const seq = await host.seq();
  for (const [method, route, by, body] of routes) {
    for (const id of wrong) {
      if (id === manager.id && route.startsWith('/v1/agents')) continue;
      const path = route.replace('{id}', id);
      const p = problemOf(await by.send(method, path, body === undefined ? {} : { body }));
      assert.deepEqual([p.status, p.code], [404, 'not-found'], `${method} ${path.slice(0, 80)}`);
      assert.ok(p.detail.length < 400);
    }
  }
  assert.equal(await host.seq(), seq);
});

test('names in paths and numbers in queries are bounded like those in bodies', async () => {
  for (const name of ['%00', '%20', 'x'.repeat(200), '%3Cb%3E', '%0A']) {
    const path = `/v1/projects/${name}/budget`;
    const p = problemOf(await host.operator.send('PUT', path, { body: BUDGET }));
    assert.deepEqual([p.status, p.field], [400, 'name'], name);
  }
  for (const route of ['/v1/cfps', '/v1/agents', '/v1/resources', '/v1/leases', '/v1/projects']) {
    for (const query of ['limit=0', 'limit=501', 'limit=1.5', 'limit=-1', 'limit=x', 'limit=']) {
      const { field } = await host.operator.refused('invalid-field', 'GET', `${route}?${query}`);
      assert.equal(field, 'limit');
    }
    for (const cursor of ['x', '%00', '-1', 'x'.repeat(5000)]) {
      const path = `${route}?cursor=${cursor}`;
      const { field } = await host.operator.refused('invalid-field', 'GET', path);
      assert.equal(field, 'cursor', route);
    }
  }
  for (const path of ['/v1/cfps?state=none', '/v1/leases?state=OPEN']) {
    assert.equal((await host.operator.refused('invalid-field', 'GET', path)).field, 'state');
  }
});

test('the good body of every route is not refused for its form', async () => {
  for (const c of cases()) {
    const reply = await c.by.send(c.method, c.path, { body: c.good });
    assert.ok(reply.status !== 400 && reply.status < 500, `${c.name}: ${reply.text}`);
  }
});
