// Which protocol for a bilateral price: the same random cases under monotonic concession and under
// alternating offers, by players who know both sides and by players who only concede step by step.
import { createRng, type Rng } from '../../engine/base/rng.ts';
import {
  type Alternated,
  playAlternating,
  type Player,
  rationalPlayer,
} from '../../engine/theory/alternating.ts';
import { type Decider, fixedStep, playConcession } from '../../engine/theory/concession.ts';
import { type Deal, negotiationSet } from '../../engine/theory/nash.ts';
import { firstShare, type Game } from '../../engine/theory/rubinstein.ts';
import { zeuthen } from '../../engine/theory/zeuthen.ts';
import { BadInput, check, type Experiment, type Setting } from '../experiment.ts';
import { estimate, type Estimate } from '../sample.ts';
import { numberIn } from '../settings.ts';

const whole = (name: string, summary: string, initial: number, max: number): Setting => ({
  name,
  summary,
  initial,
  min: 2,
  max,
  whole: true,
});

const SETTINGS: readonly Setting[] = [
  whole('cases', 'random pairs of a value and a cost', 400, 5_000),
  whole('ticksMax', 'prices between cost and value, at most', 100, 500),
  whole('stepMax', 'ticks a side concedes at a time, at most', 4, 100),
  { name: 'deltaMin', summary: 'the least patience', initial: 0.8, min: 0, max: 0.999 },
  { name: 'deltaMax', summary: 'the greatest patience', initial: 0.99, min: 0, max: 0.999 },
];
const TICKS_MIN = 10;
const ROUNDS_MAX = 4_000;

/** A buyer who speaks first, and a seller; the surplus is 1, and so many ticks. */
interface Case {
  ticks: number;
  /** Own utility that each side gives up at a time, in shares of the surplus. */
  steps: readonly [number, number];
  game: Game;
  /** The first mover's share by Rubinstein. By Nash it is 1/2: utilities are linear in price. */
  rubinstein: number;
}

/** What one way of playing made of one case. */
interface Ended {
  rounds: number;
  messages: number;
  /** First mover's share; null for a conflict. */
  share: number | null;
}

interface Way {
  protocol: 'monotonic-concession' | 'alternating-offers';
  players: string;
  play(situation: Case, rng: Rng): Ended;
}

const CONCESSION: Way[] = [
  { protocol: 'monotonic-concession', players: 'zeuthen', play: conceding(() => zeuthen) },
  {
    protocol: 'monotonic-concession',
    players: 'fixed step',
    // Half a tick more, so that rounding does not cost a tick.
    play: conceding(({ steps, ticks }, side) => fixedStep(steps[side] + 0.5 / ticks)),
  },
];
const ALTERNATING: Way[] = [
  {
    protocol: 'alternating-offers',
    players: 'rational',
    play: alternating(({ game }, side) => rationalPlayer(game, null, side)),
  },
  {
    protocol: 'alternating-offers',
    players: 'steps to equilibrium',
    play: alternating((situation, side) => stepwise(situation, side, true)),
  },
  {
    protocol: 'alternating-offers',
    players: 'fixed step',
    play: alternating((situation, side) => stepwise(situation, side, false)),
  },
];
const WAYS = [...CONCESSION, ...ALTERNATING];

function conceding(deciderOf: (situation: Case, side: 0 | 1) => Decider): Way['play'] {
  return (situation, rng) => {
    const { ticks } = situation;
    const deals = Array.from({ length: ticks + 1 }, (_, i): Deal => [
      (ticks - i) / ticks,
      i / ticks,
    ]);
    const deciders = [deciderOf(situation, 0), deciderOf(situation, 1)] as const;
    const { deal, rounds } = playConcession(negotiationSet(deals), deciders, rng);
    return { rounds, messages: 2 * rounds, share: deal?.[0] ?? null };
  };
}

function alternating(playerOf: (situation: Case, side: 0 | 1) => Player): Way['play'] {
  return (situation) => {
    const players = [playerOf(situation, 0), playerOf(situation, 1)] as const;
    const ended: Alternated = playAlternating(situation.game, players, ROUNDS_MAX);
    const accepted = ended.shares === null ? 0 : 1;
    return {
      rounds: ended.rounds,
      messages: ended.rounds + accepted,
      share: ended.shares?.[0] ?? null,
    };
  };
}

/**
 * Concedes one step each time it speaks and takes what its own next demand would leave it. One that
 * knows its equilibrium share does not go below it, and takes what waiting for it would be worth.
 */
function stepwise({ game, steps, rubinstein }: Case, side: 0 | 1, knows: boolean): Player {
  const first = rubinstein;
  const own = side === 0 ? first : 1 - game.delta[0] * first;
  const least = knows ? own : 0;
  const demand = (round: number): number =>
    Math.max(least, 1 - steps[side] * Math.floor((round - 1) / 2));
  return {
    demand,
    accepts: (round, offered) =>
      offered >= (knows ? game.delta[side] * own : demand(round + 1)) - 1e-12,
  };
}

function drawCase(rng: Rng, settings: Parameters<Experiment['run']>[1]): Case {
  const of = (name: string): number => numberIn(settings, name);
  const ticks = TICKS_MIN + rng.below(Math.max(1, of('ticksMax') - TICKS_MIN + 1));
  const step = (): number => (1 + rng.below(of('stepMax'))) / ticks;
  const [low, high] = [of('deltaMin'), of('deltaMax')];
  const delta = (): number => low + (high - low) * rng.unit();
  const game: Game = { delta: [delta(), delta()], cost: [0, 0] };
  const solved = firstShare(game);
  if (!solved.unique) throw new BadInput('deltaMax', 'must be below 1');
  return { ticks, steps: [step(), step()], game, rubinstein: solved.share };
}

/** How far from what its own theory aims at, in shares of the surplus; a conflict misses it all. */
function missed(way: Way, { rubinstein }: Case, { share }: Ended): number {
  if (share === null) return 1;
  const optimum = way.protocol === 'monotonic-concession' ? 0.5 : rubinstein;
  return Math.abs(share - optimum);
}

/** What is left of the surplus after waiting. */
const kept = ({ game }: Case, { share, rounds }: Ended): number =>
  share === null
    ? 0
    : game.delta[0] ** (rounds - 1) * share + game.delta[1] ** (rounds - 1) * (1 - share);

const rowOf = (way: Way, cases: readonly Case[], ended: readonly Ended[]) => {
  const over = (of: (situation: Case, end: Ended) => number): Estimate =>
    estimate(ended.map((end, i) => of(cases[i] as Case, end))) as Estimate;
  const rounds = over((_, end) => end.rounds);
  const messages = over((_, end) => end.messages);
  const distance = over((situation, end) => missed(way, situation, end));
  const left = over(kept);
  return {
    protocol: way.protocol,
    players: way.players,
    deals: ended.filter(({ share }) => share !== null).length / ended.length,
    rounds: rounds.mean,
    roundsCi95: rounds.ci95,
    messages: messages.mean,
    messagesCi95: messages.ci95,
    distance: distance.mean,
    distanceCi95: distance.ci95,
    surplusKept: left.mean,
    surplusKeptCi95: left.ci95,
  };
};

/**
 * Places in WAYS that are compared: players who know both sides' utilities; the same steps, where
 * whoever takes turns also knows its equilibrium share; the same steps and nothing else.
 */
const PAIRS = [
  [0, 2],
  [1, 3],
  [1, 4],
] as const;

/**
 * Results: `rows` (per protocol and players: part of cases with a deal, mean rounds, messages,
 * distance from the optimum of its own theory in shares of the surplus, part of the surplus that
 * waiting left, each with ci95) and `comparisons` (per pair of players, on the same cases:
 * alternating minus concession in rounds and distance with ci95, and whether that bears out that
 * concession is faster and alternating nearer: it depends on what the players know).
 */
export const protocolChoice: Experiment = {
  name: 'protocol-choice',
  summary: 'The same cases under both protocols: which is faster, which is nearer its optimum.',
  settings: SETTINGS,
  input: null,
  run(seed, settings) {
    if (numberIn(settings, 'deltaMin') > numberIn(settings, 'deltaMax')) {
      throw new BadInput('deltaMin', 'must not exceed deltaMax');
    }
    const rng = createRng(seed);
    const cases = Array.from({ length: numberIn(settings, 'cases') }, () =>
      drawCase(rng, settings),
    );
    const played = WAYS.map((way) => cases.map((situation) => way.play(situation, rng)));
    const rows = WAYS.map((way, i) => rowOf(way, cases, played[i] ?? []));
    const comparisons = PAIRS.map(([concession, turns]) => {
      const pair = (of: (way: Way, situation: Case, end: Ended) => number): Estimate =>
        estimate(
          cases.map((situation, i) => {
            const at = (k: number): number =>
              of(WAYS[k] as Way, situation, played[k]?.[i] as Ended);
            return at(turns) - at(concession);
          }),
        ) as Estimate;
      const rounds = pair((_way, _situation, end) => end.rounds);
      const distance = pair(missed);
      return {
        concession: WAYS[concession]?.players,
        alternating: WAYS[turns]?.players,
        moreRounds: rounds.mean,
        moreRoundsCi95: rounds.ci95,
        moreDistance: distance.mean,
        moreDistanceCi95: distance.ci95,
        concessionFaster: rounds.mean - rounds.ci95 > 0,
        alternatingNearer: distance.mean + distance.ci95 < 0,
      };
    });
    return { results: { rows, comparisons }, checks: checksOf(cases, played) };
  },
};

/** What theory says of every single case. */
function checksOf(cases: readonly Case[], played: readonly Ended[][]) {
  const worst = (way: number, of: (situation: Case, end: Ended) => number): number =>
    cases.reduce((most, situation, i) => {
      const end = played[way]?.[i];
      return end === undefined ? Infinity : Math.max(most, of(situation, end));
    }, 0);
  const nash = worst(0, ({ ticks }, { share }) => Math.abs((share ?? Infinity) - 0.5) * ticks);
  const rubinstein = worst(2, ({ rubinstein: x }, { share }) => Math.abs((share ?? Infinity) - x));
  const bound = worst(0, ({ ticks }, { rounds }) => rounds / (ticks + 1));
  return [
    check('Zeuthen: ticks from the Nash price', nash, 0, 'Harsanyi 1956, to half a tick', 0.5001),
    check('Zeuthen: rounds per deal of the set', bound <= 1, true, 'at most one round per deal'),
    check('rational: distance from Rubinstein', rubinstein, 0, 'Rubinstein 1982', 1e-9),
    check(
      'rational: rounds',
      worst(2, (_, { rounds }) => rounds),
      1,
      'Rubinstein 1982: no delay',
    ),
  ];
}
