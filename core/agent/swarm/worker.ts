// An agent of the starter swarm: tasks come to it in bursts, it calls for what each needs, bids for
// slots that are put up for sale, tries again when it gets nothing, and gives a task up when its
// deadline cannot be met any more.
import { credits, type Credits, MICRO, min, toDecimal, ZERO } from '../../engine/base/credits.ts';
import { createRng } from '../../engine/base/rng.ts';
import { type Instant, type Ms, SECOND } from '../../engine/base/time.ts';
import type { Valuation } from '../../engine/protocol/bodies.ts';
import { createBidder } from '../bidder.ts';
import type { Delegate, Heard, Say, Self, Told } from '../delegate.ts';
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
  const rng = createRng(seed);
  const bidder = createBidder(profile.bidding);
  const jobs: Job[] = [];
  let count = 0;
  let nextBurst: Instant | null = null;
  let retryAt: Instant | null = null;

  /** Exponential gaps, cut at three means: bursts, but never a silence of minutes. */
  function gap(): Ms {
    const u = 1 - rng.unit();
    return Math.min(3, -Math.log(u)) * profile.burstMs;
  }

  function arrive(now: Instant): void {
    nextBurst ??= now + Math.floor(rng.unit() * 1500);
    while (nextBurst <= now) {
      const size = 1 + rng.below(profile.burstMax);
      for (let i = 0; i < size && jobs.length < QUEUE_MAX; i++) {
        const deadline = profile.deadlineMs === null ? null : nextBurst + profile.deadlineMs;
        const times = { arrivedAt: nextBurst, deadline, notBefore: nextBurst };
        jobs.push({ n: ++count, ...times, cfpId: null, running: false });
      }
      nextBurst += Math.max(500, Math.floor(gap()));
    }
  }

  const valuationOf = (job: Job): Valuation => ({
    priority: profile.priority,
    ...(job.deadline === null ? {} : { deadline: job.deadline }),
  });

  /** Gives up what cannot be done in time, then calls for the rest, the most urgent first. */
  function call(self: Self): Say[] {
    const late = (j: Job): boolean =>
      j.deadline !== null && !j.running && self.now + profile.leaseMs > j.deadline;
    const lost = jobs.filter((j) => late(j) && j.cfpId !== '');
    for (const job of lost) jobs.splice(jobs.indexOf(job), 1);
    const cancels = lost.flatMap((j) =>
      j.cfpId === null ? [] : [{ to: 'cancel' as const, cfpId: j.cfpId }],
    );
    const open = jobs.filter((j) => j.cfpId !== null && !j.running).length;
    const ready = jobs.filter((j) => j.cfpId === null && j.notBefore <= self.now);
    const calls = ready.slice(0, Math.max(0, OPEN_MAX - open)).flatMap((job) => callFor(job, self));
    return [...cancels, ...calls];
  }

  function callFor(job: Job, self: Self): Say[] {
    const limit = ceilingOf(self);
    if (limit <= ZERO) {
      later(job, self.now + 5 * SECOND); // priced out until the next window
      return [];
    }
    job.cfpId = '';
    const { kind, count: slots, leaseMs: durationMs, program, args } = profile;
    // Its valuation stays here: the worker bids for itself.
    return [
      {
        to: 'cfps',
        body: {
          task: {
            title: `${profile.name} ${job.n}`,
            project: profile.project,
            run: { program, args: [...args, '--seed', String(job.n)] },
          },
          need: { kind, count: slots, durationMs },
          maxPrice: toDecimal(limit),
          replyByMs: CALL_MS,
          mechanism: { pricing: 'first-price' },
          award: 'auto',
        },
      },
    ];
  }

  /** Never more than it has, nor than the task could be worth at its most urgent. */
  function ceilingOf(self: Self): Credits {
    return min(self.available, credits(profile.priority * LIMIT_FACTOR * MICRO));
  }

  function later(job: Job, at: Instant): void {
    job.notBefore = at;
    retryAt = retryAt === null ? at : Math.min(retryAt, at);
  }

  function hear(told: Told, self: Self): Say[] {
    const says = bidder.hear(told, self);
    if (told.type === 'cfp-opened') return [...says, ...opened(told, self)];
    if (told.type === 'awarded') started(told);
    if (told.type === 'lease-ended') finish(idOf(told, 'leaseId'), told);
    if (told.type === 'call-ended') {
      const job = jobs.find((j) => j.cfpId === idOf(told, 'cfpId'));
      if (job !== undefined) retry(job, self.now);
    }
    return says;
  }

  /** Its own call is open: the bidder learns what the task is worth. */
  function opened(told: Told, self: Self): Say[] {
    const news = callNews(told.data);
    if (news.managerId !== self.agentId) return [];
    const job = jobs.find((j) => j.cfpId === '');
    if (job === undefined) return [];
    job.cfpId = news.cfpId;
    return bidder.entrust(news.cfpId, valuationOf(job), self);
  }

  const leases = new Map<string, Job>();

  function started(told: Told): void {
    const { cfpId, needId, leaseId } = awardNews(told.data);
    const job = jobs.find((j) => j.cfpId === (needId ?? cfpId));
    if (job === undefined || leaseId === null) return;
    job.running = true;
    leases.set(leaseId, job);
    retryAt = told.at; // there is room for another call
  }

  function finish(leaseId: string, told: Told): void {
    const job = leases.get(leaseId);
    if (job === undefined) return;
    leases.delete(leaseId);
    // Work that was not done is still to do.
    if (told.data.how !== 'done') retry(job, told.at);
    else if (jobs.includes(job)) jobs.splice(jobs.indexOf(job), 1);
    retryAt = told.at;
  }

  function retry(job: Job, now: Instant): void {
    job.cfpId = null;
    job.running = false;
    later(job, now + RETRY_MS + rng.below(RETRY_MS));
  }

  return {
    hear,
    entrust: (cfpId, valuation, self) => bidder.entrust(cfpId, valuation, self),
    answered(heard: Heard, self: Self) {
      if (!heard.ok && heard.say.to === 'cfps') {
        const job = jobs.find((j) => j.cfpId === '');
        if (job !== undefined) retry(job, self.now);
      }
      return bidder.answered(heard, self);
    },
    wake(self) {
      retryAt = null;
      arrive(self.now);
      for (const j of jobs) if (j.cfpId === null && j.notBefore > self.now) later(j, j.notBefore);
      return call(self);
    },
    wakeAt: () => (retryAt === null ? (nextBurst ?? 0) : Math.min(retryAt, nextBurst ?? retryAt)),
  };
}
