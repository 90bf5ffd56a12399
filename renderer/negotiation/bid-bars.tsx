// Sealed bids side by side: whoever bids once and at the same moment has no curve over time.
import type { CallView } from '../../core/engine/view/model.ts';
import { useAgentName, useLease, useOrdinal } from '../mirror/hooks.ts';
import { categoryOf } from '../ui/colours.ts';
import { AgentLink } from '../ui/things.tsx';
import { creditsShort } from '../words/format.ts';
import { type Bid, bidsOf } from './bids.ts';

/** More are in the table below. */
const BARS = 8;
export function BidBars({ call }: { call: CallView }) {
  const lease = useLease(call.leaseId);
  const bids = bidsOf(call);
  const offer = call.direction === 'offer';
  const paid = lease?.cfpId === call.id ? lease.price : null;
  const top = Math.max(...bids.map(({ proposal }) => proposal.price), call.limitPrice, paid ?? 0);
  const at = (micro: number): string => `${((micro / Math.max(1, top)) * 100).toFixed(2)}%`;
  if (bids.length === 0) return null;
  return (
    <figure className="bid-bars">
      <ol>
        {bids.slice(0, BARS).map((bid) => (
          <Bar key={bid.agentId} bid={bid} width={at(bid.proposal.price)} />
        ))}
      </ol>
      <div className="bid-marks" aria-hidden="true">
        <i className="limit" style={{ left: at(call.limitPrice) }} />
        {paid !== null && <i className="paid" style={{ left: at(paid) }} />}
      </div>
      <figcaption className="small muted">
        {paid !== null && (
          <span className="tone-good">
            <i className="bid-key paid" /> paid {creditsShort(paid)}
          </span>
        )}
        <span>
          <i className="bid-key limit" /> {offer ? 'at least' : 'at most'}{' '}
          {creditsShort(call.limitPrice)}
        </span>
        {bids.length > BARS && <span>{bids.length - BARS} more in the table</span>}
      </figcaption>
    </figure>
  );
}

function Bar({ bid, width }: { bid: Bid; width: string }) {
  const colour = categoryOf(useOrdinal(bid.agentId));
  const name = useAgentName(bid.agentId);
  const won = bid.proposal.state === 'accepted';
  return (
    <li className={won ? 'won' : ''} title={`${name}: ${creditsShort(bid.proposal.price)} credits`}>
      <AgentLink id={bid.agentId} />
      <span className="bid-track" aria-hidden="true">
        <i style={{ width, background: colour }} />
      </span>
      <span className="bid-price">{creditsShort(bid.proposal.price)}</span>
    </li>
  );
}
