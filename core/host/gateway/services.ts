// What routes may use of the host besides the market: one interface, so that tests can give their
// own and no route reaches around it.
import type { DemoState, HostInfo } from '../../contract.ts';
import type { Run } from '../../engine/protocol/bodies.ts';
import type { Problem } from '../../engine/protocol/problems.ts';
import type { LabRuns } from '../lab/runs.ts';
import type { Queries } from '../journal/queries.ts';

export interface Services {
  queries: Queries;
  info: HostInfo;
  head(): string;
  agentToken(agentId: string): string;
  /** What is wrong with something to run, before it is promised; null when it can be run. */
  runProblem(run: Run): Problem | null;
  /** Null when the process's output is not known (any more). */
  jobLog(leaseId: string): { log: string | null; running: boolean };
  demo(action: 'start' | 'stop'): Promise<DemoState>;
  demoState(): DemoState;
  /** The demo's figures since its start: one document, see `haggle demo --json`. */
  demoReport(): Promise<Record<string, unknown>>;
  /** Moves a manual clock; false on a real one. */
  advance(ms: number): boolean;
  now(): number;
  /** Writes an online backup into the data directory. */
  backup(): Promise<{ file: string; pages: number }>;
  metrics(): string;
  openApi(): Record<string, unknown>;
  /** True while the disk is full: nothing can be changed. */
  storageFull(): boolean;
  /** The programs that ship with Haggle. */
  programs(): readonly object[];
  /** What is wrong with a delegate that somebody asks for; null when it can be made. */
  delegateProblem(policy: string, params: unknown): Problem | null;
  /** The bargaining strategies that can be chosen. */
  strategies(): object[];
  /** The language models that are set up on this host, and how often they answered. */
  models(): object[];
  /** The experiments of the lab. */
  experiments(): Promise<object[]>;
  runLab: LabRuns['run'];
  /** The delegate policies that can be chosen. */
  policies(): readonly string[];
}
