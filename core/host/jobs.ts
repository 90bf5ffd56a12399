// The hands of this machine's seller: when it has sold a slot for a task, the task's process is run
// in the lease, ended with it, and reported with what was measured.
import type { Reading } from '../contract.ts';
import { LIMITS } from '../engine/base/limits.ts';
import type { Instant, Ms } from '../engine/base/time.ts';
import type { CommandBody } from '../engine/market/commands.ts';
import type { Event } from '../engine/market/events.ts';
import { isRunning, type Lease, type Market } from '../engine/market/state.ts';
import type { Run } from '../engine/protocol/bodies.ts';
import type { Ask } from './ask.ts';
import type { Resolved } from './exec/resolve-run.ts';
import type { Executor, JobReport } from './exec/types.ts';

export interface Jobs {
  committed(events: readonly Event[]): void;
  /** Leases whose process died with an earlier host are reported as failed. */
  resume(): void;
  close(): void;
}

export interface JobsParts {
  market(): Market;
  now(): Instant;
  ask: Ask;
  executor: Pick<Executor, 'capabilities' | 'start' | 'stop' | 'renew'>;
  /** Which device a resource is, where it is one of several. */
  devices: ReadonlyMap<string, string>;
  /** The command of a run, or why there is none. */
  resolve(run: Run): Resolved;
}

/** A slot sold without a process is reported this long before its lease ends. */
export const END_MARGIN_MS: Ms = 150;
/** Output that a lease keeps in the journal; the rest is in the log while it is in memory. */
const OUTPUT_KEPT = 4_000;

/** Runs what this machine's seller has sold. */
export function createJobs(parts: JobsParts): Jobs {
  return new Hands(parts);
}

class Hands implements Jobs {
  private readonly parts: JobsParts;
  /** Leases without a process: the slot itself was sold, and is reported at its end. */
  private readonly bare = new Map<string, NodeJS.Timeout>();
  private closed = false;

  constructor(parts: JobsParts) {
    this.parts = parts;
  }

  private mine(lease: Lease): boolean {
    return this.parts.market().agents.get(lease.contractorId)?.kind === 'machine';
  }

  private report(lease: Lease, body: CommandBody): void {
    if (this.closed) return;
    // Refused when the lease has ended meanwhile: then there is nothing left to report.
    void this.parts.ask({ kind: 'agent', id: lease.contractorId }, body);
  }

  private launch(lease: Lease): void {
    const served = this.parts.market().conversations.get(lease.needId ?? lease.cfpId);
    const run = served?.task.run;
    if (run === undefined) return this.sellBare(lease);
    const found = this.parts.resolve(run);
    if (!found.ok) return this.fail(lease, found.problem.detail);
    const { argv, cwd, env } = found.command;
    let pid = 0;
    const started = this.parts.executor.start(
      {
        leaseId: lease.id,
        epoch: lease.epoch,
        title: served?.task.title ?? 'task',
        argv,
        ...(cwd === undefined ? {} : { cwd }),
        env: { ...env, ...this.deviceEnv(lease) },
        slots: lease.claim.slots,
        deadlineAt: lease.endAt, // the executor keeps its own margin before it
        ...this.memoryLimit(lease),
        nice: 10,
      },
      (r) => this.ended(lease, pid, r),
    );
    if (!started.ok) return this.fail(lease, started.why.detail);
    pid = started.pid;
    const { time, memory, detail } = this.parts.executor.capabilities();
    this.report(lease, {
      type: 'enforce',
      leaseId: lease.id,
      enforcement: { time, memory, detail },
    });
  }

  /** The device that was leased, and no other (a hint to the driver, not a wall). */
  private deviceEnv(lease: Lease): Record<string, string> {
    const key = this.parts.devices.get(lease.claim.resourceId);
    if (key === undefined) return {};
    return { CUDA_VISIBLE_DEVICES: key, CUDA_DEVICE_ORDER: 'PCI_BUS_ID' };
  }

  /** A memory slot is a promise of that much and no more. */
  private memoryLimit(lease: Lease): { memoryBytes?: number } {
    const r = this.parts.market().resources.get(lease.claim.resourceId);
    if (r?.kind !== 'memory' || r.memoryBytes === null) return {};
    return { memoryBytes: r.memoryBytes * lease.claim.slots.length };
  }

  private fail(lease: Lease, reason: string): void {
    const body = { epoch: lease.epoch, reason: reason.slice(0, LIMITS.textLengthMax) };
    this.report(lease, { type: 'fail', leaseId: lease.id, body });
  }

  private sellBare(lease: Lease): void {
    const wait = Math.max(0, lease.endAt - this.parts.now() - END_MARGIN_MS);
    const timer = setTimeout(() => {
      this.bare.delete(lease.id);
      this.report(lease, { type: 'done', leaseId: lease.id, body: { epoch: lease.epoch } });
    }, wait);
    this.bare.set(lease.id, timer);
  }

  private renew(lease: Lease): void {
    const timer = this.bare.get(lease.id);
    if (timer === undefined) {
      this.parts.executor.renew(lease.id, lease.endAt);
      return;
    }
    clearTimeout(timer);
    this.sellBare(lease);
  }

  private ended(lease: Lease, pid: number, r: JobReport): void {
    const body = { epoch: lease.epoch, usage: { pid, ...usageOf(r) }, output: outputOf(r) };
    this.report(lease, { type: 'done', leaseId: lease.id, body });
  }

  private over(leaseId: string): void {
    const timer = this.bare.get(leaseId);
    if (timer !== undefined) clearTimeout(timer);
    this.bare.delete(leaseId);
    this.parts.executor.stop(leaseId, 'the lease has ended', 0);
  }

  private hear(e: Event): void {
    if (e.type === 'lease-ended') return this.over(e.leaseId);
    if (!('leaseId' in e)) return;
    const lease = this.parts.market().leases.get(e.leaseId);
    if (lease === undefined || !isRunning(lease) || !this.mine(lease)) return;
    const starts = e.type === 'lease-started' || (e.type === 'awarded' && lease.startAt <= e.at);
    if (starts) this.launch(lease);
    if (e.type === 'lease-renewed') this.renew(lease);
    if (e.type === 'lease-reclaiming') {
      const grace = Math.max(0, e.reclaimAt - this.parts.now() - END_MARGIN_MS);
      this.parts.executor.stop(lease.id, 'the owner takes the machine back', grace);
    }
  }

  committed(events: readonly Event[]): void {
    for (const e of events) this.hear(e);
  }

  resume(): void {
    for (const lease of this.parts.market().leases.values()) {
      if (!isRunning(lease) || !this.mine(lease) || lease.state === 'scheduled') continue;
      const served = this.parts.market().conversations.get(lease.needId ?? lease.cfpId);
      if (served?.task.run === undefined) this.sellBare(lease);
      else this.fail(lease, 'the host was restarted; the process ended with it');
    }
  }

  close(): void {
    this.closed = true;
    for (const timer of this.bare.values()) clearTimeout(timer);
    this.bare.clear();
  }
}

const value = <T>(r: Reading<T>): T | null => (r.ok ? r.v : null);

/** What was measured. Null is "not readable"; it is never written as 0. */
function usageOf(r: JobReport): Record<string, unknown> {
  return {
    exitCode: r.exitCode,
    signal: r.signal,
    wallMs: r.wallMs,
    cpuSeconds: value(r.cpuSeconds),
    maxRssBytes: value(r.maxRssBytes),
    timedOut: r.timedOut,
    stoppedBecause: r.stoppedBecause,
    survivors: r.survivors,
  };
}

/** The last line as JSON where it is JSON (programs report so), else the tail as text. */
function outputOf(r: JobReport): unknown {
  const tail = r.stdoutTail.trimEnd();
  const last = tail.slice(tail.lastIndexOf('\n') + 1);
  if (last.startsWith('{') && last.length <= OUTPUT_KEPT) {
    try {
      return JSON.parse(last) as unknown;
    } catch {
      // not JSON after all: kept as text
    }
  }
  return { text: tail.slice(-OUTPUT_KEPT) };
}
