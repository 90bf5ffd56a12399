// Shapes of every body that crosses into the market: the codec. What is parsed here is bounded and
// typed; what is not parsed here does not get in.
import { ID_PATTERN } from '../base/ids.ts';
import { LIMITS } from '../base/limits.ts';
import type { Instant } from '../base/time.ts';
import { BARGAINING_PROTOCOLS } from './bargaining.ts';
import { type Need, needSentence, RESOURCE_KINDS } from './need.ts';
import {
  amount,
  anyJson,
  decimal,
  flag,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  refuse,
  type Shape,
  text,
  textOr,
} from './shape.ts';

export const id = text({ max: 40, pattern: ID_PATTERN, wanted: 'an id such as cfp_000000001' });
const name = text({
  max: LIMITS.nameLengthMax,
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N} ._:@/()+-]*$',
  wanted: `a name of 1 to ${LIMITS.nameLengthMax} letters, digits, spaces or ._:@/()+-`,
});
const prose = text({ max: LIMITS.textLengthMax });
const bytes = integer(1, 2 ** 50);
const epoch = integer(1, Number.MAX_SAFE_INTEGER);

/** An ISO 8601 UTC instant, kept as milliseconds. */
export const instant: Shape<Instant> = {
  schema: { type: 'string', format: 'date-time' },
  parse(value, path) {
    const wanted = 'an ISO 8601 UTC instant such as 2026-03-01T18:00:00Z';
    if (typeof value !== 'string' || !ISO.test(value)) return refuse(path, wanted, value);
    const at = Date.parse(value);
    return Number.isNaN(at) ? refuse(path, wanted, value) : at;
  },
};
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/u;

// ---- agents and budgets ----
export const registerAgent = object({
  name,
  project: optional(name),
  /** May draw the priority reserve; only the operator can grant it. */
  system: optional(flag),
  /** May run commands of its own on this machine; only the operator can grant it. */
  exec: optional(flag),
  capabilities: optional(list(text({ max: 80 }), LIMITS.capabilitiesMax)),
});
export const setBudget = object({
  amount: amount(),
  windowMs: integer(LIMITS.windowMsMin, LIMITS.windowMsMax),
  carryOver: optional(flag),
});

// ---- resources ----
export const addResource = object({
  kind: oneOf(RESOURCE_KINDS),
  model: optional(name),
  count: integer(1, LIMITS.slotsPerResourceMax),
  vramBytes: optional(bytes),
  memoryBytes: optional(bytes),
  /** Credits per slot and hour: no lease of it is ever cheaper. */
  reservePrice: optional(amount()),
  simulated: optional(flag),
});
export const changeResource = object({
  reservePrice: optional(amount()),
  paused: optional(flag),
});

// ---- calls ----
const structuredNeed = object({
  kind: oneOf(RESOURCE_KINDS),
  count: integer(1, LIMITS.slotsPerResourceMax),
  durationMs: integer(LIMITS.leaseMsMin, LIMITS.leaseMsMax),
  model: optional(name),
  vramBytes: optional(bytes),
  memoryBytes: optional(bytes),
  maxStartDelayMs: optional(integer(0, LIMITS.startDelayMsMax)),
});
const need = textOr<Need>(needSentence, structuredNeed as Shape<Need>);

/** What to run in the lease: a command of the caller's own, or a program shipped with Haggle. */
const run = object({
  argv: optional(list(text({ min: 0, max: LIMITS.argvBytesMax }), LIMITS.argvMax, 1)),
  cwd: optional(text({ max: 4096 })),
  env: optional(list(text({ max: 4096, pattern: '^[A-Za-z_][A-Za-z0-9_]*=' }), LIMITS.argvMax)),
  program: optional(text({ max: 40, pattern: '^[a-z][a-z0-9-]*$' })),
  args: optional(list(text({ min: 0, max: 200 }), 20)),
});
const task = object({ title: name, project: optional(name), run: optional(run) });

export const PRICINGS = ['first-price', 'second-price', 'second-score'] as const;
export type Pricing = (typeof PRICINGS)[number];
export const AWARD_MODES = ['auto', 'manual'] as const;
export type AwardMode = (typeof AWARD_MODES)[number];

const mechanism = object({
  type: optional(oneOf(['contract-net'])),
  pricing: optional(oneOf(PRICINGS)),
  /** Credits per minute of start delay, added to a price when proposals are ranked, never paid. */
  delayCost: optional(amount()),
  /** Where no price is within the limit, the best contractor may be bargained with. */
  bargaining: optional(flag),
});
/** What a task is worth to its owner. Goes to the caller's own delegate and nowhere else. */
export const valuation = object({
  priority: optional(decimal(0, 100)),
  deadline: optional(instant),
  marginalGain: optional(decimal(0, 100)),
});
const offer = object({
  resourceId: id,
  count: optional(integer(1, LIMITS.slotsPerResourceMax)),
  durationMs: integer(LIMITS.leaseMsMin, LIMITS.leaseMsMax),
});
const replyByMs = integer(LIMITS.replyByMsMin, LIMITS.replyByMsMax);
const callFields = {
  task: optional(task),
  need: optional(need),
  maxPrice: optional(amount()),
  offer: optional(offer),
  minPrice: optional(amount()),
  replyByMs: optional(replyByMs),
  mechanism: optional(mechanism),
  award: optional(oneOf(AWARD_MODES)),
};
/** A call as it enters the market: the caller's valuation has stayed with its delegate. */
export const openCfp = object(callFields);
/** A call as its caller sends it. */
export const postCfp = object({ ...callFields, valuation: optional(valuation) });

const terms = object({
  /** Notice that the owner gives before a give-back takes effect. */
  reclaimWindowMs: optional(integer(0, LIMITS.reclaimWindowMsMax)),
  /** Paid by the contractor to the manager when it gives the lease back; held from the start. */
  penalty: optional(amount()),
  /** What the work is worth at this contractor's quality, for second-score. */
  quality: optional(amount()),
});
export const propose = object({
  price: amount(),
  startDelayMs: optional(integer(0, LIMITS.startDelayMsMax)),
  resourceId: optional(id),
  validForMs: optional(integer(LIMITS.validForMsMin, LIMITS.validForMsMax)),
  terms: optional(terms),
  /** In a need: this price is an opening, and may be bargained down. */
  negotiable: optional(flag),
  /** In an offer: the bidder's own need that this slot would serve. */
  cfpId: optional(id),
});

export const REFUSAL_REASONS = [
  'no-capacity',
  'busy',
  'resource-mismatch',
  'infeasible',
  'too-late',
  'price-too-low',
  'insufficient-credits',
  'not-eligible',
  'paused',
  'owner-present',
  'policy',
  'other',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];
export const refuseCall = object({ reason: oneOf(REFUSAL_REASONS), detail: optional(prose) });

// ---- bargaining ----
const round = integer(1, LIMITS.roundsMax);
/** Words to the other side, beside the offer that counts. */
const message = text({ max: LIMITS.messageLengthMax });
const issues = object({
  reclaimWindowMs: optional(integer(0, LIMITS.reclaimWindowMsMax)),
  penalty: optional(amount()),
});
/** An offer in a bargaining; what it does not name stays as it was. */
export const bargainOffer = object({
  price: amount(),
  startDelayMs: optional(integer(0, LIMITS.startDelayMsMax)),
  terms: optional(issues),
  /** The round it is meant for: in any other it is refused. */
  round: optional(round),
  message: optional(message),
});
export const bargainAnswer = object({ round: optional(round), message: optional(message) });

export const award = object({ proposalId: id });
export const nothing = object({});

// ---- leases ----
export const renew = object({ epoch });
export const done = object({
  epoch,
  output: optional(anyJson(LIMITS.outputBytesMax)),
  usage: optional(anyJson(4096)),
  /** Less than the agreed price, when less was used; the rest is released. */
  charge: optional(amount()),
});
export const fail = object({ epoch, reason: prose, usage: optional(anyJson(4096)) });

// ---- policy, clock, delegates ----
/** `auto` chooses by the rules of the policy; `off` lets nobody bargain. */
export const PROTOCOL_CHOICES = ['auto', 'off', ...BARGAINING_PROTOCOLS] as const;
export type ProtocolChoice = (typeof PROTOCOL_CHOICES)[number];
const share = decimal(0, 1);
const prices = object({
  gpu: optional(amount()),
  cpu: optional(amount()),
  memory: optional(amount()),
});
export const setPolicy = object({
  /** Credits per slot and hour for this machine's own resources. */
  reservePrices: optional(prices),
  /** Share of every resource's slots that only `system` agents can lease, 0..1. */
  priorityReserve: optional(decimal(0, 1)),
  defaults: optional(
    object({
      pricing: optional(oneOf(PRICINGS)),
      award: optional(oneOf(AWARD_MODES)),
      replyByMs: optional(replyByMs),
    }),
  ),
  /** Each call costs rate x (recent calls - freeCalls), recent calls halving every halfLifeMs. */
  surcharge: optional(
    nullable(
      object({
        rate: amount(),
        freeCalls: integer(0, 100_000),
        halfLifeMs: integer(1000, LIMITS.windowMsMax),
      }),
    ),
  ),
  /** Which protocol calls bargain by, and its bounds. */
  bargaining: optional(
    object({
      protocol: optional(oneOf(PROTOCOL_CHOICES)),
      /** Under auto: shorter leases bargain by the faster protocol. */
      fastBelowMs: optional(integer(0, LIMITS.leaseMsMax)),
      /** Under auto: alternating offers only where this much lies between the two limits. */
      worthWaiting: optional(amount()),
      roundsMax: optional(integer(1, LIMITS.roundsMax)),
      roundMs: optional(integer(LIMITS.roundMsMin, LIMITS.roundMsMax)),
      /** Value left after one more round, told to both sides. */
      discount: optional(object({ manager: share, contractor: share })),
      /** What an offer costs its sender. */
      roundFee: optional(amount()),
    }),
  ),
  /** Synthetic probes come with the judge; until then only 0 is accepted. */
  probeRate: optional(integer(0, 0)),
});
export const advanceClock = object({ advanceMs: integer(1, LIMITS.windowMsMax) });
export const setDelegate = object({
  policy: text({ max: 40, pattern: '^[a-z][a-z0-9-]*$' }),
  params: optional(anyJson(4096)),
});

/** The type that a shape parses to. */
export type Of<S> = S extends Shape<infer T> ? T : never;
export type Run = Of<typeof run>;
export type Task = Of<typeof task>;
export type Terms = Of<typeof terms>;
export type Valuation = Of<typeof valuation>;
