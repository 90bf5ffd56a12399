// An OpenAI-compatible endpoint: POST {baseUrl}/chat/completions. Everything ends in an outcome,
// within the deadline and within bounds; the key goes to this origin only and into no message.
import type { Failure, ModelRequest, Outcome } from '../../agent/bargaining/language-model.ts';
import { ANSWER_MAX } from '../../agent/bargaining/language-model-answer.ts';
import { problem, type Problem } from '../../engine/protocol/problems.ts';
import type { ModelConfig } from './config.ts';
import { readKey } from './key.ts';
import { createGate } from './gate.ts';

export interface Endpoint {
  /**
   * Asks once; never rejects. Waiting for a free place, the request and its repeats share the
   * deadline.
   * @param withinMs shortens the set-up's timeout, for a round that ends sooner
   */
  complete(request: ModelRequest, withinMs?: number): Promise<Outcome>;
  /** Ends what is under way; later asks are `stopped`. */
  close(): void;
}

/** An answer of 8,192 tokens is about 40 KB; the rest is for what servers add. */
const RESPONSE_BYTES_MAX = 256 * 1024;
const CONCURRENCY = 4;
const WAITING_MAX = 256;
/** Requests for one ask, repeats with fewer fields or after a wait included. */
const TRIES_MAX = 6;

/**
 * Fields that some servers refuse with 400 or 422: LM Studio takes no `json_object`, newer OpenAI
 * models take `max_completion_tokens` and no temperature. What was refused once is not sent again.
 */
const NEGOTIABLE = ['response_format', 'max_tokens', 'temperature'] as const;
type Negotiable = (typeof NEGOTIABLE)[number];

export type OpenedEndpoint = { ok: true; endpoint: Endpoint } | { ok: false; problem: Problem };

/** Reads the key and makes the endpoint; connects to nothing yet. */
export function openEndpoint(config: ModelConfig, env = process.env): OpenedEndpoint {
  const found = readKey(config, env);
  if (found.ok) return { ok: true, endpoint: createEndpoint(config, found.key) };
  return {
    ok: false,
    problem: problem('invalid-field', found.detail, { field: found.field }),
  };
}

function createEndpoint(config: ModelConfig, key: string | null): Endpoint {
  const { origin, pathname } = new URL(config.baseUrl);
  const url = `${origin}${pathname.replace(/\/+$/, '')}/chat/completions`;
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
  };
  const refused = new Set<Negotiable>(config.jsonMode === false ? ['response_format'] : []);
  const gate = createGate(config.concurrency ?? CONCURRENCY, WAITING_MAX);
  const live = new Set<AbortController>();
  let stopped = false;

  async function once(request: ModelRequest, sent: Sent, signal: AbortSignal): Promise<Reply> {
    const body = JSON.stringify(bodyOf(config, request, sent));
    // A redirect would carry the key and the private prompt to wherever it points.
    const options = { method: 'POST', redirect: 'manual', headers, body, signal } as const;
    const response = await fetch(url, options);
    const text = await boundedText(response);
    return { status: response.status, text, retryAfter: response.headers.get('retry-after') };
  }

  async function tried(request: ModelRequest, signal: AbortSignal, endAt: number) {
    for (let tries = 1; ; tries++) {
      const sent = NEGOTIABLE.filter((name) => !refused.has(name));
      const reply = await once(request, sent, signal);
      const unwanted = tries < TRIES_MAX ? unwantedField(reply, sent) : null;
      if (unwanted !== null) {
        refused.add(unwanted);
        continue;
      }
      const waitMs = reply.status === 429 && tries < TRIES_MAX ? waitOf(reply.retryAfter) : null;
      if (waitMs === null || performance.now() + waitMs >= endAt) return outcomeOf(reply);
      await pause(waitMs, signal);
    }
  }

  async function complete(request: ModelRequest, withinMs = Infinity): Promise<Outcome> {
    if (stopped) return failed('stopped', 0);
    const patienceMs = Math.max(1, Math.floor(Math.min(config.timeoutMs, withinMs)));
    const endAt = performance.now() + patienceMs;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), patienceMs);
    live.add(controller);
    const entered = await gate.enter(controller.signal);
    const ended = (): Failure => (stopped ? 'stopped' : 'timeout');
    try {
      if (entered === 'full') return failed('busy', 0);
      if (entered === 'gone') return failed(ended(), 0);
      return await tried(request, controller.signal, endAt);
    } catch (error) {
      return controller.signal.aborted ? failed(ended(), null) : failureOf(error);
    } finally {
      clearTimeout(timer);
      live.delete(controller);
      if (entered === 'in') gate.leave();
    }
  }

  return {
    complete,
    close() {
      stopped = true;
      for (const controller of live) controller.abort();
    },
  };
}

type Sent = readonly Negotiable[];

function bodyOf(config: ModelConfig, request: ModelRequest, sent: Sent): object {
  const limit = sent.includes('max_tokens') ? 'max_tokens' : 'max_completion_tokens';
  return {
    model: config.model,
    messages: request.messages,
    stream: false,
    [limit]: request.maxTokens,
    ...(sent.includes('temperature') ? { temperature: config.temperature } : {}),
    ...(sent.includes('response_format') ? { response_format: { type: 'json_object' } } : {}),
  };
}

interface Reply {
  status: number;
  /** Null: over the bound. */
  text: string | null;
  retryAfter: string | null;
}

const failed = (failure: Failure, tokens: number | null): Outcome => ({
  ok: false,
  failure,
  tokens,
});

/** The body, or null where it passes the bound; then the rest is not read. */
async function boundedText(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the body.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > RESPONSE_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * The field that the server refused and can do without, or null. A server that names none has most
 * likely never heard of JSON mode. The bound on the answer is renamed only where the server names
 * its new name: elsewhere that would be ignored, and nothing would bound the answer.
 */
function unwantedField({ status, text }: Reply, sent: Sent): Negotiable | null {
  if (status !== 400 && status !== 422) return null;
  const says = (word: string): boolean => text?.includes(word) ?? false;
  if (sent.includes('max_tokens') && says('max_completion_tokens')) return 'max_tokens';
  if (sent.includes('response_format')) {
    return says('temperature') && !says('response_format') ? 'temperature' : 'response_format';
  }
  return sent.includes('temperature') && says('temperature') ? 'temperature' : null;
}

/** Retry-After (RFC 9110, 10.2.3), seconds or a date, in milliseconds; null when unreadable. */
function waitOf(retryAfter: string | null): number | null {
  if (retryAfter === null) return null;
  if (/^[0-9]{1,6}(\.[0-9]+)?$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    }
  });
}

/** Only a request that never left costs nothing for sure. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function failureOf(error: unknown): Outcome {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  return failed('unreachable', NEVER_SENT.has(cause?.code ?? '') ? 0 : null);
}

function outcomeOf({ status, text }: Reply): Outcome {
  if (status === 401 || status === 403) return failed('unauthorized', 0);
  if (status === 429) return failed('rate-limited', 0);
  if (status < 200 || status > 299) return failed('refused', 0);
  return text === null ? failed('too-large', null) : answerIn(text);
}

/** The text of the first choice and the tokens used, of an untrusted body. */
function answerIn(text: string): Outcome {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return failed('bad-answer', null);
  }
  const tokens = tokensIn(field(body, 'usage'));
  const choices = field(body, 'choices');
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const content = field(field(first, 'message'), 'content');
  if (typeof content !== 'string' || content === '') return failed('bad-answer', tokens);
  // One more than is read at all, so that the reader still sees that it was too long.
  return { ok: true, text: content.slice(0, ANSWER_MAX + 1), tokens };
}

function tokensIn(usage: unknown): number | null {
  const count = (name: string): number | null => {
    const value = field(usage, name);
    return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
  };
  const [prompt, answer] = [count('prompt_tokens'), count('completion_tokens')];
  if (prompt === null || answer === null) return count('total_tokens');
  // Thoughts that were not shown may be in the total only.
  return Math.max(prompt + answer, count('total_tokens') ?? 0);
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
