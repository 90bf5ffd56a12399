// Goal: agents that have handed their side to a strategy bargain in the live market like anybody
// else, and every strategy can be chosen. Method: a seller's and a buyer's delegate in a host whose
// clock the test moves; each strategy on both sides, in both protocols. Check: every talk ends, a
// deal lies between the two limits, conflicts release everything, bad settings name their field.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { BargainingDoc } from '../../core/engine/view/bargaining.ts';
import { problemOf } from './client.ts';
import {
  balance,
  call,
  type CfpDoc,
  type Party,
  party,
  see,
  seller,
  startHost,
  type TestHost,
} from './support.ts';

let host: TestHost;
before(async () => void (host = await startHost()));

interface StrategyDoc {
  name: string;
  summary: string;
  parameters: { name: string; initial: number; min: number; max: number }[];
}
const strategies = async (): Promise<StrategyDoc[]> =>
  (await host.operator.get<{ strategies: StrategyDoc[] }>('/v1/strategies')).strategies;

async function delegate(who: Party, policy: string, params: object): Promise<void> {
  await who.api.put(`/v1/agents/${who.id}/delegate`, { policy, params });
}

let models = 0;

/** One call between two delegates; 120 credits an hour make 20 for these ten minutes. */
async function talk(
  protocol: string,
  buys: object,
  sells: object,
  maxPrice = 30,
): Promise<{ cfp: CfpDoc & { bargaining: BargainingDoc | null }; manager: Party }> {
  // Rounds that no slow machine outlasts: a delegate speaks when its turn comes, not by the clock.
  const bargaining = { protocol, roundsMax: 20, roundMs: 30_000 };
  await host.operator.put('/v1/policy', { bargaining });
  const model = `m${++models}x`;
  const contractor = await seller(host, { reservePrice: 120, budget: 100, model });
  await delegate(contractor, 'seller', sells);
  await host.operator.put('/v1/policy', {}); // one more commit, so that it has heard of its slot
  const manager = await party(host);
  await delegate(manager, 'truthful', buys);
  const { id } = await call(manager, {
    need: { kind: 'gpu', count: 1, durationMs: 600_000, model },
    maxPrice,
    award: 'auto',
    mechanism: { bargaining: true },
    valuation: { priority: 100 },
  });
  let cfp = await see(manager.api, id);
  for (let i = 0; i < 500 && ['open', 'bargaining'].includes(cfp.state); i++) {
    await host.advance(50);
    cfp = await see(host.operator, id);
  }
  return { cfp: cfp as CfpDoc & { bargaining: BargainingDoc | null }, manager };
}

for (const protocol of ['monotonic-concession', 'alternating-offers']) {
  test(`every strategy bargains by ${protocol} to an end, inside both limits`, async () => {
    const deals: string[] = [];
    for (const { name } of await strategies()) {
      const { cfp, manager } = await talk(protocol, { strategy: name }, { strategy: name });
      const b = cfp.bargaining;
      assert.ok(b !== null, `${name}: it came to bargaining (${cfp.state}, ${cfp.why})`);
      assert.notEqual(b.state, 'running', name);
      for (const round of b.rounds) {
        assert.ok((round.manager?.price ?? 0) <= 30, `${name} offers within its mandate`);
        assert.ok((round.contractor?.price ?? 99) >= 20, `${name} asks within its mandate`);
      }
      if (cfp.award === null) {
        assert.equal(cfp.why, 'no-agreement');
        assert.equal((await balance(host, manager.id)).held, 0);
        continue;
      }
      deals.push(name);
      assert.ok(cfp.award.price >= 20 && cfp.award.price <= 30, `${name}: ${cfp.award.price}`);
    }
    assert.ok(deals.length >= 7, `most agree: ${deals.join(', ')}`);
  });
}

test('several issues: what costs one side little is given for what it wants', async () => {
  const buys = {
    concerns: { noticePerMinute: 1, penaltyChance: 0.2, noticeMsMax: 300_000, penaltyMax: 5 },
  };
  const sells = {
    concerns: { noticePerMinute: 0.1, penaltyChance: 0.05, noticeMsMax: 300_000, penaltyMax: 5 },
  };
  const { cfp } = await talk('monotonic-concession', buys, sells, 30);
  assert.equal(cfp.state, 'awarded', `${cfp.why} ${cfp.bargaining?.why}`);
  assert.ok((cfp.bargaining?.deal?.reclaimWindowMs ?? 0) > 0, 'notice became part of the deal');
});

test('a fee for each offer makes both sides concede faster', async () => {
  const rounds = async (roundFee: number): Promise<number> => {
    await host.operator.put('/v1/policy', { bargaining: { roundFee } });
    const { cfp } = await talk('monotonic-concession', {}, {});
    assert.equal(cfp.state, 'awarded', `${cfp.why} ${cfp.bargaining?.why}`);
    return cfp.bargaining?.rounds.length ?? 0;
  };
  const [free, dear] = [await rounds(0), await rounds(1)];
  await host.operator.put('/v1/policy', { bargaining: { roundFee: 0 } });
  assert.ok(dear < free, `${dear} rounds at a fee, ${free} without`);
});

test('strategies can be listed, and bad settings name the field', async () => {
  const all = await strategies();
  assert.ok(all.length >= 11 && all.every(({ summary }) => summary.length > 10));
  const agent = await party(host);
  const put = (params: object): ReturnType<typeof agent.api.send> =>
    agent.api.send('PUT', `/v1/agents/${agent.id}/delegate`, {
      body: { policy: 'truthful', params },
    });
  const bad: [object, string][] = [
    [{ strategy: 'no-such' }, 'params.strategy'],
    [{ strategy: 7 }, 'params.strategy'],
    [{ strategy: 'greedy', settings: { nope: 1 } }, 'params.settings.nope'],
    [{ strategy: 'time-dependent', settings: { e: 1e9 } }, 'params.settings.e'],
    [{ settings: { e: 'fast' } }, 'params.settings.e'],
    [{ thinkMs: -1 }, 'params.thinkMs'],
    [{ concerns: { penaltyChance: 2 } }, 'params.concerns.penaltyChance'],
    [{ concerns: { noticePerMinute: 0.0000001 } }, 'params.concerns.noticePerMinute'],
    [{ other: 1 }, 'params.other'],
  ];
  for (const [params, field] of bad) {
    const reply = await put(params);
    assert.equal(reply.status, 400, reply.text);
    assert.equal(problemOf(reply).field, field, reply.text);
  }
});

test('a talk goes on after kill -9, in the round where it was', async () => {
  let home = await startHost({ clock: 'real' });
  const bargaining = { protocol: 'monotonic-concession', roundsMax: 20, roundMs: 20_000 };
  await home.operator.put('/v1/policy', { bargaining });
  const contractor = await seller(home, { reservePrice: 120, budget: 100 });
  await delegate(contractor, 'seller', { strategy: 'time-dependent' });
  const manager = await party(home);
  await delegate(manager, 'truthful', { strategy: 'time-dependent', thinkMs: 150 });
  const valuation = { priority: 100 };
  const mechanism = { bargaining: true };
  const { id } = await call(manager, { maxPrice: 30, award: 'auto', mechanism, valuation });
  type Seen = CfpDoc & { bargaining: BargainingDoc | null };
  const until = async (wanted: (cfp: Seen) => boolean): Promise<Seen> => {
    for (let i = 0; i < 600; i++) {
      const cfp = (await see(home.operator, id)) as Seen;
      if (wanted(cfp)) return cfp;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return (await see(home.operator, id)) as Seen;
  };
  const early = await until((cfp) => (cfp.bargaining?.rounds.length ?? 0) >= 3);
  await home.end('SIGKILL');
  home = await home.restart();
  const after = await until((cfp) => cfp.state !== 'bargaining');
  assert.equal(after.state, 'awarded', `${after.why} ${after.bargaining?.why}`);
  const first = early.bargaining?.rounds.slice(0, 3);
  assert.deepEqual(after.bargaining?.rounds.slice(0, 3), first, 'what was said stands');
  await home.end();
});
