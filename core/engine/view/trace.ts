// The message trace of a conversation: its events told as the FIPA messages they are, one sentence
// each. A fold over the conversation's own events, so it works for live, ended and archived ones.
import { type Credits, toDecimal } from '../base/credits.ts';
import { iso, MINUTE, SECOND } from '../base/time.ts';
import type { Event, Loss, LossReason } from '../market/events.ts';
import type { Performative } from '../protocol/automaton.ts';
import { bargainingLines, lastWords } from './trace-bargaining.ts';

/** One message. `toId` null is a broadcast. */
export interface TraceLine {
  seq: number;
  at: string;
  performative: Performative | 'note';
  fromId: string | null;
  toId: string | null;
  text: string;
  event: string;
}

/** Knows names, so that sentences need no ids. */
export interface Names {
  agent(id: string): string;
  /** Contractor and price of a proposal seen earlier in this conversation. */
  proposal(id: string): { contractorId: string; price: Credits } | null;
  /** Whether the reader may know the manager's reservation price. */
  readonly inside: boolean;
}

export const creditsText = (c: Credits): string => {
  const text = Math.round(toDecimal(c) * 100) / 100;
  return `${c > 0 && text === 0 ? '<0.01' : text} credits`;
};

export function spanText(ms: number): string {
  if (ms < SECOND) return `${ms} ms`;
  if (ms < MINUTE) return `${Math.round(ms / 100) / 10} s`;
  const minutes = Math.round(ms / MINUTE);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
}

const LOST: Record<LossReason, string> = {
  price: 'somebody else was better for the manager',
  tie: 'the bids were equal and the draw went the other way',
  'above-max-price': 'the price was above what the manager would pay',
  'below-min-price': 'the bid was below what the seller would take',
  'starts-too-late': 'it would have started too late',
  'insufficient-credits': 'the credits did not suffice',
  'slot-taken': 'its slots were no longer free',
  expired: 'its validity ended before the decision',
  'need-met': 'the need was met through another conversation',
  'not-chosen': 'the manager chose another proposal',
  cancelled: 'the call was cancelled',
  unawarded: 'the call ended without an award',
  'no-agreement': 'the two sides did not agree',
};

/** Why a proposal lost, and what would have won, in one sentence. Leaks no rival's bid. */
export function lossText(loss: Loss): string {
  const { price, startDelayMs } = loss.short;
  const better = loss.reason === 'below-min-price' ? 'more' : 'better';
  if (price !== undefined)
    return `${LOST[loss.reason]}; ${creditsText(price)} ${better} would have won`;
  if (startDelayMs !== undefined) {
    return `${LOST[loss.reason]}; ${spanText(startDelayMs)} sooner would have counted`;
  }
  return LOST[loss.reason];
}

const WHY: Record<string, string> = {
  'no-proposals': 'nobody proposed',
  'all-infeasible': 'nobody could serve it',
  'all-above-max-price': 'every price was beyond the limit',
  'insufficient-credits': 'the credits did not suffice',
  'not-decided': 'the manager did not decide in time',
  'no-agreement': 'bargaining ended without a deal',
};

/** The messages of one event in the conversation `cfpId`; events of other things give none. */
export function traceLines(e: Event, cfpId: string, names: Names): TraceLine[] {
  const base = { seq: e.seq, at: iso(e.at), event: e.type };
  const line = (
    performative: TraceLine['performative'],
    fromId: string | null,
    toId: string | null,
    text: string,
  ): TraceLine => ({ ...base, performative, fromId, toId, text });
  switch (e.type) {
    case 'cfp-opened':
      return [line('cfp', e.managerId, null, openText(e, names.inside))];
    case 'proposed': {
      const start = e.startDelayMs > 0 ? `, starting in ${spanText(e.startDelayMs)}` : '';
      const text = `${names.agent(e.contractorId)} proposes ${creditsText(e.price)}${start}.`;
      return [line('propose', e.contractorId, null, text)];
    }
    case 'refused': {
      const more = e.detail === '' ? '' : `: ${e.detail}`;
      const text = `${names.agent(e.agentId)} refuses (${e.reason})${more}.`;
      return [line('refuse', e.agentId, null, text)];
    }
    case 'late-proposal': {
      const text = `${names.agent(e.agentId)} proposed too late and was refused.`;
      return [line('note', e.agentId, null, text)];
    }
    case 'proposal-lapsed':
      return rejections(e, [{ proposalId: e.proposalId, reason: 'expired', short: {} }], names);
    case 'bidding-closed':
      return [line('note', null, null, 'Bidding is closed; the manager decides.')];
    case 'bargaining-opened':
    case 'offered':
    case 'round-closed':
      return bargainingLines(e, names, line);
    case 'awarded':
      return [...lastWords(e, names, line), ...awardLines(e, cfpId, names)];
    case 'call-ended': {
      const why = e.why === null ? 'its manager cancelled it' : (WHY[e.why] ?? e.why);
      const word = e.state === 'cancelled' ? 'cancel' : 'note';
      return [
        ...lastWords(e, names, line),
        ...rejections(e, e.losses, names),
        line(word, null, null, `The call ended ${e.state}: ${why}.`),
      ];
    }
    default:
      return leaseLines(e, line);
  }
}

/** As in trace lines: who says what to whom. */
export type Line = (
  performative: TraceLine['performative'],
  fromId: string | null,
  toId: string | null,
  text: string,
) => TraceLine;

function leaseLines(e: Event, line: Line): TraceLine[] {
  switch (e.type) {
    case 'lease-started':
      return [line('note', null, null, 'The lease begins.')];
    case 'lease-enforced':
      return [
        line('note', null, null, `Enforced by ${e.enforcement.time}: ${e.enforcement.detail}.`),
      ];
    case 'lease-renewed':
      return [line('note', null, null, `The lease is renewed until ${iso(e.endAt)}.`)];
    case 'lease-reclaiming':
      return [line('note', null, null, `The owner takes the slots back at ${iso(e.reclaimAt)}.`)];
    case 'lease-ended': {
      const word = e.how === 'done' ? 'inform-done' : e.how === 'failed' ? 'failure' : 'note';
      const paid = e.charge > 0 ? `${creditsText(e.charge)} paid` : 'nothing paid';
      const detail = e.detail === '' ? '' : ` (${e.detail})`;
      return [line(word, null, null, `The lease ended, ${e.ending}: ${e.how}${detail}; ${paid}.`)];
    }
    default:
      return [];
  }
}

function openText(e: Extract<Event, { type: 'cfp-opened' }>, inside: boolean): string {
  const { need, offer } = e;
  if (need !== null) {
    const what = `${need.count} ${need.model ?? ''} ${need.kind}`.replace(/ +/gu, ' ');
    const limit = inside ? `, at most ${creditsText(e.limitPrice)}` : '';
    return `Call: ${what} for ${spanText(need.durationMs)}${limit} (${e.task.title}).`;
  }
  const slots = offer?.count === 1 ? '1 slot' : `${offer?.count ?? 0} slots`;
  const lot = offer === null ? '' : `${slots} for ${spanText(offer.durationMs)}`;
  return `Offer: ${lot}${inside ? `, from ${creditsText(e.limitPrice)}` : ''}.`;
}

function awardLines(
  e: Extract<Event, { type: 'awarded' }>,
  cfpId: string,
  names: Names,
): TraceLine[] {
  const base = { seq: e.seq, at: iso(e.at), event: e.type };
  const winner = names.proposal(e.proposalId)?.contractorId ?? e.contractorId;
  const through = e.needId === cfpId && e.cfpId !== cfpId ? ' through an offer' : '';
  const text = `Award${through} to ${names.agent(winner)} for ${creditsText(e.price)}.`;
  const accept: TraceLine = {
    ...base,
    performative: 'accept-proposal',
    // In an offer it is the seller who accepts a bid.
    fromId: winner === e.managerId ? e.contractorId : e.managerId,
    toId: winner,
    text,
  };
  return [accept, ...rejections(e, e.losses, names)];
}

export function rejections(e: Event, losses: readonly Loss[], names: Names): TraceLine[] {
  return losses.flatMap((loss) => {
    const p = names.proposal(loss.proposalId);
    if (p === null) return []; // a bid in another conversation
    const text = `${names.agent(p.contractorId)} is released: ${lossText(loss)}.`;
    const to = p.contractorId;
    const base = { seq: e.seq, at: iso(e.at), event: e.type };
    return [{ ...base, performative: 'reject-proposal' as const, fromId: null, toId: to, text }];
  });
}
