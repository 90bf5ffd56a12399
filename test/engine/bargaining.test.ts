// Goal: a bargaining opens where it may, each word in it is taken or refused as the protocol says,
// and it ends once, with a name, and with the money where it belongs.
// Method: two parties on the small market, on a clock that is moved by hand.
// Check: every refusal leaves the state as it was; holds, prices and terms after every step; the
// draw over many seeds.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createRng } from '../../core/engine/base/rng.ts';
import { Haggle } from './bargaining-kit.ts';
import { c } from './kit.ts';

const MC = { protocol: 'monotonic-concession' } as const;
const AO = { protocol: 'alternating-offers' } as const;

suite('it opens', () => {
  test('over the best negotiable price, when none is within the limit; the others are let go', () => {
    const h = new Haggle().call();
    const { t } = h;
    const cyds = t.resource('cyd');
    const terms = { penalty: c(4) };
    const more = { resourceId: cyds, negotiable: true, terms };
    const dear = t.propose('cyd', h.cfpId, 21, more);
    assert.deepEqual([t.held('ann'), t.held('cyd')], [10, 4]);
    h.opens();
    assert.deepEqual([t.state(h.cfpId), h.b?.proposalId], ['bargaining', h.proposalId]);
    assert.deepEqual([t.lost(dear), t.held('cyd')], ['above-max-price', 0]);
    assert.deepEqual(h.held, [0, 1], 'nothing offered, nothing held; the promise stands');
    assert.equal(t.m.resources.get(cyds)?.slots.flat().length, 0);
    assert.deepEqual([h.b?.floor, h.standing], [c(2), [null, 20]]);
  });

  test('with either of two equal ones, by the draw and never by arrival', () => {
    const rng = createRng(29);
    const seeds = 200;
    let second = 0;
    for (let i = 0; i < seeds; i++) {
      const h = new Haggle().call();
      h.t.propose('cyd', h.cfpId, 20, { resourceId: h.t.resource('cyd'), negotiable: true });
      h.t.entropy = rng.u32();
      h.opens({ terms: {} });
      if (h.b?.proposalId === h.proposalId) second++;
    }
    // Five standard deviations of a fair coin.
    assert.ok(Math.abs(2 * second - seeds) < 5 * Math.sqrt(seeds), `${second} of ${seeds}`);
  });

  const never: Record<string, () => Haggle> = {
    'the call does not want it': () => new Haggle().call({ mechanism: {} }).opens(),
    'the price is firm': () => new Haggle().call().opens({ negotiable: false }),
    'the operator has it off': () => new Haggle({ protocol: 'off' }).call().opens(),
    'the limits are apart': () => new Haggle().call({ maxPrice: c(1.99) }).opens(),
    'the resource is paused': () => {
      const h = new Haggle().call({ award: 'manual' }).opens();
      h.t.ok('bob', { type: 'change-resource', resourceId: h.slot, body: { paused: true } });
      return h;
    },
    'the proposal ends at that very moment': () => {
      const h = new Haggle();
      h.t.resource('cyd'); // who does not answer
      h.call({ replyByMs: 100 }).opens({ validForMs: 100 }).t.wait(100);
      return h;
    },
  };
  for (const [why, make] of Object.entries(never)) {
    test(`not where ${why}`, () => {
      const h = make();
      if (h.t.call(h.cfpId).award === 'manual') {
        const bargain = { cfpId: h.cfpId, body: { proposalId: h.proposalId } };
        assert.equal(h.t.no('ann', { type: 'bargain', ...bargain }).code, 'not-understood');
      } else assert.equal(h.t.state(h.cfpId), 'unawarded: all-above-max-price');
      assert.equal(h.end, 'none');
    });
  }

  test('within the limit there is an award and nothing to bargain over', () => {
    const h = new Haggle().call().opens({}, 10);
    assert.deepEqual([h.t.state(h.cfpId), h.end], ['awarded', 'none']);
  });

  test('by hand also within the limit; not by another, nor twice, nor over nothing', () => {
    const h = new Haggle().call({ award: 'manual' }).opens({}, 9);
    const { t, cfpId, proposalId } = h;
    const bargain = { type: 'bargain', cfpId, body: { proposalId } } as const;
    assert.equal(t.no('bob', bargain).code, 'forbidden');
    const other = { ...bargain, body: { proposalId: 'prp_zzzzzzzzz' } };
    assert.equal(t.no('ann', other).code, 'not-found');
    assert.equal(t.no('ann', { ...bargain, cfpId: 'cfp_zzzzzzzzz' }).code, 'not-found');
    t.ok('ann', bargain);
    assert.equal(t.no('ann', bargain).code, 'call-closed');
  });

  test('by the protocol that the operator’s rule chooses', () => {
    const chosen = (rule: object): string[] => {
      const { b } = Haggle.begun({ protocol: 'auto', ...rule });
      return [b?.protocol ?? '', b?.chosenBy ?? ''];
    };
    const eight = { fastBelowMs: 1000, worthWaiting: c(8) };
    assert.deepEqual(chosen({ fastBelowMs: 1001 }), ['monotonic-concession', 'short-lease']);
    assert.deepEqual(chosen(eight), ['alternating-offers', 'worth-the-wait']);
    const more = { ...eight, worthWaiting: c(8) + 1 };
    assert.deepEqual(chosen(more), ['monotonic-concession', 'small-surplus']);
    assert.deepEqual(chosen(AO), ['alternating-offers', 'operator']);
  });
});

suite('money follows the words', () => {
  test('the newest offer is held and nothing else; a conflict releases all', () => {
    const h = Haggle.begun(MC);
    h.offer('ann', { price: 4 });
    assert.deepEqual(h.held, [4, 1]);
    h.offer('bob', { price: 15, penalty: 3 });
    assert.deepEqual(h.held, [4, 3]);
    h.offer('ann', { price: 6.5 });
    assert.deepEqual(h.held, [6.5, 3]);
    h.offer('bob', { price: 15 });
    assert.deepEqual(h.held, [6.5, 3], 'what is not named stays');
    h.t.ok('bob', h.say('quit'));
    assert.deepEqual([h.held, h.t.free('ann'), h.t.free('bob')], [[0, 0], 100, 100]);
  });

  test('the fee of the moment goes from the sender to the bank, also out of what is held', () => {
    const h = Haggle.begun({ ...AO, roundFee: c(0.5) });
    h.offer('ann', { price: 4 });
    h.rule({ roundFee: c(2) });
    h.offer('bob', { price: 9 });
    assert.deepEqual([h.t.free('ann'), h.t.free('bob')], [100 - 4 - 0.5, 100 - 1 - 2]);
    h.t.budget('ann', 9, 3_600_000); // what is left of the old budget lapses with its hold
    assert.equal(h.refuses('ann', { price: 8 }).code, 'insufficient-credits');
    h.offer('ann', { price: 7 });
    assert.deepEqual([h.t.held('ann'), h.t.free('ann')], [7, 0]);
  });

  test('who cannot back an offer is told in which field', () => {
    const h = Haggle.begun(MC);
    h.t.budget('ann', 3, 3_600_000);
    h.t.budget('bob', 3, 3_600_000);
    const poor = [h.refuses('ann', { price: 4 }), h.refuses('bob', { price: 15, penalty: 4 })];
    assert.deepEqual(
      poor.map((p) => [p.code, p.field]),
      [
        ['insufficient-credits', 'price'],
        ['insufficient-credits', 'terms.penalty'],
      ],
    );
    h.offer('ann', { price: 3 });
  });

  test('a window that ends takes the issued credits of the hold with it at the next offer', () => {
    const h = new Haggle({ ...AO, roundMs: 2000, roundsMax: 9 });
    h.t.budget('ann', 10, 3000);
    h.call().opens().offer('ann', { price: 8 });
    h.t.wait(1500);
    h.offer('bob', { price: 9 }).t.wait(1600);
    assert.deepEqual([h.t.held('ann'), h.t.free('ann')], [8, 10]);
    h.offer('ann', { price: 9 });
    assert.deepEqual([h.t.held('ann'), h.t.free('ann')], [9, 1], 'eight have lapsed');
  });
});

suite('monotonic concession', () => {
  test('nothing is taken back, issue by issue', () => {
    const h = new Haggle(MC).call().opens({ startDelayMs: 200 });
    const terms = { penalty: 2, reclaimWindowMs: 500, startDelayMs: 100 };
    h.offer('ann', { price: 4, ...terms }).offer('bob', { price: 12, ...terms });
    const field = (who: string, words: object): (string | undefined)[] => {
      const p = h.refuses(who, { price: who === 'ann' ? 4 : 12, ...words });
      return [p.code, p.field];
    };
    assert.deepEqual(field('ann', { price: 3.999999 }), ['retraction', 'price']);
    assert.deepEqual(field('ann', { startDelayMs: 99 }), ['retraction', 'startDelayMs']);
    const notice = { reclaimWindowMs: 501 };
    assert.deepEqual(field('ann', notice), ['retraction', 'terms.reclaimWindowMs']);
    assert.deepEqual(field('ann', { penalty: 2.1 }), ['retraction', 'terms.penalty']);
    assert.deepEqual(field('bob', { price: 12.000001 }), ['retraction', 'price']);
    assert.deepEqual(field('bob', { startDelayMs: 101 }), ['retraction', 'startDelayMs']);
    const less = { reclaimWindowMs: 499 };
    assert.deepEqual(field('bob', less), ['retraction', 'terms.reclaimWindowMs']);
    assert.deepEqual(field('bob', { penalty: 1.9 }), ['retraction', 'terms.penalty']);
    h.offer('ann', { price: 4, startDelayMs: 101, penalty: 1 });
    h.offer('bob', { price: 12, startDelayMs: 99, reclaimWindowMs: 501 });
    assert.equal(h.b?.round, 3);
  });

  test('a price alone does not meet: every issue has to', () => {
    const h = Haggle.begun(MC).offer('ann', { price: 9, penalty: 5 }).offer('bob', { price: 8 });
    assert.equal(h.end, 'running');
    h.offer('ann', { price: 9, penalty: 1 }).offer('bob', { price: 8 });
    assert.equal(h.end, 'agreed');
  });

  test('a silent side repeats; the first round has nothing that its manager could repeat', () => {
    const h = Haggle.begun(MC).offer('ann', { price: 4 });
    h.t.wait(99);
    assert.equal(h.b?.round, 1);
    h.t.wait(1);
    assert.deepEqual([h.b?.round, h.standing], [2, [4, 20]]);
    h.offer('bob', { price: 5 }).t.wait(100);
    assert.deepEqual([h.b?.round, h.standing], [3, [4, 5]]);
    h.offer('ann', { price: 5 }).t.wait(100);
    assert.deepEqual([h.end, h.t.leaseFor(h.cfpId).price], ['agreed', c(5)]);
    const silent = Haggle.begun(MC).offer('bob', { price: 4 });
    silent.t.wait(100);
    assert.equal(silent.end, 'timed-out');
  });

  test('two that stay where they are end it; one that moves goes on, up to the bound', () => {
    const stuck = Haggle.begun(MC).round(4, 12).round(4, 12);
    assert.deepEqual([stuck.end, stuck.b?.rounds.length], ['both-stuck', 2]);
    const mute = Haggle.begun(MC).offer('ann', { price: 4 });
    mute.t.wait(200);
    assert.equal(mute.end, 'both-stuck', 'silence is staying, too');
    const slow = Haggle.begun(MC).round(4, 12).round(5, 12).round(5, 11).round(6, 11);
    assert.deepEqual([slow.end, slow.b?.rounds.length], ['rounds-over', 4]);
  });

  test('both offers are drawn about as often, and only these two', () => {
    const rng = createRng(1994);
    const drawn = new Map<number, number>();
    const seeds = 400;
    for (let i = 0; i < seeds; i++) {
      const h = Haggle.begun(MC).offer('ann', { price: 9 });
      h.t.entropy = rng.u32();
      h.offer('bob', { price: 5 });
      const { price } = h.t.leaseFor(h.cfpId);
      drawn.set(price, (drawn.get(price) ?? 0) + 1);
      assert.equal(h.b?.deal?.price, price);
      assert.equal(h.t.held('ann'), price / c(1));
    }
    const [hers, his] = [drawn.get(c(9)) ?? 0, drawn.get(c(5)) ?? 0];
    assert.equal(hers + his, seeds);
    // Five standard deviations of a fair coin.
    assert.ok(Math.abs(hers - his) < 5 * Math.sqrt(seeds), `${hers} to ${his}`);
  });
});

suite('alternating offers', () => {
  test('the proposal is round 1, then turns; what is accepted is what lies there', () => {
    const h = Haggle.begun(AO);
    assert.deepEqual([h.b?.round, h.b?.turn, h.standing], [2, 'manager', [null, 20]]);
    h.offer('ann', { price: 5, penalty: 3 }).offer('bob', { price: 9, reclaimWindowMs: 50 });
    assert.deepEqual([h.b?.round, h.b?.turn, h.standing], [4, 'manager', [5, 9]]);
    h.offer('ann', { price: 4 });
    assert.deepEqual(h.standing, [4, 9], 'what was conceded may be taken back');
    h.t.ok('bob', h.say('accept-offer'));
    const { price, terms } = h.t.leaseFor(h.cfpId);
    assert.deepEqual([price, terms.penalty, h.end], [c(4), c(3), 'agreed']);
    assert.deepEqual(h.held, [4, 3]);
  });

  test('who is silent when it is its turn ends it, each in its round', () => {
    const h = Haggle.begun(AO);
    h.t.wait(100);
    assert.equal(h.end, 'timed-out');
    const late = Haggle.begun({ ...AO, roundsMax: 2 }).offer('ann', { price: 5 });
    assert.equal(late.refuses('bob', { price: 9 }).code, 'not-understood');
    late.t.wait(100);
    assert.equal(late.end, 'rounds-over');
  });
});

suite('limits', () => {
  for (const rule of [MC, AO]) {
    test(`${rule.protocol}: no offer is beyond its sender’s own limit`, () => {
      const h = Haggle.begun(rule);
      assert.equal(h.refuses('ann', { price: 10.000001 }).code, 'above-max-price');
      h.offer('ann', { price: 10 });
      assert.equal(h.refuses('bob', { price: 1.999999 }).code, 'below-reserve-price');
      h.offer('bob', { price: 2 });
    });
  }

  test('a start that is too late for the need is refused', () => {
    const need = { kind: 'cpu', count: 1, durationMs: 1000, maxStartDelayMs: 50 } as const;
    const h = new Haggle(AO).call({ need }).opens().offer('ann', { price: 3 });
    const p = h.refuses('bob', { price: 9, startDelayMs: 51 });
    assert.deepEqual([p.code, p.field], ['invalid-field', 'startDelayMs']);
    h.offer('bob', { price: 9, startDelayMs: 50 });
  });

  test('no lease is ever cheaper than the reserve price, also when its owner accepts', () => {
    const h = Haggle.begun(AO).offer('ann', { price: 1.999999 });
    assert.equal(h.t.no('bob', h.say('accept-offer')).code, 'below-reserve-price');
    h.t.ok('bob', { type: 'change-resource', resourceId: h.slot, body: { reservePrice: c(7000) } });
    h.t.ok('bob', h.say('accept-offer'));
  });

  test('a manager cannot accept what is above its maxPrice', () => {
    const h = Haggle.begun(AO);
    assert.equal(h.t.no('ann', h.say('accept-offer')).code, 'above-max-price');
  });
});

suite('it ends in another way', () => {
  test('cancelled, by the manager or the operator', () => {
    for (const who of ['ann', 'operator']) {
      const h = Haggle.begun(AO).offer('ann', { price: 5 });
      h.t.ok(who, { type: 'cancel', cfpId: h.cfpId });
      assert.deepEqual([h.t.state(h.cfpId), h.end, h.held], ['cancelled', 'overtaken', [0, 0]]);
      assert.equal(h.t.lost(h.proposalId), 'cancelled');
    }
  });

  test('met through an offer of somebody else', () => {
    const h = Haggle.begun(AO).offer('ann', { price: 5 });
    const lot = h.t.offer('cyd', h.t.resource('cyd'));
    h.t.propose('ann', lot, 6, { cfpId: h.cfpId });
    assert.deepEqual([h.t.state(h.cfpId), h.end, h.held], ['awarded', 'overtaken', [6, 0]]);
    assert.equal(h.t.leaseFor(h.cfpId).contractorId, h.t.id('cyd'));
    assert.equal(h.t.lost(h.proposalId), 'need-met');
  });

  test('agreed, but it can no longer be done: a named conflict', () => {
    const h = Haggle.begun(MC).offer('ann', { price: 9 });
    h.t.ok('bob', { type: 'change-resource', resourceId: h.slot, body: { paused: true } });
    h.offer('bob', { price: 9 });
    assert.deepEqual([h.end, h.held], ['infeasible', [0, 0]]);
    const turns = Haggle.begun(AO).offer('ann', { price: 9 });
    turns.t.ok('bob', { type: 'change-resource', resourceId: turns.slot, body: { paused: true } });
    assert.equal(turns.t.no('bob', turns.say('accept-offer')).code, 'resource-paused');
  });

  test('a promise whose time was over when the host came back is not awarded', () => {
    const h = new Haggle({ ...MC, roundMs: 300 }).call().opens({ validForMs: 400 });
    h.offer('ann', { price: 9 }).offer('bob', { price: 12 }).offer('bob', { price: 8 });
    h.t.sleep(1000);
    assert.deepEqual([h.end, h.held], ['infeasible', [0, 0]]);
  });

  test('its whole time is the shortest of what bounds it', () => {
    const span = (h: Haggle): number => (h.b?.endsAt ?? 0) - (h.b?.openedAt ?? 0);
    assert.equal(span(Haggle.begun({ roundsMax: 3, roundMs: 100 })), 300);
    assert.equal(span(new Haggle().call().opens({ validForMs: 150 })), 150);
    const h = new Haggle({ ...MC, roundsMax: 3 }).call().opens({ validForMs: 150 });
    h.offer('ann', { price: 4 }).t.wait(100);
    assert.equal(h.b?.roundEndsAt, h.b?.endsAt, 'the last round is cut short');
    h.offer('ann', { price: 5 }).t.wait(50);
    assert.equal(h.end, 'rounds-over');
  });
});
