// How fast the engine is by itself: one core, nothing stored, no oracle.
import type { decide } from '../../core/engine/market/decide.ts';
import type { Credits } from '../../core/engine/base/credits.ts';
import { LIMITS } from '../../core/engine/base/limits.ts';
import { HOUR } from '../../core/engine/base/time.ts';
import type { Actor, Command } from '../../core/engine/market/commands.ts';
import type { Event } from '../../core/engine/market/events.ts';
import { evolve } from '../../core/engine/market/evolve.ts';
import { createMarket, DEFAULT_POLICY, type Market } from '../../core/engine/market/state.ts';
import { step } from '../../core/engine/market/step.ts';
import { nextTimer } from '../../core/engine/market/timers.ts';
import { PRODUCT } from '../sim/host.ts';
import { runWorld } from '../sim/world.ts';

export interface EngineRow {
  name: string;
  eventsPerS: number;
  /** Where whole worlds are lived through. */
  worldsPerS: number | null;
}

const AGENTS = 8;
const HOST: Actor = { kind: 'host' };
const OPERATOR: Actor = { kind: 'operator' };

/** A market in which everybody calls in turn and all others propose; the winner works and is paid. */
class Bazaar {
  readonly market: Market = createMarket();
  readonly events: Event[] = [];
  count = 0;
  private at = 1_000_000_000_000;
  private calls = 0;
  private readonly people: Actor[] = [];
  private readonly resources: string[] = [];
  private readonly keep: boolean;

  constructor(keep: boolean) {
    this.keep = keep;
    const { at } = this;
    const policy = DEFAULT_POLICY;
    this.run({ type: 'found-market', marketId: 'b', policy, actor: HOST, at, entropy: 0 });
    for (let i = 0; i < AGENTS; i++) this.settle(`agent ${i}`);
  }

  private settle(name: string): void {
    const stamp = { actor: OPERATOR, at: this.at, entropy: 0 };
    const { agentId = '' } = this.run({
      type: 'register-agent',
      kind: 'agent',
      body: { name },
      ...stamp,
    });
    const budget = { amount: 1e12 as Credits, windowMs: HOUR, carryOver: false };
    this.run({ type: 'set-agent-budget', agentId, body: budget, ...stamp });
    const body = { kind: 'cpu' as const, count: 64 };
    const { resourceId = '' } = this.run({
      type: 'add-resource',
      ownerId: agentId,
      body,
      ...stamp,
    });
    this.people.push({ kind: 'agent', id: agentId });
    this.resources.push(resourceId);
  }

  private run(cmd: Command): { agentId?: string; cfpId?: string; resourceId?: string } {
    const { events, result } = step(this.market, cmd);
    this.count += events.length;
    if (this.keep) this.events.push(...events);
    if (!result.ok) throw new Error(result.problem.detail);
    return result.about;
  }

  /** One call to its end: ten events. */
  call(): void {
    const n = this.calls++;
    this.at += 3;
    const { at } = this;
    const { cfpId = '' } = this.run({
      type: 'open-cfp',
      body: {
        need: { kind: 'cpu', count: 1, durationMs: 1000 },
        maxPrice: 5_000_000 as Credits,
        replyByMs: 100,
        mechanism: { pricing: 'second-price' },
      },
      actor: this.people[n % AGENTS] as Actor,
      at,
      entropy: n,
    });
    for (let k = 1; k < AGENTS; k++) {
      const who = (n + k) % AGENTS;
      const price = (1_000_000 + ((n * 7919 + k * 104_729) % 3_000_000)) as Credits;
      const resourceId = this.resources[who] as string;
      const actor = this.people[who] as Actor;
      this.run({ type: 'propose', cfpId, body: { price, resourceId }, actor, at, entropy: n });
    }
    this.tick(n);
  }

  private tick(entropy: number): void {
    const { market, at } = this;
    for (let due = nextTimer(market); due !== null && due.dueAt <= at; due = nextTimer(market)) {
      const { events } = step(market, { type: 'tick', actor: HOST, at, entropy });
      this.count += events.length;
      if (this.keep) this.events.push(...events);
      for (const e of events) if (e.type === 'awarded') this.report(e);
    }
  }

  private report(e: Event & { type: 'awarded' }): void {
    const { leaseId, epoch, contractorId: id } = e;
    const actor: Actor = { kind: 'agent', id };
    this.run({ type: 'done', leaseId, body: { epoch }, actor, at: this.at, entropy: 0 });
  }
}

/** Best of a few rounds: what the machine can do when nobody else wants it. */
function best(rounds: number, work: () => { n: number; seconds: number }): number {
  let rate = 0;
  for (let i = 0; i < rounds; i++) {
    const { n, seconds } = work();
    rate = Math.max(rate, n / seconds);
  }
  return Math.round(rate);
}

function timed(work: () => number): { n: number; seconds: number } {
  const startedAt = performance.now();
  const n = work();
  return { n, seconds: (performance.now() - startedAt) / 1000 };
}

/** Few ended calls in memory, as in a simulated world; the product keeps `LIMITS.endedKept`. */
function withKept<T>(kept: number, work: () => T): T {
  const bounds: { endedKept: number } = LIMITS;
  const before = bounds.endedKept;
  bounds.endedKept = kept;
  try {
    return work();
  } finally {
    bounds.endedKept = before;
  }
}

function contractNet(calls: number): { n: number; seconds: number } {
  const bazaar = new Bazaar(false);
  for (let i = 0; i < calls / 10; i++) bazaar.call();
  const before = bazaar.count;
  return timed(() => {
    for (let i = 0; i < calls; i++) bazaar.call();
    return bazaar.count - before;
  });
}

function replay(events: readonly Event[]): { n: number; seconds: number } {
  const market = createMarket();
  return timed(() => {
    for (const e of events) {
      evolve(market, e);
      if (market.forgotten.length > 0) market.forgotten = [];
    }
    return events.length;
  });
}

/** The commands of simulated worlds, run again without network, disk and oracles; best of eight. */
function simulated(worlds: number): { n: number; seconds: number; worlds: number } {
  const lives: Command[][] = [];
  for (let seed = 1; seed <= worlds; seed++) {
    const life: Command[] = [];
    lives.push(life);
    runWorld(seed, (parts, knobs) => {
      Object.assign(knobs, { crash: 0, diskFull: 0 });
      const note: typeof decide = (m, cmd) => {
        life.push(cmd);
        return PRODUCT.decide(m, cmd);
      };
      return { ...parts, decide: note };
    });
  }
  const again = (): number => {
    let events = 0;
    for (const life of lives) {
      const market = createMarket();
      for (const cmd of life) events += step(market, cmd).events.length;
    }
    return events;
  };
  const rounds = Array.from({ length: 8 }, () => timed(again));
  const [fastest = { n: 0, seconds: 1 }] = rounds.sort((a, b) => a.seconds - b.seconds);
  return { ...fastest, worlds };
}

function checked(worlds: number): { n: number; seconds: number; worlds: number } {
  const { n, seconds } = timed(() => {
    let events = 0;
    for (let seed = 1; seed <= worlds; seed++) events += runWorld(seed).events;
    return events;
  });
  return { n, seconds, worlds };
}

/** A journal of calls and awards, for replaying. */
function journal(calls: number): Event[] {
  const bazaar = new Bazaar(true);
  for (let i = 0; i < calls; i++) bazaar.call();
  return bazaar.events;
}

/** Takes about twenty seconds of one core. */
export function measureEngine(): EngineRow[] {
  const row = (name: string, eventsPerS: number): EngineRow => {
    return { name, eventsPerS, worldsPerS: null };
  };
  const worldRow = (
    name: string,
    { n, seconds, worlds }: { n: number; seconds: number; worlds: number },
  ): EngineRow => ({
    name,
    eventsPerS: Math.round(n / seconds),
    worldsPerS: Math.round(worlds / seconds),
  });
  const few = withKept(50, () => best(12, () => contractNet(15_000)));
  const many = best(6, () => contractNet(15_000));
  const events = journal(10_000);
  return [
    row('contract net of 7, few ended calls in memory', few),
    row(`contract net of 7, ${LIMITS.endedKept} ended calls in memory`, many),
    row(
      'recovery: folding events',
      withKept(50, () => best(6, () => replay(events))),
    ),
    worldRow('commands of simulated worlds, oracles off', simulated(2_000)),
    worldRow('simulated worlds, every oracle on', checked(1_500)),
  ];
}
