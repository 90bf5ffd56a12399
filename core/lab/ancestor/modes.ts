// The settings that choose between the reference system and ours, and what both are measured by.
import { check, type Check, type Setting, type Settings } from '../experiment.ts';
import { optionIn } from '../settings.ts';
import type { Agent } from './agent.ts';
import { MESSAGE_TYPES, type MessageType, sumTraffic, type TrafficByType } from './message.ts';
import { type Commit, COMMITS } from './reference-rules.ts';
import { negotiationsOf, type Run } from './runs.ts';

export const MODES = ['haggle', 'compat'] as const;
export type Mode = (typeof MODES)[number];

export const MODE_SETTINGS: readonly Setting[] = [
  {
    name: 'mode',
    summary: 'whose rules: ours, or the reference system as it was',
    initial: 'haggle',
    options: MODES,
  },
  {
    name: 'commit',
    summary: 'version of the reference system; its seeds are the published ones',
    initial: '872b0e1',
    options: COMMITS,
  },
];

export function modeOf(settings: Settings): { mode: Mode; commit: Commit } {
  return {
    mode: optionIn(settings, 'mode', MODES),
    commit: optionIn(settings, 'commit', COMMITS),
  };
}

/** Times an agent was remembered as a breaker of a deal; with honest agents each is false blame. */
export function blamed(agents: readonly Agent[]): number {
  return agents.flatMap(({ deals }) => deals).filter(({ fulfilled }) => !fulfilled).length;
}

/** Credits: the lowest budget that any agent had after any round. */
export function lowestBudget(run: Run): number {
  return Math.min(...run.rounds.flatMap(({ metrics }) => Object.values(metrics.budgets)));
}

/** Messages of one type: how many were sent, and how many their receiver acted on. */
export interface MessageRow {
  type: MessageType;
  sent: number;
  handled: number;
}

/** All ten types, those that were never sent too. */
export function messageRows(runs: readonly { traffic: TrafficByType }[]): MessageRow[] {
  const sum = sumTraffic(runs.map(({ traffic }) => traffic));
  return MESSAGE_TYPES.map((type) => ({ type, ...sum[type] }));
}

/** With our rules nothing is said to somebody who does not listen. */
export function allHandled(rows: readonly MessageRow[]): Check {
  const lost = rows.reduce((sum, { sent, handled }) => sum + sent - handled, 0);
  return check('messages that nobody acted on', lost, 0, 'acceptance line S2-07');
}

export interface Effort {
  negotiations: number;
  deals: number;
  messages: number;
  /** Messages of negotiations without a deal. */
  wasted: number;
  /** Why there was no deal, with how often. */
  reasons: Readonly<Record<string, number>>;
}

export function effortOf(run: Run): Effort {
  const all = negotiationsOf(run);
  const failed = all.filter(({ agreed }) => !agreed);
  const sum = (records: typeof all) =>
    records.reduce((total, one) => total + one.messages.length, 0);
  const reasons: Record<string, number> = {};
  for (const { reason } of failed) {
    const name = reason ?? 'none';
    reasons[name] = (reasons[name] ?? 0) + 1;
  }
  return {
    negotiations: all.length,
    deals: all.length - failed.length,
    messages: sum(all),
    wasted: sum(failed),
    reasons,
  };
}
