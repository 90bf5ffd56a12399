// Narrows the floor: by agent, project, resource, state, price; or to what is stuck.
import { Crosshair, OctagonAlert, Play, Square, X } from 'lucide-react';
import { goTo, setParam, setParams, useParam, useRoute } from '../frame/view-store.ts';
import { startDemo, stopDemo } from '../frame/actions.ts';
import { useDerived, useMarket } from '../mirror/hooks.ts';
import { clock } from '../mirror/link.ts';
import type { Model } from '../mirror/model.ts';
import { CALL_STATES, callStateOf } from '../words/states.ts';
import { stuckReason } from '../words/market.ts';
import { filterOf, narrows } from './filter.ts';

const KEYS = ['agent', 'project', 'kind', 'state', 'from', 'to', 'stuck', 'active'] as const;
const CLEAR = Object.fromEntries(KEYS.map((key) => [key, '']));

export function FilterBar() {
  const { params } = useRoute();
  const filter = filterOf(params);
  const on = narrows(filter) || filter.active;
  return (
    <search className="filter-bar" aria-label="Filter the floor">
      <AgentField />
      <ProjectField />
      <Select name="kind" label="Resource" all="All resources" options={KINDS} />
      <Select name="state" label="State" all="All states" options={STATES} />
      <PriceFields />
      <StuckToggle />
      <Toggle name="active" label="Hide idle" />
      {on && (
        <button type="button" className="button plain small" onClick={() => setParams(CLEAR)}>
          <X size={13} aria-hidden="true" /> Clear
        </button>
      )}
      <span className="grow" />
      <a
        className="link small as-list"
        href="#/negotiation"
        onClick={(event) => {
          event.preventDefault();
          goTo('negotiation');
        }}
      >
        As a list
      </a>
      <DemoButton />
    </search>
  );
}

/** As many as a list of suggestions can still offer. */
const SUGGESTED = 500;
const SELDOM_MS = 3_000;
const PEOPLE = ['agents', 'projects'] as const;

const agentNames = ({ agents }: Model): string[] =>
  [...agents.values()].map(({ name }) => name).toSorted();
function projectOptions({ agents, projects }: Model): { value: string; label: string }[] {
  const names = new Set(projects.keys());
  for (const { project } of agents.values()) if (project) names.add(project);
  return [...names].toSorted().map((name) => ({ value: name, label: name }));
}

function AgentField() {
  const agent = useParam('agent');
  const names = useDerived(PEOPLE, agentNames, SELDOM_MS);
  return (
    <div className="search follow">
      <Crosshair size={14} aria-hidden="true" />
      <input
        type="search"
        className="field"
        list="floor-agents"
        placeholder="Follow an agent"
        aria-label="Follow an agent"
        value={agent}
        onChange={(event) => setParam('agent', event.target.value)}
      />
      <datalist id="floor-agents">
        {names.slice(0, SUGGESTED).map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
    </div>
  );
}

function ProjectField() {
  const options = useDerived(PEOPLE, projectOptions, SELDOM_MS);
  return <Select name="project" label="Project" all="All projects" options={options} />;
}

const KINDS = [
  { value: 'gpu', label: 'GPU' },
  { value: 'cpu', label: 'CPU' },
  { value: 'memory', label: 'Memory' },
];
const STATES = [
  { value: 'live', label: 'Open or deciding' },
  ...CALL_STATES.map((state) => ({ value: state, label: callStateOf(state).word })),
];

interface SelectProps {
  name: string;
  label: string;
  all: string;
  options: readonly { value: string; label: string }[];
}
function Select({ name, label, all, options }: SelectProps) {
  const value = useParam(name);
  return (
    <select
      className="field"
      aria-label={label}
      value={value}
      onChange={(event) => setParam(name, event.target.value)}
    >
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function PriceFields() {
  const from = useParam('from');
  const to = useParam('to');
  return (
    <span className="row prices">
      <input
        className="field"
        inputMode="decimal"
        placeholder="from"
        aria-label="Price from, in credits"
        value={from}
        onChange={(event) => setParam('from', event.target.value)}
      />
      <span className="faint" aria-hidden="true">
        –
      </span>
      <input
        className="field"
        inputMode="decimal"
        placeholder="to cr"
        aria-label="Price to, in credits"
        value={to}
        onChange={(event) => setParam('to', event.target.value)}
      />
    </span>
  );
}

const WATCHED = ['calls', 'leases'] as const;
function stuckCalls(model: Model): number {
  let n = 0;
  const now = clock.now();
  for (const call of model.calls.values()) {
    const lease = call.leaseId === null ? undefined : model.leases.get(call.leaseId);
    if (stuckReason(call, lease ?? null, now) !== null) n += 1;
  }
  return n;
}

function StuckToggle() {
  const on = useParam('stuck') === '1';
  const n = useDerived(WATCHED, stuckCalls, 1000);
  return (
    <button
      type="button"
      className="button small"
      aria-pressed={on}
      onClick={() => setParam('stuck', on ? '' : '1')}
    >
      <OctagonAlert size={13} aria-hidden="true" /> Stuck {n}
    </button>
  );
}

function Toggle({ name, label }: { name: string; label: string }) {
  const on = useParam(name) === '1';
  return (
    <button
      type="button"
      className="button small"
      aria-pressed={on}
      onClick={() => setParam(name, on ? '' : '1')}
    >
      {label}
    </button>
  );
}

function DemoButton() {
  const running = useMarket((s) => s.demo.running);
  return (
    <button
      type="button"
      className="button small"
      onClick={() => void (running ? stopDemo() : startDemo())}
    >
      {running ? <Square size={12} aria-hidden="true" /> : <Play size={12} aria-hidden="true" />}
      {running ? 'Stop demo' : 'Start demo'}
    </button>
  );
}
