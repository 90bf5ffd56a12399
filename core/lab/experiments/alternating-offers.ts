// Alternating offers, played: rational players against the closed form, others against rational
// ones.
import {
  type Alternated,
  playAlternating,
  type Player,
  rationalPlayer,
  splitPlayer,
  timeDependentPlayer,
} from '../../engine/theory/alternating.ts';
import {
  finiteShare,
  firstShare,
  type Game,
  inducedLimit,
  priceOf,
} from '../../engine/theory/rubinstein.ts';
import {
  BadInput,
  check,
  type Check,
  type Experiment,
  type Findings,
  type Setting,
  type Settings,
} from '../experiment.ts';
import { fieldsOf, numberOf } from '../input.ts';
import type { Chart, Point } from '../plot/chart.ts';
import { numberIn, optionIn, withFields } from '../settings.ts';

const PLAYERS = ['rational', 'time-dependent', 'split'] as const;
const FIRST = ['buyer', 'seller'] as const;
/** Offers after which players who do not meet are sent home, where the game itself is endless. */
const ROUNDS_MAX = 1_000;
const TRACE_MAX = 200;
const MONEY = { min: 0, max: 1e12 };
const SOURCE = 'Rubinstein, Econometrica 50, 1982';

const discount = (name: string, of: string, initial: number): Setting => ({
  name,
  summary: `worth left to ${of} after a round`,
  initial,
  min: 0,
  max: 1,
});
const amount = (name: string, summary: string, initial: number, min = 0): Setting => ({
  name,
  summary,
  initial,
  min,
  max: MONEY.max,
});

const SETTINGS: readonly Setting[] = [
  discount('delta1', 'the first mover', 0.93),
  discount('delta2', 'the other side', 0.98),
  amount('surplus', 'what there is to divide, in credits', 5, 1e-6),
  amount('cost', 'cost of the seller: prices start here', 0),
  { name: 'first', summary: 'who makes the first offer', initial: 'buyer', options: FIRST },
  {
    name: 'horizon',
    summary: 'rounds; 0 is no end',
    initial: 0,
    min: 0,
    max: 1_000_000,
    whole: true,
  },
  amount('cost1', 'what a further round costs the first mover, in credits', 0),
  amount('cost2', 'what it costs the other side', 0),
  {
    name: 'valueDecay',
    summary: 'part of the good that is lost each round, for both',
    initial: 0,
    min: 0,
    max: 1,
  },
  { name: 'player1', summary: 'the first mover', initial: 'rational', options: PLAYERS },
  { name: 'player2', summary: 'the other side', initial: 'rational', options: PLAYERS },
  {
    name: 'deadline',
    summary: 'time-dependent: rounds until it has conceded all it will',
    initial: 20,
    min: 2,
    max: ROUNDS_MAX,
    whole: true,
  },
  {
    name: 'concession',
    summary: 'time-dependent: below 1 holds out, above 1 gives in early',
    initial: 1,
    min: 0.01,
    max: 100,
  },
];

/** What is played, in shares of the pie. */
interface Case {
  game: Game;
  horizon: number | null;
  surplus: number;
  cost: number;
  first: 'buyer' | 'seller';
}

/**
 * Results: `outcome` deal, conflict or not-unique, `share1` and `share2` as played (null where the
 * theory names no single division), `price`, `rounds`, `closedForm` (share of the first mover by
 * the formula; null where there is none), `distance` = share1 - closedForm, `utility1` and
 * `utility2` (shares after waiting), `demands` (the first 200, each a share of the pie).
 */
export const alternatingOffers: Experiment = {
  name: 'alternating-offers',
  summary: 'Two sides take turns while the pie shrinks; who is patient gets more.',
  settings: SETTINGS,
  input:
    '{"delta1", "delta2", "surplus" or "value" and "cost", "horizon", "first": "buyer" | "seller"' +
    ' and any other setting}',
  run(_seed, given, input) {
    const settings = input === null ? given : settingsOf(given, input);
    if (settings === null) return noSurplus();
    const played = caseOf(settings);
    const { game, horizon } = played;
    const solved = firstShare(game);
    const rational = [0, 1].every((side) => kindOf(settings, side) === 'rational');
    if (horizon === null && !solved.unique && usesTheory(settings)) {
      return notUnique(solved.why, solved.from, solved.to);
    }
    const players = [playerOf(settings, played, 0), playerOf(settings, played, 1)] as const;
    const ended = playAlternating(game, players, horizon ?? ROUNDS_MAX);
    const closedForm = closedFormOf(played);
    const checks = rational
      ? [...theory(played, ended, closedForm), ...deviations(played, ended, players)]
      : [];
    return {
      results: resultsOf(played, ended, closedForm),
      checks: [...sums(ended), ...checks],
      chart: chartOf(ended.demands, closedForm),
    };
  },
};

/** Null for an input whose value does not exceed its cost. */
function settingsOf(given: Settings, input: unknown): Settings | null {
  const fields = fieldsOf(input);
  for (const name of ['delta1', 'delta2']) numberOf(fields[name], name, { min: 0, max: 1 });
  const { surplus, value, horizon, ...rest } = fields;
  const ends = horizon === undefined || horizon === null ? {} : { horizon };
  if (value === undefined) {
    const divided = surplus === undefined ? {} : { surplus };
    return withFields(SETTINGS, given, { ...rest, ...ends, ...divided });
  }
  const cost = rest.cost === undefined ? numberIn(given, 'cost') : rest.cost;
  const between = numberOf(value, 'value', MONEY) - numberOf(cost, 'cost', MONEY);
  const stated = surplus === undefined ? between : numberOf(surplus, 'surplus', MONEY);
  if (Math.abs(stated - between) > 1e-9 * Math.max(1, Math.abs(between))) {
    throw new BadInput('surplus', `is ${stated}, but value - cost is ${between}`);
  }
  if (between <= 0) return null;
  return withFields(SETTINGS, given, { ...rest, ...ends, surplus: between });
}

function caseOf(settings: Settings): Case {
  const surplus = numberIn(settings, 'surplus');
  const left = 1 - numberIn(settings, 'valueDecay');
  const delta = [numberIn(settings, 'delta1') * left, numberIn(settings, 'delta2') * left] as const;
  const cost = [
    numberIn(settings, 'cost1') / surplus,
    numberIn(settings, 'cost2') / surplus,
  ] as const;
  const horizon = numberIn(settings, 'horizon');
  return {
    game: { delta, cost },
    horizon: horizon === 0 ? null : horizon,
    surplus,
    cost: numberIn(settings, 'cost'),
    first: optionIn(settings, 'first', FIRST),
  };
}

const kindOf = (settings: Settings, side: number): (typeof PLAYERS)[number] =>
  optionIn(settings, side === 0 ? 'player1' : 'player2', PLAYERS);

const usesTheory = (settings: Settings): boolean =>
  [0, 1].some((side) => kindOf(settings, side) === 'rational');

function playerOf(settings: Settings, { game, horizon }: Case, side: 0 | 1): Player {
  const kind = kindOf(settings, side);
  if (kind === 'rational') return rationalPlayer(game, horizon, side);
  if (kind === 'split') return splitPlayer;
  const deadline = Math.min(numberIn(settings, 'deadline'), horizon ?? Infinity);
  return timeDependentPlayer(deadline, numberIn(settings, 'concession'), 0);
}

/** Null where there are both an end and costs: there the induction itself is all there is. */
function closedFormOf({ game, horizon }: Case): number | null {
  if (horizon !== null)
    return game.cost.some((c) => c > 0) ? null : finiteShare(game.delta, horizon);
  const solved = firstShare(game);
  return solved.unique ? solved.share : null;
}

function resultsOf(played: Case, ended: Alternated, closedForm: number | null): object & Results {
  const { shares, utilities, rounds, demands } = ended;
  const value = played.cost + played.surplus;
  const price = (first: number): number => priceOf({ ...played, value }, first);
  return {
    outcome: shares === null ? 'conflict' : 'deal',
    share1: shares?.[0] ?? null,
    share2: shares?.[1] ?? null,
    price: shares === null ? null : price(shares[0]),
    rounds,
    closedForm,
    closedFormPrice: closedForm === null ? null : price(closedForm),
    distance: shares === null || closedForm === null ? null : shares[0] - closedForm,
    utility1: utilities[0],
    utility2: utilities[1],
    demands: demands.slice(0, TRACE_MAX),
  };
}
type Results = Findings['results'];

/** All demands as shares of the first mover, so that both sides' curves can meet. */
function chartOf(demands: readonly number[], closedForm: number | null): Chart {
  const of = (side: 0 | 1): Point[] =>
    demands.flatMap((demand, i): Point[] =>
      i % 2 === side ? [[i + 1, side === 0 ? demand : 1 - demand]] : [],
    );
  return {
    title: 'Who gets what of a pie that shrinks?',
    panels: [
      {
        kind: 'curves',
        title: 'Demands of both sides',
        x: { label: 'round' },
        y: { label: 'share of the first mover (0 to 1)', from: 0, to: 1 },
        curves: [
          { label: 'first mover demands', points: of(0), shape: 'line' },
          { label: 'other side leaves it', points: of(1), shape: 'line' },
        ],
        levels: closedForm === null ? [] : [{ at: closedForm, label: 'closed form' }],
      },
    ],
  };
}

const NOTHING = { share1: null, share2: null, price: null, rounds: 0, closedForm: null };

function noSurplus(): Findings {
  return { results: { outcome: 'conflict', why: 'no-surplus', ...NOTHING }, checks: [] };
}

/** The theory names no single division, so there is nothing that rational players would play. */
function notUnique(why: string, from: number, to: number): Findings {
  const range = { share1From: from, share1To: to };
  return { results: { outcome: 'not-unique', why, ...NOTHING, ...range }, checks: [] };
}

/** As exact as the arithmetic is: patience near 1 leaves a range of shares that all look stable. */
function toleranceOf({ game, horizon }: Case): number {
  if (horizon !== null) return 1e-9;
  const { low, high } = inducedLimit(game);
  return Math.max(1e-9, 10 * (high - low));
}

function theory(played: Case, ended: Alternated, closedForm: number | null): Check[] {
  const share = ended.shares?.[0] ?? NaN;
  const atOnce = check('agreement in the first round', ended.rounds, 1, SOURCE);
  if (closedForm === null) return [atOnce];
  const { horizon, game } = played;
  const paid = game.cost.some((c) => c > 0) ? ' with costs per round' : ' (1-d2)/(1-d1·d2)';
  const formula = horizon === null ? `${SOURCE}:${paid}` : `${SOURCE}: v_t = 1 - d·v_(t+1), summed`;
  const tolerance = toleranceOf(played);
  return [check('share of the first mover', share, closedForm, formula, tolerance), atOnce];
}

/** Nobody gains by another first demand, nor by refusing once: that is what equilibrium means. */
function deviations(
  played: Case,
  ended: Alternated,
  [first, second]: readonly [Player, Player],
): Check[] {
  const { game, horizon } = played;
  const limit = horizon ?? ROUNDS_MAX;
  let gain = 0;
  for (let i = 0; i <= 200; i++) {
    const demand = (round: number): number => (round === 1 ? i / 200 : first.demand(round));
    const other = playAlternating(game, [{ ...first, demand }, second], limit);
    gain = Math.max(gain, other.utilities[0] - ended.utilities[0]);
  }
  const accepts = (round: number, offered: number): boolean =>
    round > 1 && second.accepts(round, offered);
  const refused = playAlternating(game, [first, { ...second, accepts }], limit);
  const later = Math.max(0, refused.utilities[1] - ended.utilities[1]);
  const tolerance = toleranceOf(played);
  const source = 'Selten 1965: no gain by a single deviation';
  return [
    check('gain of the first mover by another demand', gain, 0, source, tolerance),
    check('gain of the other side by refusing once', later, 0, source, tolerance),
  ];
}

function sums({ shares }: Alternated): Check[] {
  if (shares === null) return [];
  return [check('the shares are the whole pie', shares[0] + shares[1], 1, SOURCE, 1e-12)];
}
