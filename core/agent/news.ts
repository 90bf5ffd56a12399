// Reading what an agent is told: the few fields delegates need, checked, in engine units.
import { type Credits, fromDecimal, ZERO } from '../engine/base/credits.ts';
import type { Instant, Ms } from '../engine/base/time.ts';
import type { Pricing } from '../engine/protocol/bodies.ts';
import type { Need, ResourceKind } from '../engine/protocol/need.ts';
import type { Told } from './delegate.ts';

export interface LotNews {
  resourceId: string;
  kind: ResourceKind;
  model: string | null;
  count: number;
  durationMs: Ms;
}
/** A call as it is broadcast. */
export interface CallNews {
  cfpId: string;
  managerId: string;
  need: Need | null;
  offer: LotNews | null;
  pricing: Pricing;
  replyBy: Instant;
}

type Data = Readonly<Record<string, unknown>>;
const text = (v: unknown): string => (typeof v === 'string' ? v : '');
const number = (v: unknown): number => (typeof v === 'number' ? v : 0);
const record = (v: unknown): Data => (typeof v === 'object' && v !== null ? (v as Data) : {});
const instant = (v: unknown): Instant => (typeof v === 'string' ? Date.parse(v) : 0);
const money = (v: unknown): Credits => fromDecimal(number(v)) ?? ZERO;

/** The call in a `cfp-opened`. */
export function callNews(data: Data): CallNews {
  const offer = data.offer === undefined ? null : record(data.offer);
  return {
    cfpId: text(data.cfpId),
    managerId: text(data.managerId),
    need: data.need === undefined ? null : (data.need as Need),
    offer:
      offer === null
        ? null
        : {
            resourceId: text(offer.resourceId),
            kind: text(offer.kind) as ResourceKind,
            model: typeof offer.model === 'string' ? offer.model : null,
            count: number(offer.count),
            durationMs: number(offer.durationMs),
          },
    pricing: text(record(data.mechanism).pricing) as Pricing,
    replyBy: instant(data.replyBy),
  };
}

/** A lease in an `awarded` that names this agent as a party. */
export interface AwardNews {
  cfpId: string;
  needId: string | null;
  leaseId: string | null;
  managerId: string;
  contractorId: string;
  resourceId: string;
  slots: number[];
  price: Credits;
  from: Instant;
  to: Instant;
}
export function awardNews(data: Data): AwardNews {
  const claim = record(data.claim);
  return {
    cfpId: text(data.cfpId),
    needId: data.needId === null || data.needId === undefined ? null : text(data.needId),
    leaseId: data.leaseId === undefined ? null : text(data.leaseId),
    managerId: text(data.managerId),
    contractorId: text(data.contractorId),
    resourceId: text(claim.resourceId),
    slots: Array.isArray(claim.slots) ? (claim.slots as number[]) : [],
    price: money(data.price),
    from: instant(claim.from),
    to: instant(claim.to),
  };
}

/** A resource in a `resource-added`. */
export interface ResourceNews {
  resourceId: string;
  kind: ResourceKind;
  model: string | null;
  count: number;
  vramBytes: number | null;
  memoryBytes: number | null;
  reservePrice: Credits;
}
export function resourceNews(data: Data): ResourceNews {
  return {
    resourceId: text(data.resourceId),
    kind: text(data.kind) as ResourceKind,
    model: typeof data.model === 'string' ? data.model : null,
    count: number(data.count),
    vramBytes: typeof data.vramBytes === 'number' ? data.vramBytes : null,
    memoryBytes: typeof data.memoryBytes === 'number' ? data.memoryBytes : null,
    reservePrice: money(data.reservePrice),
  };
}

export const idOf = (told: Told, field: string): string => text(told.data[field]);
export const instantOf = (told: Told, field: string): Instant => instant(told.data[field]);
export const priceOf = (told: Told, field: string): Credits => money(told.data[field]);
