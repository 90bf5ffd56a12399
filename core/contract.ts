// What crosses from the host to the shell and to the screen. Types only: this file compiles in the
// pure rooms, the host, Electron and the page, so it names nothing that only one of them has.

// ---------------------------------------------------------------------------------------- shell

/** Shell to host. `connect` carries one MessagePort: the page at its other end. */
export type ShellToHost = { kind: 'connect' } | { kind: 'shutdown' };

/** Host to shell: `ready` once, or `fatal` just before it exits with a code other than 0. */
export type HostToShell =
  | { kind: 'ready'; url: string; seq: number; dataDir: string }
  | { kind: 'fatal'; code: string; message: string };

/**
 * Environment of the host's process, set by the shell in Electron and by the bootstrap under plain
 * Node. Paths are absolute; '' means "not needed" or "not here".
 */
export interface HostEnv {
  /** SQLite binding for N-API 9; '' where the one shipped with better-sqlite3 loads. */
  HAGGLE_SQLITE_NAPI9: string;
  /** A plain Node >= 22.12 for jobs and the leash: Electron cannot run them (runAsNode fuse). */
  HAGGLE_NODE: string;
  /** The built output that plain Node can read: holds host/, cli/, programs/ and renderer/. */
  HAGGLE_OUT: string;
}

/** Life of the host as the window shows it. `failed`: restarting was given up. */
export type HostState = 'starting' | 'up' | 'down' | 'failed';

export interface HostStatus {
  kind: 'host-status';
  state: HostState;
  /** Exit code of the last death: 11 is a crash in native code, 0 may be a kill. */
  code?: number;
  /** How many deaths in a row came soon after a start; 0 in quiet times. */
  attempt?: number;
  /** What a person should read. */
  message?: string;
}

/** What the window knows about itself. Marks are milliseconds since the process was started. */
export interface ShellInfo {
  versions: Record<string, string>;
  /** Epoch time of the process start, the zero of `marks`. */
  startedAt: number;
  marks: Record<string, number>;
  packaged: boolean;
  dataDir: string;
}

/** The one object that the preload gives to the page, as `window.haggle`. Absent in a browser. */
export interface ShellApi {
  info(): Promise<ShellInfo>;
  /** Opens an https address in the person's browser; rejects anything else. */
  openExternal(url: string): Promise<void>;
  /** Calls back at once with the present status, then at every change; returns the unsubscribe. */
  onHostStatus(listener: (status: HostStatus) => void): () => void;
  /** Starts the host again after `failed`; does nothing in any other state. */
  restartHost(): Promise<void>;
}

/** Posted to the page's own window by the preload, with the host's MessagePort transferred. */
export interface HostPortMessage {
  kind: 'host:port';
}

// --------------------------------------------------------------------------------------- screen

/**
 * A reading of hardware or of a process: either a value, or why there is none. An unreadable value
 * is never 0.
 */
export type Reading<T> = { ok: true; v: T } | { ok: false; why: 'absent' | 'denied' | 'fault' };

/** A process of a job in a lease, as the host sees it. Not journaled: evidence is in the lease. */
export interface JobView {
  leaseId: string;
  title: string;
  pid: number;
  /** Epoch milliseconds. */
  startedAt: number;
  deadlineAt: number;
  cpuSeconds: Reading<number>;
  rssBytes: Reading<number>;
  state: 'running' | 'stopping' | 'ended';
  exitCode: number | null;
  /** Which mechanism ends it at its deadline. */
  enforcement: string;
}

/** What the machine looks like now; sent every second while a screen is connected. */
export interface Telemetry {
  at: number;
  cpu: {
    name: string;
    cores: number;
    /** Share of all cores that is busy, 0..1; of that, our jobs' share. */
    busy: Reading<number>;
    jobs: Reading<number>;
  };
  memory: { totalBytes: Reading<number>; freeBytes: Reading<number> };
  gpus: {
    key: string;
    name: string;
    utilisation: Reading<number>;
    memoryUsedBytes: Reading<number>;
    memoryTotalBytes: Reading<number>;
    temperatureC: Reading<number>;
    powerW: Reading<number>;
  }[];
  jobs: JobView[];
  host: {
    rssBytes: number;
    /** Events per second over the last second. */
    eventsPerS: number;
    /** Median and worst time of a durable commit in the last second; null when there was none. */
    commitMs: { p50: number; max: number } | null;
  };
}

/** Whether the starter swarm is running. */
export interface DemoState {
  running: boolean;
  startedAt: number | null;
}

/** What kind of host the screen talks to. */
export interface HostInfo {
  version: string;
  dataDir: string;
  url: string;
  clock: 'real' | 'manual';
  readOnly: boolean;
}

/** Host to screen. Types of the records are in core/engine/view/model.ts. */
export type HostToScreen<Snapshot, Patch> =
  | { kind: 'snapshot'; snapshot: Snapshot; info: HostInfo; demo: DemoState }
  | { kind: 'patch'; patch: Patch }
  | { kind: 'telemetry'; telemetry: Telemetry }
  | { kind: 'demo'; demo: DemoState }
  | { kind: 'storage'; full: boolean }
  | { kind: 'reply'; id: number; status: number; body: unknown };

/**
 * Screen to host. `hello` is the first message of a browser's WebSocket. A screen acknowledges
 * every patch it has folded: the host sends the next one only then, so nothing queues up.
 */
export type ScreenToHost =
  | { kind: 'hello'; token: string }
  | { kind: 'ack'; seq: number }
  | { kind: 'resync' }
  | { kind: 'request'; id: number; method: string; path: string; body?: unknown };
