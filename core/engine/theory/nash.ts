// The Nash bargaining solution over a finite set of deals, and for a price. John Nash, "The
// bargaining problem", Econometrica 18(2), 1950, pages 155-162.

/** Utilities of the two sides, each measured from what it has in a conflict: 0. */
export type Deal = readonly [number, number];

export const nashProduct = ([u1, u2]: Deal): number => u1 * u2;

/**
 * The deals that no other one beats, each once: side 0's utility strictly falls along the list and
 * side 1's strictly rises, so a place in it says everything about a deal.
 */
export function paretoFront(deals: readonly Deal[]): Deal[] {
  const ordered = [...deals].sort((a, b) => b[0] - a[0] || b[1] - a[1]);
  const front: Deal[] = [];
  let best = -Infinity;
  for (const deal of ordered) {
    if (deal[1] <= best) continue;
    best = deal[1];
    front.push(deal);
  }
  return front;
}

/**
 * Individually rational and Pareto optimal deals, in the order of `paretoFront` (Rosenschein and
 * Zlotkin, Rules of Encounter, 1994).
 */
export const negotiationSet = (deals: readonly Deal[]): Deal[] =>
  paretoFront(deals.filter(([u1, u2]) => u1 >= 0 && u2 >= 0));

/** The greatest product of utilities and every deal that reaches it; null without a deal. */
export function nashSolution(deals: readonly Deal[]): { product: number; deals: Deal[] } | null {
  const set = negotiationSet(deals);
  if (set.length === 0) return null;
  const product = set.reduce((most, deal) => Math.max(most, nashProduct(deal)), 0);
  return { product, deals: set.filter((deal) => nashProduct(deal) === product) };
}

/** A price between two risk-neutral sides. Utilities are credits. */
export interface PriceCase {
  /** What it is worth to the buyer, and what it costs the seller. */
  value: number;
  cost: number;
  /** Bargaining power of the seller, 0..1; 1/2 when absent. */
  sellerWeight?: number;
  /** What each side would gain elsewhere; 0 when absent. */
  buyerOutside?: number;
  sellerOutside?: number;
}

/**
 * C + w(V - C), which is (V + C)/2 for equal power; outside options move the two ends to V - o_b
 * and C + o_s. Null where the ends do not overlap.
 */
export function nashPrice(given: PriceCase): number | null {
  const { value, cost, sellerWeight = 0.5, buyerOutside = 0, sellerOutside = 0 } = given;
  const [most, least] = [value - buyerOutside, cost + sellerOutside];
  return most < least ? null : least + (most - least) * sellerWeight;
}
