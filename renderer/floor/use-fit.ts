// Shows everything: at first, when the floor grows a step, and when asked. Never while somebody has
// chosen a view of his own.
import type { ReactFlowInstance } from '@xyflow/react';
import { type RefObject, useEffect, useEffectEvent } from 'react';
import { lastView } from './floor-store.ts';
import type { Plan } from './plan.ts';

/** Space for the heads above and the legend below. */
const PAD = { top: 42, side: 16, bottom: 36 };
const CLOSEST = 1.2;

export function useFit(
  plan: Plan,
  box: RefObject<HTMLDivElement | null>,
  flow: ReactFlowInstance,
): () => void {
  const { x, y, width, height } = plan.box;
  const show = () => {
    const area = box.current;
    if (!area || area.clientWidth === 0) return;
    const room = {
      width: area.clientWidth - 2 * PAD.side,
      height: area.clientHeight - PAD.top - PAD.bottom,
    };
    const zoom = Math.min(room.width / width, room.height / height, CLOSEST);
    const viewport = {
      zoom,
      x: PAD.side + (room.width - width * zoom) / 2 - x * zoom,
      y: PAD.top - y * zoom,
    };
    void flow.setViewport(viewport);
    lastView.viewport = viewport;
  };
  const follow = useEffectEvent(() => {
    if (lastView.step !== plan.step) lastView.moved = false;
    lastView.step = plan.step;
    if (!lastView.moved) show();
  });
  const shape = `${x} ${width} ${height}`;
  useEffect(() => {
    if (shape !== '') follow();
  }, [shape]);
  useEffect(() => {
    if (!box.current) return;
    const sizes = new ResizeObserver(() => follow());
    sizes.observe(box.current);
    return () => sizes.disconnect();
  }, [box]);
  return () => {
    lastView.moved = false;
    show();
  };
}
