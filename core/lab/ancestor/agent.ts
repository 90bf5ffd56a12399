// An agent of the reference system: what it owns, wants and remembers, and how it decides.
import type { Draft, Message } from './message.ts';
import { totalUnits, type Units } from './units.ts';

export interface Deal {
  partner: string;
  resource: Units;
  price: number;
  round: number;
  fulfilled: boolean;
}

export type Role = 'buyer' | 'seller';

/** Where a negotiation stands, for one side; the reference system's strategies ignore it. */
export interface Talk {
  role: Role;
  partner: string;
  bundle: Units;
  /** From 0; the seller moves first in each turn. */
  turn: number;
  turnsMax: number;
}

/** Pluggable: how an agent opens and answers. */
export interface Strategy {
  readonly name: string;
  /** Null: it stays out, for it could not pay. */
  initiate(self: Agent, bundle: Units, talk: Talk): Draft | null;
  /** Null: it has no answer to such a message. */
  decide(self: Agent, message: Message, talk: Talk): Draft | null;
  /** Told to both sides when a negotiation is over; `price` is null without a deal. */
  ended?(self: Agent, price: number | null, reason: string | null, talk: Talk): void;
  /** The worst price it agrees to by the end of a negotiation: what an observer compares. */
  limit?(self: Agent, talk: Talk): number;
  /** 0..1: how often it breaks an agreed deal; 0 when left out. */
  readonly cheatRate?: number;
}

export interface Agent {
  readonly id: string;
  resources: Units;
  /** Credits. */
  budget: number;
  readonly strategy: Strategy;
  /** 0..1: how badly it needs compute. */
  readonly urgency: number;
  need: Units | null;
  readonly deals: Deal[];
  /** Peer to reputation 0..1; a peer that is missing counts as REPUTATION.initial. */
  readonly reputations: Map<string, number>;
}

export interface AgentPlan {
  id: string;
  resources: Units;
  budget: number;
  strategy: Strategy;
  urgency?: number;
}

/** @param plan urgency is 0.5 when left out */
export function createAgent(plan: AgentPlan): Agent {
  return { urgency: 0.5, ...plan, need: null, deals: [], reputations: new Map() };
}

/** Credits, with each unit of compute worth one. */
export function netWorth(agent: Agent): number {
  return agent.budget + totalUnits(agent.resources);
}

export const REPUTATION = { initial: 0.5, kept: 0.1, broken: 0.3, threshold: 0.3 } as const;

export function reputationOf(agent: Agent, peer: string): number {
  return agent.reputations.get(peer) ?? REPUTATION.initial;
}

/** Adds a deal to the history and moves the partner's reputation, within 0..1. */
export function remember(agent: Agent, deal: Deal): void {
  agent.deals.push(deal);
  const now = reputationOf(agent, deal.partner);
  const next = deal.fulfilled
    ? Math.min(1, now + REPUTATION.kept)
    : Math.max(0, now - REPUTATION.broken);
  agent.reputations.set(deal.partner, next);
}
