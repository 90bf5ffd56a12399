// The floor by keyboard: from node to node in the direction of the arrow, Enter opens.
import type { ReactFlowInstance } from '@xyflow/react';
import { type RefObject, useEffect, useEffectEvent, useState } from 'react';
import { select } from '../frame/view-store.ts';
import { marketStore } from '../mirror/link.ts';
import { agentState, callState } from '../words/states.ts';
import { floorStore, lastView, openNode } from './floor-store.ts';
import type { Plan, PlanNode } from './plan.ts';
import { type Direction, nextNode } from './walk.ts';

const DIRECTIONS: Record<string, Direction> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Listens on the floor itself; answers what to say about the node it has come to. */
export function useWalk(
  plan: Plan,
  box: RefObject<HTMLElement | null>,
  flow: ReactFlowInstance,
  fit: () => void,
): string {
  const [said, setSaid] = useState('');
  const [last, setLast] = useState<PlanNode>();
  const go = (node: PlanNode | undefined) => {
    if (!node) return;
    setLast(node);
    setSaid(describe(node));
    floorStore.setState({ focus: node.key, lit: node.role === 'call' ? node.id : null });
    if (box.current) reveal(node, flow, box.current);
  };
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key];
    const here = plan.nodes.find(({ key }) => key === floorStore.getState().focus);
    if (direction) go(nextNode(plan.nodes, here ?? last, direction));
    else if (event.key === 'Enter' && here) openNode(here.role, here.id);
    else if (event.key === ' ' && here) select(here.id);
    else if (event.key === '0') fit();
    else if (event.key === '+' || event.key === '=') void flow.zoomIn();
    else if (event.key === '-') void flow.zoomOut();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const element = box.current;
    const listen = (event: KeyboardEvent) => {
      if (event.target === element) onKeyDown(event);
    };
    const leave = () => floorStore.setState({ focus: null, lit: null });
    element?.addEventListener('keydown', listen);
    element?.addEventListener('blur', leave);
    return () => {
      element?.removeEventListener('keydown', listen);
      element?.removeEventListener('blur', leave);
    };
  }, [box]);
  return said;
}

/** Moves the view only when the node would not be seen. */
function reveal(node: PlanNode, flow: ReactFlowInstance, box: HTMLElement): void {
  const middle = { x: node.x + node.width / 2, y: node.y + node.height / 2 };
  const { x, y } = flow.flowToScreenPosition(middle);
  const area = box.getBoundingClientRect();
  const inside =
    x > area.left + 40 && x < area.right - 40 && y > area.top + 40 && y < area.bottom - 20;
  if (inside) return;
  lastView.moved = true;
  void flow.setCenter(middle.x, middle.y, { zoom: flow.getZoom() });
}

function describe({ role, id }: PlanNode): string {
  const { model } = marketStore.getState();
  if (role === 'call') {
    const call = model.calls.get(id);
    return call ? `Call ${call.title}, ${callState(call).word}` : '';
  }
  const agent = model.agents.get(id);
  if (!agent) return '';
  const what = role === 'manager' ? 'Manager' : 'Contractor';
  return `${what} ${agent.name}, ${agentState(agent).word}`;
}
