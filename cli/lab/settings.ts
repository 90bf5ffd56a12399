// `--set` for one experiment, or for several that do not all have the same settings.
import { BadInput, type Experiment, type Settings } from '../../core/lab/experiment.ts';
import { readSettings } from '../../core/lab/settings.ts';
import { closest } from '../closest.ts';
import { usage } from '../fault.ts';

/** What does not fit is a fault with its field; a wrong name gets the nearest right one. */
export function checked<T>(experiment: Experiment, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const { field, message } = error;
    const hint = nearest(field, namesOf([experiment]));
    throw usage('invalid-value', message, { field, ...hint });
  }
}

export const settingsOf = (experiment: Experiment, pairs: readonly string[]): Settings =>
  checked(experiment, () => readSettings(experiment.settings, pairs));

/**
 * Each setting goes to every experiment that has it.
 * @throws a usage fault for one that none of them has, or that does not fit one of them
 */
export function settingsOfAll(
  experiments: readonly Experiment[],
  pairs: readonly string[],
): Map<Experiment, Settings> {
  const known = namesOf(experiments);
  for (const field of pairs.map(nameIn)) {
    if (known.includes(field)) continue;
    const detail = `none of these experiments has a setting ${field}`;
    throw usage('invalid-value', detail, { field, ...nearest(field, known) });
  }
  return new Map(
    experiments.map((experiment) => {
      const own = namesOf([experiment]);
      const fitting = pairs.filter((pair) => own.includes(nameIn(pair)));
      return [experiment, settingsOf(experiment, fitting)];
    }),
  );
}

const nameIn = (pair: string): string => pair.split('=', 1)[0] ?? '';

const namesOf = (experiments: readonly Experiment[]): string[] => [
  ...new Set(experiments.flatMap(({ settings }) => settings.map(({ name }) => name))),
];

function nearest(field: string, names: readonly string[]): { hint?: string } {
  const near = names.includes(field) ? null : closest(field, names);
  return near === null ? {} : { hint: `--set ${near}=...` };
}
