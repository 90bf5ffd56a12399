// The plan as React Flow's nodes and edges, with identity kept wherever nothing changed.
import { type Edge, type Node, type NodeChange, Position } from '@xyflow/react';
import { metricsOf } from './layout.ts';
import type { Plan, PlanEdge, PlanNode } from './plan.ts';

export interface FloorData extends Record<string, unknown> {
  id: string;
  dense: boolean;
  lines: readonly string[];
  /** Resources beyond those lines. */
  hidden: number;
  leaving: boolean;
}
export interface EdgeData extends Record<string, unknown> {
  callId: string;
  agentId: string;
  /** So few edges that all can carry words. */
  quiet: boolean;
}
export type FloorNode = Node<FloorData>;
export type FloorEdge = Edge<EdgeData>;

/** Up to so many edges every proposal shows its price. */
const QUIET_EDGES = 48;

export interface Elements {
  nodes: FloorNode[];
  edges: FloorEdge[];
}

export interface Drawing {
  draw(plan: Plan): Elements;
  /**
   * React Flow looks for handles in the page whenever a node appears, finds none, and forgets those
   * that were given. A renewed node brings them back, without two thousand measured elements. It
   * says so only for nodes whose size it did not know: hence `measured` comes with the renewal.
   * True when some were renewed and have to be drawn again.
   */
  renew(changes: readonly NodeChange<FloorNode>[]): boolean;
}

export function createDrawing(): Drawing {
  let nodes = new Map<string, { plan: PlanNode; node: FloorNode }>();
  let edges = new Map<string, { plan: PlanEdge; edge: FloorEdge }>();
  return {
    draw(plan) {
      const { dense } = plan.step;
      const quiet = plan.edges.length <= QUIET_EDGES;
      const nextNodes: typeof nodes = new Map();
      for (const one of plan.nodes) {
        const before = nodes.get(one.key);
        const same = before?.plan === one;
        nextNodes.set(one.key, same ? before : { plan: one, node: toNode(one, dense) });
      }
      const nextEdges: typeof edges = new Map();
      for (const one of plan.edges) {
        const before = edges.get(one.key);
        const same = before?.plan === one && before.edge.data?.quiet === quiet;
        nextEdges.set(one.key, same ? before : { plan: one, edge: toEdge(one, quiet) });
      }
      nodes = nextNodes;
      edges = nextEdges;
      return {
        nodes: [...nodes.values()].map(({ node }) => node),
        edges: [...edges.values()].map(({ edge }) => edge),
      };
    },
    renew(changes) {
      let renewed = false;
      for (const change of changes) {
        const known = change.type === 'dimensions' ? nodes.get(change.id) : undefined;
        if (!known) continue;
        const { width, height } = known.plan;
        known.node = { ...known.node, measured: { width, height } };
        renewed = true;
      }
      return renewed;
    },
  };
}

function toNode(one: PlanNode, dense: boolean): FloorNode {
  const { key, role, id, x, y, width, height, lines, hidden, leaving } = one;
  return {
    id: key,
    type: role,
    position: { x, y },
    width,
    height,
    handles: handlesOf(one, dense),
    data: { id, dense, lines, hidden, leaving },
    draggable: false,
    selectable: false,
    connectable: false,
  };
}

function handlesOf({ role, width, height, lines }: PlanNode, dense: boolean) {
  const handle = (id: string, left: boolean, type: 'source' | 'target', y: number) => ({
    id,
    type,
    position: left ? Position.Left : Position.Right,
    x: left ? 0 : width,
    y,
    width: 0,
    height: 0,
  });
  const middle = role === 'contractor' && lines.length > 0 ? 13 : height / 2;
  const { line } = metricsOf(dense);
  return (['source', 'target'] as const).flatMap((type) => [
    handle('l', true, type, middle),
    handle('r', false, type, middle),
    ...lines.map((id, i) => handle(id, true, type, 26 + (i + 0.5) * line)),
  ]);
}

function toEdge(one: PlanEdge, quiet: boolean): FloorEdge {
  const { key, kind, from, to, fromHandle, toHandle, callId, agentId } = one;
  return {
    id: key,
    type: kind,
    source: from,
    target: to,
    sourceHandle: fromHandle,
    targetHandle: toHandle,
    data: { callId, agentId, quiet },
    focusable: false,
    selectable: false,
  };
}
