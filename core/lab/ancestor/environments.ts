// Kinds of market in which the strategies meet each other: one provider and one seeker of each.
import { type Agent, createAgent, netWorth } from './agent.ts';
import { NAMES, type StrategyName } from './set-ups.ts';
import { createSimulator, type Negotiation, type Rules, setNeeds } from './simulator.ts';
import { totalUnits, units } from './units.ts';
import type { World } from './worlds.ts';

export interface Environment {
  name: string;
  /** Probability that a seeker needs 5 GPU hours in a round. */
  demand: number;
  /** GPU hours of each provider. */
  stock: number;
  /** Seekers and providers do not know each other; whoever is between them knows both. */
  separated: boolean;
}

export const ENVIRONMENTS: readonly Environment[] = [
  { name: 'stable', demand: 1, stock: 1000, separated: false },
  { name: 'low-demand', demand: 0.2, stock: 1000, separated: false },
  { name: 'scarce', demand: 1, stock: 50, separated: false },
  { name: 'separated', demand: 1, stock: 1000, separated: true },
];

export const BROKER = 'broker';
const ROUNDS = 50;
const NEED = units({ gpuHours: 5 });
/** What the broker buys at once, in every second round. */
const LOT = units({ gpuHours: 20 });
const SEEKER_BUDGET = 1000;
const BROKER_BUDGET = 100;

export interface Standing {
  role: 'provider' | 'seeker' | 'broker';
  strategy: StrategyName;
  /** Of a provider and a broker: change in net worth, in credits. Of a seeker: utility, 0..1. */
  score: number;
}

export interface Played {
  standings: Standing[];
  /** Of seekers. */
  deals: number;
  agents: readonly Agent[];
}

/** @param withBroker whether a broker takes part; it matters where sides are separated */
export function playEnvironment(
  world: World,
  environment: Environment,
  withBroker: boolean,
  seed: number,
): Played {
  const agents = populate(world, environment, withBroker);
  const start = new Map(agents.map((agent) => [agent.id, netWorth(agent)]));
  const dice = world.dice(seed);
  const rules = environment.separated ? keepApart(world.rules()) : world.rules();
  const sim = createSimulator(agents, rules, dice);
  const seekers = agents.filter(({ id }) => id.startsWith('seeker'));
  const wanted = new Map(seekers.map(({ id }) => [id, 0]));
  const deals: Negotiation[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    // A broker that buys is no seller in the same round, so it and the seekers take turns.
    if (withBroker && round % 2 === 1) {
      setNeeds(agents, { [BROKER]: LOT });
      sim.round();
      continue;
    }
    const needy = seekers.filter(() => dice.unit() < environment.demand);
    for (const { id } of needy) wanted.set(id, (wanted.get(id) ?? 0) + totalUnits(NEED));
    setNeeds(agents, Object.fromEntries(needy.map(({ id }) => [id, NEED])));
    deals.push(...sim.round().negotiations.filter(({ agreed }) => agreed));
  }
  const standings = agents.map((agent): Standing => {
    const strategy = agent.strategy.name as StrategyName;
    const change = netWorth(agent) - (start.get(agent.id) ?? 0);
    if (agent.id === BROKER) return { role: 'broker', strategy, score: change };
    if (!wanted.has(agent.id)) return { role: 'provider', strategy, score: change };
    return { role: 'seeker', strategy, score: utility(agent, wanted.get(agent.id) ?? 0, deals) };
  });
  return { standings, deals: deals.length, agents };
}

function populate(world: World, { stock }: Environment, withBroker: boolean): Agent[] {
  const provider = { resources: units({ gpuHours: stock }), budget: 10, urgency: 0.2 };
  const seeker = { resources: units({}), budget: SEEKER_BUDGET, urgency: 0.7 };
  const between = { resources: units({}), budget: BROKER_BUDGET, strategy: world.make.broker() };
  return [
    ...(withBroker ? [createAgent({ id: BROKER, ...between })] : []),
    ...NAMES.map((name) =>
      createAgent({ id: `provider-${name}`, ...provider, strategy: world.make[name]() }),
    ),
    ...NAMES.map((name) =>
      createAgent({ id: `seeker-${name}`, ...seeker, strategy: world.make[name]() }),
    ),
  ];
}

/** Seekers meet the broker only, and the broker meets providers only. */
function keepApart(rules: Rules): Rules {
  return {
    ...rules,
    partners: (buyer, sellers) => {
      const wanted = buyer.id === BROKER ? 'provider' : BROKER;
      return rules.partners(buyer, sellers).filter(({ id }) => id.startsWith(wanted));
    },
  };
}

/** The reference system's later measure: 0.7 for what was filled, 0.3 for not overpaying. */
function utility(agent: Agent, wanted: number, deals: readonly Negotiation[]): number {
  const mine = deals.filter(({ buyer }) => buyer === agent.id);
  const got = mine.reduce((sum, { resource }) => sum + totalUnits(resource), 0);
  const paid = mine.reduce((sum, { price }) => sum + price, 0);
  const filled = wanted > 0 ? got / wanted : 0;
  return 0.7 * filled + 0.3 * (paid > 0 ? Math.min(got / paid, 1) : 0);
}
