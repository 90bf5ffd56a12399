// One job from its start to its report: the process, its output, its two ends (polite and hard) and
// the books it leaves.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { JobView, Reading } from '../../contract.ts';
import { LIMITS } from '../../engine/base/limits.ts';
import { limitMemory, memoryKillsOf, peakMemoryOf, removeCgroupSoon } from './cgroup.ts';
import { type JobFolders, removeCrashFile, removeFolder, writeCrashFile } from './crash-file.ts';
import type { Mechanism } from './detect.ts';
import { environmentOf, findCommand } from './environment.ts';
import type { Hold } from './hold.ts';
import { ask, strike, strikeUntilEmpty } from './kill.ts';
import type { Leash } from './leash-keeper.ts';
import { type Usage, usageOf } from './measure.ts';
import { capture, Tail } from './output.ts';
import { statOf } from './proc.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import type { JobReport, JobSpec, OutputEvent, StartProblem, StopReason } from './types.ts';
import { type Ending, endingOf, parseReport, wrapCommand } from './wrap.ts';

/** What a job needs of the executor. */
export interface JobPorts {
  mechanism: Mechanism;
  folders: JobFolders;
  leash: Leash;
  /** The host's clock, epoch ms. */
  now(): number;
}

/** Bytes of stdout alone that are kept: results are printed last and are small. */
const STDOUT_BYTES_MAX = 64 * 1024;
/** After this long a process that does not die never will while we wait: it hangs in the kernel. */
const KILL_WAIT_MS = 3000;
/** Once all writers are dead, what is in the pipes arrives in one go. */
const DRAIN_MS = 500;
const REPORT_BYTES_MAX = 4096;
/** Timers hold 31 bits; a longer lease is looked at again. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export class Job {
  readonly spec: JobSpec;
  readonly hold: Hold;
  readonly startedAt: number;
  readonly output = new Tail(LIMITS.jobLogBytesMax);
  readonly followers = new Set<(event: OutputEvent) => void>();
  state: JobView['state'] = 'running';
  cpuSeconds: number | null = null;
  readonly #ports: JobPorts;
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #startedMono = performance.now();
  readonly #stdout = new Tail(STDOUT_BYTES_MAX);
  readonly #release: () => void;
  readonly #onEnd: (report: JobReport) => void;
  #shellReport = '';
  #rssBytes: number | null = null;
  #maxRssBytes: number | null = null;
  #overMemory = 0;
  #schedule: Schedule;
  #timer: NodeJS.Timeout | undefined;
  #giveUp: NodeJS.Timeout | undefined;
  #because: StopReason | null = null;

  /** Takes over a process that has just been spawned, in the same turn of the event loop. */
  constructor(launched: Launched, ports: JobPorts, onEnd: (report: JobReport) => void) {
    this.spec = launched.spec;
    this.hold = launched.hold;
    this.#folder = launched.folder;
    this.#child = launched.child;
    this.#ports = ports;
    this.#onEnd = onEnd;
    this.startedAt = ports.now();
    this.#schedule = scheduleOf(this.startedAt, this.spec.deadlineAt);
    this.#release = capture(this.#child, (stream, chunk, text) => {
      this.output.push(chunk);
      if (stream === 'stdout') this.#stdout.push(chunk);
      for (const tell of this.followers) tell({ kind: 'output', stream, text });
    });
    const report = this.#child.stdio[3] as Readable | undefined | null;
    report?.on('data', (chunk: Buffer) => {
      if (this.#shellReport.length < REPORT_BYTES_MAX) this.#shellReport += chunk.toString();
    });
    this.#child.once('exit', (exitCode, signal) => void this.#finish({ exitCode, signal }));
    this.#arm();
  }

  get pid(): number {
    return this.hold.pid ?? 0;
  }

  view(): JobView {
    return {
      leaseId: this.spec.leaseId,
      title: this.spec.title,
      pid: this.pid,
      startedAt: this.startedAt,
      deadlineAt: this.#schedule.deadlineAt,
      cpuSeconds: readingOf(this.cpuSeconds),
      rssBytes: readingOf(this.#rssBytes),
      state: this.state,
      exitCode: null,
      enforcement: enforcementOf(this.#ports.mechanism),
    };
  }

  /** Polite now, hard after `graceMs` but never later than the lease demands. */
  stop(because: StopReason, graceMs: number): boolean {
    if (this.state === 'ended') return false;
    this.#because ??= because;
    const hardAt = Math.min(this.#schedule.hardAt, this.#ports.now() + graceMs);
    this.#schedule = { ...this.#schedule, hardAt };
    if (this.state === 'running') {
      this.state = 'stopping';
      if (graceMs > 0) ask(this.hold);
    }
    this.#arm();
    return true;
  }

  renew(deadlineAt: number): boolean {
    if (this.state !== 'running') return false;
    this.#schedule = scheduleOf(this.#ports.now(), deadlineAt);
    this.hold.hardAt = wallOf(this.#schedule.hardAt, this.#ports);
    this.#ports.leash.hold(this.hold);
    writeCrashFile(this.#ports.folders, this.hold, this.#folder);
    this.#arm();
    return true;
  }

  /** Acts when an end has come. Also called every second: timers stand still while asleep. */
  check(): void {
    if (this.state === 'ended') return;
    const now = this.#ports.now();
    if (now >= this.#schedule.hardAt) this.#hardEnd();
    else if (now >= this.#schedule.politeAt && this.state === 'running') {
      this.stop('deadline', this.#schedule.hardAt - now);
    } else this.#arm();
  }

  measured(usage: Usage | null): void {
    if (usage === null || this.state === 'ended') return;
    // What a dead child has used is lost to its relatives until somebody waits for it.
    this.cpuSeconds = highest(this.cpuSeconds, usage.cpuSeconds);
    this.#rssBytes = usage.rssBytes;
    this.#maxRssBytes = highest(this.#maxRssBytes, usage.rssBytes);
  }

  /** Called once a second: two measurements in a row above the limit end the job. */
  watchMemory(): void {
    const limit = this.spec.memoryBytes;
    if (limit === undefined || this.#ports.mechanism.memory !== 'watch') return;
    this.#overMemory = (this.#rssBytes ?? 0) > limit ? this.#overMemory + 1 : 0;
    if (this.#overMemory >= 2) this.stop('memory', LIMITS.killGraceMs);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.state === 'ended') return;
    const { politeAt, hardAt } = this.#schedule;
    const next = this.state === 'running' ? politeAt : hardAt;
    const wait = Math.min(TIMER_MS_MAX, Math.max(0, next - this.#ports.now()));
    this.#timer = setTimeout(() => this.check(), wait);
  }

  #hardEnd(): void {
    clearTimeout(this.#timer);
    this.#because ??= 'deadline';
    this.state = 'stopping';
    this.measured(usageOf(this.hold));
    strike(this.hold, true);
    // Usually 'exit' comes at once. If not, this is tried again every second, for so long.
    this.#giveUp ??= setTimeout(() => void this.#finish(null), KILL_WAIT_MS);
  }

  /** Everything after the command's own end. `ended` is null when it could not be waited for. */
  async #finish(ended: Ending | null): Promise<void> {
    if (this.state === 'ended') return;
    const endedMono = performance.now();
    const endedAt = this.#ports.now();
    this.state = 'ended';
    clearTimeout(this.#timer);
    clearTimeout(this.#giveUp);
    const { hold } = this;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    // The lease was for the command; what it left behind goes with it.
    const survivors = await strikeUntilEmpty(hold, KILL_WAIT_MS, true);
    this.#release();
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, DRAIN_MS))]);
    for (const stream of this.#child.stdio) stream?.destroy();
    const told = parseReport(this.#shellReport);
    this.cpuSeconds = highest(this.cpuSeconds, told?.cpuSeconds ?? null);
    if (hold.cgroup !== null) this.#lastLook(hold.cgroup);
    if (survivors === 0) await this.#forget();
    const ending = told && ended ? endingOf(told, this.#ports.mechanism.shellTells) : ended;
    const report: JobReport = {
      leaseId: this.spec.leaseId,
      exitCode: ending?.exitCode ?? null,
      signal: ending?.signal ?? null,
      startedAt: this.startedAt,
      endedAt,
      wallMs: endedMono - this.#startedMono,
      cpuSeconds: readingOf(this.cpuSeconds),
      maxRssBytes: readingOf(this.#maxRssBytes),
      outputTail: this.output.toString(),
      stdoutTail: this.#stdout.toString(),
      timedOut: this.#because === 'deadline',
      stoppedBecause: this.#because,
      survivors,
    };
    for (const tell of this.followers) tell({ kind: 'end', report });
    this.followers.clear();
    this.#onEnd(report);
  }

  /** The group's books outlive its processes, until the group is removed. */
  #lastLook(cgroup: string): void {
    this.cpuSeconds = highest(this.cpuSeconds, usageOf(this.hold)?.cpuSeconds ?? null);
    this.#maxRssBytes = highest(this.#maxRssBytes, peakMemoryOf(cgroup));
    if (memoryKillsOf(cgroup) > 0) this.#because ??= 'memory';
  }

  /** Nothing is left that a later host would have to look for. */
  async #forget(): Promise<void> {
    const { leash, folders } = this.#ports;
    if (this.hold.cgroup !== null) await removeCgroupSoon(this.hold.cgroup);
    leash.release(this.hold.mark);
    await removeFolder(this.#folder);
    removeCrashFile(folders, this.spec.leaseId);
  }
}

export interface Launched {
  spec: JobSpec;
  hold: Hold;
  folder: string;
  child: ChildProcess;
}

/** Starts the process of a job, or says why it cannot be and leaves nothing behind. */
export function launch(
  spec: JobSpec,
  mark: string,
  ports: JobPorts,
): { ok: true; launched: Launched } | { ok: false; why: StartProblem } {
  const { folders, leash } = ports;
  const folder = path.join(folders.work, mark);
  const hold = newHold(spec, mark, ports);
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
    if (hold.cgroup !== null) enclose(hold.cgroup, spec, ports.mechanism);
    writeCrashFile(folders, hold, folder);
    const { env, command, cwd } = surroundings(spec, mark, folder);
    if (command === null) {
      undo(hold, folder, ports);
      return {
        ok: false,
        why: { code: 'command-not-found', detail: `no command ${spec.argv[0]}` },
      };
    }
    const wrapped = wrapCommand(hold.fence, ports.mechanism.tools, {
      argv: [command, ...spec.argv.slice(1)],
      env: env.own,
      nice: spec.nice,
      cgroup: hold.cgroup,
    });
    leash.hold(hold);
    const child = spawn(wrapped.file, wrapped.args, {
      cwd,
      env: hold.fence === 'process-tree' ? { ...env.own, ...env.base } : env.base,
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe', ...(wrapped.reports ? ['pipe' as const] : [])],
    });
    child.on('error', () => {}); // seen below: there is no pid then
    if (child.pid === undefined) throw new Error(`${wrapped.file} could not be started`);
    hold.pid = child.pid;
    hold.startTicks = statOf(child.pid)?.startTicks ?? null;
    leash.hold(hold);
    writeCrashFile(folders, hold, folder);
    return { ok: true, launched: { spec, hold, folder, child } };
  } catch (error) {
    strike(hold, true);
    undo(hold, folder, ports);
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, why: { code: 'cannot-start', detail } };
  }
}

function newHold(spec: JobSpec, mark: string, ports: JobPorts): Hold {
  const { fence, cgroupBase } = ports.mechanism;
  return {
    leaseId: spec.leaseId,
    mark,
    fence,
    pid: null,
    startTicks: null,
    cgroup: fence === 'cgroup' && cgroupBase !== null ? path.join(cgroupBase, mark) : null,
    hardAt: wallOf(scheduleOf(ports.now(), spec.deadlineAt).hardAt, ports),
  };
}

function enclose(cgroup: string, spec: JobSpec, mechanism: Mechanism): void {
  // With its parent: whoever tidies up control groups may have removed an empty one.
  fs.mkdirSync(cgroup, { recursive: true });
  if (mechanism.memory !== 'cgroup' || spec.memoryBytes === undefined) return;
  if (!limitMemory(cgroup, spec.memoryBytes)) throw new Error('its memory cannot be limited');
}

function surroundings(spec: JobSpec, mark: string, folder: string) {
  const env = environmentOf(spec, mark, folder);
  const cwd = spec.cwd ?? folder;
  const searchPath = env.own.PATH ?? env.base.PATH ?? '';
  return { env, cwd, command: findCommand(spec.argv[0] ?? '', searchPath, cwd) };
}

function undo(hold: Hold, folder: string, { folders, leash }: JobPorts): void {
  leash.release(hold.mark);
  if (hold.cgroup !== null) void removeCgroupSoon(hold.cgroup);
  fs.rmSync(folder, { recursive: true, force: true });
  removeCrashFile(folders, hold.leaseId);
}

/** The leash has only the wall clock; the host's own may run beside it. */
function wallOf(at: number, ports: JobPorts): number {
  return Date.now() + (at - ports.now());
}

function highest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

function readingOf(value: number | null): Reading<number> {
  return value === null ? { ok: false, why: 'absent' } : { ok: true, v: value };
}

const FENCE_WORDS = {
  cgroup: 'control group, cgroup.kill',
  'pid-namespace': 'process namespace',
  'process-group': 'process group (weak)',
  'process-tree': 'process tree (weak)',
};
const MEMORY_WORDS = { cgroup: 'by the kernel', watch: 'watched', none: 'not limited' };

function enforcementOf({ fence, memory }: Mechanism): string {
  return `${FENCE_WORDS[fence]}; memory ${MEMORY_WORDS[memory]}`;
}
