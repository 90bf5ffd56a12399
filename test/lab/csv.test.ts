// Goal: rows of results can be read by any program that reads CSV.
// Method: rows by hand, and random ones read back by a small parser of RFC 4180.
// Check: the bytes of the first; every text of the others comes back, whatever signs it has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvOf, isRows } from '../../core/lab/csv.ts';

/** Cells of each line; quotes as in RFC 4180, section 2. */
function parsed(text: string): string[][] {
  const lines: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy,
  )) {
    lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') lines.push([]);
  }
  assert.deepEqual(lines.pop(), []);
  return lines;
}

test('heads, nested fields, lists, what is missing', () => {
  const rows = [
    { name: 'a,b', wait: { mean: 2.5, ci95: 0.5 }, at: [1, 2], deal: true, price: null },
    { name: 'say "x"\r\nand y', extra: 1e21 },
  ];
  assert.equal(
    csvOf(rows),
    'name,wait.mean,wait.ci95,at,deal,price,extra\r\n' +
      '"a,b",2.5,0.5,"[1,2]",true,,\r\n' +
      '"say ""x""\r\nand y",,,,,,1e+21\r\n',
  );
});

test('every text comes back', () => {
  const words = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.array(fc.tuple(words, words), { minLength: 1 }), (pairs) => {
      const back = parsed(csvOf(pairs.map(([a, b]) => ({ a, b }))));
      assert.deepEqual(back, [['a', 'b'], ...pairs]);
    }),
  );
});

test('only objects in a list are rows', () => {
  assert.equal(isRows([{ a: 1 }]), true);
  for (const other of [[], [1], [[1]], [{ a: 1 }, null], { a: 1 }, null, 'a']) {
    assert.equal(isRows(other), false, JSON.stringify(other));
  }
});
