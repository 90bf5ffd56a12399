// One cheater among five honest agents: the reference system's experiment 3.
//
// results: rows [{scenario always or subtle, phase, rounds as "1-10", reputation 0..1 (mean view of
// the cheater), deals}]; outcomes [{scenario, incidents, isolatedAt (round after which all honest
// agents refuse the cheater, or null), afterIsolation and afterZero (incidents after that and after
// the mean view became 0), cheatGain (net worth that the broken deals brought), wealth, budget,
// units, lowestBudget, wronged (honest agents that somebody refuses)}]; messages [{type, sent,
// handled}] of both scenarios; series {scenario: {reputation (mean view after each round), deals
// (agreed with the cheater in each round)}}; in mode haggle also sample,
// of the subtle cheater: {runs, caught (share), medianRound, falseAlarms (share of honest agents),
// meanCheatGain}; and ancestorRows and ancestorOutcomes.
import { netWorth, REPUTATION } from '../ancestor/agent.ts';
import { allHandled, lowestBudget, messageRows, MODE_SETTINGS, modeOf } from '../ancestor/modes.ts';
import { source, TRUST_ALWAYS, TRUST_SUBTLE } from '../ancestor/published.ts';
import type { Commit } from '../ancestor/reference-rules.ts';
import { TEST_PLAN } from '../ancestor/role-aware/evidence.ts';
import { TRUST_PLAN } from '../ancestor/role-aware/trust.ts';
import { playTrust, type TrustRun } from '../ancestor/runs.ts';
import { CHEATER, TRUST } from '../ancestor/set-ups.ts';
import { totalUnits } from '../ancestor/units.ts';
import { haggleWorld, referenceWorld, type World } from '../ancestor/worlds.ts';
import { check, type Check, type Experiment } from '../experiment.ts';
import type { Chart, Curve, CurvePanel } from '../plot/chart.ts';
import { numberIn } from '../settings.ts';

const SCENARIOS = ['always', 'subtle'] as const;
type Scenario = (typeof SCENARIOS)[number];
type Table = ReturnType<typeof tableOf>;

/** First and last round of each phase, as the reference system reports them. */
const PHASES: Readonly<Record<Scenario, readonly [string, number, number][]>> = {
  always: [
    ['early', 1, 10],
    ['middle', 25, 35],
    ['late', 50, 60],
  ],
  subtle: [
    ['early', 1, 20],
    ['middle', 40, 60],
    ['late', 80, 100],
  ],
};

export const trustFall: Experiment = {
  name: 'trust-fall',
  summary: 'What a cheater gains, and when the others stop dealing with it.',
  settings: [
    ...MODE_SETTINGS,
    {
      name: 'runs',
      summary: 'runs with the subtle cheater, for the rates of detection and false alarm',
      initial: 100,
      min: 1,
      max: 200,
      whole: true,
    },
    {
      name: 'mishap',
      summary: 'probability that an honest seller fails by accident',
      initial: TEST_PLAN.honest,
      min: 0,
      max: 0.1,
    },
  ],
  input: null,
  run: (seed, settings) => {
    const { mode, commit } = modeOf(settings);
    const ancestor = tableOf(referenceWorld(commit), (scenario) => TRUST[scenario].seed);
    if (mode === 'compat') {
      const chart = chartOf(ancestor.series, null);
      return { results: ancestor, checks: compatChecks(ancestor, commit), chart };
    }
    const world = haggleWorld({ ...TRUST_PLAN, mishap: numberIn(settings, 'mishap') });
    const ours = tableOf(world, () => seed);
    const sample = sampleOf(world, seed, numberIn(settings, 'runs'));
    return {
      results: {
        ...ours,
        sample,
        ancestorRows: ancestor.rows,
        ancestorOutcomes: ancestor.outcomes,
      },
      checks: [...haggleChecks(ours, sample), allHandled(ours.messages)],
      chart: chartOf(ours.series, ancestor.series),
    };
  },
};

/** Round by round. */
interface Series {
  reputation: readonly number[];
  deals: readonly number[];
}

function tableOf(world: World, seedOf: (scenario: Scenario) => number) {
  const played = SCENARIOS.map((scenario) => {
    const run = playTrust(world, TRUST[scenario], seedOf(scenario));
    const { avgReputation: reputation, cheaterDeals: deals, traffic } = run;
    const series: Series = { reputation, deals };
    const rows = rowsOf(scenario, run);
    return { scenario, rows, outcome: outcomeOf(scenario, run), series, traffic };
  });
  return {
    rows: played.flatMap(({ rows }) => rows),
    outcomes: played.map(({ outcome }) => outcome),
    messages: messageRows(played),
    series: Object.fromEntries(played.map(({ scenario, series }) => [scenario, series])),
  };
}

function rowsOf(scenario: Scenario, run: TrustRun) {
  return PHASES[scenario].map(([phase, from, to]) => {
    const views = run.avgReputation.slice(from - 1, to);
    return {
      scenario,
      phase,
      rounds: `${from}-${to}`,
      reputation: views.reduce((sum, view) => sum + view, 0) / views.length,
      deals: run.cheaterDeals.slice(from - 1, to).reduce((sum, count) => sum + count, 0),
    };
  });
}

function outcomeOf(scenario: Scenario, run: TrustRun) {
  const cheater = run.agents.find(({ id }) => id === CHEATER);
  const mine = run.incidents.filter((incident) => incident.cheater === CHEATER);
  const { isolatedAt, cheatGain } = run;
  const sunk = run.avgReputation.findIndex((view) => view <= 0) + 1;
  const after = (from: number | null) =>
    from === null ? 0 : mine.filter(({ round }) => round > from).length;
  return {
    scenario,
    incidents: mine.length,
    isolatedAt,
    afterIsolation: after(isolatedAt),
    afterZero: after(sunk > 0 ? sunk : null),
    cheatGain,
    wealth: cheater ? netWorth(cheater) : 0,
    budget: cheater?.budget ?? 0,
    units: cheater ? totalUnits(cheater.resources) : 0,
    lowestBudget: lowestBudget(run),
    wronged: run.wronged.length,
  };
}

function sampleOf(world: World, seed: number, runs: number) {
  // Only what is counted is kept: a run with all its messages is large.
  const all = Array.from({ length: runs }, (_, i) => {
    const { isolatedAt, cheatGain, wronged, agents } = playTrust(world, TRUST.subtle, seed + i);
    return { isolatedAt, cheatGain, wronged: wronged.length, honest: agents.length - 1 };
  });
  const caughtAt = all.flatMap(({ isolatedAt }) => (isolatedAt === null ? [] : [isolatedAt]));
  caughtAt.sort((a, b) => a - b);
  const sum = (of: 'cheatGain' | 'wronged' | 'honest') =>
    all.reduce((total, one) => total + one[of], 0);
  return {
    runs,
    caught: caughtAt.length / runs,
    medianRound: caughtAt[Math.floor(caughtAt.length / 2)] ?? null,
    falseAlarms: sum('wronged') / sum('honest'),
    meanCheatGain: sum('cheatGain') / runs,
  };
}

/** Rounds over which deals are counted for the chart. */
const WINDOW = 10;

/** @param compared the reference system, in grey */
function chartOf(
  ours: Readonly<Record<string, Series>>,
  compared: Readonly<Record<string, Series>> | null,
): Chart {
  const curves = (of: keyof Series, shape: Curve['shape'], read: (all: number[]) => number[]) => {
    const curve = (label: string, values: readonly number[] = [], grey = false): Curve => ({
      label,
      points: read([...values]).map((value, i) => [i + 1, value]),
      shape,
      grey,
    });
    const named = (from: Readonly<Record<string, Series>>, grey: boolean) =>
      SCENARIOS.map((scenario) =>
        curve(`${grey ? 'reference, ' : ''}${CHEATS[scenario]}`, from[scenario]?.[of], grey),
      );
    return [...(compared === null ? [] : named(compared, true)), ...named(ours, false)];
  };
  const x = { label: 'round' };
  const reputation: CurvePanel = {
    kind: 'curves',
    title: 'Reputation of the cheater: mean view of the honest agents',
    x,
    y: { label: 'reputation (0 to 1)', from: 0, to: 1 },
    curves: curves('reputation', 'line', (all) => all),
    levels: [
      { at: REPUTATION.initial, label: `${REPUTATION.initial} where all start` },
      { at: REPUTATION.threshold, label: `${REPUTATION.threshold} refused below` },
    ],
  };
  const deals: CurvePanel = {
    kind: 'curves',
    title: 'Deals with the cheater',
    x,
    y: { label: `deals in the last ${WINDOW} rounds`, from: 0 },
    curves: curves('deals', 'step', lastRounds),
    levels: [],
  };
  return { title: 'What becomes of a cheater?', panels: [reputation, deals] };
}

const CHEATS: Readonly<Record<Scenario, string>> = { always: 'cheats always', subtle: 'in 5 %' };

const lastRounds = (deals: readonly number[]): number[] =>
  deals.map((_, i) =>
    deals.slice(Math.max(0, i + 1 - WINDOW), i + 1).reduce((sum, count) => sum + count, 0),
  );

function compatChecks({ rows, outcomes }: Table, commit: Commit): Check[] {
  const published = { always: TRUST_ALWAYS, subtle: TRUST_SUBTLE[commit] };
  const from = source(8, commit);
  const [always, subtle] = outcomes;
  const phases = SCENARIOS.flatMap((scenario) =>
    rows
      .filter((row) => row.scenario === scenario)
      .flatMap(({ phase, reputation, deals }, i) => {
        const { reputation: views, deals: counts } = published[scenario];
        const name = `${scenario}, ${phase}`;
        return [
          check(`${name}: reputation`, reputation, views[i] ?? 0, from, 0.0005001),
          check(`${name}: deals`, deals, counts[i] ?? 0, from),
        ];
      }),
  );
  return [
    ...phases,
    check('always: incidents', always?.incidents ?? 0, TRUST_ALWAYS.incidents, from),
    check('always: budget', always?.budget ?? 0, TRUST_ALWAYS.budget, from, 0.5),
    check('always: units', always?.units ?? 0, TRUST_ALWAYS.units, from, 0.5),
    check('always: wealth', always?.wealth ?? 0, TRUST_ALWAYS.wealth, from, 0.5),
    check('subtle: wealth', subtle?.wealth ?? 0, TRUST_SUBTLE[commit].wealth, from, 0.05),
    check(
      'always: incidents after the mean view is 0 (defect 5)',
      always?.afterZero ?? 0,
      20,
      source(11, commit),
    ),
  ];
}

function haggleChecks({ outcomes }: Table, sample: ReturnType<typeof sampleOf>): Check[] {
  const from = 'seed-system.md, section 13';
  const sum = (value: (outcome: Table['outcomes'][number]) => number) =>
    outcomes.reduce((total, outcome) => total + value(outcome), 0);
  const soon = 'acceptance line S2-31';
  const most = `${from}, which wants it always: "most" is our bound, the share is in sample.caught`;
  const gained = outcomes.every(({ cheatGain }) => cheatGain <= 0) && sample.meanCheatGain <= 0;
  const open = outcomes.find(({ scenario }) => scenario === 'always')?.isolatedAt ?? null;
  return [
    check(
      'incidents after isolation',
      sum((one) => one.afterIsolation),
      0,
      from,
    ),
    check('breaking deals brings the cheater nothing', gained, true, from),
    check(
      'no negative balance',
      outcomes.every((one) => one.lowestBudget >= 0),
      true,
      from,
    ),
    check('open cheater isolated within 15 rounds', open !== null && open <= 15, true, soon),
    check('subtle cheater caught within 100 rounds in most runs', sample.caught > 0.5, true, most),
    check('honest agents ever refused, below 1 %', sample.falseAlarms < 0.01, true, from),
  ];
}
