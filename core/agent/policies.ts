// The delegates that can be chosen for an agent, by name, and what can be set of them.
import { credits, type Credits, fromDecimal } from '../engine/base/credits.ts';
import { createRng } from '../engine/base/rng.ts';
import { BIDDING } from './bidding.ts';
import { createBidder } from './bidder.ts';
import { BadStrategy, createStrategy } from './bargaining/kinds.ts';
import type { Delegate } from './delegate.ts';
import { type Concerns, type Mind, Negotiator } from './negotiator.ts';
import { createSeller } from './seller.ts';
import { PROFILES } from './swarm/profiles.ts';
import { createWorker } from './swarm/worker.ts';

/** Buyers' policies by bidding name; `seller` for capacity; `worker` for the starter swarm. */
export const POLICY_NAMES: readonly string[] = [...Object.keys(BIDDING), 'seller', 'worker'];

/** The strategy of an agent that has chosen none. */
const STRATEGY = 'time-dependent';
/** Longest time it may let pass before it speaks: a round would be over. */
const THINK_MS_MAX = 10_000;
const PERSONA_MAX = 500;
const NOTICE_MS_MAX = 3_600_000;

/** Parameters of a delegate that do not fit; `field` as in `params.settings.e`. */
export class BadParams extends Error {
  readonly field: string;
  constructor(field: string, detail: string) {
    super(`${field.replace(/^params\./u, '')} ${detail}`);
    this.field = field;
  }
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (v: unknown): v is Fields =>
  typeof v === 'object' && v !== null && !Array.isArray(v);

function fieldsOf(path: string, value: unknown, known: readonly string[]): Fields {
  if (value === undefined) return {};
  if (!isFields(value)) throw new BadParams(path, 'must be an object');
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    throw new BadParams(`${path}.${name}`, `is not known here; known: ${known.join(', ')}`);
  }
  return value;
}

function numberOf(path: string, value: unknown, max: number, initial = 0): number {
  if (value === undefined) return initial;
  if (typeof value === 'number' && value >= 0 && value <= max) return value;
  throw new BadParams(path, `must be a number from 0 to ${max}`);
}

function creditsOf(path: string, value: unknown): Credits {
  const amount = fromDecimal(numberOf(path, value, 1_000_000));
  if (amount === null) throw new BadParams(path, 'has more than 6 decimals');
  return amount;
}

/**
 * How it bargains: `{strategy, settings, thinkMs, concerns, model, persona}`. `concerns` are what
 * counts beside the price: `{delayPerMinute, noticePerMinute}` in credits, `penaltyChance` 0..1,
 * and the most it may ask or promise, `noticeMsMax` and `penaltyMax`.
 */
function negotiatorOf(params: Fields, seed: number): Negotiator {
  const { strategy = STRATEGY } = params;
  if (typeof strategy !== 'string') throw new BadParams('params.strategy', 'must be a name');
  const settings = params.settings ?? {};
  if (!isFields(settings)) throw new BadParams('params.settings', 'must be an object');
  const thinkMs = numberOf('params.thinkMs', params.thinkMs, THINK_MS_MAX);
  try {
    const made = createStrategy(strategy, settings as Record<string, number>, createRng(seed));
    const concerns = concernsOf(params.concerns);
    return new Negotiator(made, { thinkMs, concerns, mind: mindOf(params) });
  } catch (e) {
    if (!(e instanceof BadStrategy)) throw e;
    const field = e.field
      .replace(/^params\./u, 'params.settings.')
      .replace(/^strategy$/u, 'params.$&');
    throw new BadParams(field, e.detail);
  }
}

/** `{model, persona}`: the language model it asks, by its name in the host's set-up. */
function mindOf({ model, persona = '' }: Fields): Mind | null {
  if (model === undefined) return null;
  if (typeof model !== 'string') throw new BadParams('params.model', 'must be a name');
  if (typeof persona !== 'string' || persona.length > PERSONA_MAX) {
    throw new BadParams('params.persona', `must be text of at most ${PERSONA_MAX} characters`);
  }
  return { model, persona };
}

function concernsOf(value: unknown): Concerns | null {
  if (value === undefined) return null;
  const at = 'params.concerns';
  const known = ['delayPerMinute', 'noticePerMinute', 'penaltyChance', 'noticeMsMax', 'penaltyMax'];
  const c = fieldsOf(at, value, known);
  return {
    weights: {
      delayPerMinute: creditsOf(`${at}.delayPerMinute`, c.delayPerMinute),
      noticePerMinute: creditsOf(`${at}.noticePerMinute`, c.noticePerMinute),
      penaltyChance: numberOf(`${at}.penaltyChance`, c.penaltyChance, 1),
    },
    noticeMsMax: Math.floor(numberOf(`${at}.noticeMsMax`, c.noticeMsMax, NOTICE_MS_MAX)),
    penaltyMax:
      c.penaltyMax === undefined ? credits(0) : creditsOf(`${at}.penaltyMax`, c.penaltyMax),
  };
}

const BARGAINING = ['strategy', 'settings', 'thinkMs', 'concerns', 'model', 'persona'];

/**
 * The delegate of a policy, or null for an unknown name.
 * @param params how it bargains, see negotiatorOf; for a worker `{profile, slots}`: the name of its
 *   profile, and how many slots of its kind the machine has; on a larger machine its tasks come in
 *   faster
 * @param seed of its random choices
 * @throws BadParams for parameters that do not fit, with the failing field
 */
export function createDelegate(policy: string, params: unknown, seed: number): Delegate | null {
  if (policy === 'worker') return workerOf(params, seed);
  const buys = Object.hasOwn(BIDDING, policy);
  if (!buys && policy !== 'seller') return null;
  const negotiator = negotiatorOf(fieldsOf('params', params, BARGAINING), seed);
  return buys ? createBidder(policy, negotiator) : createSeller(negotiator);
}

function workerOf(params: unknown, seed: number): Delegate | null {
  const wanted = (params ?? {}) as { profile?: unknown; slots?: unknown };
  const profile = PROFILES.find((p) => p.name === wanted.profile);
  if (profile === undefined) return null;
  const slots = typeof wanted.slots === 'number' ? Math.max(1, wanted.slots) : 2;
  const pace = Math.min(8, Math.max(0.5, slots / 2));
  const count = Math.min(profile.count, slots);
  return createWorker({ ...profile, count, burstMs: profile.burstMs / pace }, seed);
}
