// Goal: the ledger answers which agent spent which credit on which resource, and its answers agree
// with each other to the micro-credit. Method: deals with odd prices, penalties, surcharges and
// lapses; every filter, alone and with paging, against all transfers filtered by the test.
// Check: attribution and balances are sums of the transfers; CSV says what JSON says.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  award,
  call,
  HOUR_MS,
  type Party,
  party,
  pages,
  propose,
  seller,
  startHost,
  type TestHost,
  type TransferDoc,
  trialBalance,
} from './support.ts';

type Seller = Party & { resourceId: string };
let host: TestHost;
let buyers: Party[];
let sellers: Seller[];
let all: TransferDoc[];

before(async () => {
  host = await startHost();
  await host.operator.put('/v1/policy', {
    surcharge: { rate: 0.000003, freeCalls: 1, halfLifeMs: HOUR_MS },
  });
  await host.operator.put('/v1/projects/shared/budget', { amount: 77.7, windowMs: HOUR_MS });
  buyers = [
    await party(host, { budget: 100, project: 'alpha' }),
    await party(host, { budget: 90.000001, project: 'beta, "quoted"'.replaceAll(/[",]/gu, '+') }),
    await party(host, { budget: 0, project: 'shared' }),
  ];
  sellers = [await seller(host, { budget: 50 }), await seller(host, { budget: 50, kind: 'cpu' })];
  for (let round = 0; round < 9; round++) await oneDeal(round);
  await host.advance(25 * HOUR_MS); // windows end: what is left lapses
  all = await pages<TransferDoc>(host.operator, '/v1/ledger/transfers', 'transfers', 7);
});

/** Deals that end in turn as done, done for less, failed, given back, expired and cancelled. */
async function oneDeal(round: number): Promise<void> {
  const buyer = buyers[round % buyers.length] as Party;
  const s = sellers[round % sellers.length] as Seller;
  const kind = round % sellers.length === 0 ? 'gpu' : 'cpu';
  const task = { title: `deal ${round}`, ...(round === 4 ? { project: 'extra' } : {}) };
  const price = 1.000007 * (round + 1);
  const exact = Math.round(price * 1e6) / 1e6;
  const cfp = await call(buyer, { task, need: { kind, count: 1, durationMs: 60_000 } });
  const p = await propose(s, cfp.id, exact, { terms: { penalty: 0.5 } });
  const l = await award(buyer, p);
  const path = `/v1/leases/${l.id}`;
  const { epoch } = l;
  if (round % 6 === 0) await s.api.post(`${path}/done`, { epoch });
  else if (round % 6 === 1) await s.api.post(`${path}/done`, { epoch, charge: 0.000001 });
  else if (round % 6 === 2) await s.api.post(`${path}/fail`, { epoch, reason: 'x' });
  else if (round % 6 === 3) {
    await host.advance(20_000);
    await s.api.post(`${path}/give-back`);
  } else if (round % 6 === 4) await host.advance(60_000);
  else await buyer.api.post(`/v1/cfps/${cfp.id}/cancel`);
}

const micro = (amount: number): number => Math.round(amount * 1e6);
const isPosted = (t: TransferDoc): boolean => t.state === 'posted';
const SPENT = new Set(['lease', 'penalty', 'penalty-hold', 'surcharge', 'call-hold', 'bid-hold']);

test('transfers carry the documented names, and posted ones add up to every balance', async () => {
  const names = ['id', 'at', 'debit', 'credit', 'amount', 'state', 'code', 'agentId', 'project'];
  for (const t of all) {
    for (const name of [...names, 'resourceId', 'cfpId', 'leaseId']) {
      assert.ok(Object.hasOwn(t, name), `${name} in ${JSON.stringify(t)}`);
    }
  }
  assert.equal(new Set(all.map((t) => t.id)).size, all.length, 'no id twice, no row twice');
  const sums = new Map<string, number>();
  for (const t of all.filter(isPosted)) {
    sums.set(t.debit, (sums.get(t.debit) ?? 0) - micro(t.amount));
    sums.set(t.credit, (sums.get(t.credit) ?? 0) + micro(t.amount));
  }
  const accounts = await trialBalance(host);
  for (const [id, { posted }] of accounts) assert.equal(micro(posted), sums.get(id) ?? 0, id);
});

test('each filter, and each pair, gives exactly the rows that it names', async () => {
  const lease = all.find((t) => t.leaseId !== null)?.leaseId ?? '';
  const filters: [string, (t: TransferDoc) => boolean][] = [
    ...buyers.map((p): [string, (t: TransferDoc) => boolean] => [
      `agentId=${p.id}`,
      (t) => t.agentId === p.id || t.credit === `agent:${p.id}`,
    ]),
    ['project=alpha', (t) => t.project === 'alpha'],
    ['project=shared', (t) => t.project === 'shared'],
    [`resourceId=${sellers[0]?.resourceId}`, (t) => t.resourceId === sellers[0]?.resourceId],
    [`leaseId=${lease}`, (t) => t.leaseId === lease],
    ['state=pending', (t) => t.state === 'pending'],
    ['state=posted', isPosted],
    ['state=voided', (t) => t.state === 'voided'],
    ['state=expired', (t) => t.state === 'expired'],
  ];
  const route = '/v1/ledger/transfers';
  for (const [one, ofOne] of filters) {
    const wanted = all.filter(ofOne);
    assert.ok(wanted.length > 0, `${one} has rows`);
    assert.deepEqual(await pages(host.operator, `${route}?${one}`, 'transfers', 3), wanted, one);
    for (const [two, ofTwo] of filters) {
      if (two.split('=')[0] === one.split('=')[0]) continue;
      const both = wanted.filter(ofTwo);
      const got = await pages(host.operator, `${route}?${one}&${two}`, 'transfers', 500);
      assert.deepEqual(got, both, `${one} and ${two}`);
    }
  }
});

test('an agent reads what is attributed or paid to it, and nothing else', async () => {
  for (const p of [...buyers, ...sellers]) {
    const own = all.filter((t) => t.agentId === p.id || t.credit === `agent:${p.id}`);
    assert.deepEqual(await pages(p.api, '/v1/ledger/transfers', 'transfers', 4), own);
  }
  const [a, b] = buyers as [Party, Party];
  await a.api.refused('forbidden', 'GET', `/v1/ledger/transfers?agentId=${b.id}`);
  await a.api.refused('forbidden', 'GET', '/v1/ledger/trial-balance');
  await a.api.refused('forbidden', 'GET', '/v1/ledger/attribution');
});

interface Row {
  agentId?: string | null;
  project?: string | null;
  resourceId?: string | null;
  amount: number;
  transfers: number;
}

test('attribution adds up to the ledger, by every choice of dimensions', async () => {
  const spent = all.filter((t) => isPosted(t) && SPENT.has(t.code));
  const total = spent.reduce((sum, t) => sum + micro(t.amount), 0);
  for (const by of ['agent', 'project', 'resource', 'agent,project', 'agent,project,resource']) {
    const path = `/v1/ledger/attribution?by=${by}`;
    const { rows, total: told } = await host.operator.get<{ rows: Row[]; total: number }>(path);
    assert.equal(micro(told), total, by);
    assert.equal(
      rows.reduce((sum, r) => sum + micro(r.amount), 0),
      total,
    );
    for (const r of rows) {
      const mine = spent.filter(
        (t) =>
          (r.agentId === undefined || t.agentId === r.agentId) &&
          (r.project === undefined || t.project === r.project) &&
          (r.resourceId === undefined || t.resourceId === r.resourceId),
      );
      const sum = mine.reduce((s, t) => s + micro(t.amount), 0);
      assert.deepEqual([micro(r.amount), r.transfers], [sum, mine.length], JSON.stringify(r));
    }
  }
  await host.operator.refused('invalid-field', 'GET', '/v1/ledger/attribution?by=agent,colour');
});

/** RFC 4180, by the book. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gu,
  )) {
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

test('the CSV export says what the JSON says, and runs nothing in a spreadsheet', async () => {
  const path = '/v1/ledger/attribution?by=agent,project,resource';
  const { rows } = await host.operator.get<{ rows: Record<string, unknown>[] }>(path);
  const csv = await host.operator.send('GET', `${path}&format=csv`);
  assert.equal(csv.status, 200);
  assert.match(csv.headers['content-type'] ?? '', /^text\/csv/u);
  const [header = [], ...lines] = parseCsv(csv.text);
  assert.deepEqual(header, Object.keys(rows[0] ?? {}));
  assert.deepEqual(
    lines,
    rows.map((r) => header.map((name) => (r[name] === null ? '' : String(r[name])))),
  );
  for (const cell of lines.flat()) assert.doesNotMatch(cell, /^[=+\-@]/u);
});

test('pages go on exactly after the last row, also while rows are added', async () => {
  const route = '/v1/ledger/transfers';
  const first = await host.operator.get<{ transfers: TransferDoc[]; next: string }>(
    `${route}?limit=5`,
  );
  const cfp = await call(buyers[0] as Party);
  await buyers[0]?.api.post(`/v1/cfps/${cfp.id}/cancel`);
  const rest = `${route}?limit=500&cursor=${first.next}`;
  const { transfers } = await host.operator.get<{ transfers: TransferDoc[] }>(rest);
  assert.deepEqual(transfers.slice(0, all.length - 5), all.slice(5));
  for (const bad of [
    'cursor=x',
    'cursor=-1.0',
    'limit=0',
    'limit=501',
    'limit=ten',
    'state=lost',
  ]) {
    const { field } = await host.operator.refused('invalid-field', 'GET', `${route}?${bad}`);
    assert.equal(field, bad.split('=')[0]);
  }
});

test('the trial balance is of one moment: its head is the chain’s at its seq', async () => {
  const { seq, head } = await host.operator.get<{ seq: number; head: string }>(
    '/v1/ledger/trial-balance',
  );
  const body = { seq, head };
  const { valid } = await host.operator.post<{ valid: boolean }>('/v1/receipts/verify', body);
  assert.equal(valid, true);
  assert.equal(seq, await host.seq());
});
