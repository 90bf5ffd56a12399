// Arguments of a program, checked against the catalogue: by the program itself before it starts,
// and by the host before it starts the program.
import type { Argument, Program } from '../catalogue.ts';

export type Values = Readonly<Record<string, number | string | null>>;

export type Parsed =
  | { ok: true; values: Values }
  /** `field` is the argument at fault, without dashes, or the program's name. */
  | { ok: false; field: string; detail: string };

/** Reads `--name value` pairs strictly: nothing unknown, nothing twice, nothing out of bounds. */
export function parseArguments(program: Program, argv: readonly string[]): Parsed {
  const values: Record<string, number | string | null> = {};
  for (const one of program.arguments) values[one.name] = one.default;
  const seen = new Set<string>();
  for (let i = 0; i < argv.length; i += 2) {
    const flag = argv[i] ?? '';
    const name = flag.startsWith('--') ? flag.slice(2) : '';
    const known = program.arguments.find((one) => one.name === name);
    if (!known) {
      const names = program.arguments.map((one) => `--${one.name}`).join(', ');
      return refuse(name || program.name, `${quote(flag)} is not one of ${names}`);
    }
    if (seen.has(name)) return refuse(name, `--${name} is given twice`);
    seen.add(name);
    const value = argv[i + 1];
    if (value === undefined) return refuse(name, `--${name} needs a value`);
    const parsed = parseValue(known, value);
    if (parsed === null)
      return refuse(name, `--${name} must be ${wanted(known)}, not ${quote(value)}`);
    values[name] = parsed;
  }
  return { ok: true, values };
}

/** A whole number of an argument that has a default. */
export function integerOf(values: Values, name: string): number {
  const value = values[name];
  if (typeof value !== 'number') throw new TypeError(`--${name} is no number in the catalogue`);
  return value;
}

function parseValue(argument: Argument, value: string): number | string | null {
  if (argument.kind === 'choice') return argument.choices.includes(value) ? value : null;
  const form = argument.kind === 'integer' ? /^\d{1,15}$/ : /^\d{1,15}(\.\d{1,6})?$/;
  if (!form.test(value)) return null;
  const number = Number(value);
  return number < argument.min || number > argument.max ? null : number;
}

function wanted(argument: Argument): string {
  if (argument.kind === 'choice') return `one of ${argument.choices.join(', ')}`;
  const kind = argument.kind === 'integer' ? 'a whole number' : 'a number';
  return `${kind} from ${argument.min} to ${argument.max}`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}

function refuse(field: string, detail: string): Parsed {
  return { ok: false, field, detail };
}
