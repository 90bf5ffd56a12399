// What this window shows: the route (kept in the address bar, so back works) and small switches.
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { formatRoute, HOME, type Page, parseRoute, type Route } from './route.ts';

export type Theme = 'system' | 'light' | 'dark';

export interface ViewState {
  route: Route;
  theme: Theme;
  paletteOpen: boolean;
  keysOpen: boolean;
}

const THEME = 'haggle:theme';

export const viewStore = createStore<ViewState>(() => ({
  route: HOME,
  theme: 'system',
  paletteOpen: false,
  keysOpen: false,
}));

export function useView<T>(pick: (state: ViewState) => T): T {
  return useStore(viewStore, pick);
}
export const useRoute = (): Route => useView((s) => s.route);
/** One filter of the page, '' when it is not set. */
export const useParam = (name: string): string => useView((s) => s.route.params[name] ?? '');

/** Reads the address and follows it; call once, after the token has been taken out of it. */
export function startView(): void {
  const read = () => viewStore.setState({ route: parseRoute(location.hash) });
  window.addEventListener('hashchange', read);
  read();
  setTheme(storedTheme());
}

/** Adds an entry to the history, or replaces the present one for what is not worth a step back. */
function show(route: Route, replace = false): void {
  const hash = formatRoute(route);
  if (hash === location.hash) return;
  if (replace) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  viewStore.setState({ route });
}
const present = (): Route => viewStore.getState().route;

export function goTo(page: Page, id: string | null = null, params: Route['params'] = {}): void {
  show({ page, id, params, selected: present().selected });
}
/** Opens the inspector on a thing; null closes it. */
export function select(id: string | null): void {
  if (id !== present().selected) show({ ...present(), selected: id });
}
/** A conversation on its page. */
export function openCall(id: string): void {
  goTo('negotiation', id);
}
/** Where a link to a thing leads; the selection of the present page is kept. */
export function hrefTo(page: Page, id: string | null = null, params: Route['params'] = {}): string {
  return formatRoute({ page, id, params, selected: null });
}
/** Sets one filter of the present page; '' removes it. Typing must not fill the history. */
export function setParam(name: string, value: string): void {
  const route = present();
  const params = { ...route.params, [name]: value };
  show({ ...route, params }, true);
}
export function setParams(changes: Record<string, string>): void {
  const route = present();
  show({ ...route, params: { ...route.params, ...changes } }, true);
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(THEME, theme);
  } catch {
    // A page without storage keeps it for this visit only.
  }
  viewStore.setState({ theme });
}
function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(THEME);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

export const setPalette = (open: boolean): void => viewStore.setState({ paletteOpen: open });
export const setKeys = (open: boolean): void => viewStore.setState({ keysOpen: open });
