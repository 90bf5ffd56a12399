// Reading an experiment's input document: whatever does not fit is refused with the field's name.
import { BadInput } from './experiment.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The document itself, which must be an object. */
export function fieldsOf(input: unknown, field = 'input'): Fields {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Fields;
  throw new BadInput(field, `must be an object, not ${shown(input)}`);
}

/** @throws BadInput for more than `max` entries, or what is no list */
export function listOf(value: unknown, field: string, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadInput(field, `must be a list, not ${shown(value)}`);
  if (value.length > max) throw new BadInput(field, `has ${value.length} entries, at most ${max}`);
  return value as unknown[];
}

export function numberOf(
  value: unknown,
  field: string,
  { min, max, whole = false }: { min: number; max: number; whole?: boolean },
): number {
  const fits = typeof value === 'number' && value >= min && value <= max;
  if (fits && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'a whole number' : 'a number';
  throw new BadInput(field, `must be ${kind} from ${min} to ${max}, not ${shown(value)}`);
}

export function choiceOf<T extends string>(
  value: unknown,
  field: string,
  options: readonly T[],
): T {
  const found = options.find((option) => option === value);
  if (found !== undefined) return found;
  throw new BadInput(field, `must be one of ${options.join(', ')}, not ${shown(value)}`);
}

export function textOf(value: unknown, field: string, max: number): string {
  if (typeof value === 'string' && value !== '' && value.length <= max) return value;
  throw new BadInput(field, `must be a text of 1 to ${max} characters, not ${shown(value)}`);
}

const SHOWN_MAX = 40;

/** A value in a message, on one line and never long. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = Array.isArray(value) ? 'a list' : String(JSON.stringify(value));
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
