/** A seeded stream of random numbers: the same seed gives the same stream on every machine. */
export interface Rng {
  /** Next 32 random bits as an unsigned integer. */
  u32(): number;
  /** Uniform in [0, 1) with 32 bits. */
  unit(): number;
  /** Uniform integer in [0, n), n in 1..2^32. */
  below(n: number): number;
  /** True with probability p. */
  chance(p: number): boolean;
  /** One of the items; the array must not be empty. */
  pick<T>(items: readonly T[]): T;
}

/** sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32 from one number. */
export function createRng(seed: number): Rng {
  let mix = seed >>> 0;
  const next = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let a = next();
  let b = next();
  // The upper half of a 53-bit seed takes part too.
  let c = (next() ^ Math.floor(seed / 0x100000000)) >>> 0;
  let d = 1;
  const u32 = (): number => {
    const t = (((a + b) >>> 0) + d) >>> 0;
    d = (d + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) >>> 0;
    return t;
  };
  for (let i = 0; i < 12; i++) u32();
  const below = (n: number): number => {
    // Rejection keeps it exactly uniform.
    const limit = 0x100000000 - (0x100000000 % n);
    let x = u32();
    while (x >= limit) x = u32();
    return x % n;
  };
  return {
    u32,
    unit: () => u32() / 0x100000000,
    below,
    chance: (p) => u32() / 0x100000000 < p,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
  };
}
