// Abstract compute as the reference system counts it, and a pool that hands it out.

/** Amounts of compute; each a number >= 0 in hours, memory in GB hours. */
export interface Units {
  readonly gpuHours: number;
  readonly cpuHours: number;
  readonly memoryGbHours: number;
}

/** Missing kinds are 0. */
export function units(parts: Partial<Units>): Units {
  return { gpuHours: 0, cpuHours: 0, memoryGbHours: 0, ...parts };
}

export function add(a: Units, b: Units): Units {
  return {
    gpuHours: a.gpuHours + b.gpuHours,
    cpuHours: a.cpuHours + b.cpuHours,
    memoryGbHours: a.memoryGbHours + b.memoryGbHours,
  };
}

/** May go below 0 in one kind; ask `affords` first where that must not be. */
export function subtract(a: Units, b: Units): Units {
  return add(a, scale(b, -1));
}

export function scale(a: Units, factor: number): Units {
  return {
    gpuHours: a.gpuHours * factor,
    cpuHours: a.cpuHours * factor,
    memoryGbHours: a.memoryGbHours * factor,
  };
}

/** Whether every kind of `stock` covers that of `bundle`. */
export function affords(stock: Units, bundle: Units): boolean {
  return (
    stock.gpuHours >= bundle.gpuHours &&
    stock.cpuHours >= bundle.cpuHours &&
    stock.memoryGbHours >= bundle.memoryGbHours
  );
}

/** Plain sum: the reference system values all three kinds alike, at 1 credit each. */
export function totalUnits(a: Units): number {
  return a.gpuHours + a.cpuHours + a.memoryGbHours;
}

/** Stock of which parts can be set aside under a name. */
export interface Pool {
  available(): Units;
  /** False, with nothing changed, when the name is taken or the rest does not cover the bundle. */
  allocate(name: string, bundle: Units): boolean;
  /** The bundle that was set aside; null when there is none of that name. */
  release(name: string): Units | null;
}

/** @param total tells what there is at this moment; the pool never hands out more */
export function createPool(total: () => Units): Pool {
  const allocated = new Map<string, Units>();
  const available = (): Units => [...allocated.values()].reduce(subtract, total());
  return {
    available,
    allocate: (name, bundle) => {
      if (allocated.has(name) || !affords(available(), bundle)) return false;
      allocated.set(name, bundle);
      return true;
    },
    release: (name) => {
      const bundle = allocated.get(name) ?? null;
      allocated.delete(name);
      return bundle;
    },
  };
}
