// Goal: a broker brings together what does not meet, for its commission and within its bounds.
// Method: the experiment on several seeds and settings, with the real broker and with worse ones.
// Check: deals, welfare and bounds; each worse broker fails the check that is about it.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type BrokerTerms, createBroker } from '../../core/agent/bargaining/broker.ts';
import { broker, compareBrokers } from '../../core/lab/experiments/broker.ts';
import { readSettings } from '../../core/lab/settings.ts';

const settings = (...pairs: string[]) => readSettings(broker.settings, ['seeds=20', ...pairs]);

interface Row {
  arrangement: string;
  deals: { mean: number; ci95: number };
  commission: { mean: number };
  efficiency: number;
  atRisk: number;
  sellers: number;
}
const rowsOf = (seed: number, ...pairs: string[]): Row[] =>
  broker.run(seed, settings(...pairs), null).results['rows'] as Row[];

/** Names of the checks that fail. */
const failing = (make: typeof createBroker, ...pairs: string[]): string[] =>
  compareBrokers(1, settings(...pairs), make)
    .checks.filter(({ ok }) => !ok)
    .map(({ name }) => name);

suite('the broker experiment', () => {
  test('all checks hold on several seeds and settings; the same seed is the same document', () => {
    for (const pairs of [[], ['links=0.2'], ['creditMax=60'], ['commission=0'], ['unitsMax=1']]) {
      for (const seed of [1, 2]) {
        const found = broker.run(seed, settings(...pairs), null);
        const wrong = found.checks.filter(({ ok }) => !ok);
        assert.deepEqual(wrong, [], pairs.join());
        assert.deepEqual(broker.run(seed, settings(...pairs), null), found);
      }
    }
  });

  test('separated sides deal only through a broker', () => {
    const [none, one] = rowsOf(1);
    assert.equal(none?.deals.mean, 0);
    assert.ok(one !== undefined && one.deals.mean - one.deals.ci95 > 0);
    assert.ok(one.efficiency > 0.4 && one.commission.mean > 0);
  });

  test('where all know each other no broker is needed', () => {
    const [none] = rowsOf(1, 'links=1');
    assert.ok(none !== undefined && none.efficiency > 0.5);
  });

  test('sellers gain when two brokers compete for them', () => {
    const [, one, two] = rowsOf(1);
    assert.ok((two?.sellers ?? 0) > (one?.sellers ?? 0));
  });

  test('a smaller bound is less at risk', () => {
    for (const row of rowsOf(1, 'creditMax=90')) assert.ok(row.atRisk <= 90, row.arrangement);
  });
});

suite('the checks find', () => {
  test('nothing wrong with the real broker', () => {
    assert.deepEqual(failing(createBroker), []);
  });

  test('a broker that stocks more than it may', () => {
    const greedy = (terms: BrokerTerms) => createBroker({ ...terms, creditMax: 10 ** 12 });
    const name = 'stock paid for is never over the bound';
    assert.deepEqual(failing(greedy, 'creditMax=100', 'unitsMax=20'), [name]);
  });

  test('a broker that takes more than its commission', () => {
    const dear = (terms: BrokerTerms) => createBroker({ ...terms, commission: 0.3 });
    assert.deepEqual(failing(dear), ['commission earned']);
  });
});
