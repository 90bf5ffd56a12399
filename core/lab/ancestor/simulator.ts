// Rounds of bilateral negotiations: who meets whom, what is said, what changes hands.
// The rules are exchangeable: those of the reference system, or ours.
import type { Agent, Role, Talk } from './agent.ts';
import { choose, type Dice } from './mersenne.ts';
import { createPost, type Message, type Post, type TrafficByType } from './message.ts';
import { add, subtract, totalUnits, type Units } from './units.ts';

export interface Negotiation {
  readonly round: number;
  readonly buyer: string;
  readonly seller: string;
  readonly resource: Units;
  agreed: boolean;
  /** Credits; 0 without a price. Above 0 with `agreed` false: agreed, then not carried out. */
  price: number;
  /** Turns taken. */
  rounds: number;
  /** Why there is no deal. */
  reason: string | null;
  readonly messages: Message[];
}

export interface RoundMetrics {
  round: number;
  negotiations: number;
  dealsMade: number;
  /** Units. */
  totalVolume: number;
  /** Credits. */
  totalCurrency: number;
  /** Credits a unit; 0 without a deal. */
  avgPricePerUnit: number;
  budgets: Readonly<Record<string, number>>;
  resources: Readonly<Record<string, number>>;
}

export interface Moment {
  round: number;
  turnsMax: number;
  post: Post;
}

/** How two agents bargain, and how a deal is carried out. */
export interface Rules {
  /** Those of `sellers` that this buyer would meet; the reference system: all but itself. */
  partners(buyer: Agent, sellers: readonly Agent[]): readonly Agent[];
  /** Up to an agreement, or to none; moves nothing but promises. Null: the buyer stays out. */
  negotiate(buyer: Agent, seller: Agent, bundle: Units, moment: Moment): Negotiation | null;
  /** Carries out an agreed deal, and says in the record whether that worked. */
  settle(record: Negotiation, buyer: Agent, seller: Agent, moment: Moment): void;
}

export interface Simulator {
  readonly agents: readonly Agent[];
  agent(id: string): Agent;
  /** Messages of all rounds so far. */
  traffic(): TrafficByType;
  /**
   * One round: every agent with a need meets a random agent without one (anyone, when all have a
   * need), one after the other. Needs stay as they are.
   */
  round(): { metrics: RoundMetrics; negotiations: Negotiation[] };
}

/** @param turnsMax offers each side may make in one negotiation */
export function createSimulator(
  agents: readonly Agent[],
  rules: Rules,
  dice: Dice,
  turnsMax = 6,
): Simulator {
  const post = createPost();
  let round = 0;
  const play = (): Negotiation[] => {
    const buyers = agents.filter(({ need }) => need);
    const idle = agents.filter(({ need }) => !need);
    const sellers = idle.length > 0 ? idle : agents;
    const moment = { round, turnsMax, post };
    return buyers.flatMap((buyer) => {
      const partners = rules.partners(buyer, sellers);
      if (partners.length === 0 || !buyer.need) return [];
      const seller = choose(dice, partners);
      const record = rules.negotiate(buyer, seller, buyer.need, moment);
      if (!record) return [];
      if (record.agreed) rules.settle(record, buyer, seller, moment);
      return [record];
    });
  };
  return {
    agents,
    agent: (id) => {
      const found = agents.find((one) => one.id === id);
      if (!found) throw new Error(`no agent ${id}`);
      return found;
    },
    traffic: () => post.traffic(),
    round: () => {
      round++;
      const negotiations = play();
      return { metrics: measure(round, negotiations, agents), negotiations };
    },
  };
}

/** Sets the need of every agent that `needs` names, and clears that of all others. */
export function setNeeds(agents: readonly Agent[], needs: Readonly<Record<string, Units>>): void {
  for (const agent of agents) agent.need = needs[agent.id] ?? null;
}

/** A negotiation that has not begun. */
export function newRecord(
  buyer: Agent,
  seller: Agent,
  resource: Units,
  round: number,
): Negotiation {
  return {
    round,
    buyer: buyer.id,
    seller: seller.id,
    resource,
    agreed: false,
    price: 0,
    rounds: 0,
    reason: null,
    messages: [],
  };
}

export function talkOf(role: Role, record: Negotiation, turn: number, turnsMax: number): Talk {
  const partner = role === 'buyer' ? record.seller : record.buyer;
  return { role, partner, bundle: record.resource, turn, turnsMax };
}

function measure(
  round: number,
  negotiations: readonly Negotiation[],
  agents: readonly Agent[],
): RoundMetrics {
  const deals = negotiations.filter(({ agreed }) => agreed);
  const totalVolume = deals.reduce((sum, { resource }) => sum + totalUnits(resource), 0);
  const totalCurrency = deals.reduce((sum, { price }) => sum + price, 0);
  const each = (value: (agent: Agent) => number) =>
    Object.fromEntries(agents.map((agent) => [agent.id, value(agent)]));
  return {
    round,
    negotiations: negotiations.length,
    dealsMade: deals.length,
    totalVolume,
    totalCurrency,
    avgPricePerUnit: totalVolume > 0 ? totalCurrency / totalVolume : 0,
    budgets: each(({ budget }) => budget),
    resources: each(({ resources }) => totalUnits(resources)),
  };
}

export function deliver(from: Agent, to: Agent, resource: Units): void {
  from.resources = subtract(from.resources, resource);
  to.resources = add(to.resources, resource);
}

export function pay(from: Agent, to: Agent, price: number): void {
  from.budget -= price;
  to.budget += price;
}
