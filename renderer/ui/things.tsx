// Links to things: an agent with its colour, a call, a lease, a resource. A click opens the
// inspector; the page stays where it is.
import { select } from '../frame/view-store.ts';
import { useAgentName, useCall, useLease, useOrdinal, useResource } from '../mirror/hooks.ts';
import { resourceName } from '../words/market.ts';
import { categoryOf } from './colours.ts';

export function AgentDot({ id }: { id: string }) {
  const ordinal = useOrdinal(id);
  return <i style={{ background: categoryOf(ordinal) }} aria-hidden="true" />;
}

/** Colour and name, for places that are links already. */
export function AgentLabel({ id }: { id: string }) {
  const name = useAgentName(id);
  return (
    <span className="agent">
      <AgentDot id={id} />
      <span className="cut">{name}</span>
    </span>
  );
}

export function AgentLink({ id }: { id: string }) {
  const name = useAgentName(id);
  return (
    <button type="button" className="thing agent" onClick={() => select(id)}>
      <AgentDot id={id} />
      <span className="cut">{name}</span>
    </button>
  );
}

export function CallLink({ id }: { id: string }) {
  const title = useCall(id)?.title;
  return <Thing id={id} label={title ?? id} mono={title === undefined} />;
}
export function LeaseLink({ id }: { id: string }) {
  const title = useLease(id)?.title;
  return <Thing id={id} label={title ?? id} mono={title === undefined} />;
}
export function ResourceLink({ id }: { id: string }) {
  const resource = useResource(id);
  return <Thing id={id} label={resource ? resourceName(resource) : id} mono={!resource} />;
}

function Thing({ id, label, mono }: { id: string; label: string; mono: boolean }) {
  return (
    <button type="button" className="thing link" title={id} onClick={() => select(id)}>
      <span className={mono ? 'cut mono' : 'cut'}>{label}</span>
    </button>
  );
}
