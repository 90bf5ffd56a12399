// When each strategy wins: every strategy as provider and as seeker in four kinds of market.
//
// results: rows [{environment, role, strategy, score, ci95}], score of a provider or broker the
// change of its net worth in credits, of a seeker 0.7 · filled share + 0.3 · min(fair / paid, 1),
// each a mean over runs, ci95 its half width (null for one run); winners [{environment, role,
// strategy or null where all are level, clear}], clear when the intervals of first and second do
// not overlap; separated {without, withBroker}: mean deals of seekers.
import { ENVIRONMENTS, playEnvironment, type Standing } from '../ancestor/environments.ts';
import { blamed, MODE_SETTINGS, modeOf } from '../ancestor/modes.ts';
import { haggleWorld, referenceWorld, type World } from '../ancestor/worlds.ts';
import { check, type Check, type Experiment } from '../experiment.ts';
import { estimate } from '../sample.ts';
import { numberIn } from '../settings.ts';

interface Row {
  environment: string;
  role: Standing['role'];
  strategy: string;
  score: number;
  ci95: number | null;
}

type Table = ReturnType<typeof tableOf>;

const ROLES = ['provider', 'seeker'] as const;

export const environments: Experiment = {
  name: 'environments',
  summary: 'Which strategy wins where: steady, low or short supply, and sides that never meet.',
  settings: [
    ...MODE_SETTINGS,
    { name: 'runs', summary: 'runs of each market', initial: 20, min: 1, max: 200, whole: true },
  ],
  input: null,
  run: (seed, settings) => {
    const { mode, commit } = modeOf(settings);
    const world = mode === 'compat' ? referenceWorld(commit) : haggleWorld();
    const table = tableOf(world, seed, numberIn(settings, 'runs'));
    const { rows, winners, separated } = table;
    return {
      results: { rows, winners, separated },
      checks: mode === 'compat' ? compatChecks(table) : haggleChecks(table),
    };
  },
};

function tableOf(world: World, seed: number, runs: number) {
  const tally = { without: 0, withBroker: 0, blamed: 0, least: Infinity };
  const rows = ENVIRONMENTS.flatMap((environment) => {
    const scores = new Map<string, number[]>();
    for (let i = 0; i < runs; i++) {
      const played = playEnvironment(world, environment, environment.separated, seed + i);
      for (const { role, strategy, score } of played.standings) {
        const key = `${role} ${strategy}`;
        scores.set(key, [...(scores.get(key) ?? []), score]);
      }
      tally.blamed += blamed(played.agents);
      tally.least = Math.min(tally.least, ...played.agents.map(({ budget }) => budget));
      if (!environment.separated) continue;
      tally.withBroker += played.deals / runs;
      tally.without += playEnvironment(world, environment, false, seed + i).deals / runs;
    }
    return [...scores].map(([key, values]): Row => {
      const [role = '', strategy = ''] = key.split(' ');
      const score = values.reduce((sum, value) => sum + value, 0) / runs;
      const ci95 = estimate(values)?.ci95 ?? null;
      return { environment: environment.name, role: role as Row['role'], strategy, score, ci95 };
    });
  });
  const winners = ENVIRONMENTS.flatMap(({ name }) =>
    ROLES.map((role) => winnerOf(rows, name, role)),
  );
  const { without, withBroker } = tally;
  return { rows, winners, separated: { without, withBroker }, tally };
}

function winnerOf(rows: readonly Row[], environment: string, role: Row['role']) {
  const among = rows.filter((row) => row.environment === environment && row.role === role);
  const [first, second] = among.toSorted((a, b) => b.score - a.score);
  const gap = (first?.score ?? 0) - (second?.score ?? 0);
  const clear = gap > (first?.ci95 ?? Infinity) + (second?.ci95 ?? Infinity);
  // Where nobody traded, nobody won.
  const level = among.every(({ score }) => score === first?.score);
  return { environment, role, strategy: level ? null : (first?.strategy ?? null), clear };
}

function compatChecks({ separated }: Table): Check[] {
  const unused = 'seed-system.md, section 11, defect 10';
  return [
    check('separated sides, deals with its broker', separated.withBroker, 0, unused),
    check('separated sides, deals without', separated.without, 0, unused),
  ];
}

function haggleChecks({ rows, separated, tally }: Table): Check[] {
  const line = 'acceptance line S2-45';
  const from = 'seed-system.md, section 13';
  const earned = rows.find(({ role }) => role === 'broker')?.score ?? 0;
  return [
    check('separated sides, deals without a broker', separated.without, 0, line),
    check('separated sides, a broker brings deals', separated.withBroker > 0, true, line),
    check('and earns by it', earned > 0, true, 'acceptance line S2-43'),
    check('honest agents blamed', tally.blamed, 0, from),
    check('no negative balance', tally.least >= 0, true, from),
  ];
}
