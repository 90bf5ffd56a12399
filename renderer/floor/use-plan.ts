// Plans the floor at a steady pace while something may have moved, and hands out what to draw.
import type { NodeChange } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useRoute } from '../frame/view-store.ts';
import { clock, marketStore } from '../mirror/link.ts';
import { createDrawing, type Drawing, type Elements, type FloorNode } from './elements.ts';
import { filterOf } from './filter.ts';
import { createPlanner, type Plan } from './plan.ts';

const EVERY_MS = 250;
/** A busy floor is planned less often: its structure is then read as a map anyway. */
const EVERY_MS_LARGE = 500;
const LARGE = 400;
/** Time alone moves things too: ended calls leave. */
const IDLE_MS = 1000;

/** One for the life of the window: who leaves the page and comes back finds the same places. */
const planner = createPlanner();

export interface Drawn extends Elements {
  plan: Plan;
  onNodesChange(changes: NodeChange<FloorNode>[]): void;
}

export function usePlan(): Drawn {
  const { params } = useRoute();
  const filter = useMemo(() => filterOf(params), [params]);
  // Of this mounting only: React Flow asks a new page for its handles again, see `renew`.
  const [drawing] = useState(createDrawing);
  const [state, setState] = useState(() => make(drawing, filter));
  if (state.filter !== filter) setState(make(drawing, filter));
  useEffect(() => {
    let seenSeq = -1;
    let seenAt = 0;
    const timer = setInterval(() => {
      const { seq, model } = marketStore.getState();
      const now = performance.now();
      if (model.agents.size > LARGE && now - seenAt < EVERY_MS_LARGE) return;
      if (seq === seenSeq && now - seenAt < IDLE_MS) return;
      seenSeq = seq;
      seenAt = now;
      setState((before) => keep(before, make(drawing, filter)));
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [filter, drawing]);
  const onNodesChange = useCallback(
    (changes: NodeChange<FloorNode>[]) => {
      if (drawing.renew(changes)) setState((made) => ({ ...made, ...drawing.draw(made.plan) }));
    },
    [drawing],
  );
  return { ...state, onNodesChange };
}

type Made = ReturnType<typeof make>;

/** The same nodes and edges again need no drawing. */
function keep(before: Made, made: Made): Made {
  const nodes = same(before.nodes, made.nodes) ? before.nodes : made.nodes;
  const edges = same(before.edges, made.edges) ? before.edges : made.edges;
  const unchanged = nodes === before.nodes && edges === before.edges;
  return unchanged && before.filter === made.filter ? before : { ...made, nodes, edges };
}
function same<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

function make(drawing: Drawing, filter: ReturnType<typeof filterOf>) {
  const plan = planner.plan(marketStore.getState().model, filter, clock.now());
  return { filter, plan, ...drawing.draw(plan) };
}
