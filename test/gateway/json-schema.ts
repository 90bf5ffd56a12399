// The part of JSON Schema 2020-12 that Haggle's document uses: values made from a schema, good ones
// and ones that break one rule, for fuzzing by nothing but what is documented.
import assert from 'node:assert/strict';
import fc from 'fast-check';

export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  enum?: string[];
  anyOf?: Schema[];
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  description?: string;
  examples?: string[];
  $ref?: string;
}

const KEYWORDS = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems'],
  ...['enum', 'anyOf', 'minLength', 'maxLength', 'pattern', 'format', 'minimum', 'maximum'],
  ...['multipleOf', 'description', 'examples', '$ref'],
]);
const TYPES = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);

/** Asserts that this is a schema with known keywords that say something, all the way down. */
export function checkSchema(schema: Schema, at: string): void {
  for (const key of Object.keys(schema)) assert.ok(KEYWORDS.has(key), `${at}: unknown ${key}`);
  if (schema.type !== undefined) assert.ok(TYPES.has(schema.type), `${at}: ${schema.type}`);
  if (schema.pattern !== undefined)
    assert.doesNotThrow(() => new RegExp(schema.pattern ?? '', 'u'));
  const { minimum = -Infinity, maximum = Infinity, minLength = 0, maxLength = Infinity } = schema;
  assert.ok(minimum <= maximum && minLength <= maxLength, `${at}: empty range`);
  if (schema.enum !== undefined) {
    assert.equal(new Set(schema.enum).size, schema.enum.length);
    assert.ok(schema.enum.length > 0);
  }
  const properties = schema.properties ?? {};
  for (const name of schema.required ?? [])
    assert.ok(Object.hasOwn(properties, name), `${at}.${name}`);
  for (const [name, inner] of Object.entries(properties)) checkSchema(inner, `${at}.${name}`);
  if (schema.items !== undefined) checkSchema(schema.items, `${at}[]`);
  for (const [i, inner] of (schema.anyOf ?? []).entries()) checkSchema(inner, `${at}|${i}`);
}

/** Values that fit a schema. `known` gives real values for names such as `resourceId`. */
export function fitting(
  schema: Schema,
  known: (name: string) => fc.Arbitrary<unknown> | null,
  name = '',
): fc.Arbitrary<unknown> {
  const real = known(name);
  if (real !== null) return real;
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((s) => fitting(s, known, name)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return record(schema, known);
    case 'array': {
      const { minItems: minLength = 0, maxItems = 5 } = schema;
      const maxLength = Math.min(maxItems, minLength + 4);
      return fc.array(fitting(schema.items ?? {}, known), { minLength, maxLength });
    }
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 2 ** 31 });
    case 'number':
      return numbers(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return texts(schema);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function record(
  schema: Schema,
  known: (name: string) => fc.Arbitrary<unknown> | null,
): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema.properties ?? {});
  const model = Object.fromEntries(fields.map(([k, s]) => [k, fitting(s, known, k)]));
  return fc.record(model, { requiredKeys: schema.required ?? [] });
}

function numbers({ minimum = 0, maximum = 1e9, multipleOf }: Schema): fc.Arbitrary<number> {
  if (multipleOf === undefined) return fc.double({ min: minimum, max: maximum, noNaN: true });
  // Small amounts more often than large ones: those are what deals are made of.
  const steps = fc.oneof(
    fc.integer({ min: 0, max: 100_000_000 }),
    fc.maxSafeInteger().map((n) => Math.min(Math.abs(n), 1e15)),
  );
  return steps.map((n) => Math.min(maximum, Math.max(minimum, n / 1e6)));
}

function texts(schema: Schema): fc.Arbitrary<string> {
  if (schema.examples) return fc.constantFrom(...schema.examples);
  if (schema.format === 'date-time') {
    const noInvalidDate = true;
    const [min, max] = [new Date('2020-01-01'), new Date('2090-01-01')];
    return fc.date({ min, max, noInvalidDate }).map((d) => d.toISOString());
  }
  const { minLength = 0, maxLength = 100, pattern } = schema;
  const plain = fc.stringMatching(/^[A-Za-z][a-z0-9 ]{0,30}$/u);
  const some = pattern === undefined ? plain : fc.oneof(plain, fc.stringMatching(/^[a-z]+$/u));
  return some.map((text) => text.slice(0, maxLength).padEnd(minLength, 'x'));
}

/** A fitting value with one thing in it put wrong: a field gone, unknown, or of another kind. */
export function broken(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.constantFrom<unknown>(-1, 1.5, 2 ** 53, 1e-7, -0.5, 1e308, '', 'x'.repeat(3000), [], {}),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  return fc.tuple(good, fc.nat(), fc.constantFrom('drop', 'add', 'junk', 'all'), junk).map(spoil);
}

function spoil([value, at, how, junk]: [unknown, number, string, unknown]): unknown {
  if (how === 'all' || typeof value !== 'object' || value === null) return junk;
  const copy = { ...value } as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = keys[at % Math.max(1, keys.length)];
  if (how === 'add' || key === undefined) copy[`extra ${at % 7}`] = junk;
  else if (how === 'drop') delete copy[key];
  else copy[key] = spoil([copy[key], at >> 3, at % 2 === 0 ? 'junk' : 'all', junk]);
  return copy;
}
