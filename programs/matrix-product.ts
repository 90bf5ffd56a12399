// Products of square Float64 matrices in a fixed order of operations: the same bits everywhere.
import { createHash } from 'node:crypto';
import { integerOf, type Values } from './shared/arguments.ts';
import { runProgram, type Work } from './shared/run.ts';
import { type Random, seeded } from './shared/seeded.ts';

function randomMatrix(random: Random, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, () => random() / 0x1_0000_0000);
}

/** Row `i` of a x b, divided by n: entries of 0..1 stay in 0..1 however often this is done. */
function productRow(a: Float64Array, b: Float64Array, out: Float64Array, n: number, i: number) {
  const row = out.subarray(i * n, i * n + n).fill(0);
  for (let k = 0; k < n; k++) {
    const left = (a[i * n + k] ?? 0) / n;
    const right = b.subarray(k * n, k * n + n);
    for (let j = 0; j < n; j++) row[j] = (row[j] ?? 0) + left * (right[j] ?? 0);
  }
}

function matrixProduct(values: Values): Work {
  const n = integerOf(values, 'size');
  const products = integerOf(values, 'products');
  const random = seeded(integerOf(values, 'seed'));
  const base = randomMatrix(random, n);
  let last = randomMatrix(random, n);
  let done = 0;
  const sum = () => last.reduce((total, entry) => total + entry, 0);
  return {
    *steps() {
      for (; done < products; done++) {
        const next = new Float64Array(n * n);
        for (let i = 0; i < n; i++) {
          productRow(last, base, next, n, i);
          yield (done + i / n) / products;
        }
        last = next;
      }
    },
    result: () => ({ products: done, multiplications: done * n ** 3, sum: sum() }),
    checksum: () =>
      done === products
        ? createHash('sha256').update(new Uint8Array(last.buffer)).digest('hex')
        : null,
  };
}

await runProgram('matrix-product', matrixProduct);
