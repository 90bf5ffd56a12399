// What a language model answered, read as a move. The text is untrusted: it may be prose, broken,
// or written by the other side through the model.
import { cleanWords, givesAway, neutralWords } from './language-model-words.ts';
import type { Move, View } from './strategy.ts';

/** Longest answer that is read at all, in UTF-16 code units. */
export const ANSWER_MAX = 16_000;

/** Why an answer is no move. */
export const ANSWER_PROBLEMS = [
  'too-long', // over ANSWER_MAX
  'not-json', // no JSON object in it
  'unknown-action', // none of offer, accept, quit
  'price-missing', // an offer without a price that is a number
  'nothing-to-accept', // the other side has offered nothing yet
  'out-of-mandate', // beyond the reservation price, or no price at all (negative, over 2^53)
  'retraction', // worse for the other side than the last offer, in monotonic concession
] as const;
export type AnswerProblem = (typeof ANSWER_PROBLEMS)[number];

/** A move and its words: `message` is shown to the other side, `reason` to the owner only. */
export interface Said {
  move: Move;
  message: string;
  reason: string;
}

export type Answer = ({ ok: true } & Said) | { ok: false; problem: AnswerProblem };

/** The answer format, as it is shown to the model. */
export const ANSWER_SCHEMA = {
  type: 'object',
  properties: {
    action: { type: 'string', enum: ['offer', 'accept', 'quit'] },
    price: { type: 'integer', description: 'your price; needed for an offer only' },
    message: { type: 'string', description: 'what the other side reads; at most 500 characters' },
    reason: { type: 'string', description: 'private, one sentence for your owner' },
  },
  required: ['action', 'message'],
} as const;

/**
 * Reads an answer against the rules of the round; never throws. A fractional price is rounded to
 * its own side's favour. Words that give the reservation price away are replaced.
 */
export function readMove(text: string, view: View): Answer {
  if (text.length > ANSWER_MAX) return { ok: false, problem: 'too-long' };
  const fields = findObject(text);
  if (fields === null) return { ok: false, problem: 'not-json' };
  const move = moveIn(fields, view);
  if (typeof move === 'string') return { ok: false, problem: move };
  const problem = breach(move, view);
  if (problem !== null) return { ok: false, problem };
  const words = cleanWords(textOf(fields.message));
  const silent = words === '' || givesAway(words, view, move);
  const message = silent ? neutralWords(move) : words;
  return { ok: true, move, message, reason: cleanWords(textOf(fields.reason)) };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The move that an answer states, allowed or not. */
function moveIn(fields: Fields, view: View): Move | 'unknown-action' | 'price-missing' {
  const { action } = fields;
  if (action === 'accept' || action === 'quit') return { type: action };
  if (action !== 'offer') return 'unknown-action';
  const price = priceOf(fields.price);
  if (price === null) return 'price-missing';
  const whole = view.role === 'manager' ? Math.floor(price) : Math.ceil(price);
  return { type: 'offer', price: whole === 0 ? 0 : whole };
}

/** Models write numbers as text now and then; other text is no price. */
function priceOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  const plain = typeof value === 'string' && /^\s*-?[0-9]{1,20}(\.[0-9]{1,9})?\s*$/.test(value);
  return plain ? Number(value) : null;
}

/** The rule that a move breaks, or null. */
export function breach(move: Move, view: View): AnswerProblem | null {
  if (move.type === 'quit') return null;
  const price = move.type === 'offer' ? move.price : view.theirs.at(-1);
  if (price === undefined) return 'nothing-to-accept';
  if (!Number.isSafeInteger(price) || price < 0) return 'out-of-mandate';
  const gain = (other: number): number => (view.role === 'manager' ? other - price : price - other);
  if (gain(view.reservation) < 0) return 'out-of-mandate';
  const last = view.mine.at(-1);
  const bound = move.type === 'offer' && view.protocol === 'monotonic-concession';
  return bound && last !== undefined && gain(last) > 0 ? 'retraction' : null;
}

type Fields = Readonly<Record<string, unknown>>;

/** More openings than this are not tried: it bounds the work on a text of brackets. */
const STARTS_MAX = 64;

/**
 * The JSON object in a text: the whole of it, or after prose or in a fence. Models think aloud
 * before they decide, so the last object that names an action counts, else the last object.
 */
function findObject(text: string): Fields | null {
  const whole = parseObject(text);
  if (whole !== null) return whole;
  const found: Fields[] = [];
  let start = text.indexOf('{');
  for (let tries = 0; start >= 0 && tries < STARTS_MAX; tries++) {
    const end = endOfObject(text, start);
    const fields = end < 0 ? null : parseObject(text.slice(start, end));
    if (fields !== null) found.push(fields);
    start = text.indexOf('{', fields === null ? start + 1 : end);
  }
  return found.findLast((fields) => Object.hasOwn(fields, 'action')) ?? found.at(-1) ?? null;
}

/** Own fields without the prototype: a name such as `constructor` is absent unless written. */
function parseObject(text: string): Fields | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.assign(Object.create(null) as Record<string, unknown>, value);
}

/** One past the bracket that closes the one at `start`, or -1. Brackets in strings do not count. */
function endOfObject(text: string, start: number): number {
  let [depth, quoted] = [0, false];
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quoted && char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === '{') depth += 1;
    else if (!quoted && char === '}' && --depth === 0) return at + 1;
  }
  return -1;
}
