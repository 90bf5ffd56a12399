// `haggle policy`: the rules of the market.
import { type Command, type Context, hosted } from '../command.ts';
import { usage } from '../fault.ts';
import { naming } from '../fields.ts';
import type { Given, OptionSpecs } from '../options.ts';
import { facts } from '../table.ts';
import { priceText, spanText } from '../units.ts';

interface BargainingRule {
  protocol: string;
  fastBelowMs: number;
  worthWaiting: number;
  roundsMax: number;
  roundMs: number;
  discount: { manager: number; contractor: number };
  roundFee: number;
}
interface PolicyDoc {
  reservePrices: { gpu: number; cpu: number; memory: number };
  priorityReserve: number;
  defaults: { pricing: string; award: string; replyByMs: number };
  surcharge: { rate: number; freeCalls: number; halfLifeMs: number } | null;
  bargaining: BargainingRule;
}

const KINDS = ['gpu', 'cpu', 'memory'] as const;
const PRICINGS = ['first-price', 'second-price', 'second-score'] as const;
const PROTOCOLS = ['auto', 'off', 'monotonic-concession', 'alternating-offers'] as const;
const FIELDS = {
  'reservePrices.gpu': '--reserve-gpu',
  'reservePrices.cpu': '--reserve-cpu',
  'reservePrices.memory': '--reserve-memory',
  priorityReserve: '--priority-reserve',
  'defaults.replyByMs': '--reply-by',
  'surcharge.rate': '--surcharge',
  'surcharge.freeCalls': '--surcharge',
  'surcharge.halfLifeMs': '--surcharge',
  'bargaining.roundsMax': '--bargaining-rounds',
  'bargaining.roundMs': '--bargaining-round',
  'bargaining.fastBelowMs': '--fast-below',
  'bargaining.worthWaiting': '--worth-waiting',
  'bargaining.roundFee': '--round-fee',
};

function policyText(policy: PolicyDoc): string {
  const { reservePrices, priorityReserve, defaults, surcharge } = policy;
  const rule =
    surcharge === null
      ? 'none'
      : `${priceText(surcharge.rate)} a call beyond ${surcharge.freeCalls}, ` +
        `halving every ${spanText(surcharge.halfLifeMs)}`;
  return facts([
    ...KINDS.map((kind) => {
      const price = `${priceText(reservePrices[kind])} per slot and hour`;
      return [`reserve price ${kind}`, price] as const;
    }),
    ['priority reserve', `${Math.round(priorityReserve * 100)} % of the slots`],
    ['pricing', defaults.pricing],
    ['award', defaults.award],
    ['calls take proposals for', spanText(defaults.replyByMs)],
    ['surcharge', rule],
    ...bargainingFacts(policy.bargaining),
  ]);
}

function bargainingFacts(rule: BargainingRule): (readonly [string, string])[] {
  const { protocol, discount, fastBelowMs, worthWaiting, roundsMax, roundMs, roundFee } = rule;
  const { manager, contractor } = discount;
  return [
    ['bargaining', protocol],
    ['bargaining rounds', `at most ${roundsMax} of ${spanText(roundMs)}`],
    ['auto: fast below', `leases of ${spanText(fastBelowMs)} take the faster protocol`],
    ['auto: worth waiting', `${priceText(worthWaiting)} between the two limits`],
    ['round fee', `${priceText(roundFee)} an offer`],
    ['left after a round', `${manager} for the manager, ${contractor} for the contractor`],
  ];
}

async function show({ open, out }: Context): Promise<void> {
  const { client } = await open();
  const doc = await client.get<{ policy: PolicyDoc }>('/v1/policy');
  out.answer(doc, () => policyText(doc.policy));
}

async function set({ given, open, out }: Context): Promise<void> {
  const body = changes(given);
  if (Object.keys(body).length === 0) {
    throw usage('missing-value', 'policy set needs something to set', {
      hint: 'haggle policy set --reserve-cpu 2',
    });
  }
  const { client } = await open();
  const asked = client.send<{ policy: PolicyDoc }>('PUT', '/v1/policy', body);
  const doc = await naming(FIELDS, asked);
  out.answer(doc, () => policyText(doc.policy));
}

function changes(given: Given): Record<string, unknown> {
  const prices = KINDS.flatMap((kind) => {
    const price = given.number(`reserve-${kind}`);
    return price === undefined ? [] : [[kind, price] as const];
  });
  const [pricing, award] = [given.text('pricing'), given.text('award')];
  const [reserve, replyByMs] = [given.number('priority-reserve'), given.number('reply-by')];
  const defaults = {
    ...(pricing === undefined ? {} : { pricing }),
    ...(award === undefined ? {} : { award }),
    ...(replyByMs === undefined ? {} : { replyByMs }),
  };
  const surcharge = given.text('surcharge');
  return {
    ...(prices.length === 0 ? {} : { reservePrices: Object.fromEntries(prices) }),
    ...(reserve === undefined ? {} : { priorityReserve: reserve }),
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
    ...(surcharge === undefined ? {} : { surcharge: surchargeOf(surcharge) }),
    ...bargainingChanges(given),
  };
}

function bargainingChanges(given: Given): { bargaining?: Partial<BargainingRule> } {
  const entries = [
    ['protocol', given.text('bargaining')],
    ['roundsMax', given.number('bargaining-rounds')],
    ['roundMs', given.number('bargaining-round')],
    ['fastBelowMs', given.number('fast-below')],
    ['worthWaiting', given.number('worth-waiting')],
    ['roundFee', given.number('round-fee')],
  ] as const;
  const changed = entries.filter(([, value]) => value !== undefined);
  return changed.length === 0 ? {} : { bargaining: Object.fromEntries(changed) };
}

/** `none`, or `RATE,FREE,SECONDS`. */
function surchargeOf(text: string): PolicyDoc['surcharge'] {
  if (text === 'none') return null;
  const found = /^(\d+(?:\.\d+)?),(\d+),(\d+)$/u.exec(text);
  if (found === null) {
    const detail = `--surcharge must be none or RATE,FREE,SECONDS, not ${JSON.stringify(text)}`;
    throw usage('invalid-value', detail, { field: '--surcharge', hint: '--surcharge 0.1,20,60' });
  }
  const [, rate, freeCalls, seconds] = found.map(Number);
  return { rate: rate ?? 0, freeCalls: freeCalls ?? 0, halfLifeMs: (seconds ?? 0) * 1000 };
}

const price = (kind: string) =>
  ({
    type: 'number',
    value: 'CREDITS',
    what: `reserve price of new ${kind} resources, per slot and hour`,
    min: 0,
  }) as const;

const BARGAINING_OPTIONS: OptionSpecs = {
  bargaining: { type: 'text', value: 'HOW', what: PROTOCOLS.join(', '), choices: PROTOCOLS },
  'bargaining-rounds': { type: 'whole', value: 'N', what: 'rounds at most', min: 1 },
  'bargaining-round': { type: 'span', value: 'SPAN', what: 'how long a round stays open' },
  'fast-below': {
    type: 'span',
    value: 'SPAN',
    what: 'under auto: shorter leases take the faster protocol',
  },
  'worth-waiting': {
    type: 'number',
    value: 'CREDITS',
    what: 'under auto: alternating offers where this much lies between the two limits',
    min: 0,
  },
  'round-fee': { type: 'number', value: 'CREDITS', what: 'what an offer costs its sender', min: 0 },
};
const SET_OPTIONS: OptionSpecs = {
  'reserve-gpu': price('gpu'),
  'reserve-cpu': price('cpu'),
  'reserve-memory': price('memory'),
  'priority-reserve': {
    type: 'number',
    value: 'SHARE',
    what: 'share of slots for system agents, 0 to 1',
    min: 0,
    max: 1,
  },
  pricing: { type: 'text', value: 'RULE', what: PRICINGS.join(', '), choices: PRICINGS },
  award: { type: 'text', value: 'HOW', what: 'auto or manual', choices: ['auto', 'manual'] },
  'reply-by': { type: 'span', value: 'SPAN', what: 'how long calls take proposals' },
  surcharge: {
    type: 'text',
    value: 'RATE,FREE,SECONDS',
    what: 'per call beyond FREE recent ones, halving every SECONDS; or none',
  },
  ...BARGAINING_OPTIONS,
};

export const POLICY: readonly Command[] = [
  hosted({
    title: 'policy show',
    what: 'prints the rules of the market',
    example: 'haggle policy show',
    options: {},
    run: show,
  }),
  hosted({
    title: 'policy set',
    what: 'changes rules; what is left out stays',
    example: 'haggle policy set --reserve-cpu 2 --surcharge 0.1,20,60',
    options: SET_OPTIONS,
    run: set,
  }),
];
