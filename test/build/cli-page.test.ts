// docs/cli.md is what the command line says of itself: the page is made again and compared.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { cliPage } from '../../build/cli-page.ts';

test('docs/cli.md is up to date (node build/cli-page.ts)', () => {
  const page = path.resolve(import.meta.dirname, '../../docs/cli.md');
  assert.equal(fs.readFileSync(page, 'utf8'), cliPage());
});
