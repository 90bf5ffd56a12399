// A message in the reference system's own words, for those who read or compare traces.
import type { Message, Payload } from './message.ts';

/** Its seven fields, by its names. `timestamp` is virtual: the messages sent before this one. */
export interface WireMessage {
  type: string;
  sender: string;
  receiver: string;
  /** Prices in credits, amounts in hours. */
  payload: Readonly<Record<string, unknown>>;
  id: string;
  timestamp: number;
  reply_to: string | null;
}

export function wireOf(message: Message): WireMessage {
  const { type, sender, receiver, payload, id, timestamp, replyTo } = message;
  return { type, sender, receiver, payload: namesOf(payload), id, timestamp, reply_to: replyTo };
}

/** The price first: it is what a reader looks for. */
function namesOf({ resource, maxPrice, yourReputation, ...rest }: Payload): WireMessage['payload'] {
  return {
    ...(maxPrice === undefined ? {} : { max_price: maxPrice }),
    ...rest,
    ...(yourReputation === undefined ? {} : { your_reputation: yourReputation }),
    ...(resource === undefined
      ? {}
      : {
          resource: {
            gpu_hours: resource.gpuHours,
            cpu_hours: resource.cpuHours,
            memory_gb_hours: resource.memoryGbHours,
          },
        }),
  };
}
