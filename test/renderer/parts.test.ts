// Routes, search, files, forms, charts: the pure parts of the pages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNewest, seqOf } from '../../renderer/bank/newest.ts';
import { sharesAt, trail } from '../../renderer/bank/shares.ts';
import { formatRoute, HOME, parseRoute, projectId, thingOf } from '../../renderer/frame/route.ts';
import { type Finding, score, search } from '../../renderer/frame/search.ts';
import { createClock } from '../../renderer/mirror/clock.ts';
import { createModel, foldSnapshot } from '../../renderer/mirror/model.ts';
import { createRequests, type Problem } from '../../renderer/mirror/requests.ts';
import { findCalls } from '../../renderer/negotiation/find.ts';
import { isOneMoment, ranked } from '../../renderer/negotiation/bids.ts';
import { pricePlot } from '../../renderer/negotiation/price-points.ts';
import { isBody, readPolicy, textOf } from '../../renderer/settings/policy-input.ts';
import { toCsv } from '../../renderer/ui/csv.ts';
import { ticksOf } from '../../renderer/ui/ticks.ts';
import { rangeOf } from '../../renderer/ui/use-window.ts';
import type { TransferRow } from '../../renderer/mirror/documents.ts';
import type { ScreenToHost } from '../../core/contract.ts';
import type { CallView } from '../../core/engine/view/model.ts';
import { agent, agentId, call, callId, cr, lease, proposed, refused } from './records.ts';
import { snapshot, T0 } from './records.ts';

test('a route survives its text, with filters and selection', () => {
  const route = {
    page: 'negotiation',
    id: callId(3),
    params: { q: 'nightly digest & more', state: 'live' },
    selected: agentId(1),
  } as const;
  assert.deepEqual(parseRoute(formatRoute(route)), route);
  assert.equal(formatRoute(HOME), '#/floor');
});

test('an address that means nothing leads home', () => {
  for (const hash of ['', '#', '#/', '#/nowhere', '#token']) {
    assert.deepEqual(parseRoute(hash), HOME, hash);
  }
  assert.equal(parseRoute('#/machine/%zz').id, '%zz');
});

test('the kind of a thing is in its id', () => {
  assert.equal(thingOf(agentId(1)), 'agent');
  assert.equal(thingOf(callId(1)), 'call');
  assert.equal(thingOf(projectId('agt_000000001')), 'project');
  assert.equal(thingOf('escrow'), null);
});

test('search: every word counts, the start of a name counts most', () => {
  assert.equal(score('zebra', 'executive-report'), 0);
  assert.ok(score('exec', 'executive-report') > score('exec', 'the-executive'));
  assert.ok(score('rep', 'executive-report') > score('epo', 'executive-report'));
  const model = createModel();
  foldSnapshot(model, snapshot({ calls: [call(1, { title: 'agent-1 digest' })] }));
  const fixed: Finding[] = [{ id: 'demo', group: 'Actions', name: 'Start the demo', detail: '' }];
  assert.deepEqual(search(model, '', fixed), fixed);
  const names = search(model, 'agent-1', fixed).map(({ group }) => group);
  assert.deepEqual(names, ['Agents', 'Conversations']);
  assert.equal(search(model, callId(1), fixed)[0]?.id, callId(1));
});

test('conversations: found by title, project, caller or contractor, newest first', () => {
  const model = createModel();
  const agents = [agent(1), agent(2, { name: 'north-rack' })];
  const calls = [
    call(1),
    call(2, { dialogues: [refused(2, 'busy')] }),
    call(3, { state: 'awarded' }),
  ];
  foldSnapshot(model, snapshot({ agents, calls }));
  const ids = (query: string, group: Parameters<typeof findCalls>[2]): string[] =>
    findCalls(model, query, group).map(({ id }) => id);
  assert.deepEqual(ids('', 'all'), [callId(3), callId(2), callId(1)]);
  assert.deepEqual(ids('NORTH work', 'all'), [callId(2)]);
  assert.deepEqual(ids('', 'awarded'), [callId(3)]);
});

test('csv: quoted where needed, and no field is a formula', () => {
  const text = toCsv(
    ['a', 'b'],
    [
      ['x,y', 'say "hi"'],
      ['=1+1', -3],
      [null, undefined],
    ],
  );
  assert.equal(text, 'a,b\r\n"x,y","say ""hi"""\r\n\'=1+1,-3\r\n,\r\n');
});

test('attribution: sums along the drill-down are exact', () => {
  const row = (agentN: number, project: string | null, resourceId: string, amount: number) => ({
    agentId: agentId(agentN),
    agent: `agent-${agentN}`,
    project,
    resourceId,
    resource: resourceId,
    amount,
    transfers: 1,
  });
  const rows = [row(1, 'a', 'r1', 0.1), row(1, 'a', 'r2', 0.2), row(2, null, 'r1', 5)];
  assert.deepEqual(
    sharesAt(rows, []).map(({ name, amount }) => [name, amount]),
    [
      ['agent-2', 5],
      ['agent-1', 0.3],
    ],
  );
  assert.deepEqual(
    sharesAt(rows, [agentId(2)]).map(({ name }) => name),
    ['no project'],
  );
  assert.equal(sharesAt(rows, [agentId(1), 'a']).length, 2);
  assert.deepEqual(trail(rows, [agentId(1), 'a']), ['agent-1', 'a']);
});

test('transfers are read newest first, though the ledger is read forwards', async () => {
  const all = Array.from({ length: 900 }, (_, i) => ({ id: `trf_${i.toString(36)}_0` }));
  const asked: string[] = [];
  const read = (query: string) => {
    asked.push(query);
    const after = Number(/cursor=(\d+)/u.exec(query)?.[1] ?? -1);
    const page = all.filter(({ id }) => seqOf(id) > after).slice(0, 500);
    const last = seqOf(page.at(-1)?.id ?? '');
    const next = last < 899 ? `${last}.0` : null;
    return Promise.resolve({ transfers: page as TransferRow[], next });
  };
  const first = await readNewest(read, 900, 200);
  assert.deepEqual(
    first.rows.slice(0, 2).map(({ id }) => seqOf(id)),
    [899, 898],
  );
  assert.ok(asked.length <= 3, 'windows grow, so few pages are read');
  const rest = await readNewest(read, first.before ?? 0, 1_000);
  assert.equal(first.rows.length + rest.rows.length, 900);
  assert.equal(rest.before, null);
});

test('the price plot starts at zero, holds every point and knows the winner', () => {
  const dialogues = [proposed(2, 5, { state: 'accepted' }), proposed(3, 20), refused(4, 'busy')];
  const plot = pricePlot(call(1, { dialogues, state: 'awarded' }), lease(1));
  assert.deepEqual(
    plot.proposals.map(({ won }) => won),
    [true, false],
  );
  assert.equal(plot.refusals.length, 1);
  assert.ok(plot.top >= 20 && plot.seconds >= 2);
  assert.deepEqual(plot.award, { seconds: 2, price: 8.2 });
});

test('bids are ranked as the manager sees them; of one moment, they have no curve', () => {
  const offer = {
    direction: 'offer',
    dialogues: [refused(4, 'busy'), proposed(2, 5), proposed(3, 7)],
  } as const;
  const names = (one: CallView): string[] => ranked(one).map((dialogue) => dialogue.agentId);
  const sale = call(1, { ...offer, dialogues: [...offer.dialogues] });
  assert.deepEqual(names(sale), [agentId(3), agentId(2), agentId(4)]);
  assert.deepEqual(names({ ...sale, direction: 'need' }), [agentId(2), agentId(3), agentId(4)]);
  assert.equal(isOneMoment(sale), true);
  const late = proposed(5, 9);
  assert.ok(late.proposal);
  const later = { ...late, proposal: { ...late.proposal, at: late.proposal.at + 300 } };
  assert.equal(isOneMoment({ ...sale, dialogues: [...sale.dialogues, later] }), false);
});

test('axes have round ticks', () => {
  assert.deepEqual(ticksOf(2.01), [0, 0.5, 1, 1.5, 2]);
  assert.deepEqual(ticksOf(15.3, true), [0, 5, 10, 15, 20]);
  assert.deepEqual(ticksOf(0.05, true), [0, 0.01, 0.02, 0.03, 0.04, 0.05]);
});

test('a long list knows which of its rows are in sight', () => {
  assert.deepEqual(rangeOf(0, 320, 32, 5), { first: 0, end: 5 });
  assert.deepEqual(rangeOf(3_200, 320, 32, 10_000), { first: 92, end: 118 });
  assert.deepEqual(rangeOf(9_000, 320, 32, 10), { first: 10, end: 10 });
});

test('the policy survives its form, and bad fields are named', () => {
  const policy = {
    ...snapshot().policy,
    surcharge: { rate: cr(0.01), freeCalls: 60, halfLifeMs: 60_000 },
  };
  const read = readPolicy(textOf(policy));
  assert.ok(isBody(read));
  assert.deepEqual(read.reservePrices, { gpu: 10, cpu: 1, memory: 0.1 });
  assert.equal(read.defaults.replyByMs, 2_000);
  assert.deepEqual(read.surcharge, { rate: 0.01, freeCalls: 60, halfLifeMs: 60_000 });
  const wrong = readPolicy({ ...textOf(policy), gpu: '-1', replyBy: '9 d', priorityReserve: 'x' });
  assert.deepEqual(Object.keys(wrong).toSorted(), ['gpu', 'priorityReserve', 'replyBy']);
});

test('a request is answered once; a problem carries its words', async () => {
  const sent: ScreenToHost[] = [];
  const requests = createRequests((message) => sent.push(message));
  const good = requests.ask('GET', '/v1/policy');
  const bad = requests.ask('PUT', '/v1/policy', { probeRate: 1 });
  assert.deepEqual(
    sent.map(({ kind }) => kind),
    ['request', 'request'],
  );
  requests.settle(1, 200, { policy: 1 });
  requests.settle(1, 200, { policy: 2 });
  requests.settle(2, 400, { code: 'invalid', detail: 'probeRate is 0.', hint: 'Leave it out.' });
  assert.deepEqual(await good, { policy: 1 });
  await assert.rejects(bad, (error: Problem) => {
    assert.deepEqual([error.status, error.code], [400, 'invalid']);
    assert.equal(error.message, 'probeRate is 0. Leave it out.');
    return true;
  });
});

test('a lost connection fails what was under way, and leaves no doubt unsaid', async () => {
  const requests = createRequests(() => undefined);
  const read = requests.ask('GET', '/v1/policy');
  const change = requests.ask('POST', '/v1/demo', {});
  requests.abandon();
  await assert.rejects(read, { message: 'The connection to the host was lost.' });
  await assert.rejects(change, /may or may not have been done/u);
});

test('the host’s clock: ours by its offset, or standing when it is set by hand', () => {
  let ours = 1_000;
  const clock = createClock(() => ours);
  assert.equal(clock.now(), 1_000);
  clock.heard(T0, false);
  ours += 500;
  assert.equal(clock.now(), T0 + 500);
  clock.heard(T0 + 400);
  assert.equal(clock.now(), T0 + 500);
  clock.heard(T0 + 900, true);
  ours += 5_000;
  assert.equal(clock.now(), T0 + 900);
});
