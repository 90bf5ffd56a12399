// The course of a bargaining, round by round: which offer of each side stood, who moved how far,
// and what each side would have got. Pure; the charts, the transcript and the tables read it.
import type { BargainingRole } from '../../../core/engine/protocol/bargaining.ts';
import type { BargainingDoc, OfferDoc, RoundDoc } from '../../../core/engine/view/bargaining.ts';

export const ROLES = ['manager', 'contractor'] as const satisfies readonly BargainingRole[];

/**
 * What a side did in a round. `adjusts`: it kept its price and changed something else; `waits`: it
 * was the other side's turn.
 */
export type Deed = 'opens' | 'concedes' | 'repeats' | 'retreats' | 'adjusts' | 'silent' | 'waits';

export interface Stand {
  deed: Deed;
  /** The offer that stands after this round; null before the first. */
  offer: OfferDoc | null;
  /** Credits given up in this round, towards the other side; negative for a retreat. */
  conceded: number;
  /** The words that went with the offer; '' for none. */
  message: string;
}
export interface Step {
  round: number;
  at: number;
  manager: Stand;
  contractor: Stand;
  /** Credits between the standing offers, ask less bid; null until both have spoken. */
  apart: number | null;
}

/** A manager buys: it concedes upwards, its contractor downwards. */
const SIGN: Record<BargainingRole, 1 | -1> = { manager: 1, contractor: -1 };

export function courseOf(doc: BargainingDoc): Step[] {
  const standing: Record<BargainingRole, OfferDoc | null> = { manager: null, contractor: null };
  return doc.rounds.map((round) => {
    const inTurns = doc.protocol === 'alternating-offers';
    const manager = standOf(round, 'manager', standing.manager, inTurns);
    const contractor = standOf(round, 'contractor', standing.contractor, inTurns);
    standing.manager = manager.offer;
    standing.contractor = contractor.offer;
    const [bid, ask] = [manager.offer, contractor.offer];
    const apart = bid && ask ? ask.price - bid.price : null;
    return { round: round.round, at: Date.parse(round.at), manager, contractor, apart };
  });
}

function standOf(
  round: RoundDoc,
  role: BargainingRole,
  before: OfferDoc | null,
  inTurns: boolean,
): Stand {
  const said = round[role];
  const message = round.messages[role];
  const other = round[role === 'manager' ? 'contractor' : 'manager'];
  if (said === null || round.silent.includes(role)) {
    const deed = inTurns && other !== null ? 'waits' : 'silent';
    return { deed, offer: said ?? before, conceded: 0, message };
  }
  if (before === null) return { deed: 'opens', offer: said, conceded: 0, message };
  const conceded = SIGN[role] * (said.price - before.price);
  return { deed: deedOf(conceded, said, before), offer: said, conceded, message };
}

function deedOf(conceded: number, said: OfferDoc, before: OfferDoc): Deed {
  if (conceded !== 0) return conceded > 0 ? 'concedes' : 'retreats';
  return ISSUES.some((issue) => said[issue] !== before[issue]) ? 'adjusts' : 'repeats';
}

export type Limits = NonNullable<BargainingDoc['limits']>;

/** The limits, where they are known and leave room between them. */
export function zoneOf({ limits }: BargainingDoc): Limits | null {
  return limits !== null && limits.manager > limits.contractor ? limits : null;
}

/** Part of the zone that a side gets at a price, 0..1 inside the zone: by price alone. */
export function shareOf(price: number, role: BargainingRole, zone: Limits): number {
  const whole = zone.manager - zone.contractor;
  return (role === 'manager' ? zone.manager - price : price - zone.contractor) / whole;
}

/** What one side would get by its own standing offer and by the other's, 0..1; null: no offer. */
export interface Share {
  round: number;
  own: number | null;
  other: number | null;
}
export function sharesOf(steps: readonly Step[], role: BargainingRole, zone: Limits): Share[] {
  const other = role === 'manager' ? 'contractor' : 'manager';
  const at = (offer: OfferDoc | null) => (offer ? shareOf(offer.price, role, zone) : null);
  return steps.map((step) => ({
    round: step.round,
    own: at(step[role].offer),
    other: at(step[other].offer),
  }));
}

export const ISSUES = ['startDelayMs', 'reclaimWindowMs', 'penalty'] as const;
export type Issue = (typeof ISSUES)[number];

/** Issues beside the price over which the sides differed or moved. */
export function openIssues(doc: BargainingDoc): Issue[] {
  const offers = doc.rounds.flatMap(({ manager, contractor }) => [manager, contractor]);
  const all = [...offers, doc.deal].filter((one) => one !== null);
  return ISSUES.filter((issue) => new Set(all.map((one) => one[issue])).size > 1);
}

/** The axis of rounds: all that were, and of a running one some of those that may come. */
export function lastRound(doc: BargainingDoc): number {
  const been = doc.rounds.at(-1)?.round ?? 1;
  if (doc.state !== 'running') return Math.max(2, been);
  const room = Math.max(AHEAD, Math.ceil(been * 1.25));
  return Math.max(2, Math.min(doc.roundsMax, Math.max(been + 1, room)));
}
const AHEAD = 8;

/** Rounds to write below the axis, at most a dozen and never side by side. */
export function roundTicks(last: number): number[] {
  const by = [1, 2, 5, 10, 20, 50, 100].find((one) => last / one <= 12) ?? 200;
  const multiples = Array.from({ length: Math.floor(last / by) }, (_, i) => (i + 1) * by);
  if (by > 2) return [1, ...multiples];
  return Array.from({ length: Math.ceil(last / by) }, (_, i) => 1 + i * by);
}

/** From below all marks to above them, on round numbers, with up to six of them to write. */
export interface Axis {
  low: number;
  high: number;
  ticks: number[];
  /** What all ticks need to be written in full. */
  decimals: number;
}
export function axisOf(values: readonly number[]): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // Below a millionth of their size, differences are lost in the ticks.
  const margin = Math.max(most - least, Math.abs(most) * 1e-6, PRICE_STEP) * 0.08;
  const [low, high] = [Math.max(0, least - margin), most + margin];
  const step = Math.max(PRICE_STEP, roundStep((high - low) / 5));
  const [from, to] = [Math.floor(low / step), Math.ceil(high / step)];
  const ticks = Array.from({ length: to - from + 1 }, (_, i) =>
    Number(((from + i) * step).toPrecision(12)),
  );
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return { low: ticks[0] ?? low, high: ticks.at(-1) ?? high, ticks, decimals };
}
/** Prices have no finer steps, in credits. */
const PRICE_STEP = 1e-6;
/** The least of 1, 2, 5, 10 times a power of ten that is not below `value`. */
function roundStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((one) => one * power >= value * (1 - 1e-9)) ?? 10);
}
