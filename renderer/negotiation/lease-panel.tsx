// What the award became: the lease, and every transfer that moved for it.
import { select } from '../frame/view-store.ts';
import { GiveBack } from '../machine/give-back.tsx';
import { useLease, useNow } from '../mirror/hooks.ts';
import type { TransfersDocument } from '../mirror/documents.ts';
import { useDocument } from '../mirror/use-document.ts';
import { StateWord } from '../ui/icons.tsx';
import { ResourceLink } from '../ui/things.tsx';
import { Credits, Decimal, TimeBar } from '../ui/values.tsx';
import { clockMs } from '../words/format.ts';
import { enforcementWords, leaseSentence } from '../words/sentences.ts';
import { leaseState } from '../words/states.ts';
import { AccountName, transferState } from '../bank/accounts.tsx';

export function LeasePanel({ leaseId }: { leaseId: string }) {
  const lease = useLease(leaseId);
  const now = useNow(1000);
  const key = `${lease?.state ?? ''} ${lease?.endAt ?? ''}`;
  const path = `/v1/ledger/transfers?leaseId=${encodeURIComponent(leaseId)}&limit=100`;
  const { value, problem } = useDocument<TransfersDocument>(path, key);
  return (
    <>
      {lease && (
        <div className="lease-line">
          <div className="row">
            <StateWord state={leaseState(lease)} />
            <span className="grow cut">{leaseSentence(lease, now)}</span>
            <ResourceLink id={lease.resourceId} />
            <strong>
              <Credits micro={lease.price} unit />
            </strong>
            <button type="button" className="button small" onClick={() => select(leaseId)}>
              Inspect
            </button>
            {!lease.ended && <GiveBack lease={lease} />}
          </div>
          {!lease.ended && <TimeBar from={lease.startAt} to={lease.endAt} />}
          <p className="small faint">{enforcementWords(lease)}.</p>
        </div>
      )}
      {problem && <p className="problem">The transfers could not be read: {problem}</p>}
      {value && (
        <table className="table">
          <thead>
            <tr>
              <th>At</th>
              <th>From</th>
              <th>To</th>
              <th>For</th>
              <th>State</th>
              <th className="num">Credits</th>
            </tr>
          </thead>
          <tbody>
            {value.transfers.map((one) => (
              <tr key={one.id}>
                <td className="mono faint">{clockMs(Date.parse(one.at))}</td>
                <td>
                  <AccountName id={one.debit} />
                </td>
                <td>
                  <AccountName id={one.credit} />
                </td>
                <td>{one.code}</td>
                <td>{transferState(one.state)}</td>
                <td className="num">
                  <Decimal value={one.amount} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
