// Goal: every route of API.md answers with the documented names, statuses and bodies.
// Method: an outside program that knows API.md only, against `haggle serve`, one host for all.
// Check: names and values of whole bodies; receipts beside every change.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { before, test } from 'node:test';
import type { Receipt } from './client.ts';
import {
  type AgentDoc,
  award,
  call,
  type CfpDoc,
  lease,
  type LeaseDoc,
  party,
  type ProposalDoc,
  propose,
  see,
  seller,
  startHost,
  type TestHost,
} from './support.ts';

let host: TestHost;
before(async () => void (host = await startHost()));

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u;

/** Asserts that these names are there; a document may have more. */
function has(doc: object, ...names: string[]): void {
  assert.deepEqual(
    names.filter((name) => !Object.hasOwn(doc, name)),
    [],
    `names missing in ${JSON.stringify(doc)}`,
  );
}

function isReceipt(r: Receipt): void {
  assert.deepEqual(Object.keys(r).sort(), ['head', 'seq']);
  assert.ok(Number.isSafeInteger(r.seq) && /^[0-9a-f]{64}$/u.test(r.head));
}

test('the ready line names what API.md promises, and the token file is private', () => {
  const { ready } = host;
  assert.deepEqual(Object.keys(ready), ['ready', 'url', 'dataDir', 'operatorTokenFile', 'seq']);
  assert.equal(ready.ready, true);
  assert.match(host.url, /^http:\/\/127\.0\.0\.1:\d+$/u);
  assert.equal(fs.statSync(String(ready.operatorTokenFile)).mode & 0o777, 0o600);
});

test('health needs no token and says status, version and seq', async () => {
  const health = await host.client(null).get<Record<string, unknown>>('/v1/health');
  assert.deepEqual(Object.keys(health), ['status', 'version', 'seq']);
  assert.equal(health.status, 'ok');
});

test('agents: registered with a token, read by the operator and by themselves', async () => {
  const fields = { name: 'Ada', project: 'research', system: true, capabilities: ['python'] };
  const made = await host.operator.post<{ agent: AgentDoc; token: string; receipt: Receipt }>(
    '/v1/agents',
    fields,
    201,
  );
  isReceipt(made.receipt);
  const { agent, token } = made;
  has(agent, 'id', 'name', 'project', 'system', 'balance', 'budget', 'reputation', 'autonomy');
  assert.equal(agent.system, true);
  assert.deepEqual(agent.balance, { posted: 0, held: 0, available: 0 });
  const own = host.client(token);
  const read = await own.get<{ agent: AgentDoc }>(`/v1/agents/${agent.id}`);
  assert.deepEqual(read.agent, agent);
  const { agents, next } = await own.get<{ agents: AgentDoc[]; next: null }>('/v1/agents');
  assert.deepEqual([agents, next], [[agent], null]);
  const all = await host.operator.get<{ agents: AgentDoc[] }>('/v1/agents');
  assert.ok(all.agents.some((a) => a.id === agent.id) && all.agents.length > 1);
  const other = await party(host);
  await other.api.refused('forbidden', 'GET', `/v1/agents/${agent.id}`);
  await other.api.refused('forbidden', 'POST', '/v1/agents', { name: 'X', system: true });
  await host.operator.refused('name-taken', 'POST', '/v1/agents', { name: 'Ada' });
  await host.operator.refused('not-found', 'GET', '/v1/agents/agt_000000zzz');
});

test('budgets of agents and of projects are set by the operator only', async () => {
  const a = await party(host, { budget: 0 });
  const body = { amount: 12.5, windowMs: 3_600_000, carryOver: true };
  const set = await host.operator.put<{ agent: AgentDoc; receipt: Receipt }>(
    `/v1/agents/${a.id}/budget`,
    body,
  );
  isReceipt(set.receipt);
  assert.deepEqual(set.agent.balance, { posted: 12.5, held: 0, available: 12.5 });
  has(set.agent.budget ?? {}, 'amount', 'windowMs', 'carryOver');
  const project = await host.operator.put<{ project: { name: string }; receipt: Receipt }>(
    '/v1/projects/night%20work/budget',
    body,
  );
  isReceipt(project.receipt);
  assert.equal(project.project.name, 'night work');
  await a.api.refused('forbidden', 'PUT', `/v1/agents/${a.id}/budget`, body);
  await a.api.refused('forbidden', 'PUT', '/v1/projects/x/budget', body);
});

test('resources: added by an agent for itself, listed with state, holder and price', async () => {
  const a = await party(host);
  const body = {
    kind: 'gpu',
    model: 'NVIDIA H100',
    count: 4,
    vramBytes: 85_899_345_920,
    reservePrice: 2.5,
    simulated: true,
  };
  const added = await a.api.post<{ resource: Record<string, unknown>; receipt: Receipt }>(
    '/v1/resources',
    body,
    201,
  );
  isReceipt(added.receipt);
  has(added.resource, 'id', 'state', 'holder', 'price');
  for (const [name, value] of Object.entries(body)) assert.equal(added.resource[name], value);
  const listed = await a.api.get<{ resources: { id: unknown }[]; next: string | null }>(
    '/v1/resources',
  );
  assert.ok(listed.resources.some((r) => r.id === added.resource.id));
  const machine = { kind: 'cpu', count: 2 };
  const own = await host.operator.post<{ resource: { ownerId: string } }>(
    '/v1/resources',
    machine,
    201,
  );
  assert.notEqual(own.resource.ownerId, a.id);
});

test('a need goes from call to settled lease, each step with its receipt', async () => {
  const manager = await party(host, { project: 'reports' });
  const s = await seller(host, { reservePrice: 1 });
  const opened = await manager.api.post<{ cfp: CfpDoc; receipt: Receipt }>(
    '/v1/cfps',
    {
      task: { title: 'nightly digest', project: 'reports' },
      need: { kind: 'gpu', count: 1, durationMs: 1_800_000 },
      maxPrice: 50,
      valuation: { priority: 8, deadline: '2036-03-01T18:00:00Z', marginalGain: 1 },
      replyByMs: 2000,
      mechanism: { type: 'contract-net', pricing: 'second-price' },
      award: 'manual',
    },
    201,
  );
  isReceipt(opened.receipt);
  const { cfp } = opened;
  assert.deepEqual([cfp.state, cfp.maxPrice, cfp.managerId], ['open', 50, manager.id]);
  assert.match(cfp.replyBy, ISO);
  assert.equal('valuation' in cfp, false);
  const p = await propose(s, cfp.id, 10, { validForMs: 60_000, startDelayMs: 0 });
  const other = await seller(host);
  const refusal = { reason: 'busy', detail: 'not now' };
  await other.api.post(`/v1/cfps/${cfp.id}/refusals`, refusal, 201);
  const seen = await see(manager.api, cfp.id);
  assert.deepEqual(
    seen.refusals.map(({ contractorId, reason, detail }) => ({ contractorId, reason, detail })),
    [{ contractorId: other.id, ...refusal }],
  );
  const awarded = await manager.api.post<{ lease: LeaseDoc; receipt: Receipt }>(
    `/v1/cfps/${cfp.id}/award`,
    { proposalId: p.id },
  );
  isReceipt(awarded.receipt);
  const names = ['id', 'cfpId', 'managerId', 'contractorId', 'resourceId', 'epoch', 'price'];
  has(awarded.lease, ...names, 'startAt', 'endAt', 'state', 'enforcement', 'usage');
  const after = await see(manager.api, cfp.id);
  assert.deepEqual(Object.keys(after.award ?? {}).sort(), [
    'at',
    'contractorId',
    'leaseId',
    'price',
    'proposalId',
  ]);
  const { id, epoch } = awarded.lease;
  const report = { epoch, output: { words: 3 }, usage: { gpuSeconds: 1.5 } };
  const done = await s.api.post<{ lease: LeaseDoc; receipt: Receipt }>(
    `/v1/leases/${id}/done`,
    report,
  );
  isReceipt(done.receipt);
  assert.equal(done.lease.state, 'settled');
  assert.deepEqual(done.lease.output, report.output);
  assert.deepEqual(await lease(manager.api, id), done.lease);
  await other.api.refused('forbidden', 'GET', `/v1/leases/${id}`);
  assert.deepEqual(await lease(host.operator, id), done.lease);
});

test('a need may be a sentence, and calls are listed by state and by part taken', async () => {
  const manager = await party(host);
  const body = { need: '4x H100 GPUs for 30 minutes', maxPrice: 5 };
  const opened = await manager.api.post<{ cfp: CfpDoc & { need: unknown } }>('/v1/cfps', body, 201);
  assert.deepEqual(opened.cfp.need, {
    kind: 'gpu',
    count: 4,
    durationMs: 1_800_000,
    model: 'H100',
  });
  const mine = await manager.api.get<{ cfps: CfpDoc[]; next: null }>('/v1/cfps?mine=true');
  assert.deepEqual([mine.cfps.map((c) => c.id), mine.next], [[opened.cfp.id], null]);
  const cancelled = await manager.api.post<{ cfp: CfpDoc; receipt: Receipt }>(
    `/v1/cfps/${opened.cfp.id}/cancel`,
  );
  isReceipt(cancelled.receipt);
  assert.equal(cancelled.cfp.state, 'cancelled');
  const open = await manager.api.get<{ cfps: CfpDoc[] }>('/v1/cfps?mine=true&state=open');
  assert.deepEqual(open.cfps, []);
});

test('the documented refusals of proposals and awards', async () => {
  const manager = await party(host, { budget: 20 });
  const s = await seller(host);
  const first = await call(manager, { maxPrice: 15 });
  const p = await propose(s, first.id, 10);
  await s.api.refused('forbidden', 'POST', `/v1/cfps/${first.id}/award`, { proposalId: p.id });
  await award(manager, p);
  const again = { proposalId: p.id };
  await manager.api.refused('already-awarded', 'POST', `/v1/cfps/${first.id}/award`, again);
  const second = await call(manager, { maxPrice: 15 });
  const offer = { price: 9, resourceId: s.resourceId };
  await s.api.refused('slot-taken', 'POST', `/v1/cfps/${second.id}/proposals`, offer);
  const t = await seller(host);
  const dear = await propose(t, second.id, 12, { validForMs: 500 });
  const poor = { proposalId: dear.id };
  await manager.api.refused('insufficient-credits', 'POST', `/v1/cfps/${second.id}/award`, poor);
  await host.advance(1000);
  await manager.api.refused('proposal-expired', 'POST', `/v1/cfps/${second.id}/award`, poor);
  await host.advance(1001);
  const late = { price: 1, resourceId: (await seller(host)).resourceId };
  await s.api.refused('late-proposal', 'POST', `/v1/cfps/${second.id}/proposals`, late);
});

test('policy is read and set by the operator', async () => {
  const read = await host.operator.get<{ policy: Record<string, unknown> }>('/v1/policy');
  has(read.policy, 'reservePrices', 'priorityReserve', 'surcharge', 'probeRate', 'defaults');
  const set = await host.operator.put<{ policy: { priorityReserve: number }; receipt: Receipt }>(
    '/v1/policy',
    { priorityReserve: 0.25, reservePrices: { gpu: 7.5 }, defaults: { replyByMs: 1500 } },
  );
  isReceipt(set.receipt);
  assert.equal(set.policy.priorityReserve, 0.25);
  assert.deepEqual(await host.operator.get('/v1/policy'), { policy: set.policy });
  await host.operator.put('/v1/policy', { priorityReserve: 0 });
});

test('the operator reads a snapshot, a trial balance and metrics', async () => {
  const { snapshot } = await host.operator.get<{ snapshot: Record<string, unknown> }>(
    '/v1/snapshot',
  );
  assert.ok(Object.keys(snapshot).length > 3);
  const balance = await host.operator.get<Record<string, unknown>>('/v1/ledger/trial-balance');
  assert.deepEqual(Object.keys(balance), ['accounts', 'sum', 'seq', 'head']);
  assert.equal(balance.sum, 0);
  for (const account of balance.accounts as object[])
    has(account, 'id', 'kind', 'posted', 'pending');
  const metrics = await host.client(null).send('GET', '/metrics');
  assert.match(String(metrics.headers['content-type']), /^text\/plain/u);
  assert.match(metrics.text, /^haggle_journal_seq \d+$/mu);
  assert.match(metrics.text, /^haggle_trial_balance 0$/mu);
});

test('receipts are on the chain, in order, and can be verified', async () => {
  const a = await party(host);
  const receipts: Receipt[] = [];
  for (let i = 0; i < 5; i++) {
    const body = { need: '1 cpu for 1 minute', maxPrice: 1 };
    receipts.push((await a.api.post<{ receipt: Receipt }>('/v1/cfps', body, 201)).receipt);
  }
  const order = receipts.map((r) => r.seq);
  assert.deepEqual(
    order,
    [...order].sort((x, y) => x - y),
  );
  for (const r of receipts) {
    const { valid } = await a.api.post<{ valid: boolean }>('/v1/receipts/verify', r);
    assert.equal(valid, true);
  }
  const forged = { ...receipts[0], head: '0'.repeat(64) };
  const { valid } = await a.api.post<{ valid: boolean }>('/v1/receipts/verify', forged);
  assert.equal(valid, false);
});

test('reading a proposal of a call by its manager shows when it was made and until when', async () => {
  const manager = await party(host);
  const s = await seller(host);
  const c = await call(manager);
  await propose(s, c.id, 3, { validForMs: 5000, terms: { penalty: 0, reclaimWindowMs: 10 } });
  const [p] = (await see(manager.api, c.id)).proposals as (ProposalDoc & { at: string })[];
  assert.ok(p !== undefined);
  assert.equal(Date.parse(p.validUntil) - Date.parse(p.at), 5000);
});
