// Who ends richest: the reference system's experiment 2c, ranked by wealth and by its change.
//
// results: rows [{agent, netWorth, change, ci95}] in credits, each a mean over runs, ci95 the half
// width of the mean's 95 % interval (null for one run), richest first; byChange, agents by change;
// closedBy {provider: deals}; fallThroughs, deals that were agreed and not carried out;
// messages [{type, sent, handled}]; ancestorRows in mode haggle.
import { netWorth } from '../ancestor/agent.ts';
import type { TrafficByType } from '../ancestor/message.ts';
import {
  allHandled,
  blamed,
  lowestBudget,
  messageRows,
  MODE_SETTINGS,
  modeOf,
} from '../ancestor/modes.ts';
import { source, TOURNAMENT_1000, TOURNAMENT_20, TOURNAMENT_DEALS } from '../ancestor/published.ts';
import type { Commit } from '../ancestor/reference-rules.ts';
import { negotiationsOf, playTournament, type Run } from '../ancestor/runs.ts';
import { marketAgents, TOURNAMENT } from '../ancestor/set-ups.ts';
import { haggleWorld, referenceWorld, type World } from '../ancestor/worlds.ts';
import { check, type Check, type Experiment } from '../experiment.ts';
import type { Chart } from '../plot/chart.ts';
import { estimate } from '../sample.ts';
import { numberIn } from '../settings.ts';

type Table = ReturnType<typeof tableOf>;

export const tournament: Experiment = {
  name: 'tournament',
  summary: 'Which strategy ends with most, by level and by change, over many runs.',
  settings: [
    ...MODE_SETTINGS,
    {
      name: 'runs',
      summary: 'runs; 20 and 1000 have published results',
      initial: TOURNAMENT.runs,
      min: 1,
      max: 1000,
      whole: true,
    },
  ],
  input: null,
  run: (seed, settings) => {
    const { mode, commit } = modeOf(settings);
    const runs = numberIn(settings, 'runs');
    const ancestor = tableOf(referenceWorld(commit), 0, runs);
    if (mode === 'compat') {
      const checks = compatChecks(ancestor, commit, runs);
      return { results: ancestor.results, checks, chart: chartOf(ancestor, runs) };
    }
    const ours = tableOf(haggleWorld(), seed, runs);
    return {
      results: { ...ours.results, ancestorRows: ancestor.results.rows },
      checks: haggleChecks(ours),
      chart: chartOf(ours, runs),
    };
  },
};

function tableOf(world: World, seed: number, runs: number) {
  const start = new Map(marketAgents(world.make).map((agent) => [agent.id, netWorth(agent)]));
  const worths = new Map([...start.keys()].map((id): [string, number[]] => [id, []]));
  const closedBy: Record<string, number> = {};
  const tally = { fallThroughs: 0, blamed: 0, lowestBudget: Infinity };
  const played: { traffic: TrafficByType }[] = [];
  for (let i = 0; i < runs; i++) {
    const run: Run = playTournament(world, seed + i);
    played.push({ traffic: run.traffic });
    for (const agent of run.agents) worths.get(agent.id)?.push(netWorth(agent));
    for (const { agreed, price, seller } of negotiationsOf(run)) {
      if (agreed) closedBy[seller] = (closedBy[seller] ?? 0) + 1;
      else if (price > 0) tally.fallThroughs++;
    }
    tally.blamed += blamed(run.agents);
    tally.lowestBudget = Math.min(tally.lowestBudget, lowestBudget(run));
  }
  const rows = [...worths].map(([agent, values]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / runs;
    const ci95 = estimate(values)?.ci95 ?? null;
    return { agent, netWorth: mean, change: mean - (start.get(agent) ?? 0), ci95 };
  });
  rows.sort((a, b) => b.netWorth - a.netWorth);
  const byChange = rows.toSorted((a, b) => b.change - a.change).map(({ agent }) => agent);
  const messages = messageRows(played);
  return {
    results: { rows, byChange, closedBy, fallThroughs: tally.fallThroughs, messages },
    ...tally,
  };
}

function chartOf({ results }: Table, runs: number): Chart {
  return {
    title: 'Who ends richest?',
    panels: [
      {
        kind: 'bars',
        title: `Net worth at the end; in grey, at the start; 95 % interval of ${runs} runs`,
        value: { label: 'net worth (credits)' },
        bars: results.rows.map(({ agent, netWorth: value, change, ci95 }) => {
          return { label: agent, value, ci95, mark: value - change };
        }),
      },
    ],
  };
}

function compatChecks({ results }: Table, commit: Commit, runs: number): Check[] {
  const published = { 20: TOURNAMENT_20, 1000: TOURNAMENT_1000 }[runs];
  if (!published) return [];
  // The thousand runs of the earlier simulator were made at a later commit that left it alone.
  const from = source(8, runs === 1000 && commit === '872b0e1' ? '35cfec2' : commit);
  const checks = results.rows.map(({ agent, netWorth: mean }) =>
    check(`${agent}, net worth`, mean, published[commit][agent] ?? 0, from, 0.0501),
  );
  if (runs !== 20 || commit !== '872b0e1') return checks;
  const { total, greedyProvider, fallThroughs } = TOURNAMENT_DEALS;
  const deals = Object.values(results.closedBy).reduce((sum, count) => sum + count, 0);
  const defects = source(11, commit);
  return [
    ...checks,
    check('deals', deals, total, defects),
    check(
      'deals of the greedy provider',
      results.closedBy.greedy_provider ?? 0,
      greedyProvider,
      defects,
    ),
    check('deals agreed and not carried out', results.fallThroughs, fallThroughs, defects),
    check('greatest gain', results.byChange[0] ?? '', 'greedy_seeker', defects),
  ];
}

function haggleChecks({ results, blamed: blame, lowestBudget: lowest }: Table): Check[] {
  const from = 'seed-system.md, section 13';
  const sum = results.rows.reduce((total, { change }) => total + change, 0);
  return [
    check('changes in wealth sum to zero', sum, 0, 'nothing is made or lost in trade', 1e-6),
    check('honest agents blamed', blame, 0, from),
    check('deals agreed and not carried out', results.fallThroughs, 0, from),
    check('no negative balance', lowest >= 0, true, from),
    allHandled(results.messages),
  ];
}
