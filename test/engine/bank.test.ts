// Budgets and holds: what may be spent, when it lapses, and that nothing is hoarded or spent twice.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { accountOf, circulation, trialSum } from '../../core/engine/bank/ledger.ts';
import { c, Table } from './kit.ts';

const HOUR = 3_600_000;

suite('windows', () => {
  test('what is left lapses at the end of the window, what is carried over does not', () => {
    const t = new Table().people('ann bob', 0);
    t.budget('ann', 10, HOUR);
    t.budget('bob', 10, HOUR, true);
    t.wait(HOUR);
    assert.deepEqual([t.free('ann'), t.free('bob')], [10, 20]);
    assert.equal(circulation(t.m.ledger), c(30));
  });

  test('windows that passed while the host was down: once without carrying over, else each', () => {
    const t = new Table().people('ann bob', 0);
    t.budget('ann', 10, HOUR);
    t.budget('bob', 10, HOUR, true);
    t.sleep(5.5 * HOUR);
    assert.deepEqual([t.free('ann'), t.free('bob')], [10, 60]);
    t.wait(0.5 * HOUR);
    assert.deepEqual([t.free('ann'), t.free('bob')], [10, 70], 'the rhythm stays');
  });

  test('a host that slept for ages still keeps the supply exact', () => {
    const t = new Table().people('bob', 0);
    t.budget('bob', 1_000_000_000, 1000, true);
    t.sleep(1000 * 365 * 24 * HOUR);
    assert.ok(circulation(t.m.ledger) < Number.MAX_SAFE_INTEGER / 2);
    assert.equal(trialSum(t.m.ledger), 0);
  });

  test('a new budget starts a new window; the old one lapses first', () => {
    const t = new Table().people('ann', 10);
    t.budget('ann', 3, HOUR);
    assert.equal(t.free('ann'), 3);
    t.budget('ann', 0, HOUR);
    assert.equal(t.free('ann'), 0);
    t.wait(HOUR);
    assert.equal(t.free('ann'), 0);
  });

  test('earned credits never lapse', () => {
    const t = new Table().people('ann bob', 10);
    const resourceId = t.resource('bob');
    const cfpId = t.need('ann');
    t.propose('bob', cfpId, 4, { resourceId });
    t.done('bob', t.leaseFor(cfpId).id);
    assert.deepEqual([t.free('ann'), t.free('bob')], [6, 14]);
    t.wait(HOUR);
    assert.deepEqual([t.free('ann'), t.free('bob')], [10, 14]);
  });

  test('the bank does not issue what could not be counted', () => {
    const t = new Table().people('ann bob cyd dan eve', 0);
    const names = ['ann', 'bob', 'cyd', 'dan', 'eve'];
    for (const name of names.slice(0, 4)) t.budget(name, 1_000_000_000, HOUR);
    const body = { amount: c(1_000_000_000), windowMs: HOUR };
    const set = { type: 'set-agent-budget', agentId: t.id('eve'), body } as const;
    const { code, field } = t.no('operator', set);
    assert.deepEqual([code, field], ['limit-reached', 'amount']);
  });
});

suite('holds across windows never hoard', () => {
  test('a ceiling that comes back in the next window has lapsed', () => {
    const t = new Table().people('ann', 10);
    const cfpId = t.need('ann', { replyByMs: HOUR, maxPrice: c(8) });
    assert.deepEqual([t.free('ann'), t.held('ann')], [2, 8]);
    t.wait(HOUR - 1).wait(1);
    assert.equal(t.state(cfpId), 'unawarded: no-proposals');
    assert.deepEqual([t.free('ann'), t.held('ann')], [10, 0]);
  });

  test('a lease that is paid in the next window gives back nothing of the old one', () => {
    const t = new Table().people('ann bob', 10);
    const resourceId = t.resource('bob');
    const need = { kind: 'cpu', count: 1, durationMs: HOUR } as const;
    const cfpId = t.need('ann', { need });
    t.wait(100);
    t.propose('bob', cfpId, 6, { resourceId });
    const { id } = t.leaseFor(cfpId);
    t.wait(HOUR - 50);
    assert.deepEqual([t.free('ann'), t.held('ann')], [10, 6], 'the new window is there');
    t.done('bob', id, { charge: c(1) });
    assert.deepEqual([t.free('ann'), t.held('ann'), t.free('bob')], [10, 0, 11]);
  });

  test('setting a budget that carries over keeps nothing of one that did not', () => {
    const t = new Table().people('ann', 10);
    const cfpId = t.need('ann', { maxPrice: c(8) });
    t.budget('ann', 10, HOUR, true);
    t.ok('ann', { type: 'cancel', cfpId });
    assert.equal(t.free('ann'), 10);
    assert.equal(accountOf(t.m.ledger, `agent:${t.id('ann')}`).budget?.remaining, c(10));
  });
});

suite('whose money it is', () => {
  const inProject = (t: Table, name: string, project: string): void => {
    const body = { name, project };
    t.ok('operator', { type: 'register-agent', kind: 'agent', body });
  };
  const budget = { amount: c(20), windowMs: HOUR };

  test('work for a project comes out of its budget, if the agent has none of its own', () => {
    const t = new Table();
    inProject(t, 'ann', 'alpha');
    t.ok('operator', { type: 'set-project-budget', project: 'alpha', body: budget });
    const ann = [...t.m.agents.keys()].at(-1) ?? '';
    t.need(ann, { maxPrice: c(5) });
    assert.deepEqual([t.free('project:alpha'), t.held('project:alpha')], [15, 5]);
    t.need(ann, { maxPrice: c(5), task: { title: 'other', project: 'beta' } });
    assert.equal(t.held('project:alpha'), 5, 'naming another project spends nobody’s money');
    t.budget(ann, 7, HOUR);
    t.need(ann, { maxPrice: c(5) });
    assert.deepEqual([t.held('project:alpha'), t.held(ann)], [5, 5]);
  });

  test('every transfer says who, for which project, on what', () => {
    const t = new Table().people('ann bob', 10);
    const resourceId = t.resource('bob');
    const cfpId = t.need('ann', { task: { title: 'digest', project: 'reports' } });
    t.propose('bob', cfpId, 4, { resourceId, terms: { penalty: c(1) } });
    const { id: leaseId } = t.leaseFor(cfpId);
    const award = t.events.find((e) => e.type === 'awarded');
    const holds =
      award?.type === 'awarded' ? award.transfers.filter((x) => x.kind === 'pending') : [];
    const about = { project: 'reports', resourceId, cfpId, leaseId };
    const said = holds.map(({ code, agentId, project, resourceId: r, cfpId: of, leaseId: l }) => ({
      code,
      agentId,
      about: { project, resourceId: r, cfpId: of, leaseId: l },
    }));
    assert.deepEqual(said, [
      { code: 'lease', agentId: t.id('ann'), about },
      { code: 'penalty-hold', agentId: t.id('bob'), about },
    ]);
  });
});

suite('all that is open fits the budget', () => {
  test('calls: ceilings shrink to what is left, and an award needs the real price', () => {
    const t = new Table().people('ann bob', 10);
    const resourceId = t.resource('bob', 3);
    const calls = [
      t.need('ann', { maxPrice: c(6) }),
      t.need('ann', { maxPrice: c(6) }),
      t.need('ann', { maxPrice: c(6) }),
    ];
    assert.deepEqual([t.free('ann'), t.held('ann')], [0, 10]);
    for (const cfpId of calls) t.propose('bob', cfpId, 5, { resourceId });
    assert.deepEqual(
      calls.map((id) => t.state(id)),
      ['awarded', 'awarded', 'unawarded: insufficient-credits'],
    );
    assert.equal(t.held('ann'), 10);
  });

  test('bids: each holds what its need’s ceiling does not cover', () => {
    const t = new Table().people('ann bob cyd', 10);
    const [r1, r2] = [t.resource('bob'), t.resource('cyd')];
    const offers = [t.offer('bob', r1), t.offer('cyd', r2)];
    const need = t.need('ann', { maxPrice: c(7) });
    t.propose('ann', offers[0] ?? '', 7, { cfpId: need });
    t.propose('ann', offers[1] ?? '', 5, { cfpId: need });
    assert.equal(t.held('ann'), 7, 'one ceiling backs both: only one can win');
    const third = t.offer('cyd', t.resource('cyd'));
    const body = { price: c(4) };
    const { code } = t.no('ann', { type: 'propose', cfpId: third, body });
    assert.equal(code, 'insufficient-credits', 'a bid for no need holds all of its price');
  });

  test('a ceiling that another account holds covers nothing', () => {
    const t = new Table().people('bob', 10);
    const body = { name: 'ann', project: 'alpha' };
    const { agentId: ann = '' } = t.ok('operator', { type: 'register-agent', kind: 'agent', body });
    const budget = { amount: c(20), windowMs: HOUR };
    t.ok('operator', { type: 'set-project-budget', project: 'alpha', body: budget });
    const offer = t.offer('bob', t.resource('bob'));
    const need = t.need(ann, { maxPrice: c(9) });
    assert.equal(t.held('project:alpha'), 9);
    t.budget(ann, 5, HOUR);
    const bid = { type: 'propose', cfpId: offer, body: { price: c(9), cfpId: need } } as const;
    assert.equal(t.no(ann, bid).code, 'insufficient-credits');
  });

  test('a ceiling of a window that has ended covers nothing either', () => {
    const t = new Table().people('ann bob', 10);
    const resourceId = t.resource('bob');
    const need = t.need('ann', { maxPrice: c(8), replyByMs: HOUR });
    t.wait(HOUR - 1000);
    const offer = t.offer('bob', resourceId, { replyByMs: 60_000 });
    t.budget('ann', 4, HOUR);
    const bid = { type: 'propose', cfpId: offer, body: { price: c(8), cfpId: need } } as const;
    assert.equal(t.no('ann', bid).code, 'insufficient-credits');
  });
});

suite('surcharge', () => {
  const surcharge = { rate: c(1), freeCalls: 2, halfLifeMs: 10_000 };

  test('each call beyond the free ones costs more, and it decays', () => {
    const t = new Table().people('ann', 50);
    t.ok('operator', { type: 'set-policy', body: { surcharge } });
    const fee = (): number => {
      const before = t.free('ann') + t.held('ann');
      const cfpId = t.need('ann', { maxPrice: c(0) });
      t.ok('ann', { type: 'cancel', cfpId });
      return before - t.free('ann') - t.held('ann');
    };
    assert.deepEqual([fee(), fee(), fee(), fee()], [0, 0, 1, 2]);
    t.wait(10_000); // four calls count as two
    assert.equal(fee(), 1);
    t.wait(1_000_000);
    assert.equal(fee(), 0);
  });

  test('who cannot pay it cannot call, and nothing changes', () => {
    const t = new Table().people('ann', 0);
    t.ok('operator', { type: 'set-policy', body: { surcharge: { ...surcharge, freeCalls: 0 } } });
    const need = { kind: 'cpu', count: 1, durationMs: 1000 } as const;
    const { code } = t.no('ann', { type: 'open-cfp', body: { need, maxPrice: c(1) } });
    assert.equal(code, 'insufficient-credits');
  });

  test('a rate at the end of its range refuses, and stops nobody', () => {
    const t = new Table().people('ann', 5);
    const rate = c(1_000_000_000);
    t.ok('operator', {
      type: 'set-policy',
      body: { surcharge: { rate, freeCalls: 12, halfLifeMs: 1000 } },
    });
    for (let i = 0; i < 12; i++) t.need('ann', { maxPrice: c(0) });
    t.ok('operator', {
      type: 'set-policy',
      body: { surcharge: { rate, freeCalls: 0, halfLifeMs: 1000 } },
    });
    const need = { kind: 'cpu', count: 1, durationMs: 1000 } as const;
    const { code } = t.no('ann', { type: 'open-cfp', body: { need, maxPrice: c(1) } });
    assert.equal(code, 'insufficient-credits');
  });
});
