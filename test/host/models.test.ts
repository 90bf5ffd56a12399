// Goal: one question to an OpenAI-compatible endpoint ends in an answer or a named failure, in time
// and within bounds, and the key goes nowhere else. Method: a scripted endpoint on loopback that
// answers well, badly, late, hugely, or not at all. Check: outcomes, what arrived there, and
// set-ups that are refused by field. No real model takes part.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import type { ModelRequest } from '../../core/agent/bargaining/language-model.ts';
import { capsOf, readModelConfig } from '../../core/host/models/config.ts';
import { openEndpoint } from '../../core/host/models/endpoint.ts';
import { config, endpointOf, reply, type Script, scripted, send, SETUP } from './models-support.ts';

const REQUEST: ModelRequest = {
  messages: [{ role: 'user', content: 'your move?' }],
  maxTokens: 300,
};
const KEY = 'sk-secret-1234567890';

/** The outcome of one question to this script, and what arrived there. */
async function asked(t: TestContext, script: Script, more: object = {}, withinMs?: number) {
  const { baseUrl, arrived } = await scripted(t, script);
  const endpoint = endpointOf(t, baseUrl, more);
  const outcome = await endpoint.complete(REQUEST, withinMs);
  return { outcome, arrived, endpoint };
}
const failure = (name: string, tokens: number | null) => ({ ok: false, failure: name, tokens });

suite('a question to an endpoint', () => {
  test('goes out in the form of the API and comes back with its text and tokens', async (t) => {
    const { outcome, arrived } = await asked(t, (_, response) => reply(response, 'hello'));
    assert.deepEqual(outcome, { ok: true, text: 'hello', tokens: 460 });
    const { url, headers, body } = arrived[0] ?? {};
    assert.deepEqual([url, headers?.authorization], ['/v1/chat/completions', `Bearer ${KEY}`]);
    assert.deepEqual(body, {
      model: 'scripted-1',
      messages: REQUEST.messages,
      stream: false,
      max_tokens: 300,
      temperature: 0.5,
      response_format: { type: 'json_object' },
    });
  });

  test('without a usage its tokens are unknown; a broken usage is none', async (t) => {
    const usages = [{}, { total_tokens: 7 }, { prompt_tokens: -1, completion_tokens: 1e99 }, 'x'];
    const tokens: unknown[] = [];
    for (const usage of usages) {
      const { outcome } = await asked(t, (_, response) => reply(response, 'hello', { usage }));
      tokens.push(outcome.tokens);
    }
    assert.deepEqual(tokens, [null, 7, null, null]);
  });

  test('is repeated without what a server refuses, and never with it again', async (t) => {
    const { outcome, arrived, endpoint } = await asked(t, ({ body }, response) => {
      const error = (message: string) => send(response, 400, { error: { message } });
      if ('response_format' in body) {
        error("'response_format.type' must be 'json_schema' or 'text'");
      } else if ('max_tokens' in body) {
        error("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
      } else if ('temperature' in body) {
        error("Unsupported value: 'temperature' does not support 0.5 with this model.");
      } else reply(response, 'hello');
    });
    assert.deepEqual([outcome.ok, arrived.length], [true, 4]);
    await endpoint.complete(REQUEST);
    const last = { model: 'scripted-1', stream: false, max_completion_tokens: 300 };
    assert.deepEqual(arrived[4]?.body, { ...last, messages: REQUEST.messages });
    assert.equal(arrived.length, 5);
  });

  test('is not repeated for ever, and not asked without a bound on the answer', async (t) => {
    const { outcome, arrived } = await asked(t, (_, response) =>
      send(response, 400, { error: 'max_tokens is over the context length' }),
    );
    assert.deepEqual(outcome, failure('refused', 0));
    assert.deepEqual(
      arrived.map(({ body }) => [body.max_tokens, 'response_format' in body]),
      [
        [300, true],
        [300, false],
      ],
    );
  });

  test('waits as long as a 429 says, when the deadline allows it', async (t) => {
    const busy: Script = (_, response, nth) =>
      nth < 3 ? send(response, 429, {}, { 'retry-after': '0.05' }) : reply(response, 'hello');
    const { outcome, arrived } = await asked(t, busy);
    assert.deepEqual([outcome.ok, arrived.length], [true, 3]);
    for (const wait of ['60', new Date(Date.now() + 60_000).toUTCString(), 'soon']) {
      const refused = await asked(t, (_, response) =>
        send(response, 429, {}, { 'retry-after': wait }),
      );
      assert.deepEqual(refused.outcome, failure('rate-limited', 0));
      assert.equal(refused.arrived.length, 1);
    }
  });

  test('ends in a named failure for every bad answer', async (t) => {
    const cases: [Script, object][] = [
      [(_, r) => send(r, 200, 'not json'), failure('bad-answer', null)],
      [
        (_, r) => send(r, 200, { choices: [], usage: { total_tokens: 9 } }),
        failure('bad-answer', 9),
      ],
      [(_, r) => reply(r, null), failure('bad-answer', 460)],
      [(_, r) => reply(r, ['hello']), failure('bad-answer', 460)],
      [(_, r) => send(r, 200, 'null'), failure('bad-answer', null)],
      [(_, r) => send(r, 500, { error: 'defect' }), failure('refused', 0)],
      [(_, r) => send(r, 401, { error: `wrong key ${KEY}` }), failure('unauthorized', 0)],
      [(_, r) => send(r, 403, {}), failure('unauthorized', 0)],
      [(_, r) => void r.destroy(), failure('unreachable', null)],
      [
        (_, r) => {
          r.writeHead(200, { 'content-length': '1000' });
          r.write('{"choices":');
          setTimeout(() => r.destroy(), 20);
        },
        failure('unreachable', null),
      ],
    ];
    for (const [script, wanted] of cases) {
      assert.deepEqual((await asked(t, script)).outcome, wanted);
    }
    const gone = endpointOf(t, 'http://127.0.0.1:9/v1');
    assert.deepEqual(await gone.complete(REQUEST), failure('unreachable', null));
  });

  test('gives up on a server that hangs, before its answer or within', async (t) => {
    const silent = await asked(t, () => {}, { timeoutMs: 100 });
    assert.deepEqual(silent.outcome, failure('timeout', null));
    const startedAt = performance.now();
    const drips = await asked(t, (_, r) => void r.writeHead(200).write('{'), {}, 100);
    assert.deepEqual(drips.outcome, failure('timeout', null));
    assert.ok(performance.now() - startedAt < 2_000);
  });

  test('stops reading a huge answer', async (t) => {
    let written = 0;
    const { outcome } = await asked(t, (_, response) => {
      const pour = (): void => {
        while (!response.destroyed && written < 2 ** 28) {
          written += 2 ** 16;
          if (!response.write('x'.repeat(2 ** 16))) {
            response.once('drain', pour);
            return;
          }
        }
      };
      response.writeHead(200);
      pour();
    });
    assert.deepEqual(outcome, failure('too-large', null));
    assert.ok(written < 2 ** 26, `${written} bytes were taken`);
  });

  test('follows no redirect: neither the key nor the prompt goes elsewhere', async (t) => {
    const thief = await scripted(t, (_, response) => reply(response, 'thanks'));
    for (const status of [301, 302, 303, 307, 308]) {
      const { outcome } = await asked(t, (_, response) =>
        send(response, status, '', { location: `${thief.baseUrl}/chat/completions` }),
      );
      assert.deepEqual(outcome, failure('refused', 0));
    }
    assert.deepEqual(thief.arrived, []);
  });

  test('shares a bounded number of places; waiting counts against its deadline', async (t) => {
    let inside = 0;
    let most = 0;
    const { baseUrl, arrived } = await scripted(t, (_, response) => {
      most = Math.max(most, ++inside);
      setTimeout(() => {
        inside -= 1;
        reply(response, 'hello');
      }, 40);
    });
    const endpoint = endpointOf(t, baseUrl, { concurrency: 3 });
    const many = Array.from({ length: 300 }, () => endpoint.complete(REQUEST, 800));
    const outcomes = await Promise.all(many);
    const count = (name: string): number =>
      outcomes.filter((o) => (o.ok ? 'ok' : o.failure) === name).length;
    assert.equal(count('busy'), 300 - 3 - 256);
    assert.ok(count('ok') > 0 && count('timeout') > 0);
    assert.equal(count('ok') + count('timeout'), 3 + 256);
    assert.ok(most <= 3 && arrived.length < 150, `${most} at once`);
    assert.deepEqual(await endpoint.complete(REQUEST), { ok: true, text: 'hello', tokens: 460 });
  });

  test('ends at once when the host stops', async (t) => {
    const { baseUrl } = await scripted(t, () => {});
    const endpoint = endpointOf(t, baseUrl, { timeoutMs: 60_000 });
    const startedAt = performance.now();
    const open = endpoint.complete(REQUEST);
    setTimeout(() => endpoint.close(), 30);
    assert.deepEqual(await open, failure('stopped', null));
    assert.ok(performance.now() - startedAt < 10_000);
    assert.deepEqual(await endpoint.complete(REQUEST), failure('stopped', 0));
  });
});

suite('the set-up of a model', () => {
  test('is refused by field', () => {
    const good = { baseUrl: 'https://api.example.com/v1', ...SETUP };
    const field = (more: object): string | undefined => {
      const found = readModelConfig({ ...good, ...more });
      return found.ok ? 'accepted' : found.problem.field;
    };
    const cases: [object, string][] = [
      [{}, 'accepted'],
      [{ baseUrl: 'http://localhost:11434/v1' }, 'accepted'],
      [{ baseUrl: 'http://[::1]:8080' }, 'accepted'],
      [{ baseUrl: 'http://127.0.0.1.example.com/v1' }, 'baseUrl'],
      [{ baseUrl: 'http://api.example.com/v1' }, 'baseUrl'],
      [{ baseUrl: 'http://192.168.0.4:8000/v1' }, 'baseUrl'],
      [{ baseUrl: 'ftp://localhost/v1' }, 'baseUrl'],
      [{ baseUrl: 'https://me:secret@example.com' }, 'baseUrl'],
      [{ baseUrl: 'https://example.com/v1?key=secret' }, 'baseUrl'],
      [{ baseUrl: 'no url' }, 'baseUrl'],
      [{ model: '' }, 'model'],
      [{ keyEnv: 'NOT A NAME' }, 'keyEnv'],
      [{ keyFile: 'relative/key' }, 'keyFile'],
      [{ keyEnv: 'A', keyFile: '/key' }, 'keyFile'],
      [{ key: KEY }, 'key'],
      [{ timeoutMs: 0 }, 'timeoutMs'],
      [{ maxTokens: 1e6 }, 'maxTokens'],
      [{ temperature: NaN }, 'temperature'],
      [{ callsPerBargaining: 0 }, 'callsPerBargaining'],
      [{ callsPerHour: Infinity }, 'callsPerHour'],
      [{ costPerHour: -1 }, 'costPerHour'],
      [{ pricePerMillionTokens: 0.0000001 }, 'pricePerMillionTokens'],
    ];
    assert.deepEqual(
      cases.map(([more]) => field(more)),
      cases.map(([, wanted]) => wanted),
    );
  });

  test('becomes caps in micro-credits', () => {
    const found = capsOf(config('http://localhost/v1', { pricePerMillionTokens: 0.6 }));
    assert.deepEqual(found, {
      caps: {
        perBargaining: { calls: 20, tokens: Infinity, cost: Infinity },
        perHour: { calls: 100, tokens: Infinity, cost: 1_000_000 },
      },
      microPerMillion: 600_000,
    });
  });
});

suite('the key', () => {
  const fileOf = (t: TestContext, text: string, mode: number): string => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-key-'));
    t.after(() => fs.rmSync(dir, { recursive: true }));
    const file = path.join(dir, 'key');
    fs.writeFileSync(file, text);
    fs.chmodSync(file, mode);
    return file;
  };
  const opened = (more: object, env = {}) => {
    const found = openEndpoint(config('http://localhost:1/v1', more), env);
    return found.ok ? 'opened' : found.problem.field;
  };

  test('comes from a private file', async (t) => {
    const { baseUrl, arrived } = await scripted(t, (_, response) => reply(response, 'hello'));
    const keyFile = fileOf(t, `${KEY}\n`, 0o600);
    const found = openEndpoint(config(baseUrl, { keyFile }), {});
    assert.ok(found.ok);
    await found.endpoint.complete(REQUEST);
    assert.equal(arrived[0]?.headers.authorization, `Bearer ${KEY}`);
  });

  const onWindows = process.platform === 'win32' ? 'Windows has no mode bits' : false;
  test('is refused from a file that others can read', { skip: onWindows }, (t) => {
    assert.equal(opened({ keyFile: fileOf(t, KEY, 0o400) }), 'opened');
    for (const mode of [0o640, 0o604, 0o660]) {
      assert.equal(opened({ keyFile: fileOf(t, KEY, mode) }), 'keyFile');
    }
    assert.equal(opened({ keyFile: os.tmpdir() }), 'keyFile');
  });

  test('is refused where it is missing, empty, or no key at all', (t) => {
    const nowhere = path.join(os.tmpdir(), 'haggle-no-such-key');
    const found = [
      opened({ keyFile: nowhere }),
      opened({ keyFile: fileOf(t, ' \n', 0o600) }),
      opened({ keyFile: fileOf(t, 'x'.repeat(5_000), 0o600) }),
      opened({ keyEnv: 'KEY' }),
      opened({ keyEnv: 'KEY' }, { KEY: 'two\nlines' }),
      opened({ keyEnv: 'KEY' }, { KEY }),
      opened({}),
    ];
    const wanted = ['keyFile', 'keyFile', 'keyFile', 'keyEnv', 'keyEnv', 'opened', 'opened'];
    assert.deepEqual(found, wanted);
  });

  test('shows in no outcome, no refusal and no endpoint', async (t) => {
    const { outcome, endpoint } = await asked(t, (_, response) =>
      send(response, 401, { error: { message: `Incorrect API key provided: ${KEY}` } }),
    );
    const refusal = openEndpoint(config('http://localhost/v1', { keyEnv: 'K' }), { K: `${KEY} x` });
    const shown = inspect([outcome, endpoint, refusal], { depth: 10, showHidden: true });
    assert.ok(!shown.includes('sk-secret'), shown);
  });
});
