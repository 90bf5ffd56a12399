// What an agent might do: random bodies for every command of the market, in both directions, from
// what it happens to know. Some make no sense on purpose.
import type { Credits } from '../../core/engine/base/credits.ts';
import type { Rng } from '../../core/engine/base/rng.ts';
import type { CommandBody } from '../../core/engine/market/commands.ts';
import type { Event } from '../../core/engine/market/events.ts';
import { REFUSAL_REASONS } from '../../core/engine/protocol/bodies.ts';
import { RESOURCE_KINDS } from '../../core/engine/protocol/need.ts';
import { strayWord, type Talk } from './haggling.ts';
import { drawRule, type Knobs } from './knobs.ts';
import type { Of } from './oracle/facts.ts';

/** What one agent has heard of, newest last; bounded, so that old things are forgotten. */
export interface Memory {
  id: string;
  ownResources: string[];
  allResources: string[];
  calls: Of<'cfp-opened'>[];
  ownCalls: string[];
  /** Proposals in calls of its own. */
  received: { cfpId: string; proposalId: string }[];
  leases: Of<'awarded'>[];
  /** Bargainings of its own. */
  talks: Talk[];
}

const KEPT = 8;
export function remember<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT) list.shift();
}

type Body<T extends CommandBody['type']> = Extract<CommandBody, { type: T }>;
const money = (rng: Rng, most: number): Credits => (1 + rng.below(most)) as Credits;
const duration = (rng: Rng): number => 100 + rng.below(1_200);
const replyBy = (rng: Rng): number => 15 + rng.below(rng.chance(0.2) ? 900 : 250);
export const maybe = <T extends object>(rng: Rng, p: number, extra: () => T): T | object =>
  rng.chance(p) ? extra() : {};

function openNeed(rng: Rng, bargains: number): Body<'open-cfp'> {
  const need = {
    kind: rng.chance(0.95) ? ('cpu' as const) : rng.pick(RESOURCE_KINDS),
    count: rng.chance(0.85) ? 1 : 2,
    durationMs: duration(rng),
    ...maybe(rng, 0.2, () => ({ maxStartDelayMs: rng.below(300) })),
  };
  const pricing = rng.pick(['first-price', 'second-price', 'second-score'] as const);
  const mechanism = {
    ...maybe(rng, 0.7, () => ({ pricing })),
    ...maybe(rng, 0.2, () => ({ delayCost: money(rng, 5_000_000) })),
    ...(bargains > 0 && rng.chance(bargains) ? { bargaining: true } : {}),
  };
  return {
    type: 'open-cfp',
    body: {
      need,
      maxPrice: money(rng, 5_000_000),
      replyByMs: replyBy(rng),
      mechanism,
      ...maybe(rng, 0.35, () => ({ award: 'manual' as const })),
      ...maybe(rng, 0.3, () => ({ task: { title: 'work', project: rng.pick(['p0', 'p1']) } })),
    },
  };
}

function openOffer(rng: Rng, mem: Memory): Body<'open-cfp'> | null {
  const pool = rng.chance(0.95) ? mem.ownResources : mem.allResources;
  if (pool.length === 0) return null;
  const offer = { resourceId: rng.pick(pool), count: 1, durationMs: duration(rng) + 600 };
  return {
    type: 'open-cfp',
    body: {
      offer,
      replyByMs: replyBy(rng),
      ...maybe(rng, 0.6, () => ({ minPrice: money(rng, 1_500_000) })),
      ...maybe(rng, 0.5, () => ({ mechanism: { pricing: 'second-price' as const } })),
      ...maybe(rng, 0.3, () => ({ award: 'manual' as const })),
    },
  };
}

function proposeSomewhere(rng: Rng, mem: Memory): Body<'propose'> | null {
  const others = mem.calls.filter((c) => c.managerId !== mem.id);
  return others.length === 0 ? null : propose(rng, mem, rng.pick(others));
}

function propose(rng: Rng, mem: Memory, call: Of<'cfp-opened'>): Body<'propose'> | null {
  const limit = Math.min(call.limitPrice, 6_000_000);
  const bargains = call.mechanism.bargaining === true;
  const price = bargains && rng.chance(0.75) ? opening(rng, limit) : ordinary(rng, limit);
  const common = { price, ...maybe(rng, 0.3, () => ({ validForMs: 10 + rng.below(1_500) })) };
  if (call.direction === 'offer') return bid(rng, mem, call);
  const pool = rng.chance(0.95) ? mem.ownResources : mem.allResources;
  if (pool.length === 0) return null;
  const terms = {
    ...maybe(rng, 0.5, () => ({ penalty: money(rng, 800_000) })),
    ...maybe(rng, 0.5, () => ({ reclaimWindowMs: rng.below(700) })),
    ...maybe(rng, 0.5, () => ({ quality: money(rng, 8_000_000) })),
  };
  const delay = maybe(rng, 0.3, () => ({ startDelayMs: rng.below(400) }));
  const open = bargains && rng.chance(0.8) ? { negotiable: true } : {};
  const body = { ...common, resourceId: rng.pick(pool), terms, ...delay, ...open };
  return { type: 'propose', cfpId: call.cfpId, body };
}

const ordinary = (rng: Rng, limit: number): Credits =>
  rng.chance(0.2) ? (limit as Credits) : money(rng, 1 + Math.floor(1.2 * limit));

/** Above the limit: what a bargaining begins with. */
const opening = (rng: Rng, limit: number): Credits => (limit + money(rng, limit + 1)) as Credits;

/** A new need looks for a slot among the offers that are out. */
function bidSomewhere(rng: Rng, mem: Memory): Body<'propose'> | null {
  const offers = mem.calls.filter((c) => c.managerId !== mem.id && c.direction === 'offer');
  return offers.length === 0 ? null : bid(rng, mem, rng.pick(offers.slice(-3)));
}

/** A bid in an offer, most often for a need of its own. */
function bid(rng: Rng, mem: Memory, offer: Of<'cfp-opened'>): Body<'propose'> {
  const needs = mem.calls.filter((c) => c.managerId === mem.id && c.direction === 'need');
  const need = needs.length > 0 && rng.chance(0.8) ? rng.pick(needs.slice(-2)) : null;
  const most = need !== null && rng.chance(0.9) ? need.limitPrice : 4_000_000;
  const least = Math.min(offer.limitPrice, most - 1);
  const price = (rng.chance(0.8) ? least + money(rng, most - least) : money(rng, most)) as Credits;
  const lasting = maybe(rng, 0.2, () => ({ validForMs: 10 + rng.below(1_500) }));
  const cfpId = need === null ? {} : { cfpId: need.cfpId };
  return { type: 'propose', cfpId: offer.cfpId, body: { price, ...lasting, ...cfpId } };
}

function reportSomething(rng: Rng, mem: Memory, wrong: boolean): CommandBody | null {
  const own = mem.leases.filter((l) => l.contractorId === mem.id || rng.chance(0.3));
  return own.length === 0 ? null : report(rng, rng.pick(own), wrong);
}

function report(rng: Rng, lease: Of<'awarded'>, wrong: boolean): CommandBody {
  const { leaseId } = lease;
  const epoch = wrong ? 1 + rng.below(lease.epoch + 2) : lease.epoch;
  const dice = rng.below(12);
  if (dice < 6) {
    const charge = maybe(rng, 0.3, () => ({ charge: rng.below(lease.price + 1) as Credits }));
    return { type: 'done', leaseId, body: { epoch, ...charge, output: { ok: true } } };
  }
  if (dice < 7) return { type: 'fail', leaseId, body: { epoch, reason: 'out of memory' } };
  if (dice < 9) return { type: 'renew', leaseId, body: { epoch } };
  if (dice < 11) return { type: 'give-back', leaseId };
  const enforcement = { time: 'cgroup' as const, memory: 'none' as const, detail: 'test' };
  return { type: 'enforce', leaseId, enforcement };
}

/**
 * What an agent does on hearing of an event: it answers calls, awards its own, reports on leases.
 * Null when it does nothing.
 */
export function randomAnswer(
  rng: Rng,
  mem: Memory,
  e: Event,
  nonsense: number,
): CommandBody | null {
  if (e.type === 'cfp-opened') {
    if (e.managerId === mem.id) return e.direction === 'need' ? bidSomewhere(rng, mem) : null;
    if (rng.chance(0.2)) return null;
    if (rng.chance(0.85)) return propose(rng, mem, e);
    return { type: 'refuse', cfpId: e.cfpId, body: { reason: rng.pick(REFUSAL_REASONS) } };
  }
  if (e.type === 'proposed') {
    if (!mem.ownCalls.includes(e.cfpId)) return null;
    if (bargainsOver(rng, mem, e)) return { type: 'bargain', cfpId: e.cfpId, body: e };
    return rng.chance(0.35) ? { type: 'award', cfpId: e.cfpId, body: e } : null;
  }
  if (e.type !== 'awarded') return null;
  if (e.contractorId !== mem.id && !(e.managerId === mem.id && rng.chance(0.2))) return null;
  return rng.chance(0.8) ? report(rng, e, rng.chance(nonsense)) : null;
}

/** Whether a manager wants to bargain over this; seldom where it cannot. */
function bargainsOver(rng: Rng, mem: Memory, e: Of<'proposed'>): boolean {
  const own = mem.calls.find((c) => c.cfpId === e.cfpId);
  if (own?.mechanism.bargaining !== true) return false;
  return rng.chance(e.negotiable === true && own.award === 'manual' ? 0.5 : 0.1);
}

/** One thing that this agent tries; null when it knows of nothing to do it with. */
export function randomDeed(rng: Rng, mem: Memory, knobs: Knobs): CommandBody | null {
  const wrong = rng.chance(knobs.nonsense);
  if (mem.talks.length > 0 && rng.chance(0.25)) return strayWord(rng, mem, wrong);
  const dice = rng.below(100);
  const call = rng.chance(0.8) ? mem.ownCalls.at(-1) : mem.calls.at(-1)?.cfpId;
  if (dice < 52)
    return rng.chance(knobs.offers) ? openOffer(rng, mem) : openNeed(rng, knobs.bargains);
  if (dice < 64) return proposeSomewhere(rng, mem);
  if (dice < 68) {
    const cfpId = mem.calls.length > 0 ? rng.pick(mem.calls).cfpId : undefined;
    const body = { reason: rng.pick(REFUSAL_REASONS) };
    return cfpId === undefined ? null : { type: 'refuse', cfpId, body };
  }
  if (dice < 78) {
    if (mem.received.length === 0) return null;
    const { cfpId, proposalId } = rng.pick(mem.received);
    const other = wrong ? rng.pick(mem.received).proposalId : proposalId;
    return { type: 'award', cfpId, body: { proposalId: other } };
  }
  if (dice < 81) return call === undefined ? null : { type: 'cancel', cfpId: call };
  if (dice < 97) return reportSomething(rng, mem, wrong);
  if (mem.ownResources.length === 0) return null;
  const dearer = { reservePrice: money(rng, 3_000_000_000) };
  const body = {
    paused: rng.chance(0.3),
    ...(knobs.bargains > 0 ? maybe(rng, 0.3, () => dearer) : {}),
  };
  return { type: 'change-resource', resourceId: rng.pick(mem.ownResources), body };
}

/** What the operator tries now and then. */
export function randomOrder(
  rng: Rng,
  mem: Memory,
  agents: readonly string[],
  knobs: Knobs,
): CommandBody {
  const body = {
    amount: (rng.below(6) * 1_000_000) as Credits,
    windowMs: 1_000 + rng.below(2_000),
    carryOver: rng.chance(0.3),
  };
  const lease = mem.leases.at(-1);
  const call = mem.calls.at(-1);
  const dice = rng.below(10);
  if (dice < 3) return { type: 'set-agent-budget', agentId: rng.pick(agents), body };
  if (dice < 5) return { type: 'set-project-budget', project: rng.pick(['p0', 'p1']), body };
  if (dice < 6 && lease !== undefined) return { type: 'give-back', leaseId: lease.leaseId };
  if (dice < 7 && call !== undefined) return { type: 'cancel', cfpId: call.cfpId };
  const surcharge = rng.chance(0.5)
    ? null
    : { rate: money(rng, 50_000), freeCalls: rng.below(3), halfLifeMs: 1_000 };
  const reservePrices = { cpu: money(rng, 900_000_000) };
  const rule = knobs.bargains > 0 ? { bargaining: drawRule(rng) } : {};
  return { type: 'set-policy', body: { surcharge, reservePrices, ...rule } };
}
