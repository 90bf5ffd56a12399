// How a host is started, and where what was built for it lies.
import path from 'node:path';

export interface HostOptions {
  dataDir: string;
  /** 0 takes a free port. */
  port: number;
  clock: 'real' | 'manual';
  /** False starts with no device of this machine. */
  probe: boolean;
  version: string;
  /** The built screen; null serves none. */
  uiRoot: string | null;
  /** A defect, or a disk that failed: called once; the process must end with this code. */
  fatal(code: number, message: string): void;
}

/** The folder with host/, cli/, programs/ and renderer/, seen from a built host. */
export function outDir(here: string): string {
  return process.env.HAGGLE_OUT || path.resolve(here, '..');
}
