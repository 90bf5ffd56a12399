// What only this floor knows: which node the keyboard is on, which call the pointer is over, and
// the view that a person has chosen.
import type { Viewport } from '@xyflow/react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Step } from './layout.ts';
import { openCall, select } from '../frame/view-store.ts';

interface FloorState {
  /** Key of the node that the keyboard is on. */
  focus: string | null;
  /** Call whose edges are told apart, by pointer or keyboard. */
  lit: string | null;
}
export const floorStore = createStore<FloorState>(() => ({ focus: null, lit: null }));
export function useFloor<T>(pick: (state: FloorState) => T): T {
  return useStore(floorStore, pick);
}

/** Kept while another page is shown: who comes back finds the floor as he left it. */
export const lastView: { viewport: Viewport | null; moved: boolean; step: Step | null } = {
  viewport: null,
  moved: false,
  step: null,
};

/** A call leads to its conversation; an agent opens in the inspector, the floor stays. */
export function openNode(role: string, id: string): void {
  if (role === 'call') openCall(id);
  else select(id);
}
