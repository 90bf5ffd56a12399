// What a market in futures owes, written from the rules and not from our code: wealth, locked
// margins and rights as plain numbers, moved by what an event says has happened and never by the
// transfers it carries. It also judges who was to blame. Random commands drive both.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { trialSum } from '../../core/engine/bank/ledger.ts';
import { credits, type Credits } from '../../core/engine/base/credits.ts';
import { HOUR } from '../../core/engine/base/time.ts';
import type { FutureStep } from '../../core/lab/futures/contract.ts';
import type { FutureCommand } from '../../core/lab/futures/decide.ts';
import {
  createFutures,
  type FutureEvent,
  type FuturesMarket,
  openAccount,
  type Terms,
} from '../../core/lab/futures/state.ts';

export const AGENTS = ['ann', 'bob', 'cyd', 'dan'];
const ISSUED = 1000;

type Step = (m: FuturesMarket, command: FutureCommand) => FutureStep;

interface Pledge {
  seller: string;
  buyer: string | null;
  terms: Terms;
  closeOut: { payer: string; amount: number } | null;
  resale: number;
  endings: number;
}

export class Oracle {
  wealth = new Map(AGENTS.map((a) => [a, ISSUED]));
  locked = new Map(AGENTS.map((a) => [a, 0]));
  rights = new Map<string, number>();
  futures = new Map<string, Pledge>();

  private move(from: string, to: string, amount: number): void {
    this.wealth.set(from, (this.wealth.get(from) ?? 0) - amount);
    this.wealth.set(to, (this.wealth.get(to) ?? 0) + amount);
  }

  private lock(agent: string, amount: number): void {
    this.locked.set(agent, (this.locked.get(agent) ?? 0) + amount);
  }

  private give(agent: string, startsAt: number, units: number): void {
    const key = `${agent} ${startsAt}`;
    const left = (this.rights.get(key) ?? 0) + units;
    assert.ok(left >= 0, `${agent} gives rights that it does not have`);
    if (left === 0) this.rights.delete(key);
    else this.rights.set(key, left);
  }

  private get(id: string): Pledge {
    const f = this.futures.get(id);
    assert.ok(f !== undefined, `${id} was never offered`);
    return f;
  }

  /** @param price what the command said, where the event does not repeat it */
  happened(e: FutureEvent, price: number): void {
    switch (e.type) {
      case 'rights-granted':
        return this.give(e.agentId, e.startsAt, e.units);
      case 'rights-traded':
        this.give(e.sellerId, e.startsAt, -e.units);
        this.give(e.buyerId, e.startsAt, e.units);
        return this.move(e.buyerId, e.sellerId, price);
      case 'rights-used-up':
        for (const key of this.rights.keys()) {
          if (key.endsWith(` ${e.startsAt}`)) this.rights.delete(key);
        }
        return undefined;
      case 'future-offered': {
        const { sellerId: seller, terms } = e;
        const empty = { buyer: null, closeOut: null, resale: 0, endings: 0 };
        this.futures.set(e.futureId, { seller, terms, ...empty });
        return this.lock(seller, terms.sellerMargin);
      }
      default:
        return this.toOne(e, this.get(e.futureId));
    }
  }

  private toOne(e: FutureEvent & { futureId: string }, f: Pledge): void {
    const { price, buyerMargin, payment } = f.terms;
    switch (e.type) {
      case 'future-signed':
        assert.equal(f.buyer, null, 'signed twice');
        f.buyer = e.buyerId;
        if (payment === 'on-signing') this.move(e.buyerId, f.seller, price);
        return this.lock(e.buyerId, buyerMargin);
      case 'close-proposed':
        f.closeOut = e.closeOut;
        return undefined;
      case 'right-offered':
        f.resale = e.price;
        return undefined;
      case 'right-taken':
        assert.ok(f.buyer !== null);
        this.lock(f.buyer, -buyerMargin);
        this.lock(e.buyerId, buyerMargin);
        this.move(e.buyerId, f.buyer, f.resale);
        f.buyer = e.buyerId;
        return undefined;
      case 'future-ended':
        return this.ended(e, f);
      default:
        return assert.fail(`unexpected ${e.type}`);
    }
  }

  private ended(e: FutureEvent & { type: 'future-ended' }, f: Pledge): void {
    const { seller, buyer, terms } = f;
    assert.equal(++f.endings, 1, `${e.futureId} ends twice`);
    this.lock(seller, -terms.sellerMargin);
    if (buyer === null) {
      assert.deepEqual([e.how, e.blamed], ['lapsed', null]);
      return;
    }
    this.lock(buyer, -terms.buyerMargin);
    if (e.how === 'closed') {
      assert.ok(f.closeOut !== null, 'closed without a proposal');
      const { payer, amount } = f.closeOut;
      if (payer === 'seller') this.move(seller, buyer, amount);
      else this.move(buyer, seller, amount);
      return;
    }
    assert.equal(e.at, terms.deliverAt, 'settled when it is due');
    const isPaid = terms.payment === 'on-signing';
    const hasGoods = (this.rights.get(`${seller} ${terms.deliverAt}`) ?? 0) >= terms.units;
    const free = (this.wealth.get(buyer) ?? 0) - (this.locked.get(buyer) ?? 0);
    const canPay = isPaid || free >= terms.price;
    if (!hasGoods) {
      assert.deepEqual([e.how, e.blamed], ['defaulted', seller]);
      this.move(seller, buyer, terms.penalty + (isPaid ? terms.price : 0));
    } else if (!canPay) {
      assert.deepEqual([e.how, e.blamed], ['defaulted', buyer]);
      this.move(buyer, seller, terms.buyerMargin);
    } else {
      assert.deepEqual([e.how, e.blamed], ['delivered', null]);
      if (!isPaid) this.move(buyer, seller, terms.price);
      this.give(seller, terms.deliverAt, -terms.units);
      this.give(buyer, terms.deliverAt, terms.units);
    }
  }

  /** The market says the same. */
  compare(m: FuturesMarket): void {
    assert.equal(trialSum(m.ledger), 0);
    for (const agent of AGENTS) {
      const account = m.ledger.accounts.get(`agent:${agent}`);
      const expected = { posted: this.wealth.get(agent), held: this.locked.get(agent) };
      assert.deepEqual({ posted: account?.posted, held: account?.held }, expected, agent);
      assert.ok((expected.posted ?? 0) >= (expected.held ?? 0), `${agent} is overdrawn`);
    }
    const rights = [...m.rights].flatMap(([startsAt, owners]) =>
      [...owners].map(([agent, units]) => [`${agent} ${startsAt}`, units]),
    );
    assert.deepEqual(new Map(rights as [string, number][]), this.rights);
    const open = [...this.futures].filter(([, f]) => f.endings === 0).map(([id]) => id);
    assert.deepEqual([...m.futures.keys()], open, 'open futures');
  }
}

/** Numbers that become agents, futures and times only when the command runs. */
export interface Draft {
  what: FutureCommand['type'];
  a: number;
  b: number;
  n: number;
  flag: boolean;
}

const pick = <T>(items: readonly T[], n: number): T => items[n % items.length] as T;
const micro = (n: number): Credits => credits(n);

function commandOf(m: FuturesMarket, { what, a, b, n, flag }: Draft): FutureCommand {
  const hour = Math.floor(m.at / HOUR);
  const at = m.at + (n % 3) * 1000;
  const startsAt = (hour + 1 + (b % 2)) * HOUR;
  const [one, two] = [pick(AGENTS, a), pick(AGENTS, b)];
  const open = [...m.futures.values()];
  const f = pick(open.length > 0 ? open : [null], b);
  const futureId = f?.id ?? 'fut_none';
  // Mostly somebody who may; now and then anybody.
  const by = flag ? one : (pick([f?.sellerId, f?.buyerId], a) ?? one);
  const units = 1 + (n % 4);
  const price = micro(n % (flag ? 60 : 500));
  switch (what) {
    case 'advance':
      return { type: 'advance', at: m.at + (n % 4) * (HOUR / 2) };
    case 'grant':
      // Mostly to somebody who has promised.
      if (flag || f === null) return { type: 'grant', at, agentId: one, startsAt, units };
      return { type: 'grant', at, agentId: f.sellerId, startsAt: f.terms.deliverAt, units: 4 };
    case 'trade-spot':
      return { type: 'trade-spot', at, sellerId: one, buyerId: two, startsAt, units, price };
    case 'offer':
      return { type: 'offer', at, sellerId: one, toId: null, terms: termsOf(at, n, b, flag) };
    case 'withdraw':
      return { type: 'withdraw', at, futureId, by };
    case 'sign':
      return { type: 'sign', at, futureId, by: one };
    case 'propose-close':
      return { type: 'propose-close', at, futureId, by, payer: payerOf(n), amount: price };
    case 'accept-close': {
      const said = f?.closeOut ?? { payer: payerOf(n), amount: price };
      return { type: 'accept-close', at, futureId, by, payer: said.payer, amount: said.amount };
    }
    case 'offer-right':
      return { type: 'offer-right', at, futureId, by: f?.buyerId ?? one, toId: null, price };
    case 'take-right':
      return { type: 'take-right', at, futureId, by: one, price: f?.resale?.price ?? price };
  }
}

const payerOf = (n: number) => (n % 2 === 0 ? 'seller' : 'buyer');

function termsOf(at: number, n: number, b: number, isPaid: boolean): Terms {
  const deliverAt = (Math.floor(at / HOUR) + 1 + (b % 2)) * HOUR;
  const penalty = micro(n % 90);
  const price = micro((n * 7) % 900);
  const sellerMargin = micro(1 + penalty + (isPaid ? price : 0));
  const buyerMargin = micro(isPaid ? 0 : Math.floor(price / 4));
  const payment = isPaid ? 'on-signing' : 'on-delivery';
  const offerUntil = Math.min(deliverAt, at + HOUR / 2);
  const sums = { price, penalty, sellerMargin, buyerMargin };
  return { units: 1 + (n % 4), payment, deliverAt, offerUntil, ...sums };
}

class Deed implements fc.Command<Oracle, { m: FuturesMarket; step: Step }> {
  private readonly draft: Draft;
  private tried = '';
  constructor(draft: Draft) {
    this.draft = draft;
  }
  check(): boolean {
    return true;
  }
  run(oracle: Oracle, { m, step }: { m: FuturesMarket; step: Step }): void {
    const command = commandOf(m, this.draft);
    this.tried = JSON.stringify(command);
    const { events, refusal } = step(m, command);
    for (const event of events) oracle.happened(event, 'price' in command ? command.price : 0);
    this.tried += refusal === null ? '' : ` refused: ${refusal.refused}`;
    oracle.compare(m);
  }
  toString(): string {
    return this.tried;
  }
}

const WHAT: FutureCommand['type'][] = [
  'advance',
  'grant',
  'trade-spot',
  'offer',
  'offer',
  'withdraw',
  'sign',
  'sign',
  'sign',
  'propose-close',
  'accept-close',
  'accept-close',
  'offer-right',
  'take-right',
];
const draft: fc.Arbitrary<Draft> = fc.record({
  what: fc.constantFrom(...WHAT),
  a: fc.nat(30),
  b: fc.nat(30),
  n: fc.nat(1000),
  flag: fc.boolean(),
});

/** Random commands against a market with these rules; throws with the shortest that goes wrong. */
export function compareWithOracle(step: Step, runs: number, seed: number): Map<string, number> {
  const seen = new Map<string, number>();
  const count = (key: string) => seen.set(key, (seen.get(key) ?? 0) + 1);
  const deeds = fc.commands([draft.map((d) => new Deed(d))], { maxCommands: 60, size: 'max' });
  fc.assert(
    fc.property(deeds, (commands) => {
      const oracle = new Oracle();
      const m = createFutures();
      for (const agent of AGENTS) openAccount(m, agent, micro(ISSUED));
      const told: Step = (market, command) => {
        const out = step(market, command);
        for (const e of out.events) {
          count(e.type === 'future-ended' ? e.how : e.type);
          if (e.type === 'future-ended' && e.blamed !== null) {
            const isSeller = oracle.futures.get(e.futureId)?.seller === e.blamed;
            count(isSeller ? 'seller failed' : 'buyer failed');
          }
        }
        return out;
      };
      fc.modelRun(() => ({ model: oracle, real: { m, step: told } }), commands);
      // In the end everything ends, once, and nothing stays held.
      const { events } = told(m, { type: 'advance', at: m.at + 100 * HOUR });
      for (const event of events) oracle.happened(event, 0);
      oracle.compare(m);
      for (const [id, f] of oracle.futures) assert.equal(f.endings, 1, id);
      assert.equal(m.ledger.pendings.size, 0);
    }),
    { numRuns: runs, seed, endOnFailure: true },
  );
  return seen;
}
