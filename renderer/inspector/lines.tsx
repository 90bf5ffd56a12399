// One line for a call or a lease in somebody else's card.
import type { ReactNode } from 'react';
import type { CallView, LeaseView } from '../../core/engine/view/model.ts';
import { StateWord } from '../ui/icons.tsx';
import { Credits, Left } from '../ui/values.tsx';
import { callState, leaseState } from '../words/states.ts';

export function CallLine({ call, link }: { call: CallView; link: ReactNode }) {
  return (
    <li>
      <span className="grow cut">{link}</span>
      <StateWord state={callState(call)} />
    </li>
  );
}

export function LeaseLine({ lease, link }: { lease: LeaseView; link: ReactNode }) {
  return (
    <li>
      <span className="grow cut">{link}</span>
      <span className="muted">
        <Credits micro={lease.price} unit />
      </span>
      {lease.ended || lease.state !== 'active' ? (
        <StateWord state={leaseState(lease)} />
      ) : (
        <span className="tone-good">
          <Left until={lease.endAt} />
        </span>
      )}
    </li>
  );
}
