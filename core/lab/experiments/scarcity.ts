// Two seekers who always need more than they can pay for: the reference system's experiment 2a.
//
// results: rows [{agent, deals, spent credits, units, pricePerUnit or null}] of the seekers; totals
// {negotiations, deals, messages, wasted, reasons, requested and filled units, blamed,
// lowestBudget}; messages [{type, sent, handled}]; ancestorRows and ancestorTotals in mode haggle.
import {
  allHandled,
  blamed,
  effortOf,
  lowestBudget,
  messageRows,
  MODE_SETTINGS,
  modeOf,
} from '../ancestor/modes.ts';
import { SCARCITY_OF, source } from '../ancestor/published.ts';
import type { Commit } from '../ancestor/reference-rules.ts';
import { negotiationsOf, playScarcity, type Run } from '../ancestor/runs.ts';
import { SCARCITY, SEEKERS } from '../ancestor/set-ups.ts';
import { totalUnits } from '../ancestor/units.ts';
import { haggleWorld, referenceWorld } from '../ancestor/worlds.ts';
import { check, type Check, type Experiment } from '../experiment.ts';

type Table = ReturnType<typeof tableOf>;

export const scarcity: Experiment = {
  name: 'scarcity',
  summary:
    'How much of a steady demand a market fills when money is short, and what talk it costs.',
  settings: MODE_SETTINGS,
  input: null,
  run: (seed, settings) => {
    const { mode, commit } = modeOf(settings);
    const ancestor = tableOf(playScarcity(referenceWorld(commit), SCARCITY.seed));
    if (mode === 'compat') return { results: ancestor, checks: compatChecks(ancestor, commit) };
    const ours = tableOf(playScarcity(haggleWorld(), seed));
    return {
      results: { ...ours, ancestorRows: ancestor.rows, ancestorTotals: ancestor.totals },
      checks: haggleChecks(ours, ancestor),
    };
  },
};

function tableOf(run: Run) {
  const deals = negotiationsOf(run).filter(({ agreed }) => agreed);
  const rows = SEEKERS.map((agent) => {
    const mine = deals.filter(({ buyer }) => buyer === agent);
    const spent = mine.reduce((sum, { price }) => sum + price, 0);
    const units = mine.reduce((sum, { resource }) => sum + totalUnits(resource), 0);
    return {
      agent,
      deals: mine.length,
      spent,
      units,
      pricePerUnit: units > 0 ? spent / units : null,
    };
  });
  const totals = {
    ...effortOf(run),
    requested: SCARCITY.rounds * SEEKERS.length * totalUnits(SCARCITY.need),
    filled: rows.reduce((sum, { units }) => sum + units, 0),
    blamed: blamed(run.agents),
    lowestBudget: lowestBudget(run),
  };
  return { rows, totals, messages: messageRows([run]) };
}

function compatChecks({ rows, totals }: Table, commit: Commit): Check[] {
  const published = SCARCITY_OF[commit];
  const from = source(8, commit);
  const [adaptive, greedy] = rows;
  return [
    check('negotiations', totals.negotiations, 200, from),
    check('deals', totals.deals, published.deals, from),
    check('messages', totals.messages, published.messages, source(12, commit)),
    check('adaptive seeker, deals', adaptive?.deals ?? 0, published.adaptive, from),
    check('greedy seeker, deals', greedy?.deals ?? 0, published.greedy, from),
    check(
      'adaptive seeker, credits a unit',
      adaptive?.pricePerUnit ?? 0,
      published.adaptivePerUnit,
      from,
      0.005,
    ),
    ...(published.greedyPerUnit === null
      ? []
      : [
          check(
            'greedy seeker, credits a unit',
            greedy?.pricePerUnit ?? 0,
            published.greedyPerUnit,
            from,
            0.005,
          ),
        ]),
  ];
}

function haggleChecks(ours: Table, ancestor: Table): Check[] {
  const from = 'seed-system.md, section 13';
  return [
    check('honest agents blamed', ours.totals.blamed, 0, from),
    check('no negative balance', ours.totals.lowestBudget >= 0, true, from),
    check(
      'fills at least as many units as the reference system',
      ours.totals.filled >= ancestor.totals.filled,
      true,
      'seed-system.md, section 10',
    ),
    check(
      'wastes fewer messages on talk without a deal',
      ours.totals.wasted < ancestor.totals.wasted,
      true,
      'seed-system.md, section 10',
    ),
    allHandled(ours.messages),
  ];
}
