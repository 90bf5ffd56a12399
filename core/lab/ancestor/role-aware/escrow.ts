// What lies between an agreement and its execution: goods and money set aside on both sides, so
// that neither can be promised twice and nobody agrees to what it does not have.
import type { Agent } from '../agent.ts';
import { createPool, type Pool, type Units } from '../units.ts';

/** A deal is named by a text that is unique within a run. */
export interface Escrow {
  /** The agent with only what it has not promised yet. */
  free(agent: Agent): Agent;
  /**
   * Sets aside the price and both stakes, or nothing.
   * @param stakeRate share of the price that each side puts at risk
   * @returns why not, by the side that lacks something; null when all is set aside
   */
  pledge(deal: string, price: number, parties: Parties, stakeRate: number): string | null;
  /** Sets goods aside in the seller's pool; false, with nothing changed, where it lacks them. */
  allocate(deal: string, seller: Agent, bundle: Units): boolean;
  /** Takes the goods of a deal out of the seller's pool; null when none were set aside. */
  release(deal: string, seller: Agent): Units | null;
  /** Frees what is still set aside for a deal. */
  end(deal: string, parties: Parties): void;
}

export interface Parties {
  buyer: Agent;
  seller: Agent;
}

interface Account {
  goods: Pool;
  /** Deal to credits. */
  money: Map<string, number>;
}

export function createEscrow(): Escrow {
  const accounts = new Map<string, Account>();
  const of = (agent: Agent): Account => {
    const known = accounts.get(agent.id);
    if (known) return known;
    const account = { goods: createPool(() => agent.resources), money: new Map<string, number>() };
    accounts.set(agent.id, account);
    return account;
  };
  const freeMoney = (agent: Agent): number =>
    [...of(agent).money.values()].reduce((left, held) => left - held, agent.budget);
  return {
    free: (agent) => ({
      ...agent,
      budget: freeMoney(agent),
      resources: of(agent).goods.available(),
    }),
    pledge: (deal, price, { buyer, seller }, stakeRate) => {
      const stake = price * stakeRate;
      if (freeMoney(buyer) < price + stake) return 'buyer_cannot_pay';
      if (freeMoney(seller) < stake) return 'seller_cannot_stake';
      of(buyer).money.set(deal, price + stake);
      of(seller).money.set(deal, stake);
      return null;
    },
    allocate: (deal, seller, bundle) => of(seller).goods.allocate(deal, bundle),
    release: (deal, seller) => of(seller).goods.release(deal),
    end: (deal, { buyer, seller }) => {
      of(seller).goods.release(deal);
      of(buyer).money.delete(deal);
      of(seller).money.delete(deal);
    },
  };
}
