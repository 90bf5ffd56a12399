// Filters by what a transfer is attributed to.
import { X } from 'lucide-react';
import { setParam, setParams, useParam } from '../frame/view-store.ts';
import { useDerived } from '../mirror/hooks.ts';
import type { Model } from '../mirror/model.ts';
import { resourceName } from '../words/market.ts';

export const FILTERS = ['agentId', 'project', 'resourceId', 'leaseId'] as const;
type Filter = (typeof FILTERS)[number];

interface Option {
  value: string;
  name: string;
}

const agentOptions = ({ agents }: Model): Option[] =>
  byName([...agents.values()].map(({ id, name }) => ({ value: id, name })));
const projectOptions = ({ projects }: Model): Option[] =>
  byName([...projects.keys()].map((name) => ({ value: name, name })));
const resourceOptions = ({ resources }: Model): Option[] =>
  byName([...resources.values()].map((r) => ({ value: r.id, name: resourceName(r) })));
const SELDOM_MS = 5_000;

export function TransferFilters() {
  const agents = useDerived(AGENTS, agentOptions, SELDOM_MS);
  const projects = useDerived(PROJECTS, projectOptions, SELDOM_MS);
  const resources = useDerived(RESOURCES, resourceOptions, SELDOM_MS);
  return (
    <>
      <Choice filter="agentId" all="All agents" options={agents} />
      <Choice filter="project" all="All projects" options={projects} />
      <Choice filter="resourceId" all="All resources" options={resources} />
      <LeaseFilter />
    </>
  );
}
const AGENTS = ['agents'] as const;
const PROJECTS = ['projects'] as const;
const RESOURCES = ['resources'] as const;

const byName = (options: Option[]): Option[] =>
  options.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

function Choice({ filter, all, options }: { filter: Filter; all: string; options: Option[] }) {
  const value = useParam(filter);
  return (
    <select
      className="field choice"
      aria-label={all}
      value={value}
      onChange={(event) => setParam(filter, event.target.value)}
    >
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.name}
        </option>
      ))}
    </select>
  );
}

function LeaseFilter() {
  const leaseId = useParam('leaseId');
  if (leaseId === '') return null;
  return (
    <span className="chip">
      lease <code>{leaseId}</code>
      <button
        type="button"
        className="icon-button small"
        aria-label="Show all leases"
        onClick={() => setParams({ leaseId: '' })}
      >
        <X size={12} aria-hidden="true" />
      </button>
    </span>
  );
}
