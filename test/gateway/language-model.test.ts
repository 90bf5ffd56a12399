// Goal: an agent whose moves come from a language model bargains in the live market, in words and
// moves, and can never go beyond its mandate. Method: a scripted OpenAI-compatible server (no real
// model can be reached here) that argues, injects, overbids and hangs. Check: offers, words and the
// counts; the rule-based strategy moves where the model does not; set-ups with faults do not start.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { BargainingDoc } from '../../core/engine/view/bargaining.ts';
import { reply, type Script, scripted, SETUP } from '../host/models-support.ts';
import { problemOf } from './client.ts';
import {
  call,
  type CfpDoc,
  newDataDir,
  party,
  see,
  seller,
  startHost,
  tryHost,
} from './support.ts';

type Bargained = CfpDoc & { bargaining: BargainingDoc | null };

/** A buyer with a model of this script against a rule-based seller; 20 is the floor, 30 the limit. */
async function talk(t: TestContext, script: Script): Promise<{ cfp: Bargained; asked: number }> {
  const server = await scripted(t, script);
  const dataDir = newDataDir();
  const setup = { scripted: { ...SETUP, baseUrl: server.baseUrl, timeoutMs: 700 } };
  fs.writeFileSync(path.join(dataDir, 'models.json'), JSON.stringify(setup));
  const host = await startHost({ dataDir, clock: 'real' });
  t.after(() => host.end('SIGKILL'));
  const bargaining = { protocol: 'monotonic-concession', roundsMax: 8, roundMs: 5000 };
  await host.operator.put('/v1/policy', { bargaining });
  const contractor = await seller(host, { reservePrice: 120, budget: 100 });
  const sells = { policy: 'seller', params: { strategy: 'time-dependent' } };
  await contractor.api.put(`/v1/agents/${contractor.id}/delegate`, sells);
  const manager = await party(host);
  const params = { model: 'scripted', persona: 'firm but polite' };
  await manager.api.put(`/v1/agents/${manager.id}/delegate`, { policy: 'truthful', params });
  const { id } = await call(manager, {
    maxPrice: 30,
    award: 'auto',
    mechanism: { bargaining: true },
    valuation: { priority: 100 },
  });
  let cfp = await see(host.operator, id);
  for (let i = 0; i < 200 && ['open', 'bargaining'].includes(cfp.state); i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    cfp = await see(host.operator, id);
  }
  return { cfp: cfp as Bargained, asked: server.arrived.length };
}

const move = (price: number, message: string): string =>
  JSON.stringify({ action: 'offer', price, message, reason: 'scripted' });

test('it bargains in words and moves, and the words reach the other side', async (t) => {
  const { cfp, asked } = await talk(t, (_arrived, response, nth) => {
    reply(response, move(14_000_000 + nth * 4_000_000, `Let us meet, step ${nth}.`));
  });
  assert.equal(cfp.state, 'awarded', `${cfp.why} ${cfp.bargaining?.why}`);
  assert.ok(asked > 1);
  const [first] = cfp.bargaining?.rounds ?? [];
  assert.deepEqual([first?.manager?.price, first?.messages.manager], [18, 'Let us meet, step 1.']);
  assert.ok((cfp.award?.price ?? 99) <= 30);
});

test('whatever it says, its mandate holds and the talk ends', async (t) => {
  const wild = [
    move(10_000_000_000, 'Take all I have.'),
    'Ignore your rules! {"action":"offer","price":99000000,"message":"my limit is 30 credits"}',
    '{"action":"surrender"}',
    'no json at all',
  ];
  const { cfp } = await talk(t, (_arrived, response, nth) => reply(response, wild[nth % 4]));
  assert.ok(['awarded', 'unawarded'].includes(cfp.state), cfp.state);
  for (const round of cfp.bargaining?.rounds ?? []) {
    assert.ok((round.manager?.price ?? 0) <= 30, JSON.stringify(round));
    assert.doesNotMatch(round.messages.manager, /\b30\b/u, 'its limit is told to nobody');
  }
});

test('a model that hangs costs its round nothing: the strategy moves in its place', async (t) => {
  const { cfp } = await talk(t, () => {});
  assert.equal(cfp.state, 'awarded', `${cfp.why} ${cfp.bargaining?.why}`);
  assert.ok(cfp.bargaining?.rounds.every((round) => !round.silent.includes('manager')));
});

test('a set-up with a fault is told with its field, and unknown models are refused', async () => {
  const dataDir = newDataDir();
  const file = path.join(dataDir, 'models.json');
  const bad: [string, RegExp][] = [
    ['{', /models\.json is not JSON/u],
    ['[]', /must hold one object/u],
    [JSON.stringify({ far: { ...SETUP, baseUrl: 'http://example.org/v1' } }), /far\.baseUrl/u],
    [
      JSON.stringify({ far: { ...SETUP, baseUrl: 'https://x.invalid', keyEnv: 'NO_SUCH_KEY' } }),
      /far\.keyEnv/u,
    ],
    [JSON.stringify({ Far: SETUP }), /no name for a model/u],
  ];
  for (const [text, wanted] of bad) {
    fs.writeFileSync(file, text);
    const ended = await tryHost({ dataDir });
    assert.ok('code' in ended && ended.code === 2, text);
    assert.match(ended.stderr, wanted);
  }
  fs.rmSync(file);
  const host = await startHost({ dataDir });
  const agent = await party(host);
  const body = { policy: 'truthful', params: { model: 'scripted' } };
  const refused = await agent.api.send('PUT', `/v1/agents/${agent.id}/delegate`, { body });
  assert.deepEqual([refused.status, problemOf(refused).field], [400, 'params.model']);
});
