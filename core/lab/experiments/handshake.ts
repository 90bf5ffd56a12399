// Who can trade with whom: the reference system's experiment 1, all pairs of strategies.
//
// results: rows [{buyer, seller, successRate 0..1, meanPrice credits or null, why}] of the chosen
// mode, with `why` null where all runs closed; ancestorRows, the same of the reference system (only
// in mode haggle); trace [{sender, receiver, type, price, reason}], the fair buyer and the greedy
// seller; messages [{type, sent, handled}] of all runs.
import type { Message } from '../ancestor/message.ts';
import { priceOf } from '../ancestor/message.ts';
import { allHandled, messageRows, MODE_SETTINGS, modeOf } from '../ancestor/modes.ts';
import { MATRIX, MATRIX_SELLER_BUDGET_20, source, TRACE } from '../ancestor/published.ts';
import type { Commit } from '../ancestor/reference-rules.ts';
import { type Handshake, playHandshake } from '../ancestor/runs.ts';
import {
  HANDSHAKE_PURSES,
  type HandshakePurses,
  NAMES_AND_BROKER,
  type StrategyName,
} from '../ancestor/set-ups.ts';
import { haggleWorld, referenceWorld, type World } from '../ancestor/worlds.ts';
import { check, type Check, type Experiment } from '../experiment.ts';
import { numberIn } from '../settings.ts';

interface Row {
  buyer: StrategyName;
  seller: StrategyName;
  successRate: number;
  meanPrice: number | null;
  why: string | null;
}

const BUDGET = { min: 0, max: 1_000_000 };

export const handshake: Experiment = {
  name: 'handshake',
  summary: 'Which pairs of bargaining strategies reach a deal, at what price, and why others fail.',
  settings: [
    ...MODE_SETTINGS,
    { name: 'runs', summary: 'runs of each pair', initial: 50, min: 1, max: 1000, whole: true },
    {
      name: 'buyerBudget',
      summary: 'credits of the buyer, who needs 10 GPU hours',
      initial: HANDSHAKE_PURSES.buyerBudget,
      ...BUDGET,
    },
    {
      name: 'sellerBudget',
      summary: 'credits of the seller; no price should depend on them',
      initial: HANDSHAKE_PURSES.sellerBudget,
      ...BUDGET,
    },
  ],
  input: null,
  run: (seed, settings) => {
    const { mode, commit } = modeOf(settings);
    const runs = numberIn(settings, 'runs');
    const purses = {
      buyerBudget: numberIn(settings, 'buyerBudget'),
      sellerBudget: numberIn(settings, 'sellerBudget'),
    };
    const ancestor = tableOf(referenceWorld(commit), runs, 0, purses);
    const ancestorTrace = traceOf(referenceWorld(commit), purses);
    if (mode === 'compat') {
      const checks = compatChecks(ancestor.rows, ancestorTrace, purses, commit);
      const { rows, messages } = ancestor;
      return { results: { rows, trace: ancestorTrace, messages }, checks };
    }
    const { rows, messages, played } = tableOf(haggleWorld(), runs, seed, purses);
    return {
      results: {
        rows,
        ancestorRows: ancestor.rows,
        trace: traceOf(haggleWorld(), purses),
        messages,
      },
      checks: [...haggleChecks(rows, ancestor.rows, played), allHandled(messages)],
    };
  },
};

function tableOf(world: World, runs: number, seed: number, purses: HandshakePurses) {
  const played: Handshake[] = [];
  const rows = NAMES_AND_BROKER.flatMap((buyer) =>
    NAMES_AND_BROKER.map((seller): Row => {
      const all = Array.from({ length: runs }, (_, i) =>
        playHandshake(world, buyer, seller, seed + i, purses),
      );
      played.push(...all);
      const prices = all.flatMap(({ record }) => (record?.agreed ? [record.price] : []));
      const total = prices.reduce((sum, price) => sum + price, 0);
      return {
        buyer,
        seller,
        successRate: prices.length / runs,
        meanPrice: prices.length > 0 ? total / prices.length : null,
        why: all.map(whyNot).find((why) => why !== null) ?? null,
      };
    }),
  );
  return { rows, messages: messageRows(played), played };
}

/** Why there was no deal, for people; null when there was one. */
function whyNot({ record, limits }: Handshake): string | null {
  if (record?.agreed) return null;
  if (limits && limits.buyer < limits.seller) {
    const [most, least] = [show(limits.buyer), show(limits.seller)];
    return `no overlap: the buyer pays at most ${most}, the seller takes at least ${least}`;
  }
  if (!record) return 'the buyer stays out';
  const last = record.messages.at(-1);
  return last?.type === 'reject'
    ? `the ${last.sender} rejects: ${record.reason}`
    : `${record.reason} after ${record.rounds} turns`;
}

const show = (credits: number): string => String(Number(credits.toFixed(2)));

function traceOf(world: World, purses: HandshakePurses) {
  const { record } = playHandshake(world, 'fair', 'greedy', 7, purses);
  return (record?.messages ?? []).map((message: Message) => ({
    sender: message.sender,
    receiver: message.receiver,
    type: message.type,
    price: priceOf(message),
    reason: message.payload.reason ?? null,
  }));
}

const pairs = (rows: readonly Row[], withBroker = false): Row[] =>
  rows.filter(({ buyer, seller }) => withBroker || (buyer !== 'broker' && seller !== 'broker'));

function compatChecks(
  rows: readonly Row[],
  trace: ReturnType<typeof traceOf>,
  { buyerBudget, sellerBudget }: HandshakePurses,
  commit: Commit,
): Check[] {
  if (buyerBudget !== HANDSHAKE_PURSES.buyerBudget) return [];
  const published: Readonly<Record<string, number>> | null =
    sellerBudget === HANDSHAKE_PURSES.sellerBudget
      ? MATRIX
      : sellerBudget === 20
        ? MATRIX_SELLER_BUDGET_20
        : null;
  if (!published) return [];
  const from = source(published === MATRIX ? 8 : 11, commit);
  const found = pairs(rows).flatMap(({ buyer, seller, successRate, meanPrice }) => {
    const name = `${buyer}->${seller}`;
    const price = published[name];
    const rate = check(`${name} success`, successRate, price === undefined ? 0 : 1, from);
    // The mean of runs that all give one price may be off by a rounding.
    if (price === undefined) return [rate];
    return [rate, check(`${name} price`, meanPrice ?? 0, price, from, 1e-9)];
  });
  if (published !== MATRIX) return found;
  const said = trace.map(({ type, price, reason }) => `${type} ${price ?? reason}`).join(', ');
  return [...found, check('trace of fair->greedy', said, TRACE, from)];
}

function haggleChecks(
  rows: readonly Row[],
  ancestor: readonly Row[],
  played: readonly Handshake[],
): Check[] {
  const overlap = ({ limits }: Handshake) => limits !== null && limits.buyer >= limits.seller;
  const open = played.filter((one) => overlap(one) && !one.record?.agreed).length;
  const beyond = played.filter((one) => !overlap(one) && one.record?.agreed).length;
  const from = 'seed-system.md, section 13';
  const closed = (of: readonly Row[]) => pairs(of).filter((row) => row.successRate === 1).length;
  const unexplained = rows.filter((row) => row.successRate < 1 && row.why === null).length;
  return [
    check('runs whose limits overlap, without a deal', open, 0, from),
    check('deals beyond a limit', beyond, 0, from),
    check('pairs without a deal and without a reason', unexplained, 0, 'acceptance line S2-17'),
    check(
      'closes at least as many of the 16 pairs as the reference system',
      closed(rows) >= closed(ancestor),
      true,
      from,
    ),
  ];
}
