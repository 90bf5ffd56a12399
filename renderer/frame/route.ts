// Where the screen is, as text in the address: page, the thing it shows, filters, the selection.
// Pure: the store beside it writes and reads the address bar.

export const PAGES = ['floor', 'negotiation', 'machine', 'bank', 'settings'] as const;
export type Page = (typeof PAGES)[number];

export interface Route {
  page: Page;
  /** What the page shows: a conversation, a resource. */
  id: string | null;
  /** Filters and tabs of the page. */
  params: Readonly<Record<string, string>>;
  /** What the inspector shows; it stays while the pages change. */
  selected: string | null;
}

export const HOME: Route = { page: 'floor', id: null, params: {}, selected: null };
const SELECTED = 'sel';

export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#\/?/u, '');
  const at = text.indexOf('?');
  const path = at < 0 ? text : text.slice(0, at);
  const query = new URLSearchParams(at < 0 ? '' : text.slice(at + 1));
  const [page, id] = path.split('/');
  if (!isPage(page)) return HOME;
  const params: Record<string, string> = {};
  for (const [name, value] of query) if (name !== SELECTED) params[name] = value;
  return { page, id: id ? decode(id) : null, params, selected: query.get(SELECTED) };
}

export function formatRoute({ page, id, params, selected }: Route): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== '') query.set(name, value);
  if (selected !== null) query.set(SELECTED, selected);
  const path = id === null ? page : `${page}/${encodeURIComponent(id)}`;
  const text = query.toString();
  return `#/${path}${text ? `?${text}` : ''}`;
}

function isPage(text: string | undefined): text is Page {
  return PAGES.some((page) => page === text);
}
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export type Thing = 'agent' | 'call' | 'lease' | 'resource' | 'project';
const THINGS: Record<string, Thing> = { agt: 'agent', cfp: 'call', lse: 'lease', res: 'resource' };
const ID = /^([a-z]{3})_[0-9a-z]{6,16}$/u;
const PROJECT = 'project:';

/** Kind of a thing by its id; projects have names, so theirs get a prefix. */
export function thingOf(id: string): Thing | null {
  if (id.startsWith(PROJECT)) return 'project';
  return THINGS[ID.exec(id)?.[1] ?? ''] ?? null;
}
export const projectId = (name: string): string => PROJECT + name;
export const projectOf = (id: string): string => id.slice(PROJECT.length);
