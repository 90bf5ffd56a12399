// `haggle events`: the journal as CloudEvents, one JSON object a line.
import type { Client } from '../client.ts';
import { type Command, type Context, hosted } from '../command.ts';
import { writeTo } from '../follow-lease.ts';
import { onInterrupt, signalCode } from '../interrupts.ts';

/** What is there now; the stream itself has no end. */
async function history(client: Client, from: number, last: number): Promise<unknown[]> {
  if (from > last) return [];
  const stop = new AbortController();
  const events: unknown[] = [];
  for await (const { id, data } of client.events(pathFrom(from), null, stop.signal)) {
    events.push(JSON.parse(data));
    if (Number(id) >= last) break;
  }
  stop.abort();
  return events;
}

const pathFrom = (from: number): string => `/v1/events?from=${from}`;

async function printEvents({ given, open, out }: Context): Promise<number> {
  const { client } = await open();
  const { seq } = await client.get<{ seq: number }>('/v1/health');
  const from = given.number('from');
  if (out.json) {
    out.answer({ events: await history(client, from ?? 1, seq), seq }, () => '');
    return 0;
  }
  const stop = new AbortController();
  let code = 0;
  const release = onInterrupt((signal) => {
    code = signalCode(signal);
    stop.abort();
  });
  let left = given.number('count') ?? Infinity;
  try {
    for await (const { data } of client.events(pathFrom(from ?? seq + 1), null, stop.signal)) {
      await writeTo(process.stdout, `${data}\n`);
      if (--left <= 0) break;
    }
  } finally {
    release();
    stop.abort();
  }
  return code;
}

export const EVENTS: readonly Command[] = [
  hosted({
    title: 'events',
    what: 'prints events as they happen, one CloudEvent a line',
    notes: `Without --from it starts with what comes next, and goes on until Ctrl-C. With --json it
prints what has happened so far (from --from on) as one document, and ends.`,
    example: 'haggle events --from 1 --count 5',
    options: {
      from: { type: 'whole', value: 'SEQ', what: 'first sequence number', min: 1 },
      count: { type: 'whole', value: 'N', what: 'ends after so many events', min: 1 },
    },
    run: printEvents,
  }),
];
