// LIMITS.md is what limits.ts says: the page is made again and compared.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { limitsPage } from '../../build/limits.ts';
import { LIMITS } from '../../core/engine/base/limits.ts';
import { VERSION } from '../../core/host/version.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (name: string): string => fs.readFileSync(path.join(root, name), 'utf8');

test('LIMITS.md is up to date (node build/limits.ts)', () => {
  assert.equal(read('LIMITS.md'), limitsPage());
});

test('every bound says what happens there', () => {
  const silent = limitsPage()
    .split('\n')
    .filter((line) => /^\| `\w+` \|.*\|\s*\|$/u.test(line));
  assert.deepEqual(silent, []);
  assert.ok(Object.keys(LIMITS).length > 30);
});

test('the host’s version is the package’s', () => {
  assert.equal((JSON.parse(read('package.json')) as { version: string }).version, VERSION);
});
