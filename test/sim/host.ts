// The host under test: the product's own loop and clock over a disk in memory. It crashes before or
// after a commit, finds its disk full, and comes back by folding what was stored.
import { GENESIS } from '../../core/engine/base/chain.ts';
import type { Rng } from '../../core/engine/base/rng.ts';
import { canonical, restoreFrom } from '../../core/engine/market/canon.ts';
import { decide } from '../../core/engine/market/decide.ts';
import { evolve } from '../../core/engine/market/evolve.ts';
import type { Event } from '../../core/engine/market/events.ts';
import { createMarket, type Market } from '../../core/engine/market/state.ts';
import { createStep } from '../../core/engine/market/step.ts';
import { touch } from '../../core/engine/view/project.ts';
import { forAgent } from '../../core/engine/view/visible.ts';
import type { Clock } from '../../core/host/clock.ts';
import {
  type Batch,
  createLoop,
  type Loop,
  type Ports,
  StorageFull,
  type Submission,
} from '../../core/host/loop.ts';
import type { Disk } from './disk.ts';
import type { Knobs } from './knobs.ts';
import { type Machine, makeClock } from './machine.ts';
import type { Prosecutor } from './oracle/prosecutor.ts';
import type { Queue } from './queue.ts';

/** What a planted bug may replace. Everything else is the product as it is. */
export interface Parts {
  decide: typeof decide;
  evolve: typeof evolve;
  touch: typeof touch;
  tell: typeof forAgent;
  clock: typeof makeClock;
  recall: (disk: Disk, ...rest: Parameters<Disk['recall']>) => ReturnType<Disk['recall']>;
  store: (disk: Disk, batch: Batch) => void;
  recover: typeof recover;
  /** Sends out what a commit says before it is durable. */
  early: boolean;
}
export const PRODUCT: Parts = {
  decide,
  evolve,
  touch,
  tell: forAgent,
  clock: makeClock,
  recall: (disk, key) => disk.recall(key),
  store: (disk, batch) => disk.store(batch),
  recover,
  early: false,
};

/** The process died. */
class Crash extends Error {}

export interface HostWorld {
  queue: Queue;
  knobs: Knobs;
  rng: Rng;
  machine: Machine;
  disk: Disk;
  parts: Parts;
  prosecutor: Prosecutor;
  /** Events that have become known, in order, each exactly once. */
  publish(events: readonly Event[]): void;
}

/** 52 bits of a text as hex; stands in for SHA-256, which would be half of the work. */
export function quickHash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b + c, 0x85ebca6b) ^ (b >>> 13);
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}

/** Folds the journal; from a snapshot on where there is one. */
export function recover(
  disk: Disk,
  parts: Pick<Parts, 'evolve'>,
): { market: Market; head: string } {
  const market = disk.snapshot === null ? createMarket() : restoreFrom(disk.snapshot.text);
  for (let i = market.seq; i < disk.texts.length; i++) {
    parts.evolve(market, JSON.parse(disk.texts[i] as string) as Event);
  }
  market.forgotten = [];
  return { market, head: disk.heads.at(-1) ?? GENESIS };
}

export class Host {
  private readonly world: HostWorld;
  private readonly step: ReturnType<typeof createStep>;
  private loop: Loop | null = null;
  private clock: Clock | null = null;
  private faults = false;
  private turnPlanned = false;
  private wakeAt = Infinity;
  private published = 0;
  /** The last turn found no room on the disk: what was due is due still. */
  private full = false;

  constructor(world: HostWorld) {
    this.world = world;
    this.step = createStep(world.parts.decide, world.parts.evolve);
    this.start();
  }

  /** The network hands over a request; false when nobody is there or the inbox is full. */
  submit(s: Submission): boolean {
    if (this.loop === null) return false;
    const taken = this.loop.submit(s);
    this.poke();
    return taken;
  }

  /** Runs turns now, without faults: for the set-up. */
  settle(): void {
    let more = true;
    while (more) more = this.loop?.turn() ?? false;
  }

  /** The live market; null while the host is down. */
  market(): Market | null {
    return this.loop?.market() ?? null;
  }

  /** Crashes and full disks from now on, or never again. */
  setFaults(on: boolean): void {
    this.faults = on;
    this.poke();
  }

  private start(): void {
    const { queue, machine, disk, parts, prosecutor } = this.world;
    const begin = this.restore();
    const clock = parts.clock(machine.sources, begin.market.at);
    this.clock = clock;
    this.loop = createLoop(begin, this.ports(clock), (m, cmd) => {
      prosecutor.asked(m, cmd);
      const said = this.step(m, cmd);
      prosecutor.answered(m, cmd, said);
      return said;
    });
    prosecutor.started(clock.now(), queue.now());
    // Streams resume where they stopped: what was stored and not yet told is told now.
    const missed = disk.texts.slice(this.published).map((text) => JSON.parse(text) as Event);
    if (missed.length > 0) this.release(missed);
    prosecutor.connected(begin.market, begin.head);
  }

  private ports(clock: Clock): Ports {
    const { rng, disk, parts, prosecutor } = this.world;
    return {
      now: () => clock.now(),
      entropy: () => rng.u32(),
      hash: quickHash,
      recall: (key) => parts.recall(disk, key),
      commit: (batch, m) => this.commit(batch, m),
      restore: () => this.restore(),
      committed: (batch) => {
        this.release(batch.entries.map((e) => e.event));
        if (this.loop !== null) prosecutor.shown(this.loop.market(), this.loop.head(), batch);
      },
    };
  }

  private restore(): { market: Market; head: string } {
    const { disk, parts, prosecutor } = this.world;
    const recovered = parts.recover(disk, parts);
    prosecutor.recovered(recovered.market);
    return recovered;
  }

  private commit(batch: Batch, m: Market): void {
    const { rng, knobs, disk, parts, prosecutor } = this.world;
    if (this.faults && rng.chance(knobs.diskFull)) {
      this.full = true;
      throw new StorageFull();
    }
    const dies = this.faults && rng.chance(knobs.crash);
    if (dies && rng.chance(0.5)) throw new Crash();
    if (parts.early) this.release(batch.entries.map((e) => e.event));
    parts.store(disk, batch);
    prosecutor.stored(m, batch);
    if (dies) throw new Crash();
    if (knobs.snapshots && rng.chance(0.1)) disk.snapshot = { seq: m.seq, text: canonical(m) };
  }

  private release(events: readonly Event[]): void {
    const fresh = events.filter((e) => e.seq > this.published);
    for (const e of fresh) this.world.prosecutor.released(e);
    this.published = fresh.at(-1)?.seq ?? this.published;
    this.world.publish(fresh);
  }

  private turn(): void {
    const { queue, machine, knobs, prosecutor } = this.world;
    this.turnPlanned = false;
    const { loop, clock } = this;
    if (loop === null || clock === null) return;
    try {
      prosecutor.ticked(clock.now(), queue.now(), machine.slept());
      this.full = false;
      if (loop.turn()) return this.poke();
      if (!this.full) prosecutor.idle(clock.now());
      const due = loop.nextDueAt();
      if (due !== null) this.wake(Math.max(1, due - clock.now()));
    } catch (e) {
      if (!(e instanceof Crash)) throw e;
      this.loop = null;
      queue.plan(this.faults ? knobs.downMs : 0, () => {
        this.start();
        this.poke();
      });
    }
  }

  private poke(): void {
    const { queue, rng, knobs } = this.world;
    if (this.turnPlanned || this.loop === null) return;
    this.turnPlanned = true;
    queue.plan(rng.below(knobs.serviceMs + 1), () => this.turn());
  }

  private wake(delayMs: number): void {
    const { queue } = this.world;
    const t = queue.now() + delayMs;
    if (t >= this.wakeAt) return;
    this.wakeAt = t;
    queue.plan(delayMs, () => {
      if (this.wakeAt === t) this.wakeAt = Infinity;
      this.poke();
    });
  }
}
