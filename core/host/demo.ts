// The starter swarm: registered, budgeted and let loose through the same commands that anybody uses,
// and watched through the journal's events.
import type { DemoState } from '../contract.ts';
import { BUDGET_WINDOW, PROFILES } from '../agent/swarm/profiles.ts';
import { credits, type Credits, MICRO, toDecimal } from '../engine/base/credits.ts';
import type { Instant } from '../engine/base/time.ts';
import type { Event } from '../engine/market/events.ts';
import { isOpen, isRunning, type Market } from '../engine/market/state.ts';
import type { Ask } from './ask.ts';

export interface Demo {
  state(): DemoState;
  start(): Promise<DemoState>;
  /** Ends the swarm: calls cancelled, leases ended, processes gone. */
  stop(): Promise<DemoState>;
  committed(events: readonly Event[]): void;
  /** Figures since the last start. */
  figures(): DemoFigures;
}

export interface DemoFigures {
  cfps: number;
  awards: number;
  refusals: number;
  jobs: { started: number; succeeded: number; failed: number; cpuSeconds: number };
  byAgent: {
    name: string;
    priority: number;
    spent: number;
    awards: number;
    /** From a task's first call to its lease; to now, or to its end, for tasks that got none. */
    meanWaitMs: number | null;
  }[];
}

const OPERATOR = { kind: 'operator' as const };

interface Watch {
  cfps: number;
  awards: number;
  refusals: number;
  started: number;
  succeeded: number;
  failed: number;
  cpuSeconds: number;
  spent: Map<string, Credits>;
  awardsOf: Map<string, number>;
  /** First call of each task, by agent and title; waits of those that were served. */
  waiting: Map<string, { agentId: string; since: Instant }>;
  waits: Map<string, number[]>;
}

const fresh = (): Watch => ({
  cfps: 0,
  awards: 0,
  refusals: 0,
  started: 0,
  succeeded: 0,
  failed: 0,
  cpuSeconds: 0,
  spent: new Map(),
  awardsOf: new Map(),
  waiting: new Map(),
  waits: new Map(),
});

export function createDemo(parts: { market(): Market; now(): Instant; ask: Ask }): Demo {
  const { ask } = parts;
  let state: DemoState = { running: false, startedAt: null };
  let watch = fresh();
  const members = new Map<string, { name: string; priority: number }>();

  function slotsOf(kind: string): number {
    return [...parts.market().resources.values()]
      .filter((r) => r.kind === kind && !r.paused && machineOwned(r.ownerId))
      .reduce((sum, r) => sum + r.slots.length, 0);
  }
  const machineOwned = (ownerId: string): boolean =>
    parts.market().agents.get(ownerId)?.kind === 'machine';

  async function member(profile: (typeof PROFILES)[number]): Promise<string> {
    const { name, project, priority, budget } = profile;
    const known = parts.market().agentNames.get(name);
    const id = known ?? (await register(name, project));
    members.set(id, { name, priority });
    const account = parts.market().ledger.accounts.get(`agent:${id}`);
    if (!account?.budget) {
      const body = { amount: credits(budget * MICRO), windowMs: BUDGET_WINDOW };
      await ask(OPERATOR, { type: 'set-agent-budget', agentId: id, body });
    }
    return id;
  }

  async function register(name: string, project: string): Promise<string> {
    const body = { name, project, capabilities: ['starter swarm'] };
    const asked = await ask(OPERATOR, { type: 'register-agent', kind: 'agent', body });
    if (!asked.ok) throw new Error(`${name} could not be registered: ${asked.detail}`);
    return asked.about.agentId ?? '';
  }

  async function start(): Promise<DemoState> {
    if (state.running) return state;
    state = { running: true, startedAt: parts.now() };
    watch = fresh();
    for (const profile of PROFILES) {
      const slots = slotsOf(profile.kind);
      if (slots === 0) continue; // this machine has nothing of that kind to bargain for
      const agentId = await member(profile);
      const body = { policy: 'worker', params: { profile: profile.name, slots } };
      await ask(OPERATOR, { type: 'set-delegate', agentId, body });
    }
    return state;
  }

  async function stop(): Promise<DemoState> {
    const m = parts.market();
    const ours = PROFILES.flatMap((p) => m.agentNames.get(p.name) ?? []);
    for (const agentId of ours) {
      if (m.agents.get(agentId)?.delegate === null) continue;
      await ask(OPERATOR, { type: 'set-delegate', agentId, body: null });
    }
    const mine = new Set(ours);
    for (const c of [...parts.market().conversations.values()]) {
      const lease = c.leaseId === null ? undefined : parts.market().leases.get(c.leaseId);
      const busy = isOpen(c) || (lease !== undefined && isRunning(lease));
      if (!busy || !mine.has(c.managerId)) continue;
      const actor = { kind: 'agent' as const, id: c.managerId };
      await ask(actor, { type: 'cancel', cfpId: c.id });
    }
    state = { running: false, startedAt: null };
    return state;
  }

  function committed(events: readonly Event[]): void {
    if (state.startedAt === null) return;
    for (const e of events) note(e);
  }

  function note(e: Event): void {
    const m = parts.market();
    if (e.type === 'cfp-opened' && members.has(e.managerId)) {
      watch.cfps++;
      const key = `${e.managerId} ${e.task.title}`;
      if (!watch.waiting.has(key)) watch.waiting.set(key, { agentId: e.managerId, since: e.at });
    } else if (e.type === 'refused') watch.refusals++;
    else if (e.type === 'awarded' && members.has(e.managerId)) served(m, e);
    else if (e.type === 'lease-ended') ended(m, e);
  }

  function served(m: Market, e: Extract<Event, { type: 'awarded' }>): void {
    watch.awards++;
    watch.awardsOf.set(e.managerId, (watch.awardsOf.get(e.managerId) ?? 0) + 1);
    const title = m.conversations.get(e.needId ?? e.cfpId)?.task.title ?? '';
    const key = `${e.managerId} ${title}`;
    const first = watch.waiting.get(key);
    watch.waiting.delete(key);
    if (first === undefined) return;
    const waits = watch.waits.get(e.managerId) ?? [];
    waits.push(e.claim.from - first.since);
    watch.waits.set(e.managerId, waits);
  }

  function ended(m: Market, e: Extract<Event, { type: 'lease-ended' }>): void {
    const lease = m.leases.get(e.leaseId);
    if (lease === undefined || !members.has(lease.managerId)) return;
    const spent = watch.spent.get(lease.managerId) ?? credits(0);
    watch.spent.set(lease.managerId, credits(spent + e.charge));
    const usage = (e.usage ?? {}) as { pid?: number; exitCode?: number; cpuSeconds?: number };
    if (usage.pid === undefined) return;
    watch.started++;
    if (usage.exitCode === 0) watch.succeeded++;
    else watch.failed++;
    watch.cpuSeconds += usage.cpuSeconds ?? 0;
  }

  function figures(): DemoFigures {
    const { cfps, awards, refusals, started, succeeded, failed, cpuSeconds } = watch;
    const jobs = { started, succeeded, failed, cpuSeconds: Math.round(cpuSeconds * 100) / 100 };
    const byAgent = [...members].map(([id, { name, priority }]) => {
      const open = [...watch.waiting.values()].filter((w) => w.agentId === id);
      const waits = [...(watch.waits.get(id) ?? []), ...open.map((w) => parts.now() - w.since)];
      const sum = waits.reduce((a, b) => a + b, 0);
      return {
        name,
        priority,
        spent: toDecimal(watch.spent.get(id) ?? credits(0)),
        awards: watch.awardsOf.get(id) ?? 0,
        meanWaitMs: waits.length === 0 ? null : Math.round(sum / waits.length),
      };
    });
    byAgent.sort((a, b) => b.priority - a.priority);
    return { cfps, awards, refusals, jobs, byAgent };
  }

  return { state: () => state, start, stop, committed, figures };
}
