// Rounds in words: what each side did in one, for the transcript, the slider and the table.
import type { BargainingRole } from '../../../core/engine/protocol/bargaining.ts';
import type { OfferDoc } from '../../../core/engine/view/bargaining.ts';
import type { Amounts } from '../../words/amounts.ts';
import type { Sides } from '../../words/bargaining.ts';
import { span } from '../../words/format.ts';
import { type Issue, ROLES, type Stand, type Step } from './course.ts';

/** What a side does with a price. */
export const VERB: Record<BargainingRole, string> = { manager: 'bids', contractor: 'asks' };

/** "bids 55.00, conceding 5.00"; null when it was not this side's turn. */
export function deedWords(stand: Stand, role: BargainingRole, { text }: Amounts): string | null {
  const { deed, offer, conceded } = stand;
  if (deed === 'waits') return null;
  if (offer === null) return 'said nothing';
  const price = text(offer.price);
  switch (deed) {
    case 'opens':
      return `opens: ${VERB[role]} ${price}`;
    case 'concedes':
      return `${VERB[role]} ${price}, conceding ${text(conceded)}`;
    case 'retreats':
      return `${VERB[role]} ${price}, taking back ${text(-conceded)}`;
    case 'adjusts':
      return `stays at ${price}, changing other terms`;
    case 'repeats':
      return `stays at ${price}`;
    case 'silent':
      return `said nothing; ${price} stands`;
  }
}

/** The move alone, for a column: "+5.00" towards the other side's price, "stays", "silent". */
export function moveWords(stand: Stand, role: BargainingRole, amounts: Amounts): string {
  const { deed, conceded } = stand;
  if (deed === 'repeats') return 'stays';
  if (deed === 'adjusts') return 'terms';
  if (deed !== 'concedes' && deed !== 'retreats') return deed;
  const change = role === 'manager' ? conceded : -conceded;
  return `${change > 0 ? '+' : ''}${amounts.text(change)}`;
}

/** "Round 4: atlas bids 55.00, conceding 5.00; north-rack stays at 70.00; 15.00 apart." */
export function roundSentence(step: Step, sides: Sides, amounts: Amounts): string {
  const said = ROLES.flatMap((role) => {
    const deed = deedWords(step[role], role, amounts);
    return deed === null ? [] : [`${sides[role]} ${deed}`];
  });
  const parts = [...said, ...(step.apart === null ? [] : [apartWords(step.apart, amounts)])];
  return `Round ${step.round}: ${parts.join('; ')}.`;
}

/** "15.00 apart", or that bid and ask have met. */
export function apartWords(apart: number, { text }: Amounts): string {
  return apart > 0 ? `${text(apart)} apart` : 'the offers meet';
}

export const ISSUE_NAMES: Record<Issue, string> = {
  startDelayMs: 'Starts in',
  reclaimWindowMs: 'Notice of give-back',
  penalty: 'Penalty, cr',
};
/** The value of an issue as a cell shows it. */
export function issueWords(offer: OfferDoc | null, issue: Issue, amounts: Amounts): string {
  if (offer === null) return '';
  switch (issue) {
    case 'startDelayMs':
      return offer.startDelayMs === 0 ? 'at once' : span(offer.startDelayMs);
    case 'reclaimWindowMs':
      return offer.reclaimWindowMs === 0 ? 'none' : span(offer.reclaimWindowMs);
    case 'penalty':
      return amounts.text(offer.penalty);
  }
}
