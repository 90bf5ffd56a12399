// Many bargainings that ask one endpoint. A bargaining never has two open questions: a new round
// closes the one before, and an answer to a closed round is dropped and counted.
import type {
  Negotiator,
  NegotiatorParts,
  Outcome,
  Turn,
} from '../../agent/bargaining/language-model.ts';
import { createNegotiator } from '../../agent/bargaining/language-model.ts';
import type { Ended, View } from '../../agent/bargaining/strategy.ts';
import { assert } from '../../engine/base/assert.ts';
import type { Instant } from '../../engine/base/time.ts';
import type { Endpoint } from './endpoint.ts';

export interface Counts {
  /** Turns asked for; each ends as one of the next three. */
  turns: number;
  byModel: number;
  byFallback: number;
  /** The round was over before the answer; no move came of it. */
  late: number;
  /** Requests that went to the endpoint. */
  asked: number;
}

export interface Negotiators {
  /** Takes a bargaining on; its id must be new. */
  open(parts: NegotiatorParts): void;
  /**
   * The move for a round, or null where the round ended first. Never rejects.
   * @param heard the other side's messages, oldest first
   * @param withinMs what is left of the round: then the fallback moves
   */
  turn(id: string, view: View, heard: readonly string[], withinMs: number): Promise<Turn | null>;
  /** The round of a bargaining is over. */
  roundOver(id: string): void;
  ended(id: string, how: Ended): void;
  counts(): Counts;
}

/** Bargainings open at once. */
const OPEN_MAX = 10_000;

/** @param now logical time, for the caps of an hour */
export function createNegotiators(endpoint: Endpoint, now: () => Instant): Negotiators {
  const open = new Map<string, Negotiator>();
  const counts: Counts = { turns: 0, byModel: 0, byFallback: 0, late: 0, asked: 0 };

  function made(turn: Turn | null): Turn | null {
    if (turn === null) counts.late += 1;
    else if (turn.source === 'model') counts.byModel += 1;
    else counts.byFallback += 1;
    return turn;
  }

  return {
    open(parts) {
      assert(!open.has(parts.id) && open.size < OPEN_MAX, 'cannot take on', parts.id);
      open.set(parts.id, createNegotiator(parts));
    },
    async turn(id, view, heard, withinMs) {
      counts.turns += 1;
      const negotiator = open.get(id);
      if (negotiator === undefined) return made(null);
      const asked = negotiator.ask(view, heard, now());
      if (!('request' in asked)) return made(asked);
      counts.asked += 1;
      const outcome: Outcome = await endpoint.complete(asked.request, withinMs);
      return made(negotiator.told(asked.request, outcome));
    },
    roundOver: (id) => open.get(id)?.roundOver(),
    ended(id, how) {
      open.get(id)?.ended(how);
      open.delete(id);
    },
    counts: () => ({ ...counts }),
  };
}
