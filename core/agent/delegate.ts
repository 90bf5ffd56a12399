// What a delegate is: code that acts for one agent, from what that agent is told and nothing else.
// It sees the messages a remote agent would see, its own balance, and its owner's private wishes;
// it answers with the same messages a remote agent would send. No clock and no chance of its own.
import type { Credits } from '../engine/base/credits.ts';
import type { Instant, Ms } from '../engine/base/time.ts';
import type { Valuation } from '../engine/protocol/bodies.ts';
import type { Strategy, View } from './bargaining/strategy.ts';

/** One event as the agent is told it: see engine/view/visible.ts for what is in `data`. */
export interface Told {
  seq: number;
  at: Instant;
  type: string;
  data: Readonly<Record<string, unknown>>;
}

/** The agent's own position, as `GET /v1/agents/{id}` would give it. */
export interface Self {
  agentId: string;
  now: Instant;
  available: Credits;
}

/**
 * A message to the market, in the form of the HTTP API: decimal credits, ISO instants. It is parsed
 * by the same codec as a stranger's.
 */
export type Say =
  | { to: 'cfps'; body: Record<string, unknown> }
  | { to: 'proposals' | 'refusals'; cfpId: string; body: Record<string, unknown> }
  | { to: 'award' | 'offers' | 'accept' | 'quit'; cfpId: string; body: Record<string, unknown> }
  | { to: 'cancel'; cfpId: string }
  /** Not to the market: what its owner's language model would do. The answer is a turn. */
  | { to: 'model'; cfpId: string; question: Question };

/** A move that a language model is asked for. */
export interface Question {
  /** Name of the model in the host's set-up. */
  model: string;
  persona: string;
  note: string;
  view: View;
  /** What the other side said, oldest first. */
  heard: readonly string[];
  /** What is left of the round: later no move counts. */
  withinMs: Ms;
  /** Moves where the model does not. */
  fallback: Strategy;
}

/** How the market answered a message: the document, or the problem. */
export interface Heard {
  say: Say;
  ok: boolean;
  body: Readonly<Record<string, unknown>>;
}

export interface Delegate {
  /** Events in the order of the journal. */
  hear(told: Told, self: Self): Say[];
  /** The owner's private wishes for one of its own calls. */
  entrust(cfpId: string, valuation: Valuation, self: Self): Say[];
  /** The answer to something it said. */
  answered(heard: Heard, self: Self): Say[];
  /** Called at or after `wakeAt`. */
  wake(self: Self): Say[];
  /** When it wants to be woken next; null for not at all. */
  wakeAt(): Instant | null;
}
