// What a route is: its path, who may use it, the shape of its body, and what it does. The OpenAPI
// document is made from the same records, so it cannot tell another story.
import type { Actor, About, CommandBody } from '../../engine/market/commands.ts';
import type { Market } from '../../engine/market/state.ts';
import type { Problem } from '../../engine/protocol/problems.ts';
import type { Shape } from '../../engine/protocol/shape.ts';
import type { Viewer } from '../../engine/view/documents.ts';
import type { Note } from '../loop.ts';
import type { Services } from './services.ts';

/** Anyone (no token), any valid token, the operator, or agents only. */
export type Who = 'anyone' | 'token' | 'operator' | 'agent';

export interface Context {
  actor: Actor;
  viewer: Viewer;
  /** Path parameters, such as `id`, decoded. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** The parsed body; of the type that the route's shape gives. */
  body: unknown;
  services: Services;
  market: Market;
}

/** A reply that is ready. `text` replaces JSON for CSV and metrics. */
export interface Ready {
  status: number;
  body?: unknown;
  text?: { type: string; content: string };
}
/** A command for the loop; the reply comes after the commit. */
export interface ToLoop {
  command: CommandBody;
  show(m: Market, about: About): Record<string, unknown>;
  note?(about: About): Note;
}
export type Outcome = Ready | ToLoop | { problem: Problem } | Promise<Ready | { problem: Problem }>;

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/v1/cfps/{id}/award` */
  path: string;
  who: Who;
  summary: string;
  body?: Shape<unknown>;
  /** Makes something new: success is 201. */
  creates?: true;
  /** Query parameters with a sentence each. */
  query?: Readonly<Record<string, string>>;
  /** Name of what the reply carries, for the document. */
  replies: string;
  handle(c: Context): Outcome;
}

export const ok = (body: Record<string, unknown>, status = 200): Ready => ({ status, body });
export const no = (problem: Problem): { problem: Problem } => ({ problem });

/** Finds the route of a method and path, or the methods that the path does have; null for none. */
export interface Matcher {
  find(
    method: string,
    path: string,
  ): { route: Route; params: Record<string, string> } | { allowed: string[] } | null;
}

/** Paths have at most one parameter, the third segment: two look-ups decide. */
export function createMatcher(routes: readonly Route[]): Matcher {
  const table = new Map<string, Map<string, { route: Route; name: string | null }>>();
  for (const route of routes) {
    const segments = route.path.split('/').slice(1);
    const at = segments.findIndex((s) => s.startsWith('{'));
    const name = at < 0 ? null : (segments[at]?.slice(1, -1) ?? null);
    const key = `/${segments.map((s, i) => (i === at ? ':' : s)).join('/')}`;
    const methods = table.get(key) ?? new Map<string, { route: Route; name: string | null }>();
    methods.set(route.method, { route, name });
    table.set(key, methods);
  }
  return {
    find(method, path) {
      const second = path.indexOf('/', 1);
      const third = second < 0 ? -1 : path.indexOf('/', second + 1);
      const end = third < 0 ? -1 : path.indexOf('/', third + 1);
      const [until, rest] = end < 0 ? [path.length, ''] : [end, path.slice(end)];
      const value = third < 0 ? undefined : path.slice(third + 1, until);
      const key = third < 0 ? path : `${path.slice(0, third + 1)}:${rest}`;
      const methods = table.get(path) ?? table.get(key);
      if (methods === undefined || value === '') return null;
      const found = methods.get(method);
      if (found === undefined) return { allowed: [...methods.keys()].sort() };
      if (found.name === null || value === undefined) return { route: found.route, params: {} };
      return { route: found.route, params: { [found.name]: safeDecode(value) } };
    },
  };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
