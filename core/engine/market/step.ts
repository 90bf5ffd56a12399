// One turn of the market: decide, number the events, apply them.
import type { Command, Result } from './commands.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import type { Event } from './events.ts';
import type { Forgotten, Market } from './state.ts';

export interface Step {
  events: Event[];
  result: Result;
  /** Ended conversations that these events pushed out of memory. */
  forgotten: Forgotten[];
}

/** Decides a command and applies its events to the state. */
export function step(m: Market, cmd: Command): Step {
  const { events: bodies, result } = decide(m, cmd);
  const events: Event[] = [];
  for (const body of bodies) {
    const event: Event = { seq: m.seq + 1, at: cmd.at, ...body };
    evolve(m, event);
    events.push(event);
  }
  const { forgotten } = m;
  if (forgotten.length > 0) m.forgotten = [];
  return { events, result, forgotten };
}
