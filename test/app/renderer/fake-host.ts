// Stands in for the host in tests of the screen: serves the built page and speaks the contract with
// records of a made-up market. A fixture, never a part of the product.
//   node test/app/renderer/fake-host.ts --agents 200 --rate 10 --mode normal --root out/renderer
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type WebSocket, WebSocketServer } from 'ws';
import type { HostToScreen, ScreenToHost, Telemetry } from '../../../core/contract.ts';
import type { Patch, Snapshot } from '../../../core/engine/view/model.ts';
import { answer } from './fake-api.ts';
import { createFakeMarket, type FakeMarket } from './fake-market.ts';

export const MODES = ['normal', 'loading', 'failing', 'storage', 'unbalanced'] as const;
export type Mode = (typeof MODES)[number];

export interface FakeHostOptions {
  agents?: number;
  /** Patches offered per second; the screen gets the next one only when it has acknowledged. */
  patchesPerS?: number;
  callsPerS?: number;
  /** Records that every patch replaces at least, whether anything happened or not. */
  recordsPerPatch?: number;
  mode?: Mode;
  /** The built page. */
  root?: string;
  port?: number;
}
type ScreenRequest = Extract<ScreenToHost, { kind: 'request' }>;
export interface FakeHost {
  url: string;
  market: FakeMarket;
  /** Patches acknowledged since the last call, and how long each took, in milliseconds. */
  absorbed(): { patches: number; offered: number; lagsMs: number[]; seconds: number };
  setMode(mode: Mode): void;
  /** The last command that the page sent to a path; throws when there was none. */
  heard(path: string): ScreenRequest;
  /** Drops every connection; the page has to come back by itself. */
  drop(): void;
  close(): Promise<void>;
}

const TOKEN = 'test';
/** A run of the lab takes its time. */
const LAB_MS = 500;
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; object-src 'none'";
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
export const builtPage = (): string =>
  process.env.HAGGLE_TEST_PAGE ?? path.resolve(import.meta.dirname, '../../../out/renderer');

export async function startFakeHost(options: FakeHostOptions = {}): Promise<FakeHost> {
  const { agents = 12, patchesPerS = 10, root = builtPage() } = options;
  const callsPerS = options.callsPerS ?? Math.max(0.6, agents / 22);
  const kept = Math.max(200, Math.min(2000, agents));
  const market = createFakeMarket({ agents, seed: 7, now: Date.now(), callsPerS, kept });
  const state: State = {
    mode: options.mode ?? 'normal',
    touched: options.recordsPerPatch ?? 0,
    market,
    clients: new Set(),
    commands: new Map(),
    ...counters(),
  };
  const server = http.createServer((request, response) => serveFile(root, request, response));
  const sockets = new WebSocketServer({ server, path: '/ws' });
  sockets.on('connection', (socket) => greet(state, socket));
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const timers = [
    setInterval(() => offer(state), 1000 / patchesPerS),
    setInterval(() => tellTelemetry(state), 1000),
  ];
  return {
    url: `http://127.0.0.1:${port}/#token=${TOKEN}`,
    market,
    absorbed() {
      const { patches, offered, lagsMs, since } = state;
      const seconds = (performance.now() - since) / 1000;
      Object.assign(state, counters());
      return { patches, offered, lagsMs, seconds };
    },
    heard(where) {
      const found = state.commands.get(where);
      if (!found) throw new Error(`nothing was sent to ${where}`);
      return found;
    },
    setMode(mode) {
      state.mode = mode;
      for (const { socket } of state.clients) send(socket, storageOf(mode));
    },
    drop() {
      for (const { socket } of state.clients) socket.terminate();
    },
    async close() {
      for (const timer of timers) clearInterval(timer);
      for (const { socket } of state.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Client {
  socket: WebSocket;
  /** A patch is on its way and not acknowledged yet; when it was sent. */
  sentAt: number | null;
  /** Its own market position: this fixture serves one screen at a time. */
  ready: boolean;
}
interface State {
  touched: number;
  mode: Mode;
  market: FakeMarket;
  clients: Set<Client>;
  /** The last command by path. */
  commands: Map<string, ScreenRequest>;
  patches: number;
  offered: number;
  lagsMs: number[];
  since: number;
}
const counters = () => ({ patches: 0, offered: 0, lagsMs: [], since: performance.now() });
type Message = HostToScreen<Snapshot, Patch>;

function send(socket: WebSocket, message: Message): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}
const storageOf = (mode: Mode): Message => ({ kind: 'storage', full: mode === 'storage' });

function greet(state: State, socket: WebSocket): void {
  if (state.mode === 'failing') return socket.close(1011);
  const client: Client = { socket, sentAt: null, ready: false };
  state.clients.add(client);
  socket.on('close', () => state.clients.delete(client));
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => {
    hear(state, client, JSON.parse(String(data)) as ScreenToHost);
  });
}

function hear(state: State, client: Client, message: ScreenToHost): void {
  switch (message.kind) {
    case 'hello':
      if (message.token !== TOKEN) return client.socket.close(4401);
      if (state.mode !== 'loading') begin(state, client);
      return;
    case 'resync':
      return begin(state, client);
    case 'ack':
      if (client.sentAt === null) return;
      state.patches += 1;
      state.lagsMs.push(performance.now() - client.sentAt);
      client.sentAt = null;
      return;
    case 'request': {
      if (message.method !== 'GET') state.commands.set(message.path, message);
      const { status, body } = answer(state.market, message);
      const reply = () => send(client.socket, { kind: 'reply', id: message.id, status, body });
      if (message.path === '/v1/lab/runs') setTimeout(reply, LAB_MS);
      else reply();
      if (message.path === '/v1/demo') send(client.socket, demoOf(message.body));
      return;
    }
    default:
  }
}
function demoOf(body: unknown): Message {
  const running = (body as { action?: string }).action === 'start';
  return { kind: 'demo', demo: { running, startedAt: running ? Date.now() : null } };
}

function begin(state: State, { socket }: Client): void {
  const snapshot = state.market.snapshot();
  const unbalanced = { ...snapshot.totals, trialSum: 1_500_000 as typeof snapshot.totals.trialSum };
  const totals = state.mode === 'unbalanced' ? unbalanced : snapshot.totals;
  const dataDir = '/home/user/.local/share/haggle';
  send(socket, {
    kind: 'snapshot',
    snapshot: { ...snapshot, totals },
    info: {
      version: '0.1.0',
      dataDir,
      url: 'http://127.0.0.1:7077',
      clock: 'real',
      readOnly: false,
    },
    demo: { running: snapshot.agents.length > 2, startedAt: null },
  });
  for (const client of state.clients) if (client.socket === socket) client.ready = true;
  if (state.mode === 'storage') send(socket, storageOf('storage'));
  send(socket, { kind: 'telemetry', telemetry: telemetry(state.market) });
}

function offer(state: State): void {
  state.offered += 1;
  state.market.step(Date.now());
  state.market.touch(state.touched);
  for (const client of state.clients) {
    if (!client.ready || client.sentAt !== null) continue;
    const patch = state.market.patch();
    if (!patch) continue;
    if (state.mode === 'unbalanced') patch.totals.trialSum = 1_500_000 as typeof patch.totals.held;
    client.sentAt = performance.now();
    send(client.socket, { kind: 'patch', patch });
  }
}

function tellTelemetry(state: State): void {
  const message = { kind: 'telemetry', telemetry: telemetry(state.market) } as const;
  for (const { socket, ready } of state.clients) if (ready) send(socket, message);
}

function telemetry(market: FakeMarket): Telemetry {
  const at = Date.now();
  const wave = 0.5 + 0.3 * Math.sin(at / 9000) + 0.1 * Math.sin(at / 1700);
  const leases = [...market.records.leases.values()].filter(({ ended }) => !ended).slice(0, 8);
  return {
    at,
    cpu: {
      name: 'AMD EPYC 7B13',
      cores: 8,
      busy: { ok: true, v: wave },
      jobs: leases.length > 0 ? { ok: true, v: wave * 0.7 } : { ok: true, v: 0 },
    },
    memory: {
      totalBytes: { ok: true, v: 32 * 2 ** 30 },
      freeBytes: { ok: true, v: 21.4 * 2 ** 30 },
    },
    gpus: [
      {
        key: 'gpu0',
        name: 'NVIDIA H100 80GB HBM3',
        utilisation: { ok: true, v: 0.63 },
        memoryUsedBytes: { ok: false, why: 'denied' },
        memoryTotalBytes: { ok: true, v: 80 * 2 ** 30 },
        temperatureC: { ok: true, v: 61 },
        powerW: { ok: false, why: 'fault' },
      },
    ],
    jobs: leases.map((lease, i) => ({
      leaseId: lease.id,
      title: lease.title,
      pid: 41_200 + i * 17,
      startedAt: lease.startAt,
      deadlineAt: lease.endAt,
      cpuSeconds: { ok: true, v: (at - lease.startAt) / 1100 },
      rssBytes: i === 3 ? { ok: false, why: 'denied' } : { ok: true, v: (48 + i * 31) * 2 ** 20 },
      state: 'running',
      exitCode: null,
      enforcement: 'process group',
    })),
    host: { rssBytes: 96 * 2 ** 20, eventsPerS: 140, commitMs: { p50: 1.9, max: 4.2 } },
  };
}

function serveFile(root: string, request: http.IncomingMessage, response: http.ServerResponse) {
  const name = new URL(request.url ?? '/', 'http://x').pathname.replace(/^\/+/, '') || 'index.html';
  const file = path.join(root, name);
  if (!file.startsWith(root) || !fs.existsSync(file) || !fs.statSync(file).isFile()) {
    response.writeHead(404).end('not found');
    return;
  }
  const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'content-security-policy': CSP });
  fs.createReadStream(file).pipe(response);
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      agents: { type: 'string', default: '12' },
      rate: { type: 'string', default: '10' },
      mode: { type: 'string', default: 'normal' },
      port: { type: 'string', default: '0' },
      root: { type: 'string' },
    },
  });
  const host = await startFakeHost({
    agents: Number(values.agents),
    patchesPerS: Number(values.rate),
    mode: MODES.find((mode) => mode === values.mode) ?? 'normal',
    port: Number(values.port),
    ...(values.root ? { root: path.resolve(values.root) } : {}),
  });
  process.stdout.write(`${host.url}\n`);
}
