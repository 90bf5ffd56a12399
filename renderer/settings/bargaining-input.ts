// The rule of bargaining as the form holds it: text as typed, read strictly when it is sent.
import { LIMITS } from '../../core/engine/base/limits.ts';
import type { Policy } from '../mirror/model.ts';
import { count } from '../words/format.ts';
import { parseCredits, parseNumber, parseSpan, parseWhole, typedSpan } from '../words/input.ts';

type Rule = NonNullable<Policy['bargaining']>;
export type ProtocolChoice = Rule['protocol'];

export interface BargainingText {
  protocol: ProtocolChoice;
  fastBelow: string;
  worthWaiting: string;
  rounds: string;
  roundTime: string;
  managerDiscount: string;
  contractorDiscount: string;
  roundFee: string;
}
export type BargainingField = keyof BargainingText;

/** What holds in a market whose journal is older than the rule: that of a new market. */
export const USUAL: Rule = {
  protocol: 'auto',
  fastBelowMs: 60_000,
  worthWaiting: 100_000 as Rule['worthWaiting'],
  roundsMax: 20,
  roundMs: 1_000,
  discount: { manager: 0.95, contractor: 0.95 },
  roundFee: 0 as Rule['roundFee'],
};

export function bargainingText(rule: Rule = USUAL): BargainingText {
  return {
    protocol: rule.protocol,
    fastBelow: typedSpan(rule.fastBelowMs),
    worthWaiting: String(rule.worthWaiting / 1_000_000),
    rounds: String(rule.roundsMax),
    roundTime: typedSpan(rule.roundMs),
    managerDiscount: String(rule.discount.manager),
    contractorDiscount: String(rule.discount.contractor),
    roundFee: String(rule.roundFee / 1_000_000),
  };
}

/** What is sent of the rule; decimal credits. What is left out stays as it is. */
export interface BargainingBody {
  protocol: ProtocolChoice;
  fastBelowMs?: number;
  worthWaiting?: number;
  roundsMax?: number;
  roundMs?: number;
  discount?: { manager: number; contractor: number };
  roundFee?: number;
}

/** Notes what cannot be read of a field, and hands its value on. */
export type Need = <T>(field: BargainingField, value: T | null, hint: string) => T;

/** Only what the choice of protocol leaves open is read: what is not shown cannot be wrong. */
export function readBargaining(text: BargainingText, need: Need): BargainingBody {
  const { protocol } = text;
  if (protocol === 'off') return { protocol };
  const { leaseMsMax, roundsMax, roundMsMin, roundMsMax } = LIMITS;
  const money = (field: 'worthWaiting' | 'roundFee') =>
    need(field, parseCredits(text[field]), 'Credits, such as 1 or 0.25');
  const share = (field: 'managerDiscount' | 'contractorDiscount') =>
    need(field, parseNumber(text[field], 0, 1), 'A part from 0 to 1, such as 0.95');
  const time = (field: 'fastBelow' | 'roundTime', least: number, most: number) => {
    const ms = parseSpan(text[field]);
    const fits = ms !== null && ms >= least && ms <= most ? ms : null;
    return need(field, fits, `A time from ${typedSpan(least)} to ${typedSpan(most)}, such as 2 s`);
  };
  const most = `A whole number from 1 to ${count(roundsMax)}`;
  return {
    protocol,
    ...(protocol === 'auto' && {
      fastBelowMs: time('fastBelow', 0, leaseMsMax),
      worthWaiting: money('worthWaiting'),
    }),
    roundsMax: need('rounds', parseWhole(text.rounds, 1, roundsMax), most),
    roundMs: time('roundTime', roundMsMin, roundMsMax),
    discount: { manager: share('managerDiscount'), contractor: share('contractorDiscount') },
    roundFee: money('roundFee'),
  };
}

/** Milliseconds that a bargaining can take under what is typed; null while it cannot be read. */
export function longestMs({ rounds, roundTime }: BargainingText): number | null {
  const [n, ms] = [parseWhole(rounds, 1, LIMITS.roundsMax), parseSpan(roundTime)];
  return n === null || ms === null ? null : Math.min(n * ms, LIMITS.bargainMsMax);
}
