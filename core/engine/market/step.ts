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
export const step = createStep(decide, evolve);

/** A turn made of these two parts; the simulator plants faults in them. */
export function createStep(
  decideBy: typeof decide,
  evolveBy: typeof evolve,
): (m: Market, cmd: Command) => Step {
  return (m, cmd) => {
    const { events, result } = decideBy(m, cmd);
    for (const event of events) {
      event.seq = m.seq + 1;
      event.at = cmd.at;
      evolveBy(m, event);
    }
    const { forgotten } = m;
    if (forgotten.length > 0) m.forgotten = [];
    return { events, result, forgotten };
  };
}
