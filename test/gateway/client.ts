// An outside program: it knows API.md and HTTP, and nothing of the product's code.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';

export interface Reply {
  status: number;
  text: string;
  headers: http.IncomingHttpHeaders;
  /** The parsed body; undefined where it is not JSON. */
  json: unknown;
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  field?: string;
  hint?: string;
}

export interface Receipt {
  seq: number;
  head: string;
}

export interface SendOptions {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  text?: string | Buffer;
  key?: string;
  headers?: Record<string, string>;
  token?: string | null;
}

export interface Client {
  readonly url: string;
  readonly token: string | null;
  send(method: string, path: string, options?: SendOptions): Promise<Reply>;
  get<T>(path: string): Promise<T>;
  /** Asserts the status, returns the body. */
  post<T>(path: string, body?: unknown, status?: number): Promise<T>;
  put<T>(path: string, body?: unknown): Promise<T>;
  /** Asserts that the request is refused with this code, and a well-formed problem document. */
  refused(code: string, method: string, path: string, body?: unknown): Promise<ProblemDocument>;
}

/** One pool of connections for the whole test process. */
const agent = new http.Agent({ keepAlive: true, maxSockets: 512 });

export function createClient(url: string, token: string | null): Client {
  async function expect<T>(
    status: number,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<T> {
    const reply = await send(url, token, method, path, body === undefined ? {} : { body });
    assert.equal(reply.status, status, `${method} ${path}: ${reply.text.slice(0, 400)}`);
    return reply.json as T;
  }
  return {
    url,
    token,
    send: (method, path, options = {}) => send(url, token, method, path, options),
    get: (path) => expect(200, 'GET', path),
    post: (path, body, status = 200) => expect(status, 'POST', path, body),
    put: (path, body) => expect(200, 'PUT', path, body),
    async refused(code, method, path, body) {
      const reply = await send(url, token, method, path, body === undefined ? {} : { body });
      const document = problemOf(reply);
      assert.equal(document.code, code, `${method} ${path}: ${reply.text}`);
      return document;
    },
  };
}

/** A reply as the problem document that every error has to be (RFC 9457). */
export function problemOf(reply: Reply): ProblemDocument {
  assert.ok(reply.status >= 400, `not refused: ${reply.status} ${reply.text.slice(0, 400)}`);
  assert.match(reply.headers['content-type'] ?? '', /^application\/problem\+json/u);
  const p = reply.json as ProblemDocument;
  for (const name of ['type', 'title', 'code', 'detail'] as const) {
    assert.ok(typeof p[name] === 'string' && p[name] !== '', `${name} of ${reply.text}`);
  }
  assert.equal(p.status, reply.status);
  const known = new Set(['type', 'title', 'status', 'code', 'detail', 'field', 'hint']);
  assert.deepEqual(
    Object.keys(p).filter((k) => !known.has(k)),
    [],
  );
  return p;
}

function send(
  url: string,
  token: string | null,
  method: string,
  path: string,
  options: SendOptions,
): Promise<Reply> {
  const { body, key } = options;
  const own = options.token === undefined ? token : options.token;
  const payload = body === undefined ? options.text : JSON.stringify(body);
  const { port } = new URL(url);
  const headers: Record<string, string> = {
    ...(payload === undefined
      ? {}
      : {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(payload)),
        }),
    ...(own === null ? {} : { authorization: `Bearer ${own}` }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const req = http.request({ agent, host: '127.0.0.1', port, method, path, headers }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: res.statusCode ?? 0, text, headers: res.headers, json: parse(text) });
      });
    });
    req.on('error', reject);
    req.end(payload);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Writes bytes to the host as they are; resolves with all that comes back until it closes. */
export function raw(url: string, bytes: string | Buffer, waitMs = 2000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('latin1');
    const timer = setTimeout(() => socket.destroy(), waitMs);
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}
