// Shapes: one description of a value that both parses untrusted input and prints its JSON Schema,
// so that what the API documents and what it accepts cannot drift apart.
import { type Credits, fromDecimal, MICRO } from '../base/credits.ts';
import { LIMITS } from '../base/limits.ts';
import { problem, type Problem } from './problems.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/** Parses an unknown value at a dotted path; throws Invalid. Carries its JSON Schema (2020-12). */
export interface Shape<T> {
  parse(value: unknown, path: string): T;
  readonly schema: JsonSchema;
  readonly optional?: boolean;
}

/** Input that does not fit its shape. Never leaves the codec: `read` turns it into a Problem. */
export class Invalid extends Error {
  override name = 'Invalid';
  readonly problem: Problem;
  constructor(p: Problem) {
    super(p.detail);
    this.problem = p;
  }
}

export type Read<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** Parses input that may be anything at all. */
export function read<T>(shape: Shape<T>, value: unknown): Read<T> {
  try {
    return { ok: true, value: shape.parse(value, '') };
  } catch (e) {
    if (e instanceof Invalid) return { ok: false, problem: e.problem };
    throw e;
  }
}

/** Refuses a value; `wanted` completes the sentence "… must be". */
export function refuse(path: string, wanted: string, value: unknown): never {
  const name = path === '' ? 'the body' : path;
  throw new Invalid(
    problem('invalid-field', `${name} must be ${wanted}, not ${show(value)}`, {
      field: path === '' ? '(body)' : path,
    }),
  );
}

/** A short, safe rendering of a value for a message. */
function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') {
    return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value);
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

export function text(options: {
  max?: number;
  min?: number;
  pattern?: string;
  wanted?: string;
}): Shape<string> {
  const { min = 1, max = LIMITS.nameLengthMax, pattern } = options;
  const re = pattern === undefined ? null : new RegExp(pattern, 'u');
  const wanted = options.wanted ?? `a string of ${min} to ${max} characters`;
  return {
    schema: {
      type: 'string',
      minLength: min,
      maxLength: max,
      ...(pattern === undefined ? {} : { pattern }),
    },
    parse(value, path) {
      if (typeof value !== 'string') return refuse(path, wanted, value);
      if (value.length < min || value.length > max) return refuse(path, wanted, value);
      if (re !== null && !re.test(value)) return refuse(path, wanted, value);
      if (CONTROL.test(value)) return refuse(path, 'text without control characters', value);
      return value;
    },
  };
}
// eslint-style tools warn about control characters in patterns; refusing them is the point here.
const CONTROL = new RegExp('[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]', 'u');

export function integer(min: number, max: number): Shape<number> {
  const wanted = `a whole number from ${min} to ${max}`;
  return {
    schema: { type: 'integer', minimum: min, maximum: max },
    parse(value, path) {
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
        return refuse(path, wanted, value);
      }
      return value < min || value > max ? refuse(path, wanted, value) : value;
    },
  };
}

export function decimal(min: number, max: number): Shape<number> {
  const wanted = `a number from ${min} to ${max}`;
  return {
    schema: { type: 'number', minimum: min, maximum: max },
    parse(value, path) {
      if (typeof value !== 'number' || !Number.isFinite(value)) return refuse(path, wanted, value);
      return value < min || value > max ? refuse(path, wanted, value) : value;
    },
  };
}

/** Credits as a JSON number with at most 6 decimals; micro-credits inside. */
export function amount(options: { min?: number } = {}): Shape<Credits> {
  const least = options.min ?? 0;
  const wanted = `credits from ${least} to ${LIMITS.amountMax} with at most 6 decimals`;
  return {
    schema: {
      type: 'number',
      minimum: least,
      maximum: LIMITS.amountMax,
      multipleOf: 1 / MICRO,
      description: 'credits, at most 6 decimals',
    },
    parse(value, path) {
      if (typeof value !== 'number') return refuse(path, wanted, value);
      const micro = fromDecimal(value);
      if (micro === null || value < least || value > LIMITS.amountMax) {
        return refuse(path, wanted, value);
      }
      return micro;
    },
  };
}

export const flag: Shape<boolean> = {
  schema: { type: 'boolean' },
  parse: (value, path) => (typeof value === 'boolean' ? value : refuse(path, 'a boolean', value)),
};

/** One of a closed list of strings. */
export function oneOf<const T extends readonly string[]>(values: T): Shape<T[number]> {
  const known = new Set<unknown>(values);
  return {
    schema: { type: 'string', enum: values },
    parse(value, path) {
      return known.has(value)
        ? (value as T[number])
        : refuse(path, `one of ${values.join(', ')}`, value);
    },
  };
}

export function list<T>(item: Shape<T>, max: number, min = 0): Shape<T[]> {
  return {
    schema: { type: 'array', items: item.schema, minItems: min, maxItems: max },
    parse(value, path) {
      if (!Array.isArray(value) || value.length > max || value.length < min) {
        return refuse(path, `an array of ${min} to ${max} items`, value);
      }
      return value.map((v, i) => item.parse(v, join(path, String(i))));
    },
  };
}

/** May be absent; null is not absence. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> & { readonly optional: true } {
  return {
    schema: shape.schema,
    optional: true,
    parse: (value, path) => (value === undefined ? undefined : shape.parse(value, path)),
  };
}

/** May be null, for fields that can be cleared. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return {
    schema: { anyOf: [shape.schema, { type: 'null' }] },
    parse: (value, path) => (value === null ? null : shape.parse(value, path)),
  };
}

type Fields = { readonly [name: string]: Shape<unknown> };
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends { readonly optional: true } ? K : never;
}[keyof F];
export type ObjectOf<F extends Fields> = {
  [K in Exclude<keyof F, OptionalKeys<F>>]: ReturnType<F[K]['parse']>;
} & { [K in OptionalKeys<F>]?: Exclude<ReturnType<F[K]['parse']>, undefined> };

/** An object with exactly these fields; unknown ones are refused by name. */
export function object<F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const entries = Object.entries(fields);
  const required = entries.filter(([, s]) => s.optional !== true).map(([name]) => name);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, s]) => [name, s.schema])),
    required,
    additionalProperties: false,
  };
  return {
    schema,
    parse(value, path) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return refuse(path, 'an object', value);
      }
      const source = value as Record<string, unknown>;
      for (const key in source) {
        if (!Object.hasOwn(fields, key)) throw unknownField(join(path, key), Object.keys(fields));
      }
      const out: Record<string, unknown> = {};
      for (const [name, shape] of entries) {
        const given = Object.hasOwn(source, name) ? source[name] : undefined;
        if (given === undefined && shape.optional !== true) throw missing(join(path, name));
        const parsed = shape.parse(given, join(path, name));
        if (parsed !== undefined) out[name] = parsed;
      }
      return out as ObjectOf<F>;
    },
  };
}

function unknownField(field: string, known: string[]): Invalid {
  const short = field.length > 80 ? `${field.slice(0, 80)}…` : field;
  return new Invalid(
    problem('unknown-field', `${short} is not a field here`, {
      field: short,
      hint: `known fields: ${known.join(', ') || 'none'}`,
    }),
  );
}

function missing(field: string): Invalid {
  return new Invalid(problem('missing-field', `${field} is required`, { field }));
}

/** A shape for a string, another for everything else: `need` as a sentence or as an object. */
export function textOr<T>(sentence: Shape<T>, structured: Shape<T>): Shape<T> {
  return {
    schema: { anyOf: [sentence.schema, structured.schema] },
    parse: (value, path) =>
      typeof value === 'string' ? sentence.parse(value, path) : structured.parse(value, path),
  };
}

/** Length of a text in UTF-8. */
function bytesOf(json: string): number {
  let bytes = 0;
  for (const char of json) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Any JSON value of bounded depth and size, kept as it is. Cycles cannot occur in parsed JSON. */
export function anyJson(bytesMax: number): Shape<unknown> {
  const depthOk = (value: unknown, left: number): boolean => {
    if (typeof value !== 'object' || value === null) return true;
    return left > 0 && Object.values(value).every((v) => depthOk(v, left - 1));
  };
  return {
    schema: { description: `any JSON, at most ${bytesMax} bytes, ${LIMITS.jsonDepthMax} levels` },
    parse(value, path) {
      if (value === undefined) return refuse(path, 'a JSON value', value);
      if (!depthOk(value, LIMITS.jsonDepthMax)) {
        return refuse(path, `JSON of at most ${LIMITS.jsonDepthMax} levels`, value);
      }
      if (bytesOf(JSON.stringify(value)) > bytesMax) {
        return refuse(path, `JSON of at most ${bytesMax} bytes`, value);
      }
      return value;
    },
  };
}
