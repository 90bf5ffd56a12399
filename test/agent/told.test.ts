// Goal: a delegate sees what a remote agent would see, and nobody sees another's secrets. Method: a
// market that lives through everything is told, event by event, to each of its agents, as streams
// and delegates are told it. Check: bids reach their two parties alone, limits their owner alone,
// and no ledger, draw, command line or rival's loss reaches any agent.
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import type { Event } from '../../core/engine/market/events.ts';
import { forAgent, type Lookup } from '../../core/engine/view/visible.ts';
import { playScript } from '../golden/script.ts';

type Told = { e: Event; to: string; data: Record<string, unknown> };
let told: Told[];
let agents: string[];
const managers = new Map<string, string>();
const contractors = new Map<string, string>();

before(() => {
  const { events } = playScript();
  agents = events.flatMap((e) => (e.type === 'agent-registered' ? [e.agentId] : []));
  const took = new Map<string, Set<string>>();
  const leases = new Map<string, { managerId: string; contractorId: string }>();
  const owners = new Map<string, string>();
  const know: Lookup = {
    call(id) {
      const managerId = managers.get(id);
      return managerId ? { managerId, took: (a) => took.get(id)?.has(a) ?? false } : null;
    },
    contractor: (id) => contractors.get(id) ?? null,
    lease: (id) => leases.get(id) ?? null,
    resourceOwner: (id) => owners.get(id) ?? null,
  };
  told = events.flatMap((e) => {
    if (e.type === 'cfp-opened') {
      managers.set(e.cfpId, e.managerId);
      took.set(e.cfpId, new Set());
    }
    if (e.type === 'proposed') contractors.set(e.proposalId, e.contractorId);
    if (e.type === 'proposed') took.get(e.cfpId)?.add(e.contractorId);
    if (e.type === 'refused') took.get(e.cfpId)?.add(e.agentId);
    if (e.type === 'awarded') leases.set(e.leaseId, e);
    if (e.type === 'resource-added') owners.set(e.resourceId, e.ownerId);
    return agents.flatMap((to) => {
      const data = forAgent(know, e, to);
      return data === null ? [] : [{ e, to, data }];
    });
  });
});

const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, v]) => [key, ...keysOf(v)])
    : [];

suite('what an agent is told', () => {
  test('never has the ledger, the draw or what exactly is run in it', () => {
    const secret = new Set(['transfers', 'draw', 'run', 'valuation', 'losses', 'load', 'invited']);
    for (const { e, to, data } of told) {
      const found = keysOf(data).filter((key) => secret.has(key));
      assert.deepEqual(found, [], `${e.type} to ${to}`);
    }
  });

  test('has a limit only for who set it, though everybody hears of the call', () => {
    const calls = told.filter(({ e }) => e.type === 'cfp-opened');
    const hearers = new Set(calls.map(({ to }) => to));
    assert.equal(hearers.size, agents.length, 'calls are broadcast');
    for (const { e, to, data } of calls) {
      const own = e.type === 'cfp-opened' && e.managerId === to;
      assert.equal('limitPrice' in data, own, `${e.seq} to ${to}`);
    }
  });

  test('has a bid, or a refusal, only for its two parties', () => {
    const answers = told.filter(({ e }) =>
      ['proposed', 'refused', 'late-proposal', 'proposal-lapsed'].includes(e.type),
    );
    assert.ok(answers.length > 10);
    for (const { e, to } of answers) {
      assert.ok('cfpId' in e);
      const by =
        'contractorId' in e
          ? e.contractorId
          : 'agentId' in e
            ? e.agentId
            : 'proposalId' in e
              ? contractors.get(e.proposalId)
              : undefined;
      assert.ok(to === by || to === managers.get(e.cfpId), `${e.type} ${e.seq} to ${to}`);
    }
  });

  test('has the price of an award only for its parties, and of losses one’s own', () => {
    const awards = told.filter(({ e }) => e.type === 'awarded');
    assert.ok(
      awards.some(({ data }) => 'price' in data) && awards.some(({ data }) => !('price' in data)),
    );
    for (const { e, to, data } of awards) {
      if (e.type !== 'awarded') continue;
      assert.equal('price' in data, to === e.managerId || to === e.contractorId);
    }
    for (const { to, data } of told) {
      for (const { proposalId } of (data.lost ?? []) as { proposalId: string }[]) {
        assert.equal(contractors.get(proposalId), to);
      }
    }
  });
});
