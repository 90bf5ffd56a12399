// A request's bytes as JSON. Strict where readers of JSON differ: text that is not UTF-8 and names
// that occur twice are refused, so that nobody can mean something else than we read.
import { problem, type Problem } from '../../engine/protocol/problems.ts';

export type Parsed = { ok: true; text: string; value: unknown } | { ok: false; problem: Problem };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BODY = { field: '(body)' };

/** The body and its text; undefined for an empty one. */
export function parseBody(bytes: Buffer): Parsed {
  if (bytes.length === 0) return { ok: true, text: '', value: undefined };
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: problem('malformed-json', 'the body is not JSON', BODY) };
  }
  const twice = repeatedName(text);
  if (twice === null) return { ok: true, text, value };
  const field = twice.slice(0, 80);
  return { ok: false, problem: problem('invalid-field', `${field} occurs twice`, { field }) };
}

/** A string before a colon is a name; other strings are only skipped. */
const TOKEN = /"((?:[^"\\]|\\.)*)"(?=\s*:)|"(?:[^"\\]|\\.)*"|[{}]/gu;

/** The first name that occurs twice in one object of a valid JSON text, or null. */
function repeatedName(text: string): string | null {
  const open: Set<string>[] = [];
  for (const [token, raw] of text.matchAll(TOKEN)) {
    if (raw !== undefined) {
      const name = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    } else if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
  }
  return null;
}
