// One small file per job, so that a later host can find what an earlier one has left running.
import fs from 'node:fs';
import path from 'node:path';
import { type Hold, parseHold } from './hold.ts';
import { bootId } from './proc.ts';

export interface CrashFile {
  hold: Hold;
  /** The boot in which the job ran: after another one there is nothing to kill. */
  boot: string;
  /** The job's private folder, to be removed. */
  folder: string;
}

/** Where crash files and private folders are, below the data folder. */
export interface JobFolders {
  crash: string;
  work: string;
}

/** Makes both folders; throws when the data folder cannot be written. */
export function jobFolders(dataDir: string): JobFolders {
  const folders = { crash: path.join(dataDir, 'jobs'), work: path.join(dataDir, 'work') };
  for (const folder of Object.values(folders)) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  return folders;
}

/**
 * Writes or replaces the file of a job. It is whole in the kernel's memory when this returns, so
 * no death of the host can lose it; it reaches the disk a little later, which matters only if the
 * machine dies, and then the job dies with it.
 */
export function writeCrashFile(folders: JobFolders, hold: Hold, folder: string): void {
  const file = fileOf(folders, hold.leaseId);
  const aside = `${file}.new`;
  const content: CrashFile = { hold, boot: bootId(), folder };
  const handle = fs.openSync(aside, 'w', 0o600);
  fs.writeSync(handle, JSON.stringify(content));
  fs.renameSync(aside, file);
  fs.fsync(handle, () => fs.close(handle, () => {}));
}

export function removeCrashFile(folders: JobFolders, leaseId: string): void {
  fs.rmSync(fileOf(folders, leaseId), { force: true });
}

/** What earlier hosts have left; a file that is not one of ours reads as null. */
export function readCrashFiles(folders: JobFolders): { file: string; left: CrashFile | null }[] {
  return fs
    .readdirSync(folders.crash)
    .filter((name) => name.endsWith('.json') || name.endsWith('.json.new'))
    .map((name) => path.join(folders.crash, name))
    .map((file) => ({ file, left: parse(file, folders) }));
}

function parse(file: string, folders: JobFolders): CrashFile | null {
  try {
    const value = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<CrashFile>;
    const hold = parseHold(value.hold);
    const { boot, folder } = value;
    if (hold === null || typeof boot !== 'string' || typeof folder !== 'string') return null;
    // What is removed recursively must be where we put it.
    return path.dirname(folder) === folders.work ? { hold, boot, folder } : null;
  } catch {
    return null;
  }
}

function fileOf(folders: JobFolders, leaseId: string): string {
  return path.join(folders.crash, `${leaseId}.json`);
}

/** Removes a private folder, also where the job has made parts of it unreadable. */
export async function removeFolder(folder: string): Promise<void> {
  const remove = () => fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 2 });
  try {
    await remove();
  } catch {
    openUp(folder);
    // Left for the next sweep if this fails too.
    await remove().catch(() => {});
  }
}

function openUp(folder: string): void {
  try {
    fs.chmodSync(folder, 0o700);
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) openUp(path.join(folder, entry.name));
    }
  } catch {
    // Somebody else's: it stays.
  }
}
