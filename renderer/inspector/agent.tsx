import { Crosshair, Pencil, UserCog } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { AgentView, CallView, LeaseView } from '../../core/engine/view/model.ts';
import { BudgetDialog } from '../bank/budget-dialog.tsx';
import { goTo } from '../frame/view-store.ts';
import { useAgent, useDerived } from '../mirror/hooks.ts';
import type { Model } from '../mirror/model.ts';
import { Meter } from '../ui/meter.tsx';
import { AgentDot, CallLink, LeaseLink, ResourceLink } from '../ui/things.tsx';
import { Credits, Left } from '../ui/values.tsx';
import { actingSentence } from '../words/delegates.ts';
import { counted, credits } from '../words/format.ts';
import { budgetWords, windowWords } from '../words/sentences.ts';
import { agentState } from '../words/states.ts';
import { DelegateDialog } from './delegate-dialog.tsx';
import { CallLine, LeaseLine } from './lines.tsx';
import { Fact, Facts, Gone, Raw, Section, Title } from './parts.tsx';

const MOST = 8;

export function AgentCard({ id }: { id: string }) {
  const agent = useAgent(id);
  if (!agent) return <Gone id={id} />;
  return (
    <>
      <Title
        id={id}
        state={agentState(agent)}
        name={
          <span className="agent">
            <AgentDot id={id} />
            {agent.name}
          </span>
        }
      />
      <p className="muted">{describe(agent)}</p>
      <div className="row">
        <button
          type="button"
          className="button small"
          onClick={() => goTo('floor', null, { agent: agent.name })}
        >
          <Crosshair size={13} aria-hidden="true" /> Follow on the floor
        </button>
        <EditBudget agent={agent} />
      </div>
      <Account agent={agent} />
      <Acting agent={agent} />
      <Work id={id} />
      {agent.kept + agent.broken > 0 && (
        <Section name="As contractor">
          <p>
            {counted(agent.kept, 'commitment')} kept, {agent.broken} broken.
          </p>
        </Section>
      )}
      <Raw value={agent} />
    </>
  );
}

function describe(agent: AgentView): string {
  if (agent.kind === 'machine')
    return 'Sells the capacity of this machine under its owner’s policy.';
  const project = agent.project ? `Works for ${agent.project}.` : 'Works for no project.';
  return `${project}${agent.system ? ' It may draw on the priority reserve.' : ''}`;
}

function EditBudget({ agent }: { agent: AgentView }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button small" onClick={() => setOpen(true)}>
        <Pencil size={13} aria-hidden="true" /> {agent.budget ? 'Change budget' : 'Give a budget'}
      </button>
      {open && <BudgetDialog who={agent} onClose={() => setOpen(false)} />}
    </>
  );
}

function Acting({ agent }: { agent: AgentView }) {
  const [open, setOpen] = useState(false);
  return (
    <Section name="Who acts for it">
      <p>{actingSentence(agent)}</p>
      <div className="row">
        <button type="button" className="button small" onClick={() => setOpen(true)}>
          <UserCog size={13} aria-hidden="true" /> Choose who acts
        </button>
      </div>
      {open && <DelegateDialog agent={agent} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function Account({ agent }: { agent: AgentView }) {
  const { budget } = agent;
  const available = agent.posted - agent.held;
  return (
    <Section name="Account">
      <Facts>
        <Fact name="Available">
          <Credits micro={available} unit />
        </Fact>
        <Fact name="Held">
          <Credits micro={agent.held} unit />
        </Fact>
        <Fact name="Posted">
          <Credits micro={agent.posted} unit />
        </Fact>
      </Facts>
      {budget && (
        <>
          <BudgetMeter remaining={budget.remaining} amount={budget.amount} />
          <p className="small muted">
            {budgetWords(budget)} ({windowWords(budget.windowMs)}
            {budget.carryOver ? ', unspent credits carry over' : ', unspent credits lapse'}); the
            window ends in <Left until={budget.windowEndsAt} />.
          </p>
        </>
      )}
    </Section>
  );
}

export function BudgetMeter({ remaining, amount }: { remaining: number; amount: number }) {
  const part = amount > 0 ? remaining / amount : 0;
  const tone = part < 0.1 ? 'warn' : 'live';
  return (
    <Meter part={part} tone={tone} words={`${credits(remaining)} of ${credits(amount)} left`} />
  );
}

interface Found {
  calls: CallView[];
  leases: LeaseView[];
  resources: string[];
}
const WATCHED = ['calls', 'leases', 'resources'] as const;

/** What it takes part in now, and what it did last. */
function Work({ id }: { id: string }) {
  const find = useCallback((model: Model) => workOf(model, id), [id]);
  const { calls, leases, resources } = useDerived(WATCHED, find, 500);
  return (
    <>
      {resources.length > 0 && (
        <Section name="Resources">
          <ul className="lines">
            {resources.map((one) => (
              <li key={one}>
                <ResourceLink id={one} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {leases.length > 0 && (
        <Section name="Leases">
          <ul className="lines">
            {leases.map((lease) => (
              <LeaseLine key={lease.id} lease={lease} link={<LeaseLink id={lease.id} />} />
            ))}
          </ul>
        </Section>
      )}
      <Section name="Conversations">
        {calls.length === 0 && <p className="faint">None yet.</p>}
        <ul className="lines">
          {calls.map((call) => (
            <CallLine key={call.id} call={call} link={<CallLink id={call.id} />} />
          ))}
        </ul>
      </Section>
    </>
  );
}

function workOf(model: Model, id: string): Found {
  const calls: CallView[] = [];
  for (const call of model.calls.values()) {
    const part = call.managerId === id || call.dialogues.some((one) => one.agentId === id);
    if (part) calls.push(call);
  }
  const leases: LeaseView[] = [];
  for (const lease of model.leases.values()) {
    if (!lease.ended && (lease.managerId === id || lease.contractorId === id)) leases.push(lease);
  }
  const resources = [...model.resources.values()].filter(({ ownerId }) => ownerId === id);
  return {
    calls: calls.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, MOST),
    leases: leases.sort((a, b) => a.endAt - b.endAt).slice(0, MOST),
    resources: resources.map((one) => one.id),
  };
}
