// The Zeuthen strategy: whoever has more to lose by a conflict concedes, just enough to turn that
// round. Zeuthen 1930; Harsanyi, Econometrica 24, 1956, pages 144-157, shows that it ends where the
// product of utilities is greatest.
import type { Decider, Side, Standing } from './concession.ts';

/**
 * Willingness to risk a conflict rather than take the other side's proposal: the share of its own
 * utility that a side would give up, 1 where it has nothing to lose, 0 where it would give up none.
 */
export const risk = (own: number, atRival: number): number =>
  own <= 0 ? 1 : Math.max(0, (own - atRival) / own);

/** The risks of both sides. */
export function risks({ front, at }: Pick<Standing, 'front' | 'at'>): [number, number] {
  const [a, b] = [front[at[0]], front[at[1]]];
  return [risk(a?.[0] ?? 0, b?.[0] ?? 0), risk(b?.[1] ?? 0, a?.[1] ?? 0)];
}

/** 1 - risk as a plain quotient: comparing these loses no digits where risks are close to 1. */
function kept({ front, at }: Pick<Standing, 'front' | 'at'>, side: Side): number {
  const [own, atRival] = side === 0 ? at : [at[1], at[0]];
  const most = front[own]?.[side] ?? 0;
  return most <= 0 ? 0 : (front[atRival]?.[side] ?? 0) / most;
}

/** The side of the smaller risk; on a tie the coin, as two who repeat end in conflict. */
export function conceder(standing: Standing): Side {
  const [first, second] = [kept(standing, 0), kept(standing, 1)];
  if (first === second) return standing.coin;
  return first > second ? 0 : 1;
}

/**
 * The least costly concession that makes the other side's risk the smaller one; where none does,
 * what the other side already accepts; else the least concession of all. The same place when there
 * is none.
 * @param mayOffer which own utilities may be proposed. A deal that is worth nothing to oneself has
 *   the greatest risk by definition and so would always look sufficient: it must be left out.
 */
export function sufficientConcession(
  { front, at }: Standing,
  side: Side,
  mayOffer = (own: number): boolean => own > 0,
): number {
  const way = side === 0 ? 1 : -1;
  let accepted: number | null = null;
  let least: number | null = null;
  for (let i = at[side] + way; front[i] !== undefined; i += way) {
    if (!mayOffer(front[i]?.[side] ?? 0)) continue;
    const then = { front, at: side === 0 ? ([i, at[1]] as const) : ([at[0], i] as const) };
    if (kept(then, side) < kept(then, side === 0 ? 1 : 0)) return i;
    least ??= i;
    if (side === 0 ? i >= at[1] : i <= at[0]) accepted ??= i;
  }
  return accepted ?? least ?? at[side];
}

export const zeuthen: Decider = (standing, side) =>
  conceder(standing) === side ? sufficientConcession(standing, side) : standing.at[side];
