// The reference system's own rules, defects included: see the numbers of defects in the facts.
import { type Agent, type Deal, remember } from './agent.ts';
import type { Dice } from './mersenne.ts';
import type { Draft } from './message.ts';
import {
  deliver,
  type Negotiation,
  newRecord,
  pay,
  type Rules,
  type Moment,
  talkOf,
} from './simulator.ts';
import { affords, totalUnits, type Units } from './units.ts';

/** Which version: the later one tells the other side of an accept or a reject. */
export const COMMITS = ['872b0e1', 'dba0dca'] as const;
export type Commit = (typeof COMMITS)[number];

/** One broken promise. */
export interface Incident {
  round: number;
  cheater: string;
  victim: string;
  /** Units and credits of the deal. */
  resource: number;
  price: number;
}

export function referenceRules(commit: Commit): Rules {
  return {
    partners: (buyer, sellers) => sellers.filter((one) => one !== buyer),
    negotiate: (buyer, seller, bundle, moment) =>
      negotiate(buyer, seller, bundle, moment, commit === 'dba0dca'),
    settle: (record, buyer, seller) => settle(record, buyer, seller),
  };
}

/**
 * The same with cheaters: before an agreed deal with one is carried out, a draw decides whether it
 * keeps its promise. Neither stock nor budget is looked at when it does not (defect 4).
 * @param incidents gets every broken promise
 */
export function cheatingRules(commit: Commit, dice: Dice, incidents: Incident[]): Rules {
  return {
    ...referenceRules(commit),
    settle: (record, buyer, seller) => {
      const cheat = [seller, buyer].find(({ strategy }) => strategy.cheatRate !== undefined);
      if (!cheat || dice.unit() >= (cheat.strategy.cheatRate ?? 0)) {
        settle(record, buyer, seller);
        return;
      }
      steal(record, buyer, seller, cheat);
      incidents.push({
        round: record.round,
        cheater: cheat.id,
        victim: cheat === seller ? buyer.id : seller.id,
        resource: totalUnits(record.resource),
        price: record.price,
      });
    },
  };
}

function negotiate(
  buyer: Agent,
  seller: Agent,
  bundle: Units,
  { round, turnsMax, post }: Moment,
  notify: boolean,
): Negotiation | null {
  const record = newRecord(buyer, seller, bundle, round);
  const opening = buyer.strategy.initiate(buyer, bundle, talkOf('buyer', record, 0, turnsMax));
  if (!opening) return null;
  let last = post.send(buyer.id, seller.id, opening);
  record.messages.push(last);
  for (let turn = 0; turn < turnsMax; turn++) {
    for (const role of ['seller', 'buyer'] as const) {
      const self = role === 'seller' ? seller : buyer;
      const talk = talkOf(role, record, turn, turnsMax);
      const answer: Draft | null = self.strategy.decide(self, last, talk);
      record.rounds = turn + 1;
      if (!answer) return { ...record, reason: 'no_answer' };
      post.handled(last);
      last = post.reply(last, answer);
      record.messages.push(last);
      if (answer.type !== 'accept' && answer.type !== 'reject') continue;
      const other = role === 'seller' ? buyer : seller;
      if (notify) {
        other.strategy.decide(other, last, talk);
        post.handled(last);
      }
      if (answer.type === 'accept')
        return { ...record, agreed: true, price: last.payload.price ?? 0 };
      return { ...record, reason: last.payload.reason ?? null };
    }
  }
  return { ...record, reason: 'turn_cap' };
}

/** Who cannot pay or deliver is found out only here, and the seller is blamed for either. */
function settle(record: Negotiation, buyer: Agent, seller: Agent): void {
  const { resource, price, round } = record;
  const deal = (partner: Agent, fulfilled: boolean): Deal => {
    return { partner: partner.id, resource, price, round, fulfilled };
  };
  if (!affords(seller.resources, resource) || buyer.budget < price) {
    record.agreed = false;
    record.reason = 'not_carried_out';
    remember(buyer, deal(seller, false));
    return;
  }
  deliver(seller, buyer, resource);
  pay(buyer, seller, price);
  remember(buyer, deal(seller, true));
  remember(seller, deal(buyer, true));
}

function steal(record: Negotiation, buyer: Agent, seller: Agent, cheat: Agent): void {
  const { resource, price, round } = record;
  if (cheat === seller) pay(buyer, seller, price);
  else deliver(seller, buyer, resource);
  const victim = cheat === seller ? buyer : seller;
  remember(victim, { partner: cheat.id, resource, price, round, fulfilled: false });
  remember(cheat, { partner: victim.id, resource, price, round, fulfilled: true });
}
