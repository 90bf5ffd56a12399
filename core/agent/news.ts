// Reading what an agent is told: the few fields delegates need, checked, in engine units.
import { type Credits, fromDecimal, ZERO } from '../engine/base/credits.ts';
import type { Instant, Ms } from '../engine/base/time.ts';
import type { Pricing } from '../engine/protocol/bodies.ts';
import type { Need, ResourceKind } from '../engine/protocol/need.ts';
import type { BargainingProtocol, BargainingRole } from '../engine/protocol/bargaining.ts';
import type { Offer } from './bargaining/issues.ts';
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
  /** Its manager is willing to bargain. */
  bargains: boolean;
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
    bargains: record(data.mechanism).bargaining === true,
    replyBy: instant(data.replyBy),
  };
}

/** A `proposed` of this agent's own. */
export interface ProposalNews {
  cfpId: string;
  contractorId: string;
  resourceId: string;
  price: Credits;
  negotiable: boolean;
}
export function proposalNews(data: Data): ProposalNews {
  return {
    cfpId: text(data.cfpId),
    contractorId: text(data.contractorId),
    resourceId: text(record(data.claim).resourceId),
    price: money(data.price),
    negotiable: data.negotiable === true,
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

/** An offer, all issues. */
function offerIn(v: unknown): Offer {
  const o = record(v);
  return {
    price: money(o.price),
    startDelayMs: number(o.startDelayMs),
    reclaimWindowMs: number(o.reclaimWindowMs),
    penalty: money(o.penalty),
  };
}

/** A `bargaining-opened` that names this agent as a party. */
export interface BargainNews {
  cfpId: string;
  managerId: string;
  protocol: BargainingProtocol;
  roundsMax: number;
  discount: Record<BargainingRole, number>;
  opening: Offer;
  roundMs: Ms;
  roundFee: Credits;
  endsAt: Instant;
}
export function bargainNews(data: Data): BargainNews {
  const { manager, contractor } = record(data.discount);
  return {
    cfpId: text(data.cfpId),
    managerId: text(data.managerId),
    protocol: text(data.protocol) as BargainingProtocol,
    roundsMax: number(data.roundsMax),
    discount: { manager: number(manager), contractor: number(contractor) },
    opening: offerIn(data.opening),
    roundMs: number(data.roundMs),
    roundFee: money(data.roundFee),
    endsAt: instant(data.endsAt),
  };
}

/** An `offered` that this agent may see. */
export interface OfferNews {
  cfpId: string;
  role: BargainingRole;
  offer: Offer;
  message: string;
}
export function offerNews(data: Data): OfferNews {
  return {
    cfpId: text(data.cfpId),
    role: text(data.role) as BargainingRole,
    offer: offerIn(data.offer),
    message: text(data.message),
  };
}

/** A `round-closed`: what each side offered, null for silence, and the words that went with it. */
export interface RoundNews {
  cfpId: string;
  round: number;
  said: Record<BargainingRole, Offer | null>;
  messages: Record<BargainingRole, string>;
}
export function roundNews(data: Data): RoundNews {
  const closed = record(data.closed);
  const { manager, contractor } = record(closed.said);
  const one = (v: unknown): Offer | null => (v === null ? null : offerIn(record(v).offer));
  const words = (v: unknown): string => text(record(v).message);
  return {
    cfpId: text(data.cfpId),
    round: number(closed.round),
    said: { manager: one(manager), contractor: one(contractor) },
    messages: { manager: words(manager), contractor: words(contractor) },
  };
}

/** How a call ended that this agent may have bargained in. */
export function endNews(data: Data): { cfpId: string; deal: Offer | null } {
  const { deal } = record(data.bargained);
  const none = deal === null || deal === undefined;
  return { cfpId: text(data.cfpId), deal: none ? null : offerIn(deal) };
}

export const idOf = (told: Told, field: string): string => text(told.data[field]);
export const instantOf = (told: Told, field: string): Instant => instant(told.data[field]);
export const priceOf = (told: Told, field: string): Credits => money(told.data[field]);
