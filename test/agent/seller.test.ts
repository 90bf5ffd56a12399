// Goal: the seller of a machine serves everybody while there is room, lets the highest value win
// when there is not, and never promises a slot twice. Method: news as a remote contractor gets
// them, one case after the other, then random ones. Check: what it says, when it wants to be woken,
// and that leases, promises and offers together never exceed what it owns.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Delegate, Say } from '../../core/agent/delegate.ts';
import { ANSWER_MARGIN_MS, createSeller, GATHER_MS, OFFER_MS } from '../../core/agent/seller.ts';
import { ME, NOW, needOpened, negotiator, saidTo, self, tell } from './kit.ts';

const HOUR = 3_600_000;

/** A seller of slots at 6 credits an hour: 0.1 a minute while the machine is idle. */
function owner(count = 4): Delegate {
  const seller = createSeller(negotiator());
  const resource = { resourceId: 'res_1', kind: 'cpu', model: null, count, reservePrice: 6 };
  seller.hear(tell('resource-added', resource), self());
  return seller;
}

const called = (seller: Delegate, id: string, more: Parameters<typeof needOpened>[1] = {}): void =>
  void seller.hear(needOpened(id, { managerId: 'agt_other', ...more }), self());
const wake = (seller: Delegate, afterMs = GATHER_MS): Say[] =>
  seller.wake(self({ now: NOW + afterMs }));
const awarded = (more: Record<string, unknown> = {}): ReturnType<typeof tell> =>
  tell('awarded', {
    cfpId: 'cfp_1',
    needId: null,
    leaseId: 'lse_1',
    managerId: 'agt_other',
    contractorId: ME,
    claim: { resourceId: 'res_1', slots: [0], from: '', to: '' },
    price: 1,
    ...more,
  });

suite('while there is room', () => {
  test('a need is answered at the reserve price, when others had time to come', () => {
    const seller = owner();
    called(seller, 'cfp_1');
    assert.deepEqual(wake(seller, GATHER_MS - 1), []);
    assert.equal(seller.wakeAt(), NOW + GATHER_MS);
    const body = { price: 0.1, resourceId: 'res_1' };
    assert.deepEqual(wake(seller), [{ to: 'proposals', cfpId: 'cfp_1', body }]);
    assert.deepEqual(wake(seller), [], 'once');
  });

  test('a fuller machine asks more for the same, up to double', () => {
    const seller = owner(4);
    const prices = ['a', 'b', 'c', 'd'].map((id) => {
      called(seller, id);
      return saidTo(wake(seller), 'proposals')[0]?.price;
    });
    assert.deepEqual(prices, [0.1, 0.125, 0.15, 0.175]);
  });

  test('length and number of slots count', () => {
    const seller = owner(4);
    called(seller, 'cfp_1', { count: 2, durationMs: HOUR });
    assert.equal(saidTo(wake(seller), 'proposals')[0]?.price, 12);
  });

  test('what does not fit is not answered at all', () => {
    const seller = owner(2);
    called(seller, 'much', { count: 3 });
    called(seller, 'other', { kind: 'gpu' });
    assert.deepEqual(wake(seller), []);
  });
});

suite('when more is asked for than is free', () => {
  test('the free slots are put up for sale at second price, and the needs get no proposal', () => {
    const seller = owner(1);
    called(seller, 'cfp_1', { durationMs: 120_000 });
    called(seller, 'cfp_2', { durationMs: 60_000 });
    const says = wake(seller);
    assert.deepEqual(saidTo(says, 'proposals'), []);
    const [offer] = saidTo(says, 'cfps');
    const lot = { resourceId: 'res_1', count: 1, durationMs: 120_000 };
    assert.deepEqual(offer?.offer, lot);
    assert.deepEqual(offer?.mechanism, { pricing: 'second-price' });
    assert.deepEqual([offer?.minPrice, offer?.replyByMs, offer?.award], [0.2, OFFER_MS, 'auto']);
    assert.deepEqual(wake(seller), [], 'one offer at a time');
  });

  test('whoever does not bid in offers is answered directly after one that nobody bid in', () => {
    const seller = owner(1);
    called(seller, 'cfp_1');
    called(seller, 'cfp_2');
    wake(seller);
    const own = { cfpId: 'off_1', managerId: ME, offer: { resourceId: 'res_1' } };
    seller.hear(tell('cfp-opened', own), self());
    seller.hear(tell('call-ended', { cfpId: 'off_1', state: 'unawarded' }), self());
    const says = wake(seller);
    assert.deepEqual(
      says.map((say) => 'cfpId' in say && say.cfpId),
      ['cfp_1'],
    );
  });

  test('a loser is told before its call ends: no room, or paused', () => {
    for (const paused of [false, true]) {
      const seller = owner(1);
      seller.hear(awarded({ cfpId: 'before' }), self());
      called(seller, 'cfp_1', { replyByMs: 1000 });
      const data = { resourceId: 'res_1', reservePrice: 6, paused };
      seller.hear(tell('resource-changed', data), self());
      assert.deepEqual(wake(seller, 1000 - ANSWER_MARGIN_MS - 1), []);
      const [body] = saidTo(wake(seller, 1000 - ANSWER_MARGIN_MS), 'refusals');
      assert.equal(body?.reason, paused ? 'paused' : 'no-capacity');
    }
  });

  test('a slot that comes free is sold to who still waits', () => {
    const seller = owner(1);
    seller.hear(awarded({ cfpId: 'before' }), self());
    called(seller, 'cfp_1');
    assert.deepEqual(wake(seller), []);
    seller.hear(tell('lease-ended', { leaseId: 'lse_1' }), self());
    assert.equal(saidTo(wake(seller), 'proposals').length, 1);
  });

  test('a message that the market refused promised nothing, and is not repeated at once', () => {
    const seller = owner(1);
    called(seller, 'cfp_1');
    const [say] = wake(seller);
    assert.ok(say !== undefined);
    seller.answered({ say, ok: false, body: {} }, self());
    const at = seller.wakeAt() ?? 0;
    assert.ok(at > NOW && at <= NOW + 1000);
    called(seller, 'cfp_2');
    assert.equal(saidTo(wake(seller), 'proposals').length, 1, 'the slot is free again');
  });
});

test('whatever comes, it never promises more slots than it has, and is deterministic', () => {
  type News = { what: 'need' | 'award' | 'lost' | 'end' | 'wake'; n: number; count: number };
  const news: fc.Arbitrary<News> = fc.record({
    what: fc.constantFrom('need', 'need', 'award', 'lost', 'end', 'wake', 'wake'),
    n: fc.nat(5),
    count: fc.integer({ min: 1, max: 3 }),
  });

  /** Plays the market's part: what was proposed or offered is held until it is decided. */
  function play(list: readonly News[], slots: number): Say[] {
    const seller = owner(slots);
    const held = new Map<string, number>();
    const needs = new Map<string, number>();
    const all: Say[] = [];
    let at = NOW;
    let n = 0;
    for (const one of list) {
      at += 40;
      const now = self({ now: at });
      const id = [...held.keys()][one.n % Math.max(1, held.size)] ?? '';
      const count = held.get(id) ?? 0;
      if (one.what === 'need') {
        const cfpId = `cfp_${++n}`;
        needs.set(cfpId, one.count);
        seller.hear(needOpened(cfpId, { managerId: 'agt_other', count: one.count }, at), now);
      } else if (one.what === 'wake') {
        const says = seller.wake(now);
        all.push(...says);
        for (const say of says) {
          if (say.to === 'proposals') held.set(say.cfpId, needs.get(say.cfpId) ?? 0);
          if (say.to !== 'cfps') continue;
          const cfpId = `off_${++n}`;
          const offer = say.body.offer as { resourceId: string; count: number };
          held.set(cfpId, offer.count);
          seller.hear(tell('cfp-opened', { cfpId, managerId: ME, offer }, at), now);
        }
        const total = [...held.values()].reduce((a, b) => a + b, 0);
        assert.ok(total <= slots, `${total} of ${slots} slots are promised`);
      } else if (id === '') continue;
      else if (one.what === 'award' && !id.startsWith('lse')) {
        const leaseId = `lse_${++n}`;
        const claim = { resourceId: 'res_1', slots: Array.from({ length: count }, (_, i) => i) };
        held.delete(id);
        held.set(leaseId, count);
        seller.hear(awarded({ cfpId: id, leaseId, claim }), now);
      } else if (one.what === 'lost' && !id.startsWith('lse')) {
        held.delete(id);
        seller.hear(tell('call-ended', { cfpId: id, state: 'unawarded' }, at), now);
      } else if (one.what === 'end' && id.startsWith('lse')) {
        held.delete(id);
        seller.hear(tell('lease-ended', { leaseId: id }, at), now);
      }
    }
    return all;
  }

  const law = fc.property(
    fc.array(news, { maxLength: 60 }),
    fc.integer({ min: 1, max: 4 }),
    (list, slots) => {
      assert.deepEqual(play(list, slots), play(list, slots));
    },
  );
  fc.assert(law, { numRuns: 300 });
});
