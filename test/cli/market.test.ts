// A market from the command line alone: people, money, goods, one negotiation, and what is told of
// it afterwards. Method: every command that changes or shows something is run against a real host.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AgentDoc, CfpDoc, LeaseDoc, ResourceDoc } from '../../cli/documents.ts';
import { createClient } from '../gateway/client.ts';
import { document, haggle, type Served, serve } from './support.ts';

describe('a market from the command line', () => {
  let host: Served;
  const cleanups: (() => unknown)[] = [];
  before(async () => {
    const lasting = { after: (clean: () => unknown) => cleanups.push(clean) } as never;
    host = await serve(lasting, { args: ['--no-probe'] });
  });
  after(async () => {
    for (const clean of cleanups.toReversed()) await clean();
  });
  const get = <T>(...args: string[]): Promise<T> => document<T>(host.on(...args));
  const said = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await haggle(host.on(...args));
    assert.equal(code, 0, stderr);
    return stdout;
  };
  let seller = '';
  let gpus: ResourceDoc;
  let call: CfpDoc;

  it('registers agents and gives them budgets', async () => {
    const ada = await get<{ agent: AgentDoc; token: string }>(
      ...['agents', 'add', 'Ada', '--project', 'lab'],
    );
    assert.equal(ada.agent.project, 'lab');
    seller = (await get<{ token: string }>('agents', 'add', 'Bo')).token;
    await said('agents', 'budget', 'Ada', '100');
    const { agent } = await get<{ agent: AgentDoc }>('agents', 'show', 'Ada');
    assert.equal(agent.balance.available, 100);
    assert.equal((await said('agents', 'token', 'Ada')).trim(), ada.token);
    assert.match(await said('agents', 'list'), /^Ada +agt_\w+ +lab +100 +0 /mu);
  });

  it('puts a resource on the market, prices it, pauses and resumes it', async () => {
    const wish = ['--owner', 'Bo', '--model', 'NVIDIA H100', '--count', '8', '--simulated'];
    gpus = (await get<{ resource: ResourceDoc }>('resources', 'add', 'gpu', ...wish)).resource;
    assert.equal(gpus.simulated, true, 'what does not exist says so');
    await said('resources', 'price', gpus.id, '6');
    await said('resources', 'pause', gpus.id);
    assert.match(await said('resources', 'list'), /paused/u);
    await said('resources', 'resume', gpus.id);
    const { resources } = await get<{ resources: ResourceDoc[] }>('resources', 'list');
    const [shown] = resources;
    assert.deepEqual([shown?.reservePrice, shown?.state], [6, 'for-sale']);
  });

  it('calls, shows, awards and traces', async () => {
    const need = ['--need', '2x H100 GPUs for 10 minutes', '--max-price', '20', '--agent', 'Ada'];
    const how = ['--award', 'manual', '--reply-by', '60s', '--title', 'digest'];
    call = (await get<{ cfp: CfpDoc }>('cfp', 'open', ...need, ...how)).cfp;
    const bo = createClient(host.url, seller);
    const bid = { price: 12, resourceId: gpus.id };
    const made = await bo.post(`/v1/cfps/${call.id}/proposals`, bid, 201);
    const { proposal } = made as { proposal: { id: string } };
    assert.match(await said('cfp', 'list', '--state', 'open'), new RegExp(call.id, 'u'));
    const { lease } = await get<{ lease: LeaseDoc }>('cfp', 'award', call.id, proposal.id);
    assert.equal(lease.price, 12);
    const trace = await said('cfp', 'trace', call.id);
    assert.match(trace, /Bo proposes 12 credits/u);
    assert.match(await said('cfp', 'show', call.id), /awarded/u);
  });

  it('gives back: the time used is paid and the rest released', async () => {
    const { leases } = await get<{ leases: LeaseDoc[] }>('leases', 'list');
    const [lease] = leases;
    await said('leases', 'give-back', lease?.id ?? '');
    const shown = (await get<{ lease: LeaseDoc }>('leases', 'show', lease?.id ?? '')).lease;
    assert.equal(shown.ending?.how, 'given-back');
    assert.ok((shown.ending?.charge ?? 12) < 12);
  });

  it('cancels a call', async () => {
    const need = ['--need', '1 gpu for 5 minutes', '--max-price', '1', '--agent', 'Ada'];
    const { cfp } = await get<{ cfp: CfpDoc }>('cfp', 'open', ...need, '--reply-by', '60s');
    await said('cfp', 'cancel', cfp.id);
    assert.equal((await get<{ cfp: CfpDoc }>('cfp', 'show', cfp.id)).cfp.state, 'cancelled');
  });

  it('adds the ledger up in three ways', async () => {
    assert.equal((await get<{ sum: number }>('ledger', 'balance')).sum, 0);
    const verified = await get<{ differences: unknown[]; transfers: number }>('ledger', 'verify');
    assert.deepEqual(verified.differences, []);
    assert.ok(verified.transfers > 3);
    const { total } = await get<{ total: number }>('ledger', 'attribution');
    const { transfers } = await get<{ transfers: { state: string; amount: number }[] }>(
      ...['ledger', 'transfers'],
    );
    assert.ok(transfers.length > 3 && total < 12);
  });

  it('changes rules and leaves the others', async () => {
    await said('policy', 'set', '--reserve-cpu', '2');
    assert.match(await said('policy', 'show'), /reserve price cpu +2 credits/u);
    assert.match(await said('policy', 'show'), /reserve price gpu +10 credits/u);
  });

  it('prints events from the middle, and writes a backup that opens', async () => {
    const { events } = await get<{ events: { id: string }[] }>('events', '--from', '3');
    assert.equal(events[0]?.id, '3');
    const { backup } = await get<{ backup: { file: string } }>('backup');
    const file = path.join(host.dataDir, backup.file);
    assert.equal(fs.readFileSync(file).subarray(0, 15).toString(), 'SQLite format 3');
  });
});
