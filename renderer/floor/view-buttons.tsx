import { useReactFlow } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { lastView } from './floor-store.ts';

export function ViewButtons({ onFit }: { onFit(): void }) {
  const flow = useReactFlow();
  const zoom = (run: () => Promise<boolean>) => () => {
    lastView.moved = true;
    void run();
  };
  const buttons = [
    { name: 'Zoom in (+)', icon: Plus, run: zoom(() => flow.zoomIn()) },
    { name: 'Zoom out (-)', icon: Minus, run: zoom(() => flow.zoomOut()) },
    { name: 'Show everything (0)', icon: Maximize, run: onFit },
  ];
  return (
    <fieldset className="view-buttons" aria-label="View">
      {buttons.map(({ name, icon: Icon, run }) => (
        <button key={name} type="button" className="icon-button" title={name} onClick={run}>
          <Icon size={15} aria-hidden="true" />
          <span className="visually-hidden">{name}</span>
        </button>
      ))}
    </fieldset>
  );
}
