// A load client as its own process: keep-alive connections, each with one request in flight,
// written on bare sockets so that the measuring costs less than what is measured.
//   node http-client.ts <url> <operatorToken> <connections> <seconds>  -> one JSON line
import net from 'node:net';
import { performance } from 'node:perf_hooks';

export interface HttpRow {
  inFlight: number;
  callsPerS: number;
  p50Ms: number;
  p99Ms: number;
  failed: number;
}

interface Answer {
  status: number;
  body: string;
}
interface Conn {
  send(method: string, path: string, token: string, body: unknown): Promise<Answer>;
  close(): void;
}

function connect(port: number): Promise<Conn> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    let waiting: ((r: Answer) => void) | null = null;
    readAnswers(socket, (answer) => {
      const done = waiting;
      waiting = null;
      done?.(answer);
    });
    socket.once('error', reject);
    socket.once('connect', () =>
      resolve({
        send(method, path, token, body) {
          const text = body === undefined ? '' : JSON.stringify(body);
          const head = [
            `${method} ${path} HTTP/1.1`,
            `host: 127.0.0.1:${port}`,
            `authorization: Bearer ${token}`,
            'content-type: application/json',
            `content-length: ${text.length}`,
          ];
          socket.write(`${head.join('\r\n')}\r\n\r\n${text}`);
          return new Promise((r) => (waiting = r));
        },
        close: () => socket.destroy(),
      }),
    );
  });
}

/** Enough of HTTP for answers with a content length, one at a time. */
function readAnswers(socket: net.Socket, answered: (a: Answer) => void): void {
  let buffer = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    buffer += chunk;
    const head = buffer.indexOf('\r\n\r\n');
    if (head < 0) return;
    const at = buffer.indexOf('content-length: ') + 16;
    const length = Number(buffer.slice(at, buffer.indexOf('\r', at)));
    const end = head + 4 + length;
    if (buffer.length < end) return;
    const answer = { status: Number(buffer.slice(9, 12)), body: buffer.slice(head + 4, end) };
    buffer = buffer.slice(end);
    answered(answer);
  });
}

interface Party {
  id: string;
  token: string;
  resourceId: string;
}

/** An agent with a large budget and a resource of its own. */
async function party(c: Conn, operator: string, name: string): Promise<Party> {
  const made = await c.send('POST', '/v1/agents', operator, { name });
  const { agent, token } = JSON.parse(made.body) as { agent: { id: string }; token: string };
  const budget = { amount: 1e6, windowMs: 3_600_000 };
  await c.send('PUT', `/v1/agents/${agent.id}/budget`, operator, budget);
  const cpus = { kind: 'cpu', model: name, count: 1024 };
  const added = await c.send('POST', '/v1/resources', token, cpus);
  const { resource } = JSON.parse(added.body) as { resource: { id: string } };
  return { id: agent.id, token, resourceId: resource.id };
}

interface Pair {
  a: Party;
  b: Party;
  model: string;
}

/** One deal, four calls, each of them a durable change: call, proposal, award, report. */
async function deal(c: Conn, { a, b, model }: Pair, times: number[]): Promise<boolean> {
  const timed = async (path: string, token: string, body: unknown): Promise<string | null> => {
    const from = performance.now();
    const r = await c.send('POST', path, token, body);
    times.push(performance.now() - from);
    return r.status < 300 ? r.body : null;
  };
  const need = { kind: 'cpu', count: 1, durationMs: 60_000, model };
  const task = { title: 'bench' };
  const body = { task, need, maxPrice: 1, replyByMs: 5000, award: 'manual' };
  const call = await timed('/v1/cfps', a.token, body);
  const cfpId = /"id":"(cfp_\w+)"/u.exec(call ?? '')?.[1] ?? '';
  const bid = { price: 0.5, resourceId: b.resourceId };
  const proposal = await timed(`/v1/cfps/${cfpId}/proposals`, b.token, bid);
  const proposalId = /"id":"(prp_\w+)"/u.exec(proposal ?? '')?.[1] ?? '';
  const lease = await timed(`/v1/cfps/${cfpId}/award`, a.token, { proposalId });
  const leaseId = /"id":"(lse_\w+)"/u.exec(lease ?? '')?.[1] ?? '';
  const epoch = Number(/"epoch":(\d+)/u.exec(lease ?? '')?.[1]);
  return (await timed(`/v1/leases/${leaseId}/done`, b.token, { epoch })) !== null;
}

async function pairsFor(setup: Conn, operator: string, count: number): Promise<Pair[]> {
  const run = `b${Date.now() % 1e8}`;
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    const model = `${run}-${i}-b`;
    const a = await party(setup, operator, `${run}-${i}-a`);
    pairs.push({ a, b: await party(setup, operator, model), model });
  }
  return pairs;
}

async function main(): Promise<void> {
  const [url = '', operator = '', n = '1', seconds = '3'] = process.argv.slice(2);
  const port = Number(new URL(url).port);
  const count = Number(n);
  const conns = await Promise.all(Array.from({ length: count }, () => connect(port)));
  const setup = conns[0];
  if (setup === undefined) throw new Error('no connection');
  const pairs = await pairsFor(setup, operator, Math.min(count, 64));
  const times: number[] = [];
  let failed = 0;
  const from = performance.now();
  const until = from + Number(seconds) * 1000;
  await Promise.all(
    conns.map(async (c, i) => {
      const pair = pairs[i % pairs.length];
      if (pair === undefined) return;
      while (performance.now() < until) if (!(await deal(c, pair, times))) failed++;
    }),
  );
  const elapsed = (performance.now() - from) / 1000;
  for (const c of conns) c.close();
  times.sort((x, y) => x - y);
  const at = (q: number): number =>
    Math.round((times[Math.floor(times.length * q)] ?? 0) * 100) / 100;
  const callsPerS = Math.round(times.length / elapsed);
  const row: HttpRow = { inFlight: count, callsPerS, p50Ms: at(0.5), p99Ms: at(0.99), failed };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

if (import.meta.main) await main();
