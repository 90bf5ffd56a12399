// A bargaining in words: by which protocol and why, how far it has come, what both sides offered
// round by round, and how it ended.
import type { BargainingRole, Conflict } from '../core/engine/protocol/bargaining.ts';
import type { BargainingDoc, OfferDoc, RoundDoc } from './documents.ts';
import { type Column, facts, table } from './table.ts';
import { countText, creditsText, priceText, relativeText, spanText } from './units.ts';

type Named = (id: string | null) => string;
type Pair = readonly [string, string];

const PROTOCOLS: Record<BargainingDoc['protocol'], string> = {
  'monotonic-concession': 'monotonic concession, both sides in each round',
  'alternating-offers': 'alternating offers, in turns',
};
const BECAUSE: Readonly<Record<string, string>> = {
  operator: 'the operator has set it for all calls',
  'short-lease': 'the lease is short and this protocol is the faster one',
  'worth-the-wait': 'enough lies between the two limits to be worth longer talk',
  'small-surplus': 'too little lies between the two limits for longer talk',
};

const CONFLICTS: Record<Conflict, (b: BargainingDoc, named: Named) => string> = {
  'both-stuck': ({ round }) => `neither side conceded in round ${round}`,
  'rounds-over': ({ roundsMax }) => `all ${countText(roundsMax, 'round')} were used`,
  'timed-out': (b, named) => `${silentText(b, named)} did not answer in time`,
  quit: ({ round }) => `a side walked away in round ${round}`,
  infeasible: () => 'they agreed, but by then the slots or the credits were gone',
  overtaken: () => 'the call ended in another way while they still bargained',
};

function silentText({ rounds, ...b }: BargainingDoc, named: Named): string {
  const [role, other] = rounds.at(-1)?.silent ?? [];
  return role !== undefined && other === undefined ? partyName(b, role, named) : 'a side';
}

const partyName = (
  b: Pick<BargainingDoc, 'managerId' | 'contractorId'>,
  role: BargainingRole,
  named: Named,
): string => named(role === 'manager' ? b.managerId : b.contractorId);

/** `no deal: a side walked away in round 3` */
export function conflictText(b: BargainingDoc, named: Named): string {
  return b.why === null ? 'no deal' : `no deal: ${CONFLICTS[b.why](b, named)}`;
}

/** `45 credits, starting in 5 min, 1 min notice, 2 credits penalty` */
export function offerText(offer: OfferDoc): string {
  return [priceText(offer.price), ...issues(offer)].join(', ');
}

/** What counts beside the price, where it says something. */
function issues({ startDelayMs, reclaimWindowMs, penalty }: OfferDoc): string[] {
  return [
    ...(startDelayMs > 0 ? [`starting in ${spanText(startDelayMs)}`] : []),
    ...(reclaimWindowMs > 0 ? [`${spanText(reclaimWindowMs)} notice`] : []),
    ...(penalty > 0 ? [`${priceText(penalty)} penalty`] : []),
  ];
}

/** Facts of a bargaining, then a table of its rounds when any has closed. */
export function bargainingText(b: BargainingDoc, named: Named): string {
  const rounds = b.rounds.length === 0 ? '' : `\n${roundsTable(b)}`;
  return facts(bargainingFacts(b, named)) + rounds;
}

function bargainingFacts(b: BargainingDoc, named: Named): Pair[] {
  const { manager, contractor } = b.limits ?? {};
  const limits = `${creditsText(manager ?? 0)} at most, ${creditsText(contractor ?? 0)} at least`;
  return [
    ['bargaining', `${PROTOCOLS[b.protocol]}: ${BECAUSE[b.chosenBy] ?? b.chosenBy}`],
    ['between', `${named(b.managerId)} (manager), ${named(b.contractorId)} (contractor)`],
    ...(b.limits === null ? [] : ([['limits', limits]] as const)),
    outcome(b, named),
  ];
}

/** How it stands, or how it ended. */
function outcome(b: BargainingDoc, named: Named): Pair {
  const { state, deal, rounds, round, roundsMax } = b;
  if (state === 'conflict') return ['ended', conflictText(b, named)];
  if (state === 'agreed') {
    const terms = deal === null ? 'agreed' : `deal at ${offerText(deal)}`;
    return ['ended', `${terms}, after ${countText(rounds.length, 'round')}`];
  }
  const count = round > roundsMax ? 'over, accept or quit' : `${round} of ${roundsMax}`;
  const turn = b.turn === null ? 'both may offer' : `${partyName(b, b.turn, named)}’s turn`;
  const isOver = Date.parse(b.roundEndsAt) <= Date.now();
  const closing = isOver ? 'closing now' : `closes ${relativeText(b.roundEndsAt)}`;
  return ['round', `${count}; ${turn}, ${closing}`];
}

const ROLES = ['manager', 'contractor'] as const;

function roundsTable({ rounds, protocol }: BargainingDoc): string {
  const prices = rounds.flatMap((row) => ROLES.map((role) => row[role]?.price ?? 0));
  // Steps of a concession on a small price would look like none.
  const decimals = Math.max(...prices) < 10 ? 4 : 2;
  const sides = ROLES.flatMap((role): Column<RoundDoc>[] => {
    const price = (row: RoundDoc): string => {
      const offer = row[role];
      if (offer !== null) return offer.price.toFixed(decimals);
      if (protocol === 'alternating-offers') return '-';
      // The contractor's proposal stands from the start.
      const stands = role === 'contractor' || rounds.some((r) => r.round < row.round && r.manager);
      return stands ? 'repeats' : 'silent';
    };
    const terms = (row: RoundDoc): string => (row[role] ? issues(row[role]) : []).join(', ');
    const column = { head: role, right: true, of: price };
    return rounds.some(terms) ? [column, { head: 'with', of: terms }] : [column];
  });
  const words = ({ messages }: RoundDoc): string =>
    ROLES.flatMap((role) => (messages[role] ? [`${role}: “${messages[role]}”`] : [])).join(' ');
  const said = rounds.some(words) ? [{ head: 'words', of: words }] : [];
  const round: Column<RoundDoc> = { head: 'round', right: true, of: (row) => String(row.round) };
  return table(rounds, [round, ...sides, ...said], '');
}
