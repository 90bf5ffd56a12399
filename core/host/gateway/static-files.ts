// The built screen, served to a browser on this machine.
import { readFile } from 'node:fs/promises';
import type http from 'node:http';
import path from 'node:path';

export interface StaticFiles {
  serve(url: string, res: http.ServerResponse, missing: () => void): void;
}

const MIME: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'",
    "form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/** Files below `root`, and nothing else. They need no token: they hold no data. */
export function staticFiles(root: string): StaticFiles {
  const base = path.resolve(root);
  return {
    serve(url, res, missing) {
      const file = fileOf(base, url);
      if (file === null) return missing();
      readFile(file).then((body) => {
        const type = MIME[path.extname(file)] ?? 'application/octet-stream';
        const hashed = file.includes(`${path.sep}assets${path.sep}`);
        const cache = hashed ? 'public, max-age=31536000, immutable' : 'no-cache';
        res.writeHead(200, { ...HEADERS, 'content-type': type, 'cache-control': cache });
        res.end(body);
      }, missing);
    },
  };
}

function fileOf(base: string, url: string): string | null {
  let name: string;
  try {
    name = decodeURIComponent(url.split('?')[0] ?? '/');
  } catch {
    return null;
  }
  const file = path.join(base, path.normalize(name === '/' ? '/index.html' : name));
  return file.startsWith(base + path.sep) && !name.includes('\0') ? file : null;
}
