// The plan as React Flow's nodes and edges, with identity kept wherever nothing changed.
import { type Edge, type Node, type NodeChange, Position } from '@xyflow/react';
import { blocksOf, laneOf, type Line, lineHeight, metricsOf, type Step } from './layout.ts';
import type { Plan, PlanNode } from './plan.ts';
import { type PlanEdge, slotHandle } from './plan-edges.ts';

export interface FloorData extends Record<string, unknown> {
  id: string;
  dense: boolean;
  lines: readonly Line[];
  /** Resources beyond those lines. */
  hidden: number;
  leaving: boolean;
}
export interface EdgeData extends Record<string, unknown> {
  callId: string;
  agentId: string;
  /** It says its price: what matters now does, where so few do that all can. */
  quiet: boolean;
  /** Where it leaves its row and has reached the other; null for what hangs below another. */
  bend: Bend | null;
}
export type Bend = readonly [from: number, to: number];
export type FloorNode = Node<FloorData>;
export type FloorEdge = Edge<EdgeData>;

/** Up to so many edges with a price all of them show it. */
const QUIET_EDGES = 32;

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
      const { step } = plan;
      const bends = bendsOf(step);
      const priced = plan.edges.filter(({ kind, spoken }) => spoken || kind === 'award');
      const few = priced.length <= QUIET_EDGES;
      const nextNodes: typeof nodes = new Map();
      for (const one of plan.nodes) {
        const before = nodes.get(one.key);
        const same = before?.plan === one;
        nextNodes.set(one.key, same ? before : { plan: one, node: toNode(one, step) });
      }
      const nextEdges: typeof edges = new Map();
      for (const one of plan.edges) {
        const before = edges.get(one.key);
        const quiet = few && (one.spoken || one.kind === 'award');
        const data = before?.plan === one ? before.edge.data : undefined;
        const bend = bendOf(one, bends);
        const same = data?.quiet === quiet && data.bend?.join() === bend?.join();
        const edge = before && same ? before.edge : toEdge(one, quiet, bend);
        nextEdges.set(one.key, { plan: one, edge });
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

/** Edges keep to their rows and bend only between the blocks: none runs through other rows. */
function bendsOf(step: Step): { left: Bend; right: Bend } {
  const { manager, call, contractor } = blocksOf(step);
  return {
    left: [manager.x + manager.width, call.x],
    right: [call.x + call.width, contractor.x],
  };
}

function bendOf({ kind, fromHandle }: PlanEdge, bends: ReturnType<typeof bendsOf>): Bend | null {
  if (fromHandle === 'd') return null;
  return kind === 'call' ? bends.left : bends.right;
}

function toNode(one: PlanNode, step: Step): FloorNode {
  const { key, role, id, x, y, width, height, lines, hidden, leaving } = one;
  return {
    id: key,
    type: role,
    position: { x, y },
    width,
    height,
    handles: handlesOf(one, step),
    data: { id, dense: step.dense, lines, hidden, leaving },
    draggable: false,
    selectable: false,
    connectable: false,
  };
}

function handlesOf({ role, column, width, height, lines }: PlanNode, step: Step) {
  const handle = (id: string, left: boolean, type: 'source' | 'target', y: number) => ({
    id,
    type,
    position: left ? Position.Left : Position.Right,
    x: left ? 0 : width,
    y,
    width: 0,
    height: 0,
  });
  const { head, indent } = metricsOf(step.dense);
  const lane = role === 'call' ? laneOf(step, column) : 0;
  const middle = role === 'contractor' && lines.length > 0 ? head / 2 : height / 2 + lane;
  const spots = spotsOf(lines, step);
  return (['source', 'target'] as const).flatMap((type) => [
    handle('l', true, type, middle),
    handle('r', false, type, middle),
    { ...handle('d', true, type, height), x: indent / 2 },
    ...spots.map(({ id, y }) => handle(id, true, type, y)),
  ]);
}

/** Where the edges to a contractor's resources and slots end. */
function spotsOf(lines: readonly Line[], step: Step): { id: string; y: number }[] {
  const { head, line, slot } = metricsOf(step.dense);
  const spots: { id: string; y: number }[] = [];
  let top = head;
  for (const one of lines) {
    spots.push({ id: one.id, y: top + line / 2 });
    for (let row = 0; row < one.rows; row++) {
      spots.push({ id: slotHandle(one.id, row), y: top + line + (row + 0.5) * slot });
    }
    top += lineHeight(step, one);
  }
  return spots;
}

function toEdge(one: PlanEdge, quiet: boolean, bend: Bend | null): FloorEdge {
  const { key, kind, from, to, fromHandle, toHandle, callId, agentId } = one;
  return {
    id: key,
    type: kind,
    source: from,
    target: to,
    sourceHandle: fromHandle,
    targetHandle: toHandle,
    data: { callId, agentId, quiet, bend },
    focusable: false,
    selectable: false,
  };
}
