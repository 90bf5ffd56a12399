// What of this machine is for sale. The owner's own work comes first: something is always kept.
import type { Reading } from '../../contract.ts';
import type { GpuState } from './types.ts';

/** Size of one memory slot. */
export const MEMORY_SLOT_BYTES = 1024 ** 3;
const MEMORY_SLOTS_MAX = 64;
/**
 * Free memory differs at every start; offers come in these sizes so that the same machine offers
 * the same thing again.
 */
const MEMORY_STEPS = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, MEMORY_SLOTS_MAX];

export interface Found {
  cpuName: string;
  cores: number;
  freeBytes: Reading<number>;
  gpus: readonly GpuState[];
}

/** The owner's word; what is left out is decided here. */
export interface OwnerLimits {
  /** Cores that are never sold. */
  coresKept?: number;
  memorySlots?: number;
}

export interface Capacity {
  cpu: { name: string; slots: number };
  memory: { slots: number; bytesEach: number };
  gpus: { key: string; name: string; memoryBytes: number }[];
  /** What is there and not for sale, and why, one sentence each. */
  kept: string[];
}

/** Decides what is offered. `before`: memory slots offered last time; kept while they still fit. */
export function planCapacity(found: Found, owner: OwnerLimits = {}, before?: number): Capacity {
  const kept: string[] = [];
  const keptCores = Math.min(found.cores, owner.coresKept ?? coresKept(found.cores));
  if (keptCores > 0) kept.push(`${keptCores} of ${found.cores} cores are kept for the owner`);
  const slots = owner.memorySlots ?? memorySlots(found.freeBytes, before);
  if (!found.freeBytes.ok && owner.memorySlots === undefined) {
    kept.push('memory is not for sale: how much is free cannot be read');
  }
  const gpus: Capacity['gpus'] = [];
  for (const gpu of found.gpus) {
    const why = whyKept(gpu);
    if (why !== null) kept.push(`${gpu.name} is not for sale: ${why}`);
    else if (gpu.memoryTotalBytes.ok) {
      gpus.push({ key: gpu.key, name: gpu.name, memoryBytes: gpu.memoryTotalBytes.v });
    }
  }
  return {
    cpu: { name: found.cpuName, slots: found.cores - keptCores },
    memory: { slots: Math.min(MEMORY_SLOTS_MAX, slots), bytesEach: MEMORY_SLOT_BYTES },
    gpus,
    kept,
  };
}

/** A small machine sells all it has, or there would be nothing; jobs run with low priority. */
function coresKept(cores: number): number {
  if (cores <= 2) return 0;
  return cores <= 8 ? 1 : 2;
}

/** Half of what is free, in steps; what was offered before stays while it is free. */
function memorySlots(free: Reading<number>, before: number | undefined): number {
  if (!free.ok) return 0;
  const whole = Math.floor(free.v / MEMORY_SLOT_BYTES);
  const half = Math.floor(free.v / 2 / MEMORY_SLOT_BYTES);
  const step = MEMORY_STEPS.findLast((one) => one <= half) ?? 0;
  const fits = before !== undefined && before <= whole && before * 2 >= step;
  return fits ? before : step;
}

/** Null: it is for sale. */
function whyKept(gpu: GpuState): string | null {
  if (gpu.health !== 'ok') return gpu.why ?? gpu.health;
  if (gpu.mig.ok && gpu.mig.v) return 'it is split into instances (MIG)';
  return null;
}
