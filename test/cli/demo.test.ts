// `haggle demo`: the starter swarm on this machine's real capacity. Method: it runs for a few
// seconds; then its one document is held against what must be so whatever the machine does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES } from '../../core/agent/swarm/profiles.ts';
import { document } from './support.ts';

interface Report {
  capacity: { kind: string; count: number }[];
  cfps: number;
  awards: number;
  refusals: number;
  jobs: { started: number; succeeded: number; failed: number; cpuSeconds: number };
  byAgent: { name: string; priority: number; spent: number; awards: number; meanWaitMs: number }[];
  trialBalance: number;
  survivors: number;
}

test('the starter swarm bargains, works, pays and leaves nothing behind', async (t) => {
  const report = await document<Report>(['demo', '--seconds', '15']);
  t.diagnostic(JSON.stringify(report));
  const { capacity, cfps, awards, jobs, byAgent } = report;
  assert.ok(capacity.some(({ kind, count }) => kind === 'cpu' && count > 0));
  assert.ok(cfps >= awards && awards > 2);
  assert.deepEqual([jobs.started, jobs.failed], [awards, 0], 'every award was a real process');
  assert.equal(jobs.succeeded, jobs.started);
  assert.ok(jobs.cpuSeconds > 0.1 * jobs.started, 'and did real work');
  assert.equal(byAgent.length, PROFILES.length);
  const spent = byAgent.reduce((sum, agent) => sum + agent.spent, 0);
  assert.ok(spent > 0);
  assert.deepEqual([report.trialBalance, report.survivors], [0, 0]);
  const [first, ...others] = byAgent;
  const served = others.filter((agent) => agent.awards > 0);
  const quicker = served.filter((agent) => agent.meanWaitMs < (first?.meanWaitMs ?? Infinity));
  assert.deepEqual(quicker, [], 'the highest value waited least');
});
