// The leash: a process of its own that ends every job when the host is gone. It learns from its
// standard input which jobs there are; when that ends without a goodbye, the host has died, even by
// SIGKILL, and everything on the list dies. A host that hangs is no excuse either: what is still on
// the list at its hard end is killed too.
//
// Argument: the folder of the jobs' control groups, to be removed when the host has died.
// One JSON value a line: {"hold": Hold}, {"release": mark}, {"bye": true}.
import { createInterface } from 'node:readline';
import { removeCgroup, removeCgroupSoon } from './cgroup.ts';
import { type Hold, parseHold } from './hold.ts';
import { strike, strikeUntilEmpty } from './kill.ts';

/** The host is first to act at a hard end; only what it left alone is struck from here. */
const HOST_FIRST_MS = 250;
/** Up to here everything must have died after the host did. */
const KILL_MS = 5000;
/** From fork to exec, with every core busy. */
const STARTING_MS = 300;
/** Longer timers fire at once; longer leases are looked at again. */
const TIMER_MS_MAX = 2 ** 31 - 1;

const held = new Map<string, Hold>();
const timers = new Map<string, NodeJS.Timeout>();
let parted = false;

function take(line: string): void {
  let message: { hold?: unknown; release?: unknown; bye?: unknown };
  try {
    message = JSON.parse(line) as typeof message;
  } catch {
    return;
  }
  if (message.bye === true) parted = true;
  if (typeof message.release === 'string') release(message.release);
  const hold = parseHold(message.hold);
  if (hold !== null) keep(hold);
}

function keep(hold: Hold): void {
  release(hold.mark);
  held.set(hold.mark, hold);
  const wait = Math.max(0, hold.hardAt - Date.now() + HOST_FIRST_MS);
  const later = () => (wait > TIMER_MS_MAX ? keep(hold) : strike(hold, true));
  timers.set(hold.mark, setTimeout(later, Math.min(wait, TIMER_MS_MAX)));
}

function release(mark: string): void {
  clearTimeout(timers.get(mark));
  timers.delete(mark);
  held.delete(mark);
}

async function end(): Promise<void> {
  for (const timer of timers.values()) clearTimeout(timer);
  if (!parted) {
    const left = [...held.values()];
    for (const hold of left) strike(hold, true);
    await Promise.all(left.map(finish));
    const [, , base] = process.argv;
    if (base !== undefined) removeCgroup(base);
  }
  process.exit(0);
}

async function finish(hold: Hold): Promise<void> {
  await strikeUntilEmpty(hold, KILL_MS, true);
  if (hold.pid === null) {
    // The host died while it started this one: look again when the process has got its name.
    await new Promise((resolve) => setTimeout(resolve, STARTING_MS));
    await strikeUntilEmpty(hold, KILL_MS, true);
  }
  if (hold.cgroup !== null) await removeCgroupSoon(hold.cgroup);
}

// Whoever ends the host by a signal to all processes must not end the leash before its work.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

const input = createInterface({ input: process.stdin, crlfDelay: Infinity });
input.on('line', take);
input.on('close', () => void end());
// The host waits for this line: from now on it may die.
process.stdout.write('ready\n');
