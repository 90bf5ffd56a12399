// Bargainings of the made-up market: one that ends in a deal, one under way, one in conflict, one
// over several issues, and one from the lab, where both sides' utilities are known.
import type { BargainingRole } from '../../../core/engine/protocol/bargaining.ts';
import type { BargainingDoc, OfferDoc, RoundDoc } from '../../../core/engine/view/bargaining.ts';
import type { CallView, DialogueView } from '../../../core/engine/view/model.ts';
import { cr, MICRO } from './fake-records.ts';

export const EXAMPLES = ['running', 'lab', 'issues', 'conflict', 'deal'] as const;
export type Example = (typeof EXAMPLES)[number];
type Limits = { manager: number; contractor: number };

const ROUND_MS = 6_000;
const NO_WORDS = { manager: '', contractor: '' };
const QUIET = { messages: NO_WORDS, silent: [] as BargainingRole[] };
const TITLES: Record<Example, string> = {
  deal: 'matrix product, 4096',
  running: 'train batch 240',
  conflict: 'render preview frames',
  issues: 'index rebuild, nightly',
  lab: 'two issues, both sides known',
};

const price = (value: number): OfferDoc => ({
  price: Math.round(value * 100) / 100,
  startDelayMs: 0,
  reclaimWindowMs: 5_000,
  penalty: 0.5,
});

/** Both sides concede in every round, each by a part of what is between them. */
function simultaneous(n: number, limits: Limits, give: Limits, openedAt: number): RoundDoc[] {
  let [bid, ask] = [limits.contractor + 2, limits.manager + 4];
  return Array.from({ length: n }, (_, i) => {
    if (i > 0) {
      const apart = ask - bid;
      const stubborn = i % 4 === 3;
      bid += apart * give.manager;
      ask -= stubborn || i === 5 ? 0 : apart * give.contractor;
    }
    const silent: BargainingRole[] = i === 5 ? ['contractor'] : [];
    const at = new Date(openedAt + (i + 1) * ROUND_MS).toISOString();
    const messages = { manager: '', contractor: i === 3 ? 'my floor is close' : '' };
    const silence = silent.length > 0 ? null : price(ask);
    return { round: i + 1, at, manager: price(bid), contractor: silence, messages, silent };
  });
}

/** One more turn in alternating offers: the contractor has the odd rounds. */
export function turnOf(doc: BargainingDoc, at: number): RoundDoc {
  const round = doc.rounds.length + 1;
  const role: BargainingRole = round % 2 === 1 ? 'contractor' : 'manager';
  const last = (side: BargainingRole) => doc.rounds.findLast((one) => one[side])?.[side]?.price;
  const { manager, contractor } = doc.limits ?? { manager: 96, contractor: 52 };
  const [bid, ask] = [last('manager') ?? contractor, last('contractor') ?? manager + 6];
  const give = (ask - bid) * (role === 'manager' ? 0.17 : 0.1);
  const next = price(role === 'manager' ? bid + give : ask - give);
  const said = { manager: null, contractor: null, [role]: next };
  const silent: BargainingRole[] = [role === 'manager' ? 'contractor' : 'manager'];
  return { round, at: new Date(at).toISOString(), ...said, messages: NO_WORDS, silent };
}

function running(now: number, base: BargainingDoc): BargainingDoc {
  let doc: BargainingDoc = { ...base, openedAt: new Date(now - 6 * ROUND_MS).toISOString() };
  for (let i = 6; i > 0; i--) {
    const round = turnOf(doc, now - i * ROUND_MS);
    doc = { ...doc, rounds: [...doc.rounds, round], round: round.round + 1 };
  }
  return { ...doc, turn: 'contractor', roundEndsAt: new Date(now + ROUND_MS).toISOString() };
}

/** Closes the open round when its time is over; ends it with the last one. */
export function goOn(doc: BargainingDoc, now: number): BargainingDoc {
  if (doc.state !== 'running' || now < Date.parse(doc.roundEndsAt)) return doc;
  const rounds = [...doc.rounds, turnOf(doc, now)];
  const closed = { ...doc, rounds };
  if (rounds.length >= doc.roundsMax) {
    return { ...closed, state: 'conflict', why: 'rounds-over', turn: null };
  }
  const turn = doc.turn === 'manager' ? 'contractor' : 'manager';
  const roundEndsAt = new Date(now + ROUND_MS).toISOString();
  return { ...closed, turn, round: doc.round + 1, roundEndsAt };
}

/** Two issues: how late it starts costs the manager much and the contractor gains by it. */
function withIssues(rounds: readonly RoundDoc[]): RoundDoc[] {
  return rounds.map((one, i) => ({
    ...one,
    manager: one.manager && { ...one.manager, startDelayMs: i * 5_000, penalty: 2 - i * 0.1 },
    contractor: one.contractor && {
      ...one.contractor,
      startDelayMs: Math.max(0, 90_000 - i * 9_000),
      penalty: 0.5 + Math.floor(i / 2) * 0.25,
    },
  }));
}

/** Utilities of a lab's run: linear in price and delay, with weights of the run. */
function utilities(rounds: readonly RoundDoc[], limits: Limits, deal: OfferDoc) {
  const whole = limits.manager - limits.contractor;
  const worth = (offer: OfferDoc) => {
    const [low, late] = [(limits.manager - offer.price) / whole, offer.startDelayMs / 90_000];
    return { manager: 0.55 * low + 0.45 * (1 - late), contractor: 0.75 * (1 - low) + 0.25 * late };
  };
  const outcomes = Array.from({ length: 21 * 19 }, (_, i) => {
    const cost = limits.contractor + (whole * (i % 21)) / 20;
    return worth({ ...deal, price: cost, startDelayMs: Math.floor(i / 21) * 5_000 });
  });
  const offers = rounds.map(({ round, manager, contractor }) => ({
    round,
    manager: manager && worth(manager),
    contractor: contractor && worth(contractor),
  }));
  return { outcomes, offers, deal: worth(deal) };
}

interface Parties {
  managerId: string;
  contractorId: string;
  proposalId: string;
}

/** @param now the running one has closed its last round then */
export function exampleDoc(example: Example, now: number, parties: Parties): BargainingDoc {
  const openedAt = now - 90_000;
  const base: BargainingDoc = {
    protocol: 'monotonic-concession',
    chosenBy: 'short-lease',
    ...parties,
    state: 'agreed',
    why: null,
    round: 11,
    roundsMax: 20,
    openedAt: new Date(openedAt).toISOString(),
    roundEndsAt: new Date(openedAt + 11 * ROUND_MS).toISOString(),
    turn: null,
    rounds: [],
    deal: null,
    limits: { manager: 100, contractor: 40 },
    discount: { manager: 0.93, contractor: 0.98 },
  };
  const limits = { manager: 100, contractor: 40 };
  if (example === 'running') {
    const chosen = { protocol: 'alternating-offers', chosenBy: 'worth-the-wait' } as const;
    const open = { state: 'running', limits: { manager: 96, contractor: 52 } } as const;
    return running(now, { ...base, ...chosen, ...open });
  }
  if (example === 'conflict') {
    const rounds = simultaneous(6, limits, { manager: 0.05, contractor: 0.07 }, openedAt);
    const last = rounds.at(-1);
    const at = new Date(openedAt + 7 * ROUND_MS).toISOString();
    const still = { contractor: rounds.at(-2)?.contractor ?? null };
    if (last) rounds.push({ ...last, ...still, ...QUIET, round: 7, at });
    return { ...base, state: 'conflict', why: 'both-stuck', round: 7, rounds };
  }
  const rounds = simultaneous(10, limits, { manager: 0.14, contractor: 0.2 }, openedAt);
  const many = example === 'deal' ? rounds : withIssues(rounds);
  const [bid, ask] = [many.at(-1)?.manager, many.at(-1)?.contractor];
  const deal = {
    ...(ask ?? price(0)),
    price: price(((bid?.price ?? 0) + (ask?.price ?? 0)) / 2 - 0.7).price,
  };
  const at = new Date(openedAt + 11 * ROUND_MS).toISOString();
  const closed = [...many, { ...QUIET, round: 11, at, manager: deal, contractor: deal }];
  const agreed = { ...base, chosenBy: 'small-surplus', rounds: closed, deal } as const;
  return example === 'lab'
    ? ({ ...agreed, utilities: utilities(closed, limits, deal) } as BargainingDoc)
    : agreed;
}

/** A contractor that hardly gives way: both offers, its limit and the deal end in one place. */
export function funnel(n: number, base: BargainingDoc, limits: Limits): BargainingDoc {
  const whole = limits.manager - limits.contractor;
  const micro = (value: number) => Math.round(value * MICRO) / MICRO;
  const at = (i: number) => (n === 1 ? 1 : i / (n - 1));
  const offer = (value: number): OfferDoc => ({ ...price(0), price: micro(value) });
  const rounds = Array.from({ length: n }, (_, i) => ({
    ...QUIET,
    round: i + 1,
    at: new Date(Date.parse(base.openedAt) + i * 500).toISOString(),
    manager: offer(limits.contractor - 0.8 * whole * (1 - at(i)) - 0.02 * whole),
    contractor: offer(limits.contractor + 0.03 * whole + 1.2 * whole * (1 - at(i)) ** 1.6),
  }));
  const deal = offer(limits.contractor + 0.01 * whole);
  return { ...base, state: 'agreed', turn: null, round: n, roundsMax: 100, rounds, limits, deal };
}

/** The call that a bargaining came from, as it stands with it. */
export function bargainedCall(id: string, example: Example, doc: BargainingDoc): CallView {
  const openedAt = Date.parse(doc.openedAt) - 2_000;
  const ended = doc.state === 'running' ? null : Date.parse(doc.rounds.at(-1)?.at ?? doc.openedAt);
  const opening = doc.rounds.find(({ contractor }) => contractor)?.contractor?.price ?? 0;
  const state = { agreed: 'accepted', conflict: 'rejected', running: 'live' } as const;
  const winner: DialogueView = {
    agentId: doc.contractorId,
    state: ({ agreed: 'done', conflict: 'rejected', running: 'proposed' } as const)[doc.state],
    proposal: {
      id: doc.proposalId,
      price: cr(opening),
      startDelayMs: 0,
      at: openedAt + 700,
      validUntil: openedAt + 600_000,
      state: state[doc.state],
      needId: null,
      loss:
        doc.state === 'conflict'
          ? { reason: 'no-agreement', price: null, startDelayMs: null }
          : null,
    },
    refusal: null,
  };
  return {
    id,
    direction: 'need',
    managerId: doc.managerId,
    title: TITLES[example],
    project: 'training',
    need: { kind: 'gpu', count: 1, durationMs: 1_800_000 },
    offer: null,
    limitPrice: cr(doc.limits?.manager ?? 100),
    openedAt,
    replyBy: openedAt + 2_000,
    endedAt: ended,
    state: ({ agreed: 'awarded', conflict: 'unawarded', running: 'bargaining' } as const)[
      doc.state
    ],
    why: doc.state === 'conflict' ? 'no-agreement' : null,
    pricing: 'first-price',
    award: 'auto',
    dialogues: [winner],
    late: 0,
    proposalId: doc.state === 'agreed' ? doc.proposalId : null,
    leaseId: null,
    bargaining: doc,
  };
}

/** A made-up answer of the lab to a tournament; seeds 500 and 501 stand for what can go wrong. */
export function tournament(seed: number): { status: number; body: unknown } {
  if (seed === 500) {
    const detail = 'strategy "tit-for-tat" ran out of its time in game 212.';
    return { status: 500, body: { title: 'internal', code: 'internal', detail } };
  }
  const rows = STRATEGIES.map(([strategy, utility, dealRate, meanRounds], i) => ({
    strategy,
    utility: seed === 501 && i === 2 ? 'much' : utility + ((seed * 7 + i * 3) % 5) / MICRO,
    ci95: 0.006 + ((i * 5) % 7) / 500,
    dealRate,
    meanRounds,
    nashDistance: 0.03 + ((i * 3) % 8) / 40,
  }));
  const checks = [{ name: 'Zeuthen against Zeuthen meets at Nash’s point', ok: true }];
  const run = { experiment: 'strategies', seed, params: {}, results: { rows }, checks };
  return { status: 200, body: { run } };
}
const STRATEGIES = [
  ['zeuthen', 0.471, 0.982, 8.4],
  ['boulware', 0.466, 0.861, 13.2],
  ['conceder', 0.352, 0.994, 4.1],
  ['linear', 0.423, 0.958, 7.9],
  ['tit-for-tat', 0.437, 0.917, 9.6],
  ['fixed-step', 0.402, 0.93, 8.8],
  ['random-walk', 0.371, 0.88, 9.1],
  ['take-it-or-leave-it', 0.288, 0.57, 2.2],
] as const;
