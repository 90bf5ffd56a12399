// The spot market of one period: single units, one price for all.

export interface SpotOrder {
  who: string;
  /** A unit for at most, or at least, this many micro-credits. */
  price: number;
}

export interface SpotTrade {
  sellerId: string;
  buyerId: string;
  units: number;
}

/**
 * A call auction: the highest bids and the lowest asks trade as long as a bid covers its ask, all
 * at the middle of the last pair. Nobody has orders on both sides.
 */
export function clearSpot(
  bids: readonly SpotOrder[],
  asks: readonly SpotOrder[],
): { price: number | null; trades: SpotTrade[] } {
  const high = [...bids].sort((a, b) => b.price - a.price);
  const low = [...asks].sort((a, b) => a.price - b.price);
  const units = new Map<string, SpotTrade>();
  let price: number | null = null;
  for (let n = 0; n < Math.min(high.length, low.length); n++) {
    const [bid, ask] = [high[n] as SpotOrder, low[n] as SpotOrder];
    if (bid.price < ask.price) break;
    price = Math.floor((bid.price + ask.price) / 2);
    const key = `${ask.who} ${bid.who}`;
    const trade = units.get(key) ?? { sellerId: ask.who, buyerId: bid.who, units: 0 };
    trade.units++;
    units.set(key, trade);
  }
  return { price, trades: [...units.values()] };
}
