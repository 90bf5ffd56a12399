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
  /** A plain Node >= 22.12 that runs jobs and the leash: Electron itself cannot (runAsNode fuse). */
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
