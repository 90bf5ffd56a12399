// What calls of a language model may cost: reserve, then settle. The estimate is held before the
// request leaves, so asks that run at once cannot pass a cap together.
import { assert } from '../../engine/base/assert.ts';
import { type Instant, HOUR } from '../../engine/base/time.ts';
import type { ChatMessage } from './language-model-prompt.ts';

/** Calls, tokens (prompt and answer), and micro-credits. */
export interface Amounts {
  calls: number;
  tokens: number;
  cost: number;
}

/** Upper bounds; Infinity where there is none, but calls are at most 10,000 in any case. */
export interface Caps {
  perBargaining: Amounts;
  /** For one agent, over any span of an hour. */
  perHour: Amounts;
}

/** The cap that leaves no room; `bargainings`: more are open at once than can be counted. */
export type CapReached =
  `${keyof Amounts}-per-bargaining` | `${keyof Amounts}-per-hour` | 'bargainings';

export interface Hold {
  readonly bargaining: string;
  readonly at: Instant;
  /** What counts now: the estimate while the call runs, then what it took. */
  spent: Amounts;
}

export interface Spending {
  /** Reserves one call, or names the cap that leaves no room. `at` never goes back. */
  hold(bargaining: string, tokens: number, at: Instant): Hold | CapReached;
  /** Puts the true number of tokens for the estimate; null: not known, the estimate stands. */
  settle(hold: Hold, tokens: number | null): void;
  /** Forgets a bargaining that has ended; what it spent still counts in its hour. */
  ended(bargaining: string): void;
  /** What counts in the hour that ends at `at`. */
  lastHour(at: Instant): Amounts;
}

const KINDS = ['calls', 'tokens', 'cost'] as const;
const BARGAININGS_MAX = 10_000;
const CALLS_MAX = 10_000;
/** Role, delimiters and the start of the answer, in tokens a message. */
const FRAME_TOKENS = 16;

/**
 * Most tokens that a request can take: one for each byte of UTF-8 (byte-level encodings have no
 * token below a byte), a frame for each message, and the whole answer.
 */
export function tokensAtMost(messages: readonly ChatMessage[], answerTokens: number): number {
  const bytes = messages.reduce((total, { content }) => total + bytesOf(content), 0);
  return bytes + FRAME_TOKENS * messages.length + answerTokens;
}

function bytesOf(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** @param microPerMillion micro-credits for a million tokens, prompt and answer alike; 0 is free */
export function createSpending(caps: Caps, microPerMillion: number): Spending {
  assert(caps.perHour.calls <= CALLS_MAX, 'too many calls per hour', caps.perHour.calls);
  let recent: Hold[] = [];
  const bargainings = new Map<string, Hold[]>();

  function priced(tokens: number): Amounts {
    return { calls: 1, tokens, cost: Math.ceil((tokens * microPerMillion) / 1_000_000) };
  }

  function hold(bargaining: string, tokens: number, at: Instant): Hold | CapReached {
    recent = recent.filter((old) => old.at > at - HOUR);
    const more = priced(tokens);
    const here = bargainings.get(bargaining) ?? [];
    const inOne = over(sum(here), more, caps.perBargaining);
    if (inOne !== null) return `${inOne}-per-bargaining`;
    const inHour = over(sum(recent), more, caps.perHour);
    if (inHour !== null) return `${inHour}-per-hour`;
    if (here.length === 0 && bargainings.size >= BARGAININGS_MAX) return 'bargainings';
    const held: Hold = { bargaining, at, spent: more };
    recent.push(held);
    bargainings.set(bargaining, [...here, held]);
    return held;
  }

  return {
    hold,
    settle(held, tokens) {
      if (tokens !== null) held.spent = priced(tokens);
    },
    ended: (bargaining) => void bargainings.delete(bargaining),
    lastHour: (at) => sum(recent.filter((old) => old.at > at - HOUR)),
  };
}

function sum(holds: readonly Hold[]): Amounts {
  const total = { calls: 0, tokens: 0, cost: 0 };
  for (const { spent } of holds) for (const kind of KINDS) total[kind] += spent[kind];
  return total;
}

/** The first cap that one more call would pass. */
function over(spent: Amounts, more: Amounts, cap: Amounts): keyof Amounts | null {
  return KINDS.find((kind) => spent[kind] + more[kind] > cap[kind]) ?? null;
}
