// Whether something on offer can serve a need, judged from what was announced.
import type { Need, ResourceKind } from '../engine/protocol/need.ts';

export interface Thing {
  kind: ResourceKind;
  model: string | null;
  count: number;
  vramBytes?: number | null;
  memoryBytes?: number | null;
}

export function fits(thing: Thing, need: Need): boolean {
  if (thing.kind !== need.kind || thing.count < need.count) return false;
  if (need.model !== undefined && !named(thing.model, need.model)) return false;
  if (need.vramBytes !== undefined && (thing.vramBytes ?? 0) < need.vramBytes) return false;
  return need.memoryBytes === undefined || (thing.memoryBytes ?? 0) >= need.memoryBytes;
}

/** Every word asked for occurs in the name: "H100" is served by "NVIDIA H100 PCIe". */
function named(have: string | null, want: string): boolean {
  const name = have?.toLowerCase() ?? '';
  return want
    .toLowerCase()
    .split(/\s+/u)
    .every((word) => name.includes(word));
}
