// What delegates are told in these tests, in the words of the API, and what they answer.
import { type Credits, MICRO } from '../../core/engine/base/credits.ts';
import { iso } from '../../core/engine/base/time.ts';
import { createStrategy } from '../../core/agent/bargaining/kinds.ts';
import { Negotiator } from '../../core/agent/negotiator.ts';
import { createRng } from '../../core/engine/base/rng.ts';
import type { Say, Self, Told } from '../../core/agent/delegate.ts';

export const NOW = 1_800_000_000_000;
export const ME = 'agt_me';
/** Credits as micro-credits. */
export const c = (amount: number): Credits => Math.round(amount * MICRO) as Credits;

export const self = (more: Partial<Self> = {}): Self => ({
  agentId: ME,
  now: NOW,
  available: c(1000),
  ...more,
});

let seq = 0;
export const tell = (type: string, data: Record<string, unknown>, at = NOW): Told => ({
  seq: ++seq,
  at,
  type,
  data,
});

interface NeedMore {
  managerId?: string;
  limitPrice?: number;
  count?: number;
  durationMs?: number;
  replyByMs?: number;
  kind?: string;
}

/** A need is called; only its own manager is told its limit. */
export function needOpened(cfpId: string, more: NeedMore = {}, at = NOW): Told {
  const { managerId = ME, limitPrice = 100, count = 1, durationMs = 60_000 } = more;
  const { kind = 'cpu', replyByMs = 5000 } = more;
  const own = managerId === ME ? { limitPrice } : {};
  const need = { kind, count, durationMs };
  const terms = { mechanism: { pricing: 'first-price' }, replyBy: iso(at + replyByMs), ...own };
  return tell('cfp-opened', { cfpId, managerId, need, ...terms }, at);
}

/** Slots are put up for sale. */
export function offerOpened(
  cfpId: string,
  more: { pricing?: string; managerId?: string; count?: number; durationMs?: number } = {},
): Told {
  const { pricing = 'second-price', managerId = 'agt_seller', count = 1 } = more;
  const { durationMs = 60_000 } = more;
  const offer = { resourceId: 'res_1', kind: 'cpu', model: null, count, durationMs };
  const replyBy = iso(NOW + 400);
  return tell('cfp-opened', { cfpId, managerId, offer, mechanism: { pricing }, replyBy });
}

/** The bodies of what was said to one address. */
export const saidTo = (says: readonly Say[], to: Say['to']): Record<string, unknown>[] =>
  says.flatMap((say) => (say.to === to && 'body' in say ? [say.body] : []));

/** Bargains by a named strategy, at once. */
export const negotiator = (strategy = 'time-dependent'): Negotiator =>
  new Negotiator(createStrategy(strategy, {}, createRng(1)));
