// Options as data: what a command takes, how it is read, and what is said when it is wrong. One
// description gives the parsing, the messages and the help.
import { parseArgs } from 'node:util';
import { closest } from './closest.ts';
import { type Fault, usage } from './fault.ts';
import { readBytes, readSpan } from './units.ts';

export type OptionType =
  'flag' | 'text' | 'list' | 'number' | 'whole' | 'bytes' | 'span' | 'instant';

export interface OptionSpec {
  type: OptionType;
  /** The name of the value in help, such as `N`. */
  value?: string;
  /** One line for a person. */
  what: string;
  /** Bounds of numbers, and of spans in ms. */
  min?: number;
  max?: number;
  choices?: readonly string[];
  /** As it would be typed. */
  default?: string;
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** One positional argument. */
export interface ArgumentSpec {
  name: string;
  optional?: boolean;
}

export interface Takes {
  options: OptionSpecs;
  arguments?: readonly ArgumentSpec[];
  /** Whether `-- COMMAND...` may follow. */
  command?: 'needed' | 'allowed';
  /** The list option that bare words with a `=` belong to: `--set a=1 b=2` is `--set` twice. */
  pairs?: string;
}

type Value = string | number | boolean | string[];

/** What was given, read and checked. Asking for an option that was not declared throws. */
export interface Given {
  flag(name: string): boolean;
  text(name: string): string | undefined;
  list(name: string): string[];
  /** Also bytes, spans in ms and instants in epoch ms. */
  number(name: string): number | undefined;
  /** The positional argument of that name; '' for an optional one that was left out. */
  argument(name: string): string;
  /** What followed `--`. */
  readonly command: readonly string[];
}

/** Reads a command's arguments. Throws a usage fault that names what is wrong. */
export function readOptions(title: string, args: readonly string[], takes: Takes): Given {
  const { options } = takes;
  const types = Object.entries(options).map(([name, { type }]) => {
    const string = type !== 'flag';
    return [name, { type: string ? ('string' as const) : ('boolean' as const) }] as const;
  });
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(types),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const end = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? Infinity;
  const values = new Map<string, Value>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'option') readOption(title, token, options, values);
    if (token.kind !== 'positional' || token.index > end) continue;
    if (takes.pairs === undefined || !token.value.includes('=')) words.push(token.value);
    else append(values, takes.pairs, token.value);
  }
  for (const [name, spec] of Object.entries(options)) {
    if (spec.default !== undefined && !values.has(name)) {
      values.set(name, valueOf(`--${name}`, spec, spec.default));
    }
  }
  const command = end === Infinity ? [] : args.slice(end + 1);
  const named = readArguments(title, words, command, takes, end !== Infinity);
  return givenOf(options, values, named, command);
}

interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function readOption(
  title: string,
  token: OptionToken,
  options: OptionSpecs,
  values: Map<string, Value>,
): void {
  const { name, rawName, value } = token;
  const spec = Object.hasOwn(options, name) && rawName.startsWith('--') ? options[name] : undefined;
  if (spec === undefined) throw unknownOption(title, rawName, options);
  if (spec.type === 'flag') {
    if (value !== undefined) throw usage('invalid-value', `${rawName} takes no value`, at(rawName));
    values.set(name, true);
    return;
  }
  const missing = value === undefined || (token.inlineValue !== true && value.startsWith('--'));
  if (missing) {
    const detail = `${rawName} needs a value: ${spec.what}`;
    throw usage('missing-value', detail, at(rawName));
  }
  if (spec.type === 'list') append(values, name, value);
  else if (values.has(name)) {
    throw usage('invalid-value', `${rawName} is given twice`, at(rawName));
  } else values.set(name, valueOf(rawName, spec, value));
}

function append(values: Map<string, Value>, name: string, value: string): void {
  const before = values.get(name);
  values.set(name, [...(Array.isArray(before) ? before : []), value]);
}

/** The bare command line is a command of its own. */
const helpFor = (title: string): string =>
  title === 'haggle' ? 'haggle help' : `haggle help ${title}`;
const at = (field: string): { field: string } => ({ field });

function unknownOption(title: string, rawName: string, options: OptionSpecs): Fault {
  const near = closest(rawName.replace(/^-+/u, ''), Object.keys(options));
  const hint = near === null ? helpFor(title) : `--${near}`;
  const detail = `${title} has no option ${rawName}`;
  return usage('unknown-option', detail, { field: rawName, hint });
}

function valueOf(name: string, spec: OptionSpec, text: string): Value {
  switch (spec.type) {
    case 'text':
      return choiceOf(name, spec, text);
    case 'number':
      return numberOf(name, spec, text, /^-?(\d+\.?\d*|\.\d+)$/u, 'a number');
    case 'whole':
      return numberOf(name, spec, text, /^-?\d{1,16}$/u, 'a whole number');
    case 'bytes':
      return orWrong(name, readBytes(text), 'a size such as 24GiB or 512MiB', text);
    case 'span':
      return bounded(name, spec, orWrong(name, readSpan(text), 'a time such as 90s or 5m', text));
    case 'instant':
      return instantOf(name, text);
    default:
      return text;
  }
}

function choiceOf(name: string, { choices }: OptionSpec, text: string): string {
  if (choices === undefined || choices.includes(text)) return text;
  const near = closest(text, choices);
  const hint = near === null ? undefined : `${name} ${near}`;
  const detail = `${name} must be one of ${choices.join(', ')}, not ${JSON.stringify(text)}`;
  throw usage('invalid-value', detail, { ...at(name), ...(hint === undefined ? {} : { hint }) });
}

function numberOf(
  name: string,
  spec: OptionSpec,
  text: string,
  form: RegExp,
  what: string,
): number {
  return bounded(name, spec, form.test(text) ? Number(text) : wrong(name, what, text));
}

function bounded(name: string, { min, max, type }: OptionSpec, value: number): number {
  if (value >= (min ?? -Infinity) && value <= (max ?? Infinity)) return value;
  const unit = type === 'span' ? ' ms' : '';
  const range = max === undefined ? `at least ${min}` : `from ${min ?? 0} to ${max}`;
  throw usage('invalid-value', `${name} must be ${range}${unit}, not ${value}`, at(name));
}

function instantOf(name: string, text: string): number {
  const instant = /^\d{4}-\d\d-\d\dT/u.test(text) ? Date.parse(text) : NaN;
  return orWrong(name, Number.isNaN(instant) ? null : instant, 'as 2026-03-01T18:00:00Z', text);
}

function orWrong(name: string, value: number | null, what: string, text: string): number {
  return value ?? wrong(name, what, text);
}

function wrong(name: string, what: string, text: string): never {
  throw usage('invalid-value', `${name} must be ${what}, not ${JSON.stringify(text)}`, at(name));
}

function readArguments(
  title: string,
  words: readonly string[],
  command: readonly string[],
  takes: Takes,
  terminated: boolean,
): Map<string, string> {
  const wanted = takes.arguments ?? [];
  const extra = words[wanted.length];
  if (extra !== undefined) {
    const hint =
      takes.command === undefined
        ? helpFor(title)
        : `haggle ${title} -- ${words.slice(wanted.length).join(' ')}`;
    throw usage('unexpected-argument', `${title} does not know what to do with ${extra}`, {
      field: extra,
      hint,
    });
  }
  const lacking = wanted.find((spec, i) => spec.optional !== true && words[i] === undefined);
  if (lacking !== undefined) {
    const hint = helpFor(title);
    const field = lacking.name;
    throw usage('missing-value', `${title} needs ${field.toUpperCase()}`, { field, hint });
  }
  if (takes.command === 'needed' && command.length === 0) {
    const hint = `haggle ${title} -- sleep 2`;
    throw usage('missing-value', `${title} needs a command after --`, { field: 'COMMAND', hint });
  }
  if (takes.command === undefined && terminated) {
    throw usage('unexpected-argument', `${title} runs no command`, { field: 'COMMAND' });
  }
  return new Map(wanted.map((spec, i) => [spec.name, words[i] ?? '']));
}

function givenOf(
  options: OptionSpecs,
  values: ReadonlyMap<string, Value>,
  named: ReadonlyMap<string, string>,
  command: readonly string[],
): Given {
  const get = (name: string): Value | undefined => {
    if (!Object.hasOwn(options, name)) throw new Error(`the option ${name} is not declared`);
    return values.get(name);
  };
  return {
    flag: (name) => get(name) === true,
    text(name) {
      const value = get(name);
      return typeof value === 'string' ? value : undefined;
    },
    list(name) {
      const value = get(name);
      return Array.isArray(value) ? value : [];
    },
    number(name) {
      const value = get(name);
      return typeof value === 'number' ? value : undefined;
    },
    argument: (name) => named.get(name) ?? '',
    command,
  };
}
