// Eratosthenes in segments that fit a core's cache.
import { createHash } from 'node:crypto';
import { integerOf, type Values } from './shared/arguments.ts';
import { runProgram, type Work } from './shared/run.ts';
import { seeded } from './shared/seeded.ts';

const SEGMENT = 1 << 18;

function smallPrimes(limit: number): number[] {
  const composite = new Uint8Array(limit + 1);
  const primes: number[] = [];
  for (let n = 2; n <= limit; n++) {
    if (composite[n]) continue;
    primes.push(n);
    for (let m = n * n; m <= limit; m += n) composite[m] = 1;
  }
  return primes;
}

function primeSieve(values: Values): Work {
  const limit = integerOf(values, 'limit');
  const primes = smallPrimes(Math.ceil(Math.sqrt(limit)));
  const hash = createHash('sha256');
  // The seed picks which primes are sampled into the checksum; the count is the same for all.
  const random = seeded(integerOf(values, 'seed'));
  const segment = new Uint8Array(SEGMENT);
  let from = 2;
  let count = 0;
  let largest = 0;
  let checksum: string | null = null;

  function sieve(to: number): void {
    segment.fill(0);
    for (const p of primes) {
      if (p * p > to) break;
      const first = Math.max(p * p, Math.ceil(from / p) * p);
      for (let m = first - from; m <= to - from; m += p) segment[m] = 1;
    }
    let sample = random() % SEGMENT;
    for (let i = 0; i <= to - from; i++) {
      if (segment[i]) continue;
      count += 1;
      largest = from + i;
      if (i < sample) continue;
      hash.update(`${largest},`);
      sample = SEGMENT;
    }
  }

  return {
    *steps() {
      while (from <= limit) {
        const to = Math.min(limit, from + SEGMENT - 1);
        sieve(to);
        from = to + 1;
        yield from / limit;
      }
      checksum = hash.update(`${count}:${largest}`).digest('hex');
    },
    result: () => ({ upTo: from - 1, primes: count, largest }),
    checksum: () => checksum,
  };
}

await runProgram('prime-sieve', primeSieve);
