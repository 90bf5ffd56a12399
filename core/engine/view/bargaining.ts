// A bargaining as the screens and its two parties are told of it.
import { toDecimal } from '../base/credits.ts';
import { iso } from '../base/time.ts';
import type { Offer, ProtocolReason, Round } from '../market/events.ts';
import type { Conversation } from '../market/state.ts';
import type { BargainingProtocol, BargainingRole, Conflict } from '../protocol/bargaining.ts';

/** One offer: all issues, credits decimal. */
export interface OfferDoc {
  price: number;
  startDelayMs: number;
  reclaimWindowMs: number;
  penalty: number;
}

/** One closed round; in alternating offers only one side has spoken in it. */
export interface RoundDoc {
  round: number;
  at: string;
  manager: OfferDoc | null;
  contractor: OfferDoc | null;
  /** Words that went with the offers; '' for none. */
  messages: Record<BargainingRole, string>;
  /** A side that let the round pass repeats its standing offer. */
  silent: BargainingRole[];
}

export interface BargainingDoc {
  protocol: BargainingProtocol;
  /** Which rule of the operator chose the protocol, as a sentence's code. */
  chosenBy: ProtocolReason;
  proposalId: string;
  managerId: string;
  contractorId: string;
  state: 'running' | 'agreed' | 'conflict';
  why: Conflict | null;
  /** The round that is open now, from 1; when ended, the last one. */
  round: number;
  roundsMax: number;
  openedAt: string;
  /** When the open round closes at the latest. */
  roundEndsAt: string;
  /** Whose turn it is in alternating offers; null in simultaneous rounds and after the end. */
  turn: BargainingRole | null;
  rounds: RoundDoc[];
  /** The agreed offer. */
  deal: OfferDoc | null;
  /**
   * The limits that both sides gave the market: the call's maxPrice and the resource's reserve
   * price for that time. For the operator only: null for the parties.
   */
  limits: { manager: number; contractor: number } | null;
  /** Value left after one more round, by the operator's rule; theory is drawn from it. */
  discount: { manager: number; contractor: number };
}

type Viewer = 'operator' | { agentId: string };

/** A bargaining as its parties and the operator may see it; null for everybody else. */
export function bargainingDocument(c: Conversation, viewer: Viewer): BargainingDoc | null {
  const b = c.bargaining;
  if (b === undefined) return null;
  const party = viewer !== 'operator' && [b.managerId, b.contractorId].includes(viewer.agentId);
  if (viewer !== 'operator' && !party) return null;
  const { protocol, chosenBy, proposalId, managerId, contractorId, state, turn, discount } = b;
  return {
    protocol,
    chosenBy,
    proposalId,
    managerId,
    contractorId,
    state,
    why: b.conflict,
    round: b.round,
    roundsMax: b.roundsMax,
    openedAt: iso(b.openedAt),
    roundEndsAt: iso(b.roundEndsAt),
    turn,
    rounds: b.rounds.map(roundDocument),
    deal: b.deal === null ? null : offerDocument(b.deal),
    limits:
      viewer === 'operator'
        ? { manager: toDecimal(c.limitPrice), contractor: toDecimal(b.floor) }
        : null,
    discount,
  };
}

export function offerDocument({ price, startDelayMs, reclaimWindowMs, penalty }: Offer): OfferDoc {
  return { price: toDecimal(price), startDelayMs, reclaimWindowMs, penalty: toDecimal(penalty) };
}

function roundDocument({ round, at, said }: Round): RoundDoc {
  const { manager, contractor } = said;
  const silent: BargainingRole[] = [];
  if (manager === null) silent.push('manager');
  if (contractor === null) silent.push('contractor');
  return {
    round,
    at: iso(at),
    manager: manager === null ? null : offerDocument(manager.offer),
    contractor: contractor === null ? null : offerDocument(contractor.offer),
    messages: { manager: manager?.message ?? '', contractor: contractor?.message ?? '' },
    silent,
  };
}
