// Replays one world: `node test/sim/replay.ts --seed N [--mutant ID] [--off ID] [--quiet]`. Prints
// the knobs, every stored event, and what was found.
import { parseArgs } from 'node:util';
import type { Event } from '../../core/engine/market/events.ts';
import { drawKnobs } from './knobs.ts';
import { planted } from './mutants.ts';
import { INVARIANTS, type Invariant } from './oracle/accuse.ts';
import { runWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    off: { type: 'string' },
    mutant: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? 1);
const known = (id: string | undefined): Invariant | null =>
  id !== undefined && id in INVARIANTS ? (id as Invariant) : null;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const plant = values.mutant === undefined ? undefined : planted(values.mutant);
const outcome = runWorld(seed, plant, known(values.off));
if (!values.quiet) {
  print(JSON.stringify(drawKnobs(seed), null, 2));
  for (const text of outcome.texts) print(trace(JSON.parse(text) as Event));
}
print(`seed ${seed}: ${outcome.events} events, head ${outcome.trace}`);
print(outcome.violation?.message ?? 'nothing found');
process.exitCode = outcome.violation === null ? 0 : 1;

function trace({ seq, at, type, ...body }: Event): string {
  return `${String(seq).padStart(4)} +${at % 1_000_000_000} ${type} ${JSON.stringify(body)}`;
}
