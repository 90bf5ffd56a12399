// Words that stand for several experiments: all of them, and the reference system's three.
import type { Experiment } from './experiment.ts';
import { experimentOf, EXPERIMENTS } from './registry.ts';

/** Names of the experiments that make up each of the reference system's. */
export const ANCESTOR_GROUPS: Readonly<Record<string, readonly string[]>> = {
  '1': ['handshake', 'convergence'],
  '2': ['scarcity', 'rush-hour', 'tournament'],
  '3': ['trust-fall'],
};

/** The experiments that `all`, `1`, `2` or `3` stands for, in order; null for another word. */
export function groupOf(word: string): readonly Experiment[] | null {
  if (word === 'all') return EXPERIMENTS;
  if (!Object.hasOwn(ANCESTOR_GROUPS, word)) return null;
  return (ANCESTOR_GROUPS[word] ?? []).flatMap((name) => experimentOf(name) ?? []);
}
