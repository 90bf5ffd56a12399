// What is said about a bargaining: its protocol and who chose it, whose turn it is, how it ended,
// and how far the deal lies from what theory predicts.
import type { BargainingRole, Conflict } from '../../core/engine/protocol/bargaining.ts';
import type { BargainingDoc } from '../../core/engine/view/bargaining.ts';
import { type Amounts, amountsOf } from './amounts.ts';
import { counted, left, percent, toMicro } from './format.ts';

/** Who sits on which side, by name. */
export type Sides = Readonly<Record<BargainingRole, string>>;

const PROTOCOLS: Record<BargainingDoc['protocol'], { name: string; how: string }> = {
  'monotonic-concession': {
    name: 'Monotonic concession',
    how: 'Both sides offer at once in every round, and each repeats its offer or concedes.',
  },
  'alternating-offers': {
    name: 'Alternating offers',
    how: 'The sides speak in turns, and each accepts the other’s offer or makes its own.',
  },
};
export const protocolName = ({ protocol }: BargainingDoc): string => PROTOCOLS[protocol].name;
export const protocolSentence = ({ protocol }: BargainingDoc): string => PROTOCOLS[protocol].how;

const CHOSEN: Record<BargainingDoc['chosenBy'], string> = {
  operator: 'the operator has set it for all calls',
  'short-lease': 'the lease is short and this protocol is the faster one',
  'worth-the-wait': 'enough lies between the two limits to be worth longer talk',
  'small-surplus': 'too little lies between the two limits for longer talk',
};
/** "Monotonic concession, because the lease is short and this protocol is the faster one." */
export function chosenBySentence(doc: BargainingDoc): string {
  return `${protocolName(doc)}, because ${CHOSEN[doc.chosenBy]}.`;
}

/** "Round 4 of at most 20; north-rack’s turn, 8 s left." Of an ended one, how it ended. */
export function bargainingSentence(doc: BargainingDoc, sides: Sides, now: number): string {
  if (doc.state === 'agreed') return agreedSentence(doc);
  if (doc.state === 'conflict') return conflictSentence(doc, sides);
  const ends = Date.parse(doc.roundEndsAt);
  const time = ends <= now ? 'closing now' : `${left(ends, now)} left`;
  const round =
    doc.round > doc.roundsMax
      ? 'The rounds are over, and only yes or no is left'
      : `Round ${doc.round} of at most ${doc.roundsMax}`;
  return `${round}; ${turnWords(doc, sides)}, ${time}.`;
}
/** Whose turn it is, while it runs: "north-rack’s turn". */
export function turnWords({ turn }: BargainingDoc, sides: Sides): string {
  return turn === null ? 'both may offer' : `${sides[turn]}’s turn`;
}

/** "atlas bids 55.00, north asks 70.00, 15.00 apart; round 4 of at most 20." */
export function standingSentence(
  doc: BargainingDoc,
  sides: Sides,
  { bid, ask }: { bid: number | null; ask: number | null },
): string {
  const { text } = amountsOf(doc);
  const says = (who: string, verb: string, price: number | null): string =>
    price === null ? `${who} has not spoken yet` : `${who} ${verb} ${text(price)}`;
  const parts = [says(sides.manager, 'bids', bid), says(sides.contractor, 'asks', ask)];
  if (bid !== null && ask !== null && ask > bid) parts.push(`${text(ask - bid)} apart`);
  const round = Math.min(doc.round, doc.roundsMax);
  return `${parts.join(', ')}; round ${round} of at most ${doc.roundsMax}.`;
}

function agreedSentence(doc: BargainingDoc): string {
  const after = counted(doc.rounds.length, 'round');
  return doc.deal === null
    ? `Agreed after ${after}.`
    : `Agreed on ${amountsOf(doc).words(doc.deal.price)} after ${after}.`;
}

const CONFLICTS: Record<Conflict, (doc: BargainingDoc, sides: Sides) => string> = {
  'both-stuck': (doc) =>
    `in round ${doc.round} neither side conceded, and then the protocol ends without a deal`,
  'rounds-over': (doc) => `all ${counted(doc.roundsMax, 'round')} were used without agreement`,
  'timed-out': (doc, sides) => {
    const silent = doc.rounds.at(-1)?.silent ?? [];
    const [one] = silent;
    const who = silent.length === 1 && one ? sides[one] : 'a side';
    return `${who} did not answer in time where an answer was due`;
  },
  quit: (doc) => `a side walked away in round ${doc.round}`,
  infeasible: (doc) =>
    `${doc.deal ? `${amountsOf(doc).words(doc.deal.price)} was agreed` : 'they agreed'}, but ` +
    'by then the award could no longer be made: its slot or its credits were gone',
  overtaken: () => 'the call ended in another way while they still bargained',
};
const CONFLICT_WORDS: Record<Conflict, string> = {
  'both-stuck': 'neither conceded',
  'rounds-over': 'rounds used up',
  'timed-out': 'no answer in time',
  quit: 'a side walked away',
  infeasible: 'could not be awarded',
  overtaken: 'ended otherwise',
};
/** The same in a few words, for a list. */
export const conflictWords = ({ why }: BargainingDoc): string =>
  why === null ? 'no deal' : CONFLICT_WORDS[why];

/** Why it ended without a deal: "No deal: a side walked away in round 3." */
export function conflictSentence(doc: BargainingDoc, sides: Sides): string {
  if (doc.why === null) return 'No deal.';
  return `No deal: ${CONFLICTS[doc.why](doc, sides)}.`;
}

/** The smallest amount that the market knows, in credits. */
const PRICE_STEP = '0.000001 credits';

/** Under which conditions the drawn prediction holds; without one, why none is drawn. */
export function theorySentence(doc: BargainingDoc): string {
  if (doc.limits === null) {
    return 'No zone and no prediction are drawn: the two limits are known to the operator only.';
  }
  if (doc.limits.manager <= doc.limits.contractor) {
    return 'No prediction is drawn: the two limits leave no zone of agreement.';
  }
  const steps = `prices move in steps of ${PRICE_STEP}, so the point is unique up to one step`;
  if (doc.protocol === 'monotonic-concession') {
    return (
      'The Nash point lies midway between the limits. It needs both limits to be known to both ' +
      `sides, both to care for the price alone, and no better option elsewhere; ${steps}.`
    );
  }
  const { manager, contractor } = doc.discount;
  return (
    'The Rubinstein split counts the contractor’s proposal as the first offer. It needs both ' +
    `limits and both discount factors (${manager} and ${contractor} a round) to be known to ` +
    `both, no better option elsewhere and no last round; ${steps}.`
  );
}

/** "1.80 credits above the Nash point, 3 % of the zone." */
export function distanceSentence(
  { apart, part }: { apart: number; part: number },
  theory: string,
  amounts: Amounts,
): string {
  if (toMicro(apart) === 0) return `Exactly at the ${theory}.`;
  const side = apart > 0 ? 'above' : 'below';
  const share = Math.abs(part) < 0.005 ? 'less than 1 %' : percent(Math.abs(part));
  return `${amounts.words(Math.abs(apart))} ${side} the ${theory}: ${share} of the zone.`;
}
