// A learner against rule-based opponents, in both roles and under both protocols. Results:
// - curve: {from, to, utility, ci95, dealRate, entries} per window of bargainings
// - tiers: {tier, strategy, utility, ci95, dealRate, meanRounds, nashDistance, n}, best first: the
//   trained learner, one that starts anew each time, and the rules, all on the same fresh cases
// Utility is the part of the zone of agreement that the side got, after discount and costs.
import { createStrategy } from '../../agent/bargaining/kinds.ts';
import { createLearner, type Learner } from '../../agent/bargaining/q-learning.ts';
import type { Strategy } from '../../agent/bargaining/strategy.ts';
import { createRng, type Rng } from '../../engine/base/rng.ts';
import { BARGAINING_PROTOCOLS } from '../../engine/protocol/bargaining.ts';
import { type Case, drawCase, sessionOf } from '../bargain/cases.ts';
import { bargain } from '../bargain/session.ts';
import { type Score, scoresOf, Tally } from '../bargain/tally.ts';
import { check, type Experiment, type Findings } from '../experiment.ts';
import { numberIn } from '../settings.ts';

const RULES = ['greedy', 'fair', 'patient', 'adaptive', 'time-dependent', 'tit-for-tat'] as const;
const WINDOWS = 10;
const SOURCE = 'Watkins and Dayan, Machine Learning 8, 1992: learning raises the reward';

/** Something to share, so that every bargaining teaches. */
function drawWithZone(rng: Rng): Case {
  let c = drawCase(rng);
  while (c.value <= c.cost) c = drawCase(rng);
  return c;
}

/** One bargaining; roles, protocols and opponents take turns. */
function play(who: Strategy, index: number, c: Case, rng: Rng): Score {
  const rival = createStrategy(RULES[Math.floor(index / 4) % RULES.length] ?? 'fair', {}, rng);
  const buys = index % 2 === 0;
  const protocol = BARGAINING_PROTOCOLS[Math.floor(index / 2) % 2] ?? 'alternating-offers';
  const session = sessionOf(c, protocol, buys ? who : rival, buys ? rival : who);
  const scores = scoresOf(session, bargain(session, { rng }));
  if (scores === null) throw new Error('a case with a zone has scores');
  return buys ? scores.manager : scores.contractor;
}

function train(learner: Learner, bargainings: number, rng: Rng): Record<string, unknown>[] {
  const size = Math.floor(bargainings / WINDOWS);
  return Array.from({ length: WINDOWS }, (_, window) => {
    const tally = new Tally();
    const from = window * size;
    for (let i = from; i < from + size; i++) tally.add(i, play(learner, i, drawWithZone(rng), rng));
    const { utility, ci95, dealRate } = tally.summary();
    return { from: from + 1, to: from + size, utility, ci95, dealRate, entries: learner.entries() };
  });
}

type Tier = 'trained' | 'untrained' | 'rules';
interface TierRow {
  tier: Tier;
  strategy: string;
  utility: number;
}

function compare(learner: Learner, cases: readonly Case[], rng: Rng): TierRow[] {
  const row = (tier: Tier, strategy: string, next: () => Strategy): TierRow => {
    const tally = new Tally();
    cases.forEach((c, i) => tally.add(i, play(next(), i, c, rng)));
    return { tier, strategy, ...tally.summary() };
  };
  const rules = RULES.map((name) => {
    const one = createStrategy(name, {}, rng);
    return row('rules', name, () => one);
  });
  const rows = [
    row('trained', 'q-learning', () => learner),
    row('untrained', 'q-learning', () => createLearner({}, rng)),
    ...rules,
  ];
  return rows.sort((a, b) => b.utility - a.utility);
}

function findings(curve: Record<string, unknown>[], tiers: TierRow[]): Findings {
  const of = (tier: Tier): number => tiers.find((row) => row.tier === tier)?.utility ?? 0;
  const [first, last] = [curve[0]?.utility, curve.at(-1)?.utility] as [number, number];
  return {
    results: { curve, tiers },
    checks: [
      check('the last tenth is better than the first', last > first, true, SOURCE),
      check('trained is better than untrained', of('trained') > of('untrained'), true, SOURCE),
    ],
  };
}

export const qLearning: Experiment = {
  name: 'q-learning',
  summary: 'How fast tabular Q-learning learns to bargain, and whom it then beats.',
  settings: [
    {
      name: 'bargainings',
      summary: 'bargainings to learn from',
      initial: 30_000,
      min: 10_000,
      max: 200_000,
      whole: true,
    },
    {
      name: 'cases',
      summary: 'cases for the comparison afterwards',
      initial: 2400,
      min: 100,
      max: 20_000,
      whole: true,
    },
  ],
  input: null,
  run(seed, settings) {
    const rng = createRng(seed);
    const learner = createLearner({}, createRng(rng.u32()));
    const curve = train(learner, numberIn(settings, 'bargainings'), rng);
    const cases = Array.from({ length: numberIn(settings, 'cases') }, () => drawWithZone(rng));
    return findings(curve, compare(learner, cases, rng));
  },
};
