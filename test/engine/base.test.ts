// The smallest parts: credits, ids, chance, heap, chain.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  assert as assertBroken,
  assertNever,
  Broken,
  must,
} from '../../core/engine/base/assert.ts';
import { GENESIS, link } from '../../core/engine/base/chain.ts';
import {
  add,
  type Credits,
  credits,
  fromDecimal,
  max,
  MICRO,
  min,
  scaleDown,
  scaleUp,
  share,
  sub,
  SUPPLY_MAX,
  toDecimal,
} from '../../core/engine/base/credits.ts';
import { createHeap } from '../../core/engine/base/heap.ts';
import { ID_KINDS, ID_PATTERN, idOf, transferId } from '../../core/engine/base/ids.ts';
import { createRng } from '../../core/engine/base/rng.ts';
import { iso } from '../../core/engine/base/time.ts';

const cr = (n: number): Credits => n as Credits;
const safe = fc.maxSafeInteger();
const positive = fc.maxSafeNat();

suite('credits', () => {
  test('only safe integers are credits', () => {
    for (const bad of [NaN, Infinity, 1.5, 2 ** 53, -(2 ** 53), 0.1 + 0.2]) {
      assert.throws(() => credits(bad), Broken);
    }
    assert.ok(Object.is(credits(-0), 0));
    assert.equal(credits(SUPPLY_MAX), SUPPLY_MAX);
  });

  test('sums are exact or refused', () => {
    fc.assert(
      fc.property(safe, safe, (a, b) => {
        for (const [sum, exact] of [
          [() => add(cr(a), cr(b)), BigInt(a) + BigInt(b)],
          [() => sub(cr(a), cr(b)), BigInt(a) - BigInt(b)],
        ] as const) {
          const fits = exact >= -BigInt(SUPPLY_MAX) && exact <= BigInt(SUPPLY_MAX);
          if (fits) assert.equal(BigInt(sum()), exact);
          else assert.throws(sum, Broken);
        }
        assert.equal(min(cr(a), cr(b)) + max(cr(a), cr(b)), a + b);
      }),
    );
  });

  test('shares are exact, rounded down, and never more than the whole', () => {
    fc.assert(
      fc.property(positive, positive, positive, (amount, x, y) => {
        const [part, whole] = x < y ? [x, y] : [y, x];
        fc.pre(whole > 0);
        const exact = (BigInt(amount) * BigInt(part)) / BigInt(whole);
        assert.equal(BigInt(share(cr(amount), part, whole)), exact);
      }),
    );
    assert.throws(() => share(cr(5), 2, 1), Broken);
    assert.throws(() => share(cr(5), -1, 1), Broken);
    assert.throws(() => share(cr(5), 1, 0), Broken);
    assert.throws(() => share(cr(5), 0.5, 1), Broken);
  });

  test('scaling is exact up to the supply, and saturates there', () => {
    fc.assert(
      fc.property(positive, positive, fc.integer({ min: 1, max: 10 ** 10 }), (a, f, d) => {
        const cap = (n: bigint): bigint => (n < BigInt(SUPPLY_MAX) ? n : BigInt(SUPPLY_MAX));
        const product = BigInt(a) * BigInt(f);
        const up = cap((product + BigInt(d) - 1n) / BigInt(d));
        assert.equal(BigInt(scaleUp(cr(a), f, d)), up);
        assert.equal(BigInt(scaleDown(cr(a), f, d)), cap(product / BigInt(d)));
      }),
    );
    fc.assert(
      fc.property(fc.nat(), fc.nat(1000), fc.integer({ min: 1, max: 5000 }), (a, f, d) => {
        assert.equal(scaleUp(cr(a), f, d), Math.ceil((a * f) / d));
        assert.equal(scaleDown(cr(a), f, d), Math.floor((a * f) / d));
      }),
    );
  });

  test('decimals: at most six places, nothing is rounded', () => {
    const good: [number, number][] = [
      [0, 0],
      [1, MICRO],
      [0.1, 100_000],
      [0.3, 300_000],
      [0.000001, 1],
      [123.456789, 123_456_789],
      [1e9, 1e15],
      [-2.5, -2_500_000],
    ];
    for (const [decimal, micro] of good) assert.equal(fromDecimal(decimal), micro, `${decimal}`);
    for (const bad of [NaN, Infinity, -Infinity, 0.0000015, 1e-7, 0.1 + 0.2, 2 ** 53, 1e300]) {
      assert.equal(fromDecimal(bad), null, `${bad}`);
    }
    const exact = fc.integer({ min: -(10 ** 15), max: 10 ** 15 }); // LIMITS.amountMax
    fc.assert(fc.property(exact, (n) => assert.equal(fromDecimal(toDecimal(cr(n))), n)));
  });
});

suite('ids', () => {
  test('are short, ordered by creation and never meet', () => {
    assert.equal(idOf('cfp', 1), 'cfp_000000001');
    assert.equal(idOf('lse', 10 ** 13), 'lse_3jlxpt2ps');
    assert.equal(transferId(36, 2), 'trf_000000010_2');
    const pattern = new RegExp(ID_PATTERN, 'u');
    const seq = fc.integer({ min: 1, max: 36 ** 9 - 1 });
    fc.assert(
      fc.property(seq, seq, fc.constantFrom(...ID_KINDS), (a, b, kind) => {
        assert.match(idOf(kind, a), pattern);
        assert.equal(idOf(kind, a) < idOf(kind, b), a < b);
        assert.equal(transferId(a, 0) === transferId(b, 0), a === b);
      }),
    );
  });
});

const GOLDEN_STREAMS: [number, number[]][] = [
  [0, [2899526011, 769844623, 220372281, 4270301181]],
  [1, [2420951833, 2513034076, 3847892949, 4064752930]],
  [42, [1959603763, 2423114712, 2466933512, 4144396390]],
  [2 ** 32, [4107907783, 3616650349, 4060655078, 709097865]],
  [Number.MAX_SAFE_INTEGER, [3203595936, 1918190074, 1805575068, 3933036504]],
];

suite('chance', () => {
  test('a seed gives the same stream on every machine', () => {
    const first = (seed: number) => {
      const rng = createRng(seed);
      return [rng.u32(), rng.u32(), rng.u32(), rng.u32()];
    };
    // Golden values: they must never change, or no old world can be replayed.
    assert.deepEqual(
      GOLDEN_STREAMS.map(([seed]) => first(seed)),
      GOLDEN_STREAMS.map(([, s]) => s),
    );
  });

  test('numbers below a bound are evenly spread, a chance is what it says', () => {
    const rng = createRng(99);
    const rolls = Array.from({ length: 6 }, () => 0);
    for (let i = 0; i < 60_000; i++) {
      const n = rng.below(6);
      rolls[n] = (rolls[n] ?? 0) + 1;
    }
    for (const n of rolls) assert.ok(Math.abs(n - 10_000) < 400, `${rolls.join()}`);
    let heads = 0;
    for (let i = 0; i < 10_000; i++) if (rng.chance(0.3)) heads++;
    assert.ok(Math.abs(heads - 3000) < 200, `${heads}`);
    assert.equal(rng.chance(0), false);
    assert.equal(rng.chance(1), true);
    assert.equal(rng.pick(['only']), 'only');
    assert.ok(rng.unit() >= 0 && rng.unit() < 1);
  });
});

suite('heap', () => {
  test('gives back what was put in, least first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (items) => {
        const heap = createHeap<number>((a, b) => a < b);
        for (const item of items) heap.push(item);
        assert.equal(heap.size(), items.length);
        const sorted = [...items].sort((a, b) => a - b);
        assert.equal(heap.peek(), sorted[0]);
        assert.deepEqual(
          items.map(() => heap.pop()),
          sorted,
        );
        assert.equal(heap.pop(), undefined);
      }),
    );
  });
});

suite('the rest', () => {
  test('the chain is SHA-256 over the previous head and the bytes', () => {
    const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
    const one = link(sha, GENESIS, 'a');
    assert.equal(one, sha(`${'0'.repeat(64)}a`));
    assert.equal(link(sha, one, 'b'), sha(`${one}b`));
  });

  test('a broken invariant is thrown, never swallowed', () => {
    assert.throws(() => assertBroken(false, 'no'), Broken);
    assert.throws(() => must(null, 'thing'), /thing is missing/);
    assert.equal(must(0, 'zero'), 0);
    assert.throws(() => assertNever('x' as never, 'kind'), /kind: unexpected "x"/);
    assert.equal(iso(0), '1970-01-01T00:00:00.000Z');
    const instant = fc.integer({ min: -62_135_596_800_000, max: 8.64e15 });
    fc.assert(fc.property(instant, (at) => iso(at) === new Date(at).toISOString()));
  });
});
