// Which conversations the list shows, newest first.
import type { CallView } from '../../core/engine/view/model.ts';
import type { Model } from '../mirror/model.ts';
import { isLive } from '../words/market.ts';

export const GROUPS = ['all', 'live', 'bargained', 'awarded', 'unawarded', 'ended'] as const;
export type Group = (typeof GROUPS)[number];
export const groupOf = (text: string): Group => GROUPS.find((one) => one === text) ?? 'all';

export function inGroup(call: CallView, group: Group): boolean {
  switch (group) {
    case 'all':
      return true;
    case 'live':
      return isLive(call);
    case 'bargained':
      return call.bargaining !== null;
    case 'awarded':
      return call.state === 'awarded';
    case 'unawarded':
      return call.state === 'unawarded';
    case 'ended':
      return call.state === 'cancelled' || call.state === 'failed';
  }
}

/** Every word of the query occurs in title, project, caller, contractors or id. */
export function mentions(call: CallView, words: readonly string[], model: Model): boolean {
  if (words.length === 0) return true;
  const names = [call.managerId, ...call.dialogues.map(({ agentId }) => agentId)];
  const agents = names.map((id) => model.agents.get(id)?.name ?? '').join(' ');
  const text = `${call.title} ${call.project} ${call.id} ${agents}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

export const wordsOf = (query: string): string[] =>
  query.toLowerCase().split(/\s+/u).filter(Boolean);

export function findCalls(model: Model, query: string, group: Group): CallView[] {
  const words = wordsOf(query);
  const found: CallView[] = [];
  for (const call of model.calls.values()) {
    if (inGroup(call, group) && mentions(call, words, model)) found.push(call);
  }
  return found.sort((a, b) => (a.id < b.id ? 1 : -1)); // ids are time-ordered
}
