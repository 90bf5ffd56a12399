import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HOST } from './origin.ts';

// React Flow and Recharts set inline styles; nothing else needs an exception.
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript'],
  ['.css', 'text/css'],
  ['.json', 'application/json'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.woff2', 'font/woff2'],
]);

/**
 * Answers a request for app://haggle/... from the folder `root`. Anything that is not a file of it,
 * a foreign host or a path that leaves the folder is 404: an exception would show as
 * ERR_UNEXPECTED.
 */
export async function servePageFile(root: string, url: string): Promise<Response> {
  const file = fileOf(root, url);
  if (file === null) return notFound();
  try {
    const body = await readFile(file);
    const type = TYPES.get(path.extname(file)) ?? 'application/octet-stream';
    return new Response(new Uint8Array(body), {
      headers: {
        'content-type': type,
        'content-security-policy': CSP,
        'x-content-type-options': 'nosniff',
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
      },
    });
  } catch {
    return notFound();
  }
}

function fileOf(root: string, url: string): string | null {
  try {
    const { host, pathname } = new URL(url);
    const name = decodeURIComponent(pathname).replace(/^[/\\]+/, '') || 'index.html';
    const file = path.resolve(root, name);
    return host === HOST && file.startsWith(root + path.sep) ? file : null;
  } catch {
    return null; // a malformed escape
  }
}

function notFound(): Response {
  return new Response('not found', { status: 404, headers: { 'content-security-policy': CSP } });
}
