// Where a person's market lives, and the host that may be running on it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** As core/host/data-dir.ts; test/cli/find-host.test.ts holds the two together. */
export function defaultDataDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env.HAGGLE_DATA_DIR) return path.resolve(env.HAGGLE_DATA_DIR);
  const home = os.homedir();
  if (process.platform === 'win32') {
    return path.join(env.APPDATA ?? path.join(home, 'AppData', 'Roaming'), 'Haggle');
  }
  if (process.platform === 'darwin') {
    return path.join(home, 'Library', 'Application Support', 'Haggle');
  }
  return path.join(env.XDG_DATA_HOME ?? path.join(home, '.local', 'share'), 'haggle');
}

/** The address that a host left in its data directory; it may have been killed since. */
export function presentUrl(dataDir: string): string | null {
  try {
    const text = fs.readFileSync(path.join(dataDir, 'host.json'), 'utf8');
    const { url } = JSON.parse(text) as { url?: unknown };
    return typeof url === 'string' && new URL(url).protocol === 'http:' ? url : null;
  } catch {
    return null; // not there, or not whole: no host to be found this way
  }
}

/** The operator's token, or null where this account cannot read one. */
export function operatorToken(dataDir: string): string | null {
  try {
    return fs.readFileSync(path.join(dataDir, 'operator.token'), 'utf8').trim();
  } catch {
    return null;
  }
}
