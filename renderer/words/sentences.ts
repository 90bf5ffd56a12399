// Sentences, not codes: what happened, why, and what would have changed it.
import type {
  BudgetView,
  CallView,
  DialogueView,
  LeaseView,
} from '../../core/engine/view/model.ts';
import {
  bytes,
  capital,
  clockTime,
  counted,
  creditsInWords,
  creditsShort,
  left,
  span,
} from './format.ts';

export type Need = NonNullable<CallView['need']>;
type Proposal = NonNullable<DialogueView['proposal']>;
type Loss = NonNullable<Proposal['loss']>;
type Refusal = NonNullable<DialogueView['refusal']>;

const KIND = { gpu: 'GPU', cpu: 'CPU', memory: 'memory' } as const;
export const kindWord = (kind: keyof typeof KIND): string => KIND[kind];

/** "4 H100 GPU slots for 30 min, 24 GiB each". */
export function needWords(need: Need): string {
  const model = need.model ? `${need.model} ` : '';
  const slots = counted(need.count, `${model}${KIND[need.kind]} slot`);
  const memory = need.vramBytes ?? need.memoryBytes;
  const each = memory === undefined ? '' : `, ${bytes(memory)}${need.count > 1 ? ' each' : ''}`;
  return `${slots} for ${span(need.durationMs)}${each}`;
}

/** What a call is about, with or without a need of its own. */
export function subject(call: CallView, resourceName?: string): string {
  if (call.need) return needWords(call.need);
  if (!call.offer) return 'nothing stated';
  const { count, durationMs } = call.offer;
  const of = resourceName ? ` of ${resourceName}` : '';
  return `${counted(count, 'slot')}${of} for ${span(durationMs)}`;
}

/** "executive-report needs 1 CPU slot for 30 s and pays up to 12.5 credits." */
export function callSentence(call: CallView, manager: string, resourceName?: string): string {
  const what = subject(call, resourceName);
  const limit = creditsInWords(call.limitPrice);
  if (call.direction === 'offer') return `${manager} offers ${what} from ${limit} upwards.`;
  return `${manager} needs ${what} and pays up to ${limit}.`;
}

const PRICING = {
  'first-price': 'First price: the winner is paid what it asked.',
  'second-price': 'Second price: the winner is paid what the runner-up asked.',
  'second-score': 'Second score: quality counts against price, and the runner-up sets the pay.',
} as const;
const PRICING_OFFER = {
  'first-price': 'First price: the winner pays what it bid.',
  'second-price': 'Second price: the winner pays what the runner-up bid.',
  'second-score': PRICING['second-score'],
} as const;
const PRICING_NAME = {
  'first-price': 'First price',
  'second-price': 'Second price',
  'second-score': 'Second score',
} as const;
export const pricingName = (pricing: CallView['pricing']): string => PRICING_NAME[pricing];
export function ruleSentence(call: CallView): string {
  return (call.direction === 'offer' ? PRICING_OFFER : PRICING)[call.pricing];
}
export function awardSentence(call: CallView): string {
  return call.award === 'auto'
    ? 'The market decides by this rule when all have answered or time is up.'
    : 'The manager chooses by hand.';
}

const REFUSALS: Record<Refusal['reason'], string> = {
  'no-capacity': 'it has no capacity left',
  busy: 'it is busy',
  'resource-mismatch': 'it has no such resource',
  infeasible: 'the need cannot be met at all',
  'too-late': 'it could not finish before the deadline',
  'price-too-low': 'the limit is below its reserve price',
  'insufficient-credits': 'it lacks the credits',
  'not-eligible': 'the caller is not eligible',
  paused: 'its owner has paused selling',
  'owner-present': 'the owner is using the machine',
  policy: 'its policy forbids it',
  other: 'no reason stated',
};

/** "Refused: needs 24 GB, 19 GB free until 14:20." The contractor's own words come first. */
export function refusalSentence(refusal: Refusal): string {
  const said = refusal.detail.trim();
  const text = said === '' ? REFUSALS[refusal.reason] : said;
  return `Refused: ${text}${/[.!?]$/u.test(text) ? '' : '.'}`;
}

/** Why a proposal did not win, and what would have: never a rival's bid. */
export function lossSentence(loss: Loss, direction: CallView['direction']): string {
  const better = direction === 'offer' ? 'more' : 'less';
  const short = loss.price === null || loss.price <= 0 ? null : creditsInWords(loss.price);
  switch (loss.reason) {
    case 'price':
      if (short === null) return 'Lost on price.';
      return `Lost on price: ${short} ${better} would have won.`;
    case 'tie':
      return 'Equal to the winner; the draw went the other way.';
    case 'above-max-price':
      return short ? `${short} above the manager’s limit.` : 'Above the manager’s limit.';
    case 'below-min-price':
      return short ? `${short} below the lowest price taken.` : 'Below the lowest price taken.';
    case 'starts-too-late':
      return loss.startDelayMs === null
        ? 'It would have started too late.'
        : `It would have started ${span(loss.startDelayMs)} too late.`;
    case 'insufficient-credits':
      return short
        ? `The payer could not cover it: ${short} short.`
        : 'The payer could not cover it.';
    case 'slot-taken':
      return 'Its slot was taken before the decision.';
    case 'expired':
      return 'The proposal lapsed before the decision.';
    case 'need-met':
      return 'The need was met through another conversation.';
    case 'not-chosen':
      return 'The manager chose another proposal by hand.';
    case 'cancelled':
      return 'The manager cancelled the call.';
    case 'unawarded':
      return 'The call ended without an award.';
    case 'no-agreement':
      return 'It was bargained over without a deal.';
  }
}

/** The owner sees all bids, so is told the distance itself; contractors are told a rounded one. */
function exactly(mine: Proposal, call: CallView): string | null {
  const won = call.dialogues.find(({ proposal }) => proposal?.id === call.proposalId)?.proposal;
  const comparable = call.pricing !== 'second-score' && won?.startDelayMs === mine.startDelayMs;
  if (mine.loss?.reason !== 'price' || !won || !comparable) return null;
  const apart = Math.abs(won.price - mine.price);
  const side = call.direction === 'offer' ? 'below' : 'above';
  return apart === 0 ? null : `Lost on price: ${creditsInWords(apart)} ${side} the winning bid.`;
}

/** One sentence for a contractor's part in a call, whatever it was. */
export function dialogueSentence(dialogue: DialogueView, call: CallView): string {
  const { proposal, refusal, state } = dialogue;
  if (refusal) return refusalSentence(refusal);
  if (proposal?.loss) return exactly(proposal, call) ?? lossSentence(proposal.loss, call.direction);
  if (proposal?.state === 'lapsed') return 'The proposal lapsed before the decision.';
  switch (state) {
    case 'proposed':
      return 'Waiting for the decision; the capacity is held for it.';
    case 'committed':
      return 'Won; the lease is under way.';
    case 'done':
      return 'Won, and did what was agreed.';
    case 'failed':
      return 'Won, but did not do what was agreed.';
    case 'cancelled':
      return 'Cancelled before an answer.';
    case 'rejected':
      return 'Rejected.';
    default:
      return call.endedAt === null ? 'Has not answered yet.' : 'Did not answer in time.';
  }
}

/** What a call came to, or what it waits for. */
export function outcomeSentence(call: CallView, now: number, lease?: LeaseView): string {
  const proposals = call.dialogues.filter(({ proposal }) => proposal !== null).length;
  switch (call.state) {
    case 'bargaining':
      return 'Bidding is closed; the manager bargains over the price with one contractor.';
    case 'open':
      return proposals === 0
        ? `Waiting for proposals; ${closes(call.replyBy, now)}.`
        : `${counted(proposals, 'proposal')} so far; ${closes(call.replyBy, now)}.`;
    case 'deciding':
      return `Bidding is closed with ${counted(proposals, 'proposal')}; the manager decides.`;
    case 'awarded':
      return awardedSentence(call, lease);
    case 'unawarded':
      return unawardedSentence(call);
    case 'cancelled':
      return 'Cancelled by its manager; everything held was released.';
    case 'failed':
      return 'Awarded, but the contractor did not deliver.';
  }
}
function awardedSentence(call: CallView, lease?: LeaseView): string {
  if (!lease) return 'Awarded.';
  const through = lease.cfpId === call.id ? '' : ' through an offer of the seller';
  return `Awarded for ${creditsInWords(lease.price)}${through}.`;
}
function closes(replyBy: number, now: number): string {
  return replyBy <= now ? 'closing now' : `closes in ${left(replyBy, now)}`;
}

function unawardedSentence(call: CallView): string {
  const refused = call.dialogues.filter(({ refusal }) => refusal !== null).length;
  switch (call.why) {
    case 'no-proposals':
      return refused > 0
        ? `No award: nobody proposed, ${counted(refused, 'contractor')} refused.`
        : 'No award: nobody answered in time.';
    case 'all-infeasible':
      return 'No award: no proposal could serve the need.';
    case 'all-above-max-price':
      return `No award: every proposal was above ${creditsInWords(call.limitPrice)}.`;
    case 'insufficient-credits':
      return 'No award: the payer could not cover any proposal.';
    case 'not-decided':
      return 'No award: the manager did not decide in time.';
    case 'no-agreement':
      return 'No award: the bargaining ended without a deal.';
    case null:
      return 'No award.';
  }
}

const HOW: Record<NonNullable<LeaseView['ended']>['how'], string> = {
  done: 'The work was reported done',
  failed: 'The contractor reported a failure',
  'no-report': 'Nobody reported by its end',
  'given-back': 'The owner took it back',
  cancelled: 'It was cancelled',
};

/** How a lease stands or ended, with what was charged. */
export function leaseSentence(lease: LeaseView, now: number): string {
  const { ended } = lease;
  if (ended) {
    const charge =
      ended.charge > 0 ? `${creditsInWords(ended.charge)} charged` : 'nothing was charged';
    const detail = ended.detail ? ` (${ended.detail})` : '';
    return `${HOW[ended.how]}${detail}; ${charge}.`;
  }
  if (lease.state === 'scheduled') return `Starts in ${left(lease.startAt, now)}.`;
  if (lease.state === 'reclaiming' && lease.reclaimAt !== null) {
    return `Given back in ${left(lease.reclaimAt, now)} at the owner’s wish.`;
  }
  return lease.endAt <= now ? 'Its time is up; settling.' : `${left(lease.endAt, now)} left.`;
}

/** The price of giving a lease back, said before the click. */
export function giveBackSentence(lease: LeaseView): string {
  const notice =
    lease.reclaimWindowMs > 0
      ? `The job gets ${span(lease.reclaimWindowMs)} to finish`
      : 'The job is ended at once';
  const cost =
    lease.penalty > 0
      ? `the owner pays ${creditsInWords(lease.penalty)} as agreed in the bid`
      : 'no penalty was agreed';
  return `${notice}; ${cost}. The price of ${creditsInWords(lease.price)} is released.`;
}

const TIME: Record<LeaseView['enforcement']['time'], string> = {
  cgroup: 'ended by cgroup',
  'pid-namespace': 'ended by PID namespace',
  'process-group': 'ended by process group',
  contractor: 'ended by the contractor',
  none: 'not enforced',
};
const MEMORY: Record<LeaseView['enforcement']['memory'], string> = {
  cgroup: 'memory capped by cgroup',
  watch: 'memory watched',
  contractor: 'memory left to the contractor',
  none: 'memory not limited',
};
/** Which limits hold, and by what. */
export function enforcementWords({ enforcement }: LeaseView): string {
  return capital(`${TIME[enforcement.time]}; ${MEMORY[enforcement.memory]}`);
}

/** "12.4 of 50 credits left until 15:00:00". */
export function budgetWords(budget: BudgetView): string {
  const { amount, remaining, windowEndsAt } = budget;
  const rest = `${creditsShort(remaining)} of ${creditsInWords(amount)} left`;
  return `${rest} until ${clockTime(windowEndsAt)}`;
}
/** "per hour", "per day", "per 10 min". */
export function windowWords(ms: number): string {
  const names = new Map([
    [60_000, 'per minute'],
    [3_600_000, 'per hour'],
    [86_400_000, 'per day'],
  ]);
  return names.get(ms) ?? `per ${span(ms)}`;
}
