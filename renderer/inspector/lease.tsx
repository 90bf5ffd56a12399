import type { LeaseView } from '../../core/engine/view/model.ts';
import { GiveBack } from '../machine/give-back.tsx';
import { LeaseLog } from '../machine/lease-log.tsx';
import { useLatestTelemetry, useLease, useNow } from '../mirror/hooks.ts';
import { AgentLink, CallLink, ResourceLink } from '../ui/things.tsx';
import { At, Credits, Left, TimeBar } from '../ui/values.tsx';
import { readingWords } from '../words/readings.ts';
import { bytes, creditsInWords, span } from '../words/format.ts';
import { enforcementWords, leaseSentence } from '../words/sentences.ts';
import { leaseState } from '../words/states.ts';
import { Fact, Facts, Gone, Raw, Section, Title } from './parts.tsx';

export function LeaseCard({ id }: { id: string }) {
  const lease = useLease(id);
  return lease ? <Known lease={lease} /> : <Gone id={id} />;
}

function Known({ lease }: { lease: LeaseView }) {
  const now = useNow(1000);
  return (
    <>
      <Title name={lease.title} state={leaseState(lease)} id={lease.id} />
      <p>{leaseSentence(lease, now)}</p>
      {!lease.ended && (
        <>
          <TimeBar from={lease.startAt} to={lease.endAt} />
          <div className="row">
            <GiveBack lease={lease} />
          </div>
        </>
      )}
      <Section name="Contract">
        <Facts>
          <Fact name="Pays and uses it">
            <AgentLink id={lease.managerId} />
          </Fact>
          <Fact name="Provides it">
            <AgentLink id={lease.contractorId} />
          </Fact>
          <Fact name="Resource">
            <ResourceLink id={lease.resourceId} />
          </Fact>
          <Fact name={lease.slots.length === 1 ? 'Slot' : 'Slots'}>{lease.slots.join(', ')}</Fact>
          <Fact name="Price">
            <Credits micro={lease.price} unit />
          </Fact>
          <Fact name="Project">{lease.project}</Fact>
          <Fact name="From">
            <At at={lease.startAt} />
          </Fact>
          <Fact name="Until">
            <At at={lease.endAt} />
          </Fact>
          {!lease.ended && (
            <Fact name="Time left">
              <Left until={lease.endAt} />
            </Fact>
          )}
          <Fact name="Fencing epoch">{lease.epoch}</Fact>
          <Fact name="Give-back">
            {span(lease.reclaimWindowMs)} notice, {creditsInWords(lease.penalty)} penalty
          </Fact>
        </Facts>
      </Section>
      <Section name="Limits in force">
        <p>{enforcementWords(lease)}.</p>
        {lease.enforcement.detail && <p className="small muted">{lease.enforcement.detail}</p>}
      </Section>
      <Job leaseId={lease.id} />
      <Section name="Conversation">
        <CallLink id={lease.cfpId} />
        {lease.needId && lease.needId !== lease.cfpId && (
          <p className="small muted">
            Serves the need <CallLink id={lease.needId} />
          </p>
        )}
      </Section>
      <Section name="Output">
        <LeaseLog lease={lease} />
      </Section>
      <Raw value={lease} />
    </>
  );
}

function Job({ leaseId }: { leaseId: string }) {
  const job = useLatestTelemetry()?.jobs.find((one) => one.leaseId === leaseId);
  if (!job) return null;
  return (
    <Section name="Process">
      <Facts>
        <Fact name="PID">{job.pid}</Fact>
        <Fact name="CPU time">{readingWords(job.cpuSeconds, (s) => `${s.toFixed(1)} s`)}</Fact>
        <Fact name="Memory">{readingWords(job.rssBytes, bytes)}</Fact>
        <Fact name="Ended by">{job.enforcement}</Fact>
      </Facts>
    </Section>
  );
}
