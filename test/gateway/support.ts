// What the gateway's tests share: hosts as processes of their own, and the parties of a deal.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { type Client, createClient, type Receipt } from './client.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SERVE = path.join(ROOT, 'core/host/serve.ts');
const START_LIMIT_MS = 15_000;

export interface HostOptions {
  clock?: 'real' | 'manual';
  dataDir?: string;
  probe?: boolean;
  port?: number;
  env?: Record<string, string>;
}

export interface TestHost {
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  readonly operator: Client;
  /** What the ready line said. */
  readonly ready: Record<string, unknown>;
  client(token: string | null): Client;
  seq(): Promise<number>;
  /** Moves a manual clock. */
  advance(ms: number): Promise<void>;
  /** Ends it as a signal would; resolves with its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  /** A new process on the same data. */
  restart(options?: HostOptions): Promise<TestHost>;
  stderr(): string;
}

/** Whatever a failed test leaves running or lying about goes when its file ends. */
const running = new Set<ChildProcess>();
const folders = new Set<string>();
after(() => {
  for (const child of running) child.kill('SIGKILL');
  for (const dir of folders) fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

export function newDataDir(): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-gateway-'));
  folders.add(dir);
  return dir;
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts `haggle serve`; resolves with a host that is ready, or with how it ended. */
export async function tryHost(options: HostOptions = {}): Promise<TestHost | Ended> {
  const { clock = 'manual', dataDir = newDataDir(), probe = false, port = 0 } = options;
  const argv = [SERVE, '--data-dir', dataDir, '--port', `${port}`, '--clock', clock, '--json'];
  const { HAGGLE_OUT: _out, ...outside } = process.env;
  const child = spawn(process.execPath, probe ? argv : [...argv, '--no-probe'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...outside, ...options.env },
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  const exit = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  const line = await new Promise<string | null>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ready line: ${stderr}`)), START_LIMIT_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += String(chunk);
      const end = stdout.indexOf('\n');
      if (end >= 0) resolve(stdout.slice(0, end));
      if (end >= 0) clearTimeout(late);
    });
    void exit.then(() => {
      clearTimeout(late);
      resolve(null);
    });
  });
  if (line === null) return { code: await exit, stdout, stderr };
  return hostOf(child, JSON.parse(line) as Record<string, unknown>, exit, () => stderr, options);
}

export async function startHost(options: HostOptions = {}): Promise<TestHost> {
  const host = await tryHost(options);
  if ('code' in host) throw new Error(`the host ended with ${host.code}: ${host.stderr}`);
  return host;
}

function hostOf(
  child: ChildProcess,
  ready: Record<string, unknown>,
  exit: Promise<number | null>,
  stderr: () => string,
  options: HostOptions,
): TestHost {
  const url = String(ready.url);
  const dataDir = String(ready.dataDir);
  const token = fs.readFileSync(String(ready.operatorTokenFile), 'utf8').trim();
  const operator = createClient(url, token);
  const end = (signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> => {
    child.kill(signal);
    return exit;
  };
  return {
    url,
    dataDir,
    ready,
    operator,
    pid: child.pid ?? 0,
    client: (t) => createClient(url, t),
    seq: async () => (await operator.get<{ seq: number }>('/v1/health')).seq,
    advance: async (advanceMs) => void (await operator.post('/v1/clock', { advanceMs })),
    end,
    async restart(more = {}) {
      await end();
      return startHost({ ...options, dataDir, ...more });
    },
    stderr,
  };
}

// ---- the parties of a deal ----

export interface Balance {
  posted: number;
  held: number;
  available: number;
}
export interface AgentDoc {
  id: string;
  name: string;
  project: string | null;
  system: boolean;
  balance: Balance;
  budget: { amount: number; remaining: number; windowEndsAt: string } | null;
  reputation: unknown;
  autonomy: unknown;
}
export interface ProposalDoc {
  id: string;
  cfpId: string;
  contractorId: string;
  price: number;
  state: string;
  validUntil: string;
  lost: Lost | null;
}
export interface Lost {
  reason: string;
  short: { price?: number; startDelayMs?: number };
}
export interface CfpDoc {
  id: string;
  managerId: string;
  direction: string;
  state: string;
  why: string | null;
  maxPrice?: number;
  minPrice?: number;
  replyBy: string;
  proposals: ProposalDoc[];
  refusals: { contractorId: string; reason: string; detail: string }[];
  lost?: Lost;
  award: {
    proposalId: string;
    leaseId: string;
    price: number;
    contractorId: string;
    at: string;
  } | null;
}
export interface LeaseDoc {
  id: string;
  cfpId: string;
  offerId: string | null;
  managerId: string;
  contractorId: string;
  resourceId: string;
  epoch: number;
  price: number;
  startAt: string;
  endAt: string;
  state: string;
  enforcement: unknown;
  usage: unknown;
  output: unknown;
  ending: { how: string; charge: number } | null;
}
export interface TransferDoc {
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

export interface Party {
  id: string;
  name: string;
  token: string;
  api: Client;
}

export const HOUR_MS = 3_600_000;
let names = 0;

/** Registers an agent; with a budget of its own unless it is 0. */
export async function party(
  host: TestHost,
  more: { name?: string; budget?: number; project?: string; system?: boolean } = {},
): Promise<Party> {
  const { budget = 1000, name = `agent ${++names}`, ...fields } = more;
  const made = await host.operator.post<{ agent: AgentDoc; token: string; receipt: Receipt }>(
    '/v1/agents',
    { name, ...fields },
    201,
  );
  const { id } = made.agent;
  if (budget > 0) {
    const body = { amount: budget, windowMs: 24 * HOUR_MS };
    await host.operator.put(`/v1/agents/${id}/budget`, body);
  }
  return { id, name, token: made.token, api: host.client(made.token) };
}

/** An agent with a resource of its own to sell. */
export async function seller(
  host: TestHost,
  more: {
    count?: number;
    kind?: string;
    model?: string;
    reservePrice?: number;
    budget?: number;
  } = {},
): Promise<Party & { resourceId: string }> {
  const { count = 1, kind = 'gpu', budget = 0, ...fields } = more;
  const p = await party(host, { budget });
  const body = { kind, count, ...fields };
  const { resource } = await p.api.post<{ resource: { id: string } }>('/v1/resources', body, 201);
  return { ...p, resourceId: resource.id };
}

export const NEED = { kind: 'gpu', count: 1, durationMs: 600_000 };

/** Opens a call for one slot for ten minutes; `more` overrides any field. */
export async function call(manager: Party, more: Record<string, unknown> = {}): Promise<CfpDoc> {
  const task = { title: 'digest', project: 'reports' };
  const body = { task, need: NEED, maxPrice: 50, replyByMs: 2000, award: 'manual', ...more };
  const { cfp } = await manager.api.post<{ cfp: CfpDoc; receipt: Receipt }>('/v1/cfps', body, 201);
  return cfp;
}

export async function propose(
  contractor: Party & { resourceId: string },
  cfpId: string,
  price: number,
  more: Record<string, unknown> = {},
): Promise<ProposalDoc> {
  const body = { price, resourceId: contractor.resourceId, ...more };
  const route = `/v1/cfps/${cfpId}/proposals`;
  return (await contractor.api.post<{ proposal: ProposalDoc }>(route, body, 201)).proposal;
}

export async function award(manager: Party, p: ProposalDoc): Promise<LeaseDoc> {
  const body = { proposalId: p.id };
  return (await manager.api.post<{ lease: LeaseDoc }>(`/v1/cfps/${p.cfpId}/award`, body)).lease;
}

/** The call as one reader sees it. */
export async function see(reader: Client, cfpId: string): Promise<CfpDoc> {
  return (await reader.get<{ cfp: CfpDoc }>(`/v1/cfps/${cfpId}`)).cfp;
}

export async function lease(reader: Client, id: string): Promise<LeaseDoc> {
  return (await reader.get<{ lease: LeaseDoc }>(`/v1/leases/${id}`)).lease;
}

export async function balance(host: TestHost, agentId: string): Promise<Balance> {
  const { agent } = await host.operator.get<{ agent: AgentDoc }>(`/v1/agents/${agentId}`);
  return agent.balance;
}

/** Every account with its balances; asserts that they add up to zero. */
export async function trialBalance(host: TestHost): Promise<Map<string, Balance>> {
  const { accounts, sum } = await host.operator.get<{
    accounts: { id: string; posted: number; pending: number; held: number }[];
    sum: number;
  }>('/v1/ledger/trial-balance');
  assert.equal(sum, 0);
  const micro = accounts.map((a) => Math.round(a.posted * 1e6));
  assert.equal(
    micro.reduce((a, b) => a + b, 0),
    0,
  );
  for (const a of accounts) {
    if (a.id !== 'bank') assert.ok(a.posted - a.held >= 0, `${a.id} owes ${a.held - a.posted}`);
  }
  return new Map(accounts.map((a) => [a.id, { ...a, available: a.posted - a.held }]));
}

/** All pages of a list. */
export async function pages<T>(api: Client, route: string, name: string, limit = 2): Promise<T[]> {
  const all: T[] = [];
  const join = route.includes('?') ? '&' : '?';
  let cursor = '';
  for (;;) {
    const page = await api.get<Record<string, unknown>>(`${route}${join}limit=${limit}${cursor}`);
    const items = page[name] as T[];
    assert.ok(items.length <= limit);
    all.push(...items);
    if (page.next === null) return all;
    cursor = `&cursor=${encodeURIComponent(String(page.next))}`;
  }
}
