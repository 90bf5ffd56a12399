// The host's HTTP API. Changes carry an idempotency key, so a request whose answer was lost is sent
// again and still happens once.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, Fault, fault, type Problem } from './fault.ts';
import { type ServerEvent, serverEvents } from './server-events.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Client {
  readonly url: string;
  readonly token: string;
  /** The reply's document. Throws the host's problem as a Fault. */
  get<T>(path: string): Promise<T>;
  send<T>(method: Exclude<Method, 'GET'>, path: string, body?: unknown): Promise<T>;
  text(path: string): Promise<string>;
  /** All items of a list, page by page. */
  all<T>(path: string, name: string): Promise<T[]>;
  /** Events of a stream until it ends; throws when the host cannot be reached. */
  events(path: string, lastEventId: string | null, stop: AbortSignal): AsyncIterable<ServerEvent>;
  /** Ends idle connections, so that the process can end. */
  close(): void;
}

const TRIES = 4;
const RETRY_MS = 150;
/** Backups of a large ledger take their time; everything else answers in milliseconds. */
const ANSWER_MS = 120_000;
const PAGE = 500;

interface Answer {
  status: number;
  text: string;
}

export function createClient(url: string, token: string): Client {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const headers = { authorization: `Bearer ${token}` };

  async function ask(method: Method, path: string, body?: unknown): Promise<string> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const key = method === 'GET' ? {} : { 'idempotency-key': randomUUID() };
    const type = text === '' ? {} : { 'content-type': 'application/json' };
    // Node states no length for a DELETE by itself, and its body would be read as a request.
    const size = { 'content-length': Buffer.byteLength(text) };
    const options = { method, agent, headers: { ...headers, ...key, ...type, ...size } };
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await exchange(new URL(path, url), options, text);
        if (answer.status < 400) return answer.text;
        if (answer.status !== 503 || attempt === TRIES) throw refused(answer);
      } catch (error) {
        if (error instanceof Fault) throw error;
        if (attempt === TRIES) throw unreachable(url, error);
      }
      await sleep(RETRY_MS * attempt);
    }
  }

  async function all<T>(path: string, name: string): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const mark = path.includes('?') ? '&' : '?';
      const text = await ask('GET', `${path}${mark}limit=${PAGE}${more}`);
      const doc = JSON.parse(text) as Record<string, T[]> & { next: string | null };
      items.push(...(doc[name] ?? []));
      cursor = doc.next;
    }
    return items;
  }

  return {
    url,
    token,
    get: async <T>(path: string) => JSON.parse(await ask('GET', path)) as T,
    send: async <T>(method: Method, path: string, body: unknown = {}) =>
      JSON.parse(await ask(method, path, body)) as T,
    text: (path) => ask('GET', path),
    all,
    async *events(path, lastEventId, stop) {
      const last = lastEventId === null ? {} : { 'last-event-id': lastEventId };
      const reply = await openStream(new URL(path, url), { ...headers, ...last }, stop);
      try {
        yield* serverEvents(reply);
      } catch (error) {
        if (!stop.aborted) throw unreachable(url, error);
      }
    },
    close: () => agent.destroy(),
  };
}

function exchange(url: URL, options: http.RequestOptions, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, options, (reply) => {
      collect(reply).then((text) => resolve({ status: reply.statusCode ?? 0, text }), reject);
    });
    request.setTimeout(ANSWER_MS, () => request.destroy(new Error('no answer')));
    request.once('error', reject);
    request.end(body);
  });
}

async function collect(reply: http.IncomingMessage): Promise<string> {
  reply.setEncoding('utf8');
  let text = '';
  for await (const chunk of reply) text += chunk;
  return text;
}

/** A stream may be silent for hours but for its heartbeat, so it has no time limit. */
function openStream(
  url: URL,
  headers: http.OutgoingHttpHeaders,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false, signal }, (reply) => {
      if (reply.statusCode === 200) return resolve(reply);
      collect(reply).then(
        (text) => reject(refused({ status: reply.statusCode ?? 0, text })),
        reject,
      );
    });
    request.once('error', (error) => reject(unreachable(url.origin, error)));
  });
}

/** The host's problem as ours. An answer that is none is told as it is. */
function refused({ status, text }: Answer): Fault {
  try {
    const problem = JSON.parse(text) as Problem;
    if (typeof problem.detail === 'string') return new Fault(problem, EXIT.failed);
  } catch {
    // not a document: told below
  }
  return fault('no-host', `the answer was not Haggle’s (status ${status})`, {
    hint: 'check --url',
  });
}

function unreachable(url: string, error: unknown): Fault {
  const why = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return fault('no-host', `no Haggle host answers at ${url}${why}`, { hint: 'haggle serve' });
}

/** Whether a Haggle host answers there; needs no token. */
export async function isUp(url: string, patienceMs: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const answer = await exchange(new URL('/v1/health', url), { agent: false, signal }, '');
    const { version, seq } = JSON.parse(answer.text) as { version?: unknown; seq?: unknown };
    return answer.status === 200 && typeof version === 'string' && typeof seq === 'number';
  } catch {
    return false;
  }
}
