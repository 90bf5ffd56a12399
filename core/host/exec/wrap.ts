// The small shell around a command. It goes into the job's fence before the command exists, and
// where the fence keeps no books it tells the CPU time afterwards.
import os from 'node:os';
import type { Fence } from './hold.ts';

/** Tools found by `detect`, absolute paths. */
export interface Tools {
  shell: string;
  nice: string | null;
  /** `unshare` with its arguments, for the namespace fence. */
  unshare: readonly string[] | null;
}

export interface Wrapped {
  file: string;
  args: string[];
  /** Whether the shell will write its report to file descriptor 3. */
  reports: boolean;
}

/** The job's variables are set only inside the fence: LD_PRELOAD in them could fork before it. */
const EXPORT = 'while [ "$1" != -- ]; do export "$1"; shift; done; shift';
const JOIN = `echo 0 >"$1/cgroup.procs" || exit 125; shift; ${EXPORT}; exec "$@"`;
/**
 * The subshell keeps the command's redirections to itself, so that what the shell says about its
 * death goes into the report and not into the job's output. The trap lets the shell outlive a
 * SIGTERM for the whole group; the command gets the usual handling back.
 */
const REPORT = [
  'exec 4>&2 2>&3',
  'trap : HUP INT QUIT TERM',
  `( ${EXPORT}; exec "$@" 2>&4 3>&- 4>&- )`,
  'rc=$?',
  '{ echo "rc $rc"; times; } >&3',
  'exit $rc',
].join('\n');

/** The command line that runs `argv` inside the fence. `argv[0]` is an absolute path. */
export function wrapCommand(
  fence: Fence,
  tools: Tools,
  job: {
    argv: readonly string[];
    env: Readonly<Record<string, string>>;
    nice: number;
    cgroup: string | null;
  },
): Wrapped {
  const [first = '', ...rest] = job.argv;
  if (fence === 'process-tree') return { file: first, args: rest, reports: false };
  const exported = Object.entries(job.env).map(([name, value]) => `${name}=${value}`);
  const command = [...exported, '--', ...job.argv];
  const join = fence === 'cgroup' && job.cgroup !== null;
  const line = [
    ...(job.nice > 0 && tools.nice !== null ? [tools.nice, '-n', String(job.nice)] : []),
    ...(fence === 'pid-namespace' ? (tools.unshare ?? []) : []),
    tools.shell,
    '-c',
    join ? JOIN : REPORT,
    'haggle-job',
    ...(join ? [job.cgroup ?? ''] : []),
    ...command,
  ];
  const [file = '', ...args] = line;
  return { file, args, reports: !join };
}

/** What the shell told at the end. */
export interface ShellReport {
  /** Status as shells give it: 128 + n after signal n. */
  status: number;
  /** The shell said in words that a signal ended the command. */
  saidSignal: boolean;
  cpuSeconds: number;
}

/** Reads the report; null when the shell was killed before it could write it whole. */
export function parseReport(text: string): ShellReport | null {
  const found = /^rc (\d{1,3})\n(.*\n)(.*)\n/m.exec(text);
  if (!found) return null;
  const times = (found[3] ?? '').trim().split(/\s+/).map(secondsOf);
  const cpuSeconds = times.reduce((sum, one) => sum + one, 0);
  if (times.length !== 2 || !Number.isFinite(cpuSeconds)) return null;
  const saidSignal = text.slice(0, found.index).trim() !== '';
  return { status: Number(found[1]), saidSignal, cpuSeconds };
}

/** `1m2.345s`, in some languages with a comma. */
function secondsOf(time: string): number {
  const found = /^(\d+)m(\d+(?:[.,]\d+)?)s$/.exec(time);
  return found ? Number(found[1]) * 60 + Number((found[2] ?? '').replace(',', '.')) : NaN;
}

export interface Ending {
  exitCode: number | null;
  signal: string | null;
}

/**
 * Exit code or signal from a shell's status. A shell gives 143 both for `exit 143` and for death by
 * SIGTERM; dash and busybox say in words which (`tells`), except for SIGINT and SIGPIPE. Where it
 * is not told, 128 + n of an existing signal counts as that signal.
 */
export function endingOf(report: ShellReport, tells: boolean): Ending {
  const number = report.status - 128;
  const signal = Object.entries(os.constants.signals).find(([, n]) => n === number)?.[0];
  if (signal === undefined) return { exitCode: report.status, signal: null };
  const untold = !tells || signal === 'SIGINT' || signal === 'SIGPIPE';
  if (report.saidSignal || untold) return { exitCode: null, signal };
  return { exitCode: report.status, signal: null };
}
