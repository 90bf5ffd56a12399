// Goal: bids are sealed. A contractor never learns a rival's price, the manager's limit, or
// anybody's valuation: not from calls, traces, lists, resources, transfers, events or errors.
// Method: every secret is a number that occurs nowhere else; after a story with all endings every
// route is read by every party, and every byte it got is searched for what it must not know.
// Check: the secrets found are exactly those the reader owns.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openEvents } from './event-stream.ts';
import {
  award,
  call,
  type CfpDoc,
  type Party,
  party,
  propose,
  see,
  seller,
  startHost,
  type TestHost,
} from './support.ts';

let host: TestHost;
before(async () => void (host = await startHost()));

type Seller = Party & { resourceId: string };

/** Every byte that this party can get out of the host about these calls. */
async function everything(p: Party, calls: readonly string[], leases: string[]): Promise<string> {
  const texts: string[] = [];
  const read = async (method: string, path: string, body?: unknown): Promise<void> => {
    const reply = await p.api.send(method, path, body === undefined ? {} : { body });
    texts.push(`${method} ${path} -> ${reply.text}`);
  };
  for (const id of calls) {
    await read('GET', `/v1/cfps/${id}`);
    await read('GET', `/v1/cfps/${id}/trace`);
    await read('GET', `/v1/ledger/transfers?cfpId=${id}`);
    await read('POST', `/v1/cfps/${id}/award`, { proposalId: 'prp_000000001' });
    await read('POST', `/v1/cfps/${id}/proposals`, { price: 1, resourceId: 'res_000000001' });
    await read('POST', `/v1/cfps/${id}/refusals`, { reason: 'busy' });
  }
  for (const id of leases) {
    await read('GET', `/v1/leases/${id}`);
    await read('GET', `/v1/leases/${id}/log`);
    await read('GET', `/v1/ledger/transfers?leaseId=${id}`);
  }
  const lists = ['/v1/cfps', '/v1/leases', '/v1/resources', '/v1/agents', '/v1/ledger/transfers'];
  for (const path of lists) await read('GET', `${path}?limit=500`);
  for (const path of ['/v1/snapshot', '/v1/ledger/trial-balance', '/v1/ledger/attribution']) {
    await read('GET', path);
  }
  const reader = await openEvents(host.url, p.token, { from: 1 });
  const outsider = await party(host);
  await call(outsider, { maxPrice: 0 });
  await reader.reached(await host.seq());
  reader.close();
  texts.push(...reader.events.map((e) => `event ${e.id} -> ${JSON.stringify(e.data)}`));
  return texts.join('\n');
}

/** The lines in which one of these numbers or words occurs. */
function found(text: string, secrets: readonly (number | string)[]): string[] {
  const marks = secrets.map(String);
  return text.split('\n').filter((line) => marks.some((s) => line.includes(s)));
}

const SECRET = {
  maxPrice: 48.731917,
  priority: 77.1234,
  gain: 3.9871,
  a: 17.313131,
  b: 19.272727,
  c: 23.464646,
};
const VALUATION = { priority: SECRET.priority, marginalGain: SECRET.gain };

async function contest(
  pricing: string,
  mode: 'auto' | 'manual',
): Promise<{ manager: Party; a: Seller; b: Seller; c: Seller; cfp: CfpDoc; lease: string }> {
  const manager = await party(host);
  const [a, b, c] = [await seller(host), await seller(host), await seller(host)];
  const cfp = await call(manager, {
    maxPrice: SECRET.maxPrice,
    valuation: VALUATION,
    mechanism: { pricing },
    award: mode,
  });
  // Scores 12.69, 11.73, 11.54: under second score the payment is 18.272727, nobody's bid.
  const best = await propose(a, cfp.id, SECRET.a, { terms: { quality: 30 } });
  await propose(b, cfp.id, SECRET.b, { terms: { quality: 31 } });
  await propose(c, cfp.id, SECRET.c, { terms: { quality: 35 } });
  if (mode === 'manual') await award(manager, best);
  else await host.advance(2001);
  const seen = await see(manager.api, cfp.id);
  return { manager, a, b, c, cfp, lease: seen.award?.leaseId ?? '' };
}

for (const [pricing, mode] of [
  ['first-price', 'auto'],
  ['first-price', 'manual'],
  ['second-score', 'auto'],
] as const) {
  test(`a need under ${pricing}, awarded ${mode}: each knows its own bid and no other`, async () => {
    const { manager, a, b, c, cfp, lease } = await contest(pricing, mode);
    const hidden = [SECRET.priority, SECRET.gain];
    const inside = await everything(manager, [cfp.id], [lease]);
    assert.ok(found(inside, [SECRET.c, SECRET.maxPrice]).length > 1, 'the manager sees its bids');
    assert.deepEqual(found(inside, hidden), [], 'a valuation is for the delegate alone');
    for (const [p, own] of [
      [a, SECRET.a],
      [b, SECRET.b],
      [c, SECRET.c],
    ] as const) {
      const rivals = [SECRET.a, SECRET.b, SECRET.c].filter((price) => price !== own);
      const text = await everything(p, [cfp.id], [lease]);
      assert.deepEqual(found(text, [...hidden, SECRET.maxPrice, ...rivals]), [], p.name);
      assert.ok(found(text, [own]).length > 0, 'its own bid it sees');
    }
    const operator = await host.operator.send('GET', `/v1/cfps/${cfp.id}`);
    assert.ok(found(operator.text, [SECRET.maxPrice]).length > 0);
  });
}

test('an offer: a bidder, and the manager of the need it serves, learn of no other bid', async () => {
  const s = await seller(host);
  const [p, q, r] = [await party(host), await party(host), await party(host)];
  const t = await seller(host);
  const need = await call(p, { maxPrice: SECRET.maxPrice });
  await propose(t, need.id, SECRET.c);
  const body = {
    offer: { resourceId: s.resourceId, durationMs: 600_000 },
    minPrice: 11.515253,
    mechanism: { pricing: 'first-price' },
    award: 'auto',
  };
  const { cfp } = await s.api.post<{ cfp: CfpDoc }>('/v1/cfps', body, 201);
  const path = `/v1/cfps/${cfp.id}/proposals`;
  await p.api.post(path, { price: SECRET.b, cfpId: need.id }, 201);
  await q.api.post(path, { price: SECRET.a }, 201);
  await r.api.post(path, { price: 12.373737 }, 201);
  await host.advance(2001);
  const calls = [need.id, cfp.id];
  const l = (await see(s.api, cfp.id)).award?.leaseId ?? '';
  assert.equal((await see(p.api, need.id)).state, 'awarded');
  const limits = [11.515253];
  const byP = await everything(p, calls, [l]);
  assert.deepEqual(found(byP, [...limits, SECRET.a, 12.373737, q.name, r.name]), []);
  const byQ = await everything(q, calls, [l]);
  assert.deepEqual(found(byQ, [...limits, SECRET.b, SECRET.maxPrice, 12.373737, r.name]), []);
  // The offer's seller is a contractor of the need: its rival there is none of its business.
  const byS = await everything(s, calls, [l]);
  assert.deepEqual(found(byS, [SECRET.c, SECRET.maxPrice, t.name]), []);
  const byT = await everything(t, calls, [l]);
  assert.deepEqual(found(byT, [SECRET.a, SECRET.b, SECRET.maxPrice, 11.515253, s.name]), []);
});

test('what a loser fell short by is too coarse to tell the winner’s bid', async () => {
  const { b, c, cfp } = await contest('first-price', 'auto');
  for (const [p, price] of [
    [b, SECRET.b],
    [c, SECRET.c],
  ] as const) {
    const { lost } = await see(p.api, cfp.id);
    const short = lost?.short.price ?? 0;
    assert.ok(short >= price - SECRET.a, 'that much better would have won');
    assert.match(String(short), /^0\.0[125]$|^0?\.?[125]0*$|^0\.[125]$/u, `${short} is one digit`);
  }
});

test('the task’s command is for whoever has to run it', async () => {
  const { agent, token } = await host.operator.post<{ agent: { id: string }; token: string }>(
    '/v1/agents',
    { name: 'has commands', exec: true },
    201,
  );
  const manager: Party = { id: agent.id, name: 'has commands', token, api: host.client(token) };
  const [a, b] = [await seller(host), await seller(host)];
  const run = { argv: ['echo', 'secret-argument'] };
  const cfp = await call(manager, { task: { title: 't', run }, maxPrice: 0 });
  const p = await propose(a, cfp.id, 0);
  await propose(b, cfp.id, 0);
  const earlier = await everything(a, [cfp.id], []);
  assert.deepEqual(found(earlier, ['secret-argument']), []);
  const l = await award(manager, p);
  const after = await everything(a, [cfp.id], [l.id]);
  assert.ok(found(after, ['secret-argument']).length > 0);
  assert.deepEqual(found(await everything(b, [cfp.id], [l.id]), ['secret-argument']), []);
});
