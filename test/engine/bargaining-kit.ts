// Two who bargain, on the small market: ann buys for at most 10 credits, bob opens at 20 with a
// resource whose reserve price makes it 2 at least; cyd looks on.
import type { Offer } from '../../core/engine/market/events.ts';
import type { Bargaining } from '../../core/engine/market/state.ts';
import type { Problem } from '../../core/engine/protocol/problems.ts';
import { c, Table } from './kit.ts';

type Rule = Partial<{
  protocol: 'auto' | 'off' | 'monotonic-concession' | 'alternating-offers';
  fastBelowMs: number;
  worthWaiting: number;
  roundsMax: number;
  roundMs: number;
  roundFee: number;
}>;
/** An offer in credits; what is missing stays. */
export type Words = { price: number; penalty?: number; reclaimWindowMs?: number } & {
  startDelayMs?: number;
  round?: number;
};

export class Haggle {
  readonly t = new Table().people('ann bob cyd');
  readonly slot: string;
  cfpId = '';
  proposalId = '';

  constructor(rule: Rule = {}) {
    this.rule({ protocol: 'monotonic-concession', roundsMax: 4, roundMs: 100, ...rule });
    this.slot = this.t.resource('bob', 2, { reservePrice: c(7200) });
  }

  rule(rule: Rule): void {
    this.t.ok('operator', { type: 'set-policy', body: { bargaining: rule as never } });
  }

  /** A call that bob alone could serve; it is decided as soon as he has proposed. */
  call(more: Parameters<Table['need']>[1] = {}): this {
    this.cfpId = this.t.need('ann', { mechanism: { bargaining: true }, ...more });
    return this;
  }

  opens(more: Parameters<Table['propose']>[3] = {}, price = 20): this {
    const terms = { penalty: c(1) };
    const full = { resourceId: this.slot, negotiable: true, terms, ...more };
    this.proposalId = this.t.propose('bob', this.cfpId, price, full);
    return this;
  }

  /** Both at once: a bargaining that has just begun. */
  static begun(rule: Rule = {}): Haggle {
    return new Haggle(rule).call().opens();
  }

  offer(who: string, words: Words): this {
    this.t.ok(who, this.offers(words));
    return this;
  }

  /** One round of both: ann's price, bob's price. */
  round(ann: number, bob: number): this {
    return this.offer('ann', { price: ann }).offer('bob', { price: bob });
  }

  refuses(who: string, words: Words): Problem {
    return this.t.no(who, this.offers(words));
  }

  offers({ price, penalty, reclaimWindowMs, ...more }: Words): Parameters<Table['ok']>[1] {
    const terms = {
      ...(penalty === undefined ? {} : { penalty: c(penalty) }),
      ...(reclaimWindowMs === undefined ? {} : { reclaimWindowMs }),
    };
    const body = { price: c(price), terms, ...more };
    return { type: 'offer', cfpId: this.cfpId, body };
  }

  say(type: 'accept-offer' | 'quit', round?: number): Parameters<Table['ok']>[1] {
    return { type, cfpId: this.cfpId, body: round === undefined ? {} : { round } };
  }

  /** The bargaining of the call, or undefined where there was none. */
  get b(): Bargaining | undefined {
    return this.t.call(this.cfpId).bargaining;
  }

  /** How it stands: `running`, `agreed`, or the name of the conflict. */
  get end(): string {
    const { b } = this;
    return b === undefined ? 'none' : (b.conflict ?? b.state);
  }

  /** What ann and bob have held, in credits. */
  get held(): [ann: number, bob: number] {
    return [this.t.held('ann'), this.t.held('bob')];
  }

  get standing(): (number | null)[] {
    const prices = (o: Offer | null | undefined): number | null => (o ? o.price / c(1) : null);
    return [prices(this.b?.standing.manager), prices(this.b?.standing.contractor)];
  }
}
