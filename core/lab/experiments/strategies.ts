// Every strategy against every other one, as buyer and as seller, under both protocols, on the same
// random cases. Results:
// - rows: {strategy, utility, ci95, dealRate, meanRounds, nashDistance, n}, best first; utility is
//   the part of the zone of agreement that the side got, after discount and costs of rounds
// - protocols: the same by protocol, seen from the buyer
// - pairs: strategies, and per buyer (row) and seller (column) its utility and the deal rate
// - cases, withoutZone, bargainings, deals, and broken: counts of broken laws by name
import { createStrategy, STRATEGIES } from '../../agent/bargaining/kinds.ts';
import { createRng } from '../../engine/base/rng.ts';
import { BARGAINING_PROTOCOLS, type BargainingProtocol } from '../../engine/protocol/bargaining.ts';
import { type Case, drawCase, sessionOf } from '../bargain/cases.ts';
import { LAWS, type Law, lawsBroken, zoneOf } from '../bargain/laws.ts';
import { bargain, type Outcome, type Session } from '../bargain/session.ts';
import { scoresOf, Tally } from '../bargain/tally.ts';
import { check, type Check, type Experiment, type Findings } from '../experiment.ts';
import type { Chart } from '../plot/chart.ts';
import { numberIn } from '../settings.ts';

const NAMES = STRATEGIES.map(({ name }) => name);
/** It takes no deal without its commission, so it leaves narrow zones unused. */
const CHOOSY = 'broker';

interface Played {
  rows: Map<string, Tally>;
  protocols: Map<BargainingProtocol, Tally>;
  pairs: Map<string, Tally>;
  broken: Record<Law, number>;
  bargainings: number;
  deals: number;
  dealsWithoutZone: number;
  /** Zones of agreement in which two sides that want no commission found no deal. */
  missed: number;
  /** The most that both sides together got, in parts of the zone. */
  mostShared: number;
}

const tallies = <K>(keys: readonly K[]): Map<K, Tally> =>
  new Map(keys.map((key) => [key, new Tally()]));

function nothingPlayed(): Played {
  return {
    rows: tallies(NAMES),
    protocols: tallies(BARGAINING_PROTOCOLS),
    pairs: tallies(NAMES.flatMap((buyer) => NAMES.map((seller) => `${buyer} ${seller}`))),
    broken: Object.fromEntries(LAWS.map((law) => [law, 0])) as Record<Law, number>,
    bargainings: 0,
    deals: 0,
    dealsWithoutZone: 0,
    missed: 0,
    mostShared: 0,
  };
}

interface Seats {
  buyer: string;
  seller: string;
  protocol: BargainingProtocol;
}

function note(p: Played, index: number, seats: Seats, session: Session, outcome: Outcome): void {
  const { buyer, seller, protocol } = seats;
  p.bargainings++;
  const deal = outcome.price !== null;
  if (deal) p.deals++;
  if (deal && zoneOf(session) < 0) p.dealsWithoutZone++;
  if (!deal && zoneOf(session) >= 0 && buyer !== CHOOSY && seller !== CHOOSY) p.missed++;
  for (const law of lawsBroken(session, outcome)) p.broken[law]++;
  const scores = scoresOf(session, outcome);
  if (scores === null) return;
  const { manager, contractor } = scores;
  p.mostShared = Math.max(p.mostShared, manager.own + contractor.own);
  p.rows.get(buyer)?.add(index, manager);
  p.rows.get(seller)?.add(index, contractor);
  p.protocols.get(protocol)?.add(index, manager);
  p.pairs.get(`${buyer} ${seller}`)?.add(index, manager);
}

/** All cases in a row, so that those who learn can. */
function playPair(p: Played, cases: readonly Case[], seats: Seats, seed: number): void {
  const rng = createRng(seed);
  const manager = createStrategy(seats.buyer, {}, createRng(rng.u32()));
  const contractor = createStrategy(seats.seller, {}, createRng(rng.u32()));
  cases.forEach((c, index) => {
    const session = sessionOf(c, seats.protocol, manager, contractor);
    session.first = index % 2 === 0 ? 'manager' : 'contractor';
    note(p, index, seats, session, bargain(session, { rng }));
  });
}

function checksOf(p: Played, expected: number): Check[] {
  const law = 'core/lab/bargain/laws.ts';
  const rules = 'Rosenschein and Zlotkin, Rules of Encounter, 1994: individual rationality';
  const sum = Object.values(p.broken).reduce((a, b) => a + b, 0);
  return [
    check('bargainings played', p.bargainings, expected, 'cases x strategies^2 x protocols'),
    check('laws broken', sum, 0, law),
    check('deals without a zone of agreement', p.dealsWithoutZone, 0, rules),
    check(
      'zones missed by two sides without commission',
      p.missed,
      0,
      'the rule of the last round',
    ),
    check('nobody shares more than there is', p.mostShared <= 1 + 1e-9, true, 'V - C'),
  ];
}

function findings(p: Played, cases: readonly Case[]): Findings {
  const rows = [...p.rows]
    .map(([strategy, tally]) => ({ strategy, ...tally.summary() }))
    .sort((a, b) => b.utility - a.utility);
  const matrix = (read: (t: Tally) => number): number[][] =>
    NAMES.map((buyer) =>
      NAMES.map((seller) => read(p.pairs.get(`${buyer} ${seller}`) ?? new Tally())),
    );
  return {
    results: {
      rows,
      protocols: [...p.protocols].map(([protocol, t]) => ({ protocol, ...t.summary() })),
      pairs: {
        strategies: NAMES,
        buyerUtility: matrix((t) => t.summary().utility),
        dealRate: matrix((t) => t.summary().dealRate),
      },
      cases: cases.length,
      withoutZone: cases.filter((c) => c.value < c.cost).length,
      bargainings: p.bargainings,
      deals: p.deals,
      broken: p.broken,
    },
    checks: checksOf(p, cases.length * NAMES.length ** 2 * BARGAINING_PROTOCOLS.length),
    chart: chartOf(rows),
  };
}

function chartOf(
  rows: readonly { strategy: string; utility: number; ci95: number | null }[],
): Chart {
  return {
    title: 'Which strategy gets most?',
    panels: [
      {
        kind: 'bars',
        title: 'Against all strategies, in both roles, under both protocols',
        value: { label: 'share of the zone of agreement, 95 % interval' },
        bars: rows.map(({ strategy, utility, ci95 }) => {
          return { label: strategy, value: utility, ci95 };
        }),
      },
    ],
  };
}

export const strategies: Experiment = {
  name: 'strategies',
  summary: 'Tournament of all strategies, in both roles and under both protocols.',
  settings: [
    {
      name: 'cases',
      summary: 'random cases for every pair and protocol',
      initial: 60,
      min: 10,
      max: 2000,
      whole: true,
    },
  ],
  input: null,
  run(seed, settings) {
    const rng = createRng(seed);
    const cases = Array.from({ length: numberIn(settings, 'cases') }, () => drawCase(rng));
    const played = nothingPlayed();
    for (const protocol of BARGAINING_PROTOCOLS) {
      for (const buyer of NAMES) {
        for (const seller of NAMES) {
          playPair(played, cases, { buyer, seller, protocol }, rng.u32());
        }
      }
    }
    return findings(played, cases);
  },
};
