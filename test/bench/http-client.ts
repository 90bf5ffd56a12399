// A load client as its own process: keep-alive connections, each with one request in flight, written
// on bare sockets so that the measuring costs less than what is measured.
//   node http-client.ts  <url> <operatorToken> <connections> <seconds>  -> one JSON line
import net from 'node:net';
import { performance } from 'node:perf_hooks';

interface Conn {
  send(method: string, path: string, token: string, body: unknown): Promise<{ status: number; body: string }>;
  close(): void;
}

export function connect(port: number): Promise<Conn> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    let buffer = '';
    let waiting: ((r: { status: number; body: string }) => void) | null = null;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      buffer += chunk;
      const head = buffer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const at = buffer.indexOf('content-length: ') + 16;
      const length = Number(buffer.slice(at, buffer.indexOf('\r', at)));
      if (buffer.length < head + 4 + length) return;
      const status = Number(buffer.slice(9, 12));
      const body = buffer.slice(head + 4, head + 4 + length);
      buffer = buffer.slice(head + 4 + length);
      const done = waiting;
      waiting = null;
      done?.({ status, body });
    });
    socket.once('error', reject);
    socket.once('connect', () =>
      resolve({
        send(method, path, token, body) {
          const text = body === undefined ? '' : JSON.stringify(body);
          socket.write(
            `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n` +
              `content-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
          );
          return new Promise((r) => (waiting = r));
        },
        close: () => socket.destroy(),
      }),
    );
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
  await c.send('PUT', `/v1/agents/${agent.id}/budget`, operator, { amount: 1e6, windowMs: 3_600_000 });
  const cpu = await c.send('POST', '/v1/resources', token, { kind: 'cpu', model: name, count: 1024 });
  const { resource } = JSON.parse(cpu.body) as { resource: { id: string } };
  return { id: agent.id, token, resourceId: resource.id };
}

/** One deal, four calls, each of them a durable change: call, proposal, award, report. */
async function deal(c: Conn, a: Party, b: Party, model: string, times: number[]): Promise<boolean> {
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

async function main(): Promise<void> {
  const [url = '', operator = '', n = '1', seconds = '3'] = process.argv.slice(2);
  const port = Number(new URL(url).port);
  const count = Number(n);
  const conns = await Promise.all(Array.from({ length: count }, () => connect(port)));
  const setup = conns[0];
  if (setup === undefined) throw new Error('no connection');
  const run = `b${Date.now() % 1e8}`;
  const pairs: { a: Party; b: Party; model: string }[] = [];
  for (let i = 0; i < Math.min(count, 64); i++) {
    const model = `${run}-${i}-b`;
    pairs.push({ a: await party(setup, operator, `${run}-${i}-a`), b: await party(setup, operator, model), model });
  }
  const times: number[] = [];
  let failed = 0;
  const until = performance.now() + Number(seconds) * 1000;
  const from = performance.now();
  await Promise.all(
    conns.map(async (c, i) => {
      const pair = pairs[i % pairs.length];
      if (pair === undefined) return;
      while (performance.now() < until) {
        if (!(await deal(c, pair.a, pair.b, pair.model, times))) failed++;
      }
    }),
  );
  const elapsed = (performance.now() - from) / 1000;
  for (const c of conns) c.close();
  times.sort((x, y) => x - y);
  const at = (q: number): number => Math.round((times[Math.floor(times.length * q)] ?? 0) * 100) / 100;
  const row = {
    inFlight: count,
    callsPerS: Math.round(times.length / elapsed),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    failed,
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

if (import.meta.main) await main();
