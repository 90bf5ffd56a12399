// Readings of the machine: not journaled, may be skipped. Only the newest of a frame is kept, and
// two minutes of them for the sparklines.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Telemetry } from '../../core/contract.ts';

export const KEPT = 120;

export interface TelemetryState {
  latest: Telemetry | null;
  /** Oldest first; at most KEPT. */
  history: readonly Telemetry[];
}

export interface TelemetryMirror {
  store: StoreApi<TelemetryState>;
  take(telemetry: Telemetry): void;
}

export function createTelemetry(nextFrame: (run: () => void) => void): TelemetryMirror {
  const store = createStore<TelemetryState>(() => ({ latest: null, history: [] }));
  let newest: Telemetry | null = null;
  let waiting = false;
  return {
    store,
    take(telemetry) {
      newest = telemetry;
      if (waiting) return;
      waiting = true;
      nextFrame(() => {
        waiting = false;
        if (!newest) return;
        const history = [...store.getState().history, newest].slice(-KEPT);
        store.setState({ latest: newest, history });
      });
    },
  };
}
