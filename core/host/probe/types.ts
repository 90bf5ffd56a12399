// What the probes tell about devices. Every number is a Reading: an unreadable one is never 0.
import type { Reading } from '../../contract.ts';

/** Only `ok` is for sale; `unknown` is a device that has not been heard of for too long. */
export type Health = 'ok' | 'degraded' | 'lost' | 'unknown';

export interface GpuState {
  /** The vendor's UUID, or `pci:` and the address. */
  key: string;
  name: string;
  /** As the vendor's tool writes it; null when it does not tell. */
  pciAddress: string | null;
  driver: string | null;
  health: Health;
  /** What a person should read when it is not `ok`; null when it is. */
  why: string | null;
  /** Shares, 0..1: some kernel ran, the encoder ran, the decoder ran. */
  utilisation: Reading<number>;
  encoder: Reading<number>;
  decoder: Reading<number>;
  memoryTotalBytes: Reading<number>;
  memoryUsedBytes: Reading<number>;
  /** Less than total minus used: the driver keeps some for itself. Offers come from here. */
  memoryFreeBytes: Reading<number>;
  temperatureC: Reading<number>;
  powerW: Reading<number>;
  /** Split into instances: then it is not one device to sell. */
  mig: Reading<boolean>;
}

export const ABSENT = { ok: false, why: 'absent' } as const;
export const FAULT = { ok: false, why: 'fault' } as const;

/** A reading of a number that may be null or not a number at all. */
export function readingOf(value: number | null | undefined): Reading<number> {
  return typeof value === 'number' && Number.isFinite(value) ? { ok: true, v: value } : ABSENT;
}
