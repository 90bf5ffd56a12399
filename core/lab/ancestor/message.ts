// The ten message types of the reference system, and how a message answers another.
import type { Units } from './units.ts';

export const MESSAGE_TYPES = [
  'request',
  'offer',
  'counter',
  'accept',
  'reject',
  'query_reputation',
  'reputation_response',
  'allocate',
  'release',
  'default',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** What a message says; which fields there are depends on its type. Prices are in credits. */
export interface Payload {
  readonly resource?: Units;
  /** Of a request: the most the buyer says it would pay, or its first bid. */
  readonly maxPrice?: number;
  /** 0..1: how badly the sender needs compute. */
  readonly urgency?: number;
  readonly price?: number;
  /** The broker that sells, for the trace. */
  readonly broker?: string;
  /** Of a reject, release or default. */
  readonly reason?: string;
  readonly yourReputation?: number;
  /** Of a reputation query and its answer: what is asked, about whom, and what was seen. */
  readonly query?: string;
  readonly about?: string;
  readonly kept?: number;
  readonly broken?: number;
}

export interface Draft {
  readonly type: MessageType;
  readonly payload: Payload;
}

export interface Message extends Draft {
  readonly sender: string;
  readonly receiver: string;
  /** Eight hexadecimal digits, unique within one run. */
  readonly id: string;
  /** Virtual: the number of messages sent before this one. */
  readonly timestamp: number;
  readonly replyTo: string | null;
}

/** How many messages of a type were sent, and how many of these their receiver acted on. */
export interface Traffic {
  sent: number;
  handled: number;
}
export type TrafficByType = Readonly<Record<MessageType, Readonly<Traffic>>>;

/** Stamps drafts; ids and times come from a counter, so that a run repeats exactly. */
export interface Post {
  send(sender: string, receiver: string, draft: Draft): Message;
  /** The answer to `message`: its ends are swapped. */
  reply(message: Message, draft: Draft): Message;
  /** Told by the receiver once it has acted on a message; throws when told twice. */
  handled(message: Message): void;
  /** So far. */
  traffic(): TrafficByType;
}

export function createPost(): Post {
  let sent = 0;
  const traffic = noTraffic();
  /** Ids of messages that still wait for their receiver. */
  const waiting = new Set<string>();
  const stamp = (sender: string, receiver: string, draft: Draft, replyTo: string | null) => {
    const id = sent.toString(16).padStart(8, '0');
    traffic[draft.type].sent++;
    waiting.add(id);
    return { ...draft, sender, receiver, id, timestamp: sent++, replyTo };
  };
  return {
    send: (sender, receiver, draft) => stamp(sender, receiver, draft, null),
    reply: (message, draft) => stamp(message.receiver, message.sender, draft, message.id),
    handled: ({ id, type }) => {
      if (!waiting.delete(id)) throw new Error(`the ${type} ${id} does not wait to be handled`);
      traffic[type].handled++;
    },
    traffic: () => sumTraffic([traffic]),
  };
}

const noTraffic = (): Record<MessageType, Traffic> => byType(() => ({ sent: 0, handled: 0 }));

function byType<T>(of: (type: MessageType) => T): Record<MessageType, T> {
  return Object.fromEntries(MESSAGE_TYPES.map((type) => [type, of(type)])) as Record<
    MessageType,
    T
  >;
}

/** Of several runs together. */
export function sumTraffic(all: readonly TrafficByType[]): TrafficByType {
  const total = (type: MessageType, of: keyof Traffic) =>
    all.reduce((sum, one) => sum + one[type][of], 0);
  return byType((type) => ({ sent: total(type, 'sent'), handled: total(type, 'handled') }));
}

export const reject = (reason: string): Draft => ({ type: 'reject', payload: { reason } });

/** The price a message names: of a request its maximum, else its price; null when it names none. */
export function priceOf({ payload }: Draft): number | null {
  return payload.price ?? payload.maxPrice ?? null;
}
