// One turn of the market in futures: what has become due since the last command, then the command.
// Commands in, events out, time inside the command: the same shape as the market's own engine.
//
//   offer ----> offered --sign--> signed --due: seller has the rights, buyer pays--> delivered
//                  |                 |-----due: one of them has not-----------------> defaulted
//                  |                 |-----both agree on a way out------------------> closed
//                  |                 `-----take-right: signed, with another buyer
//                  `--withdraw, or nobody signs in time-----------------------------> lapsed
//
// A future ends exactly once. Every credit moves as a post, a hold or the end of a hold; margins
// are holds, so what can be owed is there when it is owed.
import type { Instant } from '../../engine/base/time.ts';
import {
  decide,
  type Decision,
  type FutureCommand,
  type FutureRefusal,
  lapse,
  settle,
} from './decide.ts';
import { evolve, type FutureEvent, type FutureEventBody, type FuturesMarket } from './state.ts';

export interface FutureStep {
  events: FutureEvent[];
  /** Why the command itself came to nothing; what was due has happened all the same. */
  refusal: FutureRefusal | null;
}

export interface Rules {
  decide(m: FuturesMarket, command: FutureCommand): Decision;
  settle: typeof settle;
  evolve: typeof evolve;
}

/** Applies a command. Time never goes back: a command of the past happens now. */
export const step = createStep({ decide, settle, evolve });

/** A turn made of these parts; tests plant faults in them. */
export function createStep(rules: Rules): (m: FuturesMarket, command: FutureCommand) => FutureStep {
  return (m, command) => {
    const events: FutureEvent[] = [];
    const emit = (at: Instant, bodies: readonly FutureEventBody[]) => {
      for (const body of bodies) {
        const event = { ...body, seq: m.seq + 1, at: Math.max(at, m.at) };
        rules.evolve(m, event);
        events.push(event);
      }
    };
    for (
      let next = m.due.peek();
      next !== undefined && next.at <= command.at;
      next = m.due.peek()
    ) {
      m.due.pop();
      emit(next.at, bodiesOf(m, next, rules));
    }
    m.at = Math.max(m.at, command.at);
    const decision = rules.decide(m, command);
    if ('refused' in decision) return { events, refusal: decision };
    emit(m.at, decision);
    return { events, refusal: null };
  };
}

/** What a due entry brings about; nothing where it is stale. */
function bodiesOf(m: FuturesMarket, next: { kind: string; id: string }, rules: Rules) {
  if (next.kind === 'used-up') {
    return [{ type: 'rights-used-up', startsAt: Number(next.id) }] satisfies FutureEventBody[];
  }
  const f = m.futures.get(next.id);
  if (f === undefined) return [];
  if (next.kind === 'settle') return f.buyerId === null ? [] : rules.settle(m, f);
  return f.buyerId === null ? lapse(m, f) : [];
}
