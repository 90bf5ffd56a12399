// Who may spend how much per window, and what is left of it.
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import type { AgentView, BudgetView, ProjectView } from '../../core/engine/view/model.ts';
import { useDerived } from '../mirror/hooks.ts';
import type { Model } from '../mirror/model.ts';
import { type Column, Rows, type Sorting, sortRows } from '../ui/rows.tsx';
import { AgentLink } from '../ui/things.tsx';
import { Credits, Left } from '../ui/values.tsx';
import { windowWords } from '../words/sentences.ts';
import { BudgetMeter } from '../inspector/agent.tsx';
import { ProjectLink } from './accounts.tsx';
import { BudgetDialog, type Budgeted } from './budget-dialog.tsx';

interface Row {
  key: string;
  name: string;
  agent: AgentView | null;
  project: ProjectView | null;
  budget: BudgetView | null;
}

const WATCHED = ['agents', 'projects'] as const;

function find(model: Model): Row[] {
  const agents = [...model.agents.values()]
    .filter(({ kind }) => kind === 'agent')
    .map((agent) => ({
      key: agent.id,
      name: agent.name,
      agent,
      project: null,
      budget: agent.budget,
    }));
  const projects = [...model.projects.values()].map((project) => ({
    key: `project ${project.name}`,
    name: project.name,
    agent: null,
    project,
    budget: project.budget,
  }));
  return [...agents, ...projects];
}

const none = <span className="faint">none</span>;

const COLUMNS: readonly Column<Row>[] = [
  {
    key: 'name',
    head: 'For',
    width: 'minmax(160px, 1.5fr)',
    sort: ({ name }) => name.toLowerCase(),
    cell: ({ agent, name }) => (agent ? <AgentLink id={agent.id} /> : <ProjectLink name={name} />),
  },
  {
    key: 'amount',
    head: 'Budget',
    width: '104px',
    num: true,
    sort: ({ budget }) => budget?.amount ?? -1,
    cell: ({ budget }) => (budget ? <Credits micro={budget.amount} /> : none),
  },
  {
    key: 'window',
    head: 'Window',
    width: '104px',
    cell: ({ budget }) => (budget ? windowWords(budget.windowMs) : ''),
  },
  {
    key: 'unspent',
    head: 'Unspent',
    width: '88px',
    cell: ({ budget }) => (budget ? (budget.carryOver ? 'carries over' : 'lapses') : ''),
  },
  {
    key: 'left',
    head: 'Left',
    width: '96px',
    num: true,
    sort: ({ budget }) => budget?.remaining ?? -1,
    cell: ({ budget }) => (budget ? <Credits micro={budget.remaining} /> : ''),
  },
  {
    key: 'meter',
    head: 'Of this window',
    width: 'minmax(80px, 1fr)',
    cell: ({ budget }) =>
      budget && <BudgetMeter remaining={budget.remaining} amount={budget.amount} />,
  },
  {
    key: 'ends',
    head: 'Ends in',
    width: '88px',
    num: true,
    sort: ({ budget }) => budget?.windowEndsAt ?? Infinity,
    cell: ({ budget }) => budget && <Left until={budget.windowEndsAt} />,
  },
];

function editColumn(edit: (who: Budgeted) => void): Column<Row> {
  return {
    key: 'edit',
    head: '',
    width: '32px',
    cell: ({ name, agent, project }) => {
      const who = agent ?? project;
      return (
        <button
          type="button"
          className="icon-button small"
          aria-label={`Change the budget of ${name}`}
          onClick={() => who && edit(who)}
        >
          <Pencil size={12} aria-hidden="true" />
        </button>
      );
    },
  };
}

export function Budgets() {
  const found = useDerived(WATCHED, find, 500);
  const [sorting, setSorting] = useState<Sorting>({ key: 'name', down: false });
  const [edited, setEdited] = useState<Budgeted | null>(null);
  const shown = [...COLUMNS, editColumn(setEdited)];
  return (
    <div className="fill">
      <p className="tools muted">
        The bank issues each budget at the start of its window. Open bids together never exceed what
        is left.
      </p>
      <Rows
        label="Budgets"
        columns={shown}
        rows={sortRows(found, shown, sorting)}
        keyOf={({ key }) => key}
        sorting={sorting}
        onSort={setSorting}
        empty="No agent has come yet, so nobody has a budget."
      />
      {edited && <BudgetDialog who={edited} onClose={() => setEdited(null)} />}
    </div>
  );
}
