import { LIMITS } from '../../engine/base/limits.ts';
import { Invalid } from '../../engine/protocol/shape.ts';
import { problem } from '../../engine/protocol/problems.ts';

/** A bounded integer of the query string. Throws Invalid with the parameter's name. */
export function intParam(
  query: URLSearchParams,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = /^\d{1,16}$/u.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  const detail = `${name} must be a whole number from ${min} to ${max}`;
  throw new Invalid(problem('invalid-field', detail, { field: name }));
}

/** One of a closed list in the query string, or undefined. Throws Invalid. */
export function choiceParam<T extends string>(
  query: URLSearchParams,
  name: string,
  values: readonly T[],
): T | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const found = values.find((v) => v === text);
  if (found !== undefined) return found;
  const detail = `${name} must be one of ${values.join(', ')}`;
  throw new Invalid(problem('invalid-field', detail, { field: name }));
}

/** One page of things in id order: those after `cursor`; `next` is the cursor of the next page. */
export function page<T extends { id: string }>(
  all: readonly T[],
  query: URLSearchParams,
): { items: T[]; next: string | null } {
  const limit = intParam(query, 'limit', LIMITS.pageDefault, 1, LIMITS.pageMax);
  const cursor = query.get('cursor');
  const start = cursor === null ? 0 : all.findIndex((x) => x.id === cursor) + 1;
  if (cursor !== null && start === 0) {
    throw new Invalid(problem('invalid-field', 'the cursor is not known', { field: 'cursor' }));
  }
  const items = all.slice(start, start + limit);
  const more = start + limit < all.length;
  return { items, next: more ? (items.at(-1)?.id ?? null) : null };
}
