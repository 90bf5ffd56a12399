// Who answered what, and for everybody who did not win: why, in one sentence.
import { Download } from 'lucide-react';
import type { CallView, DialogueView } from '../../core/engine/view/model.ts';
import { hrefTo } from '../frame/view-store.ts';
import { useLease } from '../mirror/hooks.ts';
import { readMarket } from '../mirror/link.ts';
import { saveText, toCsv } from '../ui/csv.ts';
import { StateWord } from '../ui/icons.tsx';
import { Scroll } from '../ui/scroll.tsx';
import { AgentLink, CallLink } from '../ui/things.tsx';
import { At, Credits } from '../ui/values.tsx';
import { exactTime, span } from '../words/format.ts';
import { dialogueSentence } from '../words/sentences.ts';
import { dialogueState } from '../words/states.ts';
import { ranked } from './bids.ts';

export function Dialogues({ call }: { call: CallView }) {
  const rows = ranked(call);
  const lease = useLease(call.leaseId);
  const elsewhere = lease !== undefined && lease.cfpId !== call.id;
  if (rows.length === 0 || (elsewhere && rows.every(isSilent))) return <NoAnswer call={call} />;
  return (
    <>
      <Scroll className="scroll-x" label="Answers">
        <table className="table">
          <thead>
            <tr>
              <th>{call.direction === 'offer' ? 'Bidder' : 'Contractor'}</th>
              <th>Answer</th>
              <th className="num">Price</th>
              <th className="num">Starts in</th>
              <th>Said at</th>
              {call.direction === 'offer' && <th>To serve</th>}
              <th className="why">Why</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <Row key={one.agentId} one={one} call={call} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <div className="panel-foot row small">
        {call.late > 0 && (
          <span className="muted">{call.late} came after the deadline and were refused.</span>
        )}
        <span className="grow" />
        <button type="button" className="button plain small" onClick={() => save(call, rows)}>
          <Download size={13} aria-hidden="true" /> CSV
        </button>
      </div>
    </>
  );
}

const isSilent = ({ proposal, refusal }: DialogueView): boolean => !proposal && !refusal;

function NoAnswer({ call }: { call: CallView }) {
  const lease = useLease(call.leaseId);
  if (lease && lease.cfpId !== call.id) {
    return (
      <p className="muted">
        Nobody proposed here. Several needs met one slot, so its seller held a sale among them, and
        the highest bid won:{' '}
        <a className="link" href={hrefTo('negotiation', lease.cfpId)}>
          {readMarket().model.calls.get(lease.cfpId)?.title ?? lease.cfpId}
        </a>
        .
      </p>
    );
  }
  return <p className="muted">Nobody has answered{call.endedAt === null ? ' yet' : ''}.</p>;
}

function Row({ one, call }: { one: DialogueView; call: CallView }) {
  const at = one.proposal?.at ?? one.refusal?.at;
  return (
    <tr className={one.proposal?.state === 'accepted' ? 'winner' : ''}>
      <td>
        <AgentLink id={one.agentId} />
      </td>
      <td>
        <StateWord state={dialogueState(one)} />
      </td>
      <td className="num">{one.proposal && <Credits micro={one.proposal.price} />}</td>
      <td className="num">{one.proposal && delay(one.proposal.startDelayMs)}</td>
      <td>{at !== undefined && <At at={at} />}</td>
      {call.direction === 'offer' && (
        <td>{one.proposal?.needId && <CallLink id={one.proposal.needId} />}</td>
      )}
      <td className="why muted">{dialogueSentence(one, call)}</td>
    </tr>
  );
}

const delay = (ms: number): string => (ms === 0 ? 'at once' : span(ms));

function save(call: CallView, rows: readonly DialogueView[]): void {
  const { agents } = readMarket().model;
  const head = ['agent', 'agentId', 'answer', 'price', 'startDelayMs', 'at', 'why'];
  const lines = rows.map((one) => {
    const at = one.proposal?.at ?? one.refusal?.at;
    return [
      agents.get(one.agentId)?.name,
      one.agentId,
      dialogueState(one).word,
      one.proposal ? one.proposal.price / 1_000_000 : null,
      one.proposal?.startDelayMs,
      at === undefined ? null : exactTime(at),
      dialogueSentence(one, call),
    ];
  });
  saveText(`${call.id}-answers.csv`, toCsv(head, lines));
}
