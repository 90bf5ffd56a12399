import { app } from 'electron';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { HostEnv } from '../core/contract.ts';

/** Test hooks: only for an unpackaged app that a test started. */
const TESTING = process.env.HAGGLE_TEST === '1' && !app.isPackaged;
const OUT = path.join(import.meta.dirname, '..');

/** What the command line asked for. */
export interface Options {
  dataDir: string;
  demo: boolean;
}

/**
 * Reads the command line. The data folder is `--data-dir`, or the one that `haggle` would take too,
 * so that the command line finds the window's market. Chromium's profile moves into its `window`
 * subfolder, which also ties the single-instance lock to the data: two windows on one ledger cannot
 * be, two ledgers in two windows can.
 */
export function readOptions(argv: readonly string[]): Options {
  const dataDir = path.resolve(valueOf(argv, '--data-dir') ?? defaultDataDir());
  const profile = path.join(dataDir, 'window');
  fs.mkdirSync(profile, { recursive: true, mode: 0o700 });
  app.setPath('userData', profile);
  app.setPath('sessionData', profile);
  return { dataDir, demo: argv.includes('--demo') };
}

/** As core/host/data-dir.ts; test/app/shell.test.ts holds the two together. */
function defaultDataDir(): string {
  const { HAGGLE_DATA_DIR, XDG_DATA_HOME } = process.env;
  if (HAGGLE_DATA_DIR) return HAGGLE_DATA_DIR;
  if (process.platform !== 'linux') return app.getPath('userData');
  return path.join(XDG_DATA_HOME ?? path.join(os.homedir(), '.local/share'), 'haggle');
}

/** The value of `--name VALUE` or `--name=VALUE`. */
export function valueOf(argv: readonly string[], name: string): string | undefined {
  const joined = argv.find((argument) => argument.startsWith(`${name}=`));
  if (joined !== undefined) return joined.slice(name.length + 1);
  const at = argv.indexOf(name);
  return at < 0 ? undefined : argv[at + 1];
}

/** Folder of the page's files. */
export function pageRoot(): string {
  const stub = TESTING ? process.env.HAGGLE_PAGE_ROOT : undefined;
  return path.resolve(stub ?? path.join(OUT, 'renderer'));
}

/** Entry of the host's process. */
export function hostEntry(): string {
  const stub = TESTING ? process.env.HAGGLE_HOST_ENTRY : undefined;
  return path.resolve(stub ?? path.join(OUT, 'main/host.js'));
}

/** Packaged, everything lies in the resources folder; otherwise the bootstrap has said where. */
export function hostEnv(): HostEnv {
  if (!app.isPackaged) {
    const { HAGGLE_SQLITE_NAPI9 = '', HAGGLE_NODE = '' } = process.env;
    return { HAGGLE_SQLITE_NAPI9, HAGGLE_NODE, HAGGLE_OUT: OUT };
  }
  const at = (...parts: string[]) => path.join(process.resourcesPath, ...parts);
  const binding = at('native', 'better_sqlite3.node');
  return {
    HAGGLE_SQLITE_NAPI9: fs.existsSync(binding) ? binding : '',
    HAGGLE_NODE: at('node', process.platform === 'win32' ? 'node.exe' : 'node'),
    HAGGLE_OUT: at('app.asar.unpacked', 'out'),
  };
}
