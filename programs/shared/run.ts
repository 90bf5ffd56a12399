// What every program does around its work: arguments in, progress once a second on stderr, exactly
// one JSON line on stdout, and a polite end on SIGTERM.
import { programNamed } from '../catalogue.ts';
import { parseArguments, type Values } from './arguments.ts';

/** One run of the work. `steps` yields how much of it is done, 0..1, every few milliseconds. */
export interface Work {
  steps(): Generator<number, void>;
  /** What there is so far; the whole result once `steps` has ended. */
  result(): Record<string, unknown>;
  /** Hex SHA-256 that depends on the arguments only, or null before the end. */
  checksum(): string | null;
}

/** A check that the work makes on itself did not hold: the machine, or the program, is broken. */
export class WrongResult extends Error {
  override name = 'WrongResult';
}

const BAD_ARGUMENT = 2;
const TERMINATED = 128 + 15;
/** Between two looks at signals and clocks. */
const SLICE_MS = 20;
const PROGRESS_MS = 1000;

/**
 * Runs a program of the catalogue to its end. Exit codes: 0 done, 1 its own check failed, 2 a bad
 * argument (named on stderr), 143 stopped by SIGTERM with `"partial":true` in the line.
 */
export async function runProgram(name: string, prepare: (values: Values) => Work): Promise<void> {
  const program = programNamed(name);
  if (!program) throw new Error(`${name} is not in the catalogue`);
  const parsed = parseArguments(program, process.argv.slice(2));
  if (!parsed.ok) {
    process.stderr.write(`${name}: ${parsed.detail}\n`);
    process.exitCode = BAD_ARGUMENT;
    return;
  }
  let stopped = false;
  process.on('SIGTERM', () => (stopped = true));
  const startedAt = performance.now();
  const forMs = typeof parsed.values.seconds === 'number' ? parsed.values.seconds * 1000 : 0;
  let rounds = 0;
  let partial = false;
  let checksum: string | null = null;
  let work: Work;
  const say = progressLine(name);
  try {
    do {
      work = prepare(parsed.values);
      const round = rounds + 1;
      const finished = await drive(
        work,
        (done) => say(round, done),
        () => stopped,
      );
      if (!finished) {
        partial = true;
        break;
      }
      rounds += 1;
      const now = work.checksum();
      if (checksum !== null && now !== checksum) throw new WrongResult(`${now} after ${checksum}`);
      checksum = now;
      partial = stopped && performance.now() - startedAt < forMs;
    } while (!partial && performance.now() - startedAt < forMs);
  } catch (error) {
    if (!(error instanceof WrongResult)) throw error;
    process.stderr.write(`${name}: wrong result: ${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  if (partial) process.exitCode = TERMINATED;
  print(name, parsed.values, work, { rounds, checksum, partial, startedAt });
}

/** Steps through one round; false when it was stopped on the way. */
async function drive(
  work: Work,
  say: (done: number) => void,
  stopped: () => boolean,
): Promise<boolean> {
  const steps = work.steps();
  let finished = false;
  for (;;) {
    const sliceEnd = performance.now() + SLICE_MS;
    let done = 0;
    do {
      const step = steps.next();
      finished = step.done === true;
      done = step.done ? 1 : step.value;
    } while (!finished && performance.now() < sliceEnd);
    say(done);
    // A signal is only delivered when the event loop turns.
    await new Promise((resolve) => setImmediate(resolve));
    if (finished || stopped()) return finished;
  }
}

/** Says how far it is, at most once a second however short the rounds are. */
function progressLine(name: string): (round: number, done: number) => void {
  let saidAt = performance.now();
  return (round, done) => {
    const now = performance.now();
    if (now - saidAt < PROGRESS_MS) return;
    saidAt = now;
    process.stderr.write(`${name}: round ${round}, ${(done * 100).toFixed(1)} %\n`);
  };
}

interface Ending {
  rounds: number;
  checksum: string | null;
  partial: boolean;
  startedAt: number;
}

function print(name: string, args: Values, work: Work, ending: Ending): void {
  const { user, system } = process.cpuUsage();
  const line = {
    program: name,
    args,
    result: work.result(),
    checksum: ending.checksum,
    rounds: ending.rounds,
    elapsedMs: Math.round(performance.now() - ending.startedAt),
    cpuSeconds: (user + system) / 1e6,
    ...(ending.partial ? { partial: true } : {}),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
