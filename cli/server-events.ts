// Reading server-sent events, as the WHATWG describes them: blocks of lines, ended by an empty one.
import type { Readable } from 'node:stream';

export interface ServerEvent {
  /** The last id seen, '' before the first. */
  id: string;
  type: string;
  data: string;
}

/** The events of a response body, in order; comments and heartbeats are passed over. */
export async function* serverEvents(body: Readable): AsyncGenerator<ServerEvent> {
  body.setEncoding('utf8');
  let rest = '';
  let id = '';
  for await (const chunk of body) {
    const blocks = `${rest}${chunk}`.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = readBlock(block);
      id = event.id ?? id;
      if (event.data !== null) yield { id, type: event.type, data: event.data };
    }
  }
}

function readBlock(block: string): { id: string | null; type: string; data: string | null } {
  const found = { id: null as string | null, type: 'message', data: null as string | null };
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /u, '');
    if (name === 'id') found.id = value;
    else if (name === 'event') found.type = value;
    else if (name === 'data') found.data = found.data === null ? value : `${found.data}\n${value}`;
  }
  return found;
}
