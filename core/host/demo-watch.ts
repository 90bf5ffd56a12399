// What the starter swarm did, counted from the journal's events.
import { credits, type Credits, toDecimal } from '../engine/base/credits.ts';
import { type Instant, type Ms, SECOND } from '../engine/base/time.ts';
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
    /**
     * From a task's first call to its lease; to now, or to the end of its last call, for tasks that
     * got none.
     */
    meanWaitMs: number | null;
  }[];
}

export interface Member {
  name: string;
  priority: number;
}

/** A task without a call for this long has been given up: a worker tries again within a second. */
const GIVEN_UP_MS: Ms = 10 * SECOND;

/** A task that is not served yet. */
interface Waiting {
  since: Instant;
  /** When its last call ended without an award; null while one is open. */
  idleSince: Instant | null;
}

/** What is kept of one member: sums, and the few tasks that are under way. */
interface Tally {
  spent: Credits;
  awards: number;
  waits: { count: number; sum: Ms };
  /** By the task's title. */
  waiting: Map<string, Waiting>;
}

/** Counts what the members of a swarm do. What it keeps does not grow with time. */
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
  private readonly tallies = new Map<string, Tally>();

  constructor(market: () => Market, members: ReadonlyMap<string, Member>) {
    this.market = market;
    this.members = members;
  }

  /** Notes an event that the market has already taken in. */
  note(e: Event): void {
    if (e.type === 'cfp-opened' && this.members.has(e.managerId)) this.opened(e);
    else if (e.type === 'refused') this.refusals++;
    else if (e.type === 'awarded' && this.members.has(e.managerId)) this.served(e);
    else if (e.type === 'call-ended') this.unserved(e);
    else if (e.type === 'lease-ended') this.ended(e);
  }

  private tallyOf(agentId: string): Tally {
    const known = this.tallies.get(agentId);
    if (known !== undefined) return known;
    const waits = { count: 0, sum: 0 };
    const tally = { spent: credits(0), awards: 0, waits, waiting: new Map<string, Waiting>() };
    this.tallies.set(agentId, tally);
    return tally;
  }

  private opened(e: Extract<Event, { type: 'cfp-opened' }>): void {
    this.cfps++;
    const tally = this.tallyOf(e.managerId);
    giveUp(tally, e.at);
    const known = tally.waiting.get(e.task.title);
    if (known === undefined) tally.waiting.set(e.task.title, { since: e.at, idleSince: null });
    else known.idleSince = null;
  }

  private served(e: Extract<Event, { type: 'awarded' }>): void {
    this.awards++;
    const tally = this.tallyOf(e.managerId);
    tally.awards++;
    const title = this.market().conversations.get(e.needId ?? e.cfpId)?.task.title ?? '';
    const task = tally.waiting.get(title);
    if (task !== undefined) settle(tally, title, e.claim.from - task.since);
  }

  /** Its worker calls again, unless it has cancelled: then the task is given up. */
  private unserved(e: Extract<Event, { type: 'call-ended' }>): void {
    const call = this.market().conversations.get(e.cfpId);
    const tally = this.tallies.get(call?.managerId ?? '');
    const title = call?.task.title ?? '';
    const task = tally?.waiting.get(title);
    if (tally === undefined || task === undefined) return;
    if (e.state === 'cancelled') settle(tally, title, e.at - task.since);
    else task.idleSince = e.at;
  }

  private ended(e: Extract<Event, { type: 'lease-ended' }>): void {
    const lease = this.market().leases.get(e.leaseId);
    if (lease === undefined || !this.members.has(lease.managerId)) return;
    const tally = this.tallyOf(lease.managerId);
    tally.spent = credits(tally.spent + e.charge);
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
      const tally = this.tallyOf(id);
      giveUp(tally, now);
      let { count, sum } = tally.waits;
      for (const task of tally.waiting.values()) {
        count++;
        sum += (task.idleSince ?? now) - task.since;
      }
      const meanWaitMs = count === 0 ? null : Math.round(sum / count);
      return { name, priority, spent: toDecimal(tally.spent), awards: tally.awards, meanWaitMs };
    });
    byAgent.sort((a, b) => b.priority - a.priority);
    return { cfps, awards, refusals, jobs, byAgent };
  }
}

function settle(tally: Tally, title: string, wait: Ms): void {
  tally.waits.count++;
  tally.waits.sum += wait;
  tally.waiting.delete(title);
}

function giveUp(tally: Tally, now: Instant): void {
  for (const [title, { since, idleSince }] of tally.waiting) {
    if (idleSince === null || now - idleSince <= GIVEN_UP_MS) continue;
    settle(tally, title, idleSince - since);
  }
}
