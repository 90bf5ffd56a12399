// What a job sees of this machine: a clean environment, a private folder, and nothing of the
// host's own.
import fs from 'node:fs';
import path from 'node:path';
import { MARK_NAME } from './proc.ts';
import type { JobSpec, StartProblem } from './types.ts';

/** Of the host's variables only these are passed on: they say where things are, not who we are. */
const PASSED_ON = ['PATH', 'LANG', 'LC_ALL', 'TZ'];
/** Windows programs do not start without them. */
const PASSED_ON_WINDOWS = [
  'SystemRoot',
  'SystemDrive',
  'PATHEXT',
  'ComSpec',
  'NUMBER_OF_PROCESSORS',
];
const PATH_WITHOUT_ONE = '/usr/local/bin:/usr/bin:/bin';
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface Environment {
  /** For the shell around the command: nothing in it comes from the job. */
  base: Record<string, string>;
  /** Set inside the fence only. */
  own: Record<string, string>;
}

/** Environment of a job whose private folder is `folder`. */
export function environmentOf(spec: JobSpec, mark: string, folder: string): Environment {
  const base: Record<string, string> = {
    PATH: PATH_WITHOUT_ONE,
    LANG: 'C.UTF-8',
    HOME: folder,
    TMPDIR: folder,
    HAGGLE_LEASE_ID: spec.leaseId,
    HAGGLE_EPOCH: String(spec.epoch),
    HAGGLE_SLOTS: spec.slots.join(','),
    [MARK_NAME]: mark,
  };
  const names = isWindows() ? [...PASSED_ON, ...PASSED_ON_WINDOWS] : PASSED_ON;
  for (const name of names) {
    const value = process.env[name];
    if (value !== undefined && value !== '') base[name] = value;
  }
  if (isWindows()) Object.assign(base, { TEMP: folder, TMP: folder, USERPROFILE: folder });
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(spec.env)) {
    if (!name.startsWith('HAGGLE_')) own[name] = value;
  }
  return { base, own };
}

/** What is wrong with a spec before anything is started; null when it is sound. */
export function problemOf(spec: JobSpec): StartProblem | null {
  const bad = (detail: string): StartProblem => ({ code: 'bad-spec', detail });
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(spec.leaseId)) return bad('the lease id is not an id');
  if (spec.argv.length === 0) return bad('there is no command');
  const texts = [...spec.argv, ...Object.values(spec.env), spec.cwd ?? ''];
  if (texts.some((text) => text.includes('\0'))) return bad('a text holds a NUL character');
  const name = Object.keys(spec.env).find((one) => !NAME.test(one));
  if (name !== undefined) return bad(`${JSON.stringify(name)} cannot name a variable`);
  if (!Number.isInteger(spec.nice) || spec.nice < 0 || spec.nice > 19) {
    return bad('nice must be a whole number from 0 to 19');
  }
  if (!Number.isFinite(spec.deadlineAt)) return bad('there is no deadline');
  if (spec.memoryBytes !== undefined && !(spec.memoryBytes > 0)) return bad('no memory at all');
  if (spec.cwd !== undefined && !isFolder(spec.cwd)) {
    return { code: 'no-such-folder', detail: `there is no folder ${spec.cwd}` };
  }
  return null;
}

/**
 * Absolute path of a command as the job's PATH finds it, or null. A command with a slash in it is
 * looked up from `cwd`, like a shell does.
 */
export function findCommand(name: string, searchPath: string, cwd: string): string | null {
  const hasFolder = name.includes('/') || (isWindows() && name.includes('\\'));
  const places = hasFolder
    ? [path.resolve(cwd, name)]
    : searchPath.split(path.delimiter).map((folder) => path.resolve(cwd, folder, name));
  const endings = isWindows() ? ['', '.exe', '.com'] : [''];
  const candidates = places.flatMap((place) => endings.map((ending) => place + ending));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function isFolder(folder: string): boolean {
  try {
    return fs.statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

function isWindows(): boolean {
  return process.platform === 'win32';
}
