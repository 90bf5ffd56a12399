// One bargaining between two strategies, by the rules of either protocol, without a market around
// it: for tournaments, benchmarks and the laws that every strategy must keep.
import { keepMandate } from '../../agent/bargaining/mandate.ts';
import type { Move, Strategy, View } from '../../agent/bargaining/strategy.ts';
import type { Rng } from '../../engine/base/rng.ts';
import type {
  BargainingProtocol,
  BargainingRole,
  Conflict,
} from '../../engine/protocol/bargaining.ts';

/** The bound on rounds of any session. */
export const ROUNDS_MAX = 10_000;

/** One side: who decides, and what it knows. Prices are integers. */
export interface Side {
  strategy: Strategy;
  reservation: number;
  ideal: number;
  market: number | null;
  /** Value left after one more round, in (0, 1]: its own, and what it believes of the other. */
  discount: { mine: number; theirs: number };
  roundCost: number;
}

export interface Session {
  protocol: BargainingProtocol;
  /** Rounds, from 2 to ROUNDS_MAX; in alternating offers a round is one move. */
  roundsMax: number;
  /** Who moves first in alternating offers; the manager unless said otherwise. */
  first?: BargainingRole;
  manager: Side;
  contractor: Side;
}

export interface Outcome {
  /** The agreed price; null for a conflict. */
  price: number | null;
  conflict: Conflict | null;
  /** The round in which the agreed offer was made; for a conflict, the last one played. */
  rounds: number;
  offers: { manager: readonly number[]; contractor: readonly number[] };
}

/** Told of every move as it is made, after the guard. */
export type Watch = (role: BargainingRole, round: number, move: Move) => void;

export interface Means {
  rng: Rng;
  watch?: Watch;
  /** What stands between a strategy and the table; only tests of the guard take another one. */
  guard?: typeof keepMandate;
}

function viewOf(
  role: BargainingRole,
  side: Side,
  session: Session,
  mine: readonly number[],
  theirs: readonly number[],
): View {
  const { reservation, ideal, market, discount, roundCost } = side;
  const { protocol, roundsMax } = session;
  return {
    protocol,
    role,
    round: 1,
    roundsMax,
    reservation,
    ideal,
    market,
    mine,
    theirs,
    discount,
    roundCost,
  };
}

/** Two sides at a table: their offers, and each one's view, which grows with the rounds. */
class Table {
  readonly bids: number[] = [];
  readonly asks: number[] = [];
  readonly manager: View;
  readonly contractor: View;
  private readonly session: Session;
  private readonly watch: Watch | undefined;
  private readonly guard: typeof keepMandate;

  constructor(session: Session, { watch, guard = keepMandate }: Means) {
    this.session = session;
    this.watch = watch;
    this.guard = guard;
    this.manager = viewOf('manager', session.manager, session, this.bids, this.asks);
    this.contractor = viewOf('contractor', session.contractor, session, this.asks, this.bids);
  }

  decide(role: BargainingRole, round: number): Move {
    const view = role === 'manager' ? this.manager : this.contractor;
    view.round = round;
    const { strategy } = role === 'manager' ? this.session.manager : this.session.contractor;
    const move = this.guard(view, strategy.decide(view));
    this.watch?.(role, round, move);
    return move;
  }

  end(price: number | null, conflict: Conflict | null, rounds: number): Outcome {
    const { manager, contractor } = this.session;
    if (manager.strategy.ended) {
      this.manager.round = rounds;
      manager.strategy.ended({ view: this.manager, price });
    }
    if (contractor.strategy.ended) {
      this.contractor.round = rounds;
      contractor.strategy.ended({ view: this.contractor, price });
    }
    return { price, conflict, rounds, offers: { manager: this.bids, contractor: this.asks } };
  }
}

/**
 * Plays one bargaining to its end and tells both strategies of it.
 * @throws RangeError when roundsMax is out of bounds
 */
export function bargain(session: Session, means: Means): Outcome {
  const { roundsMax } = session;
  if (!(Number.isInteger(roundsMax) && roundsMax >= 2 && roundsMax <= ROUNDS_MAX)) {
    throw new RangeError(`roundsMax: must be an integer from 2 to ${ROUNDS_MAX}`);
  }
  const table = new Table(session, means);
  return session.protocol === 'monotonic-concession'
    ? concede(table, roundsMax, means.rng)
    : takeTurns(table, roundsMax, session.first ?? 'manager');
}

/**
 * Simultaneous rounds (Rosenschein and Zlotkin, 1994): agreement when the offers meet or cross, at
 * one of them by a coin; conflict when both repeat. Taking the other's offer is offering the same.
 */
function concede(table: Table, roundsMax: number, rng: Rng): Outcome {
  const { bids, asks } = table;
  for (let round = 1; round <= roundsMax; round++) {
    const buying = table.decide('manager', round);
    const selling = table.decide('contractor', round);
    if (buying.type === 'quit' || selling.type === 'quit') return table.end(null, 'quit', round);
    const before = round - 2;
    const bid = buying.type === 'offer' ? buying.price : (asks[before] as number);
    const ask = selling.type === 'offer' ? selling.price : (bids[before] as number);
    bids.push(bid);
    asks.push(ask);
    if (bid >= ask) return table.end(bid === ask || rng.chance(0.5) ? bid : ask, null, round);
    if (round > 1 && bid === bids[before] && ask === asks[before]) {
      return table.end(null, 'both-stuck', round);
    }
  }
  return table.end(null, 'rounds-over', roundsMax);
}

/** Turns (Rubinstein, 1982): a side accepts the offer before it, or answers with its own. */
function takeTurns(table: Table, roundsMax: number, first: BargainingRole): Outcome {
  const { bids, asks } = table;
  let managerMoves = first === 'manager';
  for (let round = 1; round <= roundsMax; round++) {
    const move = table.decide(managerMoves ? 'manager' : 'contractor', round);
    const theirs = managerMoves ? asks : bids;
    if (move.type === 'quit') return table.end(null, 'quit', round);
    if (move.type === 'accept') {
      return table.end(theirs[theirs.length - 1] as number, null, round - 1);
    }
    (managerMoves ? bids : asks).push(move.price);
    managerMoves = !managerMoves;
  }
  return table.end(null, 'rounds-over', roundsMax);
}

/**
 * What an outcome is worth to a side, in the unit of prices: gain x discount^(rounds - 1), less the
 * cost of the rounds after the first.
 */
export function utilityOf(side: Side, role: BargainingRole, outcome: Outcome): number {
  const waited = outcome.rounds - 1;
  const cost = side.roundCost * waited;
  if (outcome.price === null) return -cost;
  const gain = (outcome.price - side.reservation) * (role === 'contractor' ? 1 : -1);
  return gain * side.discount.mine ** waited - cost;
}
