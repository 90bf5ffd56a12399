// What agents do in a bargaining: they concede, repeat, take back, overreach, accept, quit, or say
// nothing, from what they have heard of it. Some speak out of turn, for a round that is over, or
// in what is none of theirs.
import type { Credits } from '../../core/engine/base/credits.ts';
import type { Rng } from '../../core/engine/base/rng.ts';
import type { CommandBody } from '../../core/engine/market/commands.ts';
import type { Event } from '../../core/engine/market/events.ts';
import { type BargainingRole, otherRole } from '../../core/engine/protocol/bargaining.ts';
import { type Memory, maybe, remember } from './deeds.ts';
import type { Of } from './oracle/facts.ts';

/** A bargaining as one of its parties knows it; prices are micro-credits. */
export interface Talk {
  cfpId: string;
  role: BargainingRole;
  inTurns: boolean;
  round: number;
  /** Beyond these nobody gains: the contractor's floor, the manager's limit. */
  low: number;
  high: number;
  mine: number | null;
  theirs: number | null;
}

const talkOf = (mem: Memory, cfpId: string): Talk | undefined =>
  mem.talks.find((t) => t.cfpId === cfpId);

/** Takes in an event of a bargaining; false when it is about something else, or somebody else. */
export function hearTalk(mem: Memory, e: Event): boolean {
  if (e.type === 'bargaining-opened') return begin(mem, e);
  const talk = 'cfpId' in e ? talkOf(mem, e.cfpId) : undefined;
  if (talk === undefined) return false;
  if (e.type === 'round-closed') {
    talk.round = e.closed.round + 1;
    talk.theirs = e.closed.said[otherRole(talk.role)]?.offer.price ?? talk.theirs;
    return true;
  }
  if (e.type === 'call-ended' || e.type === 'awarded') mem.talks.splice(mem.talks.indexOf(talk), 1);
  if (e.type !== 'offered') return false;
  if (talk.inTurns) talk.round = e.round + 1;
  if (e.role === talk.role) talk.mine = e.offer.price;
  else if (!e.sealed) talk.theirs = e.offer.price;
  return true;
}

function begin(mem: Memory, e: Of<'bargaining-opened'>): boolean {
  if (mem.id !== e.managerId && mem.id !== e.contractorId) return false;
  const role = mem.id === e.managerId ? 'manager' : 'contractor';
  const inTurns = e.protocol === 'alternating-offers';
  const limit = mem.calls.find((c) => c.cfpId === e.cfpId)?.limitPrice ?? e.opening.price;
  remember(mem.talks, {
    cfpId: e.cfpId,
    role,
    inTurns,
    round: inTurns ? 2 : 1,
    low: e.floor,
    high: Math.max(limit, e.floor),
    mine: role === 'contractor' ? e.opening.price : null,
    theirs: role === 'manager' ? e.opening.price : null,
  });
  return true;
}

/** What a party says on hearing of an event of its bargaining; null for silence. */
export function randomWord(rng: Rng, mem: Memory, e: Event, nonsense: number): CommandBody | null {
  const talk = 'cfpId' in e ? talkOf(mem, e.cfpId) : undefined;
  if (talk === undefined) return null;
  const awaited =
    e.type === 'bargaining-opened'
      ? !talk.inTurns || talk.role === 'manager'
      : e.type === 'round-closed' || (e.type === 'offered' && talk.inTurns && e.role !== talk.role);
  if (!awaited && !rng.chance(0.05)) return null;
  return word(rng, talk, rng.chance(nonsense));
}

/** Something said into a bargaining at any time; some of it by strangers. */
export function strayWord(rng: Rng, mem: Memory, wrong: boolean): CommandBody | null {
  const talk = mem.talks.length > 0 ? rng.pick(mem.talks) : null;
  if (talk === null || !wrong) return talk === null ? null : word(rng, talk, wrong);
  const other = mem.calls.length > 0 ? rng.pick(mem.calls).cfpId : talk.cfpId;
  return word(rng, { ...talk, cfpId: other }, true);
}

function word(rng: Rng, talk: Talk, wrong: boolean): CommandBody | null {
  const { cfpId } = talk;
  const dice = rng.below(100);
  if (dice < 8) return null;
  const answer = {
    ...roundOf(rng, talk, wrong),
    ...maybe(rng, 0.1, () => ({ message: 'enough' })),
  };
  if (dice < 11) return { type: 'quit', cfpId, body: answer };
  if (dice < 12) return { type: 'cancel', cfpId };
  const tooDear = talk.role === 'manager' && (talk.theirs ?? Infinity) > talk.high;
  if (dice < (tooDear ? 14 : 30)) return { type: 'accept-offer', cfpId, body: answer };
  const terms = {
    ...maybe(rng, 0.5, () => ({ penalty: rng.below(600_000) as Credits })),
    ...maybe(rng, 0.5, () => ({ reclaimWindowMs: rng.below(700) })),
  };
  const more = {
    ...maybe(rng, 0.2, () => ({ terms })),
    ...maybe(rng, 0.1, () => ({ startDelayMs: rng.below(300) })),
  };
  const price = (wrong ? nonsensePrice(rng, talk) : goodPrice(rng, talk)) as Credits;
  return { type: 'offer', cfpId, body: { ...answer, price, ...more } };
}

/** Half of the words name their round; a wrong one names another. */
function roundOf(rng: Rng, talk: Talk, wrong: boolean): { round?: number } {
  if (!rng.chance(0.5)) return {};
  return { round: wrong ? 1 + rng.below(talk.round + 1) : talk.round };
}

/** The own offer again, a small step, or one of any size. */
function goodPrice(rng: Rng, { role, low, high, mine }: Talk): number {
  if (mine !== null && rng.chance(0.3)) return mine;
  const from = mine ?? Math.floor(low / 2);
  const most = role === 'manager' ? high - from : from - low;
  const step = rng.below(1 + Math.max(0, rng.chance(0.5) ? Math.floor(most / 5) : most));
  return role === 'manager' ? from + step : from - step;
}

function nonsensePrice(rng: Rng, { role, low, high, mine }: Talk): number {
  const worse = role === 'manager' ? -1 : 1;
  if (rng.chance(0.5)) return Math.max(0, (mine ?? high) + worse * (1 + rng.below(100_000)));
  return role === 'manager' ? high + 1 + rng.below(1_000) : Math.max(0, low - 1 - rng.below(1_000));
}
