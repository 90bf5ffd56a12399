// The panel on the right: one thing, pinned while the pages change. Every page uses this one.
import { X } from 'lucide-react';
import type { ComponentType } from 'react';
import { AgentCard } from '../inspector/agent.tsx';
import { CallCard } from '../inspector/call.tsx';
import { LeaseCard } from '../inspector/lease.tsx';
import { ProjectCard } from '../inspector/project.tsx';
import { ResourceCard } from '../inspector/resource.tsx';
import { Scroll } from '../ui/scroll.tsx';
import { type Thing, thingOf } from './route.ts';
import { select } from './view-store.ts';

const CARDS: Record<Thing, ComponentType<{ id: string }>> = {
  agent: AgentCard,
  call: CallCard,
  lease: LeaseCard,
  resource: ResourceCard,
  project: ProjectCard,
};
const NAMES: Record<Thing, string> = {
  agent: 'Agent',
  call: 'Call',
  lease: 'Lease',
  resource: 'Resource',
  project: 'Project',
};

export function Inspector({ id }: { id: string }) {
  const thing = thingOf(id) ?? 'call';
  const Card = CARDS[thing];
  return (
    <aside className="inspector" aria-label="Inspector">
      <header className="inspector-head">
        <span className="eyebrow grow">{NAMES[thing]}</span>
        <button
          type="button"
          className="icon-button"
          aria-label="Close the inspector (Esc)"
          onClick={() => select(null)}
        >
          <X size={16} aria-hidden="true" />
        </button>
      </header>
      <Scroll className="inspector-body" key={id} label={NAMES[thing]}>
        <Card id={id} />
      </Scroll>
    </aside>
  );
}
