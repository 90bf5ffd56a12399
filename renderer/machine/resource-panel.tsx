import { Cpu, FlaskConical, MemoryStick, MonitorCog } from 'lucide-react';
import type { ResourceView } from '../../core/engine/view/model.ts';
import { select } from '../frame/view-store.ts';
import { useAgent, useResource } from '../mirror/hooks.ts';
import { AgentLink } from '../ui/things.tsx';
import { bytes, counted } from '../words/format.ts';
import { resourceName } from '../words/market.ts';
import { kindWord } from '../words/sentences.ts';
import { PauseSwitch, ReservePrice } from './controls.tsx';
import { Slots } from './slots.tsx';

const ICONS = { cpu: Cpu, gpu: MonitorCog, memory: MemoryStick } as const;

export function ResourcePanel({ id }: { id: string }) {
  const resource = useResource(id);
  return resource ? <Known resource={resource} /> : null;
}

function Known({ resource }: { resource: ResourceView }) {
  const Icon = ICONS[resource.kind];
  const own = useAgent(resource.ownerId)?.kind === 'machine';
  return (
    <article className="resource" aria-label={resourceName(resource)}>
      <header>
        <Icon size={16} className="faint" aria-hidden="true" />
        <button type="button" className="thing" onClick={() => select(resource.id)}>
          <span className="cut resource-name">{resourceName(resource)}</span>
        </button>
        <span className="faint cut">{describe(resource)}</span>
        {resource.simulated && (
          <span className="chip" title="Not hardware: it is never sold to another machine">
            <FlaskConical size={11} aria-hidden="true" /> Simulated
          </span>
        )}
        <span className="grow" />
        {!own && <AgentLink id={resource.ownerId} />}
        <ReservePrice resource={resource} />
        <PauseSwitch resource={resource} />
      </header>
      <Slots resource={resource} />
    </article>
  );
}

function describe({ slots, kind, vramBytes, memoryBytes }: ResourceView): string {
  const memory = vramBytes ?? memoryBytes;
  const each = memory === null ? '' : `, ${bytes(memory)} each`;
  return counted(slots.length, `${kindWord(kind)} slot`) + each;
}
