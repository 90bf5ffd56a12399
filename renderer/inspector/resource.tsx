import type { ResourceView } from '../../core/engine/view/model.ts';
import { hrefTo } from '../frame/view-store.ts';
import { PauseSwitch, ReservePrice } from '../machine/controls.tsx';
import { Slots } from '../machine/slots.tsx';
import { useResource } from '../mirror/hooks.ts';
import { AgentLink } from '../ui/things.tsx';
import { bytes, counted } from '../words/format.ts';
import { resourceName } from '../words/market.ts';
import { kindWord } from '../words/sentences.ts';
import { Fact, Facts, Gone, Raw, Section, Title } from './parts.tsx';

export function ResourceCard({ id }: { id: string }) {
  const resource = useResource(id);
  return resource ? <Known resource={resource} /> : <Gone id={id} />;
}

function Known({ resource }: { resource: ResourceView }) {
  const { slots, vramBytes, memoryBytes } = resource;
  return (
    <>
      <Title name={resourceName(resource)} id={resource.id} />
      <p className="muted">
        {counted(slots.length, `${kindWord(resource.kind)} slot`)}
        {resource.simulated ? ', simulated: never sold to another machine' : ''}
      </p>
      <Section name="Slots">
        <Slots resource={resource} stacked />
      </Section>
      <Section name="Terms">
        <Facts>
          <Fact name="Owner">
            <AgentLink id={resource.ownerId} />
          </Fact>
          {vramBytes !== null && <Fact name="Video memory">{bytes(vramBytes)}</Fact>}
          {memoryBytes !== null && <Fact name="Memory">{bytes(memoryBytes)}</Fact>}
          <Fact name="Reserve price">
            <ReservePrice resource={resource} />
          </Fact>
          <Fact name="For sale">
            <PauseSwitch resource={resource} />
          </Fact>
          <Fact name="Fencing epoch">{resource.epoch}</Fact>
        </Facts>
      </Section>
      <p>
        <a className="link" href={hrefTo('machine', resource.id)}>
          Show it on the machine page
        </a>
      </p>
      <Raw value={resource} />
    </>
  );
}
