/** The `count` keys with the most hits, most first; ties in the order of the keys' code units. */
export function topOf(hits: ReadonlyMap<string, number>, count: number): [string, number][] {
  const byHits = ([a, m]: [string, number], [b, n]: [string, number]) => n - m || (a < b ? -1 : 1);
  return [...hits].sort(byHits).slice(0, count);
}
