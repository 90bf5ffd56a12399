// A lease's output as it is written, and the lease itself when it has ended. A lost connection is
// taken up again where it broke.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { LeaseDoc } from './documents.ts';
import { asFault, fault, type Fault } from './fault.ts';

export interface Sink {
  /** Resolves when there is room for more. */
  write(stream: 'stdout' | 'stderr', text: string): Promise<void>;
  /** Output that was already dropped when we came. */
  missed(characters: number): void;
}

const TRIES = 5;
const RETRY_MS = 300;

/** Follows to the end. Throws a Fault when the host stays away, or does not let us. */
export async function followLease(client: Client, leaseId: string, sink: Sink): Promise<LeaseDoc> {
  const path = `/v1/leases/${leaseId}/follow`;
  let position: string | null = null;
  let why: Fault | null = null;
  for (let failures = 0; failures < TRIES; failures++) {
    if (failures > 0) await sleep(RETRY_MS * failures);
    try {
      const stop = new AbortController();
      for await (const { id, type, data } of client.events(path, position, stop.signal)) {
        position = id;
        failures = 0;
        if (type === 'end') return (JSON.parse(data) as { lease: LeaseDoc }).lease;
        await hand(sink, type, data);
      }
    } catch (error) {
      why = asFault(error);
      if (why.problem.code !== 'no-host') throw why;
    }
  }
  throw why ?? fault('no-host', `the host ended while ${leaseId} was running`);
}

async function hand(sink: Sink, type: string, data: string): Promise<void> {
  if (type === 'output') {
    const { stream, text } = JSON.parse(data) as { stream: 'stdout' | 'stderr'; text: string };
    await sink.write(stream, text);
  } else if (type === 'dropped') {
    sink.missed((JSON.parse(data) as { characters: number }).characters);
  }
}

/** Writes to a stream of ours at the pace of its reader. */
export function writeTo(target: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (target.write(text)) resolve();
    else target.once('drain', resolve);
  });
}
