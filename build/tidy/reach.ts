// Files that nothing reaches, and folders with more than one barrel.
import path from 'node:path';
import { type Complaint, type Source, stringOf, walk } from './source.ts';
import { roomOf } from './walls.ts';

const CODE = /\.(tsx?|mjs|cjs|js|css)$/;
/** Where life starts: npm's one door, every test, every job program. The rest must be reached. */
const ROOTS = [/^build\/bootstrap\.mjs$/, /\.test\.tsx?$/, /^programs\/[^/]+\.ts$/];

/**
 * A file is reached by an import, or by a string that is its path, seen from the root or from the
 * file that says it: that is how the bundler's entries, workers and fixtures are named.
 */
export function checkReach(sources: ReadonlyMap<string, Source>): Complaint[] {
  const queue = [...sources.keys()].filter((file) => ROOTS.some((root) => root.test(file)));
  const reached = new Set(queue);
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const source = sources.get(file);
    for (const next of source ? mentions(source, sources) : []) {
      if (!reached.has(next)) queue.push(next);
      reached.add(next);
    }
  }
  const dead = [...sources.keys()].filter((file) => CODE.test(file) && !reached.has(file));
  const message = 'no entry and no test reaches this file';
  return dead.map((file) => ({ path: file, line: 1, rule: 'dead-file', message }));
}

function mentions(source: Source, sources: ReadonlyMap<string, Source>): string[] {
  const here = path.posix.dirname(source.path);
  return stringsOf(source).flatMap((text) => {
    const name = text.replace(/[?#].*$/, '');
    const places = [path.posix.join(here, name), path.posix.normalize(name)];
    const candidates = places.flatMap((at) => [at, path.posix.join(at, 'index.html')]);
    return candidates.filter((at) => sources.has(at));
  });
}

function stringsOf({ program, text }: Source): string[] {
  if (!program) return [...text.matchAll(/["']([^"']+)["']/g)].map((found) => found[1] ?? '');
  const found: string[] = [];
  for (const [node] of walk(program)) {
    const value = stringOf(node);
    if (value !== null && value.length < 200) found.push(value);
  }
  return found;
}

/** A room has at most one file that only passes on what others export. */
export function checkBarrels(sources: ReadonlyMap<string, Source>): Complaint[] {
  const first = new Map<string, string>();
  const found: Complaint[] = [];
  for (const source of sources.values()) {
    const room = roomOf(source.path)?.path;
    if (!room || !isBarrel(source)) continue;
    const other = first.get(room);
    first.set(room, other ?? source.path);
    const message = `${room} already has the barrel ${other}`;
    if (other) found.push({ path: source.path, line: 1, rule: 'barrel', message });
  }
  return found;
}

function isBarrel({ program }: Source): boolean {
  const body = (program?.body ?? []) as { type: string; source?: unknown }[];
  const passesOn = body.filter(({ type, source }) => type.startsWith('Export') && source);
  return body.length > 0 && passesOn.length === body.length;
}
