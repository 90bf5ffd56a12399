// `haggle lab`: experiments on a market of their own, without a host.
import type { Check, Experiment, Setting } from '../../core/lab/experiment.ts';
import type { Run } from '../../core/lab/run.ts';
import { closest } from '../closest.ts';
import { alone, type Command, type Context } from '../command.ts';
import { fault, usage } from '../fault.ts';
import { findingsText, summaryText } from '../findings.ts';
import { type Folder, openFolder } from '../lab/folder.ts';
import { readInput } from '../lab/input.ts';
import { checked, settingsOf, settingsOfAll } from '../lab/settings.ts';

/** Loaded when they are asked for: no other command should wait for them. */
const registry = () => import('../../core/lab/registry.ts');
const groups = () => import('../../core/lab/groups.ts');
const running = () => import('../../core/lab/run.ts');

const settingText = (setting: Setting): string => {
  const range = 'min' in setting ? `${setting.min} to ${setting.max}` : setting.options.join(' | ');
  return `    ${setting.name}=${setting.initial}  ${setting.summary} (${range})\n`;
};

async function list({ out }: Context): Promise<void> {
  const { EXPERIMENTS } = await registry();
  const { ANCESTOR_GROUPS } = await groups();
  const experiments = EXPERIMENTS.map(({ name, summary, settings, input }) => {
    return { name, summary, settings, input };
  });
  const text = experiments.map(({ name, summary, settings, input }) => {
    const takes = input === null ? '' : `    --input: ${input}\n`;
    return `${name}\n  ${summary}\n${settings.map(settingText).join('')}${takes}`;
  });
  const several = Object.entries(ANCESTOR_GROUPS).map(
    ([word, names]) =>
      `${word}\n  ${names.join(', ')}: the reference system's experiment ${word}.\n`,
  );
  out.answer({ experiments, groups: ANCESTOR_GROUPS }, () =>
    [...text, ...several, 'all\n  Every experiment, one after the other.\n'].join('\n'),
  );
}

async function named(name: string): Promise<Experiment> {
  const { experimentOf, EXPERIMENTS } = await registry();
  const found = experimentOf(name);
  if (found !== null) return found;
  const names = EXPERIMENTS.map((each) => each.name);
  const near = closest(name, names);
  const hint = near === null ? 'haggle lab list' : `haggle lab run ${near}`;
  throw usage('invalid-value', `there is no experiment ${name}`, { field: 'NAME', hint });
}

async function run(context: Context): Promise<void> {
  const word = context.given.argument('name');
  const { groupOf } = await groups();
  const group = groupOf(word);
  await (group === null ? runOne(context, await named(word)) : runSeveral(context, word, group));
}

async function runOne({ given, out }: Context, experiment: Experiment): Promise<void> {
  const file = given.text('input');
  if (file !== undefined && experiment.input === null) throw takesNone(experiment.name);
  const settings = settingsOf(experiment, given.list('set'));
  const input = file === undefined ? null : await readInput(file);
  const folder = folderOf(given);
  const { runExperiment } = await running();
  const { run: made, chart } = checked(experiment, () =>
    runExperiment(experiment, seedOf(given), settings, input),
  );
  const written = folder?.write(made, chart) ?? [];
  out.answer(made, () => findingsText(made));
  if (written.length > 0) out.say(`wrote ${written.join(', ')}`);
  refuseFailed(made.checks);
}

async function runSeveral(
  { given, out }: Context,
  word: string,
  experiments: readonly Experiment[],
): Promise<void> {
  if (given.text('input') !== undefined) throw takesNone(word);
  const settings = settingsOfAll(experiments, given.list('set'));
  const folder = folderOf(given);
  const { runExperiment } = await running();
  const runs: Run[] = [];
  const written: string[] = [];
  for (const [experiment, own] of settings) {
    const ran = checked(experiment, () => runExperiment(experiment, seedOf(given), own, null));
    runs.push(ran.run);
    written.push(...(folder?.write(ran.run, ran.chart) ?? []));
  }
  // The reference system's three print their tables; of all there would be too many.
  const text = () => (word === 'all' ? summaryText(runs) : runs.map(findingsText).join('\n'));
  out.answer({ runs }, text);
  if (written.length > 0) out.say(`wrote ${written.length} files to ${given.text('out')}`);
  refuseFailedRuns(runs);
}

const seedOf = (given: Context['given']): number => given.number('seed') ?? 1;

function folderOf(given: Context['given']): Folder | null {
  const dir = given.text('out');
  return dir === undefined ? null : openFolder(dir);
}

const takesNone = (name: string): Error =>
  usage('invalid-value', `${name} takes no input`, { field: '--input', hint: 'haggle lab list' });

/** A failed check is a failure, said after the document: throws a fault that names the first. */
export function refuseFailed(checks: readonly Check[]): void {
  const failed = checks.filter(({ ok }) => !ok);
  const [first] = failed;
  if (first === undefined) return;
  const count = `${failed.length} of ${checks.length} checks failed`;
  const { name, expected, actual } = first;
  const detail = `${count}; ${name}: expected ${expected}, got ${actual}`;
  throw fault('check-failed', detail, { field: name });
}

/** The same of several runs: each check by the name of its experiment. */
export function refuseFailedRuns(runs: readonly Run[]): void {
  refuseFailed(
    runs.flatMap(({ experiment, checks }) =>
      checks.map((check) => ({ ...check, name: `${experiment}: ${check.name}` })),
    ),
  );
}

export const LAB: readonly Command[] = [
  alone({
    title: 'lab list',
    what: 'lists the experiments, their settings and what they take',
    example: 'haggle lab list',
    options: {},
    run: list,
  }),
  alone({
    title: 'lab run',
    what: 'runs an experiment, or several, and checks them against known values',
    notes: `NAME is an experiment of lab list, all for every one, or 1, 2 or 3 for those that make
up the reference system's. No host takes part. The same seed, settings and input give the same
document. It ends with 1 when a check fails.`,
    example: 'haggle lab run alternating-offers --seed 7 --set delta1=0.9 delta2=0.8',
    arguments: [{ name: 'name' }],
    options: {
      seed: {
        type: 'whole',
        value: 'N',
        what: 'of all that is drawn',
        min: 0,
        max: Number.MAX_SAFE_INTEGER,
        default: '1',
      },
      input: { type: 'text', value: 'FILE', what: 'JSON document to work on; - is stdin' },
      set: { type: 'list', value: 'KEY=VALUE...', what: 'settings; may be repeated' },
      out: {
        type: 'text',
        value: 'DIR',
        what: 'also write NAME.json, its rows as NAME.csv, and a plot as NAME.svg where it has one',
      },
    },
    pairs: 'set',
    run,
  }),
];
