// Planted bugs: what one is, and tools for planting it.
import type { Account } from '../../core/engine/bank/ledger.ts';
import { accountOf } from '../../core/engine/bank/ledger.ts';
import type { Command, Decision } from '../../core/engine/market/commands.ts';
import type { decide } from '../../core/engine/market/decide.ts';
import type { Event } from '../../core/engine/market/events.ts';
import type { Market } from '../../core/engine/market/state.ts';
import type { Parts } from './host.ts';
import type { Knobs } from './knobs.ts';

export interface Mutant {
  /** What somebody might really get wrong. */
  bug: string;
  plant(parts: Parts, knobs: Knobs): Partial<Parts>;
}

export const isRefused = (d: Decision, code: string): boolean =>
  !d.result.ok && d.result.problem.code === code;

/** Looks again with one value changed for the time of looking. */
export function decideWith<T extends object, K extends keyof T>(
  parts: Parts,
  [m, cmd]: [Market, Command],
  thing: T,
  key: K,
  value: T[K],
): Decision {
  const kept = thing[key];
  thing[key] = value;
  try {
    return parts.decide(m, cmd);
  } finally {
    thing[key] = kept;
  }
}

export type Moves = Extract<Event, { transfers: unknown }>['transfers'];

/** decide, with every event that it makes passed through `change`. */
export function changeEvents(
  inner: typeof decide,
  change: (e: Event, m: Market) => Event,
): typeof decide {
  return (m, cmd) => {
    const { events, result } = inner(m, cmd);
    return { events: events.map((e) => change(e, m)), result };
  };
}

/** Does something while an account looks rich. */
export function withMoney<T>(account: Account, work: () => T): T {
  const extra = 1_000_000_000_000;
  account.posted = (account.posted + extra) as Account['posted'];
  try {
    return work();
  } finally {
    account.posted = (account.posted - extra) as Account['posted'];
  }
}

/** Moves one side of a balance, past the ledger. */
export function moneyOf(m: Market, id: string, amount: number): void {
  const account = accountOf(m.ledger, id);
  account.posted = (account.posted + amount) as Account['posted'];
}

/** No bug in worlds where another invariant would see its consequences. */
export const unless = <T extends object>(condition: boolean, parts: T): T | object =>
  condition ? {} : parts;
