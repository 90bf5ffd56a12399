// Who wants to hear of which record. With two thousand nodes on the floor, asking every one of them
// at every patch whether its record is new would cost more than drawing those that are.

export interface Bus {
  subscribe(key: string, listener: () => void): () => void;
  /** Tells those who listen to these keys; each once. */
  tell(keys: Iterable<string>): void;
  tellAll(): void;
}

export function createBus(): Bus {
  const listeners = new Map<string, Set<() => void>>();
  return {
    subscribe(key, listener) {
      const mine = listeners.get(key) ?? new Set();
      listeners.set(key, mine);
      mine.add(listener);
      return () => {
        mine.delete(listener);
        if (mine.size === 0 && listeners.get(key) === mine) listeners.delete(key);
      };
    },
    tell(keys) {
      for (const key of keys) for (const listener of listeners.get(key) ?? []) listener();
    },
    tellAll() {
      for (const mine of listeners.values()) for (const listener of mine) listener();
    },
  };
}
