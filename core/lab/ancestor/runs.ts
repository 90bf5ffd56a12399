// One run of each of the reference system's experiments 1 to 3, in either world.
import { type Agent, netWorth, reputationOf, type Strategy } from './agent.ts';
import { sample } from './mersenne.ts';
import type { TrafficByType } from './message.ts';
import type { Incident } from './reference-rules.ts';
import {
  CHEATER,
  CONVERGENCE,
  convergenceAgents,
  HANDSHAKE,
  HANDSHAKE_PURSES,
  type HandshakePurses,
  handshakeAgents,
  marketAgents,
  RUSH_HOUR,
  SCARCITY,
  SEEKERS,
  type StrategyName,
  SWEEP,
  sweepAgents,
  TOURNAMENT,
  TRUST,
  trustAgents,
} from './set-ups.ts';
import {
  createSimulator,
  type Negotiation,
  type RoundMetrics,
  type Rules,
  setNeeds,
} from './simulator.ts';
import type { Units } from './units.ts';
import type { World } from './worlds.ts';

export interface Handshake {
  record: Negotiation | null;
  /** Credits: the worst prices they agree to; null where a strategy has no such price. */
  limits: { buyer: number; seller: number } | null;
  traffic: TrafficByType;
}

/** One negotiation of experiment 1 between fresh agents. */
export function playHandshake(
  world: World,
  buyer: StrategyName,
  seller: StrategyName,
  seed: number,
  purses: HandshakePurses = HANDSHAKE_PURSES,
): Handshake {
  const { need, turnsMax } = HANDSHAKE;
  const agents = handshakeAgents(world.make[buyer](), world.make[seller](), purses);
  const limits = limitsOf(agents, need, turnsMax);
  setNeeds(agents, { buyer: need });
  const sim = createSimulator(agents, world.rules(), world.dice(seed), turnsMax);
  const record = sim.round().negotiations[0] ?? null;
  return { record, limits, traffic: sim.traffic() };
}

function limitsOf(
  [buyer, seller]: readonly [Agent, Agent],
  bundle: Units,
  turnsMax: number,
): Handshake['limits'] {
  const talk = { bundle, turn: 0, turnsMax };
  const most = buyer.strategy.limit?.(buyer, { ...talk, role: 'buyer', partner: seller.id });
  const least = seller.strategy.limit?.(seller, { ...talk, role: 'seller', partner: buyer.id });
  return most === undefined || least === undefined ? null : { buyer: most, seller: least };
}

export interface Run {
  agents: readonly Agent[];
  rounds: { metrics: RoundMetrics; negotiations: Negotiation[] }[];
  traffic: TrafficByType;
}

/** Experiment 1: two learners. */
export function playConvergence(world: World, seed: number): Run {
  const { need, rounds, turnsMax } = CONVERGENCE;
  return play(
    world,
    convergenceAgents(world.make),
    seed,
    rounds,
    () => ({ buyer: need }),
    turnsMax,
  );
}

/** Experiment 10: one buyer's strategy against one seller's, over many rounds. */
export function playSweep(world: World, buyer: Strategy, seller: Strategy, seed: number): Run {
  const { need, rounds, turnsMax } = SWEEP;
  const agents = sweepAgents(buyer, seller);
  return play(world, agents, seed, rounds, () => ({ buyer: need }), turnsMax);
}

const seekersNeed = (need: Units): Record<string, Units> =>
  Object.fromEntries(SEEKERS.map((id) => [id, need]));

/** Experiment 2a. */
export function playScarcity(world: World, seed: number): Run {
  const needs = seekersNeed(SCARCITY.need);
  return play(world, marketAgents(world.make), seed, SCARCITY.rounds, () => needs);
}

/** Experiment 2b: everyone needs compute in the rounds of the rush. */
export function playRushHour(world: World, seed: number): Run {
  const { need, rounds, rush } = RUSH_HOUR;
  const agents = marketAgents(world.make);
  const quiet = seekersNeed(need);
  const busy = Object.fromEntries(agents.map(({ id }) => [id, rush.need]));
  const needsAt = (round: number) => (round >= rush.from && round <= rush.to ? busy : quiet);
  return play(world, agents, seed, rounds, needsAt);
}

/** Experiment 2c: one run of the tournament. */
export function playTournament(world: World, seed: number): Run {
  const needs = seekersNeed(TOURNAMENT.need);
  return play(world, marketAgents(world.make), seed, TOURNAMENT.rounds, () => needs);
}

function play(
  world: World,
  agents: readonly Agent[],
  seed: number,
  rounds: number,
  needsAt: (round: number) => Readonly<Record<string, Units>>,
  turnsMax?: number,
): Run {
  const sim = createSimulator(agents, world.rules(), world.dice(seed), turnsMax);
  const played = Array.from({ length: rounds }, (_, i) => {
    setNeeds(agents, needsAt(i + 1));
    return sim.round();
  });
  return { agents, rounds: played, traffic: sim.traffic() };
}

export interface TrustRun extends Run {
  /** Of the cheater, with the honest agents, after each round. */
  avgReputation: number[];
  /** Deals agreed with the cheater, in each round. */
  cheaterDeals: number[];
  incidents: Incident[];
  /** Credits, units at one each: by how much the deals that it broke made the cheater richer. */
  cheatGain: number;
  /** Round after which every honest agent refused the cheater; null when that never came. */
  isolatedAt: number | null;
  /** Honest agents that somebody refused at the end. */
  wronged: string[];
}

export interface TrustScenario {
  rounds: number;
  cheatRate: number;
}

/** Experiment 3. */
export function playTrust(
  world: World,
  { rounds, cheatRate }: TrustScenario,
  seed: number,
): TrustRun {
  const agents = trustAgents(world.make, cheatRate);
  const honest = agents.filter(({ id }) => id !== CHEATER);
  const ids = honest.map(({ id }) => id);
  const dice = world.dice(seed);
  const { rules, incidents, refusedBy } = world.trust(agents, dice);
  const worth = () => agents.filter(({ id }) => id === CHEATER).reduce(addWorth, 0);
  const watched: Rules = {
    ...rules,
    settle: (...deal) => {
      const before = { worth: worth(), incidents: incidents.length };
      rules.settle(...deal);
      const own = incidents.slice(before.incidents).some(({ cheater }) => cheater === CHEATER);
      if (own) run.cheatGain += worth() - before.worth;
    },
  };
  const sim = createSimulator(agents, watched, dice);
  const run: TrustRun = {
    agents,
    rounds: [],
    traffic: sim.traffic(),
    avgReputation: [],
    cheaterDeals: [],
    incidents,
    cheatGain: 0,
    isolatedAt: null,
    wronged: [],
  };
  for (let round = 1; round <= rounds; round++) {
    const needy = sample(dice, ids, TRUST.buyers);
    if (dice.unit() < TRUST.cheaterChance) needy.push(CHEATER);
    setNeeds(agents, Object.fromEntries(needy.map((id) => [id, TRUST.need])));
    const played = sim.round();
    run.rounds.push(played);
    const views = honest.map((agent) => reputationOf(agent, CHEATER));
    run.avgReputation.push(views.reduce((sum, view) => sum + view, 0) / views.length);
    run.cheaterDeals.push(played.negotiations.filter(dealsWithCheater).length);
    if (refusedBy(CHEATER).length === honest.length) run.isolatedAt ??= round;
  }
  run.traffic = sim.traffic();
  run.wronged = ids.filter((id) => refusedBy(id).length > 0);
  return run;
}

const addWorth = (sum: number, agent: Agent): number => sum + netWorth(agent);

/** Broken deals count: they were agreed. */
function dealsWithCheater({ buyer, seller, agreed, reason }: Negotiation): boolean {
  return (agreed || reason === 'broken') && (buyer === CHEATER || seller === CHEATER);
}

/** All negotiations of a run, in order. */
export const negotiationsOf = (run: Run): Negotiation[] =>
  run.rounds.flatMap(({ negotiations }) => negotiations);
