// Labels beside a chart, each at its value, pushed apart just as far as their height asks.

/**
 * New places for labels that lie in ascending order, none nearer than `gap` to the next, all within
 * low..high as long as there is room.
 */
export function spread(places: readonly number[], gap: number, low: number, high: number) {
  const down: number[] = [];
  for (const place of places) down.push(Math.max(place, (down.at(-1) ?? low - gap) + gap));
  let limit = high;
  const up = down.toReversed().map((place) => {
    const fitted = Math.min(place, limit);
    limit = fitted - gap;
    return fitted;
  });
  return up.toReversed();
}
