// P5  a screen starts from a snapshot, folds every patch by replacing whole records, and then shows
//     what a fresh snapshot shows, after every commit. A patch that does not start where the screen
//     stands is a gap.
import type { Market } from '../../../core/engine/market/state.ts';
import type { Head, Patch, Records, Snapshot } from '../../../core/engine/view/model.ts';
import {
  nothingTouched,
  patch,
  snapshot,
  type touch,
  touchForgotten,
} from '../../../core/engine/view/project.ts';
import type { Batch } from '../../../core/host/loop.ts';
import type { Accuse } from './accuse.ts';

const KINDS = ['agents', 'projects', 'resources', 'calls', 'leases'] as const;
type Kind = (typeof KINDS)[number];
type Shown = Map<Kind, Map<string, unknown>>;

export interface Screen {
  connect(m: Market, head: Head): void;
  shown(m: Market, head: Head, batch: Batch): void;
}

const keyOf = (record: object): string =>
  'id' in record ? String(record.id) : String((record as { name: string }).name);

export function createScreen(touchBy: typeof touch, accuse: Accuse): Screen {
  const shown: Shown = new Map(KINDS.map((kind) => [kind, new Map<string, unknown>()]));
  let rest = '';
  let seq = -1;

  function put(records: Partial<Records>): void {
    for (const kind of KINDS) {
      for (const record of records[kind] ?? []) shown.get(kind)?.set(keyOf(record), record);
    }
  }

  const restOf = (s: Pick<Snapshot, 'policy' | 'totals'>): string =>
    JSON.stringify([s.totals, s.policy]);

  function fold(p: Patch, policy: Snapshot['policy']): void {
    if (p.from !== seq) accuse('P5', `a patch from ${p.from} for a screen at ${seq}`);
    put(p);
    for (const id of p.gone ?? []) for (const records of shown.values()) records.delete(id);
    rest = restOf({ totals: p.totals, policy });
    ({ seq } = p);
  }

  function compare(fresh: Snapshot): void {
    for (const kind of KINDS) {
      const records = shown.get(kind) as Map<string, unknown>;
      if (records.size !== fresh[kind].length) {
        return accuse(
          'P5',
          `${records.size} ${kind} on the screen, ${fresh[kind].length} there are`,
        );
      }
      for (const record of fresh[kind]) {
        const mine = records.get(keyOf(record));
        if (mine === record || same(mine, record)) continue;
        const [a, b] = [JSON.stringify(mine), JSON.stringify(record)];
        return accuse('P5', `at ${fresh.seq} the screen shows ${a}, and there is ${b}`);
      }
    }
    const truth = restOf(fresh);
    if (rest !== truth)
      accuse('P5', `at ${fresh.seq} the screen shows ${rest}, and there is ${truth}`);
  }

  let policy: Snapshot['policy'] | null = null;
  return {
    connect(m, head) {
      const s = snapshot(m, head);
      for (const records of shown.values()) records.clear();
      put(s);
      ({ seq, policy } = s);
      rest = restOf(s);
    },
    shown(m, head, { entries, forgotten }) {
      const touched = nothingTouched();
      for (const { event } of entries) touchBy(m, touched, event);
      touchForgotten(touched, forgotten);
      const p = patch(m, touched, seq, head);
      policy = p.policy ?? policy;
      fold(p, policy as Snapshot['policy']);
      compare(snapshot(m, head));
    },
  };
}

/** Deep equality of plain data. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((k) =>
    same((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]),
  );
}
