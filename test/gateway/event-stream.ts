// A reader of server-sent events, as any library would read them.
import http from 'node:http';

export interface SseEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

export interface StreamReader {
  readonly status: number;
  readonly type: string;
  readonly events: SseEvent[];
  /** The whole body of a refusal. */
  readonly text: string;
  /** Resolves when an event with this sequence number, or a later one, has come. */
  reached(seq: number, limitMs?: number): Promise<void>;
  /** Resolves when the host has closed the stream. */
  readonly closed: Promise<void>;
  pause(): void;
  resume(): void;
  close(): void;
}

export function openEvents(
  url: string,
  token: string | null,
  { from, last, path }: { from?: number | string; last?: string; path?: string } = {},
): Promise<StreamReader> {
  const query = from === undefined ? '' : `?from=${from}`;
  const headers: Record<string, string> = {
    accept: 'text/event-stream',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(last === undefined ? {} : { 'last-event-id': last }),
  };
  return new Promise((resolve, reject) => {
    const address = `${url}${path ?? '/v1/events'}${query}`;
    const req = http.request(address, { headers, agent: false }, (res) => {
      const reader = readerOf(req, res);
      if (res.statusCode === 200) resolve(reader);
      else void reader.closed.then(() => resolve(reader));
    });
    req.on('error', reject);
    req.end();
  });
}

function readerOf(req: http.ClientRequest, res: http.IncomingMessage): StreamReader {
  const events: SseEvent[] = [];
  let buffer = '';
  let wake = (): void => {};
  const ended = new Promise<void>((resolve) => res.on('close', () => resolve()));
  res.setEncoding('utf8');
  res.on('error', () => {}); // a stream that is cut off ends; what came before counts
  res.on('data', (chunk: string) => {
    buffer += chunk;
    if (res.statusCode !== 200) return;
    let end = buffer.indexOf('\n\n');
    for (; end >= 0; end = buffer.indexOf('\n\n')) {
      const found = parse(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
      if (found !== null) events.push(found);
    }
    wake();
  });
  return {
    status: res.statusCode ?? 0,
    type: res.headers['content-type'] ?? '',
    events,
    get text() {
      return buffer;
    },
    closed: ended,
    reached(seq, limitMs = 5000) {
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no event ${seq} yet`)), limitMs);
        wake = () => {
          if (Number(events.at(-1)?.id ?? 0) < seq) return;
          clearTimeout(late);
          resolve();
        };
        wake();
      });
    },
    pause: () => void res.pause(),
    resume: () => void res.resume(),
    close: () => void req.destroy(),
  };
}

function parse(block: string): SseEvent | null {
  const field = (name: string): string =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2))
      .join('\n');
  if (field('id') === '') return null; // a comment, or `retry`
  const data = JSON.parse(field('data')) as Record<string, unknown>;
  return { id: field('id'), event: field('event'), data };
}
