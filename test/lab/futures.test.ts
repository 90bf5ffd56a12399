// Goal: a future ends exactly once, all its credits lie or move in the ledger, and who fails pays.
// Method: the life of single futures, then random commands against an oracle that knows the rules
// but not our code. Check: after each command balances, holds and rights agree; in the end
// everything has ended. Then the same with planted faults: each is found.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { available, type Transfer, trialSum } from '../../core/engine/bank/ledger.ts';
import { credits, type Credits } from '../../core/engine/base/credits.ts';
import { HOUR } from '../../core/engine/base/time.ts';
import { createStep, type Rules, step } from '../../core/lab/futures/contract.ts';
import { decide, type FutureCommand, settle } from '../../core/lab/futures/decide.ts';
import {
  createFutures,
  evolve,
  type FutureEventBody,
  type FuturesMarket,
  OPEN_PER_SELLER_MAX,
  openAccount,
  rightsOf,
  type Terms,
} from '../../core/lab/futures/state.ts';
import { compareWithOracle } from './futures-oracle.ts';

const c = (n: number): Credits => credits(n);
const DUE = 4 * HOUR;
const TERMS: Terms = {
  units: 3,
  price: c(60),
  payment: 'on-delivery',
  penalty: c(20),
  sellerMargin: c(25),
  buyerMargin: c(15),
  deliverAt: DUE,
  offerUntil: HOUR,
};

/** ann sells, bob buys, cyd is a third. */
class Table {
  m: FuturesMarket = createFutures();
  id = '';
  constructor(money: Record<string, number> = { ann: 100, bob: 100, cyd: 100 }) {
    for (const [name, amount] of Object.entries(money)) openAccount(this.m, name, c(amount));
  }
  do(command: FutureCommand): string {
    const { events, refusal } = step(this.m, command);
    const offered = events.find((e) => e.type === 'future-offered');
    if (offered?.type === 'future-offered') this.id = offered.futureId;
    const last = events.at(-1);
    if (refusal !== null) return [refusal.refused, refusal.field ?? refusal.who].join(' ').trim();
    if (last?.type === 'future-ended') return `${last.how} ${last.blamed ?? ''}`.trim();
    return last?.type ?? 'nothing';
  }
  signed(terms: Partial<Terms> = {}): this {
    this.do({ type: 'offer', at: 0, sellerId: 'ann', toId: null, terms: { ...TERMS, ...terms } });
    assert.equal(this.do({ type: 'sign', at: 1, futureId: this.id, by: 'bob' }), 'future-signed');
    return this;
  }
  grant(units: number, to = 'ann'): void {
    this.do({ type: 'grant', at: 2, agentId: to, startsAt: DUE, units });
  }
  due(): string {
    return this.do({ type: 'advance', at: DUE });
  }
  /** What each has, and what of it is free. */
  money(): Record<string, [number, number]> {
    const agents = [...this.m.ledger.accounts.values()].filter(({ kind }) => kind === 'agent');
    return Object.fromEntries(agents.map((a) => [a.id.slice(6), [a.posted, available(a)]]));
  }
}

suite('one future', () => {
  test('delivered from own capacity, paid on delivery; margins lie in the ledger until then', () => {
    const t = new Table().signed();
    assert.deepEqual(t.money(), { ann: [100, 75], bob: [100, 85], cyd: [100, 100] });
    t.grant(3);
    assert.equal(t.due(), 'delivered');
    assert.deepEqual(t.money(), { ann: [160, 160], bob: [40, 40], cyd: [100, 100] });
    assert.deepEqual([rightsOf(t.m, 'ann', DUE), rightsOf(t.m, 'bob', DUE)], [0, 3]);
  });

  test('delivered from what was bought on the spot before it was due', () => {
    const t = new Table().signed({ payment: 'on-signing', buyerMargin: c(0), sellerMargin: c(80) });
    assert.deepEqual(t.money()['ann'], [160, 80], 'the price came at once and is secured');
    t.grant(3, 'cyd');
    const spot = { sellerId: 'cyd', buyerId: 'ann', startsAt: DUE, units: 3, price: c(30) };
    assert.equal(t.do({ type: 'trade-spot', at: 3, ...spot }), 'rights-traded');
    assert.equal(t.due(), 'delivered');
    assert.deepEqual(t.money(), { ann: [130, 130], bob: [40, 40], cyd: [130, 130] });
  });

  test('a seller without the goods pays the penalty out of its margin', () => {
    const t = new Table().signed();
    t.grant(2);
    assert.equal(t.due(), 'defaulted ann');
    assert.deepEqual(t.money(), { ann: [80, 80], bob: [120, 120], cyd: [100, 100] });
  });

  test('a price already paid comes back with the penalty, even from a seller that spent it', () => {
    const t = new Table().signed({ payment: 'on-signing', buyerMargin: c(0), sellerMargin: c(80) });
    t.grant(1, 'cyd');
    const spent = { sellerId: 'cyd', buyerId: 'ann', startsAt: DUE, units: 1, price: c(80) };
    assert.equal(t.do({ type: 'trade-spot', at: 3, ...spent }), 'rights-traded');
    assert.equal(t.due(), 'defaulted ann');
    assert.deepEqual(t.money(), { ann: [0, 0], bob: [120, 120], cyd: [180, 180] });
  });

  test('an insolvent buyer is to blame itself, and the seller keeps its goods', () => {
    const t = new Table().signed();
    t.grant(3);
    t.grant(1, 'cyd');
    const spent = { sellerId: 'cyd', buyerId: 'bob', startsAt: DUE, units: 1, price: c(80) };
    t.do({ type: 'trade-spot', at: 3, ...spent });
    assert.equal(t.due(), 'defaulted bob');
    assert.deepEqual(t.money(), { ann: [115, 115], bob: [5, 5], cyd: [180, 180] });
    assert.equal(rightsOf(t.m, 'ann', DUE), 3);
  });

  test('a seller that also has nothing to deliver is to blame, not its insolvent buyer', () => {
    const t = new Table().signed();
    t.grant(1, 'cyd');
    const spent = { sellerId: 'cyd', buyerId: 'bob', startsAt: DUE, units: 1, price: c(80) };
    t.do({ type: 'trade-spot', at: 3, ...spent });
    assert.equal(t.due(), 'defaulted ann');
  });

  test('an offer lapses when nobody signs, or is withdrawn; the margin comes back', () => {
    for (const end of ['wait', 'withdraw'] as const) {
      const t = new Table();
      t.do({ type: 'offer', at: 0, sellerId: 'ann', toId: 'bob', terms: TERMS });
      assert.equal(t.do({ type: 'sign', at: 1, futureId: t.id, by: 'cyd' }), 'not-yours');
      const how = { futureId: t.id, by: 'ann' };
      const ended = t.do(
        end === 'wait' ? { type: 'advance', at: HOUR } : { type: 'withdraw', at: 2, ...how },
      );
      assert.equal(ended, 'lapsed');
      assert.deepEqual(t.money()['ann'], [100, 100]);
      assert.equal(t.do({ type: 'sign', at: HOUR, futureId: t.id, by: 'bob' }), 'unknown-future');
    }
  });

  test('closed early only where both agree on the same words', () => {
    const t = new Table().signed();
    const terms = { futureId: t.id, payer: 'seller', amount: c(12) } as const;
    assert.equal(t.do({ type: 'accept-close', at: 2, by: 'bob', ...terms }), 'not-open');
    t.do({ type: 'propose-close', at: 2, by: 'ann', ...terms });
    assert.equal(t.do({ type: 'accept-close', at: 3, by: 'ann', ...terms }), 'not-open');
    const other = { ...terms, amount: c(13) };
    assert.equal(t.do({ type: 'accept-close', at: 3, by: 'bob', ...other }), 'changed');
    assert.equal(t.do({ type: 'accept-close', at: 3, by: 'bob', ...terms }), 'closed');
    assert.deepEqual(t.money(), { ann: [88, 88], bob: [112, 112], cyd: [100, 100] });
    assert.equal(t.due(), 'nothing', 'it ends once');
  });

  test('the right is resold: the new buyer gets the goods, or the penalty', () => {
    const t = new Table().signed();
    t.do({ type: 'offer-right', at: 2, futureId: t.id, by: 'bob', toId: null, price: c(9) });
    const take = { type: 'take-right', at: 3, futureId: t.id } as const;
    assert.equal(t.do({ ...take, by: 'ann', price: c(9) }), 'not-yours');
    assert.equal(t.do({ ...take, by: 'cyd', price: c(8) }), 'changed');
    assert.equal(t.do({ ...take, by: 'cyd', price: c(9) }), 'right-taken');
    assert.deepEqual(t.money(), { ann: [100, 75], bob: [109, 109], cyd: [91, 76] });
    assert.equal(t.due(), 'defaulted ann');
    assert.deepEqual(t.money(), { ann: [80, 80], bob: [109, 109], cyd: [111, 111] });
  });
});

suite('what is refused', () => {
  const BAD: [Partial<Terms>, string][] = [
    [{ units: 0 }, 'bad-terms units'],
    [{ price: 0.5 as Credits }, 'bad-terms price'],
    [{ penalty: c(26) }, 'bad-terms sellerMargin'],
    [{ payment: 'on-signing', buyerMargin: c(0) }, 'bad-terms sellerMargin'],
    [{ buyerMargin: c(61) }, 'bad-terms buyerMargin'],
    [{ deliverAt: DUE + 1 }, 'bad-terms startsAt'],
    [{ offerUntil: DUE + 1 }, 'bad-terms offerUntil'],
    [{ deliverAt: 1000 * HOUR }, 'bad-terms startsAt'],
    [{ sellerMargin: c(101) }, 'insufficient-credits ann'],
  ];
  for (const [change, why] of BAD) {
    test(`an offer: ${why} ${JSON.stringify(change)}`, () => {
      const t = new Table();
      const terms = { ...TERMS, ...change };
      assert.equal(t.do({ type: 'offer', at: 0, sellerId: 'ann', toId: null, terms }), why);
      assert.equal(t.m.seq, 3, 'nothing has happened');
    });
  }

  test('whoever is short is named, and nothing moves', () => {
    const t = new Table({ ann: 100, bob: 14 });
    t.do({ type: 'offer', at: 0, sellerId: 'ann', toId: null, terms: TERMS });
    const sign = { type: 'sign', at: 1, futureId: t.id } as const;
    assert.equal(t.do({ ...sign, by: 'bob' }), 'insufficient-credits bob');
    assert.equal(t.do({ ...sign, by: 'eve' }), 'unknown-agent eve');
    assert.deepEqual(t.money(), { ann: [100, 75], bob: [14, 14] });
  });

  test('a seller has a bounded number of open futures', () => {
    const t = new Table({ ann: 100_000, bob: 0 });
    const offer = { type: 'offer', at: 0, sellerId: 'ann', toId: null, terms: TERMS } as const;
    for (let n = 0; n < OPEN_PER_SELLER_MAX; n++) assert.equal(t.do(offer), 'future-offered');
    assert.equal(t.do(offer), 'limit-reached');
    assert.equal(trialSum(t.m.ledger), 0);
  });
});

const REAL: Rules = { decide, settle, evolve };
const isFor = (t: Transfer, kind: Transfer['kind']) => t.kind === kind;

/** The events of a decision, changed. */
function altered(change: (body: FutureEventBody, m: FuturesMarket) => FutureEventBody): Rules {
  return {
    ...REAL,
    decide: (m, command) => {
      const out = decide(m, command);
      return 'refused' in out ? out : out.map((body) => change(body, m));
    },
    settle: (m, f) => settle(m, f).map((body) => change(body, m)),
  };
}

const FAULTS: Record<string, Rules> = {
  'a seller delivers what it does not have': {
    ...REAL,
    settle: (m, f) => {
      const { deliverAt, units } = f.terms;
      const had = m.rights.get(deliverAt) ?? new Map<string, number>();
      const full = new Map([...had, [f.sellerId, units]]);
      m.rights.set(deliverAt, full);
      const out = settle(m, f);
      m.rights.set(deliverAt, had);
      return out;
    },
  },
  'the penalty is forgiven': altered((body, m) => {
    if (body.type !== 'future-ended' || body.how !== 'defaulted') return body;
    const transfers = body.transfers.map((t): Transfer => {
      const held = 'pendingId' in t ? m.ledger.pendings.get(t.pendingId) : undefined;
      if (t.kind !== 'post' || held === undefined) return t;
      return { ...t, kind: 'void', amount: held.amount };
    });
    return { ...body, transfers };
  }),
  'the seller is blamed for an insolvent buyer': altered((body, m) => {
    if (body.type !== 'future-ended' || body.blamed === null) return body;
    return { ...body, blamed: m.futures.get(body.futureId)?.sellerId ?? null };
  }),
  'a close-out keeps a margin': altered((body) => {
    if (body.type !== 'future-ended' || body.how !== 'closed') return body;
    return { ...body, transfers: body.transfers.slice(1) };
  }),
  'the margin still belongs to the one who sold the right': altered((body, m) => {
    if (body.type !== 'right-taken') return body;
    const f = m.futures.get(body.futureId);
    const [seller, former] = [`agent:${f?.sellerId}`, `agent:${f?.buyerId}`];
    const transfers = body.transfers.map((t): Transfer =>
      t.kind === 'pending' && t.debit === seller ? { ...t, credit: former } : t,
    );
    return { ...body, transfers };
  }),
  'a signed future lapses as well': {
    ...REAL,
    evolve: (m, event) => {
      evolve(m, event);
      const f = event.type === 'future-signed' ? m.futures.get(event.futureId) : undefined;
      if (f !== undefined) f.buyerId = null;
    },
  },
  'the price is paid twice': altered((body) => {
    if (body.type !== 'future-signed') return body;
    const paid = body.transfers.filter((t) => isFor(t, 'posted'));
    return { ...body, transfers: [...body.transfers, ...paid] };
  }),
};

suite('random commands', () => {
  test('the market owes what the oracle says it owes, and everything ends once', () => {
    const seen = compareWithOracle(step, 400, 7);
    const endings = ['delivered', 'seller failed', 'buyer failed', 'closed', 'lapsed'];
    for (const how of [...endings, 'right-taken']) {
      assert.ok((seen.get(how) ?? 0) >= 5, `${how} was tried ${seen.get(how) ?? 0} times`);
    }
  });

  for (const [name, rules] of Object.entries(FAULTS)) {
    test(`a planted fault is found: ${name}`, () => {
      assert.throws(() => compareWithOracle(createStep(rules), 400, 7), /Property failed/u);
    });
  }
});
