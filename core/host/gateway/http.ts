// HTTP on loopback: framing, tokens, origins and bounds. What requests mean is the gateway's.
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { LIMITS } from '../../engine/base/limits.ts';
import type { Actor } from '../../engine/market/commands.ts';
import { problem, type Problem } from '../../engine/protocol/problems.ts';
import type { Keys } from '../keys.ts';
import type { IdempotencyKey } from '../loop.ts';
import { type Answer, type Gateway, problemAnswer } from './gateway.ts';
import type { Follows } from './follow.ts';
import { parseBody } from './json.ts';
import type { Streams } from './streams.ts';
import type { StaticFiles } from './static-files.ts';

export interface HttpServer {
  readonly url: string;
  readonly server: http.Server;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

export interface HttpParts {
  gateway: Gateway;
  keys: Keys;
  streams: Streams;
  follows: Follows;
  files: StaticFiles | null;
  /** Counts what went out, for the metrics. */
  count(status: number): void;
}

const NO_BYTES = Buffer.alloc(0);
/** Whoever sends half a head or half a body is let go after this long. */
const TIMES = {
  keepAliveTimeout: 30_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
};

/** Listens on 127.0.0.1. Port 0 takes a free one. Throws when the port is taken. */
export async function listen(port: number, parts: HttpParts): Promise<HttpServer> {
  let own: ReadonlySet<string> = new Set();
  const server = http.createServer(TIMES, (req, res) => {
    const bad = strangeness(req, own);
    if (bad !== null) return send(res, problemAnswer(bad), parts);
    serve(req, res, parts);
  });
  server.maxRequestsPerSocket = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: got } = server.address() as AddressInfo;
  own = new Set([`127.0.0.1:${got}`, `localhost:${got}`]);
  return {
    url: `http://127.0.0.1:${got}`,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A Host that is not ours means DNS rebinding; a foreign Origin means another web page. */
export function strangeness(req: http.IncomingMessage, own: ReadonlySet<string>): Problem | null {
  const { host, origin } = req.headers;
  if (host === undefined || !own.has(host)) {
    return problem('misdirected', 'the Host header does not name this server');
  }
  if (origin !== undefined && !own.has(origin.replace(/^http:\/\//u, ''))) {
    return problem('foreign-origin', 'requests from other web pages are refused');
  }
  return null;
}

function serve(req: http.IncomingMessage, res: http.ServerResponse, parts: HttpParts): void {
  const url = req.url ?? '/';
  const method = req.method ?? 'GET';
  const isApi = url.startsWith('/v1/') || url === '/metrics' || url === '/v1';
  if (!isApi) return serveFile(method, url, res, parts);
  const actor = callerOf(req, parts.keys);
  if (method === 'GET') {
    if (url === '/v1/events' || url.startsWith('/v1/events?')) {
      return openStream(req, res, url, actor, parts);
    }
    const leaseId = FOLLOW.exec(url)?.[1];
    if (leaseId !== undefined) return openFollow(req, res, leaseId, actor, parts);
    return dispatch({ method, url, actor, bytes: NO_BYTES, key: null }, res, parts);
  }
  readBody(req, res, parts, (bytes) => {
    const key = req.headers['idempotency-key'];
    dispatch({ method, url, actor, bytes, key: typeof key === 'string' ? key : null }, res, parts);
  });
}

const FOLLOW = /^\/v1\/leases\/(\w+)\/follow(?:\?|$)/u;

function callerOf(req: http.IncomingMessage, keys: Keys): Actor | null {
  const header = req.headers.authorization;
  return header?.startsWith('Bearer ') ? keys.identify(header.slice(7).trim()) : null;
}

interface Raw {
  method: string;
  url: string;
  actor: Actor | null;
  bytes: Buffer;
  key: string | null;
}

function dispatch(raw: Raw, res: http.ServerResponse, parts: HttpParts): void {
  const { method, url, actor } = raw;
  const answer = (a: Answer): void => send(res, a, parts);
  const body = parseBody(raw.bytes);
  if (!body.ok) return answer(problemAnswer(body.problem));
  if (raw.key !== null && (raw.key === '' || raw.key.length > LIMITS.keyLengthMax)) {
    const detail = `a key has 1 to ${LIMITS.keyLengthMax} characters`;
    return answer(problemAnswer(problem('invalid-field', detail, { field: 'Idempotency-Key' })));
  }
  const key = raw.key === null || actor === null ? null : keyOf(raw, body.text, raw.key, actor);
  parts.gateway.handle({ method, url, actor, body: body.value, key }, answer);
}

function keyOf({ method, url }: Raw, text: string, key: string, actor: Actor): IdempotencyKey {
  const scope = actor.kind === 'agent' ? actor.id : 'operator';
  const input = createHash('sha256').update(`${method} ${url}\n${text}`).digest('base64url');
  return { scope, key, input };
}

/**
 * Collects the body up to the limit. Beyond it the answer is 413, and the rest is let pass unread:
 * a connection that is closed over data loses the answer as well. `requestTimeout` bounds that.
 */
function readBody(
  req: http.IncomingMessage,
  res: http.ServerResponse,
  parts: HttpParts,
  done: (bytes: Buffer) => void,
): void {
  const hint = `at most ${LIMITS.bodyBytesMax} bytes`;
  const tooLarge = problem('body-too-large', 'the body is over the limit', { hint });
  if (Number(req.headers['content-length'] ?? 0) > LIMITS.bodyBytesMax) {
    return send(res, problemAnswer(tooLarge), parts);
  }
  let chunks: Buffer[] = [];
  let size = 0;
  req.on('data', (chunk: Buffer) => {
    const fits = size <= LIMITS.bodyBytesMax;
    size += chunk.length;
    if (size <= LIMITS.bodyBytesMax) chunks.push(chunk);
    else if (fits) {
      chunks = [];
      send(res, problemAnswer(tooLarge), parts);
    }
  });
  req.on('end', () => {
    const [first] = chunks;
    if (size > LIMITS.bodyBytesMax) return;
    done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
  });
}

function send(res: http.ServerResponse, a: Answer, parts: HttpParts): void {
  parts.count(a.status);
  if (res.writableEnded || res.destroyed) return; // the caller has gone; the change stands
  res.writeHead(a.status, {
    'content-type': a.type,
    'content-length': Buffer.byteLength(a.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...a.headers,
  });
  res.end(a.body);
}

function openStream(
  req: http.IncomingMessage,
  res: http.ServerResponse,
  url: string,
  actor: Actor | null,
  parts: HttpParts,
): void {
  const query = new URL(url, 'http://host').searchParams;
  const last = req.headers['last-event-id'];
  const bad = parts.streams.open(res, actor, {
    from: query.get('from'),
    lastEventId: typeof last === 'string' ? last : null,
  });
  if (bad !== null) send(res, problemAnswer(bad), parts);
}

function openFollow(
  req: http.IncomingMessage,
  res: http.ServerResponse,
  leaseId: string,
  actor: Actor | null,
  parts: HttpParts,
): void {
  const last = req.headers['last-event-id'];
  const lastEventId = typeof last === 'string' ? last : null;
  const bad = parts.follows.open(res, actor, { leaseId, lastEventId });
  if (bad !== null) send(res, problemAnswer(bad), parts);
}

function serveFile(method: string, url: string, res: http.ServerResponse, parts: HttpParts): void {
  if (parts.files === null || method !== 'GET') {
    return send(res, problemAnswer(problem('not-found', 'there is no such route')), parts);
  }
  parts.files.serve(url, res, () => {
    send(res, problemAnswer(problem('not-found', 'there is no such route or file')), parts);
  });
}
