// A connection to the host that a command talks to: the one it was told to use, the one that is
// running on the data directory, or one started for this command.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callsUnderWay } from './calls.ts';
import { type Client, createClient, isUp } from './client.ts';
import { defaultDataDir, operatorToken, presentUrl } from './data-dir.ts';
import type { LeaseDoc } from './documents.ts';
import { fault, usage } from './fault.ts';
import { type HostProcess, startHost, type WhenOrphaned } from './host-process.ts';
import type { Given, OptionSpecs } from './options.ts';
import type { Output } from './output.ts';

/** Options of every command that talks to a host. */
export const HOST_OPTIONS: OptionSpecs = {
  url: { type: 'text', value: 'URL', what: 'the host to talk to' },
  token: { type: 'text', value: 'TOKEN', what: 'the operator’s token, or an agent’s' },
  'data-dir': { type: 'text', value: 'DIR', what: 'the data directory of the host' },
};

export interface Session {
  readonly client: Client;
  /** The host that was started for this command; null when it was running before. */
  readonly own: HostProcess | null;
  /** Stops the host, unless others have begun to use it. */
  close(): Promise<void>;
}

export interface OpenHow {
  /** What a host that is started for us does when we are killed. */
  whenOrphaned?: WhenOrphaned;
  /** Instead of the one that was given. */
  dataDir?: string;
}

const HEALTH_MS = 2000;
/** A host that somebody else has just started needs a moment until it can be found. */
const APPEAR_MS = 5000;
const APPEAR_STEP_MS = 100;

/** Finds or starts the host. Throws a Fault that says what is missing. */
export async function openSession(
  given: Given,
  out: Output,
  { whenOrphaned = 'idle', ...wish }: OpenHow = {},
): Promise<Session> {
  const url = given.text('url');
  if (url !== undefined) return connect(readUrl(url), tokenFor(given), null, out);
  const token = given.text('token');
  const dataDir = path.resolve(wish.dataDir ?? given.text('data-dir') ?? defaultDataDir());
  const running = await findRunning(dataDir);
  if (running !== null) return connect(running, token ?? tokenIn(dataDir), null, out);
  out.say(`starting a host on ${dataDir}`);
  const own = await startHost(dataDir, whenOrphaned);
  if (own !== null) {
    const shared = whenOrphaned === 'idle';
    return connect(own.url, token ?? tokenIn(dataDir), { process: own, shared }, out);
  }
  const appeared = await awaitRunning(dataDir);
  if (appeared !== null) return connect(appeared, token ?? tokenIn(dataDir), null, out);
  const detail = `another process holds the ledger in ${dataDir}, and no host answers there`;
  throw fault('host-not-started', detail, { field: '--data-dir', hint: 'stop it first' });
}

function readUrl(text: string): string {
  const hint = 'as printed by haggle serve: --url http://127.0.0.1:PORT';
  if (!URL.canParse(text) || new URL(text).protocol !== 'http:') {
    throw usage('invalid-value', `--url must be an http address, not ${JSON.stringify(text)}`, {
      field: '--url',
      hint,
    });
  }
  return new URL(text).origin;
}

/** With --url the data directory is only where the operator's token may lie. */
function tokenFor(given: Given): string {
  const token = given.text('token');
  if (token !== undefined) return token;
  const dataDir = given.text('data-dir');
  if (dataDir !== undefined) return tokenIn(path.resolve(dataDir));
  throw usage('missing-value', '--url needs --token, or --data-dir to read it from', {
    field: '--token',
    hint: '--token "$(cat DATA-DIR/operator.token)"',
  });
}

function tokenIn(dataDir: string): string {
  const token = operatorToken(dataDir);
  if (token !== null) return token;
  const detail = `there is no operator’s token that this account can read in ${dataDir}`;
  throw fault('no-host', detail, { field: '--data-dir', hint: '--token TOKEN' });
}

async function findRunning(dataDir: string): Promise<string | null> {
  const url = presentUrl(dataDir);
  return url !== null && (await isUp(url, HEALTH_MS)) ? url : null;
}

async function awaitRunning(dataDir: string): Promise<string | null> {
  const until = performance.now() + APPEAR_MS;
  for (;;) {
    const url = await findRunning(dataDir);
    if (url !== null || performance.now() > until) return url;
    await sleep(APPEAR_STEP_MS);
  }
}

interface Own {
  process: HostProcess;
  /** Others may begin to use it, and it must not end under them. */
  shared: boolean;
}

function connect(url: string, token: string, own: Own | null, out: Output): Session {
  const client = createClient(url, token);
  let closed = false;
  return {
    client,
    own: own?.process ?? null,
    async close() {
      if (closed) return;
      closed = true;
      if (own === null) return client.close();
      const busy = own.shared && (await othersAtWork(client));
      client.close();
      if (!busy) return own.process.stop();
      out.say('others are at work on this host; it ends when they are done');
      own.process.release();
    },
  };
}

/** Two commands may share the host that the first of them started. */
async function othersAtWork(client: Client): Promise<boolean> {
  try {
    for (const state of ['active', 'scheduled', 'reclaiming']) {
      const query = `limit=1&state=${state}`;
      const { leases } = await client.get<{ leases: LeaseDoc[] }>(`/v1/leases?${query}`);
      if (leases.length > 0) return true;
    }
    const cfps = await callsUnderWay(client);
    return cfps.some(({ direction }) => direction === 'need');
  } catch {
    return false; // it is gone already, or not ours to ask
  }
}

/** A folder that is gone when the process ends, for a host that nobody needs afterwards. */
export function temporaryDataDir(base: string): { dir: string; remove(): void } {
  const dir = fs.mkdtempSync(path.join(base, 'haggle-'));
  const remove = (): void => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  return { dir, remove };
}
