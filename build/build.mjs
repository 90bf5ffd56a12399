// Bundles everything with plain Vite (docs/adr/0002): main and host, preload, page, headless host
// and leash, command line, job programs. Built aside and swapped in, so that a failed build leaves
// the last good one, and a running Haggle never sees half of a new one.
import fs from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { stampSources, writeStamp } from './setup/fresh.mjs';
import { out, root, say } from './setup/paths.mjs';

// Node 20 and Chrome 130 suit the carried Electron 33 and everything newer.
const IN_ELECTRON = 'node20';
const IN_PAGE = 'chrome130';
const PLAIN_NODE = 'node22';
const NATIVES = ['better-sqlite3', 'systeminformation'];
/** renderer/icon.svg as pixels: a window on Linux has no other way to get an icon. */
const ICON = path.join(root, 'build/package/icons/256x256.png');
const EXTERNAL = ['electron', /^electron\/.+/, ...builtinModules, /^node:/, ...NATIVES];

const startedAt = Date.now();
const next = path.join(root, `out-${process.pid}`);
const common = {
  root,
  configFile: /** @type {const} */ (false),
  logLevel: /** @type {const} */ ('warn'),
};

/**
 * Chunks lie beside their entries, so that every module of a bundle finds out/ one folder up.
 * @param {string} dir
 * @param {string} target
 * @param {Record<string, string>} input
 */
async function bundleForNode(dir, target, input) {
  await build({
    ...common,
    publicDir: false,
    ssr: { noExternal: true, external: ['electron', ...NATIVES] },
    build: {
      ssr: true,
      target,
      outDir: path.join(next, dir),
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input,
        external: EXTERNAL,
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'shared-[name]-[hash].js',
        },
      },
    },
  });
}

/** A sandboxed preload can load neither ESM nor chunks: one CommonJS file. */
async function bundlePreload() {
  await build({
    ...common,
    publicDir: false,
    build: {
      lib: { entry: 'electron/preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
      target: IN_PAGE,
      outDir: path.join(next, 'preload'),
      minify: false,
      rolldownOptions: { external: ['electron'], output: { codeSplitting: false } },
    },
  });
}

async function bundlePage() {
  await build({
    ...common,
    root: path.join(root, 'renderer'),
    base: './',
    plugins: [react()],
    build: {
      target: IN_PAGE,
      outDir: path.join(next, 'renderer'),
      emptyOutDir: true, // Vite asks for this word because the folder is outside its root
      sourcemap: true,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000, // kB; loaded from disk, so a warning would only be noise
    },
  });
}

/** Every file of programs/ is one program that stands alone. */
function programs() {
  const dir = path.join(root, 'programs');
  const files = fs.readdirSync(dir).filter((name) => name.endsWith('.ts'));
  return Object.fromEntries(
    files.sort().map((name) => [path.basename(name, '.ts'), `programs/${name}`]),
  );
}

function swapIn() {
  const old = path.join(root, `out-${process.pid}-old`);
  if (fs.existsSync(out)) fs.renameSync(out, old);
  fs.renameSync(next, out);
  fs.rmSync(old, { recursive: true, force: true });
}

const stamp = stampSources(); // before reading them: an edit during the build must count as newer
fs.rmSync(next, { recursive: true, force: true });
try {
  await Promise.all([
    bundleForNode('main', IN_ELECTRON, {
      main: 'electron/main.ts',
      host: 'core/host/utility.ts',
      'lab-worker': 'core/host/lab/worker.ts',
    }),
    bundlePreload(),
    bundlePage(),
    bundleForNode('host', PLAIN_NODE, {
      serve: 'core/host/serve.ts',
      leash: 'core/host/exec/leash.ts',
      'lab-worker': 'core/host/lab/worker.ts',
    }),
    bundleForNode('cli', PLAIN_NODE, { haggle: 'cli/haggle.ts' }),
    bundleForNode('programs', PLAIN_NODE, programs()),
  ]);
  fs.copyFileSync(ICON, path.join(next, 'main/icon.png'));
  writeStamp(next, stamp);
  swapIn();
  say(`built in ${Date.now() - startedAt} ms`);
} catch (error) {
  say(stripVTControlCharacters(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
} finally {
  fs.rmSync(next, { recursive: true, force: true });
}
