// The slots of a resource: free, held or leased, by whom and until when.
import type { ResourceView, SlotView } from '../../core/engine/view/model.ts';
import { thingOf } from '../frame/route.ts';
import { select } from '../frame/view-store.ts';
import { useAgentName, useCall, useLease } from '../mirror/hooks.ts';
import { AgentDot } from '../ui/things.tsx';
import { StateWord } from '../ui/icons.tsx';
import { Left, TimeBar } from '../ui/values.tsx';
import { count } from '../words/format.ts';
import { slotState } from '../words/states.ts';

/** As many as one can still read one by one. */
const MOST = 24;

export function Slots({
  resource,
  stacked = false,
}: {
  resource: ResourceView;
  stacked?: boolean;
}) {
  const { slots } = resource;
  return (
    <ol className={stacked ? 'slots stacked' : 'slots'} aria-label="Slots">
      {slots.slice(0, MOST).map((slot, i) => (
        <Slot key={i} slot={slot} index={i} paused={resource.paused} />
      ))}
      {slots.length > MOST && <Rest slots={slots.slice(MOST)} />}
    </ol>
  );
}

function Rest({ slots }: { slots: readonly SlotView[] }) {
  const n = (state: SlotView['state']) => slots.filter((slot) => slot.state === state).length;
  return (
    <li className="slot rest">
      {count(slots.length)} more: {n('leased')} leased, {n('held')} held, {n('free')} free
    </li>
  );
}

function Slot({ slot, index, paused }: SlotProps) {
  const leased = slot.by !== null && thingOf(slot.by) === 'lease';
  const state = slotState(slot);
  return (
    <li className={`slot ${slot.state}`}>
      <div className="row">
        <span className="faint slot-index">{index}</span>
        <StateWord state={state} />
        <span className="grow" />
        {slot.until !== null && (
          <span className="faint">
            <Left until={slot.until} />
          </span>
        )}
      </div>
      {leased && slot.by !== null ? (
        <Tenant leaseId={slot.by} />
      ) : (
        <Holder slot={slot} paused={paused} />
      )}
    </li>
  );
}

interface SlotProps {
  slot: SlotView;
  index: number;
  paused: boolean;
}

function Tenant({ leaseId }: { leaseId: string }) {
  const lease = useLease(leaseId);
  const name = useAgentName(lease?.managerId ?? '');
  if (!lease) return <p className="small faint">leased</p>;
  return (
    <>
      <button type="button" className="thing slot-who" onClick={() => select(leaseId)}>
        <span className="agent">
          <AgentDot id={lease.managerId} />
          <span className="cut">{name}</span>
        </span>
      </button>
      <TimeBar from={lease.startAt} to={lease.endAt} />
    </>
  );
}

/** A free slot says what it waits for; a held one, for which conversation it is held. */
function Holder({ slot, paused }: { slot: SlotView; paused: boolean }) {
  const call = useCall(slot.by);
  if (slot.state === 'free') {
    return <p className="small faint">{paused ? 'Paused: not for sale' : 'Waiting for a call'}</p>;
  }
  return (
    <p className="small faint cut">{call ? `Offered in “${call.title}”` : 'Promised in a bid'}</p>
  );
}
