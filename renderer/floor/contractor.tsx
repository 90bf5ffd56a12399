// A contractor's resources with their slots, each a small square whose fill is its state.
import type { ResourceView, SlotView } from '../../core/engine/view/model.ts';
import { useRecord, useResource } from '../mirror/hooks.ts';
import { count } from '../words/format.ts';
import { resourceName } from '../words/market.ts';

/** As many squares as fit beside a name. */
const SQUARES = 10;

export function ContractorLines({
  resources,
  hidden,
}: {
  resources: readonly string[];
  /** How many more it has than are shown. */
  hidden: number;
}) {
  return (
    <>
      {resources.map((id) => (
        <Line key={id} id={id} />
      ))}
      {hidden > 0 && <div className="fline sub">and {hidden} more</div>}
    </>
  );
}

function Line({ id }: { id: string }) {
  const resource = useResource(id);
  if (!resource) return null;
  const free = resource.slots.filter(({ state }) => state === 'free').length;
  const words = `${count(free)} of ${count(resource.slots.length)} free`;
  return (
    <div className="fline res" title={`${resourceName(resource)}: ${words}`}>
      <span className="cut grow">{resourceName(resource)}</span>
      {resource.paused && <span className="ftag">paused</span>}
      <Squares resource={resource} />
      <span className="fcount">
        {free}/{resource.slots.length}
      </span>
    </div>
  );
}

function Squares({ resource }: { resource: ResourceView }) {
  const { slots } = resource;
  if (slots.length > SQUARES) return <ShareBar slots={slots} />;
  return (
    <span className="squares" aria-hidden="true">
      {slots.map((slot, i) => (
        <i key={i} className={slot.state} />
      ))}
    </span>
  );
}

/** Many slots: one bar of three parts. */
function ShareBar({ slots }: { slots: readonly SlotView[] }) {
  const part = (state: SlotView['state']): string => {
    const n = slots.filter((slot) => slot.state === state).length;
    return `${((n / slots.length) * 100).toFixed(1)}%`;
  };
  return (
    <span className="share" aria-hidden="true">
      <i className="leased" style={{ width: part('leased') }} />
      <i className="held" style={{ width: part('held') }} />
    </span>
  );
}

/** From far away: one bar a resource, filled as far as it is leased. */
export function ContractorMap({
  className,
  resources,
}: {
  className: string;
  resources: readonly string[];
}) {
  return (
    <div className={`${className} map bars`}>
      {resources.map((id) => (
        <MapBar key={id} id={id} />
      ))}
      {resources.length === 0 && <span className="fpill" style={{ width: '16%' }} />}
    </div>
  );
}
function MapBar({ id }: { id: string }) {
  const taken = useRecord('resources', id, (resource) => {
    const slots = resource?.slots ?? [];
    const n = slots.filter(({ state }) => state !== 'free').length;
    return slots.length === 0 ? 0 : Math.round((n / slots.length) * 20) / 20;
  });
  return (
    <span className="mapbar">
      <i style={{ transform: `scaleX(${taken})` }} />
    </span>
  );
}
