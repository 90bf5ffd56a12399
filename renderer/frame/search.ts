// What the command palette can find, and how well something matches.
import type { Model } from '../mirror/model.ts';
import { resourceName } from '../words/market.ts';
import { kindWord } from '../words/sentences.ts';
import { callState, leaseState } from '../words/states.ts';

export interface Finding {
  id: string;
  /** Group in which it is listed. */
  group: 'Actions' | 'Pages' | 'Agents' | 'Conversations' | 'Leases' | 'Resources';
  name: string;
  detail: string;
  /** Agent whose colour stands before the name. */
  agentId?: string;
}

/**
 * How well `text` answers `query`: 0 not at all, more is better. Every word must occur; the start
 * of the text counts most, then the start of a word.
 */
export function score(query: string, text: string): number {
  const lower = text.toLowerCase();
  let total = 0;
  for (const word of query.toLowerCase().split(/\s+/u).filter(Boolean)) {
    const at = lower.indexOf(word);
    if (at < 0) return 0;
    const before = at === 0 ? ' ' : (lower[at - 1] ?? ' ');
    total += at === 0 ? 4 : /[^\p{L}\p{N}]/u.test(before) ? 3 : 1;
  }
  return total;
}

const PER_GROUP = 6;

/** The best findings of each group; with an empty query only what `fixed` brings. */
export function search(model: Model, query: string, fixed: readonly Finding[]): Finding[] {
  const wanted = query.trim();
  if (wanted === '') return [...fixed];
  const scored = [...fixed, ...things(model)]
    .map((finding) => ({ finding, points: points(wanted, finding) }))
    .filter(({ points: n }) => n > 0)
    .sort((a, b) => b.points - a.points);
  const taken = new Map<Finding['group'], number>();
  const best = scored.filter(({ finding }) => {
    const n = taken.get(finding.group) ?? 0;
    taken.set(finding.group, n + 1);
    return n < PER_GROUP;
  });
  return byGroup(best.map(({ finding }) => finding));
}

function points(query: string, finding: Finding): number {
  if (finding.id === query) return 100;
  return Math.max(
    score(query, finding.name) * 2,
    score(query, `${finding.name} ${finding.detail} ${finding.id}`),
  );
}

/** Groups in the order of their best finding, each in one piece. */
function byGroup(findings: readonly Finding[]): Finding[] {
  const groups = new Map<Finding['group'], Finding[]>();
  for (const one of findings) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return [...groups.values()].flat();
}

function* things(model: Model): Generator<Finding> {
  const nameOf = (id: string): string => model.agents.get(id)?.name ?? id;
  for (const { id, name, project } of model.agents.values()) {
    yield { id, group: 'Agents', name, detail: project ?? '', agentId: id };
  }
  for (const r of model.resources.values()) {
    const detail = `${kindWord(r.kind)}, ${r.slots.length} slots, ${nameOf(r.ownerId)}`;
    yield { id: r.id, group: 'Resources', name: resourceName(r), detail };
  }
  for (const lease of model.leases.values()) {
    const detail = `${leaseState(lease).word}, ${nameOf(lease.managerId)}`;
    yield { id: lease.id, group: 'Leases', name: lease.title, detail };
  }
  for (const call of model.calls.values()) {
    const detail = `${callState(call).word}, ${nameOf(call.managerId)}`;
    yield { id: call.id, group: 'Conversations', name: call.title, detail };
  }
}
