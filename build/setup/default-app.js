// Stand-in for Electron's default_app, for a runtime that comes without one:
//   electron [-r module] <path> [args]
// It must be ESM with a top-level await of the app's main: from CommonJS, `ready` fires before the
// app is loaded and registerSchemesAsPrivileged throws.
import { app } from 'electron';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const argv = process.argv.slice(1);
/** @type {string[]} */
const preloads = [];
let target = '';
for (let i = 0; i < argv.length && !target; i++) {
  const arg = argv[i] ?? '';
  if (arg === '-r' || arg === '--require') preloads.push(argv[++i] ?? '');
  else if (arg.startsWith('--require=')) preloads.push(arg.slice('--require='.length));
  else if (!arg.startsWith('-')) target = arg;
}
Object.assign(process, { defaultApp: true });
const require = createRequire(import.meta.url);
for (const file of preloads) require(path.resolve(file)); // Playwright's loader arrives this way
if (!target) {
  console.error('usage: electron <path>');
  process.exit(2);
}
/** @typedef {{setVersion(version: string): void, setAppPath(path: string): void}} Undocumented */
const shell = /** @type {typeof app & Undocumented} */ (app);
const file = path.resolve(target);
let dir = path.dirname(file);
let main = file;
if (fs.statSync(file).isDirectory() || file.endsWith('.asar')) {
  const manifest = JSON.parse(fs.readFileSync(path.join(file, 'package.json'), 'utf8'));
  dir = file;
  main = path.join(file, manifest.main ?? 'index.js');
  shell.setName(manifest.productName ?? manifest.name ?? 'app');
  if (manifest.version) shell.setVersion(manifest.version);
}
shell.setAppPath(dir);
// argv[1] is the app, as in stock Electron. Playwright's loader has shortened argv: look again.
process.argv.splice(1, process.argv.indexOf(target), file);
await import(pathToFileURL(main).href);
