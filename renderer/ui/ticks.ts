// Round numbers for axes.

const STEPS = [1, 2, 2.5, 5, 10];
const MOST = 5;

/**
 * 0 and up to five round moments up to `end`. With `beyond` the last one lies at or past `end`, so
 * that an axis can end on it.
 */
export function ticksOf(end: number, beyond = false): number[] {
  const step = stepOf(end / MOST);
  const n = beyond ? Math.ceil(end / step - 1e-9) : Math.floor(end / step + 1e-9);
  return Array.from({ length: n + 1 }, (_, i) => Number((i * step).toPrecision(9)));
}

/** The least of 1, 2, 2.5, 5, 10 times a power of ten that is not below `value`. */
function stepOf(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = STEPS.find((one) => one * power >= value * (1 - 1e-9)) ?? 10;
  return factor * power;
}
