// Documents of the API that the screen reads. Credits here are decimal, times ISO 8601 text.
import type { TraceLine } from '../../core/engine/view/trace.ts';

export interface TraceDocument {
  trace: TraceLine[];
}

export interface LeaseLogDocument {
  log: string;
  truncated: boolean;
  running: boolean;
}

export interface FlowBucket {
  at: string;
  issued: number;
  lapsed: number;
  paid: number;
  surcharged: number;
}
export interface FlowDocument {
  flow: FlowBucket[];
  bucketMs: number;
}

export interface AttributionRow {
  agentId: string;
  agent: string;
  project: string | null;
  resourceId: string | null;
  resource: string | null;
  amount: number;
  transfers: number;
}
export interface AttributionDocument {
  rows: AttributionRow[];
  total: number;
}

export interface TransferRow {
  id: string;
  at: string;
  debit: string;
  credit: string;
  amount: number;
  state: string;
  code: string;
  agentId: string | null;
  project: string | null;
  resourceId: string | null;
  cfpId: string | null;
  leaseId: string | null;
}
export interface TransfersDocument {
  transfers: TransferRow[];
  next: string | null;
}

export interface TrialBalanceDocument {
  accounts: { id: string; kind: string; posted: number; pending: number }[];
  sum: number;
  seq: number;
  head: string;
}
