// Our rules for the same simulator: solvency before agreement, goods and money set aside until a
// deal is carried out, both sides told how a talk ended, and no blame for what is not theirs.
//
// Every step is a message, and what it brings about is done by whoever receives it: allocate sets
// goods aside in the seller's pool, release takes them out to the buyer and pays, default charges
// the stake of whoever broke the deal.
import { type Agent, type Deal, remember, type Role } from '../agent.ts';
import { type Draft, type Message, type MessageType, reject } from '../message.ts';
import {
  deliver,
  type Negotiation,
  newRecord,
  pay,
  type Rules,
  type Moment,
  talkOf,
} from '../simulator.ts';
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

/** One meeting of two agents, from the opening to the delivery. */
interface Meeting {
  readonly parties: Parties;
  readonly record: Negotiation;
  readonly moment: Moment;
  readonly escrow: Escrow;
  readonly conduct: Conduct;
}

export function roleAwareRules(conduct: Conduct = HONEST): Rules {
  const escrow = createEscrow();
  return {
    partners: (buyer, sellers) => sellers.filter((one) => one !== buyer),
    negotiate: (buyer, seller, bundle, moment) => {
      const record = newRecord(buyer, seller, bundle, moment.round);
      const meeting = { parties: { buyer, seller }, record, moment, escrow, conduct };
      const talked = bargain(meeting);
      if (!talked) return null;
      conclude(meeting, talked);
      return record;
    },
    settle: (record, buyer, seller, moment) =>
      settle({ parties: { buyer, seller }, record, moment, escrow, conduct }),
  };
}

/** The last message of a talk, and the accept or reject that is to answer it, if there is one. */
interface Talked {
  last: Message;
  verdict: Draft | null;
}

/** Speaks until someone accepts, rejects or has no answer; null when the buyer stays out. */
function bargain({ parties, record, moment, escrow }: Meeting): Talked | null {
  const { turnsMax, post } = moment;
  const { buyer, seller } = parties;
  const talk = (role: Role, turn: number) => talkOf(role, record, turn, turnsMax);
  const opening = buyer.strategy.initiate(escrow.free(buyer), record.resource, talk('buyer', 0));
  if (!opening) return null;
  let last = say(record, post.send(buyer.id, seller.id, opening));
  for (let turn = 0; turn < turnsMax; turn++) {
    record.rounds = turn + 1;
    for (const role of ['seller', 'buyer'] as const) {
      const self = parties[role];
      const answer = self.strategy.decide(escrow.free(self), last, talk(role, turn));
      if (!answer) return { last, verdict: null };
      post.handled(last);
      if (answer.type === 'accept' || answer.type === 'reject') return { last, verdict: answer };
      last = say(record, post.reply(last, answer));
    }
  }
  return { last, verdict: null };
}

function say(record: Negotiation, message: Message): Message {
  record.messages.push(message);
  return message;
}

/** Turns an accept into an agreement, and tells both sides how it ended. */
function conclude(meeting: Meeting, { last, verdict }: Talked): void {
  const { parties, record, moment } = meeting;
  const final = verdict === null ? null : agree(meeting, last, verdict);
  if (final === null) record.reason = 'no_answer';
  const price = record.agreed ? record.price : null;
  for (const role of ['buyer', 'seller'] as const) {
    const self = parties[role];
    self.strategy.ended?.(self, price, record.reason, talkOf(role, record, 0, moment.turnsMax));
  }
  if (final !== null) moment.post.handled(final);
}

/**
 * An accept counts once both sides have set aside what they promise; otherwise it is a reject.
 * @returns the message with which the talk ends
 */
function agree(meeting: Meeting, last: Message, verdict: Draft): Message {
  const { parties, record, moment, escrow, conduct } = meeting;
  const { post } = moment;
  const price = verdict.payload.price ?? 0;
  const lack =
    verdict.type === 'reject'
      ? (verdict.payload.reason ?? null)
      : escrow.pledge(dealOf(record), price, parties, conduct.stakeRate);
  if (verdict.type === 'reject' || lack !== null) {
    record.reason = lack;
    return say(record, post.reply(last, verdict.type === 'reject' ? verdict : reject(lack ?? '')));
  }
  const accepted = say(record, post.reply(last, verdict));
  const draft: Draft = { type: 'allocate', payload: { resource: record.resource, price } };
  const asked = say(record, post.send(record.buyer, record.seller, draft));
  const refused = setAside(meeting, asked);
  record.agreed = refused === null;
  record.price = refused === null ? price : 0;
  if (refused === null) return accepted;
  post.handled(accepted);
  return refused;
}

/** What the seller does with an allocate: its pool covers the bundle, or it takes its word back. */
function setAside({ parties, record, moment, escrow }: Meeting, asked: Message): Message | null {
  const deal = dealOf(record);
  const done = escrow.allocate(deal, parties.seller, record.resource);
  moment.post.handled(asked);
  if (done) return null;
  escrow.end(deal, parties);
  record.reason = 'seller_cannot_deliver';
  return say(record, moment.post.reply(asked, reject(record.reason)));
}

/** A deal is named by the message that opened its talk. */
const dealOf = (record: Negotiation): string => firstOf('request', record).id;

function firstOf(type: MessageType, { messages }: Negotiation): Message {
  const found = messages.find((message) => message.type === type);
  if (!found) throw new Error(`nobody sent ${type}`);
  return found;
}

function settle(meeting: Meeting): void {
  const { parties, record, moment, escrow, conduct } = meeting;
  const { buyer, seller } = parties;
  const { resource, price } = record;
  const { post } = moment;
  const breaker = conduct.breaker(parties, record);
  if (breaker !== seller) {
    const draft: Draft = { type: 'release', payload: { resource, price } };
    take(meeting, say(record, post.reply(firstOf('allocate', record), draft)));
  }
  if (breaker) {
    const victim = breaker === seller ? buyer : seller;
    const draft: Draft = { type: 'default', payload: { resource, price } };
    forfeit(meeting, breaker, victim, say(record, post.send(victim.id, breaker.id, draft)));
    record.reason = 'broken';
    record.agreed = breaker !== seller;
  }
  escrow.end(dealOf(record), parties);
  note(parties, record, breaker);
  conduct.settled(parties, record, breaker);
}

/** What the buyer does with a release. It pays on delivery: the escrow asks nobody. */
function take({ parties, record, moment, escrow }: Meeting, released: Message): void {
  const { buyer, seller } = parties;
  const bundle = escrow.release(dealOf(record), seller);
  if (bundle === null) return;
  deliver(seller, buyer, bundle);
  pay(buyer, seller, record.price);
  moment.post.handled(released);
}

/** What a default brings upon whoever broke the deal: its stake is the victim's. */
function forfeit(meeting: Meeting, breaker: Agent, victim: Agent, told: Message): void {
  const { record, moment, conduct } = meeting;
  pay(breaker, victim, record.price * conduct.stakeRate);
  moment.post.handled(told);
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
