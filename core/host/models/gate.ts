// A bound on what runs at once, first come first served, with a bound on who waits.

export interface Gate {
  /** `in`: leave again; `full`: too many wait; `gone`: the signal came first. */
  enter(signal: AbortSignal): Promise<'in' | 'full' | 'gone'>;
  leave(): void;
}

export function createGate(places: number, waitingMax: number): Gate {
  let inside = 0;
  const waiting = new Set<() => void>();

  return {
    async enter(signal) {
      if (signal.aborted) return 'gone';
      if (inside < places) {
        inside += 1;
        return 'in';
      }
      if (waiting.size >= waitingMax) return 'full';
      return new Promise((resolve) => {
        const take = (): void => {
          signal.removeEventListener('abort', go);
          resolve('in');
        };
        const go = (): void => {
          waiting.delete(take);
          resolve('gone');
        };
        waiting.add(take);
        signal.addEventListener('abort', go, { once: true });
      });
    },
    leave() {
      // The place passes on; nobody who comes later can take it in between.
      const [next] = waiting;
      if (next === undefined) {
        inside -= 1;
        return;
      }
      waiting.delete(next);
      next();
    },
  };
}
