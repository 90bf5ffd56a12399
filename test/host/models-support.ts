// A scripted endpoint: an HTTP server that speaks as OpenAI-compatible servers do, from a script.
// No real model can be reached where these tests run, and none is claimed.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type ModelConfig, readModelConfig } from '../../core/host/models/config.ts';
import { type Endpoint, openEndpoint } from '../../core/host/models/endpoint.ts';

/** What arrived: the path, the headers, and the body as JSON. */
export interface Arrived {
  url: string;
  headers: http.IncomingHttpHeaders;
  body: Record<string, unknown> & { messages: { role: string; content: string }[] };
}

export type Script = (arrived: Arrived, response: http.ServerResponse, nth: number) => void;

export interface Scripted {
  baseUrl: string;
  arrived: Arrived[];
}

/** Listens on loopback until the test ends. */
export async function scripted(t: TestContext, script: Script): Promise<Scripted> {
  const arrived: Arrived[] = [];
  const server = http.createServer(async (request, response) => {
    response.on('error', () => {}); // a client that left
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { url = '', headers } = request;
    const one = { url, headers, body: JSON.parse(text) as Arrived['body'] };
    arrived.push(one);
    script(one, response, arrived.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/v1`, arrived };
}

/** A whole answer in the form of the API. */
export function reply(response: http.ServerResponse, content: unknown, more: object = {}): void {
  const usage = { prompt_tokens: 400, completion_tokens: 60, total_tokens: 460 };
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
  send(response, 200, { id: 'c1', object: 'chat.completion', choices, usage, ...more });
}

export function send(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export const SETUP = {
  model: 'scripted-1',
  timeoutMs: 5_000,
  maxTokens: 300,
  temperature: 0.5,
  callsPerBargaining: 20,
  callsPerHour: 100,
  costPerHour: 1,
};

export function config(baseUrl: string, more: object = {}): ModelConfig {
  const found = readModelConfig({ baseUrl, ...SETUP, ...more });
  if (!found.ok) throw new Error(found.problem.detail);
  return found.value;
}

/** An endpoint whose key is in `HAGGLE_TEST_KEY` of a made-up environment. */
export function endpointOf(
  t: TestContext,
  baseUrl: string,
  more: object = {},
  key = 'sk-secret-1234567890',
): Endpoint {
  const opened = openEndpoint(config(baseUrl, { keyEnv: 'HAGGLE_TEST_KEY', ...more }), {
    HAGGLE_TEST_KEY: key,
  });
  if (!opened.ok) throw new Error(opened.problem.detail);
  t.after(() => opened.endpoint.close());
  return opened.endpoint;
}
