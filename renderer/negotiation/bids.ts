// What was bid in a conversation, in the order in which its manager ranks it.
import type { CallView, DialogueView } from '../../core/engine/view/model.ts';

/** The winner first, then by price as the manager ranks it, then refusals, then silence. */
export function ranked(call: CallView): DialogueView[] {
  const sign = call.direction === 'offer' ? -1 : 1;
  const key = (one: DialogueView): number => {
    if (one.proposal?.state === 'accepted') return -2;
    if (one.proposal) return -1;
    return one.refusal ? 0 : 1;
  };
  const price = (one: DialogueView): number => (one.proposal?.price ?? 0) * sign;
  return [...call.dialogues].sort((a, b) => key(a) - key(b) || price(a) - price(b));
}

export type Bid = DialogueView & { proposal: NonNullable<DialogueView['proposal']> };
export const bidsOf = (call: CallView): Bid[] =>
  ranked(call).filter((one): one is Bid => one.proposal !== null);

/** Beyond this the first and the last proposal were not made at one moment. */
const MOMENT_MS = 250;

/** Whether all proposals came at one moment, so that time says nothing about them. */
export function isOneMoment(call: CallView): boolean {
  const times = bidsOf(call).map(({ proposal }) => proposal.at);
  return Math.max(...times, 0) - Math.min(...times, Infinity) < MOMENT_MS;
}
