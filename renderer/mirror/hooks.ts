// How components read the mirror: each its own slice, none the whole.
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Telemetry } from '../../core/contract.ts';
import type {
  AgentView,
  CallView,
  LeaseView,
  ProjectView,
  ResourceView,
  Totals,
} from '../../core/engine/view/model.ts';
import {
  clock,
  type LinkState,
  linkStore,
  marketStore,
  recordBus,
  telemetryStore,
} from './link.ts';
import type { MarketState } from './market-store.ts';
import { keyOf, type Kind, type Model, type RecordOf, type Revisions } from './model.ts';
import type { TelemetryState } from './telemetry.ts';

export function useMarket<T>(pick: (state: MarketState) => T): T {
  return useStore(marketStore, pick);
}
export function useLink<T>(pick: (state: LinkState) => T): T {
  return useStore(linkStore, pick);
}
export function useTelemetry<T>(pick: (state: TelemetryState) => T): T {
  return useStore(telemetryStore, pick);
}

/**
 * Something read from one record, and drawn anew only when that changes. `pick` must answer equal
 * values for equal records: a number, a text, the record itself.
 */
export function useRecord<K extends Kind, T>(
  kind: K,
  id: string | null,
  pick: (record: RecordOf[K] | undefined) => T,
): T {
  const key = keyOf(kind, id ?? '');
  const subscribe = useCallback((run: () => void) => recordBus.subscribe(key, run), [key]);
  return useSyncExternalStore(subscribe, () => {
    const records = marketStore.getState().model[kind] as Map<string, RecordOf[K]>;
    return pick(id === null ? undefined : records.get(id));
  });
}
const whole = <T>(record: T): T => record;

export const useAgent = (id: string | null): AgentView | undefined =>
  useRecord('agents', id, whole);
export const useResource = (id: string | null): ResourceView | undefined =>
  useRecord('resources', id, whole);
export const useCall = (id: string | null): CallView | undefined => useRecord('calls', id, whole);
export const useLease = (id: string | null): LeaseView | undefined =>
  useRecord('leases', id, whole);
export const useProject = (name: string): ProjectView | undefined =>
  useRecord('projects', name, whole);

/** Place of an agent in order of arrival, for its colour. */
export const useOrdinal = (id: string): number | undefined =>
  useRecord('agents', id, () => marketStore.getState().model.ordinals.get(id));
export const useTotals = (): Totals | null => useMarket((s) => s.model.totals);
export const useLatestTelemetry = (): Telemetry | null => useTelemetry((s) => s.latest);

/** Name of an agent, or its id while its record is not here. */
export const useAgentName = (id: string): string =>
  useRecord('agents', id, (agent) => agent?.name ?? id);

type Part = keyof Revisions;

/**
 * Something computed from whole collections. Runs at most every `everyMs` while they change: a list
 * that is read by a person need not follow sixty patches a second.
 */
export function useDerived<T>(
  parts: readonly Part[],
  compute: (model: Model) => T,
  everyMs = 250,
): T {
  const [state, setState] = useState(() => ({
    compute,
    value: compute(marketStore.getState().model),
  }));
  if (state.compute !== compute) {
    setState({ compute, value: compute(marketStore.getState().model) });
  }
  const key = parts.join(' ');
  useEffect(() => {
    const watched = key.split(' ') as Part[];
    const read = () => setState({ compute, value: compute(marketStore.getState().model) });
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastAt = 0;
    const stop = marketStore.subscribe((now, before) => {
      if (timer !== undefined || watched.every((part) => now.rev[part] === before.rev[part]))
        return;
      const wait = Math.max(0, lastAt + everyMs - performance.now());
      timer = setTimeout(() => {
        timer = undefined;
        lastAt = performance.now();
        read();
      }, wait);
    });
    read();
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [key, compute, everyMs]);
  return state.compute === compute ? state.value : compute(marketStore.getState().model);
}

/**
 * Something that follows the host's time, drawn anew only when it changes: `pick` answers a number
 * or a text.
 */
export function useTimed<T extends string | number | boolean | null>(
  pick: (now: number) => T,
  everyMs = 500,
): T {
  const tick = tickOf(everyMs);
  return useSyncExternalStore(tick.subscribe, () => pick(tick.read()));
}

const ticks = new Map<number, { subscribe: (run: () => void) => () => void; read: () => number }>();

/** The host's time, renewed every `everyMs`; all that ask for the same pace share one timer. */
export function useNow(everyMs = 1000): number {
  const tick = tickOf(everyMs);
  return useSyncExternalStore(tick.subscribe, tick.read);
}

function tickOf(everyMs: number) {
  const known = ticks.get(everyMs);
  if (known) return known;
  const listeners = new Set<() => void>();
  let now = clock.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const turn = () => {
    now = clock.now();
    for (const run of listeners) run();
  };
  const made = {
    subscribe(run: () => void) {
      if (listeners.size === 0) {
        now = clock.now();
        timer = setInterval(turn, everyMs);
      }
      listeners.add(run);
      return () => {
        listeners.delete(run);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
    read: () => (timer === undefined || listeners.size === 0 ? (now = pace(now, everyMs)) : now),
  };
  ticks.set(everyMs, made);
  return made;
}

/** Before anybody listens a reading must still be fresh, yet the same within one render. */
function pace(before: number, everyMs: number): number {
  const now = clock.now();
  return now - before >= everyMs ? now : before;
}
