// A document of the API that follows something on screen: asked again when `key` changes, at most
// twice a second, and never shown for another thing than it was asked for.
import { useEffect, useState } from 'react';
import { useLink } from './hooks.ts';
import { ask } from './link.ts';

export interface Loaded<T> {
  value: T | null;
  /** What went wrong, in words; '' when nothing did. */
  problem: string;
}

const PACE_MS = 500;
const NOTHING = { value: null, problem: '' };

/**
 * @param path null asks nothing
 * @param key changes when the answer may have changed
 */
export function useDocument<T>(path: string | null, key: string | number = ''): Loaded<T> {
  const [loaded, setLoaded] = useState<(Loaded<T> & { path: string }) | null>(null);
  const live = useLink((s) => s.state === 'live');
  const wanted = path === null ? null : `${path}\n${key}`;
  useEffect(() => {
    if (wanted === null || !live) return;
    const at = wanted.slice(0, wanted.indexOf('\n'));
    let current = true;
    const load = async () => {
      mark(at);
      try {
        const value = await ask<T>('GET', at);
        if (current) setLoaded({ path: at, value, problem: '' });
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        const kept = (was: (Loaded<T> & { path: string }) | null) =>
          was?.path === at ? was.value : null;
        if (current) setLoaded((was) => ({ path: at, value: kept(was), problem }));
      }
    };
    const timer = setTimeout(() => void load(), pause(at));
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted, live]);
  return loaded !== null && loaded.path === path ? loaded : NOTHING;
}

/** When each path was asked last. */
const askedAt = new Map<string, number>();
const REMEMBERED = 64;

function pause(path: string): number {
  return Math.max(0, (askedAt.get(path) ?? -PACE_MS) + PACE_MS - performance.now());
}
function mark(path: string): void {
  askedAt.delete(path);
  askedAt.set(path, performance.now());
  for (const old of askedAt.keys()) {
    if (askedAt.size <= REMEMBERED) return;
    askedAt.delete(old);
  }
}
