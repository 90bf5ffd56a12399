/** The page's own origin. Everything else is the outside world. */
export const SCHEME = 'app';
export const HOST = 'haggle';
export const START_URL = `${SCHEME}://${HOST}/index.html`;

/**
 * True for an address of our own page. `URL.origin` is the string 'null' for app: addresses in
 * Node, so protocol and host are compared.
 */
export function isOwnPage(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  return protocol === `${SCHEME}:` && host === HOST;
}

/** True for an address that may be opened in the person's browser. */
export function isOpenable(url: unknown): url is string {
  if (typeof url !== 'string' || url.length > 2048 || !URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return protocol === 'https:' && username === '' && password === '';
}
