// Leases under way on this market, the next to end first.
import type { LeaseView } from '../../core/engine/view/model.ts';
import { useDerived, useLease } from '../mirror/hooks.ts';
import type { Model } from '../mirror/model.ts';
import { StateWord } from '../ui/icons.tsx';
import { Scroll } from '../ui/scroll.tsx';
import { AgentLink, LeaseLink, ResourceLink } from '../ui/things.tsx';
import { Credits, Left, TimeBar } from '../ui/values.tsx';
import { enforcementWords } from '../words/sentences.ts';
import { leaseState } from '../words/states.ts';
import { GiveBack } from './give-back.tsx';

const WATCHED = ['leases'] as const;
const MOST = 50;

function running(model: Model): LeaseView[] {
  const found = [...model.leases.values()].filter(({ ended }) => ended === null);
  return found.sort((a, b) => a.endAt - b.endAt || (a.id < b.id ? -1 : 1));
}

export function Leases() {
  const leases = useDerived(WATCHED, running, 400);
  return (
    <section aria-labelledby="leases-title">
      <header className="page-head">
        <h2 id="leases-title">Leases under way</h2>
        <span className="faint">{leases.length}</span>
      </header>
      {leases.length === 0 ? (
        <p className="empty-note">
          No lease is running. Every slot that is for sale waits for a call.
        </p>
      ) : (
        <Scroll className="scroll-x" label="Leases under way, table">
          <table className="table">
            <thead>
              <tr>
                <th>Work</th>
                <th>For</th>
                <th>On</th>
                <th>State</th>
                <th>Time left</th>
                <th className="num">Price</th>
                <th className="num">Give-back: notice, cost</th>
              </tr>
            </thead>
            <tbody>
              {leases.slice(0, MOST).map((lease) => (
                <Row key={lease.id} id={lease.id} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {leases.length > MOST && <p className="empty-note">and {leases.length - MOST} more</p>}
    </section>
  );
}

function Row({ id }: { id: string }) {
  const lease = useLease(id);
  if (!lease) return null;
  return (
    <tr title={enforcementWords(lease)}>
      <td className="work">
        <LeaseLink id={id} />
      </td>
      <td>
        <AgentLink id={lease.managerId} />
      </td>
      <td>
        <ResourceLink id={lease.resourceId} />
      </td>
      <td>
        <StateWord state={leaseState(lease)} />
      </td>
      <td>
        <span className="time-left">
          <TimeBar from={lease.startAt} to={lease.endAt} />
          <Left until={lease.endAt} />
        </span>
      </td>
      <td className="num">
        <Credits micro={lease.price} />
      </td>
      <td className="num">
        <span className="row end">
          <GiveBack lease={lease} terms />
        </span>
      </td>
    </tr>
  );
}
