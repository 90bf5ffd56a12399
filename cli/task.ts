// What is asked for and what is to be run, from options to the body of a call.
import fs from 'node:fs';
import path from 'node:path';
import { EXIT, fault, usage } from './fault.ts';
import type { FieldOptions } from './fields.ts';
import type { Need } from './need.ts';
import type { Given, OptionSpecs } from './options.ts';

const KINDS = ['cpu', 'gpu', 'memory'] as const;
const TITLE_MAX = 120;
/** The API's bound on one variable. */
const VARIABLE_MAX = 4096;

export const TASK_OPTIONS: OptionSpecs = {
  title: { type: 'text', value: 'TEXT', what: 'what others see; the command’s name by default' },
  project: { type: 'text', value: 'NAME', what: 'what the cost is attributed to' },
  priority: {
    type: 'number',
    value: 'N',
    what: 'what it is worth, 0 to 100 (5)',
    min: 0,
    max: 100,
  },
  deadline: { type: 'instant', value: 'ISO', what: 'when it must be done: urgency raises bids' },
  env: { type: 'list', value: 'NAME[=VALUE]', what: 'a variable for the command; repeat it' },
};

export const NEED_OPTIONS: OptionSpecs = {
  kind: { type: 'text', value: 'KIND', what: 'cpu, gpu or memory (cpu)', choices: KINDS },
  count: { type: 'whole', value: 'N', what: 'slots of one resource (1)', min: 1, max: 1024 },
  gpus: { type: 'whole', value: 'N', what: 'short for --kind gpu --count N', min: 1, max: 1024 },
  minutes: {
    type: 'number',
    value: 'N',
    what: 'length of the lease; the command is ended with it',
    min: 0.01,
    max: 10_080,
    default: '5',
  },
  model: { type: 'text', value: 'NAME', what: 'words of the device’s name, such as H100' },
  vram: { type: 'bytes', value: 'SIZE', what: 'free video memory per slot, such as 24GiB' },
  memory: { type: 'bytes', value: 'SIZE', what: 'memory per slot, such as 2GiB' },
  ...TASK_OPTIONS,
};

/** Fields of a call, and the options that they come from. */
export const CALL_FIELDS: FieldOptions = {
  'need.kind': '--kind',
  'need.count': '--count',
  'need.durationMs': '--minutes',
  'need.model': '--model',
  'need.vramBytes': '--vram',
  'need.memoryBytes': '--memory',
  need: '--need',
  maxPrice: '--max-price',
  replyByMs: '--reply-by',
  'task.title': '--title',
  'task.project': '--project',
  'task.run': '--program',
  'task.run.argv': '--agent',
  'task.run.env': '--env',
  'run.program': '--program',
  'run.args': 'COMMAND',
  'run.argv': 'COMMAND',
  'valuation.priority': '--priority',
  'valuation.deadline': '--deadline',
};

export function needOf(given: Given): Need {
  const gpus = given.number('gpus');
  const kind = given.text('kind');
  const count = given.number('count');
  if (gpus !== undefined && ((kind ?? 'gpu') !== 'gpu' || count !== undefined)) {
    const detail = '--gpus N stands for --kind gpu --count N: give one or the other';
    throw usage('invalid-value', detail, { field: '--gpus' });
  }
  const [model, vramBytes, memoryBytes] = [
    given.text('model'),
    given.number('vram'),
    given.number('memory'),
  ];
  return {
    kind: gpus === undefined ? (kind ?? 'cpu') : 'gpu',
    count: gpus ?? count ?? 1,
    durationMs: Math.round((given.number('minutes') ?? 0) * 60_000),
    ...(model === undefined ? {} : { model }),
    ...(vramBytes === undefined ? {} : { vramBytes }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  };
}

/** Always given, if empty: the host bids for whoever has said what a task is worth. */
export function valuationOf(given: Given): Record<string, unknown> {
  const priority = given.number('priority');
  const deadline = given.number('deadline');
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(deadline === undefined ? {} : { deadline: new Date(deadline).toISOString() }),
  };
}

/** The task of a command of the caller's own. Throws when the command is not there. */
export function runOf(given: Given): Record<string, unknown> {
  const [name = ''] = given.command;
  const own = given.list('env').map(variable);
  const searchPath = process.env.PATH ?? '';
  checkCommand(name, searchPath);
  const found = `PATH=${searchPath}`;
  // The job finds what its caller would find; nothing else of our environment is written down.
  const env = found.length > VARIABLE_MAX ? own : [found, ...own];
  const run = { argv: given.command, cwd: process.cwd(), env };
  return { ...taskOf(given, titleOf(name)), run };
}

export function taskOf(given: Given, title: string): Record<string, unknown> {
  const project = given.text('project');
  return {
    title: given.text('title') ?? title,
    ...(project === undefined ? {} : { project }),
  };
}

/** The command's bare name: arguments may be private, and everybody sees titles. */
function titleOf(name: string): string {
  const bare = path.basename(name).replace(/[^\p{L}\p{N} ._:@/()+-]+/gu, ' ');
  return bare.replace(/^[^\p{L}\p{N}]+/u, '').slice(0, TITLE_MAX) || 'command';
}

function variable(text: string): string {
  const found = /^([A-Za-z_][A-Za-z0-9_]*)(=[^]*)?$/u.exec(text);
  const name = found?.[1];
  if (name === undefined) {
    const detail = `--env must be NAME or NAME=VALUE, not ${JSON.stringify(text)}`;
    throw usage('invalid-value', detail, { field: '--env' });
  }
  return found?.[2] === undefined ? `${name}=${process.env[name] ?? ''}` : text;
}

/** Before anything is paid for. */
function checkCommand(name: string, searchPath: string): void {
  if (process.platform === 'win32') return; // its rules for endings are the host's to apply
  const places = name.includes('/') ? [''] : searchPath.split(path.delimiter);
  if (places.some((place) => isExecutable(path.resolve(place, name)))) return;
  throw fault('command-not-found', `there is no command ${name}`, {
    field: 'COMMAND',
    exitCode: EXIT.commandNotFound,
    hint: name.includes('/') ? 'check the path' : 'check PATH, or give a path',
  });
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
