// A market that lives through everything: every type of event, every ending of a call or a lease.
import { Table, c } from '../engine/kit.ts';

const HOUR = 3_600_000;
const gpu = { kind: 'gpu', count: 2, durationMs: 60_000, model: 'H100' } as const;

/** Plays the script; the table then has all its events, in order. */
export function playScript(): Table {
  const t = new Table();
  found(t);
  contest(t);
  endings(t);
  leases(t);
  offers(t);
  bargains(t);
  t.wait(HOUR);
  return t;
}

function found(t: Table): void {
  t.people('ann bob cyd sam', 0);
  for (const name of ['ann', 'bob', 'cyd']) t.budget(name, 200, HOUR);
  t.budget('sam', 50, HOUR, true);
  const research = { name: 'research', project: 'papers', capabilities: ['search'] };
  t.ok('operator', { type: 'register-agent', kind: 'agent', body: research });
  const owner = { name: 'this machine', system: true, exec: true };
  t.ok('operator', { type: 'register-agent', kind: 'machine', body: owner });
  const budget = { amount: c(80), windowMs: HOUR };
  t.ok('operator', { type: 'set-project-budget', project: 'papers', body: budget });
  const delegate = { policy: 'patient', params: { step: 0.5 } };
  t.ok('operator', { type: 'set-delegate', agentId: t.id('ann'), body: delegate });
  t.ok('operator', { type: 'set-delegate', agentId: t.id('ann'), body: null });
  const surcharge = { rate: c(0.25), freeCalls: 2, halfLifeMs: 60_000 };
  t.ok('operator', { type: 'set-policy', body: { surcharge, reservePrices: { cpu: c(2) } } });
  t.wait(1000);
}

/** Three contractors under each rule of payment. */
function contest(t: Table): void {
  const more = { model: 'NVIDIA H100 PCIe', vramBytes: 80 * 2 ** 30, simulated: true };
  const [one, two] = ['bob', 'cyd'].map((name) => t.resource(name, 4, { kind: 'gpu', ...more }));
  const third = t.resource('sam', 2, { kind: 'gpu', ...more, reservePrice: c(30) });
  for (const pricing of ['first-price', 'second-price', 'second-score'] as const) {
    const task = { title: `digest by ${pricing}`, project: 'reports' };
    const mechanism = { pricing, delayCost: c(0.5) };
    const cfpId = t.need('ann', { need: gpu, maxPrice: c(20), task, mechanism });
    const terms = { quality: c(18), penalty: c(1), reclaimWindowMs: 5000 };
    t.propose('bob', cfpId, 8, { resourceId: one ?? '', terms });
    t.propose('cyd', cfpId, 9.5, { resourceId: two ?? '', startDelayMs: 20_000 });
    t.propose('sam', cfpId, 12, { resourceId: third });
    t.wait(30_000);
    t.done(nameOf(t, t.leaseFor(cfpId).contractorId), t.leaseFor(cfpId).id, { charge: c(7.25) });
  }
}

const nameOf = (t: Table, id: string): string => t.m.agents.get(id)?.name ?? id;

/** Every way for a call to end without an award, and a late proposal. */
function endings(t: Table): void {
  const slot = t.resource('bob');
  t.need('ann');
  t.wait(500);
  const refused = t.need('ann');
  t.ok('bob', { type: 'refuse', cfpId: refused, body: { reason: 'busy', detail: 'until noon' } });
  t.wait(500);
  t.propose('bob', t.need('ann', { maxPrice: c(1) }), 2, { resourceId: slot });
  t.wait(500);
  t.budget('sam', 1, HOUR);
  const poor = t.need('sam', { maxPrice: c(5) });
  t.propose('bob', poor, 4, { resourceId: slot });
  t.wait(500);
  t.ask('cyd', { type: 'propose', cfpId: poor, body: { price: c(3), resourceId: slot } });
  const undecided = t.need('ann', { award: 'manual' });
  t.propose('bob', undecided, 4, { resourceId: slot });
  t.wait(601_000);
  const lapsing = t.need('ann', { award: 'manual' });
  t.propose('bob', lapsing, 4, { resourceId: slot, validForMs: 200 });
  t.wait(300);
  t.ok('ann', { type: 'cancel', cfpId: lapsing });
  t.ok('bob', { type: 'change-resource', resourceId: slot, body: { paused: true } });
  t.ok('bob', { type: 'change-resource', resourceId: slot, body: { paused: false } });
}

/** Every way for a lease to end. */
function leases(t: Table): void {
  const slot = t.resource('bob', 2);
  const lease = (more: Parameters<Table['propose']>[3] = {}): [string, string] => {
    const cfpId = t.need('ann', { award: 'manual', maxPrice: c(6) });
    const p = t.propose('bob', cfpId, 6, { resourceId: slot, ...more });
    return [cfpId, t.award('ann', cfpId, p)];
  };
  const report = (leaseId: string): { leaseId: string; epoch: number } => ({
    leaseId,
    epoch: t.lease(leaseId).epoch,
  });
  const terms = { penalty: c(2), reclaimWindowMs: 300 };
  const [, done] = lease({ startDelayMs: 100 });
  t.wait(150);
  const enforcement = { time: 'cgroup', memory: 'watch', detail: 'cgroup v2' } as const;
  t.ok('bob', { type: 'enforce', leaseId: done, enforcement });
  t.wait(800);
  t.ok('bob', { type: 'renew', leaseId: done, body: { epoch: report(done).epoch } });
  t.done('bob', done, { output: { lines: [1, 2, 3] }, usage: { cpuSeconds: 0.8 } });
  const { leaseId: failed, epoch } = report(lease({ terms })[1]);
  t.ok('bob', { type: 'fail', leaseId: failed, body: { epoch, reason: 'exit code 1' } });
  const [, back] = lease({ terms });
  t.wait(200);
  t.ok('bob', { type: 'give-back', leaseId: back });
  t.wait(400);
  const [cancelled] = lease({ terms });
  t.wait(250);
  t.ok('ann', { type: 'cancel', cfpId: cancelled });
  lease();
  t.wait(1000);
}

/** Two needs meet one slot, a bid without a need, an offer by hand, and one that nobody wants. */
function offers(t: Table): void {
  const slot = t.resource('sam');
  const offer = t.offer('sam', slot, { mechanism: { pricing: 'second-price' }, minPrice: c(1) });
  const wants = ['ann', 'bob'].map((name) => t.need(name, { maxPrice: c(9), replyByMs: 5000 }));
  t.propose('ann', offer, 5, { cfpId: wants[0] ?? '' });
  t.propose('bob', offer, 8, { cfpId: wants[1] ?? '' });
  t.wait(500);
  t.done('bob', t.leaseFor(offer).id);
  const byHand = t.offer('sam', slot, { award: 'manual' });
  const p = t.propose('cyd', byHand, 3);
  t.wait(600);
  t.done('sam', t.award('sam', byHand, p), { charge: c(2) });
  t.offer('sam', slot);
  t.wait(10_000);
}

/** A deal in turns, a deal where the offers meet, and one round in which nobody concedes. */
function bargains(t: Table): void {
  const slot = t.resource('bob');
  const meet = (protocol: 'alternating-offers' | 'monotonic-concession'): string => {
    const bargaining = { protocol, roundFee: c(0.01) };
    t.ok('operator', { type: 'set-policy', body: { bargaining } });
    const mechanism = { bargaining: true };
    const cfpId = t.need('ann', { award: 'manual', maxPrice: c(6), mechanism });
    const proposalId = t.propose('bob', cfpId, 9, { resourceId: slot, negotiable: true });
    t.ok('ann', { type: 'bargain', cfpId, body: { proposalId } });
    return cfpId;
  };
  const offer = (who: string, cfpId: string, price: number, penalty = 0): void => {
    t.ok(who, { type: 'offer', cfpId, body: { price: c(price), terms: { penalty: c(penalty) } } });
  };
  const turns = meet('alternating-offers');
  offer('ann', turns, 2, 3);
  offer('bob', turns, 5, 1);
  t.ok('ann', { type: 'accept-offer', cfpId: turns, body: { message: 'agreed' } });
  t.done('bob', t.leaseFor(turns).id);
  const meeting = meet('monotonic-concession');
  offer('ann', meeting, 3);
  offer('bob', meeting, 7);
  offer('ann', meeting, 5.5);
  t.wait(1000);
  offer('bob', meeting, 5);
  t.wait(1000);
  t.done('bob', t.leaseFor(meeting).id);
  const stuck = meet('monotonic-concession');
  offer('ann', stuck, 3);
  t.wait(1000);
  t.wait(1000);
  const left = meet('alternating-offers');
  t.ok('ann', { type: 'quit', cfpId: left, body: { round: 2 } });
}
