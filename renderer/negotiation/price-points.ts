// What the price chart draws, from one call's record.
import type { CallView, DialogueView, LeaseView } from '../../core/engine/view/model.ts';
import { ticksOf } from '../ui/ticks.ts';

export interface PricePoint {
  agentId: string;
  /** Seconds since the call was opened. */
  seconds: number;
  /** Decimal credits. */
  price: number;
  won: boolean;
  dialogue: DialogueView;
}
export interface RefusalPoint {
  agentId: string;
  seconds: number;
  dialogue: DialogueView;
}
export interface PricePlot {
  proposals: PricePoint[];
  refusals: RefusalPoint[];
  limit: number;
  /** When and at which price it was awarded. */
  award: { seconds: number; price: number } | null;
  /** End of the time axis: the deadline for replies, or later when more happened. */
  seconds: number;
  /** End of the price axis; it starts at 0, because zero matters. */
  top: number;
}

const MICRO = 1_000_000;

export function pricePlot(call: CallView, lease: LeaseView | undefined): PricePlot {
  const since = (at: number): number => (at - call.openedAt) / 1000;
  const proposals: PricePoint[] = [];
  const refusals: RefusalPoint[] = [];
  for (const dialogue of call.dialogues) {
    const { agentId, proposal, refusal } = dialogue;
    if (proposal) {
      const won = proposal.state === 'accepted' || proposal.id === call.proposalId;
      const price = proposal.price / MICRO;
      proposals.push({ agentId, seconds: since(proposal.at), price, won, dialogue });
    } else if (refusal) refusals.push({ agentId, seconds: since(refusal.at), dialogue });
  }
  const award = lease ? { seconds: since(lease.awardedAt), price: lease.price / MICRO } : null;
  const limit = call.limitPrice / MICRO;
  const prices = [...proposals.map(({ price }) => price), award?.price ?? 0, limit];
  const moments = [...proposals, ...refusals].map(({ seconds }) => seconds);
  return {
    proposals,
    refusals,
    limit,
    award,
    seconds: endOf(call, [...moments, award?.seconds ?? 0]),
    top: ticksOf(Math.max(...prices, 0.01) * 1.12, true).at(-1) ?? 1,
  };
}

/** An open call has its whole window before it; of an ended one only what happened is shown. */
function endOf(call: CallView, moments: readonly number[]): number {
  const last = Math.max(...moments, 0.001);
  const window = (call.replyBy - call.openedAt) / 1000;
  return call.endedAt === null ? Math.max(window, last) : last * 1.08;
}

/** A moment of the time axis: "3 ms", "1.5 s", "2 min". */
export function momentWords(seconds: number): string {
  if (seconds === 0) return '0';
  if (seconds < 0.1) return `${Number((seconds * 1000).toPrecision(3))} ms`;
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  return `${Number((seconds / 60).toPrecision(3))} min`;
}
