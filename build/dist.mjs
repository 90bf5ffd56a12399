// `npm run dist [-- --out DIR]`: packs Haggle for this platform. TARGETS=dir,tar.gz names forms,
// E2E=1 leaves the inspect fuse on, HAGGLE_TEST_PACKAGE=1 allows a runtime that is not for
// releases.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, Platform } from 'electron-builder';
import { packageConfig } from './package/config.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { bundledNode } from './setup/node.mjs';
import { linux, modules, platform, root, say, SetupError } from './setup/paths.mjs';
import { ensureSqliteBinding } from './setup/sqlite.mjs';

/** The runtime to pack and its binding, or an error that says what is missing. */
async function parts() {
  const runtime = await ensureElectron(process.execPath);
  if (typeof runtime === 'string') throw new SetupError(runtime);
  if (runtime.devOnly && process.env.HAGGLE_TEST_PACKAGE !== '1') {
    throw new SetupError(
      `Electron comes from ${runtime.from}: not for releases. ` +
        'HAGGLE_TEST_PACKAGE=1 packs it all the same, for tests.',
    );
  }
  const binding = ensureSqliteBinding(process.execPath, runtime);
  if (binding instanceof Error) throw new SetupError(binding.message);
  const node = bundledNode();
  if (!node) throw new SetupError(`npm brings no plain Node for ${platform} to put into a package`);
  const electronDist = path.dirname(runtime.exe);
  const version = fs.readFileSync(path.join(electronDist, 'version'), 'utf8').trim();
  const native = binding && path.dirname(binding);
  return { electronDist, electronVersion: version.replace(/^v/, ''), node, native };
}

/** electron-builder would fetch its archiver from GitHub; npm carries one too. */
function takeArchiverFromNpm() {
  if (!linux) return;
  const archiver = path.join(modules, `7zip-bin/linux/${process.arch}/7za`);
  fs.chmodSync(archiver, 0o755);
  process.env.ELECTRON_BUILDER_7ZIP_PATH = archiver;
  process.env.ELECTRON_BUILDER_COMPRESSION_LEVEL ??= '3';
}

async function main() {
  const { values } = parseArgs({ options: { out: { type: 'string', default: 'release' } } });
  const targets = (process.env.TARGETS ?? 'dir,tar.gz').split(',');
  const startedAt = Date.now();
  takeArchiverFromNpm();
  const output = path.resolve(root, values.out);
  const inspectable = process.env.E2E === '1';
  const made = await build({
    targets: Platform.current().createTarget(targets),
    config: packageConfig({ ...(await parts()), output, inspectable }),
    projectDir: root,
  });
  for (const file of made) say(`packed ${file}`);
  say(`packed ${targets.join(', ')} in ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
