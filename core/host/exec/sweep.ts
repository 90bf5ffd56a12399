// What an earlier host has left behind, because it and its leash died together.
import fs from 'node:fs';
import path from 'node:path';
import { childGroups, killCgroup, processesIn, removeCgroupSoon } from './cgroup.ts';
import { type CrashFile, type JobFolders, readCrashFiles, removeFolder } from './crash-file.ts';
import { membersOf, strikeUntilEmpty } from './kill.ts';
import { bootId } from './proc.ts';

const KILL_MS = 5000;

/** Kills and removes it, except what belongs to the marks in `live`. How many processes it was. */
export async function sweepLeftovers(
  folders: JobFolders,
  cgroupBase: string | null,
  live: ReadonlySet<string>,
): Promise<number> {
  let killed = 0;
  for (const { file, left } of readCrashFiles(folders)) {
    if (left !== null && live.has(left.hold.mark)) continue;
    const { before, after } = left === null ? NOTHING : await end(left);
    killed += before - after;
    // What could not be killed stays on the list for the next sweep.
    if (after === 0) fs.rmSync(file, { force: true });
  }
  // Groups that have no file: the host died between making one and writing it down.
  for (const group of cgroupBase === null ? [] : childGroups(cgroupBase)) {
    if (!live.has(path.basename(group))) killed += await endGroup(group);
  }
  for (const name of fs.readdirSync(folders.work)) {
    if (!live.has(name)) await removeFolder(path.join(folders.work, name));
  }
  return killed;
}

const NOTHING = { before: 0, after: 0 };

/** Members before and after. A pid of an earlier boot names somebody else: it is left alone. */
async function end({ hold, boot }: CrashFile): Promise<{ before: number; after: number }> {
  if (boot !== bootId()) return NOTHING;
  const before = membersOf(hold, false).length;
  const after = before === 0 ? 0 : await strikeUntilEmpty(hold, KILL_MS, false);
  if (hold.cgroup !== null) await removeCgroupSoon(hold.cgroup);
  return { before, after };
}

async function endGroup(group: string): Promise<number> {
  const count = processesIn(group).length;
  if (count > 0) killCgroup(group);
  await removeCgroupSoon(group);
  return count;
}
