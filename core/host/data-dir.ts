// Where a person's market lives when nobody says otherwise.
import os from 'node:os';
import path from 'node:path';

/** The default data directory of this account, by the conventions of the platform. */
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
