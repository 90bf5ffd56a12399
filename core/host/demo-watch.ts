// What the starter swarm did, counted from the journal's events.
import { credits, type Credits, toDecimal } from '../engine/base/credits.ts';
import type { Instant } from '../engine/base/time.ts';
import type { Event } from '../engine/market/events.ts';
import type { Market } from '../engine/market/state.ts';

/** What is counted since a start of the swarm. Credits are decimal. */
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

export interface Member {
  name: string;
  priority: number;
}

/** Counts what the members of a swarm do. */
export class DemoWatch {
  private readonly market: () => Market;
  private readonly members: ReadonlyMap<string, Member>;
  private cfps = 0;
  private awards = 0;
  private refusals = 0;
  private started = 0;
  private succeeded = 0;
  private failed = 0;
  private cpuSeconds = 0;
  private readonly spent = new Map<string, Credits>();
  private readonly awardsOf = new Map<string, number>();
  /** First call of each task, by agent and title; waits of those that were served. */
  private readonly waiting = new Map<string, { agentId: string; since: Instant }>();
  private readonly waits = new Map<string, number[]>();

  constructor(market: () => Market, members: ReadonlyMap<string, Member>) {
    this.market = market;
    this.members = members;
  }

  note(e: Event): void {
    const m = this.market();
    if (e.type === 'cfp-opened' && this.members.has(e.managerId)) {
      this.cfps++;
      const key = `${e.managerId} ${e.task.title}`;
      if (!this.waiting.has(key)) this.waiting.set(key, { agentId: e.managerId, since: e.at });
    } else if (e.type === 'refused') this.refusals++;
    else if (e.type === 'awarded' && this.members.has(e.managerId)) this.served(m, e);
    else if (e.type === 'lease-ended') this.ended(m, e);
  }

  private served(m: Market, e: Extract<Event, { type: 'awarded' }>): void {
    this.awards++;
    this.awardsOf.set(e.managerId, (this.awardsOf.get(e.managerId) ?? 0) + 1);
    const title = m.conversations.get(e.needId ?? e.cfpId)?.task.title ?? '';
    const key = `${e.managerId} ${title}`;
    const first = this.waiting.get(key);
    this.waiting.delete(key);
    if (first === undefined) return;
    const waits = this.waits.get(e.managerId) ?? [];
    waits.push(e.claim.from - first.since);
    this.waits.set(e.managerId, waits);
  }

  private ended(m: Market, e: Extract<Event, { type: 'lease-ended' }>): void {
    const lease = m.leases.get(e.leaseId);
    if (lease === undefined || !this.members.has(lease.managerId)) return;
    const spent = this.spent.get(lease.managerId) ?? credits(0);
    this.spent.set(lease.managerId, credits(spent + e.charge));
    const usage = (e.usage ?? {}) as { pid?: number; exitCode?: number; cpuSeconds?: number };
    if (usage.pid === undefined) return;
    this.started++;
    if (usage.exitCode === 0) this.succeeded++;
    else this.failed++;
    this.cpuSeconds += usage.cpuSeconds ?? 0;
  }

  figures(now: Instant): DemoFigures {
    const { cfps, awards, refusals, started, succeeded, failed, cpuSeconds } = this;
    const jobs = { started, succeeded, failed, cpuSeconds: Math.round(cpuSeconds * 100) / 100 };
    const byAgent = [...this.members].map(([id, { name, priority }]) => {
      const open = [...this.waiting.values()].filter((w) => w.agentId === id);
      const waits = [...(this.waits.get(id) ?? []), ...open.map((w) => now - w.since)];
      const sum = waits.reduce((a, b) => a + b, 0);
      return {
        name,
        priority,
        spent: toDecimal(this.spent.get(id) ?? credits(0)),
        awards: this.awardsOf.get(id) ?? 0,
        meanWaitMs: waits.length === 0 ? null : Math.round(sum / waits.length),
      };
    });
    byAgent.sort((a, b) => b.priority - a.priority);
    return { cfps, awards, refusals, jobs, byAgent };
  }
}
