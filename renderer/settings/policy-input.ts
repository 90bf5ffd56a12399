// The policy as a form holds it: text as typed, read strictly when it is sent.
import type { Policy } from '../mirror/model.ts';
import { parseCredits, parsePercent, parseSpan, parseWhole, typedSpan } from '../words/input.ts';
import {
  type BargainingBody,
  bargainingText,
  type BargainingText,
  readBargaining,
} from './bargaining-input.ts';

export interface PolicyText extends BargainingText {
  gpu: string;
  cpu: string;
  memory: string;
  priorityReserve: string;
  pricing: Policy['defaults']['pricing'];
  award: Policy['defaults']['award'];
  replyBy: string;
  surcharged: boolean;
  rate: string;
  freeCalls: string;
  halfLife: string;
}
export type Field = keyof PolicyText;

const decimal = (micro: number): string => String(micro / 1_000_000);

export function textOf(policy: Policy): PolicyText {
  const { reservePrices, defaults, surcharge, bargaining } = policy;
  return {
    gpu: decimal(reservePrices.gpu),
    cpu: decimal(reservePrices.cpu),
    memory: decimal(reservePrices.memory),
    priorityReserve: String(Math.round(policy.priorityReserve * 1000) / 10),
    pricing: defaults.pricing,
    award: defaults.award,
    replyBy: typedSpan(defaults.replyByMs),
    surcharged: surcharge !== null,
    rate: decimal(surcharge?.rate ?? 10_000),
    freeCalls: String(surcharge?.freeCalls ?? 60),
    halfLife: typedSpan(surcharge?.halfLifeMs ?? 60_000),
    ...bargainingText(bargaining),
  };
}

/** Body of PUT /v1/policy; decimal credits. */
export interface PolicyBody {
  reservePrices: { gpu: number; cpu: number; memory: number };
  priorityReserve: number;
  defaults: Policy['defaults'];
  surcharge: { rate: number; freeCalls: number; halfLifeMs: number } | null;
  bargaining: BargainingBody;
}

/** What is sent, or which fields cannot be read and why. */
export function readPolicy(text: PolicyText): PolicyBody | Partial<Record<Field, string>> {
  const wrong: Partial<Record<Field, string>> = {};
  const need = <T>(field: Field, value: T | null, hint: string, least?: boolean): T => {
    if (value === null || least === false) wrong[field] = hint;
    return value as T;
  };
  const price = (field: 'gpu' | 'cpu' | 'memory' | 'rate'): number =>
    need(field, parseCredits(text[field]), 'Credits, such as 1 or 0.25');
  const time = (field: 'replyBy' | 'halfLife', least: number, most: number): number => {
    const ms = parseSpan(text[field]);
    const fits = ms !== null && ms >= least && ms <= most;
    const hint = `A time from ${typedSpan(least)} to ${typedSpan(most)}, such as 2 s`;
    return need(field, ms, hint, fits);
  };
  const body: PolicyBody = {
    reservePrices: { gpu: price('gpu'), cpu: price('cpu'), memory: price('memory') },
    priorityReserve: need(
      'priorityReserve',
      parsePercent(text.priorityReserve),
      'Percent, from 0 to 100',
    ),
    defaults: {
      pricing: text.pricing,
      award: text.award,
      replyByMs: time('replyBy', 10, 3_600_000),
    },
    surcharge: text.surcharged
      ? {
          rate: price('rate'),
          freeCalls: need(
            'freeCalls',
            parseWhole(text.freeCalls, 0, 100_000),
            'A whole number up to 100,000',
          ),
          halfLifeMs: time('halfLife', 1000, 31_622_400_000),
        }
      : null,
    bargaining: readBargaining(text, need),
  };
  return Object.keys(wrong).length > 0 ? wrong : body;
}

export const isBody = (read: ReturnType<typeof readPolicy>): read is PolicyBody =>
  'reservePrices' in read;
