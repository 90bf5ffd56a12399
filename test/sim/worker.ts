// A thread that lives through worlds. One message is one stretch of seeds.
import { parentPort } from 'node:worker_threads';
import type { Invariant } from './oracle/accuse.ts';
import { planted } from './mutants.ts';
import { runWorld } from './world.ts';

export interface Stretch {
  from: number;
  count: number;
  /** The bug that is planted, and the invariant that is not looked at. */
  mutant: string | null;
  off: Invariant | null;
}
export interface Report {
  worlds: number;
  events: number;
  /** The first world in which something was found; the stretch ends there. */
  found: { seed: number; invariant: string; message: string } | null;
}

function live({ from, count, mutant, off }: Stretch): Report {
  const plant = mutant === null ? undefined : planted(mutant);
  let events = 0;
  for (let i = 0; i < count; i++) {
    const outcome = runWorld(from + i, plant, off);
    events += outcome.events;
    if (outcome.violation === null) continue;
    const { invariant, message } = outcome.violation;
    return { worlds: i + 1, events, found: { seed: from + i, invariant, message } };
  }
  return { worlds: count, events, found: null };
}

parentPort?.on('message', (stretch: Stretch) => parentPort?.postMessage(live(stretch)));
