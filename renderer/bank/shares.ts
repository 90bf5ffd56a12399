// Sums over the attribution rows for a drill-down: agent, then project, then resource.
import type { AttributionRow } from '../mirror/documents.ts';

export const LEVELS = ['agent', 'project', 'resource'] as const;
export type Level = (typeof LEVELS)[number];

/** One bar: everything that shares a name on this level. */
export interface Share {
  key: string;
  name: string;
  amount: number;
  transfers: number;
  /** Set on the agent level, for its colour. */
  agentId: string | null;
}
export type Path = readonly string[];

function keyOf(row: AttributionRow, level: Level): string {
  if (level === 'agent') return row.agentId;
  return (level === 'project' ? row.project : row.resourceId) ?? '';
}
function nameOf(row: AttributionRow, level: Level): string {
  if (level === 'agent') return row.agent;
  return (level === 'project' ? row.project : row.resource) ?? `no ${level}`;
}

/** The shares one level below `path`, greatest first. Decimal credits are summed exactly. */
export function sharesAt(rows: readonly AttributionRow[], path: Path): Share[] {
  const level = LEVELS[path.length];
  if (!level) return [];
  const shares = new Map<string, Share>();
  for (const row of rows) {
    if (path.some((key, i) => keyOf(row, LEVELS[i] ?? 'agent') !== key)) continue;
    const key = keyOf(row, level);
    const agentId = level === 'agent' ? row.agentId : null;
    const share = shares.get(key) ?? {
      key,
      name: nameOf(row, level),
      amount: 0,
      transfers: 0,
      agentId,
    };
    share.amount = (Math.round(share.amount * 1e6) + Math.round(row.amount * 1e6)) / 1e6;
    share.transfers += row.transfers;
    shares.set(key, share);
  }
  return [...shares.values()].sort((a, b) => b.amount - a.amount || (a.name < b.name ? -1 : 1));
}

/** Names along a path, for the trail above the bars. */
export function trail(rows: readonly AttributionRow[], path: Path): string[] {
  return path.map((key, i) => {
    const level = LEVELS[i] ?? 'agent';
    const row = rows.find((one) => keyOf(one, level) === key);
    return row ? nameOf(row, level) : key;
  });
}
