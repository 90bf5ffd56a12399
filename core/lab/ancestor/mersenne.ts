// Python's `random`, as far as the reference system draws from it, so that its runs repeat here:
// MT19937 (Matsumoto & Nishimura, ACM TOMACS 8(1), 1998), seeded and read as CPython 3.11 does.
import { BadInput } from '../experiment.ts';

/** Where draws come from; the engine's seeded stream fits as well. */
export interface Dice {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
}

const N = 624;
const M = 397;

/**
 * @param seed a whole number, 0 or more and exact
 * @throws BadInput for another seed
 */
export function createMersenne(seed: number): Dice {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new BadInput('seed', `${seed} is not a whole number from 0 to 2^53 - 1`);
  }
  const state = seededByArray([seed >>> 0, Math.floor(seed / 0x1_0000_0000)]);
  let at = N;
  const u32 = (): number => {
    if (at >= N) {
      twist(state);
      at = 0;
    }
    let y = state[at++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  return {
    // Two draws make 53 bits; the order of evaluation is the order of the draws.
    unit: () => ((u32() >>> 5) * 0x400_0000 + (u32() >>> 6)) / 0x20_0000_0000_0000,
    below: (n) => {
      const unused = Math.clz32(n);
      let x = u32() >>> unused;
      while (x >= n) x = u32() >>> unused;
      return x;
    },
  };
}

function seededByArray(words: readonly number[]): Uint32Array {
  // CPython leaves out leading zero words.
  const key = words.at(-1) === 0 ? words.slice(0, -1) : words;
  const state = new Uint32Array(N);
  state[0] = 19650218;
  const before = (i: number): number => {
    const word = state[i - 1] ?? 0;
    return word ^ (word >>> 30);
  };
  for (let i = 1; i < N; i++) state[i] = Math.imul(1812433253, before(i)) + i;
  let i = 1;
  const next = (): void => {
    i++;
    if (i < N) return;
    state[0] = state[N - 1] ?? 0;
    i = 1;
  };
  for (let k = 0; k < N; k++) {
    const j = k % key.length;
    state[i] = ((state[i] ?? 0) ^ Math.imul(1664525, before(i))) + (key[j] ?? 0) + j;
    next();
  }
  for (let k = 0; k < N - 1; k++) {
    state[i] = ((state[i] ?? 0) ^ Math.imul(1566083941, before(i))) - i;
    next();
  }
  state[0] = 0x80000000;
  return state;
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < N; i++) {
    const y = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % N] ?? 0) & 0x7fffffff);
    state[i] = (state[(i + M) % N] ?? 0) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
}

/** One of the items, as `random.choice` draws it; the list must not be empty. */
export function choose<T>(dice: Dice, items: readonly T[]): T {
  return items[dice.below(items.length)] as T;
}

/** `count` different items in the order drawn, as `random.sample` does for up to 21 items. */
export function sample<T>(dice: Dice, items: readonly T[], count: number): T[] {
  const pool = [...items];
  return Array.from({ length: Math.min(count, pool.length) }, (_, i) => {
    const at = dice.below(pool.length - i);
    const drawn = pool[at] as T;
    pool[at] = pool[pool.length - i - 1] as T;
    return drawn;
  });
}
