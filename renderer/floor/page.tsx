// The floor: the live negotiation graph, its filters, and the ribbon of what has ended.
import { useMarket } from '../mirror/hooks.ts';
import { EmptyFloor } from './empty.tsx';
import { FilterBar } from './filter-bar.tsx';
import './floor.css';
import './nodes.css';
import { FloorGraph } from './graph.tsx';
import { Ribbon } from './ribbon.tsx';

export function FloorPage() {
  const empty = useMarket(({ model }) => {
    if (model.calls.size > 0) return false;
    for (const { kind } of model.agents.values()) if (kind === 'agent') return false;
    return true;
  });
  if (empty) return <EmptyFloor />;
  return (
    <div className="floor">
      <FilterBar />
      <FloorGraph />
      <Ribbon />
    </div>
  );
}
