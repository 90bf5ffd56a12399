// One run of an experiment as one document: what the CLI prints and the API answers.
import { BadInput, type Experiment, type Findings, type Settings } from './experiment.ts';
import type { Chart } from './plot/chart.ts';
import { experimentOf } from './registry.ts';
import { initialSettings, withFields } from './settings.ts';

export interface Run extends Omit<Findings, 'chart'> {
  experiment: string;
  seed: number;
  params: Readonly<Record<string, unknown>>;
}

/**
 * Runs an experiment with a value for each of its settings.
 * @returns the document, and the chart of experiments that have one
 * @throws BadInput for an input that does not fit, with the field
 */
export function runExperiment(
  experiment: Experiment,
  seed: number,
  settings: Settings,
  input: unknown,
): { run: Run; chart: Chart | null } {
  const { chart = null, results, checks } = experiment.run(seed, settings, input);
  const params = input === null ? settings : { ...settings, input };
  return { run: { experiment: experiment.name, seed, params, results, checks }, chart };
}

/**
 * Runs an experiment by name.
 * @param fields values for some of its settings
 * @throws BadInput for an unknown name or setting, and for what does not fit, with the field
 */
export function runByName(
  name: string,
  seed: number,
  fields: Readonly<Record<string, unknown>>,
  input: unknown,
): Run {
  const experiment = experimentOf(name);
  if (experiment === null) throw new BadInput('experiment', `there is no experiment ${name}`);
  for (const field of Object.keys(fields)) {
    if (experiment.settings.some((s) => s.name === field)) continue;
    throw new BadInput(`settings.${field}`, `${name} has no such setting`);
  }
  if (input !== null && experiment.input === null) {
    throw new BadInput('input', `${name} takes no input`);
  }
  const settings = withFields(experiment.settings, initialSettings(experiment.settings), fields);
  return runExperiment(experiment, seed, settings, input).run;
}
