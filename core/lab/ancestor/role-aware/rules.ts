// Our rules for the same simulator: solvency before agreement, goods and money set aside until a
// deal is carried out, both sides told how a talk ended, and no blame for what is not theirs.
import { type Agent, type Deal, remember, type Role } from '../agent.ts';
import type { Draft, Message } from '../message.ts';
import {
  deliver,
  type Negotiation,
  newRecord,
  pay,
  type Rules,
  type Moment,
  talkOf,
} from '../simulator.ts';
import type { Units } from '../units.ts';
import { createEscrow, type Escrow, type Parties } from './escrow.ts';

/** What may happen to a deal on its way; without it every deal is kept. */
export interface Conduct {
  /** Who breaks this deal; null when both keep it. */
  breaker(parties: Parties, record: Negotiation): Agent | null;
  /** Told of every deal that was settled, with who broke it. */
  settled(parties: Parties, record: Negotiation, breaker: Agent | null): void;
  /** Share of the price that each side puts at risk. */
  stakeRate: number;
}

const HONEST: Conduct = { breaker: () => null, settled: () => {}, stakeRate: 0 };

export function roleAwareRules(conduct: Conduct = HONEST): Rules {
  const escrow = createEscrow();
  return {
    partners: (buyer, sellers) => sellers.filter((one) => one !== buyer),
    negotiate: (buyer, seller, bundle, moment) => {
      const record = newRecord(buyer, seller, bundle, moment.round);
      const last = bargain({ buyer, seller }, record, moment, escrow);
      if (!last) return null;
      conclude({ buyer, seller }, record, last, moment, escrow, conduct.stakeRate);
      return record;
    },
    settle: (record, buyer, seller, moment) =>
      settle({ buyer, seller }, record, moment, escrow, conduct),
  };
}

/** Speaks until someone accepts, rejects or has no answer; null when the buyer stays out. */
function bargain(
  { buyer, seller }: Parties,
  record: Negotiation,
  { turnsMax, post }: Moment,
  escrow: Escrow,
): Message | null {
  const talk = (role: Role, turn: number) => talkOf(role, record, turn, turnsMax);
  const opening = buyer.strategy.initiate(escrow.free(buyer), record.resource, talk('buyer', 0));
  if (!opening) return null;
  let last = post.send(buyer.id, seller.id, opening);
  record.messages.push(last);
  for (let turn = 0; turn < turnsMax; turn++) {
    record.rounds = turn + 1;
    for (const role of ['seller', 'buyer'] as const) {
      const self = role === 'seller' ? seller : buyer;
      const answer = self.strategy.decide(escrow.free(self), last, talk(role, turn));
      if (!answer) return last;
      last = post.reply(last, answer);
      // An accept counts once both have set aside what they promise.
      if (answer.type === 'accept') return last;
      record.messages.push(last);
      if (answer.type === 'reject') return last;
    }
  }
  return last;
}

/** Turns an accept into an agreement, and tells both sides how it ended. */
function conclude(
  parties: Parties,
  record: Negotiation,
  last: Message,
  { turnsMax, post }: Moment,
  escrow: Escrow,
  stakeRate: number,
): void {
  if (last.type === 'accept') {
    record.price = last.payload.price ?? 0;
    const lack = escrow.hold(dealOf(record, last), record, parties, stakeRate);
    const answer: Draft = lack ? { type: 'reject', payload: { reason: lack } } : last;
    record.messages.push({ ...last, ...answer });
    record.agreed = lack === null;
    record.reason = lack;
    if (lack) record.price = 0;
    else record.messages.push(post.send(record.seller, record.buyer, allocated(record.resource)));
  } else {
    record.reason = last.type === 'reject' ? (last.payload.reason ?? null) : 'no_answer';
  }
  const price = record.agreed ? record.price : null;
  for (const role of ['buyer', 'seller'] as const) {
    const self = parties[role];
    self.strategy.ended?.(self, price, record.reason, talkOf(role, record, 0, turnsMax));
  }
}

const allocated = (resource: Units): Draft => ({ type: 'allocate', payload: { resource } });

/** A deal is named by the message that accepted it. */
function dealOf(record: Negotiation, accepted = record.messages.find(isAccept)): string {
  return accepted?.id ?? '';
}

const isAccept = ({ type }: Message): boolean => type === 'accept';

function settle(
  parties: Parties,
  record: Negotiation,
  { post }: Moment,
  escrow: Escrow,
  conduct: Conduct,
): void {
  const { buyer, seller } = parties;
  const { resource, price } = record;
  const breaker = conduct.breaker(parties, record);
  escrow.end(dealOf(record), parties);
  const say = (from: Agent, to: Agent, draft: Draft) =>
    record.messages.push(post.send(from.id, to.id, draft));
  if (breaker !== seller) {
    deliver(seller, buyer, resource);
    // The escrow pays out on delivery, whether the buyer likes it or not.
    pay(buyer, seller, price);
    say(seller, buyer, { type: 'release', payload: { resource, price } });
  }
  if (breaker) {
    const victim = breaker === seller ? buyer : seller;
    pay(breaker, victim, price * conduct.stakeRate);
    say(victim, breaker, { type: 'default', payload: { resource, price } });
    record.reason = 'broken';
    record.agreed = breaker !== seller;
  }
  note(parties, record, breaker);
  conduct.settled(parties, record, breaker);
}

/** Each side remembers what the other did, and only that. */
function note({ buyer, seller }: Parties, record: Negotiation, breaker: Agent | null): void {
  const { resource, price, round } = record;
  const deal = (partner: Agent): Deal => {
    return { partner: partner.id, resource, price, round, fulfilled: partner !== breaker };
  };
  if (breaker !== buyer) remember(buyer, deal(seller));
  if (breaker !== seller) remember(seller, deal(buyer));
}
