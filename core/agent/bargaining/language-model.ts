// A negotiator that asks a language model, over whatever brings the question there. It is pure: it
// says what to ask and is told the answer, so recorded answers replay a bargaining bit by bit.
// Whatever the model says, the move keeps to the mandate, and without a usable answer a rule-based
// strategy moves. Tests speak to a scripted endpoint; how well a real model bargains is not tested.
import type { Instant } from '../../engine/base/time.ts';
import { type AnswerProblem, breach, readMove, type Said } from './language-model-answer.ts';
import { type Briefing, type ChatMessage, promptFor } from './language-model-prompt.ts';
import {
  type CapReached,
  type Hold,
  type Spending,
  tokensAtMost,
} from './language-model-spending.ts';
import { neutralWords } from './language-model-words.ts';
import { keepMandate } from './mandate.ts';
import type { Ended, Move, Strategy, View } from './strategy.ts';

/** Why a model gave no answer. */
export const FAILURES = [
  'timeout', // no whole answer in time
  'refused', // an HTTP status that is no success, a redirect included
  'unreachable', // no connection
  'too-large', // the answer is over the bound on its size
  'bad-answer', // no text in it, or not what an OpenAI-compatible server sends
  'rate-limited', // 429, and its wait would be too long
  'unauthorized', // 401 or 403
  'busy', // too many asks wait already
  'stopped', // the host ends
] as const;
export type Failure = (typeof FAILURES)[number];

/**
 * What came of a request. `tokens`: prompt and answer together as the server counted them; null
 * where that is not known, then the estimate counts.
 */
export type Outcome =
  | { ok: true; text: string; tokens: number | null }
  | { ok: false; failure: Failure; tokens: number | null };

/** One question; the object itself names it when the answer is told. */
export interface ModelRequest {
  readonly messages: readonly ChatMessage[];
  /** Bound on the answer, in tokens. */
  readonly maxTokens: number;
}

/** A move with its words, and who made it; `why` the fallback had to. */
export interface Turn extends Said {
  source: 'model' | 'fallback';
  why?: AnswerProblem | Failure | CapReached;
}

export interface Negotiator {
  /** The question for this move, or the fallback's move where a cap is reached. */
  ask(view: View, heard: readonly string[], at: Instant): { request: ModelRequest } | Turn;
  /**
   * The move that follows from the outcome; null for a request that is no longer open: its round
   * is over, it was followed by another, or it was answered before. What it took counts anyway.
   */
  told(request: ModelRequest, outcome: Outcome): Turn | null;
  /** The round is over: what is still open comes too late. */
  roundOver(): void;
  /** The bargaining is over; its fallback may learn from it. */
  ended(how: Ended): void;
}

export interface NegotiatorParts {
  /** Names the bargaining in `spending`. */
  id: string;
  briefing: Briefing;
  /** Most tokens of one answer. */
  maxTokens: number;
  /** Moves where the model does not. */
  fallback: Strategy;
  /** Shared by all bargainings of one agent. */
  spending: Spending;
}

/** Requests that are still under way, late ones included; more fall back at once. */
const UNDER_WAY_MAX = 64;

export function createNegotiator(parts: NegotiatorParts): Negotiator {
  const { fallback, spending } = parts;
  const underWay = new Map<ModelRequest, Hold>();
  let open: { request: ModelRequest; view: View } | null = null;

  function fallBack(view: View, why: NonNullable<Turn['why']>): Turn {
    const move = withinMandate(fallback.decide(view), view);
    return { move, message: neutralWords(move), reason: '', source: 'fallback', why };
  }

  function play(view: View, outcome: Outcome): Turn {
    if (!outcome.ok) return fallBack(view, outcome.failure);
    const answer = readMove(outcome.text, view);
    if (!answer.ok) return fallBack(view, answer.problem);
    const { message, reason } = answer;
    return { move: withinMandate(answer.move, view), message, reason, source: 'model' };
  }

  return {
    ask(view, heard, at) {
      open = null;
      if (underWay.size >= UNDER_WAY_MAX) return fallBack(view, 'busy');
      const messages = promptFor(view, parts.briefing, heard);
      const most = tokensAtMost(messages, parts.maxTokens);
      const hold = spending.hold(parts.id, most, at);
      if (typeof hold === 'string') return fallBack(view, hold);
      const request = { messages, maxTokens: parts.maxTokens };
      underWay.set(request, hold);
      open = { request, view };
      return { request };
    },
    told(request, outcome) {
      const hold = underWay.get(request);
      if (hold === undefined) return null;
      underWay.delete(request);
      spending.settle(hold, outcome.tokens);
      if (open?.request !== request) return null;
      const { view } = open;
      open = null;
      return play(view, outcome);
    },
    roundOver() {
      open = null;
    },
    ended(how) {
      open = null;
      spending.ended(parts.id);
      fallback.ended?.(how);
    },
  };
}

/**
 * The move after the guard of every strategy. What even that cannot mend is a quit: a standing
 * offer that is beyond a mandate which has shrunk, or a price below 0.
 */
export function withinMandate(move: Move, view: View): Move {
  const kept = keepMandate(view, move);
  return breach(kept, view) === null ? kept : { type: 'quit' };
}
