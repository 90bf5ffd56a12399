/** A broken invariant: a defect of ours, never bad input. The host stops and recovers from disk. */
export class Broken extends Error {
  override name = 'Broken';
}

/**
 * Stays on in production: a market that is wrong must stop, not go on. What it is about is passed
 * apart, because a text that is put together at every check costs more than the check.
 */
export function assert(
  condition: boolean,
  message: string,
  about: string | number = '',
): asserts condition {
  if (!condition) throw new Broken(`${message} ${about}`.trimEnd());
}

/** The default branch of a closed union. */
export function assertNever(value: never, what: string): never {
  throw new Broken(`${what}: unexpected ${JSON.stringify(value)}`);
}

/** A value that the caller's reasoning says is there. */
export function must<T>(value: T | null | undefined, what: string, id = ''): T {
  if (value === null || value === undefined) {
    throw new Broken(`${what}${id === '' ? '' : ` ${id}`} is missing`);
  }
  return value;
}
