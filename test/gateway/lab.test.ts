// Goal: experiments can be listed and run over the API, as the screen does, without the market
// noticing. Method: a real host. Check: the run's document and its checks; the seed decides it; bad
// names and values name the field; a second run at a time is told so; nothing reaches the journal.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { problemOf } from './client.ts';
import { party, startHost, type TestHost } from './support.ts';

let host: TestHost;
before(async () => void (host = await startHost()));

interface RunDoc {
  run: {
    experiment: string;
    seed: number;
    params: Record<string, unknown>;
    results: Record<string, unknown>;
    checks: { ok: boolean }[];
  };
}
const run = (body: object): Promise<RunDoc> =>
  host.operator.post<RunDoc>('/v1/lab/runs', body, 200);

test('an experiment runs by its settings and seed, beside the market', async () => {
  const seq = await host.seq();
  const settings = { delta1: 0.9, delta2: 0.8 };
  const { run: done } = await run({ experiment: 'alternating-offers', seed: 3, settings });
  assert.deepEqual(
    [done.experiment, done.seed, done.params.delta1],
    ['alternating-offers', 3, 0.9],
  );
  assert.ok(Math.abs(Number(done.results.share1) - 0.714285714286) < 1e-9, 'Rubinstein 1982');
  assert.ok(done.checks.length > 0 && done.checks.every(({ ok }) => ok));
  const again = await run({ experiment: 'strategies', seed: 5 });
  assert.deepEqual(again, await run({ experiment: 'strategies', seed: 5 }));
  assert.equal(await host.seq(), seq, 'nothing of it is in the journal');
});

test('what can be run is listed, and what does not fit names its field', async () => {
  const { experiments } = await host.operator.get<{
    experiments: { name: string; summary: string }[];
  }>('/v1/lab/experiments');
  assert.ok(experiments.length > 10 && experiments.every(({ summary }) => summary.length > 10));
  const bad: [object, string][] = [
    [{ experiment: 'no-such' }, 'experiment'],
    [{ experiment: 'alternating-offers', settings: { delta9: 1 } }, 'settings.delta9'],
    [{ experiment: 'alternating-offers', settings: { delta1: 2 } }, 'delta1'],
    [{ experiment: 'alternating-offers', settings: 'all' }, 'settings'],
    [{ experiment: 'handshake', input: { deals: [] } }, 'input'],
    [{ experiment: 'strategies', seed: -1 }, 'seed'],
  ];
  for (const [body, field] of bad) {
    const reply = await host.operator.send('POST', '/v1/lab/runs', { body });
    assert.deepEqual([reply.status, problemOf(reply).field], [400, field], reply.text);
  }
  const agent = await party(host);
  await agent.api.refused('forbidden', 'POST', '/v1/lab/runs', { experiment: 'strategies' });
});

test('one experiment at a time: the second is told so, and the market goes on', async () => {
  const first = run({ experiment: 'strategies', seed: 1 });
  const second = await host.operator.send('POST', '/v1/lab/runs', {
    body: { experiment: 'strategies' },
  });
  await party(host);
  assert.equal(problemOf(second).code, 'overloaded');
  assert.equal((await first).run.experiment, 'strategies');
});
