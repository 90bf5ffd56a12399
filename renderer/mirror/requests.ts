// Questions and commands to the host: the routes of the HTTP API, carried over the same channel.
import type { ScreenToHost } from '../../core/contract.ts';

/** What a request failed with, in words that can be shown as they are. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  constructor(status: number, code: string, message: string, field: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Requests {
  ask(method: Method, path: string, body?: unknown): Promise<unknown>;
  settle(id: number, status: number, body: unknown): void;
  /** Fails everything under way: nobody will answer it any more. */
  abandon(): void;
}

const TIMEOUT_MS = 20_000;

export function createRequests(send: (message: ScreenToHost) => void): Requests {
  interface Waiting {
    resolve(body: unknown): void;
    reject(problem: Problem): void;
    timer: ReturnType<typeof setTimeout>;
    changes: boolean;
  }
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const finish = (id: number): Waiting | undefined => {
    const one = waiting.get(id);
    waiting.delete(id);
    clearTimeout(one?.timer);
    return one;
  };
  const giveUp = (id: number, message: string): void => {
    const one = finish(id);
    const doubt = one?.changes ? ' It may or may not have been done.' : '';
    one?.reject(new Problem(0, 'no-answer', message + doubt));
  };
  return {
    ask(method, path, body) {
      const id = ++last;
      return new Promise((resolve, reject) => {
        const late = () => giveUp(id, 'The host did not answer in 20 seconds.');
        const timer = setTimeout(late, TIMEOUT_MS);
        waiting.set(id, { resolve, reject, timer, changes: method !== 'GET' });
        send({ kind: 'request', id, method, path, ...(body === undefined ? {} : { body }) });
      });
    },
    settle(id, status, body) {
      const one = finish(id);
      if (!one) return;
      if (status < 400) one.resolve(body);
      else one.reject(problemOf(status, body));
    },
    abandon() {
      for (const id of waiting.keys()) giveUp(id, 'The connection to the host was lost.');
    },
  };
}

function problemOf(status: number, body: unknown): Problem {
  const text = (name: string): string => {
    const value = isRecord(body) ? body[name] : undefined;
    return typeof value === 'string' ? value : '';
  };
  const said = text('detail') || text('title') || `The host answered ${status}.`;
  const hint = text('hint');
  return new Problem(
    status,
    text('code') || 'unknown',
    hint ? `${said} ${hint}` : said,
    text('field') || null,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
