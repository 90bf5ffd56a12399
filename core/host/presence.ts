// The note that a running host leaves in its data directory, so that the command line finds it. It
// may be out of date after a kill: whoever reads it asks the address before believing it.
import fs from 'node:fs';
import path from 'node:path';

/** What `host.json` holds. */
export interface Presence {
  url: string;
  pid: number;
  /** ISO 8601. */
  startedAt: string;
}

/**
 * Says where the host of this data directory listens. Returns what takes the note back. A full disk
 * is no reason not to run: then there is no note, and `--url` still finds the host.
 */
export function announce(dataDir: string, url: string): () => void {
  const file = path.join(dataDir, 'host.json');
  const presence: Presence = { url, pid: process.pid, startedAt: new Date().toISOString() };
  // Renamed into place: nobody reads half of it.
  const next = `${file}.next`;
  const remove = (): void => {
    for (const one of [next, file]) fs.rmSync(one, { force: true });
  };
  try {
    fs.rmSync(next, { force: true });
    fs.writeFileSync(next, `${JSON.stringify(presence)}\n`, { mode: 0o600 });
    fs.renameSync(next, file);
  } catch {
    remove();
  }
  return remove;
}
