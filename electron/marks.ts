/** Epoch time at which this process was started; a test that spawned it knows it better. */
export const startedAt =
  Number(process.env.HAGGLE_T0) || Math.round(process.getCreationTime() ?? Date.now());

export const marks: Record<string, number> = {};

/** Notes how long after the start something happened the first time. */
export function mark(name: string): void {
  marks[name] ??= Date.now() - startedAt;
}
