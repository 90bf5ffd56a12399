// A coalition and its life: founded, joined by explicit agreement, formed, period after period
// judged, left or dissolved. `decide` says what a command leads to, `evolve` applies it; neither
// knows a clock: a period ends when somebody says so.
import { checkRule, type Evidence, type FreeRiderRule, judge, type Reading } from './free-rider.ts';

/** No coalition is larger; what a delegate speaks for must stay checkable. */
export const COALITION_MAX = 64;
/** Of whom it has expelled it remembers the latest. */
const EXPELLED_MAX = 1024;

/** What everybody who joins agrees to; it does not change afterwards. */
export interface Agreement {
  /** `demand` buys together, `supply` sells together. */
  side: 'demand' | 'supply';
  founder: string;
  /** It forms, and stays, with at least this many members; 2..sizeMax. */
  sizeMin: number;
  sizeMax: number;
  rule: FreeRiderRule;
}

export interface Member {
  name: string;
  /** Whom it wants as delegate; itself unless it says otherwise. */
  vote: string;
  isLeaving: boolean;
  /** The running period, and the full periods of the running window. */
  now: { contributed: number; consumed: number };
  window: Reading[];
  warning: Evidence | null;
}

export interface Coalition {
  agreement: Agreement;
  status: 'forming' | 'active' | 'dissolved';
  /** Periods that have ended since it formed. */
  period: number;
  /** In the order in which they joined. */
  members: Map<string, Member>;
  invited: Set<string>;
  /** They may not come back. */
  expelled: Set<string>;
  /** Speaks for all while it is active. */
  delegate: string | null;
}

export type CoalitionCommand =
  | { type: 'invite'; by: string; who: string }
  /** Accepts an invitation: the only way in. */
  | { type: 'join'; who: string; vote?: string }
  | { type: 'decline'; who: string }
  | { type: 'form'; by: string }
  | { type: 'vote'; who: string; delegate: string }
  /** What a member gave and took, in units; adds up over the period. */
  | { type: 'record'; who: string; contributed: number; consumed: number }
  /** Takes effect at the end of the period. */
  | { type: 'leave'; who: string }
  | { type: 'end-period' };

export type CoalitionEvent =
  | { type: 'invited' | 'declined' | 'leaving' | 'left' | 'cleared'; who: string }
  | { type: 'joined' | 'voted'; who: string; vote: string }
  | { type: 'formed' | 'delegated'; delegate: string }
  | { type: 'recorded'; who: string; contributed: number; consumed: number }
  | { type: 'period-ended' }
  | { type: 'window-ended'; who: string }
  | { type: 'warned' | 'expelled'; who: string; evidence: Evidence }
  | { type: 'dissolved' };

const DISSOLVED: CoalitionEvent = { type: 'dissolved' };

export interface CoalitionRefusal {
  refused: 'not-forming' | 'not-active' | 'not-a-member' | 'not-invited' | 'full' | 'too-few';
}

/**
 * A coalition with its founder as only member.
 * @throws RangeError with the failing field of the agreement
 */
export function foundCoalition(agreement: Agreement): Coalition {
  const { founder, sizeMin, sizeMax, rule } = agreement;
  if (!Number.isInteger(sizeMax) || sizeMax < 2 || sizeMax > COALITION_MAX) {
    throw new RangeError(`sizeMax: an integer from 2 to ${COALITION_MAX}`);
  }
  if (!Number.isInteger(sizeMin) || sizeMin < 2 || sizeMin > sizeMax) {
    throw new RangeError('sizeMin: an integer from 2 to sizeMax');
  }
  checkRule(rule);
  return {
    agreement,
    status: 'forming',
    period: 0,
    members: new Map([[founder, newMember(founder, founder)]]),
    invited: new Set(),
    expelled: new Set(),
    delegate: null,
  };
}

function newMember(name: string, vote: string): Member {
  const now = { contributed: 0, consumed: 0 };
  return { name, vote, isLeaving: false, now, window: [], warning: null };
}

/** Decides and applies a command; the events, or why it is refused. */
export function act(c: Coalition, command: CoalitionCommand): CoalitionEvent[] | CoalitionRefusal {
  const events = decide(c, command);
  if (!('refused' in events)) for (const event of events) evolve(c, event);
  return events;
}

/** What a command leads to; changes nothing. */
export function decide(
  c: Coalition,
  command: CoalitionCommand,
): CoalitionEvent[] | CoalitionRefusal {
  if (c.status === 'dissolved') return { refused: 'not-active' };
  if (command.type === 'end-period') {
    return c.status === 'active' ? endPeriod(c) : { refused: 'not-active' };
  }
  if (command.type === 'join' || command.type === 'decline') return answer(c, command);
  const actor = 'by' in command ? command.by : command.who;
  if (!c.members.has(actor)) return { refused: 'not-a-member' };
  switch (command.type) {
    case 'invite':
      return invite(c, command.who);
    case 'form':
      return form(c);
    case 'vote':
      if (!c.members.has(command.delegate)) return { refused: 'not-a-member' };
      return [{ type: 'voted', who: actor, vote: command.delegate }];
    case 'record':
      if (c.status !== 'active') return { refused: 'not-active' };
      checkUnits('contributed', command.contributed);
      checkUnits('consumed', command.consumed);
      return [{ ...command, type: 'recorded' }];
    case 'leave':
      if (c.status === 'active') return [{ type: 'leaving', who: actor }];
      return [{ type: 'left', who: actor }, ...(c.members.size === 1 ? [DISSOLVED] : [])];
  }
}

function invite(c: Coalition, who: string): CoalitionEvent[] | CoalitionRefusal {
  if (c.members.has(who) || c.expelled.has(who)) return { refused: 'not-invited' };
  // Open invitations count: else more could accept than there is room for.
  const size = c.members.size + new Set([...c.invited, who]).size;
  return size > c.agreement.sizeMax ? { refused: 'full' } : [{ type: 'invited', who }];
}

function answer(
  c: Coalition,
  command: CoalitionCommand & { type: 'join' | 'decline' },
): CoalitionEvent[] | CoalitionRefusal {
  const { type, who } = command;
  if (!c.invited.has(who)) return { refused: 'not-invited' };
  if (type === 'decline') return [{ type: 'declined', who }];
  const vote = command.vote ?? who;
  if (vote !== who && !c.members.has(vote)) return { refused: 'not-a-member' };
  return [{ type: 'joined', who, vote }];
}

function form(c: Coalition): CoalitionEvent[] | CoalitionRefusal {
  if (c.status !== 'forming') return { refused: 'not-forming' };
  if (c.members.size < c.agreement.sizeMin) return { refused: 'too-few' };
  return [{ type: 'formed', delegate: elected([...c.members.values()]) }];
}

/** Most votes; of equals whoever joined first. Votes for somebody who is gone do not count. */
function elected(members: readonly Member[]): string {
  const votes = (name: string) => members.filter(({ vote }) => vote === name).length;
  return members.reduce((best, m) => (votes(m.name) > votes(best.name) ? m : best)).name;
}

function endPeriod(c: Coalition): CoalitionEvent[] {
  const events: CoalitionEvent[] = [{ type: 'period-ended' }];
  const staying: Member[] = [];
  for (const m of c.members.values()) {
    const verdict = judged(c, m);
    events.push(...verdict);
    const isExpelled = verdict.some(({ type }) => type === 'expelled');
    if (m.isLeaving && !isExpelled) events.push({ type: 'left', who: m.name });
    else if (!isExpelled) staying.push(m);
  }
  if (staying.length < c.agreement.sizeMin) return [...events, DISSOLVED];
  const delegate = elected(staying);
  return delegate === c.delegate ? events : [...events, { type: 'delegated', delegate }];
}

/** What the end of this period means for a member. */
function judged(c: Coalition, m: Member): CoalitionEvent[] {
  const window = [...m.window, { period: c.period, ...m.now }];
  if (window.length < c.agreement.rule.windowPeriods) return [];
  const ended: CoalitionEvent = { type: 'window-ended', who: m.name };
  const evidence = judge(window, c.agreement.rule);
  if (evidence === null) {
    return m.warning === null ? [ended] : [ended, { type: 'cleared', who: m.name }];
  }
  const type = m.warning === null ? 'warned' : 'expelled';
  return [ended, { type, who: m.name, evidence }];
}

/** Applies one event. */
export function evolve(c: Coalition, event: CoalitionEvent): void {
  switch (event.type) {
    case 'invited':
      c.invited.add(event.who);
      return;
    case 'declined':
      c.invited.delete(event.who);
      return;
    case 'joined':
      c.invited.delete(event.who);
      c.members.set(event.who, newMember(event.who, event.vote));
      return;
    case 'formed':
      c.status = 'active';
      c.delegate = event.delegate;
      return;
    case 'delegated':
      c.delegate = event.delegate;
      return;
    case 'period-ended':
      for (const m of c.members.values()) {
        m.window.push({ period: c.period, ...m.now });
        m.now = { contributed: 0, consumed: 0 };
      }
      c.period++;
      return;
    case 'dissolved':
      c.status = 'dissolved';
      c.delegate = null;
      c.invited.clear();
      return;
    default:
      evolveMember(c, event);
  }
}

type OfMember = Exclude<
  CoalitionEvent,
  { delegate: string } | { type: 'period-ended' | 'dissolved' }
>;

function evolveMember(c: Coalition, event: OfMember): void {
  const m = c.members.get(event.who);
  if (m === undefined) return;
  switch (event.type) {
    case 'voted':
      m.vote = event.vote;
      return;
    case 'recorded':
      m.now.contributed += event.contributed;
      m.now.consumed += event.consumed;
      return;
    case 'leaving':
      m.isLeaving = true;
      return;
    case 'window-ended':
      m.window = [];
      return;
    case 'warned':
      m.warning = event.evidence;
      return;
    case 'cleared':
      m.warning = null;
      return;
    case 'expelled':
      c.expelled.add(m.name);
      if (c.expelled.size > EXPELLED_MAX) c.expelled.delete([...c.expelled][0] as string);
      c.members.delete(m.name);
      return;
    case 'left':
      c.members.delete(m.name);
  }
}

function checkUnits(field: string, units: number): void {
  if (!Number.isFinite(units) || units < 0) throw new RangeError(`${field}: a number >= 0`);
}
