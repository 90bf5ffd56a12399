// Goal: the OpenAPI document is true: it is a 3.1 document, lists every route, and what it says of
// bodies and statuses is what the host does. Method: structure by the rules of the specification;
// then thousands of bodies made from the documented schemas, good and spoiled, in a live market.
// Check: never a 5xx; a refusal changes nothing but for a logged late proposal; a success has the
// documented status; every error is a problem document with a documented code.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { type Client, problemOf } from './client.ts';
import { broken, checkSchema, fitting, type Schema } from './json-schema.ts';
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

interface Operation {
  summary: string;
  operationId: string;
  'x-who': 'anyone' | 'token' | 'operator' | 'agent';
  security?: object[];
  parameters: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}
interface Document {
  openapi: string;
  jsonSchemaDialect: string;
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    securitySchemes: Record<string, { type: string }>;
    schemas: Record<string, Schema>;
  };
}

let host: TestHost;
let document: Document;
before(async () => {
  host = await startHost();
  document = await host.client(null).get<Document>('/v1/openapi.json');
  const { policy } = await host.operator.get<{ policy: Record<string, unknown> }>('/v1/policy');
  const { reservePriceUnit: _unit, ...rules } = policy;
  firstPolicy = rules;
});

const operations = (): [string, string, Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, o]): [string, string, Operation] => [method, path, o]),
  );

/** What API.md promises, without the process and the command line. */
const PROMISED = `GET /v1/health, POST /v1/agents, GET /v1/agents, GET /v1/agents/{id},
  PUT /v1/agents/{id}/budget, PUT /v1/projects/{name}/budget, POST /v1/resources,
  GET /v1/resources, POST /v1/cfps, GET /v1/cfps, GET /v1/cfps/{id},
  POST /v1/cfps/{id}/proposals, POST /v1/cfps/{id}/refusals, POST /v1/cfps/{id}/award,
  POST /v1/cfps/{id}/cancel, GET /v1/leases/{id}, POST /v1/leases/{id}/renew,
  POST /v1/leases/{id}/done, POST /v1/leases/{id}/fail, POST /v1/leases/{id}/give-back,
  GET /v1/ledger/transfers, GET /v1/ledger/trial-balance, GET /v1/ledger/attribution,
  GET /v1/events, GET /v1/snapshot, PUT /v1/policy, GET /v1/policy, GET /metrics`;

test('it lists every route that API.md promises, and each answers', async () => {
  const listed = new Set(operations().map(([method, path]) => `${method.toUpperCase()} ${path}`));
  const promised = PROMISED.split(',').map((line) => line.trim());
  assert.deepEqual(
    promised.filter((route) => !listed.has(route)),
    [],
  );
  for (const route of listed) {
    const [method = '', path = ''] = route.split(' ');
    const reply = await host.client(null).send(method, path.replace(/\{\w+\}/u, 'none'));
    const known = [200, 401];
    assert.ok(known.includes(reply.status), `${route} without a token: ${reply.status}`);
  }
});

test('its structure is OpenAPI 3.1', () => {
  assert.match(document.openapi, /^3\.1\.\d+$/u);
  assert.equal(document.jsonSchemaDialect, 'https://json-schema.org/draft/2020-12/schema');
  assert.ok(document.info.title !== '' && document.info.version !== '');
  const schemes = Object.keys(document.components.securitySchemes);
  for (const need of document.security) {
    for (const name of Object.keys(need)) assert.ok(schemes.includes(name));
  }
  const ids = operations().map(([, , o]) => o.operationId);
  assert.equal(new Set(ids).size, ids.length, 'operationIds are unique');
  for (const [method, path, o] of operations()) {
    const at = `${method} ${path}`;
    assert.match(path, /^\/[\w/{}.-]+$/u);
    assert.ok(['get', 'post', 'put', 'delete'].includes(method), at);
    assert.ok(o.summary.length > 5, at);
    const inPath = [...path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name);
    const named = o.parameters.filter((p) => p.in === 'path');
    assert.deepEqual(
      named.map((p) => [p.name, p.required]),
      inPath.map((name) => [name, true]),
      at,
    );
    for (const p of o.parameters) checkSchema(p.schema, `${at} ${p.name}`);
    const keys = o.parameters.filter((p) => p.name === 'Idempotency-Key');
    assert.equal(keys.length, method === 'get' ? 0 : 1, at);
    assert.ok(
      Object.keys(o.responses).some((s) => /^20[01]$/u.test(s)),
      at,
    );
    for (const r of Object.values(o.responses)) assert.ok(r.description !== '', at);
  }
});

test('every schema says something, and every reference leads somewhere', () => {
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    checkSchema(schema, name);
  }
  for (const [method, path, o] of operations()) {
    const schema = o.requestBody?.content['application/json']?.schema;
    if (schema !== undefined) {
      checkSchema(schema, `${method} ${path}`);
      assert.equal(schema.additionalProperties, false);
      assert.equal(o.requestBody?.required, (schema.required ?? []).length > 0);
    }
    for (const r of Object.values(o.responses)) {
      for (const { schema: s } of Object.values(r.content ?? {})) {
        const name = /^#\/components\/schemas\/(\w+)$/u.exec(s.$ref ?? '')?.[1] ?? '';
        assert.ok(Object.hasOwn(document.components.schemas, name), `${method} ${path}: ${s.$ref}`);
      }
    }
  }
});

// ---- fuzzing ----

interface Market {
  manager: Party;
  contractor: Party & { resourceId: string };
  /** Real ids by the kind of thing, replaced as things end. */
  ids: Record<'agents' | 'resources' | 'cfps' | 'leases' | 'projects', string[]>;
  proposals: string[];
  epoch: number;
}

/** The rules as they are at the start: the made-up ones may forbid what a test needs. */
let firstPolicy: object;

async function prepare(): Promise<Market> {
  await host.operator.put('/v1/policy', firstPolicy);
  const manager = await party(host, { budget: 100_000 });
  const contractor = await seller(host, { count: 64, budget: 1000 });
  const leased = await call(manager);
  const l = await award(manager, await propose(contractor, leased.id, 1));
  const open = await call(manager, { replyByMs: 3_600_000 });
  const p = await propose(await seller(host), open.id, 1);
  const late = await call(manager, { replyByMs: 10, award: 'manual' });
  await propose(await seller(host), late.id, 1);
  const lot = { resourceId: contractor.resourceId, durationMs: 600_000 };
  const body = { offer: lot, minPrice: 1, replyByMs: 3_600_000 };
  const { cfp } = await contractor.api.post<{ cfp: CfpDoc }>('/v1/cfps', body, 201);
  await host.advance(11);
  return {
    manager,
    contractor,
    ids: {
      agents: [manager.id, contractor.id],
      resources: [contractor.resourceId],
      cfps: [open.id, cfp.id, late.id, leased.id],
      leases: [l.id],
      projects: ['reports'],
    },
    proposals: [p.id],
    epoch: l.epoch,
  };
}

/** Values of the market itself for names that mean something in it; null for the rest. */
const knownIn =
  (m: Market) =>
  (name: string): fc.Arbitrary<unknown> | null => {
    if (name === 'resourceId') return fc.constantFrom(...m.ids.resources);
    if (name === 'cfpId') return fc.constantFrom(...m.ids.cfps);
    if (name === 'proposalId') return fc.constantFrom(...m.proposals);
    if (name === 'epoch') return fc.constantFrom(m.epoch, m.epoch + 1);
    if (name === 'policy') return fc.constantFrom('truthful', 'seller', 'shaded', 'no-such');
    // Not by chance: a step of a year would end everything, and a demo starts real processes.
    if (name === 'advanceMs') return fc.integer({ min: 1, max: 50 });
    if (name === 'action') return fc.constant('stop');
    if (name === 'head') return fc.constant('0'.repeat(64));
    return null;
  };

interface Shot {
  by: Client;
  method: string;
  path: string;
  body: unknown;
}

function shots(m: Market, method: string, path: string, o: Operation): fc.Arbitrary<Shot> {
  const schema = o.requestBody?.content['application/json']?.schema ?? {};
  const good = fitting(schema, knownIn(m));
  const kind = path.split('/')[2] as keyof Market['ids'];
  const callers = o['x-who'] === 'operator' ? [host.operator] : [m.manager.api, m.contractor.api];
  if (o['x-who'] === 'token') callers.push(host.operator);
  return fc.record({
    by: fc.constantFrom(...callers),
    method: fc.constant(method.toUpperCase()),
    path: fc.constantFrom(...(m.ids[kind] ?? ['none'])).map((id) => path.replace(/\{\w+\}/u, id)),
    body: fc.oneof({ weight: 3, arbitrary: good }, { weight: 2, arbitrary: broken(good) }),
  });
}

/** Whether the same refused request, sent again, leaves no trace at least once. */
async function leavesNone(shot: Shot, logged: number): Promise<boolean> {
  for (let i = 0; i < 5; i++) {
    const seq = await host.seq();
    await shot.by.send(shot.method, shot.path, { body: shot.body });
    if ((await host.seq()) - seq <= logged) return true;
  }
  return false;
}

/** An experiment is no matter of a moment, and a backup none of the market. */
const APART = ['/v1/backups', '/v1/lab/runs'];

test('bodies made from the document: no defect, no trace of what is refused', async () => {
  const market = await prepare();
  const codes = new Set(document.components.schemas.Problem?.properties?.code?.enum);
  const met = new Map<number, number>();
  for (const [method, path, o] of operations()) {
    if (method === 'get' || APART.includes(path)) continue;
    await fc.assert(
      fc.asyncProperty(shots(market, method, path, o), async (shot) => {
        const seq = await host.seq();
        const reply = await shot.by.send(shot.method, shot.path, { body: shot.body });
        met.set(reply.status, (met.get(reply.status) ?? 0) + 1);
        assert.ok(reply.status < 500, `${shot.method} ${shot.path}: ${reply.text}`);
        if (reply.status < 300) {
          const documented = Object.keys(o.responses);
          assert.ok(documented.includes(String(reply.status)), `${path}: ${reply.status}`);
          return;
        }
        const { code } = problemOf(reply);
        assert.ok(codes.has(code), code);
        const logged = code === 'late-proposal' ? 1 : 0;
        if ((await host.seq()) - seq <= logged) return;
        // Or was it a delegate, that acts in its own time? Then it is not there every time.
        assert.ok(await leavesNone(shot, logged), `${code} left a trace`);
      }),
      { numRuns: 60 },
    );
  }
  for (const status of [200, 201, 400, 409]) {
    assert.ok((met.get(status) ?? 0) > 10, `${status} was met: ${JSON.stringify([...met])}`);
  }
  assert.equal(host.stderr(), '');
});

test('a body that fits its schema is never refused for its form', async () => {
  const market = await prepare();
  // What one field forbids another is not in a schema.
  const together = new Set(['need', 'offer', 'maxPrice', 'minPrice', 'mechanism.pricing']);
  const more = ['resourceId', 'startDelayMs', 'terms', 'cfpId', 'charge', 'policy', 'amount'];
  more.push('mechanism.bargaining', 'negotiable');
  for (const name of more) together.add(name);
  for (const [method, path, o] of operations()) {
    const schema = o.requestBody?.content['application/json']?.schema;
    if (schema === undefined || APART.includes(path)) continue;
    const good = fitting(schema, knownIn(market));
    const sent = shots(market, method, path, o).chain((s) => good.map((body) => ({ ...s, body })));
    await fc.assert(
      fc.asyncProperty(sent, async (shot) => {
        const reply = await shot.by.send(shot.method, shot.path, { body: shot.body });
        if (reply.status !== 400) return;
        const { field = '' } = problemOf(reply);
        // What is in `params` is up to the policy that they are for.
        const free = ['task.run', 'params'].some((name) => field.startsWith(name));
        assert.ok(together.has(field) || free, reply.text);
      }),
      { numRuns: 40 },
    );
  }
});
