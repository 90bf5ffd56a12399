// What the rest of the host knows about running a job: what goes in, what comes out, and which
// limits are really enforced on this machine.
import type { JobView, Reading } from '../../contract.ts';

/** A command to run in a lease. Whoever builds it has decided that it may run here. */
export interface JobSpec {
  /** Letters, digits, `_` and `-` only: it names files. */
  leaseId: string;
  /** Fencing token of the lease; the job sees it as HAGGLE_EPOCH. */
  epoch: number;
  title: string;
  /** The command, found on the job's PATH, and its arguments. */
  argv: readonly string[];
  /** An existing folder; without it the job starts in its private one. */
  cwd?: string;
  /** Added to the clean environment; names with HAGGLE_ are Haggle's own and are ignored. */
  env: Readonly<Record<string, string>>;
  /** Which slots of the resource are leased; the job sees them as HAGGLE_SLOTS. */
  slots: readonly number[];
  /** End of the lease on the host's clock, epoch ms. Everything is dead before it. */
  deadlineAt: number;
  /** Sum of the job's resident memory; more ends it. Absent: unlimited. */
  memoryBytes?: number;
  /** 0..19; above 0 the owner's own work goes first. */
  nice: number;
}

/** Why a job was stopped: what the executor knows by itself, or the words given to `stop`. */
export type StopReason = 'deadline' | 'memory' | 'shutdown' | (string & {});

/** How a job ended. Sent once per started job. */
export interface JobReport {
  leaseId: string;
  /** Null when it died from a signal, or could not be waited for. */
  exitCode: number | null;
  /** Such as `SIGKILL`. Null when it exited by itself. */
  signal: string | null;
  /** Epoch ms on the host's clock. */
  startedAt: number;
  endedAt: number;
  /** Monotonic. */
  wallMs: number;
  /** User and system time of the command and all it started, as far as they can be counted. */
  cpuSeconds: Reading<number>;
  /** Highest sum of resident memory seen; shared pages count once per process. */
  maxRssBytes: Reading<number>;
  /** Last bytes of stdout and stderr in the order they came in. */
  outputTail: string;
  /** Last bytes of stdout alone: where results are. */
  stdoutTail: string;
  timedOut: boolean;
  stoppedBecause: StopReason | null;
  /** Processes that were still there after the hard kill. Anything but 0 needs a person. */
  survivors: number;
}

/** What ends a job: from what nothing escapes to what a determined program does escape. */
export type TimeMechanism = 'cgroup' | 'pid-namespace' | 'process-group';

/** Which limits hold on this machine, and by what. Shown on every lease. */
export interface Capabilities {
  time: TimeMechanism;
  memory: 'cgroup' | 'watch' | 'none';
  /** Whether another process ends the jobs when the host dies or hangs. */
  leash: boolean;
  /** For a person: how it is done here, and what is weak about it. */
  detail: string;
}

export interface StartProblem {
  code:
    | 'too-many-jobs'
    | 'already-running'
    | 'too-late'
    | 'bad-spec'
    | 'command-not-found'
    | 'no-such-folder'
    | 'cannot-start'
    | 'closed';
  /** One sentence for a person. */
  detail: string;
}

export type Started = { ok: true; pid: number } | { ok: false; why: StartProblem };

/** What a follower of a job's output gets; `end` is the last. */
export type OutputEvent =
  | { kind: 'output'; stream: 'stdout' | 'stderr'; text: string }
  | { kind: 'end'; report: JobReport };

/** Runs jobs as real processes of this machine, and ends them in time. */
export interface Executor {
  capabilities(): Capabilities;
  /** Starts a job at once, or says why not. `onReport` comes once, and only after `ok`. */
  start(spec: JobSpec, onReport: (report: JobReport) => void): Started;
  /** SIGTERM now, the hard end after `graceMs`; 0 is at once. False: no such job is running. */
  stop(leaseId: string, because: string, graceMs?: number): boolean;
  /** The lease was renewed. False: no such job is running, or its end has begun. */
  renew(leaseId: string, deadlineAt: number): boolean;
  running(): JobView[];
  /** CPU seconds of all jobs since the start, ended ones too: for shares, never falls. */
  cpuSecondsTotal(): number;
  /** Output from now on. Ended or unknown: nothing comes. Returns the unsubscribe. */
  follow(leaseId: string, listener: (event: OutputEvent) => void): () => void;
  /** Kills what an earlier host left behind; how many processes that were. */
  sweep(): Promise<number>;
  /** Processes of ended jobs that are still there. */
  survivors(): Promise<number>;
  /** Ends every job and the leash. Nothing can be started afterwards. */
  close(): Promise<void>;
}
