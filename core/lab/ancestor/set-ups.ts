// The set-ups of the reference system's experiments 1 to 3.
import { type Agent, createAgent, type Strategy } from './agent.ts';
import { adaptive } from './strategies/adaptive.ts';
import { broker } from './strategies/broker.ts';
import { cheater } from './strategies/cheater.ts';
import { fair } from './strategies/fair.ts';
import { greedy } from './strategies/greedy.ts';
import { patient } from './strategies/patient.ts';
import { reputationAware } from './strategies/reputation-aware.ts';
import { units } from './units.ts';

/** How the agents of a set-up are made: by the reference system's strategies or by ours. */
export interface Makers {
  greedy(greed?: number): Strategy;
  fair(tolerance?: number): Strategy;
  patient(patience?: number): Strategy;
  adaptive(belief?: number, rate?: number): Strategy;
  broker(commission?: number): Strategy;
  cheater(cheatRate: number): Strategy;
  guarded(inner: Strategy): Strategy;
}

export const REFERENCE_MAKERS: Makers = {
  greedy,
  fair,
  patient,
  adaptive,
  broker: (commission) => broker(commission),
  cheater,
  guarded: (inner) => reputationAware(inner),
};

export const NAMES = ['greedy', 'fair', 'patient', 'adaptive'] as const;
export const NAMES_AND_BROKER = [...NAMES, 'broker'] as const;
export type StrategyName = (typeof NAMES_AND_BROKER)[number];

const gpu = (gpuHours: number) => units({ gpuHours });

/** Experiment 1: one buyer of 10 GPU hours and one seller. */
export const HANDSHAKE = { need: gpu(10), turnsMax: 8 };

export interface HandshakePurses {
  buyerBudget: number;
  sellerBudget: number;
}

/** The seller's 5 credits are less than any price of the deal: that is part of defect 1. */
export const HANDSHAKE_PURSES: HandshakePurses = { buyerBudget: 20, sellerBudget: 5 };

export function handshakeAgents(
  buyer: Strategy,
  seller: Strategy,
  purses: HandshakePurses,
): [Agent, Agent] {
  return [
    createAgent({
      id: 'buyer',
      resources: units({}),
      budget: purses.buyerBudget,
      strategy: buyer,
      urgency: 0.7,
    }),
    createAgent({
      id: 'seller',
      resources: gpu(50),
      budget: purses.sellerBudget,
      strategy: seller,
      urgency: 0.2,
    }),
  ];
}

/** Experiment 1: two learners of the price, who start from 0.5 and 1.5 credits a unit. */
export const CONVERGENCE = { need: gpu(5), rounds: 100, turnsMax: 8, seed: 42 };

export function convergenceAgents(make: Makers): [Agent, Agent] {
  const buyer = { id: 'buyer', resources: units({}), budget: 200, urgency: 0.6 };
  const seller = { id: 'seller', resources: gpu(500), budget: 10, urgency: 0.3 };
  return [
    createAgent({ ...buyer, strategy: make.adaptive(0.5) }),
    createAgent({ ...seller, strategy: make.adaptive(1.5) }),
  ];
}

/** Experiment 10: a buyer with 100 credits who wants 5 GPU hours again and again. */
export const SWEEP = {
  need: gpu(5),
  rounds: 100,
  turnsMax: 6,
  buyerUrgency: 0.7,
  sellerUrgency: 0.2,
};

export function sweepAgents(buyer: Strategy, seller: Strategy): [Agent, Agent] {
  const { buyerUrgency, sellerUrgency } = SWEEP;
  const poor = { id: 'buyer', resources: units({}), budget: 100, urgency: buyerUrgency };
  const rich = { id: 'seller', resources: gpu(1000), budget: 100, urgency: sellerUrgency };
  return [createAgent({ ...poor, strategy: buyer }), createAgent({ ...rich, strategy: seller })];
}

/** Experiment 2: three providers and two seekers. */
export function marketAgents(make: Makers): Agent[] {
  const agent = (
    id: string,
    gpuHours: number,
    cpuHours: number,
    budget: number,
    urgency: number,
    strategy: Strategy,
  ) => createAgent({ id, resources: units({ gpuHours, cpuHours }), budget, urgency, strategy });
  return [
    agent('greedy_provider', 100, 50, 10, 0.1, make.greedy(0.6)),
    agent('fair_provider', 80, 80, 15, 0.2, make.fair()),
    agent('patient_provider', 120, 30, 5, 0.1, make.patient(0.9)),
    agent('adaptive_seeker', 5, 0, 100, 0.8, make.adaptive()),
    agent('greedy_seeker', 5, 0, 80, 0.9, make.greedy(0.5)),
  ];
}

export const SEEKERS = ['adaptive_seeker', 'greedy_seeker'] as const;
export const SCARCITY = { rounds: 100, need: units({ gpuHours: 8, cpuHours: 4 }), seed: 42 };
export const TOURNAMENT = { rounds: 50, need: units({ gpuHours: 5, cpuHours: 3 }), runs: 20 };
export const RUSH_HOUR = {
  rounds: 30,
  need: gpu(5),
  /** In rounds `from` to `to` everyone needs this. */
  rush: { from: 11, to: 20, need: gpu(8) },
  seed: 42,
};

export const CHEATER = 'cheater_mallory';

/** Experiment 3: five honest agents that watch reputations, and one cheater. */
export function trustAgents(make: Makers, cheatRate: number): Agent[] {
  const agent = (id: string, gpuHours: number, budget: number, strategy: Strategy) =>
    createAgent({ id, resources: gpu(gpuHours), budget, strategy });
  return [
    agent('honest_alice', 100, 50, make.guarded(make.fair())),
    agent('honest_bob', 80, 60, make.guarded(make.adaptive())),
    agent('honest_carol', 90, 45, make.guarded(make.fair())),
    agent('honest_dave', 70, 70, make.guarded(make.adaptive())),
    agent('seeker_eve', 5, 100, make.guarded(make.fair())),
    agent(CHEATER, 100, 50, make.cheater(cheatRate)),
  ];
}

export const TRUST = {
  need: gpu(5),
  /** Honest agents that need compute in a round, and the chance that the cheater does too. */
  buyers: 3,
  cheaterChance: 0.5,
  always: { rounds: 60, seed: 42, cheatRate: 1 },
  subtle: { rounds: 100, seed: 123, cheatRate: 0.05 },
};
