// The message trace of a bargaining. An offer is a proposal under FIPA SC00030 (Iterated Contract
// Net): both sides' offers are `propose`.
import type { Conflict } from '../protocol/bargaining.ts';
import type { Bargained, Event, Offer } from '../market/events.ts';
import {
  creditsText,
  type Line,
  type Names,
  rejections,
  spanText,
  type TraceLine,
} from './trace.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

const PROTOCOL = {
  'monotonic-concession': 'monotonic concession, both sides in each round',
  'alternating-offers': 'alternating offers, in turns',
} as const;
const BECAUSE = {
  operator: 'the operator’s choice',
  'short-lease': 'the lease is short',
  'worth-the-wait': 'what lies between the limits is worth the wait',
  'small-surplus': 'little lies between the limits',
} as const;
const CONFLICT: Record<Conflict, string> = {
  'both-stuck': 'neither side conceded any more',
  'rounds-over': 'the rounds were over',
  'timed-out': 'an answer did not come in time',
  quit: 'one side walked away',
  infeasible: 'they agreed, but the slots or the credits were gone',
  overtaken: 'the call ended in another way',
};

/** All issues of an offer that say something. */
export function offerText(o: Offer): string {
  const parts = [creditsText(o.price)];
  if (o.startDelayMs > 0) parts.push(`starting in ${spanText(o.startDelayMs)}`);
  if (o.reclaimWindowMs > 0) parts.push(`${spanText(o.reclaimWindowMs)} notice`);
  if (o.penalty > 0) parts.push(`${creditsText(o.penalty)} penalty`);
  return parts.join(', ');
}

const quoted = (message: string): string => (message === '' ? '' : ` “${message}”`);

export function bargainingLines(
  e: Of<'bargaining-opened'> | Of<'offered'> | Of<'round-closed'>,
  names: Names,
  line: Line,
): TraceLine[] {
  const { managerId, contractorId } = e;
  if (e.type === 'round-closed') {
    return [line('note', managerId, contractorId, `Round ${e.closed.round} is closed.`)];
  }
  if (e.type === 'offered') {
    const [from, to] = e.role === 'manager' ? [managerId, contractorId] : [contractorId, managerId];
    const text = `Round ${e.round}: ${names.agent(from)} offers ${offerText(e.offer)}.`;
    return [line('propose', from, to, text + quoted(e.message))];
  }
  const both = `${names.agent(managerId)} and ${names.agent(contractorId)}`;
  const text = `${both} bargain by ${PROTOCOL[e.protocol]}: ${BECAUSE[e.chosenBy]}.`;
  return [line('note', managerId, contractorId, text), ...rejections(e, e.losses, names)];
}

/** Who accepted or walked away, or how else it ended. */
export function lastWords(e: { bargained?: Bargained }, names: Names, line: Line): TraceLine[] {
  const b = e.bargained;
  if (b === undefined) return [];
  const { managerId, contractorId, deal } = b;
  const from = b.by === 'contractor' ? contractorId : managerId;
  const to = b.by === 'contractor' ? managerId : contractorId;
  if (deal === null) {
    const why = b.conflict === null ? '' : CONFLICT[b.conflict];
    return [line('note', from, to, `No agreement: ${why}.${quoted(b.message)}`)];
  }
  const agreed = b.by === null ? 'The offers meet' : `${names.agent(from)} accepts`;
  const word = b.by === null ? 'note' : 'accept-proposal';
  return [line(word, from, to, `${agreed}: ${offerText(deal)}.${quoted(b.message)}`)];
}
