// Goal: what is wrong with a request before its body counts is refused as documented and leaves no
// trace. Method: tokens, origins, hosts, methods, routes, sizes and broken framing, by bytes where
// a library would not send them. Check: status and problem document; seq unchanged; others served.
import assert from 'node:assert/strict';
import net from 'node:net';
import { before, test } from 'node:test';
import { problemOf, raw } from './client.ts';
import { call, type Party, party, propose, seller, startHost, type TestHost } from './support.ts';

let host: TestHost;
let agent: Party;
let started: number;
before(async () => {
  host = await startHost();
  agent = await party(host);
  started = await host.seq();
});

/** Runs something that must leave the journal as it is. */
async function untouched<T>(work: () => Promise<T>): Promise<T> {
  const seq = await host.seq();
  const result = await work();
  assert.equal(await host.seq(), seq, 'seq unchanged');
  return result;
}

const NEED = { need: '1 gpu for 1 minute', maxPrice: 5 };
const own = (): string => new URL(host.url).host;
/** A request as bytes, with these lines in its head. */
const bytes = (lines: string[], body = ''): string => `${lines.join('\r\n')}\r\n\r\n${body}`;
const bearer = (): string => `authorization: Bearer ${agent.token}`;

test('no token, a wrong one and a made-up one are 401; the wrong role is 403', async () => {
  const [head = '', mac = ''] = agent.token.split('.');
  const wrong = [
    null,
    '',
    'x',
    `${agent.token}x`,
    agent.token.slice(0, -1),
    `${head}.${mac.toUpperCase()}`,
    `agt_zzzzzzzzz.${mac}`,
    'op_'.padEnd(46, 'x'),
    'x'.repeat(5000),
  ];
  await untouched(async () => {
    for (const token of wrong) {
      const reply = await agent.api.send('POST', '/v1/cfps', { body: NEED, token });
      const p = problemOf(reply);
      assert.deepEqual([p.status, p.code], [401, 'unauthorized'], `token ${token}`);
      assert.ok(!reply.text.includes(mac), 'no token is ever sent back');
    }
    for (const scheme of [agent.token, `Basic ${agent.token}`, `bearer${agent.token}`]) {
      const headers = { authorization: scheme };
      const reply = await agent.api.send('POST', '/v1/cfps', { body: NEED, token: null, headers });
      assert.equal(reply.status, 401);
    }
    await agent.api.refused('forbidden', 'PUT', '/v1/policy', {});
    await host.operator.refused('forbidden', 'POST', '/v1/cfps', NEED);
  });
});

test('an agent cannot act for another', async () => {
  const s = await seller(host);
  const other = await seller(host);
  const cfp = await call(agent);
  const p = await propose(s, cfp.id, 5);
  await untouched(async () => {
    const theirs = { price: 5, resourceId: s.resourceId };
    await other.api.refused('forbidden', 'POST', `/v1/cfps/${cfp.id}/proposals`, theirs);
    await other.api.refused('forbidden', 'POST', `/v1/cfps/${cfp.id}/award`, { proposalId: p.id });
    await other.api.refused('forbidden', 'POST', `/v1/cfps/${cfp.id}/cancel`);
    await agent.api.refused('forbidden', 'POST', `/v1/cfps/${cfp.id}/refusals`, { reason: 'busy' });
    await other.api.refused('forbidden', 'PUT', `/v1/resources/${s.resourceId}`, { paused: true });
    await other.api.refused('forbidden', 'PUT', `/v1/agents/${s.id}/delegate`, {
      policy: 'seller',
    });
    await other.api.refused('forbidden', 'DELETE', `/v1/agents/${s.id}/delegate`);
    await other.api.refused('forbidden', 'GET', `/v1/agents/${s.id}/token`);
    const offer = { resourceId: s.resourceId, durationMs: 60_000 };
    await other.api.refused('forbidden', 'POST', '/v1/cfps', { offer, minPrice: 1 });
  });
});

test('a foreign origin is refused with and without a token, on every kind of route', async () => {
  const foreign = [
    'http://evil.example',
    `https://${own()}`,
    'http://127.0.0.1:1',
    'null',
    `http://${own()}.evil.example`,
    `http://evil.example?${own()}`,
    'file://',
  ];
  await untouched(async () => {
    for (const origin of foreign) {
      for (const token of [agent.token, host.operator.token, null]) {
        for (const [method, path] of [
          ['POST', '/v1/cfps'],
          ['GET', '/v1/health'],
          ['GET', '/v1/events'],
          ['OPTIONS', '/v1/cfps'],
          ['GET', '/metrics'],
          ['GET', '/'],
        ] as const) {
          const body = method === 'POST' ? { body: NEED } : {};
          const reply = await agent.api.send(method, path, { ...body, token, headers: { origin } });
          const p = problemOf(reply);
          assert.deepEqual([p.status, p.code], [403, 'foreign-origin'], `${origin} ${path}`);
          const cors = Object.keys(reply.headers).filter((h) => h.startsWith('access-control'));
          assert.deepEqual(cors, []);
        }
      }
    }
  });
  for (const origin of [`http://${own()}`, `http://localhost:${new URL(host.url).port}`]) {
    const reply = await agent.api.send('GET', '/v1/health', { headers: { origin } });
    assert.equal(reply.status, 200, 'its own page may ask');
  }
});

test('a Host that does not name this server is 421: a rebound name gets nothing', async () => {
  const { port } = new URL(host.url);
  await untouched(async () => {
    for (const name of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:1`, '']) {
      const head = [`POST /v1/cfps HTTP/1.1`, `host: ${name}`, bearer(), 'connection: close'];
      const text = await raw(
        host.url,
        bytes([...head, 'content-type: application/json', 'content-length: 2'], '{}'),
      );
      assert.match(text, /^HTTP\/1\.1 421 /u, `host ${name}: ${text.slice(0, 80)}`);
      assert.match(text, /"code":"misdirected"/u);
    }
  });
  const local = await agent.api.send('GET', '/v1/health', {
    headers: { host: `localhost:${port}` },
  });
  assert.equal(local.status, 200);
});

test('an unknown route is 404 and a wrong method 405 with what is allowed', async () => {
  await untouched(async () => {
    for (const path of [
      '/v1',
      '/v1/',
      '/v1/nothing',
      '/v1/cfps/',
      '/v1/cfps/x/award/more',
      '/v1/leases//done',
      '/v2/cfps',
      '/v1/cfps/../policy',
      '//v1/cfps',
      '/v1/%63fps',
      '/v1/CFPS',
    ]) {
      const p = problemOf(await host.operator.send('POST', path, { body: {} }));
      assert.deepEqual([p.status, p.code], [404, 'not-found'], path);
    }
    for (const [method, path, allow] of [
      ['DELETE', '/v1/cfps', 'GET, POST'],
      ['PATCH', '/v1/policy', 'GET, PUT'],
      ['GET', '/v1/cfps/cfp_000000001/award', 'POST'],
      ['PUT', '/v1/health', 'GET'],
      ['POST', '/v1/events', 'GET'],
      ['OPTIONS', '/v1/cfps', 'GET, POST'],
    ] as const) {
      const reply = await host.operator.send(method, path, { body: {} });
      const p = problemOf(reply);
      assert.deepEqual([p.status, p.code], [405, 'method-not-allowed'], `${method} ${path}`);
      assert.equal(reply.headers.allow, allow);
    }
  });
});

test('a body over the limit is 413, whether it says so or not, and the reply arrives', async () => {
  const big = JSON.stringify({ ...NEED, task: { title: 'x'.repeat(70_000) } });
  await untouched(async () => {
    for (let i = 0; i < 20; i++) {
      const p = problemOf(await agent.api.send('POST', '/v1/cfps', { text: big }));
      assert.deepEqual([p.status, p.code], [413, 'body-too-large']);
    }
    const huge = await agent.api.send('POST', '/v1/cfps', { text: 'x'.repeat(8 * 1024 * 1024) });
    assert.equal(problemOf(huge).status, 413);
    const head = ['POST /v1/cfps HTTP/1.1', `host: ${own()}`, bearer()];
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
    const chunked = bytes([...head, 'transfer-encoding: chunked'], chunk.repeat(3));
    assert.match(await raw(host.url, chunked, 300), /^HTTP\/1\.1 413 /u);
  });
  const most = JSON.stringify(NEED).padEnd(64 * 1024);
  assert.equal((await agent.api.send('POST', '/v1/cfps', { text: most })).status, 201);
});

test('half a request holds nobody up and leaves nothing behind', async () => {
  const head = ['POST /v1/cfps HTTP/1.1', `host: ${own()}`, bearer()];
  const text = JSON.stringify(NEED);
  const whole = bytes([...head, `content-length: ${text.length}`], text);
  const sockets: net.Socket[] = [];
  const open = (part: string): void => {
    const socket = net.connect(Number(new URL(host.url).port), '127.0.0.1');
    socket.on('error', () => {}); // cut off at the end
    socket.write(part);
    sockets.push(socket);
  };
  await untouched(async () => {
    for (let i = 1; i < whole.length; i += 7) open(whole.slice(0, i));
    for (let i = 0; i < 20; i++) {
      assert.equal((await agent.api.send('GET', '/v1/health')).status, 200);
    }
    for (const [i, socket] of sockets.entries()) {
      if (i % 2 === 0) socket.destroy();
      else socket.end();
    }
  });
  for (const socket of sockets) socket.destroy();
});

test('broken framing is refused by the server itself', async () => {
  const head = ['POST /v1/cfps HTTP/1.1', `host: ${own()}`, bearer()];
  const text = JSON.stringify(NEED);
  const twice = [`content-length: ${text.length}`, 'transfer-encoding: chunked'];
  const broken: [string, RegExp][] = [
    [bytes([...head, 'content-length: -1'], text), /^HTTP\/1\.1 400 /u],
    [bytes([...head, 'content-length: 1e3'], text), /^HTTP\/1\.1 400 /u],
    [bytes([...head, 'content-length: 5', 'content-length: 60'], text), /^HTTP\/1\.1 400 /u],
    [bytes([...head, ...twice], text), /^HTTP\/1\.1 400 /u],
    [bytes([...head, 'transfer-encoding: chunked'], 'zz\r\n'), /^HTTP\/1\.1 400 /u],
    [bytes([...head, 'a b: c']), /^HTTP\/1\.1 400 /u],
    [bytes(['POST /v1/cfps HTTP/1.1', bearer()]), /^HTTP\/1\.1 400 /u],
    [bytes([...head, `x: ${'y'.repeat(20_000)}`]), /^HTTP\/1\.1 431 /u],
    ['\0\0\0\0\r\n\r\n', /^HTTP\/1\.1 400 /u],
  ];
  await untouched(async () => {
    for (const [request, wanted] of broken) {
      assert.match(await raw(host.url, request), wanted, request.slice(0, 120));
    }
  });
});

test('files are served from the screen’s folder only', async () => {
  for (const path of [
    '/../secret.key',
    '/..%2fsecret.key',
    '/%2e%2e/%2e%2e/operator.token',
    '/....//secret.key',
    '/secret.key%00.html',
    '/C:\\secret.key',
  ]) {
    const reply = await host.client(null).send('GET', path);
    assert.equal(reply.status, 404, path);
  }
});

test('a host that is asked to stop finishes what it has accepted and exits 0', async () => {
  const ending = await startHost({ clock: 'real' });
  const p = await party(ending);
  const names = Array.from({ length: 200 }, (_, i) => `stop ${i}`);
  const replies = names.map((name) =>
    p.api.send('POST', '/v1/cfps', { body: { ...NEED, task: { title: name } }, key: name }).then(
      (r) => r.status,
      () => 'cut off' as const,
    ),
  );
  await replies[20];
  const exit = ending.end('SIGTERM');
  const statuses = await Promise.all(replies);
  assert.equal(await exit, 0);
  assert.deepEqual(new Set(statuses.filter((s) => s !== 201 && s !== 'cut off')), new Set());
  const again = await startHost({ clock: 'real', dataDir: ending.dataDir });
  for (const [i, status] of statuses.entries()) {
    if (status !== 201) continue;
    const name = names[i] ?? '';
    const seq = await again.seq();
    const body = { ...NEED, task: { title: name } };
    const retry = await again.client(p.token).send('POST', '/v1/cfps', { body, key: name });
    assert.deepEqual([retry.status, await again.seq()], [201, seq], 'it was there already');
  }
});

test('through all of this nothing was stored that was not asked for', async () => {
  assert.ok((await host.seq()) > started);
  assert.equal(host.stderr(), '');
  assert.equal(await host.end('SIGTERM'), 0);
});
