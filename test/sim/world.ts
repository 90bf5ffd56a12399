// One world: a market host, agents and an operator around it, a bad network and a bad machine, for
// a while; then the faults stop, everybody falls silent, and everything must come to an end.
import type { Credits } from '../../core/engine/base/credits.ts';
import { createRng, type Rng } from '../../core/engine/base/rng.ts';
import type { About, CommandBody } from '../../core/engine/market/commands.ts';
import type { Event } from '../../core/engine/market/events.ts';
import { DEFAULT_POLICY } from '../../core/engine/market/state.ts';
import { type Client, createClient } from './client.ts';
import type { Memory } from './deeds.ts';
import { createDisk } from './disk.ts';
import { Host, type Parts, PRODUCT, quickHash } from './host.ts';
import { drawKnobs, type Knobs, setBounds } from './knobs.ts';
import { createMachine } from './machine.ts';
import { createNetwork } from './network.ts';
import { accuser, type Invariant, Violation } from './oracle/accuse.ts';
import { Prosecutor } from './oracle/prosecutor.ts';
import { createQueue, type Queue } from './queue.ts';

export interface Outcome {
  seed: number;
  events: number;
  /** The chain's head at the end: the hash of everything that happened. */
  trace: string;
  violation: Violation | null;
  texts: readonly string[];
}

/** After the faults stop: longer than any call, delay, lease and notice of a world together. */
const SETTLE_MS = 20_000;

/** `off` is the one invariant that is not looked at. */
export function runWorld(
  seed: number,
  plant: (parts: Parts, knobs: Knobs) => Parts = (parts) => parts,
  off: Invariant | null = null,
): Outcome {
  const knobs = drawKnobs(seed);
  const parts = plant(PRODUCT, knobs);
  const disk = createDisk();
  setBounds(knobs.bounds);
  let violation: Violation | null = null;
  try {
    live(knobs, parts, disk, accuser(off));
  } catch (e) {
    if (e instanceof Violation) violation = e;
    else violation = new Violation('defence', e instanceof Error ? (e.stack ?? e.message) : `${e}`);
  } finally {
    setBounds({});
  }
  const { texts, heads } = disk;
  return { seed, events: texts.length, trace: heads.at(-1) ?? '', violation, texts };
}

function live(
  knobs: Knobs,
  parts: Parts,
  disk: ReturnType<typeof createDisk>,
  accuse: ReturnType<typeof accuser>,
): void {
  const queue = createQueue();
  const rng = createRng(knobs.seed + 0x5eed);
  const machine = createMachine(queue, knobs, rng);
  const network = createNetwork(queue, knobs, rng);
  const { evolve, touch, tell } = parts;
  const { screen } = knobs;
  const prosecutor = new Prosecutor({ disk, accuse, hash: quickHash, evolve, touch, tell, screen });
  const clients: Client[] = [];
  const publish = (events: readonly Event[]): void =>
    clients.forEach((c, peer) => network.carry(peer, () => c.hear(events)));
  const host = new Host({ queue, knobs, rng, machine, disk, parts, prosecutor, publish });
  const people = settleIn(host, knobs, rng);
  const agents = people.map((mem) => mem.id);
  const clientWorld = { queue, knobs, rng, network, prosecutor, host: () => host, agents };
  people.forEach((mem, peer) => {
    clients.push(createClient(clientWorld, peer, { kind: 'agent', id: mem.id }, mem));
  });
  const operator = { kind: 'operator' as const };
  clients.push(createClient(clientWorld, people.length, operator, emptyMemory('operator')));
  planActions(queue, knobs, rng, clients);
  host.setFaults(true);
  while (queue.next(knobs.actions * knobs.pauseMs * 2 + 100));
  network.heal();
  host.setFaults(false);
  const until = queue.now() + SETTLE_MS;
  while (prosecutor.facts.open.size > 0 && queue.next(until));
  while (host.market() === null && queue.next(until));
  const market = host.market();
  if (market !== null) prosecutor.settled(market);
  else accuse('P4', 'the host did not come back');
}

const emptyMemory = (id: string): Memory => ({
  id,
  ownResources: [],
  allResources: [],
  calls: [],
  ownCalls: [],
  received: [],
  leases: [],
  talks: [],
});

/** Agents, budgets and resources, before anything goes wrong. */
function settleIn(host: Host, knobs: Knobs, rng: Rng): Memory[] {
  const ask = (body: CommandBody, learn: (about: About) => void = () => {}): void => {
    const show = (_m: unknown, about: About): Record<string, unknown> => {
      learn(about);
      return {};
    };
    const kind = body.type === 'found-market' ? ('host' as const) : ('operator' as const);
    host.submit({ actor: { kind }, body, key: null, show, reply: () => {} });
  };
  const { surcharge, priorityReserve, windowMs } = knobs;
  const policy = {
    ...DEFAULT_POLICY,
    priorityReserve,
    bargaining: knobs.rule,
    surcharge: surcharge ? { rate: 20_000 as Credits, freeCalls: 1, halfLifeMs: 5_000 } : null,
  };
  ask({ type: 'found-market', marketId: `w${knobs.seed}`, policy });
  const budget = () => ({ amount: knobs.budget as Credits, windowMs, carryOver: rng.chance(0.3) });
  for (let i = 0; i < knobs.projects; i++) {
    ask({ type: 'set-project-budget', project: `p${i}`, body: budget() });
  }
  const people: Memory[] = [];
  for (let i = 0; i < knobs.agents; i++) {
    const project = rng.chance(0.4) ? { project: rng.pick(['p0', 'p1']) } : {};
    const body = { name: `a${i}`, system: rng.chance(0.2), ...project };
    const kind = 'agent' as const;
    ask({ type: 'register-agent', body, kind }, ({ agentId }) => {
      people.push(emptyMemory(agentId ?? ''));
    });
  }
  host.settle();
  for (const { id: agentId } of people) {
    if (rng.chance(0.8)) ask({ type: 'set-agent-budget', agentId, body: budget() });
  }
  addResources(ask, people, knobs, rng);
  host.settle();
  return people;
}

function addResources(
  ask: (body: CommandBody, learn: (about: About) => void) => void,
  people: readonly Memory[],
  knobs: Knobs,
  rng: Rng,
): void {
  const reservePrice = knobs.reservePrice as Credits;
  for (let i = 0; i < knobs.resources; i++) {
    const owner = people[i % people.length];
    if (owner === undefined) return;
    const body = { kind: 'cpu' as const, count: 1 + rng.below(knobs.slotsMax), reservePrice };
    ask({ type: 'add-resource', ownerId: owner.id, body }, ({ resourceId }) => {
      owner.ownResources.push(resourceId ?? '');
      for (const mem of people) mem.allResources.push(resourceId ?? '');
    });
  }
}

function planActions(queue: Queue, knobs: Knobs, rng: Rng, clients: readonly Client[]): void {
  const span = knobs.actions * knobs.pauseMs;
  clients.forEach((client, i) => {
    const isOperator = i === clients.length - 1;
    const actions = isOperator ? rng.below(1 + (knobs.actions >> 1)) : knobs.actions;
    for (let n = 0; n < actions; n++) queue.plan(rng.unit() * span, () => client.act());
  });
}
