// A host that npm started ends with npm, also when that is killed without a word; otherwise nobody
// could start one on the same data again. Method: `npm run haggle -- serve`, then kill -9 for npm.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isAlive, launch, serve, tempDir, waitFor } from './support.ts';

const skip = process.platform !== 'linux' && 'who npm’s shell belongs to is read from /proc';

test('kill -9 for npm ends the host that it started', { skip }, async (t) => {
  const dataDir = tempDir(t);
  const words = ['run', '-s', 'haggle', '--', 'serve', '--data-dir', dataDir, '--no-probe'];
  const npm = launch('npm', words, { HOME: dataDir });
  await npm.says('stdout', /"ready":true/u);
  const { pid } = JSON.parse(fs.readFileSync(path.join(dataDir, 'host.json'), 'utf8')) as {
    pid: number;
  };
  assert.ok(isAlive(pid));
  npm.child.kill('SIGKILL');
  await waitFor(() => !isAlive(pid), 'the host to end');
  const again = await serve(t, { dataDir, args: ['--no-probe'] });
  assert.equal((await fetch(`${again.url}/v1/health`)).status, 200);
});
