// What stands beside the curves: both standing offers, both limits, the prediction, how it ended.
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';
import type { Amounts } from '../../words/amounts.ts';
import { type Limits, ROLES, type Step } from './course.ts';
import { VERB } from './deeds.ts';
import type { EdgeLabel } from './edge-labels.tsx';
import type { BothSides } from './sides.tsx';
import type { Prediction } from './theory.ts';

const NAME_LENGTH = 16;
const GREY = 'var(--text-2)';

interface About {
  doc: BargainingDoc;
  steps: readonly Step[];
  sides: BothSides;
  amounts: Amounts;
  prediction: Prediction | null;
}

/** The labels of a round, from 1. How it ended is told with the last one only. */
export function labelsOf(about: About, round: number): EdgeLabel[] {
  const { steps, sides, amounts } = about;
  const step = steps[round - 1];
  const labels: EdgeLabel[] = ROLES.flatMap((role) => {
    const offer = step?.[role].offer;
    if (!offer) return [];
    const text = `${short(sides[role].name)} ${VERB[role]} ${amounts.text(offer.price)}`;
    return [{ value: offer.price, text, colour: sides[role].colour }];
  });
  const end = step && round >= steps.length ? endingOf(about, step) : [];
  return [...labels, ...marksOf(about), ...end];
}

/** The limits and the prediction: the same in every round. */
function marksOf({ doc, sides, amounts, prediction }: About): EdgeLabel[] {
  const labels: EdgeLabel[] = [];
  if (doc.limits) {
    const { manager, contractor } = doc.limits;
    const most = `${short(sides.manager.name)} at most ${amounts.text(manager)}`;
    const least = `${short(sides.contractor.name)} at least ${amounts.text(contractor)}`;
    labels.push({ value: manager, text: most, colour: GREY });
    labels.push({ value: contractor, text: least, colour: GREY });
  }
  if (prediction) {
    const text = `${prediction.name} ${amounts.text(prediction.price)}`;
    labels.push({ value: prediction.price, text, colour: GREY });
  }
  return labels;
}

function endingOf({ doc, amounts }: About, step: Step): EdgeLabel[] {
  if (doc.state === 'agreed' && doc.deal) {
    const text = `deal ${amounts.text(doc.deal.price)}`;
    return [{ value: doc.deal.price, text, colour: 'var(--good)', strong: true }];
  }
  const [bid, ask] = [step.manager.offer, step.contractor.offer];
  if (doc.state !== 'conflict' || !bid || !ask) return [];
  const text = `no deal, ${amounts.text(ask.price - bid.price)} apart`;
  const value = (bid.price + ask.price) / 2;
  return [{ value, text, colour: 'var(--warn)', strong: true }];
}

interface ZoneLabels {
  /** Inside it, the first that finds room. */
  inside: string[];
  /** Beside it, where none does. */
  beside: EdgeLabel;
}
/** What the zone is called. */
export function zoneLabels({ manager, contractor }: Limits, { text }: Amounts): ZoneLabels {
  const width = text(manager - contractor);
  const short = `zone ${width} wide`;
  return {
    inside: [`zone of agreement, ${width} cr wide`, short],
    beside: { value: (manager + contractor) / 2, text: short, colour: 'var(--good)' },
  };
}

/** Pixels that the labels of all rounds need at the right, so that the axis stands still. */
export function roomFor(about: About): number {
  const all = about.steps.flatMap((_, i) => labelsOf(about, i + 1));
  const longest = Math.max(0, ...all.map(({ text }) => text.length));
  return Math.min(ROOM_MAX, Math.max(ROOM_MIN, Math.ceil(longest * CHARACTER) + LEADER));
}
/** Mean width of a character of 11 px, generously. */
export const CHARACTER = 5.6;
const LEADER = 18;
const [ROOM_MIN, ROOM_MAX] = [120, 212];

const short = (name: string): string =>
  name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name;
