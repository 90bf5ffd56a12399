// An agent as a program outside sees itself: it acts, sends with a key, waits, and sends again.
// Some send another request under an old key.
import type { Rng } from '../../core/engine/base/rng.ts';
import type { Actor, CommandBody } from '../../core/engine/market/commands.ts';
import type { Event } from '../../core/engine/market/events.ts';
import {
  type IdempotencyKey,
  problemReply,
  type Reply,
  type Submission,
} from '../../core/host/loop.ts';
import { problem } from '../../core/engine/protocol/problems.ts';
import { type Memory, randomAnswer, randomDeed, randomOrder, remember } from './deeds.ts';
import { hearTalk, randomWord } from './haggling.ts';
import type { Host } from './host.ts';
import type { Knobs } from './knobs.ts';
import type { Network } from './network.ts';
import type { Prosecutor } from './oracle/prosecutor.ts';
import type { Queue } from './queue.ts';

export interface ClientWorld {
  queue: Queue;
  knobs: Knobs;
  rng: Rng;
  network: Network;
  prosecutor: Prosecutor;
  host(): Host;
  agents: readonly string[];
}

export interface Client {
  act(): void;
  hear(events: readonly Event[]): void;
}

const OVERLOADED = problemReply(problem('overloaded', 'the inbox is full'));
const TRIES = 4;

/** `peer` is its number in the network, `actor` who it is; the operator is a client too. */
export function createClient(world: ClientWorld, peer: number, actor: Actor, mem: Memory): Client {
  const { queue, knobs, rng, network, prosecutor } = world;
  const scope = actor.kind === 'agent' ? actor.id : actor.kind;
  let keys = 0;

  function send(id: IdempotencyKey, body: CommandBody, tries: number): void {
    let answered = false;
    const onReply = (r: Reply): void => {
      answered = true;
      learn(body, r);
    };
    network.carry(peer, () => deliver(id, body, onReply));
    if (tries <= 1) return;
    const patience = 20 + 4 * knobs.delayMs + rng.below(60);
    queue.plan(patience, () => {
      if (!answered) send(id, body, tries - 1);
    });
  }

  function deliver(id: IdempotencyKey, body: CommandBody, onReply: (r: Reply) => void): void {
    const reply = (r: Reply): void => {
      prosecutor.replied(id, r);
      network.carry(peer, () => onReply(r));
    };
    const s: Submission = { actor, body, key: id, show: (_m, about) => ({ ...about }), reply };
    if (!world.host().submit(s)) reply(OVERLOADED);
  }

  function learn(body: CommandBody, { status, body: bytes }: Reply): void {
    if (status !== 201 || body.type !== 'open-cfp') return;
    const { cfpId } = JSON.parse(bytes) as { cfpId: string };
    if (!mem.ownCalls.includes(cfpId)) remember(mem.ownCalls, cfpId);
  }

  function ask(body: CommandBody | null): void {
    if (body === null) return;
    if (body.type === 'propose') prosecutor.sent(mem.id, body.cfpId, body.body.price);
    if (body.type === 'offer') prosecutor.offered(mem.id, body.cfpId, body.body.price);
    const key = keys > 0 && rng.chance(knobs.misuse) ? `k${rng.below(keys)}` : `k${keys++}`;
    send({ scope, key, input: JSON.stringify(body) }, body, TRIES);
  }

  function hear(e: Event): void {
    const haggles = hearTalk(mem, e);
    if (e.type === 'cfp-opened') remember(mem.calls, e);
    else if (e.type === 'proposed') {
      if (mem.ownCalls.includes(e.cfpId)) remember(mem.received, e);
    } else if (e.type === 'awarded') remember(mem.leases, e);
    else if (haggles) return haggle(e);
    else return;
    if (actor.kind !== 'agent') return;
    const body = randomAnswer(rng, mem, e, knobs.nonsense);
    if (body !== null) queue.plan(rng.below(e.type === 'awarded' ? 900 : 50), () => ask(body));
  }

  function haggle(e: Event): void {
    const body = randomWord(rng, mem, e, knobs.nonsense);
    if (body !== null) queue.plan(rng.below(rng.chance(0.9) ? 10 : 200), () => ask(body));
  }

  return {
    act() {
      const isAgent = actor.kind === 'agent';
      ask(isAgent ? randomDeed(rng, mem, knobs) : randomOrder(rng, mem, world.agents, knobs));
    },
    hear: (events) => events.forEach(hear),
  };
}
