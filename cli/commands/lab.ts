// `haggle lab`: experiments on a market of their own, without a host.
import fs from 'node:fs';
import { BadInput, type Check, type Experiment, type Setting } from '../../core/lab/experiment.ts';
import { readSettings } from '../../core/lab/settings.ts';
import { closest } from '../closest.ts';
import { alone, type Command, type Context } from '../command.ts';
import { fault, usage } from '../fault.ts';
import { findingsText } from '../findings.ts';

/** Loaded when it is asked for: no other command should wait for it. */
const registry = () => import('../../core/lab/registry.ts');

const FILE_BYTES_MAX = 4 * 1024 * 1024;

const settingText = (setting: Setting): string => {
  const range = 'min' in setting ? `${setting.min} to ${setting.max}` : setting.options.join(' | ');
  return `    ${setting.name}=${setting.initial}  ${setting.summary} (${range})\n`;
};

async function list({ out }: Context): Promise<void> {
  const { EXPERIMENTS } = await registry();
  const experiments = EXPERIMENTS.map(({ name, summary, settings, input }) => {
    return { name, summary, settings, input };
  });
  const text = experiments.map(({ name, summary, settings, input }) => {
    const takes = input === null ? '' : `    --input: ${input}\n`;
    return `${name}\n  ${summary}\n${settings.map(settingText).join('')}${takes}`;
  });
  out.answer({ experiments }, () => text.join('\n'));
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

/** The parsed document of a file, or of stdin for `-`. */
async function readInput(file: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const stream = file === '-' ? process.stdin : fs.createReadStream(file);
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > FILE_BYTES_MAX) break;
    }
  } catch (error) {
    throw badFile(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
  }
  if (size > FILE_BYTES_MAX) throw badFile(`${file} has more than ${FILE_BYTES_MAX} bytes`);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (error) {
    throw badFile(`${file} is not JSON: ${(error as Error).message}`);
  }
}

const badFile = (detail: string): Error => usage('invalid-value', detail, { field: '--input' });

/** What does not fit is a fault with its field; a wrong name gets the nearest right one. */
function checked<T>(experiment: Experiment, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const { field, message } = error;
    const names = experiment.settings.map(({ name }) => name);
    const near = names.includes(field) ? null : closest(field, names);
    const hint = near === null ? {} : { hint: `--set ${near}=...` };
    throw usage('invalid-value', message, { field, ...hint });
  }
}

async function run({ given, out }: Context): Promise<void> {
  const experiment = await named(given.argument('name'));
  const file = given.text('input');
  if (file !== undefined && experiment.input === null) {
    const detail = `${experiment.name} takes no input`;
    throw usage('invalid-value', detail, { field: '--input', hint: 'haggle lab list' });
  }
  const settings = checked(experiment, () => readSettings(experiment.settings, given.list('set')));
  const input = file === undefined ? null : await readInput(file);
  if (file !== undefined && input === null) throw badFile(`${file} holds nothing but null`);
  const seed = given.number('seed') ?? 1;
  const { results, checks } = checked(experiment, () => experiment.run(seed, settings, input));
  const params = input === null ? settings : { ...settings, input };
  const document = { experiment: experiment.name, seed, params, results, checks };
  out.answer(document, () => findingsText(document));
  refuseFailed(checks);
}

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
    what: 'runs an experiment and checks it against known values',
    notes: `No host takes part. The same seed, settings and input give the same document. It
ends with 1 when a check fails.`,
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
    },
    pairs: 'set',
    run,
  }),
];
