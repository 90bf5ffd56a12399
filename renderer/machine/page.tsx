// This machine: what it sells, who has it, what runs on it.
import { CirclePause, CirclePlay } from 'lucide-react';
import { useCallback, useEffect } from 'react';
import type { ResourceView } from '../../core/engine/view/model.ts';
import { pauseSelling } from '../frame/actions.ts';
import { useRoute } from '../frame/view-store.ts';
import { useDerived } from '../mirror/hooks.ts';
import type { Model } from '../mirror/model.ts';
import { isOwn } from '../words/market.ts';
import { Jobs } from './jobs.tsx';
import { Leases } from './leases.tsx';
import './machine.css';
import { Readings } from './readings.tsx';
import { ResourcePanel } from './resource-panel.tsx';

const WATCHED = ['resources', 'agents'] as const;

interface Found {
  own: ResourceView[];
  others: ResourceView[];
}
function find(model: Model): Found {
  const own: ResourceView[] = [];
  const others: ResourceView[] = [];
  for (const one of model.resources.values()) (isOwn(model, one) ? own : others).push(one);
  return { own, others };
}

export function MachinePage() {
  const { own, others } = useDerived(WATCHED, find, 400);
  return (
    <div className="machine">
      <div className="machine-main">
        <header className="page-head">
          <h2>This machine</h2>
          <span className="grow" />
          {own.length > 0 && <PauseAll own={own} />}
        </header>
        {own.length === 0 && (
          <p className="empty-note">
            This machine sells nothing. Haggle found no capacity, or was started without a probe (
            <code>--no-probe</code>).
          </p>
        )}
        <ResourceList resources={own} label="Resources of this machine" />
        <Leases />
        <Jobs />
        {others.length > 0 && (
          <>
            <header className="page-head">
              <h2>Resources of other agents</h2>
              <span className="faint">{others.length}</span>
            </header>
            <ResourceList resources={others} label="Resources of other agents" />
          </>
        )}
      </div>
      <Readings />
    </div>
  );
}

const MOST = 60;

function ResourceList({ resources, label }: { resources: ResourceView[]; label: string }) {
  const { id } = useRoute();
  // A deep link leads to one of them; later updates must not scroll again.
  useEffect(() => {
    const chosen = id === null ? null : document.getElementById(`resource-${id}`);
    chosen?.scrollIntoView({ block: 'center' });
  }, [id]);
  return (
    <ul className="resources" aria-label={label}>
      {resources.slice(0, MOST).map((one) => (
        <li key={one.id} id={`resource-${one.id}`} data-chosen={one.id === id || undefined}>
          <ResourcePanel id={one.id} />
        </li>
      ))}
      {resources.length > MOST && (
        <li className="empty-note">
          {resources.length - MOST} more: find them by name with Ctrl K.
        </li>
      )}
    </ul>
  );
}

function PauseAll({ own }: { own: readonly ResourceView[] }) {
  const selling = own.some(({ paused }) => !paused);
  const turn = useCallback(() => void pauseSelling(selling), [selling]);
  return (
    <button type="button" className="button" onClick={turn}>
      {selling ? (
        <CirclePause size={15} aria-hidden="true" />
      ) : (
        <CirclePlay size={15} aria-hidden="true" />
      )}
      {selling ? 'Pause selling' : 'Resume selling'}
    </button>
  );
}
