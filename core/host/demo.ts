// The starter swarm: registered, budgeted and let loose through the same commands that anybody
// uses, and watched through the journal's events.
import type { DemoState } from '../contract.ts';
import { BUDGET_WINDOW, PROFILES } from '../agent/swarm/profiles.ts';
import { credits, MICRO } from '../engine/base/credits.ts';
import type { Instant } from '../engine/base/time.ts';
import type { CommandBody } from '../engine/market/commands.ts';
import type { Event } from '../engine/market/events.ts';
import { isOpen, isRunning, type Market } from '../engine/market/state.ts';
import type { Ask } from './ask.ts';
import { type DemoFigures, DemoWatch, type Member } from './demo-watch.ts';

export interface Demo {
  state(): DemoState;
  start(): Promise<DemoState>;
  /** Ends the swarm: calls cancelled, leases ended, processes gone. */
  stop(): Promise<DemoState>;
  committed(events: readonly Event[]): void;
  /** Figures since the last start. */
  figures(): DemoFigures;
}

const OPERATOR = { kind: 'operator' as const };

export interface DemoParts {
  market(): Market;
  now(): Instant;
  ask: Ask;
  /** Told whenever it starts or stops, whoever asked for it. */
  changed(state: DemoState): void;
}

/** The starter swarm of a market, at rest. */
export function createDemo(parts: DemoParts): Demo {
  return new Swarm(parts);
}

class Swarm implements Demo {
  private readonly parts: DemoParts;
  private current: DemoState = { running: false, startedAt: null };
  private readonly members = new Map<string, Member>();
  private watch: DemoWatch;

  constructor(parts: DemoParts) {
    this.parts = parts;
    this.watch = this.newWatch();
  }

  private newWatch(): DemoWatch {
    return new DemoWatch(() => this.parts.market(), this.members);
  }

  private slotsOf(kind: string): number {
    return [...this.parts.market().resources.values()]
      .filter((r) => r.kind === kind && !r.paused && this.machineOwned(r.ownerId))
      .reduce((sum, r) => sum + r.slots.length, 0);
  }

  private machineOwned(ownerId: string): boolean {
    return this.parts.market().agents.get(ownerId)?.kind === 'machine';
  }

  private async member(profile: (typeof PROFILES)[number]): Promise<string> {
    const { name, project, priority, budget } = profile;
    const known = this.parts.market().agentNames.get(name);
    const id = known ?? (await this.register(name, project));
    this.members.set(id, { name, priority });
    const account = this.parts.market().ledger.accounts.get(`agent:${id}`);
    if (!account?.budget) {
      const body = { amount: credits(budget * MICRO), windowMs: BUDGET_WINDOW };
      await this.parts.ask(OPERATOR, { type: 'set-agent-budget', agentId: id, body });
    }
    return id;
  }

  private async register(name: string, project: string): Promise<string> {
    const body = { name, project, capabilities: ['starter swarm'] };
    const asked = await this.parts.ask(OPERATOR, { type: 'register-agent', kind: 'agent', body });
    if (!asked.ok) throw new Error(`${name} could not be registered: ${asked.detail}`);
    return asked.about.agentId ?? '';
  }

  async start(): Promise<DemoState> {
    if (this.current.running) return this.current;
    this.turn({ running: true, startedAt: this.parts.now() });
    this.watch = this.newWatch();
    const calls: CommandBody[] = [];
    for (const profile of PROFILES) {
      const slots = this.slotsOf(profile.kind);
      if (slots === 0) continue; // this machine has nothing of that kind to bargain for
      const agentId = await this.member(profile);
      const body = { policy: 'worker', params: { profile: profile.name, slots } };
      calls.push({ type: 'set-delegate', agentId, body });
    }
    // In one commit: they start together.
    await Promise.all(calls.map((call) => this.parts.ask(OPERATOR, call)));
    return this.current;
  }

  async stop(): Promise<DemoState> {
    const m = this.parts.market();
    const ours = PROFILES.flatMap((p) => m.agentNames.get(p.name) ?? []);
    for (const agentId of ours) {
      if (m.agents.get(agentId)?.delegate === null) continue;
      await this.parts.ask(OPERATOR, { type: 'set-delegate', agentId, body: null });
    }
    const mine = new Set(ours);
    for (const c of [...this.parts.market().conversations.values()]) {
      const lease = c.leaseId === null ? undefined : this.parts.market().leases.get(c.leaseId);
      const busy = isOpen(c) || (lease !== undefined && isRunning(lease));
      if (!busy || !mine.has(c.managerId)) continue;
      const actor = { kind: 'agent' as const, id: c.managerId };
      await this.parts.ask(actor, { type: 'cancel', cfpId: c.id });
    }
    this.turn({ running: false, startedAt: null });
    return this.current;
  }

  private turn(state: DemoState): void {
    this.current = state;
    this.parts.changed(state);
  }

  committed(events: readonly Event[]): void {
    if (this.current.startedAt === null) return;
    for (const e of events) this.watch.note(e);
  }

  state(): DemoState {
    return this.current;
  }

  figures(): DemoFigures {
    return this.watch.figures(this.parts.now());
  }
}
