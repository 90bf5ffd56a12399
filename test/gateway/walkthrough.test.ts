// Goal: docs/http.md tells the truth. Method: its shell commands are run as they stand there, but
// for the address, against a real host. Check: each of them succeeds, and the last ones print what
// the page promises.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { newDataDir, startHost } from './support.ts';

const PAGE = path.resolve(import.meta.dirname, '../../docs/http.md');
const runs = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const lacking = ['bash', 'curl'].filter((tool) => !runs(tool));
const skip = lacking.length > 0 && `no ${lacking.join(', no ')}: on Debian, apt-get install curl`;

test('the walk-through of docs/http.md', { skip }, async () => {
  const host = await startHost();
  const cwd = newDataDir();
  fs.symlinkSync(host.dataDir, path.join(cwd, 'market'));
  const blocks = [...fs.readFileSync(PAGE, 'utf8').matchAll(/```sh\n(.*?)```/gsu)];
  const [start, ...rest] = blocks.map((block) => block[1] ?? '');
  assert.match(start ?? '', /haggle -- serve/u, 'the first block starts the host');
  const script = rest.join('\n').replace(/^URL=.*$/mu, `URL=${host.url}`);
  const bin = path.dirname(process.execPath);
  const ran = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` },
  });
  assert.equal(ran.status, 0, `${ran.stdout}\n${ran.stderr}`);
  const lines = ran.stdout.trim().split('\n');
  assert.ok(lines.includes('0'), 'the ledger adds to zero');
  assert.match(ran.stdout, /^agt_\w+,digest,reports,res_\w+,gpu NVIDIA H100,42,1$/mu);
  assert.match(lines.at(-1) ?? '', /^The lease ended, settled: done; 42 credits paid\.$/u);
  await host.end();
});
