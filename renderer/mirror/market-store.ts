// What components subscribe to: the folded records plus what the host says beside them. React is
// told once a frame, however many patches came in it.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DemoState, HostInfo, HostToScreen } from '../../core/contract.ts';
import type { Patch, Snapshot } from '../../core/engine/view/model.ts';
import { type Bus, createBus } from './bus.ts';
import { createModel, foldPatch, foldSnapshot, type Model, type Revisions } from './model.ts';

export interface MarketState {
  /** False until the first snapshot has come. */
  ready: boolean;
  /** The records; mutated in place. `rev` and the fields below tell what is new. */
  model: Model;
  rev: Revisions;
  seq: number;
  info: HostInfo | null;
  demo: DemoState;
  storageFull: boolean;
}

/** How an answer to a patch goes back: `ack` when folded, `resync` when it does not fit. */
export type Folded = { kind: 'ack'; seq: number } | { kind: 'resync' } | null;
type Message = HostToScreen<Snapshot, Patch>;

export interface Mirror {
  store: StoreApi<MarketState>;
  /** Tells of single records. */
  bus: Bus;
  fold(message: Message): Folded;
  /** Forgets that a resync was asked: the connection is new. */
  reconnected(): void;
}

/** @param nextFrame calls back at most once a frame, not at all while the window is hidden */
export function createMirror(nextFrame: (run: () => void) => void): Mirror {
  const model = createModel();
  const store = createStore<MarketState>(() => ({
    ready: false,
    model,
    rev: { ...model.rev },
    seq: -1,
    info: null,
    demo: { running: false, startedAt: null },
    storageFull: false,
  }));
  const bus = createBus();
  let waiting = false;
  let resyncing = false;
  const tell = (): void => {
    if (waiting) return;
    waiting = true;
    nextFrame(() => {
      waiting = false;
      const touched = model.touched;
      model.touched = new Set();
      bus.tell(touched);
      store.setState({ rev: { ...model.rev }, seq: model.seq });
    });
  };
  return {
    store,
    bus,
    reconnected: () => (resyncing = false),
    fold(message) {
      switch (message.kind) {
        case 'snapshot':
          resyncing = false;
          foldSnapshot(model, message.snapshot);
          model.touched.clear();
          store.setState({
            ready: true,
            rev: { ...model.rev },
            seq: model.seq,
            info: message.info,
            demo: message.demo,
          });
          bus.tellAll();
          return { kind: 'ack', seq: model.seq };
        case 'patch':
          if (resyncing) return null;
          if (foldPatch(model, message.patch)) {
            tell();
            return { kind: 'ack', seq: model.seq };
          }
          resyncing = true;
          return { kind: 'resync' };
        case 'demo':
          store.setState({ demo: message.demo });
          return null;
        case 'storage':
          store.setState({ storageFull: message.full });
          return null;
        default:
          return null;
      }
    },
  };
}
