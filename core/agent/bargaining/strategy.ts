// What a bargaining strategy is: a small pure module that decides one side's next move from its own
// limits and the offers on the table. It sees nothing else: not the rival's limits, no clock.
import type { Rng } from '../../engine/base/rng.ts';
import type { BargainingProtocol, BargainingRole } from '../../engine/protocol/bargaining.ts';

/**
 * What a strategy sees when it has to move. Prices are integers (micro-credits, or any other unit
 * of the world it plays in); with several issues they are effective prices, see issues.ts.
 */
export interface View {
  protocol: BargainingProtocol;
  /** A manager buys: lower is better. A contractor sells: higher is better. */
  role: BargainingRole;
  /** The round that is being played, from 1, and the last one there can be. */
  round: number;
  roundsMax: number;
  /** The worst price it may agree to: its mandate. No move may go beyond it. */
  reservation: number;
  /** The best price it can hope for, and where it opens. */
  ideal: number;
  /** What the good usually costs, by this agent's own past; null when it knows nothing. */
  market: number | null;
  /** Offers so far, oldest first; a repeated offer stands again. */
  mine: readonly number[];
  theirs: readonly number[];
  /** Value left after one more round, in (0, 1]: its own, and what it thinks of the other side. */
  discount: { mine: number; theirs: number };
  /** What one more round costs it, in the unit of prices. */
  roundCost: number;
}

/** `accept` takes the other side's last offer; `quit` ends in conflict. */
export type Move = { type: 'offer'; price: number } | { type: 'accept' } | { type: 'quit' };

/** How a bargaining ended, told to whoever wants to learn from it. */
export interface Ended {
  view: View;
  /** The agreed price; null for a conflict. */
  price: number | null;
}

export interface Strategy {
  decide(view: View): Move;
  /** For strategies that learn. */
  ended?(how: Ended): void;
}

/** A number that can be set, with its bounds: the form on screen and the codec are made from it. */
export interface Parameter {
  name: string;
  summary: string;
  initial: number;
  min: number;
  max: number;
}

/** A strategy that can be chosen by name. */
export interface StrategyKind {
  name: string;
  /** One sentence for people who choose. */
  summary: string;
  parameters: readonly Parameter[];
  /** @param params a value for every parameter, within its bounds */
  create(params: Readonly<Record<string, number>>, rng: Rng): Strategy;
}
