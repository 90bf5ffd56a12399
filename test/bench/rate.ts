/** The processor's clock ticks every few milliseconds: shorter runs are timed by the wall's. */
const MEASURABLE_S = 0.05;

/** In seconds: on the wall, and as near as can be told on the processor. */
export interface Spent {
  wallS: number;
  busyS: number;
}

/**
 * The fastest of several runs of the same work. Others may want the processor too; the wall's time
 * has that in it, and the waiting for a disk.
 */
export function best<T>(repeats: number, prepare: () => T, work: (prepared: T) => void): Spent {
  const fastest = { wallS: Infinity, busyS: Infinity };
  for (let i = 0; i < repeats; i++) {
    const prepared = prepare();
    const startedAt = performance.now();
    const before = process.threadCpuUsage();
    work(prepared);
    const { user, system } = process.threadCpuUsage(before);
    const wallS = (performance.now() - startedAt) / 1000;
    const cpuS = (user + system) / 1e6;
    fastest.wallS = Math.min(fastest.wallS, wallS);
    fastest.busyS = Math.min(fastest.busyS, cpuS >= MEASURABLE_S ? Math.min(cpuS, wallS) : wallS);
  }
  return fastest;
}
