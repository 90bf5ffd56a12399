// Who of a coalition gets or pays how much. All amounts are integers (micro-credits or units), and
// what is split is exactly what comes out.

/** Exact Shapley values need every subset: 2^12 values at most. */
export const SHAPLEY_MEMBERS_MAX = 12;

/**
 * Splits an integer total by weights: each gets the whole part of its quota, what is left goes one
 * by one to the largest remainders (Hamilton's method; Balinski and Young, Fair Representation,
 * 1982). Equal remainders: the earlier one first. Without any weight all are equal.
 * Each part is its exact quota rounded down or up, and the parts sum to the total.
 * @param total an integer >= 0
 * @param weights integers >= 0, at least one
 * @throws RangeError for anything else
 */
export function splitByWeight(total: number, weights: readonly number[]): number[] {
  if (weights.length === 0) throw new RangeError('weights: at least one');
  if (!isCount(total)) throw new RangeError('total: an integer >= 0');
  if (!weights.every(isCount)) throw new RangeError('weights: integers >= 0');
  const exact = weights.map((w) => BigInt(w));
  const sum = exact.reduce((a, b) => a + b, 0n);
  return sum === 0n
    ? apportion(
        BigInt(total),
        exact.map(() => 1n),
      )
    : apportion(BigInt(total), exact);
}

/** `quotas[i] x total / sum(quotas)`, rounded so that the sum is `total`. */
function apportion(total: bigint, quotas: readonly bigint[]): number[] {
  const sum = quotas.reduce((a, b) => a + b, 0n);
  return roundToSum(
    quotas.map((quota) => quota * total),
    sum,
  );
}

/** Fractions of one denominator with an integer sum: rounded down, the rest by remainder. */
function roundToSum(numerators: readonly bigint[], denominator: bigint): number[] {
  const parts = numerators.map((n, i) => {
    const rest = ((n % denominator) + denominator) % denominator;
    return { i, whole: (n - rest) / denominator, rest };
  });
  const total = numerators.reduce((a, b) => a + b, 0n) / denominator;
  let left = Number(total - parts.reduce((sum, { whole }) => sum + whole, 0n));
  const byRest = [...parts].sort((a, b) =>
    a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1,
  );
  for (const part of byRest) if (left-- > 0) part.whole += 1n;
  return parts.map(({ whole }) => Number(whole));
}

/**
 * The Shapley value of a game, exact: `phi_i = sum over S without i of |S|!(n-|S|-1)!/n! x
 * (v(S+i) - v(S))` (Shapley, A Value for n-Person Games, 1953), rounded to integers by largest
 * remainder, so that the values sum to v(all).
 * @param n members, 1..12
 * @param value integer worth of the members whose bits are set; value(0) must be 0
 * @throws RangeError for other inputs
 */
export function shapley(n: number, value: (members: number) => number): number[] {
  if (!Number.isInteger(n) || n < 1 || n > SHAPLEY_MEMBERS_MAX) {
    throw new RangeError(`n: an integer from 1 to ${SHAPLEY_MEMBERS_MAX}`);
  }
  const worths = Array.from({ length: 2 ** n }, (_, s) => value(s));
  if (worths[0] !== 0) throw new RangeError('value: nobody together is worth 0');
  if (!worths.every(Number.isSafeInteger)) throw new RangeError('value: integers');
  const orders = Array.from({ length: n }, (_, size) => factorial(size) * factorial(n - size - 1));
  const sums = Array.from({ length: n }, (_, i) => {
    let sum = 0n;
    for (let s = 0; s < worths.length; s++) {
      if ((s & (1 << i)) !== 0) continue;
      const gain = BigInt(worths[s | (1 << i)] as number) - BigInt(worths[s] as number);
      sum += (orders[sizeOf(s)] as bigint) * gain;
    }
    return sum;
  });
  return roundToSum(sums, factorial(n));
}

/** Members in a set of bits. */
function sizeOf(members: number): number {
  let size = 0;
  for (let rest = members; rest > 0; rest &= rest - 1) size++;
  return size;
}

function factorial(n: number): bigint {
  let product = 1n;
  for (let i = 2; i <= n; i++) product *= BigInt(i);
  return product;
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}
