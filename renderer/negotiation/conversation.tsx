// One conversation: what was asked, what was answered, what came of it and why.
import { Ban } from 'lucide-react';
import { lazy, Suspense } from 'react';
import type { CallView } from '../../core/engine/view/model.ts';
import { select } from '../frame/view-store.ts';
import { useAgentName, useCall, useLease, useNow, useResource } from '../mirror/hooks.ts';
import { ask } from '../mirror/link.ts';
import { Confirm } from '../ui/dialog.tsx';
import { StateWord } from '../ui/icons.tsx';
import { Scroll } from '../ui/scroll.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { AgentLink } from '../ui/things.tsx';
import { At, Id } from '../ui/values.tsx';
import { creditsInWords } from '../words/format.ts';
import { isLive, resourceName, stuckReason } from '../words/market.ts';
import {
  awardSentence,
  callSentence,
  outcomeSentence,
  pricingName,
  ruleSentence,
} from '../words/sentences.ts';
import { callState } from '../words/states.ts';
import { Bargaining } from './bargaining/view.tsx';
import { BidBars } from './bid-bars.tsx';
import { isOneMoment } from './bids.ts';
import { Dialogues } from './dialogues.tsx';
import { LeasePanel } from './lease-panel.tsx';
import { Trace } from './trace.tsx';

const PriceChart = lazy(async () => ({ default: (await import('./price-chart.tsx')).PriceChart }));

export function Conversation({ id }: { id: string }) {
  const call = useCall(id);
  if (!call) {
    return (
      <section className="conversation hint" aria-label="Conversation">
        <h2>This conversation is not here any more</h2>
        <p className="muted">
          It ended and has left the memory of the screen. Its journal entries and transfers are
          kept: find them in the bank by its id.
        </p>
        <Id id={id} />
      </section>
    );
  }
  return (
    <Scroll className="conversation" label="Conversation">
      <Header call={call} />
      {call.bargaining && <Bargaining id={call.id} doc={call.bargaining} />}
      <div className="conversation-body">
        <Prices call={call} />
        <Panel name="Messages" scrolls>
          <Trace call={call} />
        </Panel>
        <Panel name={`Who answered what (${call.dialogues.length})`}>
          <Dialogues call={call} />
        </Panel>
        {call.leaseId && (
          <Panel name="Lease and its transfers">
            <LeasePanel leaseId={call.leaseId} />
          </Panel>
        )}
      </div>
    </Scroll>
  );
}

/** Over time where time tells something, side by side where all bid at one moment. */
function Prices({ call }: { call: CallView }) {
  const lease = useLease(call.leaseId);
  const sale = useCall(lease && lease.cfpId !== call.id ? lease.cfpId : null);
  const bids = call.dialogues.filter(({ proposal }) => proposal !== null).length;
  const moment = isOneMoment(call);
  if (sale && bids === 0) {
    return (
      <Panel name="Bids in the sale that met it, in credits">
        <BidBars call={sale} />
      </Panel>
    );
  }
  return (
    <Panel name={moment ? 'Sealed bids, in credits' : 'Prices over time, in credits'}>
      {bids === 0 && <p className="muted">{noBid(call)}</p>}
      {bids > 0 && moment && <BidBars call={call} />}
      {bids > 0 && !moment && (
        <Suspense fallback={<Skeleton label="Loading the chart" lines={5} />}>
          <PriceChart call={call} />
        </Suspense>
      )}
    </Panel>
  );
}

function noBid(call: CallView): string {
  if (isLive(call)) return 'No bid has come yet.';
  return call.state === 'awarded' ? 'It was met in a sale by its seller.' : 'No bid came.';
}

function Panel({ name, scrolls, children }: PanelProps) {
  return (
    <section className={scrolls ? 'panel beside' : 'panel'}>
      <h3>{name}</h3>
      {scrolls ? (
        <Scroll className="panel-scroll" label={name}>
          {children}
        </Scroll>
      ) : (
        children
      )}
    </section>
  );
}
interface PanelProps {
  name: string;
  /** Beside another panel, no higher than that one. */
  scrolls?: boolean;
  children: React.ReactNode;
}

function Header({ call }: { call: CallView }) {
  const manager = useAgentName(call.managerId);
  const resource = useResource(call.offer?.resourceId ?? null);
  const lease = useLease(call.leaseId);
  const now = useNow(1000);
  const stuck = stuckReason(call, lease ?? null, now);
  return (
    <header className="conversation-head">
      <div className="row">
        <h2 className="cut">{call.title}</h2>
        <StateWord state={callState(call)} />
        <span className="grow" />
        {isLive(call) && <CancelCall call={call} manager={manager} />}
        <button type="button" className="button small" onClick={() => select(call.id)}>
          Inspect
        </button>
      </div>
      <p className="lead">{callSentence(call, manager, resource && resourceName(resource))}</p>
      <p className={stuck ? 'tone-warn' : 'muted'}>
        {outcomeSentence(call, now, lease)} {stuck}
      </p>
      <dl className="head-facts">
        <div>
          <dt>{call.direction === 'offer' ? 'Offered by' : 'Called by'}</dt>
          <dd>
            <AgentLink id={call.managerId} />
          </dd>
        </div>
        <div>
          <dt>Project</dt>
          <dd>{call.project}</dd>
        </div>
        <div>
          <dt>{call.direction === 'offer' ? 'At least' : 'At most'}</dt>
          <dd>{creditsInWords(call.limitPrice)}</dd>
        </div>
        <div title={`${ruleSentence(call)} ${awardSentence(call)}`}>
          <dt>Rule</dt>
          <dd>
            {pricingName(call.pricing)}, {call.award === 'auto' ? 'automatic' : 'by hand'}
          </dd>
        </div>
        <div>
          <dt>Opened</dt>
          <dd>
            <At at={call.openedAt} />
          </dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>
            <Id id={call.id} />
          </dd>
        </div>
      </dl>
    </header>
  );
}

function CancelCall({ call, manager }: { call: CallView; manager: string }) {
  return (
    <Confirm
      trigger={
        <button type="button" className="button small">
          <Ban size={13} aria-hidden="true" /> Cancel the call
        </button>
      }
      title={`Cancel “${call.title}”?`}
      text={`Everything held for it is released, and ${manager} is told. It costs nothing.`}
      confirm="Cancel the call"
      danger
      run={() => ask('POST', `/v1/cfps/${call.id}/cancel`)}
    />
  );
}
