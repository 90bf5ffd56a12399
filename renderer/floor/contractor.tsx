// A contractor's resources with their slots. Of its own machine each slot says who has it and for
// how long; of others it is a small square whose fill is its state.
import type { ResourceView, SlotView } from '../../core/engine/view/model.ts';
import { useLease, useRecord, useResource, useTimed } from '../mirror/hooks.ts';
import { MarkIcon } from '../ui/icons.tsx';
import { count, creditsShort, left } from '../words/format.ts';
import { resourceName } from '../words/market.ts';
import { slotState } from '../words/states.ts';
import { useFloor } from './floor-store.ts';
import type { Line } from './layout.ts';

/** As many squares as fit beside a name. */
const SQUARES = 10;

export function ContractorLines({
  lines,
  hidden,
}: {
  lines: readonly Line[];
  /** How many resources it has beyond those. */
  hidden: number;
}) {
  return (
    <>
      {lines.map((line) => (
        <Resource key={line.id} line={line} />
      ))}
      {hidden > 0 && <div className="fline sub">and {hidden} more</div>}
    </>
  );
}

function Resource({ line: { id, perRow } }: { line: Line }) {
  const resource = useResource(id);
  if (!resource) return null;
  const free = resource.slots.filter(({ state }) => state === 'free').length;
  const words = `${count(free)} of ${count(resource.slots.length)} free`;
  return (
    <>
      <div className="fline res" title={`${resourceName(resource)}: ${words}`}>
        <span className="cut grow">{resourceName(resource)}</span>
        {resource.paused && <span className="ftag">paused</span>}
        {perRow === 0 && <Squares resource={resource} />}
        <span className="fcount">{perRow === 0 ? `${free}/${resource.slots.length}` : words}</span>
      </div>
      {perRow > 0 && (
        <div className={perRow === 1 ? 'fslots' : 'fslots by-two'}>
          {resource.slots.map((slot, i) => (
            <Slot key={i} index={i} slot={slot} wide={perRow === 1} />
          ))}
        </div>
      )}
    </>
  );
}

/** One slot: whose work runs in it, at which price, and how much of its time is left. */
function Slot({ slot, index, wide }: { slot: SlotView; index: number; wide: boolean }) {
  const lease = useLease(slot.state === 'leased' ? slot.by : null);
  const lit = useFloor((s) => lease !== undefined && s.lit === (lease.needId ?? lease.cfpId));
  const { mark, word } = slotState(slot);
  return (
    <div className={`fslot ${slot.state}${lit ? ' lit' : ''}`} title={`Slot ${index}: ${word}`}>
      <span className="ftone">
        <MarkIcon mark={mark} size={11} />
      </span>
      <span className="cut grow">{lease ? lease.title : word}</span>
      {lease && wide && <span className="price">{creditsShort(lease.price)}</span>}
      {lease && <SlotTime from={lease.startAt} to={lease.endAt} />}
    </div>
  );
}

/** Steps of the time bar: finer ones would be drawn more often than they are seen. */
const BAR_STEPS = 48;

function SlotTime({ from, to }: { from: number; to: number }) {
  const words = useTimed((now) => left(to, now));
  const part = useTimed((now) => {
    const rest = Math.min(1, Math.max(0, (to - now) / Math.max(1, to - from)));
    return Math.ceil(rest * BAR_STEPS) / BAR_STEPS;
  });
  return (
    <>
      <span className="fleft">{words}</span>
      <i className="fbar" style={{ transform: `scaleX(${part.toFixed(3)})` }} aria-hidden="true" />
    </>
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
export function ContractorMap({ className, lines }: { className: string; lines: readonly Line[] }) {
  return (
    <div className={`${className} map bars`}>
      {lines.map(({ id }) => (
        <MapBar key={id} id={id} />
      ))}
      {lines.length === 0 && <span className="fpill" style={{ width: '16%' }} />}
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
