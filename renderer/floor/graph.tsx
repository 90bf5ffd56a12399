// The graph: React Flow draws what the planner has placed. Nothing here follows sixty patches a
// second: the structure is planned a few times a second, the contents live in the nodes.
import '@xyflow/react/dist/base.css';
import { ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react';
import { useRef } from 'react';
import { APPLICATION } from '../ui/roles.ts';
import { BargainEdge } from './bargain-edge.tsx';
import { AwardEdge, BidEdge, CallEdge } from './edges.tsx';
import type { FloorNode } from './elements.ts';
import { floorStore, lastView, openNode } from './floor-store.ts';
import { Heads } from './heads.tsx';
import { blocksOf } from './layout.ts';
import { Legend } from './legend.tsx';
import { CallNode, ContractorNode, ManagerNode, useIsMap, useIsSmall } from './nodes.tsx';
import { useFit } from './use-fit.ts';
import { usePlan } from './use-plan.ts';
import { useWalk } from './use-walk.ts';
import { ViewButtons } from './view-buttons.tsx';

const NODE_TYPES = { manager: ManagerNode, call: CallNode, contractor: ContractorNode };
const EDGE_TYPES = { call: CallEdge, bid: BidEdge, bargain: BargainEdge, award: AwardEdge };
/** Above, edges step back until they are pointed at. */
const CROWDED_EDGES = 60;
/** Above, nodes out of sight are not drawn. */
const VISIBLE_ONLY = 300;

const light = (node: FloorNode | null): void =>
  floorStore.setState({ lit: node?.type === 'call' ? node.data.id : null });

export function FloorGraph() {
  return (
    <ReactFlowProvider>
      <Graph />
    </ReactFlowProvider>
  );
}

/** Agents are here and nobody calls: what that means, and how to change it. */
function Quiet() {
  return (
    <div className="floor-quiet">
      <p>Nobody calls for capacity just now.</p>
      <p className="small faint">
        A call by any agent appears here: start the demo, or try <code>haggle run -- COMMAND</code>.
      </p>
    </div>
  );
}

function Graph() {
  const { plan, nodes, edges, onNodesChange } = usePlan();
  const box = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();
  const fit = useFit(plan, box, flow);
  const said = useWalk(plan, box, flow, fit);
  const crowded = edges.length > CROWDED_EDGES ? 'crowded' : '';
  const far = useIsMap() ? 'is-map' : '';
  const small = useIsSmall() && !plan.step.dense ? 'is-small' : '';
  return (
    <div
      className={`floor-graph ${crowded} ${far} ${small}`}
      ref={box}
      {...APPLICATION}
      aria-label="Market floor: managers on the left, calls in the middle, contractors on the right"
      aria-describedby="floor-help"
    >
      <p id="floor-help" className="visually-hidden">
        Arrow keys go from node to node, Enter opens, 0 shows everything.
      </p>
      <output className="visually-hidden">{said}</output>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        onNodesChange={onNodesChange}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        defaultViewport={lastView.viewport ?? { x: 0, y: 0, zoom: 1 }}
        minZoom={0.04}
        maxZoom={2}
        onlyRenderVisibleElements={nodes.length > VISIBLE_ONLY}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_event, node) => openNode(node.type ?? '', node.data.id)}
        onNodeMouseEnter={(_event, node) => light(node)}
        onNodeMouseLeave={() => light(null)}
        onMoveEnd={(event, viewport) => {
          lastView.viewport = viewport;
          if (event) lastView.moved = true;
        }}
      />
      <Heads blocks={blocksOf(plan.step)} counts={plan.counts} />
      {plan.counts.call === 0 && <Quiet />}
      <Legend far={far !== ''} />
      <ViewButtons onFit={fit} />
    </div>
  );
}
