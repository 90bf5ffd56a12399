// Everyone needs compute at once for a while: the reference system's experiment 2b.
//
// results: rows [{phase, negotiations, deals, dealRate 0..1, pricePerUnit credits or null}] before,
// in and after the rush, the price a mean of the rounds' means; totals {negotiations, deals,
// messages, wasted, reasons, blamed, lowestBudget}; messages [{type, sent, handled}]; ancestorRows
// and ancestorTotals in mode haggle.
import {
  allHandled,
  blamed,
  effortOf,
  lowestBudget,
  messageRows,
  MODE_SETTINGS,
  modeOf,
} from '../ancestor/modes.ts';
import { RUSH_HOUR_OF, source } from '../ancestor/published.ts';
import type { Commit } from '../ancestor/reference-rules.ts';
import { playRushHour, type Run } from '../ancestor/runs.ts';
import { RUSH_HOUR } from '../ancestor/set-ups.ts';
import { haggleWorld, referenceWorld } from '../ancestor/worlds.ts';
import { check, type Check, type Experiment } from '../experiment.ts';

type Table = ReturnType<typeof tableOf>;

export const rushHour: Experiment = {
  name: 'rush-hour',
  summary: 'What a sudden demand of everyone does to deals and prices, and what is left after it.',
  settings: MODE_SETTINGS,
  input: null,
  run: (seed, settings) => {
    const { mode, commit } = modeOf(settings);
    const ancestor = tableOf(playRushHour(referenceWorld(commit), RUSH_HOUR.seed));
    if (mode === 'compat') return { results: ancestor, checks: compatChecks(ancestor, commit) };
    const ours = tableOf(playRushHour(haggleWorld(), seed));
    return {
      results: { ...ours, ancestorRows: ancestor.rows, ancestorTotals: ancestor.totals },
      checks: haggleChecks(ours),
    };
  },
};

function tableOf(run: Run) {
  const { from, to } = RUSH_HOUR.rush;
  const phases = [
    { phase: 'before', rounds: run.rounds.slice(0, from - 1) },
    { phase: 'rush', rounds: run.rounds.slice(from - 1, to) },
    { phase: 'after', rounds: run.rounds.slice(to) },
  ];
  const rows = phases.map(({ phase, rounds }) => {
    const all = rounds.flatMap(({ negotiations }) => negotiations);
    const deals = all.filter(({ agreed }) => agreed);
    const prices = rounds
      .map(({ metrics }) => metrics.avgPricePerUnit)
      .filter((price) => price > 0);
    return {
      phase,
      negotiations: all.length,
      deals: deals.length,
      dealRate: all.length > 0 ? deals.length / all.length : 0,
      pricePerUnit: prices.length > 0 ? prices.reduce((a, b) => a + b) / prices.length : null,
    };
  });
  const totals = {
    ...effortOf(run),
    blamed: blamed(run.agents),
    lowestBudget: lowestBudget(run),
  };
  return { rows, totals, messages: messageRows([run]) };
}

function compatChecks({ rows, totals }: Table, commit: Commit): Check[] {
  const from = source(8, commit);
  const messages = { '872b0e1': 498, dba0dca: 471 }[commit];
  return [
    check('messages', totals.messages, messages, source(12, commit)),
    ...RUSH_HOUR_OF[commit].flatMap(({ phase, dealRate, pricePerUnit }) => {
      const row = rows.find((one) => one.phase === phase);
      return [
        check(`${phase}: deals a negotiation`, row?.dealRate ?? 0, dealRate, from, 1e-9),
        check(`${phase}: credits a unit`, row?.pricePerUnit ?? 0, pricePerUnit, from, 0.005),
      ];
    }),
  ];
}

function haggleChecks({ totals, messages }: Table): Check[] {
  const from = 'seed-system.md, section 13';
  return [
    check('honest agents blamed', totals.blamed, 0, from),
    check('no negative balance', totals.lowestBudget >= 0, true, from),
    allHandled(messages),
  ];
}
