// Calls from opening to ending: every ending has a name, everybody is told, everything is released.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LIMITS } from '../../core/engine/base/limits.ts';
import { c, Table } from './kit.ts';

/** ann calls; bob and cyd each have two slots. */
function three(): { t: Table; bobs: string; cyds: string } {
  const t = new Table().people('ann bob cyd');
  return { t, bobs: t.resource('bob', 2), cyds: t.resource('cyd', 2) };
}
/** Nothing is held and no slot is taken: a call that ended has let go of everything. */
function released(t: Table): void {
  assert.equal(t.m.ledger.pendings.size, 0);
  for (const r of t.m.resources.values()) assert.deepEqual(r.slots.flat(), []);
  for (const a of t.m.agents.values()) assert.deepEqual([a.openCalls, a.liveProposals], [0, 0]);
}

suite('endings of an automatic call', () => {
  test('nobody proposes', () => {
    const { t } = three();
    const cfpId = t.need('ann');
    t.wait(499);
    assert.equal(t.state(cfpId), 'open');
    t.wait(1);
    assert.equal(t.state(cfpId), 'unawarded: no-proposals');
    released(t);
  });

  test('everybody refuses: decided at once, and not for want of answers', () => {
    const { t } = three();
    const cfpId = t.need('ann');
    for (const name of ['bob', 'cyd'])
      t.ok(name, { type: 'refuse', cfpId, body: { reason: 'busy' } });
    assert.equal(t.state(cfpId), 'unawarded: all-infeasible');
    assert.equal(t.at, 1_000_000);
  });

  test('every price is beyond the limit', () => {
    const { t, bobs, cyds } = three();
    const cfpId = t.need('ann');
    const mine = t.propose('bob', cfpId, 11, { resourceId: bobs });
    t.propose('cyd', cfpId, 12, { resourceId: cyds });
    assert.equal(t.state(cfpId), 'unawarded: all-above-max-price');
    assert.deepEqual(t.m.proposals.get(mine)?.loss, {
      proposalId: mine,
      reason: 'above-max-price',
      short: { price: c(1) },
    });
    released(t);
  });

  test('all start too late', () => {
    const { t, bobs } = three();
    const need = { kind: 'cpu', count: 1, durationMs: 1000, maxStartDelayMs: 50 } as const;
    const cfpId = t.need('ann', { need });
    const p = t.propose('bob', cfpId, 5, { resourceId: bobs, startDelayMs: 80 });
    t.wait(500);
    assert.equal(t.state(cfpId), 'unawarded: all-infeasible');
    assert.deepEqual(t.m.proposals.get(p)?.loss?.short, { startDelayMs: 30 });
  });

  test('the manager cannot pay', () => {
    const { t, bobs } = three();
    t.budget('ann', 3, 3_600_000);
    const cfpId = t.need('ann');
    const p = t.propose('bob', cfpId, 5, { resourceId: bobs });
    t.wait(500);
    assert.equal(t.state(cfpId), 'unawarded: insufficient-credits');
    assert.equal(t.lost(p), 'insufficient-credits');
    released(t);
  });

  test('every proposal has lapsed', () => {
    const { t, bobs } = three();
    const cfpId = t.need('ann');
    const p = t.propose('bob', cfpId, 5, { resourceId: bobs, validForMs: 100 });
    t.wait(500);
    assert.equal(t.state(cfpId), 'unawarded: all-infeasible');
    assert.equal(t.lost(p), 'expired');
    released(t);
  });

  test('the host was down until every proposal had lapsed: late, but decided and released', () => {
    const { t, bobs } = three();
    const cfpId = t.need('ann');
    const p = t.propose('bob', cfpId, 5, { resourceId: bobs, validForMs: 600 });
    t.sleep(1000);
    assert.equal(t.state(cfpId), 'unawarded: all-infeasible');
    assert.equal(t.lost(p), 'expired');
    released(t);
  });

  test('a lapsed proposal is no rival: the one that still stands wins', () => {
    const { t, bobs, cyds } = three();
    t.people('dan');
    t.resource('dan');
    const cfpId = t.need('ann');
    const gone = t.propose('bob', cfpId, 2, { resourceId: bobs, validForMs: 600 });
    t.propose('cyd', cfpId, 6, { resourceId: cyds });
    t.sleep(1000);
    assert.equal(t.leaseFor(cfpId).contractorId, t.id('cyd'));
    assert.equal(t.lost(gone), 'expired');
  });
});

suite('decisions', () => {
  test('the best wins, the others are told what would have won, and let go', () => {
    const { t, bobs, cyds } = three();
    const cfpId = t.need('ann', { mechanism: { pricing: 'second-price' } });
    const best = t.propose('bob', cfpId, 4, { resourceId: bobs });
    const other = t.propose('cyd', cfpId, 6, { resourceId: cyds, terms: { penalty: c(1) } });
    assert.equal(t.state(cfpId), 'awarded');
    const lease = t.leaseFor(cfpId);
    assert.deepEqual([lease.price, lease.contractorId, lease.epoch], [c(6), t.id('bob'), 1]);
    assert.deepEqual(t.m.proposals.get(other)?.loss?.short, { price: c(2) });
    assert.equal(t.m.proposals.get(best)?.state, 'accepted');
    assert.deepEqual(
      [t.held('ann'), t.held('cyd'), t.m.resources.get(cyds)?.slots.flat()],
      [6, 0, []],
    );
  });

  test('it waits for replyBy while somebody invited has not answered', () => {
    const { t, bobs } = three();
    const cfpId = t.need('ann');
    t.propose('bob', cfpId, 4, { resourceId: bobs });
    assert.equal(t.state(cfpId), 'open');
    t.wait(499);
    assert.equal(t.state(cfpId), 'open');
    t.wait(1);
    assert.equal(t.state(cfpId), 'awarded');
  });

  test('where the first cannot be awarded the next one is', () => {
    const { t, bobs, cyds } = three();
    const cfpId = t.need('ann');
    const first = t.propose('bob', cfpId, 4, { resourceId: bobs });
    const body = { paused: true };
    t.ok('bob', { type: 'change-resource', resourceId: bobs, body });
    t.propose('cyd', cfpId, 6, { resourceId: cyds });
    assert.equal(t.leaseFor(cfpId).contractorId, t.id('cyd'));
    assert.equal(t.lost(first), 'slot-taken');
  });

  test('a promise whose penalty is no longer there does not win', () => {
    const { t, bobs, cyds } = three();
    t.budget('bob', 2, 1000);
    const cfpId = t.need('ann', { replyByMs: 2000 });
    const first = t.propose('bob', cfpId, 4, { resourceId: bobs, terms: { penalty: c(2) } });
    t.budget('bob', 0, 1000);
    t.propose('cyd', cfpId, 6, { resourceId: cyds });
    assert.equal(t.leaseFor(cfpId).contractorId, t.id('cyd'));
    assert.equal(t.lost(first), 'expired');
  });

  test('the draw breaks ties, not the arrival', () => {
    const winner = (entropy: number): string => {
      const { t, bobs, cyds } = three();
      const cfpId = t.need('ann');
      t.entropy = entropy;
      t.propose('cyd', cfpId, 5, { resourceId: cyds });
      t.propose('bob', cfpId, 5, { resourceId: bobs });
      const { contractorId } = t.leaseFor(cfpId);
      return contractorId === t.id('bob') ? 'bob' : 'cyd';
    };
    assert.deepEqual([winner(0), winner(1), winner(2)], ['cyd', 'bob', 'cyd']);
  });
});

suite('a manual call', () => {
  const manual = { award: 'manual' } as const;

  test('waits for its manager, who may choose anybody', () => {
    const { t, bobs, cyds } = three();
    const cfpId = t.need('ann', { ...manual, mechanism: { pricing: 'second-price' } });
    const cheap = t.propose('bob', cfpId, 4, { resourceId: bobs });
    const dear = t.propose('cyd', cfpId, 6, { resourceId: cyds });
    t.wait(500);
    assert.equal(t.state(cfpId), 'deciding');
    t.award('ann', cfpId, dear);
    assert.equal(t.leaseFor(cfpId).price, c(6), 'not the rule’s winner: it gets what it asked');
    assert.equal(t.lost(cheap), 'not-chosen');
  });

  test('pays the rule’s price when the manager chooses the rule’s winner', () => {
    const { t, bobs, cyds } = three();
    const cfpId = t.need('ann', { ...manual, mechanism: { pricing: 'second-price' } });
    const cheap = t.propose('bob', cfpId, 4, { resourceId: bobs });
    t.propose('cyd', cfpId, 6, { resourceId: cyds });
    t.award('ann', cfpId, cheap);
    assert.equal(t.leaseFor(cfpId).price, c(6));
  });

  test('ends undecided when its time is up', () => {
    const { t, bobs } = three();
    const cfpId = t.need('ann', manual);
    const p = t.propose('bob', cfpId, 4, { resourceId: bobs });
    t.wait(500 + LIMITS.decideMs - 1);
    assert.equal(t.state(cfpId), 'deciding');
    t.wait(1);
    // The proposal was valid until the same instant; windows, decisions and givings-up come first.
    assert.equal(t.state(cfpId), 'unawarded: not-decided');
    assert.equal(t.lost(p), 'unawarded');
    released(t);
  });

  test('ends when its last proposal lapses, with nothing left to choose', () => {
    const { t, bobs } = three();
    const cfpId = t.need('ann', manual);
    const p = t.propose('bob', cfpId, 4, { resourceId: bobs, validForMs: 700 });
    t.wait(700);
    assert.equal(t.state(cfpId), 'unawarded: all-infeasible');
    assert.equal(t.m.proposals.get(p)?.state, 'lapsed');
    released(t);
  });

  test('ends at replyBy when there is nothing to choose from', () => {
    const { t } = three();
    const cfpId = t.need('ann', manual);
    t.wait(500);
    assert.equal(t.state(cfpId), 'unawarded: no-proposals');
  });

  test('cannot be awarded by others, twice, after a lapse, beyond the limit, or too late', () => {
    const { t, bobs, cyds } = three();
    const cfpId = t.need('ann', manual);
    const award = (proposalId: string) => ({ type: 'award', cfpId, body: { proposalId } }) as const;
    const lapses = t.propose('bob', cfpId, 4, { resourceId: bobs, validForMs: 100 });
    const dear = t.propose('cyd', cfpId, 11, { resourceId: cyds });
    t.wait(100);
    assert.equal(t.no('bob', award(dear)).code, 'forbidden');
    assert.equal(t.no('operator', award(dear)).code, 'forbidden');
    assert.equal(t.no('ann', award(lapses)).code, 'proposal-expired');
    assert.equal(t.no('ann', award(dear)).code, 'above-max-price');
    assert.equal(t.no('ann', award('prp_zzzzzzzzz')).code, 'not-found');
    const second = t.need('ann', manual);
    const fine = t.propose('cyd', second, 5, { resourceId: cyds });
    assert.equal(t.no('ann', award(fine)).code, 'not-found', 'a proposal of another call');
    t.award('ann', second, fine);
    const again = { type: 'award', cfpId: second, body: { proposalId: fine } } as const;
    assert.equal(t.no('ann', again).code, 'already-awarded');
  });

  test('is not awarded after its time, even before the timer has fired', () => {
    const { t, bobs } = three();
    const cfpId = t.need('ann', manual);
    const p = t.propose('bob', cfpId, 4, { resourceId: bobs, validForMs: LIMITS.validForMsMax });
    t.at += 500 + LIMITS.decideMs;
    const award = { type: 'award', cfpId, body: { proposalId: p } } as const;
    const result = t.ask('ann', award);
    assert.equal(result.ok ? '' : result.problem.code, 'call-closed');
  });
});

suite('late, and too many', () => {
  test('late proposals are refused and noted, up to a bound', () => {
    const { t, bobs } = three();
    const cfpId = t.need('ann');
    t.wait(500);
    const late = { type: 'propose', cfpId, body: { price: c(1), resourceId: bobs } } as const;
    for (let i = 0; i < LIMITS.lateLoggedPerCallMax + 3; i++) {
      const result = t.ask('bob', late);
      assert.equal(result.ok ? '' : result.problem.code, 'late-proposal');
    }
    const noted = t.events.filter((e) => e.type === 'late-proposal');
    assert.equal(noted.length, LIMITS.lateLoggedPerCallMax);
    assert.equal(t.call(cfpId).late, LIMITS.lateLoggedPerCallMax);
    assert.equal(
      t.no('bob', { type: 'refuse', cfpId, body: { reason: 'busy' } }).code,
      'not-understood',
    );
  });

  test('a proposal at replyBy is late, one a millisecond before is not', () => {
    const { t, bobs, cyds } = three();
    const cfpId = t.need('ann', { award: 'manual' });
    t.wait(499);
    t.propose('bob', cfpId, 4, { resourceId: bobs });
    t.wait(1);
    const result = t.ask('cyd', {
      type: 'propose',
      cfpId,
      body: { price: c(1), resourceId: cyds },
    });
    assert.equal(result.ok ? '' : result.problem.code, 'late-proposal');
  });

  test('bounds on open calls, live proposals and answers', () => {
    const bounded = <T>(bounds: Partial<Record<keyof typeof LIMITS, number>>, work: () => T): T => {
      const kept = { ...LIMITS };
      Object.assign(LIMITS, bounds);
      try {
        return work();
      } finally {
        Object.assign(LIMITS, kept);
      }
    };
    const { t, bobs, cyds } = three();
    const need = { kind: 'cpu', count: 1, durationMs: 1000 } as const;
    const open = { type: 'open-cfp', body: { need, maxPrice: c(1), replyByMs: 500 } } as const;
    const [a, b] = [t.need('ann', { award: 'manual' }), t.need('ann', { award: 'manual' })];
    const full = (
      bounds: Parameters<typeof bounded>[0],
      who: string,
      body: Parameters<Table['no']>[1],
    ): void => {
      assert.equal(bounded(bounds, () => t.no(who, body)).code, 'limit-reached');
    };
    full({ openCallsPerAgentMax: 2 }, 'ann', open);
    full({ openCallsMax: 2 }, 'bob', open);
    t.propose('bob', a, 1, { resourceId: bobs });
    const propose = (cfpId: string, resourceId: string) =>
      ({ type: 'propose', cfpId, body: { price: c(1), resourceId } }) as const;
    full({ proposalsPerCallMax: 1 }, 'cyd', propose(a, cyds));
    full({ liveProposalsPerAgentMax: 1 }, 'bob', propose(b, bobs));
    t.people('dan', 0);
    const refuse = { type: 'refuse', cfpId: a, body: { reason: 'busy' } } as const;
    full({ dialoguesPerCallMax: 2 }, 'dan', refuse);
    t.award('ann', a, [...t.m.proposals.keys()][0] ?? '');
    full({ runningLeasesMax: 1 }, 'ann', open);
  });
});

suite('cancelling', () => {
  test('an open call: everything is let go, everybody is told', () => {
    const { t, bobs } = three();
    const cfpId = t.need('ann');
    const p = t.propose('bob', cfpId, 4, { resourceId: bobs, terms: { penalty: c(2) } });
    assert.equal(t.no('bob', { type: 'cancel', cfpId }).code, 'forbidden');
    t.ok('ann', { type: 'cancel', cfpId });
    assert.equal(t.state(cfpId), 'cancelled');
    assert.equal(t.lost(p), 'cancelled');
    assert.equal(t.call(cfpId).dialogues.get(t.id('cyd'))?.state, 'cancelled');
    released(t);
    assert.equal(t.no('ann', { type: 'cancel', cfpId }).code, 'call-closed');
  });

  test('an awarded call: the time used is paid, the rest comes back', () => {
    const { t, bobs, cyds } = three();
    const cfpId = t.need('ann');
    t.propose('bob', cfpId, 4, { resourceId: bobs, terms: { penalty: c(2) } });
    t.propose('cyd', cfpId, 9, { resourceId: cyds });
    t.wait(250);
    t.ok('ann', { type: 'cancel', cfpId });
    const { ended } = t.leaseFor(cfpId);
    assert.deepEqual([ended?.ending, ended?.how, ended?.charge], ['settled', 'cancelled', c(1)]);
    assert.equal(t.state(cfpId), 'cancelled');
    assert.deepEqual([t.free('ann'), t.free('bob')], [99, 101]);
    released(t);
  });

  test('the operator can cancel a call, and not what an offer has sold', () => {
    const { t, bobs } = three();
    const cfpId = t.need('ann');
    t.ok('operator', { type: 'cancel', cfpId });
    const offer = t.offer('bob', bobs);
    t.propose('ann', offer, 3);
    t.wait(500);
    assert.equal(t.no('operator', { type: 'cancel', cfpId: offer }).code, 'call-closed');
  });
});

suite('who may ask what', () => {
  test('only agents call, only others answer, and only with what is theirs', () => {
    const { t, bobs } = three();
    const need = { kind: 'cpu', count: 1, durationMs: 1000 } as const;
    const open = { type: 'open-cfp', body: { need, maxPrice: c(1) } } as const;
    const cfpId = t.need('ann');
    const propose = { type: 'propose', cfpId, body: { price: c(1), resourceId: bobs } } as const;
    const code = (who: string, body: Parameters<Table['no']>[1]): string => t.no(who, body).code;
    assert.equal(code('operator', open), 'forbidden');
    assert.equal(code('agt_zzzzzzzzz', open), 'forbidden');
    assert.equal(code('ann', propose), 'forbidden');
    assert.equal(code('cyd', propose), 'forbidden');
    assert.equal(code('operator', propose), 'forbidden');
    assert.equal(code('ann', { type: 'refuse', cfpId, body: { reason: 'busy' } }), 'forbidden');
    assert.equal(code('bob', { ...propose, cfpId: 'cfp_zzzzzzzzz' }), 'not-found');
    assert.equal(code('bob', { type: 'propose', cfpId, body: { price: c(1) } }), 'missing-field');
  });

  test('a call has one direction, and the limit that belongs to it', () => {
    const { t, bobs } = three();
    const need = { kind: 'cpu', count: 1, durationMs: 1000 } as const;
    const offer = { resourceId: bobs, durationMs: 1000 };
    const field = (body: object): string | undefined =>
      t.no('bob', { type: 'open-cfp', body } as Parameters<Table['no']>[1]).field;
    assert.equal(field({}), 'need');
    assert.equal(field({ need, offer, maxPrice: c(1) }), 'offer');
    assert.equal(field({ need }), 'maxPrice');
    assert.equal(field({ need, maxPrice: c(1), minPrice: c(1) }), 'minPrice');
    assert.equal(field({ offer, maxPrice: c(1) }), 'maxPrice');
    assert.equal(field({ offer, mechanism: { pricing: 'second-score' } }), 'mechanism.pricing');
    assert.equal(field({ offer: { ...offer, resourceId: 'res_zzzzzzzzz' } }), 'offer.resourceId');
  });

  test('nothing happens before the market is founded, and it is founded once', () => {
    const { t } = three();
    const found = { type: 'found-market', marketId: 'x', policy: t.m.policy } as const;
    assert.equal(t.no('host', found).code, 'not-understood');
    assert.equal(t.no('ann', found).code, 'not-understood');
  });
});
