// An empty market teaches: what it is about, how one negotiation goes, and one thing to do.
import { Play } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { startDemo } from '../frame/actions.ts';
import { useDerived, useMarket } from '../mirror/hooks.ts';
import type { Model } from '../mirror/model.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { counted } from '../words/format.ts';
import { isOwn } from '../words/market.ts';
import './floor.css';

const FlowDiagram = lazy(async () => ({
  default: (await import('./flow-diagram.tsx')).FlowDiagram,
}));

const TAKEAWAYS = [
  {
    name: 'Agents decide, the market does not.',
    what: 'An agent calls for capacity, others propose a price. The app is bank and judge.',
  },
  {
    name: 'Bids are sealed, promises are held.',
    what: 'Nobody sees a rival’s price, and nobody can promise a slot or a credit twice.',
  },
  {
    name: 'A lease is a right with an end.',
    what: 'A slot for a time and a price, with real processes in it; it ends one way only.',
  },
  {
    name: 'Every credit is accounted for.',
    what: 'By agent, project and resource, in books that add to zero and a journal that replays.',
  },
] as const;

const WATCHED = ['resources', 'agents'] as const;
function slotsForSale(model: Model): number {
  let n = 0;
  for (const one of model.resources.values()) if (isOwn(model, one)) n += one.slots.length;
  return n;
}

export function EmptyFloor() {
  const running = useMarket((s) => s.demo.running);
  const slots = useDerived(WATCHED, slotsForSale, 500);
  return (
    <div className="empty-floor">
      <section className="takeaways" aria-labelledby="takeaways-title">
        <p className="eyebrow">
          {slots > 0
            ? `The market is open: this machine offers ${counted(slots, 'slot')}`
            : 'The market is open'}
        </p>
        <h2>No agent has come yet</h2>
        <div className="takeaway-box">
          <h3 id="takeaways-title">Key takeaways</h3>
          <ol>
            {TAKEAWAYS.map(({ name, what }) => (
              <li key={name}>
                <strong>{name}</strong> <span className="muted">{what}</span>
              </li>
            ))}
          </ol>
        </div>
        <button
          type="button"
          className="button primary large"
          disabled={running}
          onClick={() => void startDemo()}
        >
          <Play size={16} aria-hidden="true" />{' '}
          {running ? 'The agents are coming…' : 'Start the demo'}
        </button>
        <p className="faint">
          A dozen agents with budgets negotiate for the slots of this machine and run real programs
          in the leases they win.
        </p>
      </section>
      <figure className="flow" aria-labelledby="flow-title">
        <figcaption id="flow-title" className="eyebrow">
          How one negotiation goes
        </figcaption>
        <Suspense fallback={<Skeleton label="Drawing the flow of a negotiation" lines={10} />}>
          <FlowDiagram />
        </Suspense>
      </figure>
    </div>
  );
}
