// What crosses between the host and the thread that runs an experiment.
import type { Run } from '../../lab/run.ts';

export interface LabJob {
  experiment: string;
  seed: number;
  settings: Readonly<Record<string, unknown>>;
  input: unknown;
}
export type LabAnswer =
  { ok: true; run: Run } | { ok: false; kind: 'input' | 'defect'; field: string; detail: string };
