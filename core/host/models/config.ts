// How a language model is set up: which endpoint, which model, where its key is, and what it may
// cost. The key itself is never part of this.
import path from 'node:path';
import type { Caps } from '../../agent/bargaining/language-model-spending.ts';
import { type Credits, ZERO } from '../../engine/base/credits.ts';
import { problem } from '../../engine/protocol/problems.ts';
import {
  amount,
  decimal,
  flag,
  integer,
  object,
  optional,
  read,
  type Read,
  text,
} from '../../engine/protocol/shape.ts';

/**
 * Fields of the set-up. Costs are credits with at most 6 decimals; without a price a model is free
 * of cost (a local one), and the caps on calls and tokens still hold.
 */
export const modelConfig = object({
  /** Up to and without `/chat/completions`: https, or http on this machine. */
  baseUrl: text({ max: 500 }),
  model: text({ max: 200 }),
  /** Name of the environment variable that holds the key. */
  keyEnv: optional(text({ max: 100, pattern: '^[A-Za-z_][A-Za-z0-9_]*$' })),
  /** Absolute path of a file that holds the key, readable by its owner only (mode 0600). */
  keyFile: optional(text({ max: 1_000 })),
  timeoutMs: integer(100, 300_000),
  /** Most tokens of one answer. */
  maxTokens: integer(16, 8_192),
  temperature: decimal(0, 2),
  callsPerBargaining: integer(1, 1_000),
  callsPerHour: integer(1, 10_000),
  costPerHour: amount(),
  pricePerMillionTokens: optional(amount()),
  tokensPerBargaining: optional(integer(1, 1_000_000_000)),
  tokensPerHour: optional(integer(1, 1_000_000_000)),
  costPerBargaining: optional(amount()),
  /** Ask for JSON through `response_format`; a server that refuses it is asked without. */
  jsonMode: optional(flag),
  /** Requests under way at once; 4 when absent. */
  concurrency: optional(integer(1, 64)),
});
export type ModelConfig = ReturnType<typeof modelConfig.parse>;

/** Reads a set-up from anything; a refusal names the field at fault. */
export function readModelConfig(value: unknown): Read<ModelConfig> {
  const config = read(modelConfig, value);
  if (!config.ok) return config;
  const { baseUrl, keyEnv, keyFile } = config.value;
  const wrong = urlFault(baseUrl);
  if (wrong !== null) return refusal('baseUrl', `baseUrl ${wrong}`);
  if (keyFile !== undefined && keyEnv !== undefined) {
    return refusal('keyFile', 'a key has one place: keyEnv or keyFile, not both');
  }
  if (keyFile !== undefined && !path.isAbsolute(keyFile)) {
    return refusal('keyFile', 'keyFile must be an absolute path');
  }
  return config;
}

function refusal(field: string, detail: string): Read<never> {
  return { ok: false, problem: problem('invalid-field', detail, { field }) };
}

/** What is wrong with a base URL, or null. A key must not travel in the clear. */
function urlFault(baseUrl: string): string | null {
  if (!URL.canParse(baseUrl)) return 'must be a URL';
  const { protocol, hostname, username, password, search, hash } = new URL(baseUrl);
  if (protocol !== 'https:' && protocol !== 'http:') return 'must be an https URL';
  if (protocol === 'http:' && !isLoopback(hostname)) {
    return 'must be https; http is for this machine only';
  }
  if (username !== '' || password !== '') return 'must not hold a user or a password';
  return search === '' && hash === '' ? null : 'must have no query and no fragment';
}

/** A URL's host in its normal form: `127.1` has become `127.0.0.1`. */
const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname);

/** The caps of a set-up in the form of the pure part, and its price in micro-credits. */
export function capsOf(config: ModelConfig): { caps: Caps; microPerMillion: Credits } {
  const caps: Caps = {
    perBargaining: {
      calls: config.callsPerBargaining,
      tokens: config.tokensPerBargaining ?? Infinity,
      cost: config.costPerBargaining ?? Infinity,
    },
    perHour: {
      calls: config.callsPerHour,
      tokens: config.tokensPerHour ?? Infinity,
      cost: config.costPerHour,
    },
  };
  return { caps, microPerMillion: config.pricePerMillionTokens ?? ZERO };
}
