// An agent of the starter swarm: tasks come to it in bursts, it calls for what each needs, bids for
// slots that are put up for sale, tries again when it gets nothing, and gives a task up when its
// deadline cannot be met any more.
import {
  credits,
  type Credits,
  MICRO,
  min,
  scaleUp,
  toDecimal,
  ZERO,
} from '../../engine/base/credits.ts';
import { createRng, type Rng } from '../../engine/base/rng.ts';
import { HOUR, type Instant, type Ms, SECOND } from '../../engine/base/time.ts';
import type { Valuation } from '../../engine/protocol/bodies.ts';
import { createStrategy } from '../bargaining/kinds.ts';
import { createBidder } from '../bidder.ts';
import type { Delegate, Heard, Say, Self, Told } from '../delegate.ts';
import { Negotiator } from '../negotiator.ts';
import { awardNews, callNews, idOf } from '../news.ts';
import type { Profile } from './profiles.ts';

/** How long one call of the swarm stays open. */
export const CALL_MS: Ms = 6 * SECOND;
/** Calls of one agent at a time: a need may wait, but not without bound. */
const OPEN_MAX = 3;
const QUEUE_MAX = 8;
const RETRY_MS: Ms = 400;
/** The most a task will ever call for, in units of its priority: urgency can raise its worth. */
const LIMIT_FACTOR = 10;

interface Job {
  n: number;
  arrivedAt: Instant;
  deadline: Instant | null;
  notBefore: Instant;
  /** Its open call; '' while the call is under way. */
  cfpId: string | null;
  running: boolean;
}

export function createWorker(profile: Profile, seed: number): Delegate {
  return new Worker(profile, seed);
}

class Worker implements Delegate {
  private readonly profile: Profile;
  private readonly rng: Rng;
  private readonly bidder: Delegate;
  private readonly leases = new Map<string, Job>();
  private readonly jobs: Job[] = [];
  private count = 0;
  private nextBurst: Instant | null = null;
  private retryAt: Instant | null = null;

  constructor(profile: Profile, seed: number) {
    this.profile = profile;
    this.rng = createRng(seed);
    this.bidder = createBidder(profile.bidding, negotiatorOf(profile, this.rng));
  }

  /** Exponential gaps, cut at three means: bursts, but never a silence of minutes. */
  private gap(): Ms {
    const u = 1 - this.rng.unit();
    return Math.min(3, -Math.log(u)) * this.profile.burstMs;
  }

  private arrive(now: Instant): void {
    const { burstMax } = this.profile;
    // All begin together and with a full burst: who came first would say nothing about worth.
    this.nextBurst ??= now;
    while (this.nextBurst <= now) {
      const size = this.count === 0 ? burstMax : 1 + this.rng.below(burstMax);
      for (let i = 0; i < size && this.jobs.length < QUEUE_MAX; i++) {
        const deadline =
          this.profile.deadlineMs === null ? null : this.nextBurst + this.profile.deadlineMs;
        const times = { arrivedAt: this.nextBurst, deadline, notBefore: this.nextBurst };
        this.jobs.push({ n: ++this.count, ...times, cfpId: null, running: false });
      }
      this.nextBurst += Math.max(500, Math.floor(this.gap()));
    }
  }

  private valuationOf(job: Job): Valuation {
    const { priority } = this.profile;
    return { priority, ...(job.deadline === null ? {} : { deadline: job.deadline }) };
  }

  /** Gives up what cannot be done in time, then calls for the rest, the most urgent first. */
  private call(self: Self): Say[] {
    const late = (j: Job): boolean =>
      j.deadline !== null && !j.running && self.now + this.profile.leaseMs > j.deadline;
    const lost = this.jobs.filter((j) => late(j) && j.cfpId !== '');
    for (const job of lost) this.jobs.splice(this.jobs.indexOf(job), 1);
    const cancels = lost.flatMap((j) =>
      j.cfpId === null ? [] : [{ to: 'cancel' as const, cfpId: j.cfpId }],
    );
    const open = this.jobs.filter((j) => j.cfpId !== null && !j.running).length;
    const ready = this.jobs.filter((j) => j.cfpId === null && j.notBefore <= self.now);
    const calls = ready
      .slice(0, Math.max(0, OPEN_MAX - open))
      .flatMap((job) => this.callFor(job, self));
    return [...cancels, ...calls];
  }

  private callFor(job: Job, self: Self): Say[] {
    const limit = this.limitOf(self);
    if (limit <= ZERO) {
      this.later(job, self.now + 5 * SECOND); // priced out until the next window
      return [];
    }
    job.cfpId = '';
    const { kind, count: slots, leaseMs: durationMs, program, args } = this.profile;
    // Its valuation stays here: the worker bids for itself.
    return [
      {
        to: 'cfps',
        body: {
          task: {
            title: `${this.profile.name} ${job.n}`,
            project: this.profile.project,
            run: { program, args: [...args, '--seed', String(job.n)] },
          },
          need: { kind, count: slots, durationMs },
          maxPrice: toDecimal(limit),
          replyByMs: CALL_MS,
          mechanism: { pricing: 'first-price', bargaining: this.profile.bargaining !== null },
          award: 'auto',
        },
      },
    ];
  }

  /** A bargainer offers no more than what it takes for the usual rate. */
  private limitOf(self: Self): Credits {
    const { bargaining, count, leaseMs } = this.profile;
    if (bargaining === null) return this.ceilingOf(self);
    return min(self.available, scaleUp(credits(bargaining.rate * MICRO), count * leaseMs, HOUR));
  }

  /** Never more than it has, nor than the task could be worth at its most urgent. */
  private ceilingOf(self: Self): Credits {
    return min(self.available, credits(this.profile.priority * LIMIT_FACTOR * MICRO));
  }

  private later(job: Job, at: Instant): void {
    job.notBefore = at;
    this.retryAt = this.retryAt === null ? at : Math.min(this.retryAt, at);
  }

  hear(told: Told, self: Self): Say[] {
    const says = this.bidder.hear(told, self);
    if (told.type === 'cfp-opened') return [...says, ...this.opened(told, self)];
    if (told.type === 'awarded') this.started(told);
    if (told.type === 'lease-ended') this.finish(idOf(told, 'leaseId'), told);
    if (told.type === 'call-ended') {
      const job = this.jobs.find((j) => j.cfpId === idOf(told, 'cfpId'));
      if (job !== undefined) this.retry(job, self.now);
    }
    return says;
  }

  /** Its own call is open: the bidder learns what the task is worth. */
  private opened(told: Told, self: Self): Say[] {
    const news = callNews(told.data);
    if (news.managerId !== self.agentId) return [];
    const job = this.jobs.find((j) => j.cfpId === '');
    if (job === undefined) return [];
    job.cfpId = news.cfpId;
    return this.bidder.entrust(news.cfpId, this.valuationOf(job), self);
  }

  private started(told: Told): void {
    const { cfpId, needId, leaseId } = awardNews(told.data);
    const job = this.jobs.find((j) => j.cfpId === (needId ?? cfpId));
    if (job === undefined || leaseId === null) return;
    job.running = true;
    this.leases.set(leaseId, job);
    this.retryAt = told.at; // there is room for another call
  }

  private finish(leaseId: string, told: Told): void {
    const job = this.leases.get(leaseId);
    if (job === undefined) return;
    this.leases.delete(leaseId);
    // Work that was not done is still to do.
    if (told.data.how !== 'done') this.retry(job, told.at);
    else if (this.jobs.includes(job)) this.jobs.splice(this.jobs.indexOf(job), 1);
    this.retryAt = told.at;
  }

  private retry(job: Job, now: Instant): void {
    job.cfpId = null;
    job.running = false;
    this.later(job, now + RETRY_MS + this.rng.below(RETRY_MS));
  }

  entrust(cfpId: string, valuation: Valuation, self: Self): Say[] {
    return this.bidder.entrust(cfpId, valuation, self);
  }

  answered(heard: Heard, self: Self): Say[] {
    if (!heard.ok && heard.say.to === 'cfps') {
      const job = this.jobs.find((j) => j.cfpId === '');
      if (job !== undefined) this.retry(job, self.now);
    }
    return this.bidder.answered(heard, self);
  }

  wake(self: Self): Say[] {
    const says = this.bidder.wake(self);
    const due = this.nextTask();
    return due === null || due <= self.now ? [...says, ...this.work(self)] : says;
  }

  private work(self: Self): Say[] {
    this.retryAt = null;
    this.arrive(self.now);
    for (const j of this.jobs)
      if (j.cfpId === null && j.notBefore > self.now) this.later(j, j.notBefore);
    return this.call(self);
  }

  wakeAt(): Instant | null {
    const [speaks, works] = [this.bidder.wakeAt(), this.nextTask()];
    return speaks === null || works === null ? (speaks ?? works) : Math.min(speaks, works);
  }

  private nextTask(): Instant | null {
    if (this.retryAt === null) return this.nextBurst ?? 0;
    return Math.min(this.retryAt, this.nextBurst ?? this.retryAt);
  }
}

/** It takes its time before it speaks, so that people can follow. */
const THINK_MS: Ms = 400;

function negotiatorOf({ bargaining }: Profile, rng: Rng): Negotiator {
  const name = bargaining?.strategy ?? 'time-dependent';
  const strategy = createStrategy(name, bargaining?.params ?? {}, rng);
  return new Negotiator(strategy, { thinkMs: THINK_MS });
}
