// Runs the jobs of this host's leases: starts them, keeps their books, and ends them in time, also
// when nobody asks.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { LIMITS } from '../../engine/base/limits.ts';
import { childGroups, processesIn, removeCgroup } from './cgroup.ts';
import { type JobFolders, jobFolders } from './crash-file.ts';
import { detect, type Mechanism } from './detect.ts';
import { problemOf } from './environment.ts';
import { Job, type JobPorts, launch } from './job.ts';
import { type Leash, startLeash } from './leash-keeper.ts';
import { usageByPs, usageOf } from './measure.ts';
import { marksByPid, statOf } from './proc.ts';
import { sweepLeftovers } from './sweep.ts';
import type {
  Capabilities,
  Executor,
  JobReport,
  JobSpec,
  Started,
  StartProblem,
  TimeMechanism,
} from './types.ts';

export interface ExecutorOptions {
  /** Holds the crash files and the jobs' private folders; one host per folder. */
  dataDir: string;
  /** A plain Node for the leash; defaults to HAGGLE_NODE, else this process's own. */
  node?: string;
  /** The leash's script; defaults to the built one, in development to its source. */
  leashFile?: string;
  /** The host's clock, epoch ms; defaults to the wall clock. */
  now?: () => number;
  /** Exactly this mechanism, for tests; by default the strongest that works. */
  mechanism?: TimeMechanism;
}

/** A job that ends before it could do anything would only cost its manager money. */
const SPAN_MS_MIN = 20;
const TICK_MS = 1000;
/** The first look at a job's memory: short jobs have ended before the first tick. */
const FIRST_LOOK_MS = 100;
/** Shares are differences: figures of uneven age would make them jump. */
const FRESH_MS = 200;

/**
 * Finds out what this machine can enforce and starts the leash. Throws when the data folder cannot
 * be written or `mechanism` does not work here. Call `sweep` before the first `start`.
 */
export async function openExecutor(options: ExecutorOptions): Promise<Executor> {
  const folders = jobFolders(options.dataDir);
  const mechanism = await detect(options.dataDir, options.mechanism);
  if (mechanism === null) throw new Error(`${options.mechanism} does not work on this machine`);
  const node = options.node ?? (process.env.HAGGLE_NODE || process.execPath);
  const { leashFile: file } = options;
  const { cgroupBase } = mechanism;
  const leash = await startLeash({ node, cgroupBase, ...(file === undefined ? {} : { file }) });
  return new LocalExecutor(mechanism, folders, leash, options.now ?? Date.now);
}

class LocalExecutor implements Executor {
  readonly #ports: JobPorts;
  readonly #mechanism: Mechanism;
  readonly #folders: JobFolders;
  readonly #leash: Leash;
  readonly #runId = randomUUID();
  readonly #jobs = new Map<string, Job>();
  #endedCpuSeconds = 0;
  #unkilled = 0;
  #started = 0;
  #tick: NodeJS.Timeout | undefined;
  #closing = false;
  #refreshedAt = -Infinity;
  #onIdle: (() => void)[] = [];

  constructor(mechanism: Mechanism, folders: JobFolders, leash: Leash, now: () => number) {
    this.#mechanism = mechanism;
    this.#folders = folders;
    this.#leash = leash;
    this.#ports = { mechanism, folders, leash, now };
  }

  capabilities(): Capabilities {
    const { fence, memory, detail } = this.#mechanism;
    const leash = this.#leash.pid() !== null;
    return { time: fence === 'process-tree' ? 'process-group' : fence, memory, leash, detail };
  }

  start(spec: JobSpec, onReport: (report: JobReport) => void): Started {
    const why = this.#refusal(spec) ?? problemOf(spec);
    if (why !== null) return { ok: false, why };
    this.#started += 1;
    // The lease's id is for people; the rest makes it unique among all hosts of the machine.
    const mark = `${spec.leaseId}.${this.#runId}.${this.#started}`;
    const result = launch(spec, mark, this.#ports);
    if (!result.ok) return result;
    const job = new Job(result.launched, this.#ports, (report) => {
      this.#ended(job, report);
      onReport(report);
    });
    this.#jobs.set(spec.leaseId, job);
    this.#tick ??= setInterval(() => void this.#second(), TICK_MS);
    setTimeout(() => void this.#measure([job]), FIRST_LOOK_MS).unref();
    return { ok: true, pid: job.pid };
  }

  stop(leaseId: string, because: string, graceMs: number = LIMITS.killGraceMs): boolean {
    const job = this.#jobs.get(leaseId);
    if (job === undefined || job.state === 'ended') return false;
    return job.stop(because, Math.max(0, graceMs));
  }

  renew(leaseId: string, deadlineAt: number): boolean {
    return this.#jobs.get(leaseId)?.renew(deadlineAt) ?? false;
  }

  running() {
    this.#refresh();
    return [...this.#jobs.values()].filter((job) => job.state !== 'ended').map((job) => job.view());
  }

  cpuSecondsTotal(): number {
    this.#refresh();
    let total = this.#endedCpuSeconds;
    for (const job of this.#jobs.values()) total += job.cpuSeconds ?? 0;
    return total;
  }

  follow: Executor['follow'] = (leaseId, listener) => {
    const job = this.#jobs.get(leaseId);
    job?.followers.add(listener);
    return () => job?.followers.delete(listener);
  };

  sweep(): Promise<number> {
    const live = new Set([...this.#jobs.values()].map((job) => job.hold.mark));
    return sweepLeftovers(this.#folders, this.#mechanism.cgroupBase, live);
  }

  async survivors(): Promise<number> {
    if (process.platform !== 'linux') return this.#unkilled;
    const live = new Set([...this.#jobs.values()].map((job) => job.hold.mark));
    const found = new Set<number>();
    for (const [pid, mark] of marksByPid()) {
      if (mark.includes(`.${this.#runId}.`) && !live.has(mark)) found.add(pid);
    }
    const base = this.#mechanism.cgroupBase;
    for (const group of base === null ? [] : childGroups(base)) {
      if (live.has(path.basename(group))) continue;
      for (const pid of processesIn(group)) found.add(pid);
    }
    return [...found].filter((pid) => statOf(pid) !== null).length;
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const job of this.#jobs.values()) job.stop('shutdown', LIMITS.killGraceMs);
    if (this.#jobs.size > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    clearInterval(this.#tick);
    await this.#leash.close();
    if (this.#mechanism.cgroupBase !== null) removeCgroup(this.#mechanism.cgroupBase);
  }

  #refusal(spec: JobSpec): StartProblem | null {
    if (this.#closing) return { code: 'closed', detail: 'the host is stopping' };
    if (this.#jobs.has(spec.leaseId)) {
      return { code: 'already-running', detail: `a job of ${spec.leaseId} is running` };
    }
    if (this.#jobs.size >= LIMITS.jobsMax) {
      return { code: 'too-many-jobs', detail: `${LIMITS.jobsMax} jobs are running` };
    }
    if (spec.deadlineAt - this.#ports.now() < SPAN_MS_MIN) {
      return { code: 'too-late', detail: 'its lease has ended, or is about to' };
    }
    return null;
  }

  #ended(job: Job, report: JobReport): void {
    const { leaseId } = job.spec;
    this.#jobs.delete(leaseId);
    this.#endedCpuSeconds += job.cpuSeconds ?? 0;
    this.#unkilled += report.survivors;
    if (this.#jobs.size > 0) return;
    clearInterval(this.#tick);
    this.#tick = undefined;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  async #second(): Promise<void> {
    for (const job of this.#jobs.values()) job.check();
    await this.#measure([...this.#jobs.values()]);
    for (const job of this.#jobs.values()) job.watchMemory();
  }

  async #measure(jobs: readonly Job[]): Promise<void> {
    if (process.platform === 'linux') {
      for (const job of jobs) job.measured(usageOf(job.hold));
    } else if (process.platform !== 'win32') {
      const usages = await usageByPs(jobs.map((job) => job.hold));
      for (const job of jobs) job.measured(usages.get(job.hold.mark) ?? null);
    }
  }

  /** For readers: what they see is no older than this. */
  #refresh(): void {
    const now = performance.now();
    if (process.platform !== 'linux' || now - this.#refreshedAt < FRESH_MS) return;
    this.#refreshedAt = now;
    void this.#measure([...this.#jobs.values()]);
  }
}
