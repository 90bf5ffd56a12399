import { ArrowRight } from 'lucide-react';
import type { BargainingDoc } from '../../core/engine/view/bargaining.ts';
import type { CallView } from '../../core/engine/view/model.ts';
import { hrefTo, openCall } from '../frame/view-store.ts';
import { useAgentName, useCall, useLease, useNow, useResource } from '../mirror/hooks.ts';
import { Trace } from '../negotiation/trace.tsx';
import { AgentLink, LeaseLink } from '../ui/things.tsx';
import { At, Credits, Decimal } from '../ui/values.tsx';
import { amountsOf } from '../words/amounts.ts';
import { bargainingSentence, chosenBySentence } from '../words/bargaining.ts';
import { resourceName, stuckReason } from '../words/market.ts';
import {
  awardSentence,
  callSentence,
  dialogueSentence,
  outcomeSentence,
  ruleSentence,
} from '../words/sentences.ts';
import { bargainingState, callState, dialogueState } from '../words/states.ts';
import { StateWord } from '../ui/icons.tsx';
import { Fact, Facts, Gone, Raw, Section, Title } from './parts.tsx';

export function CallCard({ id }: { id: string }) {
  const call = useCall(id);
  return call ? <Known call={call} /> : <Gone id={id} />;
}

function Known({ call }: { call: CallView }) {
  const manager = useAgentName(call.managerId);
  const resource = useResource(call.offer?.resourceId ?? null);
  const lease = useLease(call.leaseId);
  const now = useNow(1000);
  const stuck = stuckReason(call, lease ?? null, now);
  return (
    <>
      <Title name={call.title} state={callState(call)} id={call.id} />
      <p>{callSentence(call, manager, resource && resourceName(resource))}</p>
      <p className="muted">{outcomeSentence(call, now, lease)}</p>
      {stuck && <p className="tone-warn">{stuck}</p>}
      <div className="row">
        <a
          className="button small primary"
          href={hrefTo('negotiation', call.id)}
          onClick={(event) => {
            event.preventDefault();
            openCall(call.id);
          }}
        >
          Open the conversation <ArrowRight size={13} aria-hidden="true" />
        </a>
      </div>
      <Section name="Terms">
        <Facts>
          <Fact name={call.direction === 'offer' ? 'Offered by' : 'Needed by'}>
            <AgentLink id={call.managerId} />
          </Fact>
          <Fact name="Project">{call.project}</Fact>
          <Fact name={call.direction === 'offer' ? 'At least' : 'At most'}>
            <Credits micro={call.limitPrice} unit />
          </Fact>
          <Fact name="Opened">
            <At at={call.openedAt} />
          </Fact>
          <Fact name="Reply by">
            <At at={call.replyBy} />
          </Fact>
          {call.leaseId && (
            <Fact name="Lease">
              <LeaseLink id={call.leaseId} />
            </Fact>
          )}
        </Facts>
        <p className="small muted">
          {ruleSentence(call)} {awardSentence(call)}
        </p>
      </Section>
      {call.bargaining && <BargainingPart doc={call.bargaining} />}
      <Answers call={call} />
      <Section name="Story so far">
        <Trace call={call} compact />
      </Section>
      <Raw value={call} />
    </>
  );
}

function BargainingPart({ doc }: { doc: BargainingDoc }) {
  const now = useNow(1000);
  const manager = useAgentName(doc.managerId);
  const contractor = useAgentName(doc.contractorId);
  const last = doc.rounds.at(-1)?.round ?? 0;
  return (
    <Section name="Bargaining">
      <div className="row">
        <StateWord state={bargainingState(doc)} />
      </div>
      <p>{bargainingSentence(doc, { manager, contractor }, now)}</p>
      <Facts>
        <Fact name="With">
          <AgentLink id={doc.contractorId} />
        </Fact>
        <Fact name="Rounds">
          {last} of at most {doc.roundsMax}
        </Fact>
        {doc.deal && (
          <Fact name="Deal">
            <Decimal value={doc.deal.price} decimals={amountsOf(doc).decimals} /> cr
          </Fact>
        )}
      </Facts>
      <p className="small muted">{chosenBySentence(doc)}</p>
    </Section>
  );
}

const MOST = 12;

function Answers({ call }: { call: CallView }) {
  const { dialogues } = call;
  if (dialogues.length === 0) return null;
  return (
    <Section name={`Answers (${dialogues.length})`}>
      <ul className="answers">
        {dialogues.slice(0, MOST).map((one) => (
          <li key={one.agentId}>
            <div className="row">
              <span className="grow cut">
                <AgentLink id={one.agentId} />
              </span>
              {one.proposal && <Credits micro={one.proposal.price} unit />}
              <StateWord state={dialogueState(one)} />
            </div>
            <p className="small muted">{dialogueSentence(one, call)}</p>
          </li>
        ))}
      </ul>
      {dialogues.length > MOST && (
        <p className="small faint">and {dialogues.length - MOST} more in the conversation</p>
      )}
    </Section>
  );
}
