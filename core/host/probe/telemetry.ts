// What the machine looks like now, for a screen: cheap enough to be asked for every second.
import type { Reading, Telemetry } from '../../contract.ts';
import { busyMeter, coreCount, type CpuTimes, memoryNow } from './machine.ts';
import { ABSENT, type GpuState } from './types.ts';

export interface TelemetryParts {
  cpuName: string;
  /** Every device that is known. */
  gpus(): readonly GpuState[];
  /** CPU seconds of all jobs so far; never falls. */
  jobsCpuSeconds(): number;
  /** For tests. */
  cpuTimes?: () => CpuTimes | null;
  /** Monotonic ms. */
  monotonic?: () => number;
}

export type Sensed = Pick<Telemetry, 'cpu' | 'memory' | 'gpus'>;

/** Returns what gives the parts of the telemetry that the probes know, since its last call. */
export function createTelemetry(parts: TelemetryParts): () => Sensed {
  const cores = coreCount();
  const busy = busyMeter(parts.cpuTimes);
  const jobs = jobsMeter(parts, cores);
  return () => ({
    cpu: { name: parts.cpuName, cores, busy: busy(), jobs: jobs() },
    memory: memoryNow(),
    gpus: parts.gpus().map(shown),
  });
}

/**
 * The jobs' share of all cores, 0..1. Jobs are measured once a second, so it may lag by that much;
 * it is never more than everything.
 */
function jobsMeter(parts: TelemetryParts, cores: number): () => Reading<number> {
  const monotonic = parts.monotonic ?? (() => performance.now());
  let lastAt = monotonic();
  let last = parts.jobsCpuSeconds();
  return () => {
    const now = monotonic();
    const total = parts.jobsCpuSeconds();
    const seconds = (now - lastAt) / 1000;
    const used = total - last;
    lastAt = now;
    last = total;
    if (seconds <= 0) return ABSENT;
    return { ok: true, v: Math.min(1, Math.max(0, used / seconds / cores)) };
  };
}

function shown(gpu: GpuState): Sensed['gpus'][number] {
  const { key, name, utilisation, memoryUsedBytes, memoryTotalBytes, temperatureC, powerW } = gpu;
  return { key, name, utilisation, memoryUsedBytes, memoryTotalBytes, temperatureC, powerW };
}
